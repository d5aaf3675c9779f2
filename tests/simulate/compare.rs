//! The compiled evaluator against the plain one, on random cases.

use std::cell::RefCell;
use std::collections::BTreeSet;

use iamscope::report::Case;
use iamscope::simulate::{Decision, Outcome, Policies};
use serde_json::{Value, json};

use crate::random::{Random, case};
use crate::reference::{Verdict, decide, decide_with};

/// Cases of one run; a longer run by setting IAMSCOPE_RANDOM_CASES.
fn runs(default: u64) -> u64 {
    std::env::var("IAMSCOPE_RANDOM_CASES")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

fn evaluate(case: &Value) -> Decision {
    let case = Case::read(&case.to_string()).unwrap();
    let policies = Policies::compile(&case.policies);
    let prepared = policies.prepare(&case.request);
    let decision = policies.evaluate(&case.request);
    assert_eq!(
        policies.decide(&prepared),
        decision.outcome,
        "with and without reasons"
    );
    decision
}

fn names(decision: &Decision) -> Vec<&'static str> {
    decision.deniers.iter().map(|layer| layer.name()).collect()
}

#[test]
fn random_requests_are_decided_as_by_the_reference() {
    let mut outcomes = [0_usize; 3];
    for seed in 0..runs(2_500) {
        let case = case(&mut Random::new(seed));
        let expected = decide(&case);
        let decision = evaluate(&case);
        assert_eq!(
            (decision.outcome.name(), names(&decision)),
            (expected.decision, expected.deniers),
            "seed {seed}: {case:#}"
        );
        match decision.outcome {
            Outcome::Allow => outcomes[0] += 1,
            Outcome::ExplicitDeny => outcomes[1] += 1,
            _ => outcomes[2] += 1,
        }
    }
    // The generator is worth something only while every outcome is common.
    assert!(
        outcomes.iter().all(|count| *count > 200),
        "allow, explicit, implicit: {outcomes:?}"
    );
}

/// Keys of which the random policies make no variable, so that a test of one is free to hold or not.
const FREE_KEYS: [&str; 6] = [
    "aws:SourceVpce",
    "aws:SourceIp",
    "s3:prefix",
    "s3:max-keys",
    "aws:MultiFactorAuthPresent",
    "aws:TagKeys",
];

/// Whether a test of an unknown key could come out either way.
fn is_free(operator: &str, key: &str, values: &Value) -> bool {
    let values: Vec<&str> = match values {
        Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
        value => value.as_str().into_iter().collect(),
    };
    let wrong_type = |value: &&str| {
        matches!(*value, "many" | "nowhere") || value.contains("${") || value.is_empty()
    };
    let set = operator.contains(':');
    let list = key.eq_ignore_ascii_case("aws:TagKeys");
    !values.iter().any(wrong_type)
        && values.iter().collect::<BTreeSet<_>>().len() == values.len()
        && !(operator.contains("Null") && (set || values.len() > 1))
        // Both booleans leave nothing open.
        && !(operator.contains("Bool") && values.len() > 1)
        && (set || !list || operator == "Null")
}

/// Every test of an unknown key in a case, or `None` where one of them is not free.
fn unknown_tests(
    value: &Value,
    unknown: &[&str],
    found: &mut Vec<(usize, String, String)>,
) -> Option<()> {
    match value {
        Value::Array(items) => items
            .iter()
            .try_for_each(|item| unknown_tests(item, unknown, found)),
        Value::Object(members) => {
            if let Some(conditions) = members.get("Condition").and_then(Value::as_object) {
                for (operator, tests) in conditions {
                    for (key, values) in tests.as_object()? {
                        if unknown.iter().any(|known| known.eq_ignore_ascii_case(key)) {
                            if !is_free(operator, key, values) {
                                return None;
                            }
                            found.push((
                                std::ptr::from_ref(value).addr(),
                                operator.clone(),
                                key.clone(),
                            ));
                        }
                    }
                }
            }
            members
                .values()
                .try_for_each(|member| unknown_tests(member, unknown, found))
        }
        _ => Some(()),
    }
}

/// Every way in which the unknown tests of a case can come out.
fn possibilities(case: &Value, tests: &[(usize, String, String)]) -> Vec<Verdict> {
    (0..1_usize << tests.len())
        .map(|bits| {
            let met = RefCell::new(0_usize);
            let oracle = |statement: &Value, operator: &str, key: &str| {
                *met.borrow_mut() += 1;
                let address = std::ptr::from_ref(statement).addr();
                let at = tests
                    .iter()
                    .position(|(known, known_operator, known_key)| {
                        *known == address && known_operator == operator && known_key == key
                    })?;
                Some(bits >> at & 1 == 1)
            };
            decide_with(case, Some(&oracle))
        })
        .collect()
}

#[test]
fn unknown_keys_depend_exactly_where_the_possibilities_differ() {
    let (mut compared, mut depends) = (0, 0);
    for seed in 1_000_000..1_000_000 + runs(2_500) {
        let mut random = Random::new(seed);
        let mut case = case(&mut random);
        let unknown: Vec<&str> = FREE_KEYS
            .into_iter()
            .filter(|_| random.chance(40))
            .collect();
        let context = case["context"].as_object_mut().unwrap();
        context.retain(|key, _| !unknown.contains(&key.as_str()));
        case["unknown"] = json!(unknown);
        let mut tests = Vec::new();
        if unknown_tests(&case, &unknown, &mut tests).is_none()
            || tests.is_empty()
            || tests.len() > 8
        {
            continue;
        }
        compared += 1;
        let all = possibilities(&case, &tests);
        let kinds: BTreeSet<&str> = all.iter().map(|verdict| verdict.decision).collect();
        let expected = match kinds.iter().copied().collect::<Vec<_>>().as_slice() {
            [one] => *one,
            several if several.contains(&"allow") => "depends",
            _ => "implicitDeny",
        };
        let decision = evaluate(&case);
        assert_eq!(decision.outcome.name(), expected, "seed {seed}: {case:#}");
        if expected == "depends" {
            depends += 1;
            assert!(!decision.depends_on.is_empty(), "seed {seed}");
        } else if kinds.len() == 1 && expected != "allow" {
            let certain: Vec<&str> = all[0]
                .deniers
                .iter()
                .copied()
                .filter(|layer| all.iter().all(|verdict| verdict.deniers.contains(layer)))
                .collect();
            assert_eq!(names(&decision), certain, "seed {seed}: {case:#}");
        }
    }
    assert!(
        compared > 150 && depends > 5,
        "{compared} compared, {depends} depend"
    );
}
