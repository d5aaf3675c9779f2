//! Input made to break things: it may be refused, but nothing panics, hangs or grows without bound.
//! Seeded and bounded; `fuzz/` holds the same entry points for whoever has nightly.

use std::time::{Duration, Instant};

use iamscope::iam::{Glob, PolicyKind, SourceId, parse_document_text};
use iamscope::report::{BatchOptions, Case, run_batch};
use iamscope::simulate::{Outcome, Policies};
use serde_json::json;

use crate::random::Random;

/// Far above what any of these takes, far below a hang.
const PATIENCE: Duration = Duration::from_secs(30);

/// A case whose one statement asks for a resource and a condition.
fn one_statement(pattern: &str, resource: &str, condition: serde_json::Value) -> String {
    json!({
        "principal": {"type": "user", "arn": "arn:aws:iam::111122223333:user/alice"},
        "action": "s3:GetObject",
        "resource": resource,
        "context": {"example:Key": resource},
        "identity_policies": [{"name": "identity", "policy": {"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": "s3:*", "Resource": pattern, "Condition": condition}]}}],
    })
    .to_string()
}

fn decide(line: &str) -> Outcome {
    let begun = Instant::now();
    let case = Case::read(line).unwrap();
    let policies = Policies::compile(&case.policies);
    let decision = policies.evaluate(&case.request);
    assert_eq!(
        policies.decide(&policies.prepare(&case.request)),
        decision.outcome
    );
    assert!(begun.elapsed() < PATIENCE, "{:?}", begun.elapsed());
    decision.outcome
}

#[test]
fn wildcards_that_explode_elsewhere() {
    let groups = "*a".repeat(6);
    let text = format!("{}b", "a".repeat(119));
    assert!(!Glob::new(&groups).matches(&text));
    for stars in ["*a", "*?a", "?*a", "**a", "*ab"] {
        let pattern = format!("arn:aws:s3:::{}", stars.repeat(300));
        let resource = format!("arn:aws:s3:::{}b", "a".repeat(1_500));
        let like = json!({"StringLike": {"example:Key": format!("{}c", stars.repeat(300))}});
        assert_eq!(
            decide(&one_statement(&pattern, &resource, json!({}))),
            Outcome::ImplicitDeny
        );
        assert_eq!(
            decide(&one_statement("*", &resource, like)),
            Outcome::ImplicitDeny
        );
    }
    // In the fields in front a `*` stops at colons, which takes another way of matching.
    let confined = format!("arn:{}x:s3:::*", "*a".repeat(300));
    let resource = format!("arn:{}:s3:::x", "a".repeat(1_500));
    assert_eq!(
        decide(&one_statement(&confined, &resource, json!({}))),
        Outcome::ImplicitDeny
    );
    let variables = format!("arn:aws:s3:::{}", "*${aws:username}".repeat(200));
    let resource = format!("arn:aws:s3:::{}", "alice".repeat(200));
    assert_eq!(
        decide(&one_statement(&variables, &resource, json!({}))),
        Outcome::Allow
    );
}

#[test]
fn numbers_and_dates_without_end() {
    for (operator, value) in [
        ("NumericLessThan", "1e999999999999999999999"),
        ("NumericEquals", "1e-1000000000000"),
        ("NumericGreaterThan", &"9".repeat(100_000)),
        ("NumericEquals", &format!("0.{}1", "0".repeat(100_000))),
        ("DateLessThan", &"9".repeat(1_000)),
        (
            "DateEquals",
            "2026-01-01T00:00:00.000000000000000000000000000001Z",
        ),
        ("IpAddress", "::/999999999999999999999"),
        ("BinaryEquals", &"=".repeat(1_000)),
        ("Bool", &"true".repeat(1_000)),
    ] {
        let condition = json!({operator: {"example:Key": value}});
        decide(&one_statement("*", "1e1", condition));
        let condition = json!({operator: {"example:Key": ["1", value]}});
        decide(&one_statement("*", value, condition));
    }
}

