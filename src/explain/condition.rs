//! Conditions in words, and what follows where their key is absent.

use crate::iam::{BaseOperator, Condition, Effect, Entry, Operator, SetPrefix, Text};

use super::english::{NAMED, number};
use super::{Fact, Item, Line, Mark, Meaning, Page};

/// A condition as a clause: `aws:SourceIp is in 10.0.0.0/8`. Where the condition also holds without
/// the key, the clause says so.
pub fn condition_words(condition: &Condition) -> Line {
    let Some(operator) = condition.operator else {
        return Line::new()
            .text(&condition.key)
            .with(Meaning::Unknown, " passes ")
            .code(condition.operator_text.clone())
            .with(Meaning::Unknown, ", which is no operator");
    };
    if operator.base == BaseOperator::Null {
        return null_words(condition, operator);
    }
    if condition.values.is_empty() {
        return empty_words(condition, operator);
    }
    let negated = operator.base.is_negated();
    let mut line = Line::new();
    line = match (operator.set, negated) {
        (None, _) => line,
        (Some(SetPrefix::ForAllValues), false) => line.plain("every value of "),
        (Some(SetPrefix::ForAllValues), true) => line.plain("no value of "),
        (Some(SetPrefix::ForAnyValue), _) => line.plain("some value of "),
    };
    line = line.text(&condition.key).plain(" ");
    // "No value of k is none of a, b" would turn the meaning round.
    let says_not = negated && operator.set != Some(SetPrefix::ForAllValues);
    line = line.then(comparison(operator.base, &condition.values, says_not));
    match holds_without_key(operator) {
        Some(true) if operator.set.is_some() && !operator.if_exists => {
            if negated {
                line
            } else {
                line.plain(", or it has none")
            }
        }
        Some(true) => line.plain(", or it is absent"),
        _ => line,
    }
}

/// Whether a condition holds where its key is absent (`None`: `Null`, whose values decide).
/// IAM: reference_policies_elements_condition_operators.
pub fn holds_without_key(operator: Operator) -> Option<bool> {
    match (operator.base, operator.set) {
        (BaseOperator::Null, Some(SetPrefix::ForAllValues)) => Some(true),
        (BaseOperator::Null, Some(SetPrefix::ForAnyValue)) => Some(false),
        (BaseOperator::Null, None) => None,
        _ if operator.if_exists => Some(true),
        (_, Some(SetPrefix::ForAllValues)) => Some(true),
        (_, Some(SetPrefix::ForAnyValue)) => Some(false),
        (base, None) => Some(base.is_negated()),
    }
}

/// What is compared and how, for a subject in the singular: `is in a or b`, `matches none of a, b, c`.
fn comparison(base: BaseOperator, values: &[Entry], says_not: bool) -> Line {
    use BaseOperator::*;
    let wild = values.iter().any(|value| has_wildcard(&value.text));
    let ranges = values
        .iter()
        .any(|value| value.text.as_plain().is_none_or(|text| text.contains('/')));
    let (verb, behind) = match base {
        StringEquals | StringNotEquals | Bool => ("is", ""),
        StringEqualsIgnoreCase | StringNotEqualsIgnoreCase => ("is", " in any case"),
        StringLike | StringNotLike | ArnEquals | ArnNotEquals | ArnLike | ArnNotLike if wild => {
            ("matches", "")
        }
        StringLike | StringNotLike | ArnEquals | ArnNotEquals | ArnLike | ArnNotLike => ("is", ""),
        NumericEquals | NumericNotEquals => ("equals", ""),
        NumericLessThan => ("is less than", ""),
        NumericLessThanEquals => ("is at most", ""),
        NumericGreaterThan => ("is greater than", ""),
        NumericGreaterThanEquals => ("is at least", ""),
        DateEquals | DateNotEquals => ("is", ""),
        DateLessThan => ("is before", ""),
        DateLessThanEquals => ("is at or before", ""),
        DateGreaterThan => ("is after", ""),
        DateGreaterThanEquals => ("is at or after", ""),
        BinaryEquals => ("is the bytes", " (base64)"),
        IpAddress | NotIpAddress if ranges => ("is in", ""),
        IpAddress | NotIpAddress => ("is", ""),
        Null => ("is", ""),
    };
    let line = match (says_not, values.len()) {
        (false, 1) => Line::new().plain(verb).plain(" "),
        (false, 2) => Line::new().plain(verb).plain(" "),
        (false, _) => Line::new().plain(verb).plain(" one of "),
        (true, 1) => Line::new().plain(negative(verb)).plain(" "),
        (true, 2) => Line::new().plain(verb).plain(" neither "),
        (true, _) => Line::new().plain(verb).plain(" none of "),
    };
    line.then(value_list(values, says_not)).plain(behind)
}

