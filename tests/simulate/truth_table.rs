//! The truth table of condition operators: every operator, suffix and state of the key
//! (IAM: reference_policies_elements_condition_operators,
//! reference_policies_condition-single-vs-multi-valued-context-keys).

use iamscope::report::Case;
use iamscope::simulate::{Outcome, Policies};
use serde_json::{Value, json};

/// An operator, its negation, and texts to try it on.
struct Operator {
    name: &'static str,
    negation: Option<&'static str>,
    key: &'static str,
    policy: &'static str,
    matching: &'static str,
    other: &'static str,
    /// Text that the operator cannot read, where there is such.
    wrong: Option<&'static str>,
}

const fn operator(
    name: &'static str,
    negation: Option<&'static str>,
    [key, policy, matching, other]: [&'static str; 4],
    wrong: Option<&'static str>,
) -> Operator {
    Operator {
        name,
        negation,
        key,
        policy,
        matching,
        other,
        wrong,
    }
}

const TEXT: &str = "s3:prefix";
const NUMBER: &str = "s3:max-keys";
const DATE: &str = "aws:TokenIssueTime";
const ARN: &str = "aws:SourceArn";
const APRIL: &str = "2026-04-01T00:00:00Z";
const MARCH: &str = "2026-03-31T23:59:59Z";
const LATER: &str = "2026-04-01T00:00:01Z";
const TOPICS: &str = "arn:aws:sns:us-east-1:111122223333:*";
const TOPIC: &str = "arn:aws:sns:us-east-1:111122223333:t";
const OTHER_TOPIC: &str = "arn:aws:sns:us-east-1:444455556666:t";

const OPERATORS: [Operator; 18] = [
    operator(
        "StringEquals",
        Some("StringNotEquals"),
        [TEXT, "a", "a", "b"],
        None,
    ),
    operator(
        "StringEqualsIgnoreCase",
        Some("StringNotEqualsIgnoreCase"),
        [TEXT, "a", "A", "b"],
        None,
    ),
    operator(
        "StringLike",
        Some("StringNotLike"),
        [TEXT, "a*", "abc", "b"],
        None,
    ),
    operator(
        "NumericEquals",
        Some("NumericNotEquals"),
        [NUMBER, "10", "10.0", "11"],
        Some("ten"),
    ),
    operator(
        "NumericLessThan",
        None,
        [NUMBER, "10", "9", "10"],
        Some("ten"),
    ),
    operator(
        "NumericLessThanEquals",
        None,
        [NUMBER, "10", "10", "10.1"],
        Some("ten"),
    ),
    operator(
        "NumericGreaterThan",
        None,
        [NUMBER, "10", "11", "10"],
        Some("ten"),
    ),
    operator(
        "NumericGreaterThanEquals",
        None,
        [NUMBER, "10", "10", "9.99"],
        Some("ten"),
    ),
    operator(
        "DateEquals",
        Some("DateNotEquals"),
        [DATE, APRIL, "2026-04-01T02:00:00+02:00", LATER],
        Some("tomorrow"),
    ),
    operator(
        "DateLessThan",
        None,
        [DATE, APRIL, MARCH, APRIL],
        Some("tomorrow"),
    ),
    operator(
        "DateLessThanEquals",
        None,
        [DATE, APRIL, APRIL, LATER],
        Some("tomorrow"),
    ),
    operator(
        "DateGreaterThan",
        None,
        [DATE, APRIL, LATER, APRIL],
        Some("tomorrow"),
    ),
    operator(
        "DateGreaterThanEquals",
        None,
        [DATE, APRIL, APRIL, MARCH],
        Some("tomorrow"),
    ),
    operator(
        "Bool",
        None,
        ["aws:MultiFactorAuthPresent", "true", "true", "false"],
        Some("maybe"),
    ),
    operator(
        "BinaryEquals",
        None,
        ["s3:x-blob", "QUJD", "QUJD", "QUJE"],
        Some("***"),
    ),
    operator(
        "IpAddress",
        Some("NotIpAddress"),
        [
            "aws:SourceIp",
            "203.0.113.0/24",
            "203.0.113.7",
            "198.51.100.1",
        ],
        Some("203.0.113"),
    ),
    operator(
        "ArnEquals",
        Some("ArnNotEquals"),
        [ARN, TOPICS, TOPIC, OTHER_TOPIC],
        Some("*"),
    ),
    operator(
        "ArnLike",
        Some("ArnNotLike"),
        [ARN, TOPICS, TOPIC, OTHER_TOPIC],
        Some("not-an-arn"),
    ),
];

/// The columns: prefix, suffix, and whether the negated operator is meant.
const COLUMNS: [(&str, &str, bool); 8] = [
    ("", "", false),
    ("", "", true),
    ("", "IfExists", false),
    ("", "IfExists", true),
    ("ForAllValues:", "", false),
    ("ForAnyValue:", "", false),
    ("ForAllValues:", "", true),
    ("ForAnyValue:", "", true),
];

/// The state of a key.
#[derive(Clone, Copy, Debug)]
enum State {
    Absent,
    Matches,
    MatchesNone,
    SomeOfAListMatch,
    EmptyList,
}

const ROWS: [(State, [bool; 8]); 5] = {
    const T: bool = true;
    const F: bool = false;
    [
        (State::Absent, [F, T, T, T, T, F, T, F]),
        (State::Matches, [T, F, T, F, T, T, F, F]),
        (State::MatchesNone, [F, T, F, T, F, F, T, T]),
        (State::SomeOfAListMatch, [F, F, F, F, F, T, F, T]),
        (State::EmptyList, [F, T, T, T, T, F, T, F]),
    ]
};

/// Whether a statement with one condition allows.
fn holds(operator: &str, key: &str, policy: &Value, request: Option<&Value>) -> bool {
    let mut context = serde_json::Map::new();
    if let Some(value) = request {
        context.insert(key.to_owned(), value.clone());
    }
    let case = json!({
        "principal": {"type": "user", "arn": "arn:aws:iam::111122223333:user/alice"},
        "action": "s3:ListBucket",
        "resource": "arn:aws:s3:::amzn-s3-demo-bucket",
        "resource_account": "111122223333",
        "context": context,
        "identity_policies": [{"name": "identity", "policy": {
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow", "Action": "s3:*", "Resource": "*",
                "Condition": {operator: {key: policy}},
            }],
        }}],
    });
    let case = Case::read(&case.to_string()).unwrap();
    match Policies::compile(&case.policies)
        .evaluate(&case.request)
        .outcome
    {
        Outcome::Allow => true,
        Outcome::ImplicitDeny => false,
        other => panic!("{operator} gives {other:?} for {request:?}"),
    }
}

