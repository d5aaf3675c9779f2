//! The simulator as a whole: the vectors, the compiled evaluator against a plain one, properties.

#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing)] // helpers of tests

mod cases;
mod compare;
mod hostile;
mod open_parts;
mod output;
mod properties;
mod random;
mod reference;
mod rulings;
mod truth_table;
mod vectors;
mod warnings;

use serde_json::Value;

fn cases(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The plain evaluator is itself held against the vectors, but for the operators it leaves out.
#[test]
fn the_reference_agrees_with_the_vectors() {
    let mut compared = 0;
    let mut wrong = Vec::new();
    let vectors = [
        include_str!("../vectors/decisions.jsonl"),
        include_str!("../vectors/more_decisions.jsonl"),
    ];
    for case in vectors.into_iter().flat_map(cases) {
        let text = case.to_string();
        if ["\"Date", "\"Binary", ":Date", ":Binary", "aws:EpochTime"]
            .iter()
            .any(|operator| text.contains(operator))
        {
            continue;
        }
        compared += 1;
        let verdict = reference::decide(&case);
        let denier = case["expected_denier"].as_str();
        if verdict.decision != case["expected"]
            || denier.is_some() && denier != verdict.deniers.first().copied()
        {
            wrong.push(format!(
                "{}: {} by {:?}, expected {} by {denier:?}",
                case["name"], verdict.decision, verdict.deniers, case["expected"]
            ));
        }
    }
    assert!(compared > 950, "{compared}");
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
