//! Every example of `tests/vectors/denials.jsonl`, exactly, and the patterns.

use super::*;
use serde_json::Value;

fn field(value: Option<&str>) -> Value {
    value.map_or(Value::Null, |text| Value::String(text.to_owned()))
}

#[test]
fn examples() {
    let lines = include_str!("../../tests/vectors/denials.jsonl");
    let mut failures = Vec::new();
    for line in lines.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let denial = read(case["message"].as_str().unwrap());
        let got = [
            ("principal", field(denial.principal.as_deref())),
            ("action", field(denial.action.as_deref())),
            ("resource", field(denial.resource.as_deref())),
            (
                "policy_type",
                field(denial.policy_type.map(PolicyType::as_str)),
            ),
            ("explicit", denial.explicit.map_or(Value::Null, Value::Bool)),
            ("policy_arn", field(denial.policy_arn.as_deref())),
            ("encoded", field(denial.encoded.as_deref())),
            ("error_code", field(denial.error_code.as_deref())),
            ("operation", field(denial.operation.as_deref())),
            ("via", field(denial.via.map(PolicyType::as_str))),
            ("raw_resource", field(denial.raw_resource.as_deref())),
        ];
        for (name, value) in got {
            if let Some(expected) = case["expect"].get(name) {
                if *expected != value {
                    failures.push(format!(
                        "{}: {name}: expected {expected}, read {value}",
                        case["id"]
                    ));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn patterns_compile() {
    let files = [
        clean::PATTERNS,
        phrases::PATTERNS,
        sentence::PATTERNS,
        wrapper::PATTERNS,
    ];
    for text in files.into_iter().flatten() {
        assert!(regex::Regex::new(text).is_ok(), "{text}");
    }
}

/// What must not depend on how the message was wrapped, coloured or quoted.
fn essence(denial: &Denial) -> impl PartialEq + std::fmt::Debug + use<> {
    (
        denial.principal.clone(),
        denial.action.clone(),
        denial.resource.clone(),
        denial.policy_type,
        denial.explicit,
        denial.policy_arn.clone(),
        denial.encoded.clone(),
        denial.error_code.clone(),
        denial.operation.clone(),
    )
}

fn messages() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for line in include_str!("../../tests/vectors/denials.jsonl").lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        all.push((
            case["id"].as_str().unwrap().to_owned(),
            case["message"].as_str().unwrap().to_owned(),
        ));
    }
    all
}

fn hard_wrap(text: &str, columns: usize) -> String {
    text.lines()
        .map(|line| {
            let characters: Vec<char> = line.chars().collect();
            characters
                .chunks(columns)
                .map(|chunk| chunk.iter().collect::<String>())
                .collect::<Vec<_>>()
                .join("\n")
        })
        .collect::<Vec<_>>()
        .join("\n")
}

fn word_wrap(text: &str, columns: usize) -> String {
    let mut out = String::new();
    let mut width = 0;
    for word in text.split(' ') {
        if width > 0 && width + 1 + word.len() > columns {
            out.push('\n');
            width = 0;
        } else if width > 0 {
            out.push(' ');
            width += 1;
        }
        out.push_str(word);
        width += word.len();
    }
    out
}

#[test]
fn hard_wrapping_changes_nothing() {
    let mut failures = Vec::new();
    for (id, message) in messages() {
        let plain = read(&message);
        for columns in 10..220 {
            let wrapped = hard_wrap(&message, columns);
            let got = read(&wrapped);
            if essence(&got) != essence(&plain) {
                failures.push(format!(
                    "{id} at {columns}:\n  {:?}\n  {:?}",
                    essence(&got),
                    essence(&plain)
                ));
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{} failures\n{}",
        failures.len(),
        failures[..failures.len().min(20)].join("\n")
    );
}

#[test]
fn word_wrapping_changes_nothing() {
    let mut failures = Vec::new();
    for (id, message) in messages() {
        let plain = read(&message);
        for columns in 10..220 {
            let got = read(&word_wrap(&message, columns));
            if essence(&got) != essence(&plain) {
                failures.push(format!(
                    "{id} at {columns}:\n  {:?}\n  {:?}",
                    essence(&got),
                    essence(&plain)
                ));
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{} failures\n{}",
        failures.len(),
        failures[..failures.len().min(20)].join("\n")
    );
}