/// Broken at every place: cut, doubled, a byte changed.
fn mutate(random: &mut Random, text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=random.below(3) {
        if bytes.is_empty() {
            break;
        }
        let at = random.below(bytes.len());
        match random.below(5) {
            0 => bytes.truncate(at),
            1 => bytes[at] = random.pick(b"{}[]\",:*?$\\ \x00\xff0n"),
            2 => {
                let end = (at + random.below(40)).min(bytes.len());
                bytes.drain(at..end);
            }
            3 => {
                let end = (at + random.below(40)).min(bytes.len());
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
            _ => bytes.insert(at, random.pick(b"{}[]\",:*?$'/=")),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

const LINES: &str = concat!(
    include_str!("../vectors/decisions.jsonl"),
    include_str!("../vectors/depends.jsonl")
);

#[test]
fn mutated_cases_are_read_or_refused() {
    let lines: Vec<&str> = LINES.lines().collect();
    let (mut read, mut refused) = (0, 0);
    for seed in 0..3_000 {
        let mut random = Random::new(seed);
        let line = random.pick(&lines);
        let line = mutate(&mut random, line);
        match Case::read(&line) {
            Ok(_) => {
                decide(&line);
                read += 1;
            }
            Err(error) => {
                assert!(!error.to_string().is_empty());
                refused += 1;
            }
        }
    }
    assert!(
        read > 300 && refused > 300,
        "{read} read, {refused} refused"
    );
}

#[test]
fn mutated_policies_are_read_or_refused() {
    let lines: Vec<&str> = LINES.lines().collect();
    for seed in 0..2_000 {
        let mut random = Random::new(seed);
        let case: serde_json::Value = serde_json::from_str(random.pick(&lines)).unwrap();
        let policy = [
            &case["identity_policies"][0]["policy"],
            &case["resource_policy"],
            &case["boundary"],
        ]
        .into_iter()
        .find(|policy| policy.is_object());
        let Some(policy) = policy else { continue };
        let text = mutate(&mut random, &policy.to_string());
        for kind in PolicyKind::ALL {
            if let Ok(document) = parse_document_text(&text, SourceId::default(), kind) {
                assert!(document.problems.is_sorted_by_key(|problem| problem.place));
            }
        }
    }
}

#[test]
fn a_bad_line_is_an_error_in_its_place_and_the_rest_goes_on() {
    let first = LINES.lines().next().unwrap();
    let input = format!("{first}\n\nnot json\n[]\n{{\"name\": \"x\"}}\n\u{feff}{first}\n");
    let mut output = Vec::new();
    let summary = run_batch(input.as_bytes(), &mut output, BatchOptions::default()).unwrap();
    assert_eq!((summary.cases, summary.errors), (2, 3));
    let lines: Vec<serde_json::Value> = String::from_utf8(output)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let numbers: Vec<_> = lines.iter().map(|line| line["line"].as_u64()).collect();
    assert_eq!(numbers, [None, Some(3), Some(4), Some(5), None]);
    assert_eq!(lines[3]["error"], "`principal` is missing");
    // Bytes that are no text are a bad line too.
    let mut output = Vec::new();
    let summary = run_batch(&b"\xff\xfe{\n"[..], &mut output, BatchOptions::default()).unwrap();
    assert_eq!((summary.cases, summary.errors), (0, 1));
}

#[test]
fn nesting_and_width_are_bounded() {
    let deep = "[".repeat(100_000);
    assert!(Case::read(&deep).is_err());
    let wide: Vec<String> = (0..50_000).map(|n| format!("s{n}:Get*")).collect();
    let line = json!({
        "principal": {"type": "anonymous"},
        "action": "s7:GetObject",
        "resource": "*",
        "identity_policies": [],
        "resource_policy": {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": wide, "Resource": "*"},
            {"Effect": "Deny", "Principal": "*", "NotAction": wide, "Resource": "*"}]},
    });
    assert_eq!(decide(&line.to_string()), Outcome::Allow);
}