fn negative(verb: &str) -> &'static str {
    match verb {
        "matches" => "does not match",
        "equals" => "does not equal",
        "is in" => "is not in",
        _ => "is not",
    }
}

/// Values for a sentence; beyond a few, how many more.
fn value_list(values: &[Entry], says_not: bool) -> Line {
    let named = if values.len() > NAMED {
        NAMED - 1
    } else {
        values.len()
    };
    let mut line = Line::new();
    for (i, value) in values.iter().take(named).enumerate() {
        if i > 0 {
            line = match (values.len(), says_not) {
                (2, false) => line.plain(" or "),
                (2, true) => line.plain(" nor "),
                _ => line.plain(", "),
            };
        }
        line = line.then(value_words(&value.text));
    }
    if values.len() > named {
        let more = number(values.len() - named);
        line = line.plain(format!(" and {more} more"));
    }
    line
}

/// A value; the empty one, and one that could be read as words of the sentence, in quotes.
pub(super) fn value_words(text: &Text) -> Line {
    let ambiguous = match text.as_plain() {
        Some(plain) => plain.is_empty() || plain.contains([' ', ',']),
        None => false,
    };
    if ambiguous {
        Line::new().code("\"").text(text).code("\"")
    } else {
        Line::new().text(text)
    }
}

/// Whether a text has a wildcard outside policy variables such as `${*}`.
pub(super) fn has_wildcard(text: &Text) -> bool {
    text.pieces().filter_map(Result::ok).any(|literal| {
        let mut rest = literal;
        loop {
            let before = rest.split("${").next().unwrap_or_default();
            if before.contains(['*', '?']) {
                return true;
            }
            let Some(variable) = rest.get(before.len()..).filter(|tail| !tail.is_empty()) else {
                return false;
            };
            match variable.find('}') {
                Some(end) => rest = &variable[end + 1..],
                None => return variable.contains(['*', '?']),
            }
        }
    })
}

/// What `Null` asks for: the key absent, or present.
fn null_words(condition: &Condition, operator: Operator) -> Line {
    let key = Line::new().text(&condition.key);
    match operator.set {
        Some(SetPrefix::ForAllValues) => {
            return key.plain(" is anything, also absent (ForAllValues:Null always holds)");
        }
        Some(SetPrefix::ForAnyValue) => {
            return key.plain(" is never tested: ForAnyValue:Null cannot hold");
        }
        None => {}
    }
    let asks = |wanted: &str| {
        condition.values.iter().any(|value| {
            value
                .text
                .as_plain()
                .is_some_and(|text| text.eq_ignore_ascii_case(wanted))
        })
    };
    let unresolved = condition.values.iter().any(|value| !value.text.is_plain());
    match (asks("true"), asks("false")) {
        (true, true) => key.plain(" is absent or present"),
        _ if unresolved => key
            .plain(" is absent or present, as ")
            .then(value_list(&condition.values, false))
            .plain(" says"),
        (true, false) => key.plain(" is absent"),
        (false, true) => key.plain(" is present and not empty"),
        (false, false) => key
            .plain(" is neither absent nor present: ")
            .then(value_list(&condition.values, false))
            .plain(" is no boolean"),
    }
}

/// An empty list of values: nothing matches it.
fn empty_words(condition: &Condition, operator: Operator) -> Line {
    let key = Line::new().text(&condition.key);
    match (operator.base.is_negated(), holds_without_key(operator)) {
        (true, _) => key.plain(" is anything: no value is listed that it must not be"),
        (false, Some(true)) => key.plain(" is absent: no value is listed that it may be"),
        (false, _) => key.plain(" is one of no values: this never holds"),
    }
}

