//! Conditions in words, and what follows where their key is absent.

use crate::iam::{BaseOperator, Condition, Effect, Entry, Operator, SetPrefix, Text};

use super::absence::{absence_words, condition_traps};
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
    match operator.holds_without_key() {
        Some(true) if operator.set.is_some() && !operator.if_exists => {
            if negated {
                line
            } else {
                line.plain(" (or has none)")
            }
        }
        Some(true) => line.plain(" (or is absent)"),
        _ => line,
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
    match (operator.base.is_negated(), operator.holds_without_key()) {
        (true, _) => key.plain(" is anything: no value is listed that it must not be"),
        (false, Some(true)) => key.plain(" is absent: no value is listed that it may be"),
        (false, _) => key.plain(" is one of no values: this never holds"),
    }
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
#[path = "condition_tests.rs"]
mod tests;
