//! Every example of `tests/vectors/denials.jsonl`, exactly, and the patterns.

use super::*;
use crate::iam::PolicyKind;
use proptest::strategy::Strategy;
use serde_json::Value;

fn field(value: Option<&str>) -> Value {
    value.map_or(Value::Null, |text| Value::String(text.to_owned()))
}

/// AWS's own examples, and further ones in the forms that SDKs and services wrap them in.
const EXAMPLES: [&str; 2] = [
    include_str!("../../tests/vectors/denials.jsonl"),
    include_str!("../../tests/vectors/denials_more.jsonl"),
];

/// Every shape in which services, SDKs and tools write them, and in which people paste them: what
/// they say was written down before the reader was asked.
const SHAPES: &str = include_str!("../../tests/vectors/denials_shapes.jsonl");

fn read_cases(file: &str) -> impl Iterator<Item = Value> {
    file.lines().map(|line| serde_json::from_str(line).unwrap())
}

fn cases() -> Vec<Value> {
    EXAMPLES.into_iter().flat_map(read_cases).collect()
}

#[test]
fn examples() {
    let mut failures = Vec::new();
    for case in cases().into_iter().chain(read_cases(SHAPES)) {
        let denial = read(case["message"].as_str().unwrap());
        let guessed: Vec<&str> = denial.guessed.iter().map(|field| field.name()).collect();
        let got = [
            ("principal", field(denial.principal.as_deref())),
            ("action", field(denial.action.as_deref())),
            ("resource", field(denial.resource.as_deref())),
            (
                "policy_type",
                field(denial.policy_type.map(PolicyType::name)),
            ),
            ("explicit", denial.explicit.map_or(Value::Null, Value::Bool)),
            ("policy_arn", field(denial.policy_arn.as_deref())),
            ("encoded", field(denial.encoded.as_deref())),
            ("error_code", field(denial.error_code.as_deref())),
            ("operation", field(denial.operation.as_deref())),
            ("via", field(denial.via.map(PolicyKind::name))),
            ("raw_resource", field(denial.raw_resource.as_deref())),
            ("guessed", serde_json::json!(guessed)),
            ("cause", field(Some(&format!("{:?}", denial.cause)))),
        ];
        for (name, value) in got {
            let expected = case["expect"].get(name);
            if expected.is_some_and(|expected| *expected != value) {
                failures.push(format!(
                    "{}: {name}: expected {}, read {value}",
                    case["id"],
                    expected.unwrap()
                ));
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
        reader::PATTERNS,
        reason::PATTERNS,
        resource::PATTERNS,
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
        // A space at which a line was broken cannot always be told from a wrap within a word.
        denial.resource.as_deref().map(|text| text.replace(' ', "")),
        denial.policy_type,
        denial.explicit,
        denial.policy_arn.clone(),
        denial.encoded.clone(),
        denial.error_code.clone(),
        denial.operation.clone(),
    )
}

fn messages() -> Vec<(String, String)> {
    cases()
        .iter()
        .map(|case| {
            let text = |name: &str| case[name].as_str().unwrap().to_owned();
            (text("id"), text("message"))
        })
        .collect()
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
        failures[..failures.len().min(2000)].join("\n")
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
        failures[..failures.len().min(2000)].join("\n")
    );
}

#[test]
fn colours_boxes_and_quotes_change_nothing() {
    let coloured = |text: &str| {
        let mut out = String::from("\u{1b}]0;title\u{7}\u{1b}[0m");
        for (at, c) in text.chars().enumerate() {
            if at % 7 == 3 {
                out.push_str(["\u{1b}[31m", "\u{1b}[1;38;5;208m", "\u{1b}[0m"][at % 3]);
            }
            out.push(c);
        }
        out
    };
    let lines = |text: &str, head: &str| {
        let lines: Vec<String> = text.lines().map(|line| format!("{head}{line}")).collect();
        lines.join("\n")
    };
    type Dress<'a> = &'a dyn Fn(&str) -> String;
    let dressed: [(&str, Dress); 14] = [
        ("colour", &coloured),
        ("colour, wrapped", &|text| hard_wrap(&coloured(text), 60)),
        ("wrapped, colour", &|text| coloured(&hard_wrap(text, 60))),
        ("box", &|text| {
            format!("╷\n{}\n╵", lines(&hard_wrap(text, 72), "│ "))
        }),
        ("mail", &|text| lines(&hard_wrap(text, 72), "> ")),
        ("mail in mail", &|text| lines(&hard_wrap(text, 72), "> > ")),
        ("comment", &|text| lines(text, "# ")),
        ("log", &|text| {
            lines(&hard_wrap(text, 72), "2026-11-25T10:00:00.1234567Z ")
        }),
        ("log of containers", &|text| {
            lines(&hard_wrap(text, 72), "app-1  | ")
        }),
        ("code", &|text| format!("```\n{text}\n```")),
        ("quotes", &|text| format!("“{text}”")),
        ("JSON", &|text| {
            serde_json::json!({ "message": text }).to_string()
        }),
        ("JSON in JSON", &|text| {
            let inner = serde_json::json!({ "log": text }).to_string();
            serde_json::json!({ "line": inner }).to_string()
        }),
        ("Windows", &|text| text.replace('\n', "\r\n")),
    ];
    let mut failures = Vec::new();
    for (id, message) in messages() {
        // Colours within colours, and a quotation in quotation marks, are another matter.
        if message.contains('\u{1b}') || message.starts_with('>') {
            continue;
        }
        let plain = read(&message);
        for (name, dress) in dressed {
            let got = read(&dress(&message));
            if essence(&got) != essence(&plain) {
                failures.push(format!(
                    "{id} at 0:\n  {name} {:?}\n  {:?}",
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
        failures.join("\n")
    );
}

proptest::proptest! {
    /// Pieces of messages in any order, with anything between them, are read without a panic,
    /// and what is read stands in the text.
    #[test]
    fn no_input_panics(
        pieces in proptest::collection::vec(
            proptest::prop_oneof![
                "\\PC{0,12}",
                "[ \n\t\r\\\\\"'{}\\[\\]<>&;:,.]{0,4}",
                proptest::sample::select(vec![
                    "User: ", "arn:aws:iam::123456789012:user/ana", " is not authorized to perform: ",
                    "s3:GetObject", " on resource: ", "\"arn:aws:s3:::b/k\"", " because no ",
                    "identity-based policy", " allows the s3:GetObject action", "with an explicit deny in a ",
                    " transitively through a ", "service control policy: arn:aws:organizations::1:policy/o/p",
                    "Encoded authorization failure message: abcdefghijklmnopqrstuvwxyz", "\u{1b}[31m", "│ ",
                    "role ", "&quot;", "\\u00", "API: s3:", "Access Denied", "é", "\u{e000}", "s3://b",
                    "An error occurred (AccessDenied) when calling the GetObject operation: ",
                    "{\"allowed\":false,\"context\":{}}", "Action: ", "On resource(s): ", "Context: ",
                ]).prop_map(str::to_owned),
            ],
            0..24,
        )
    ) {
        let text = pieces.concat();
        for denial in read_all(&text) {
            proptest::prop_assert!(denial.says_something());
        }
    }
}

/// Quadratic work would not end in time.
#[test]
fn long_repetitive_input_is_read() {
    let units = [
        "is not authorized to perform: ",
        "User: ",
        "arn:",
        "\n",
        "\\\n",
        "&",
        "\u{1b}[",
        "\u{1b}]",
        "> ",
        "a\n",
        "because",
        "s3://a",
        "{",
        "[",
        "encodedmessage=",
        "is not authorized to perform: s3:Get on resource: role x because no ",
        " is not authorized to perform: a:b on resource: arn\n",
    ];
    for unit in units {
        let text = unit.repeat(MAX_TEXT / 4 / unit.len());
        for denial in read_all(&text) {
            assert!(denial.says_something(), "{unit:?}");
        }
    }
}
