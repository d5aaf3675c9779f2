//! Conditions and policy variables: values, keys and operators that do not do what they seem to.

use super::super::keys::{KeyType, global_key};
use super::super::variable::{Fragment, fragments};
use super::super::{BaseOperator, Condition, Entry, Problem, Statement, Version, literal};

const OPERATORS: &str = "IAM:reference_policies_elements_condition_operators";
const VARIABLES: &str = "IAM:reference_policies_variables";

/// What one condition asks for.
pub(super) fn advice(condition: &Condition, problems: &mut Vec<Problem>) {
    let Some(operator) = condition.operator else {
        return;
    };
    for value in &condition.values {
        let Some(text) = value.text.as_plain() else {
            continue;
        };
        if let Some(expected) = literal::expected_form(operator.base, text) {
            problems.push(
                Problem::warning(
                    value.place,
                    format!("`{text}` is not {expected}: `{operator}` with it never matches, so the statement never applies"),
                )
                .page(OPERATORS),
            );
        } else if literal::is_zoneless_time(operator.base, text) {
            problems.push(
                Problem::warning(
                    value.place,
                    format!("`{text}` has no time zone and is taken as UTC"),
                )
                .page(OPERATORS),
            );
        }
    }
    let Some(key) = condition.key.as_plain().and_then(global_key) else {
        return;
    };
    if key.many && operator.set.is_none() && operator.base != BaseOperator::Null {
        problems.push(
            Problem::error(
                condition.place,
                format!("`{}` has several values: `{operator}` without `ForAllValues:` or `ForAnyValue:` never matches them", key.name),
            )
            .page("IAM:reference_policies_condition-single-vs-multi-valued-context-keys"),
        );
    }
    if !key.many && operator.set.is_some() {
        problems.push(
            Problem::warning(
                condition.place,
                format!(
                    "`{}` has a single value: `{operator}` is for keys with several",
                    key.name
                ),
            )
            .page("IAM:reference_policies_condition-single-vs-multi-valued-context-keys"),
        );
    }
    if key.kind == KeyType::Arn && operator.base.name().contains("String") {
        problems.push(
            Problem::warning(
                condition.place,
                format!("`{}` is an ARN: `{operator}` compares it as text, so that a wildcard also runs over colons", key.name),
            )
            .hint("use `ArnLike` or `ArnEquals`")
            .page(OPERATORS),
        );
    }
}

/// Variables where none is resolved, and text that looks like one and is not.
pub(super) fn variables(statement: &Statement, version: Version, problems: &mut Vec<Problem>) {
    let mut check = |entry: &Entry, resolved_from: Option<usize>, place_words: &str| {
        let Some(text) = entry.text.as_plain().filter(|text| text.contains("${")) else {
            return;
        };
        let mut read = 0;
        for fragment in fragments(text) {
            let (message, length) = match fragment {
                Fragment::Literal(text) => (None, text.len()),
                Fragment::Malformed(text) => (
                    Some(format!(
                        "`{text}` is no policy variable and is taken as text"
                    )),
                    text.len(),
                ),
                Fragment::Variable { .. } | Fragment::Escaped(_) => {
                    let length = text
                        .get(read..)
                        .and_then(|rest| rest.find('}'))
                        .map_or(0, |end| end + 1);
                    let message = if version != Version::V2012 {
                        Some("policy variables need `\"Version\": \"2012-10-17\"`: here `${...}` is plain text".to_owned())
                    } else if resolved_from.is_none_or(|from| read < from) {
                        Some(format!(
                            "policy variables are not resolved {place_words}: here `${{...}}` is plain text"
                        ))
                    } else {
                        None
                    };
                    (message, length)
                }
            };
            read += length;
            if let Some(message) = message {
                problems.push(Problem::warning(entry.place, message).page(VARIABLES));
                return;
            }
        }
    };
    for entry in statement.action.iter().flat_map(|action| &action.entries) {
        check(entry, None, "in actions");
    }
    for entry in statement
        .resource
        .iter()
        .flat_map(|resource| &resource.entries)
    {
        let text = entry.text.as_plain().unwrap_or_default();
        let fifth_colon = text.match_indices(':').nth(4).map(|(at, _)| at);
        check(entry, fifth_colon, "before the fifth colon of an ARN");
    }
    for value in statement
        .principal
        .iter()
        .flat_map(|principal| &principal.entries)
    {
        check(&value.entry, None, "in principals");
    }
    for condition in &statement.conditions {
        let taken = condition
            .operator
            .is_none_or(|operator| operator.base.takes_variables());
        for value in &condition.values {
            check(value, taken.then_some(0), "with this operator");
        }
    }
}