fn each_column(mut check: impl FnMut(&Operator, usize, &str, bool)) {
    for operator in &OPERATORS {
        for (at, (prefix, suffix, negated)) in COLUMNS.into_iter().enumerate() {
            let base = match negated {
                false => operator.name,
                true => match operator.negation {
                    Some(negation) => negation,
                    None => continue,
                },
            };
            check(operator, at, &format!("{prefix}{base}{suffix}"), negated);
        }
    }
}

#[test]
fn every_cell_is_as_documented() {
    each_column(|operator, at, name, _| {
        for (state, cells) in ROWS {
            let is_set = name.contains(':');
            let one = |text: &str| if is_set { json!([text]) } else { json!(text) };
            let request = match state {
                State::Absent => None,
                State::Matches => Some(one(operator.matching)),
                State::MatchesNone => Some(one(operator.other)),
                State::SomeOfAListMatch => Some(json!([operator.matching, operator.other])),
                State::EmptyList => Some(json!([])),
            };
            let held = holds(
                name,
                operator.key,
                &json!(operator.policy),
                request.as_ref(),
            );
            assert_eq!(held, cells[at], "{name}, {state:?}");
        }
    });
}

#[test]
fn lists_of_nothing_but_empty_strings_have_no_values_for_set_operators() {
    each_column(|operator, at, name, _| {
        if name.contains(':') {
            let empty = json!(["", ""]);
            let held = holds(name, operator.key, &json!(operator.policy), Some(&empty));
            assert_eq!(held, ROWS[0].1[at], "{name}");
        }
    });
}

#[test]
fn an_absent_key_holds_for_any_value_if_exists() {
    each_column(|operator, _, name, _| {
        let name = format!("{name}IfExists");
        if name.starts_with("ForAnyValue:") {
            let policy = json!(operator.policy);
            assert!(holds(&name, operator.key, &policy, None), "{name}");
            assert_eq!(
                holds(
                    &name,
                    operator.key,
                    &policy,
                    Some(&json!([operator.matching]))
                ),
                holds(
                    name.trim_end_matches("IfExists"),
                    operator.key,
                    &policy,
                    Some(&json!([operator.matching]))
                ),
                "{name}"
            );
        }
    });
}

/// The match fails with an operator and its negation alike.
#[test]
fn text_of_the_wrong_type_never_matches() {
    each_column(|operator, _, name, negated| {
        let Some(wrong) = operator.wrong else {
            return;
        };
        let good = json!([operator.policy]);
        let is_set = name.contains(':');
        let one = |text: &str| if is_set { json!([text]) } else { json!(text) };
        let in_policy = holds(
            name,
            operator.key,
            &json!(wrong),
            Some(&one(operator.matching)),
        );
        assert!(!in_policy, "{name}: a policy value");
        let in_request = holds(name, operator.key, &good, Some(&one(wrong)));
        assert!(!in_request, "{name}: a request's value");
        let beside = json!([wrong, operator.policy]);
        let beside = holds(name, operator.key, &beside, Some(&one(operator.matching)));
        assert_eq!(beside, !negated, "{name}: beside a value that matches");
    });
}
