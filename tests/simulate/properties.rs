//! What has to hold of every policy and request.

use iamscope::report::Case;
use iamscope::simulate::{Decision, LayerKind, Outcome, Policies};
use serde_json::{Value, json};

use crate::random::{Random, case};

const RUNS: u64 = 400;

fn evaluate(case: &Value) -> Decision {
    let case = Case::read(&case.to_string()).unwrap();
    Policies::compile(&case.policies).evaluate(&case.request)
}

fn allows(case: &Value) -> bool {
    evaluate(case).outcome == Outcome::Allow
}

/// The statements of a policy as a list.
fn statements(policy: &mut Value) -> &mut Vec<Value> {
    if !policy["Statement"].is_array() {
        policy["Statement"] = json!([policy["Statement"].take()]);
    }
    policy["Statement"].as_array_mut().unwrap()
}

/// A statement without principals from another random case.
fn other_statement(seed: u64, effect: &str) -> Value {
    let mut other = case(&mut Random::new(seed ^ 0xFFFF_0000));
    let mut statement = statements(&mut other["identity_policies"][0]["policy"])[0].clone();
    statement["Effect"] = json!(effect);
    statement
}

#[test]
fn adding_a_deny_never_turns_a_denial_into_an_allow() {
    for seed in 0..RUNS {
        let mut case = case(&mut Random::new(seed));
        if allows(&case) {
            continue;
        }
        let deny = other_statement(seed, "Deny");
        statements(&mut case["identity_policies"][0]["policy"]).push(deny);
        assert!(!allows(&case), "seed {seed}: {case:#}");
    }
}

#[test]
fn adding_an_allow_to_a_guardrail_never_turns_an_allow_into_a_denial() {
    let mut tried = 0;
    for seed in 0..RUNS {
        let mut case = case(&mut Random::new(seed));
        if !allows(&case) {
            continue;
        }
        let allow = other_statement(seed, "Allow");
        if case["boundary"].is_object() {
            statements(&mut case["boundary"]).push(allow.clone());
            tried += 1;
        }
        if case["session_policies"].is_array() {
            statements(&mut case["session_policies"][0]).push(allow.clone());
            tried += 1;
        }
        if case["scps"].is_array() {
            statements(&mut case["scps"][0][0]["policy"]).push(allow);
            tried += 1;
        }
        assert!(allows(&case), "seed {seed}: {case:#}");
    }
    assert!(tried > 10, "{tried}");
}

/// Turns every list around, but for those whose order means something.
fn reverse(value: &mut Value) {
    match value {
        Value::Array(items) => {
            items.reverse();
            items.iter_mut().for_each(reverse);
        }
        Value::Object(members) => {
            let mut turned: Vec<(String, Value)> = std::mem::take(members).into_iter().collect();
            turned.reverse();
            for (_, member) in &mut turned {
                reverse(member);
            }
            members.extend(turned);
        }
        _ => {}
    }
}

#[test]
fn order_never_matters() {
    for seed in 0..RUNS {
        let case = case(&mut Random::new(seed));
        let mut turned = case.clone();
        reverse(&mut turned);
        let (one, two) = (evaluate(&case), evaluate(&turned));
        assert_eq!(
            (one.outcome, one.deniers),
            (two.outcome, two.deniers),
            "seed {seed}: {case:#}"
        );
    }
}

#[test]
fn sids_and_doubled_values_never_matter() {
    for seed in 0..RUNS {
        let case = case(&mut Random::new(seed));
        let mut changed = case.clone();
        for (number, statement) in statements(&mut changed["identity_policies"][0]["policy"])
            .iter_mut()
            .enumerate()
        {
            statement["Sid"] = json!(format!("Renamed{number}"));
            for element in ["Action", "NotAction", "Resource", "NotResource"] {
                if let Some(value) = statement.get_mut(element) {
                    let mut doubled = match value.take() {
                        Value::Array(items) => items,
                        one => vec![one],
                    };
                    doubled.extend(doubled.clone());
                    *value = doubled.into();
                }
            }
        }
        let (one, two) = (evaluate(&case), evaluate(&changed));
        assert_eq!(
            (one.outcome, one.deniers),
            (two.outcome, two.deniers),
            "seed {seed}: {case:#}"
        );
    }
}

/// Whether one condition holds for a value of one key.
fn holds(operator: &str, wanted: &Value, found: &Value) -> bool {
    allows(&json!({
        "principal": {"type": "user", "arn": "arn:aws:iam::111122223333:user/alice"},
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::bucket/x",
        "resource_account": "111122223333",
        "context": {"example:Key": found},
        "identity_policies": [{"name": "identity", "policy": {"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": "*", "Resource": "*",
            "Condition": {operator: {"example:Key": wanted}}}]}}],
    }))
}

const TYPED: [(&str, &str, [&str; 4]); 6] = [
    ("StringEquals", "StringNotEquals", ["a", "b", "A", "a*"]),
    (
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        ["a", "b", "A", "B"],
    ),
    ("StringLike", "StringNotLike", ["a", "b?", "bb", "*"]),
    ("NumericEquals", "NumericNotEquals", ["1", "1.0", "2", "-1"]),
    (
        "DateEquals",
        "DateNotEquals",
        ["2026", "2026-01-01T00:00Z", "0", "1970"],
    ),
    (
        "ArnLike",
        "ArnNotLike",
        [
            "arn:aws:iam::1:role/a",
            "arn:*:iam::1:role/a",
            "arn:aws:iam::?:*",
            "arn:aws:s3:::x",
        ],
    ),
];

#[test]
fn a_negated_operator_is_the_negation_where_the_key_is_there() {
    for (positive, negated, values) in TYPED {
        for wanted in values {
            for found in values {
                let (wanted, found) = (json!(wanted), json!(found));
                assert_ne!(
                    holds(positive, &wanted, &found),
                    holds(negated, &wanted, &found),
                    "{positive} {wanted} {found}"
                );
            }
        }
    }
}

#[test]
fn all_values_implies_none_or_any() {
    for (positive, _, values) in TYPED {
        for wanted in values {
            for found in [
                json!(values),
                json!([values[0], values[1]]),
                json!([wanted]),
                json!([]),
            ] {
                let all = holds(&format!("ForAllValues:{positive}"), &json!(wanted), &found);
                let any = holds(&format!("ForAnyValue:{positive}"), &json!(wanted), &found);
                let none = holds("Null", &json!("true"), &found);
                assert!(!all || none || any, "{positive} {wanted} {found}");
                assert!(!(none && any), "{positive} {wanted} {found}");
            }
        }
    }
}

#[test]
fn deniers_come_in_the_order_of_the_layers_and_only_with_a_denial() {
    for seed in 0..RUNS {
        let decision = evaluate(&case(&mut Random::new(seed)));
        assert!(decision.deniers.is_sorted());
        assert_eq!(decision.outcome.is_deny(), !decision.deniers.is_empty());
        let named = |kind: LayerKind| {
            let mut layers = decision.legs.iter().flat_map(|leg| &leg.layers);
            layers.any(|layer| layer.kind == kind && layer.reason.len() > 10)
        };
        assert!(decision.deniers.iter().copied().all(named));
    }
}
