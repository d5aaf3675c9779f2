//! Every vector: the decision, who denies, what it depends on; and the same without reasons.

use iamscope::report::{BatchOptions, Case, run_batch};
use iamscope::simulate::Policies;

const DECISIONS: &str = include_str!("../vectors/decisions.jsonl");
const DEPENDS: &str = include_str!("../vectors/depends.jsonl");
/// Rules that none of the others touches.
const MORE_DECISIONS: &str = include_str!("../vectors/more_decisions.jsonl");
const MORE_DEPENDS: &str = include_str!("../vectors/more_depends.jsonl");

fn check(text: &str, count: usize) {
    let mut output = Vec::new();
    let options = BatchOptions {
        check: true,
        ..BatchOptions::default()
    };
    let summary = run_batch(text.as_bytes(), &mut output, options).unwrap();
    let output = String::from_utf8(output).unwrap();
    assert_eq!((summary.errors, summary.differ), (0, 0), "{output}");
    assert_eq!(summary.cases, count);
}

#[test]
fn decisions_agree_with_every_vector() {
    check(DECISIONS, 403);
    check(MORE_DECISIONS, 745);
}

#[test]
fn what_decisions_depend_on_agrees_with_every_vector() {
    check(DEPENDS, 12);
    check(MORE_DEPENDS, 82);
}

#[test]
fn deciding_without_reasons_gives_the_same() {
    let all = [DECISIONS, MORE_DECISIONS, DEPENDS, MORE_DEPENDS];
    for line in all.into_iter().flat_map(str::lines) {
        let case = Case::read(line).unwrap();
        let policies = Policies::compile(&case.policies);
        let prepared = policies.prepare(&case.request);
        assert_eq!(
            Some(policies.decide(&prepared)),
            case.expected.outcome,
            "{:?}",
            case.name
        );
    }
}