/// What follows for the statement where the key of a condition is absent from a request; `None` where
/// that is what a reader expects (a grant that needs the key).
pub fn absence_words(condition: &Condition, effect: Option<Effect>) -> Option<Line> {
    let operator = condition.operator?;
    let holds = holds_without_key(operator)?;
    let key = condition.key.as_plain().unwrap_or_default();
    let subject = Line::new().plain("a request without ").text(&condition.key);
    Some(match (effect?, holds) {
        (Effect::Allow, true) => subject.plain(" passes this condition too"),
        (Effect::Deny, true) => {
            subject.plain(" is denied too, if the rest of the statement applies")
        }
        (Effect::Deny, false) if is_mfa(key) && operator.set.is_none() => {
            let mends = operator.base.name();
            subject.plain(format!(
                " is not denied: long-term access keys never carry it; {mends}IfExists denies them too"
            ))
        }
        (Effect::Deny, false) => subject.plain(" is not denied by this statement"),
        (Effect::Allow, false) => return None,
    })
}

/// Traps of single conditions, whatever the rest of the statement says (evaluation of conditions in
/// IAM: reference_policies_elements_condition_operators and reference_policies_condition-keys).
pub fn condition_traps(condition: &Condition, effect: Option<Effect>) -> Vec<Line> {
    use BaseOperator::*;
    let Some(operator) = condition.operator else {
        return Vec::new();
    };
    let key = condition.key.as_plain().unwrap_or_default();
    let mut traps = Vec::new();
    let addresses_v4_only = || {
        !condition.values.is_empty()
            && condition.values.iter().all(|value| {
                value
                    .text
                    .as_plain()
                    .is_some_and(|text| !text.contains(':'))
            })
    };
    if operator.base == NotIpAddress && effect == Some(Effect::Deny) {
        if addresses_v4_only() {
            traps.push("only IPv4 ranges are listed: every IPv6 caller is denied".into());
        }
        if key.eq_ignore_ascii_case("aws:SourceIp") && !operator.if_exists {
            traps.push(
                "calls through a VPC endpoint, which have no aws:SourceIp, are denied too".into(),
            );
        }
    }
    if operator.base == Null
        && operator.set.is_none()
        && is_mfa(key)
        && condition.values.iter().any(|value| {
            value
                .text
                .as_plain()
                .is_some_and(|text| text.eq_ignore_ascii_case("false"))
        })
    {
        traps.push(
            "that aws:MultiFactorAuthPresent is present proves nothing: its value may be false"
                .into(),
        );
    }
    if operator.set == Some(SetPrefix::ForAllValues)
        && effect == Some(Effect::Allow)
        && operator.base != Null
    {
        traps.push(
            Line::new()
                .plain("ForAllValues also holds without any value: add Null ")
                .text(&condition.key)
                .plain(" false to require one"),
        );
    }
    let wild = condition
        .values
        .iter()
        .any(|value| has_wildcard(&value.text));
    if matches!(operator.base, StringLike | StringNotLike)
        && wild
        && key.to_ascii_lowercase().ends_with("arn")
    {
        traps.push(
            "a String operator lets * run across the colons of an ARN; ArnLike compares field by field"
                .into(),
        );
    }
    if matches!(
        operator.base,
        StringEquals | StringNotEquals | StringEqualsIgnoreCase | StringNotEqualsIgnoreCase
    ) && wild
    {
        let like = if operator.base.is_negated() {
            "StringNotLike"
        } else {
            "StringLike"
        };
        traps.push(
            Line::new()
                .plain("* and ? are ordinary characters under ")
                .code(operator.base.name())
                .plain("; they are wildcards under ")
                .code(like),
        );
    }
    traps
}

fn is_mfa(key: &str) -> bool {
    key.eq_ignore_ascii_case("aws:MultiFactorAuthPresent")
        || key.eq_ignore_ascii_case("aws:MultiFactorAuthAge")
}

/// A condition on a page of its own.
pub fn condition_page(condition: &Condition, effect: Option<Effect>) -> Page {
    let mut page = Page::new(
        Line::new()
            .plain("Condition ")
            .code(condition.operator_text.clone()),
    );
    let intro = match effect {
        Some(Effect::Allow) => "Allows only where ",
        Some(Effect::Deny) => "Denies only where ",
        None => "Applies only where ",
    };
    page.say(
        Line::new()
            .plain(intro)
            .then(condition_words(condition))
            .plain("."),
    );
    if let Some(line) = absence_words(condition, effect) {
        page.mark(Mark::Problem, capitalised(line).plain("."));
    }
    for trap in condition_traps(condition, effect) {
        page.mark(Mark::Problem, capitalised(trap).plain("."));
    }
    let values = condition
        .values
        .iter()
        .take(MOST_VALUES)
        .map(|value| Item::new(value_words(&value.text)))
        .collect();
    let mut facts = vec![
        Fact::new("Key", Line::new().text(&condition.key)),
        Fact::new("Operator", operator_words(condition)),
    ];
    facts.push(Fact::many("Values", values));
    page.facts(facts);
    if condition.values.len() > MOST_VALUES {
        let more = number(condition.values.len() - MOST_VALUES);
        page.say(Line::new().muted(format!("and {more} more values")));
    }
    page
}

