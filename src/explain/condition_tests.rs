use super::*;
use crate::iam::{Guard, Place};

fn condition(operator: &str, key: &str, values: &[&str]) -> Condition {
    let place = Place::default();
    Condition {
        operator: Operator::parse(operator),
        operator_text: operator.to_owned(),
        key: key.into(),
        values: values
            .iter()
            .map(|value| Entry {
                text: (*value).into(),
                place,
                guard: Guard::always(),
                comment: None,
            })
            .collect(),
        place,
    }
}

#[test]
fn every_operator_has_words() {
    for (operator, key, values, words) in [
        (
            "StringEquals",
            "aws:username",
            &["a"][..],
            "aws:username is a",
        ),
        ("StringEquals", "k:x", &["a", "b"], "k:x is a or b"),
        (
            "StringEquals",
            "k:x",
            &["a", "b", ""],
            "k:x is one of a, b, \"\"",
        ),
        (
            "StringNotEquals",
            "k:x",
            &["a"],
            "k:x is not a (or is absent)",
        ),
        (
            "StringNotEquals",
            "k:x",
            &["a", "b"],
            "k:x is neither a nor b (or is absent)",
        ),
        (
            "StringEqualsIgnoreCase",
            "k:x",
            &["a b"],
            "k:x is \"a b\" in any case",
        ),
        ("StringLike", "k:x", &["a*", "b"], "k:x matches a* or b"),
        ("StringLike", "k:x", &["${*}"], "k:x is ${*}"),
        (
            "StringNotLike",
            "k:x",
            &["a*", "b", "c"],
            "k:x matches none of a*, b, c (or is absent)",
        ),
        (
            "StringLikeIfExists",
            "k:x",
            &["a?"],
            "k:x matches a? (or is absent)",
        ),
        (
            "StringNotLikeIfExists",
            "k:x",
            &["a?"],
            "k:x does not match a? (or is absent)",
        ),
        (
            "NumericLessThanEquals",
            "s3:max-keys",
            &["10"],
            "s3:max-keys is at most 10",
        ),
        (
            "NumericNotEquals",
            "k:x",
            &["10"],
            "k:x does not equal 10 (or is absent)",
        ),
        (
            "DateGreaterThan",
            "aws:CurrentTime",
            &["2026-01-01"],
            "aws:CurrentTime is after 2026-01-01",
        ),
        (
            "Bool",
            "aws:SecureTransport",
            &["false"],
            "aws:SecureTransport is false",
        ),
        (
            "IpAddress",
            "aws:SourceIp",
            &["10.0.0.0/8", "1.2.3.4"],
            "aws:SourceIp is in 10.0.0.0/8 or 1.2.3.4",
        ),
        (
            "NotIpAddress",
            "aws:SourceIp",
            &["10.0.0.0/8"],
            "aws:SourceIp is not in 10.0.0.0/8 (or is absent)",
        ),
        (
            "ArnLike",
            "aws:SourceArn",
            &["arn:aws:s3:::b"],
            "aws:SourceArn is arn:aws:s3:::b",
        ),
        (
            "ArnNotLike",
            "aws:PrincipalArn",
            &["arn:aws:iam::*:role/x"],
            "aws:PrincipalArn does not match arn:aws:iam::*:role/x (or is absent)",
        ),
        ("Null", "k:x", &["true"], "k:x is absent"),
        ("Null", "k:x", &["FALSE"], "k:x is present and not empty"),
        (
            "ForAllValues:StringEquals",
            "aws:TagKeys",
            &["a", "b"],
            "every value of aws:TagKeys is a or b (or has none)",
        ),
        (
            "ForAllValues:StringNotEquals",
            "aws:TagKeys",
            &["a", "b"],
            "no value of aws:TagKeys is a or b",
        ),
        (
            "ForAnyValue:StringEquals",
            "aws:TagKeys",
            &["a"],
            "some value of aws:TagKeys is a",
        ),
        (
            "ForAnyValue:StringNotEquals",
            "aws:TagKeys",
            &["a"],
            "some value of aws:TagKeys is not a",
        ),
        (
            "ForAnyValue:StringLikeIfExists",
            "aws:TagKeys",
            &["a*"],
            "some value of aws:TagKeys matches a* (or is absent)",
        ),
        (
            "ForAllValues:Null",
            "k:x",
            &["true"],
            "k:x is anything, also absent (ForAllValues:Null always holds)",
        ),
        (
            "StringEquals",
            "k:x",
            &[],
            "k:x is one of no values: this never holds",
        ),
        (
            "stringequals",
            "k:x",
            &["a"],
            "k:x passes stringequals, which is no operator",
        ),
    ] {
        let condition = condition(operator, key, values);
        assert_eq!(condition_words(&condition).to_plain(), words, "{operator}");
    }
}

#[test]
fn absent_keys_follow_the_truth_table() {
    for (operator, holds) in [
        ("StringEquals", Some(false)),
        ("StringNotEquals", Some(true)),
        ("StringEqualsIfExists", Some(true)),
        ("StringNotEqualsIfExists", Some(true)),
        ("ForAllValues:StringEquals", Some(true)),
        ("ForAnyValue:StringEquals", Some(false)),
        ("ForAllValues:StringNotEquals", Some(true)),
        ("ForAnyValue:StringNotEquals", Some(false)),
        ("Null", None),
    ] {
        let parsed = Operator::parse(operator).unwrap();
        assert_eq!(parsed.holds_without_key(), holds, "{operator}");
    }
}

#[test]
fn absence_says_what_follows_for_the_statement() {
    let words = |operator, key, effect| {
        absence_words(&condition(operator, key, &["x"]), Some(effect)).map(|l| l.to_plain())
    };
    assert_eq!(words("StringEquals", "k:x", Effect::Allow), None);
    assert_eq!(
        words("StringNotEquals", "k:x", Effect::Deny).unwrap(),
        "a request without k:x is denied too, if the rest of the statement applies"
    );
    assert_eq!(
        words("Bool", "aws:MultiFactorAuthPresent", Effect::Deny).unwrap(),
        "a request without aws:MultiFactorAuthPresent is not denied: long-term access keys never \
         carry it; BoolIfExists denies them too"
    );
    assert_eq!(
        words("ForAllValues:StringEquals", "k:x", Effect::Allow).unwrap(),
        "a request without k:x passes this condition too"
    );
}

#[test]
fn traps_of_single_conditions() {
    let traps = |operator, key, values: &[&str], effect| {
        condition_traps(&condition(operator, key, values), Some(effect)).len()
    };
    let deny = Effect::Deny;
    assert_eq!(
        traps("NotIpAddress", "aws:SourceIp", &["10.0.0.0/8"], deny),
        2
    );
    assert_eq!(
        traps("NotIpAddress", "aws:SourceIp", &["10.0.0.0/8", "::1"], deny),
        1
    );
    assert_eq!(traps("StringEquals", "k:x", &["a*"], Effect::Allow), 1);
    assert_eq!(traps("StringEquals", "k:x", &["${*}"], Effect::Allow), 0);
}

#[test]
fn many_values_are_bounded() {
    let many: Vec<String> = (0..100).map(|i| format!("v{i}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let words = condition_words(&condition("StringEquals", "k:x", &many)).to_plain();
    assert_eq!(words, "k:x is one of v0, v1, v2, v3, v4 and 95 more");
}
