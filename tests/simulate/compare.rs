//! The compiled evaluator against the plain one, on random cases.

use iamscope::report::Case;
use iamscope::simulate::{LayerKind, Policies};

use crate::random::{self, Random};
use crate::reference;

const SEEDS: u64 = 3_000;

/// What AWS rejects is unknown to the engine; the reference knows no grammar.
fn has_unreadable_statement(case: &Case) -> bool {
    let set = &case.policies;
    let levels = set.scps.iter().chain(&set.rcps).flatten();
    let all = levels
        .flat_map(|level| &level.policies)
        .chain(&set.identity)
        .chain(set.session.iter().flatten())
        .chain(&set.boundary)
        .chain(&set.resource)
        .chain(&set.endpoint);
    all.filter_map(|policy| policy.document.as_ref())
        .flat_map(|document| &document.statements)
        .any(|statement| statement.unreadable)
}

#[test]
fn the_engine_agrees_with_the_reference() {
    let mut wrong = Vec::new();
    let mut outcomes = std::collections::BTreeMap::new();
    for seed in 0..SEEDS {
        let value = random::case(&mut Random::new(seed));
        let expected = reference::decide(&value);
        let case = Case::read(&value.to_string()).unwrap();
        if has_unreadable_statement(&case) {
            continue;
        }
        let policies = Policies::compile(&case.policies);
        let decision = policies.evaluate(&case.request);
        let deniers: Vec<&str> = decision
            .deniers
            .iter()
            .copied()
            .map(LayerKind::name)
            .collect();
        *outcomes.entry(expected.decision).or_insert(0) += 1;
        if decision.outcome.name() != expected.decision || deniers != expected.deniers {
            wrong.push(format!(
                "seed {seed}: {} by {deniers:?} on {:?}, expected {} by {:?}\n{value}",
                decision.outcome.name(),
                decision.depends_on,
                expected.decision,
                expected.deniers
            ));
        }
        let prepared = policies.prepare(&case.request);
        assert_eq!(policies.decide(&prepared), decision.outcome, "seed {seed}");
    }
    assert!(
        wrong.is_empty(),
        "{} of {SEEDS} differ, such as\n{}",
        wrong.len(),
        wrong[..wrong.len().min(3)].join("\n\n")
    );
    // The cases are worth something only if every outcome is common.
    assert!(outcomes.values().all(|count| *count > 100), "{outcomes:?}");
}