/// How many values a page lists.
const MOST_VALUES: usize = 200;

/// What an operator compares, and how it treats case, wildcards and absent keys.
fn operator_words(condition: &Condition) -> Line {
    use BaseOperator::*;
    let line = Line::new().code(condition.operator_text.clone());
    let Some(operator) = condition.operator else {
        return line.with(
            Meaning::Warning,
            " is not known; names of operators are exact, also in case",
        );
    };
    let what = match operator.base {
        StringEquals | StringNotEquals => "compares text exactly; * and ? are ordinary characters",
        StringEqualsIgnoreCase | StringNotEqualsIgnoreCase => {
            "compares text without regard to case; * and ? are ordinary characters"
        }
        StringLike | StringNotLike => {
            "compares the whole text, case included; * and ? are wildcards"
        }
        NumericEquals
        | NumericNotEquals
        | NumericLessThan
        | NumericLessThanEquals
        | NumericGreaterThan
        | NumericGreaterThanEquals => "compares numbers",
        DateEquals
        | DateNotEquals
        | DateLessThan
        | DateLessThanEquals
        | DateGreaterThan
        | DateGreaterThanEquals => "compares points in time",
        Bool => "compares true or false",
        BinaryEquals => "compares bytes, written in base64",
        IpAddress | NotIpAddress => "compares addresses with addresses or CIDR ranges",
        ArnEquals | ArnNotEquals | ArnLike | ArnNotLike => {
            "compares ARNs field by field; * and ? are wildcards within a field"
        }
        Null => "asks whether the key is absent (true) or present (false)",
    };
    line.muted(" ").muted(what)
}

/// The same line with its first letter in upper case, where it begins with ordinary words.
pub(super) fn capitalised(mut line: Line) -> Line {
    if let Some(span) = line.spans.first_mut()
        && span.meaning == Meaning::Plain
        && let Some(first) = span.text.chars().next()
    {
        let upper: String = first.to_uppercase().collect();
        span.text = format!("{upper}{}", &span.text[first.len_utf8()..]).into();
    }
    line
}

#[cfg(test)]
mod tests {
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
                "k:x is not a, or it is absent",
            ),
            (
                "StringNotEquals",
                "k:x",
                &["a", "b"],
                "k:x is neither a nor b, or it is absent",
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
                "k:x matches none of a*, b, c, or it is absent",
            ),
            (
                "StringLikeIfExists",
                "k:x",
                &["a?"],
                "k:x matches a?, or it is absent",
            ),
            (
                "StringNotLikeIfExists",
                "k:x",
                &["a?"],
                "k:x does not match a?, or it is absent",
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
                "k:x does not equal 10, or it is absent",
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
                "aws:SourceIp is not in 10.0.0.0/8, or it is absent",
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
                "aws:PrincipalArn does not match arn:aws:iam::*:role/x, or it is absent",
            ),
            ("Null", "k:x", &["true"], "k:x is absent"),
            ("Null", "k:x", &["FALSE"], "k:x is present and not empty"),
            (
                "ForAllValues:StringEquals",
                "aws:TagKeys",
                &["a", "b"],
                "every value of aws:TagKeys is a or b, or it has none",
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
                "some value of aws:TagKeys matches a*, or it is absent",
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
            assert_eq!(holds_without_key(parsed), holds, "{operator}");
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
        assert_eq!(
            traps("StringLike", "aws:PrincipalArn", &["arn:*"], Effect::Allow),
            1
        );
        assert_eq!(
            traps("ArnLike", "aws:PrincipalArn", &["arn:*"], Effect::Allow),
            0
        );
    }

    #[test]
    fn many_values_are_bounded() {
        let many: Vec<String> = (0..100).map(|i| format!("v{i}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let words = condition_words(&condition("StringEquals", "k:x", &many)).to_plain();
        assert_eq!(words, "k:x is one of v0, v1, v2, v3, v4 and 95 more");
    }
}
