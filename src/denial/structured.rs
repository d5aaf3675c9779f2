//! JSON: a decoded authorization message, CloudTrail events, error bodies.

use super::clean;
use super::trail::Event;
use super::types::Denial;
use serde_json::Value;

/// Reads a text that is one JSON value. `None` when it is none, or says nothing that its
/// text does not say as well.
pub(super) fn read(text: &str) -> Option<Vec<Denial>> {
    if !text.contains('{') {
        return None;
    }
    let mut found = Vec::new();
    walk(&parse(text)?, 0, &mut found);
    (!found.is_empty()).then_some(found)
}

/// Reads JSON, coloured, quoted and wrapped as a terminal shows it, too.
fn parse(text: &str) -> Option<Value> {
    if let Ok(value) = serde_json::from_str(text) {
        return Some(value);
    }
    let plain = clean::undress(text);
    let start = plain.find(['{', '['])?;
    let end = plain.rfind(['}', ']'])?;
    let inner = plain.get(start..=end)?;
    // A line break within a string is no JSON: there it was a wrap.
    let undo = |wrap: &str, line: &str| {
        let text = inner.replace(clean::WRAP, wrap).replace('\n', line);
        serde_json::from_str(&text).ok()
    };
    undo("\n", "\n")
        .or_else(|| undo("", "\n"))
        .or_else(|| undo("", ""))
        .or_else(|| undo(" ", " "))
}

fn walk(value: &Value, depth: usize, found: &mut Vec<Denial>) {
    if depth > 8 {
        return;
    }
    if let Some(denial) = decoded(value) {
        found.push(denial);
        return;
    }
    if let Some(event) = Event::read(value) {
        found.push(event.denial());
        return;
    }
    match value {
        Value::Object(members) => {
            for member in members.values() {
                walk(member, depth + 1, found);
            }
        }
        Value::Array(items) => {
            for item in items {
                walk(item, depth + 1, found);
            }
        }
        // `DecodedMessage` and log lines hold a document as text.
        Value::String(text) if text.trim_start().starts_with('{') => {
            if let Ok(value) = serde_json::from_str(text) {
                walk(&value, depth + 1, found);
            }
        }
        _ => {}
    }
}

/// A decoded authorization message.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html>
fn decoded(value: &Value) -> Option<Denial> {
    value.get("allowed")?;
    let context = value.get("context")?;
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let principal = context.get("principal");
    let mut denial = Denial {
        principal: text(principal.and_then(|p| p.get("arn")))
            .or_else(|| text(principal.and_then(|p| p.get("id")))),
        action: text(context.get("action")),
        resource: text(context.get("resource")),
        explicit: value.get("explicitDeny").and_then(Value::as_bool),
        ..Denial::default()
    };
    for condition in items(context.get("conditions")) {
        let Some(key) = condition.get("key").and_then(Value::as_str) else {
            continue;
        };
        let values: Vec<String> = items(condition.get("values"))
            .filter_map(|value| text(value.get("value")))
            .collect();
        if !values.is_empty() {
            denial.facts(&context_key(key), values, "decoded message");
        }
    }
    Some(denial)
}

fn items(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value
        .and_then(|value| value.get("items"))
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

/// Decoded messages name global keys without their prefix: `Region`, `Service`, `Type`.
fn context_key(key: &str) -> String {
    if key.contains(':') {
        return key.to_owned();
    }
    format!("aws:{key}")
}
