//! Values written as JSON text: `Fn::ToJsonString`, `jsonencode`.

use crate::iam::{Node, Part, Text, Value};

/// Writes a resolved value as compact JSON, unresolved parts left as they are.
pub(super) fn write(node: &Node, parts: &mut Vec<Part>) {
    let literal = |text: &str| Part::Literal(text.into());
    match &node.value {
        Value::Null => parts.push(literal("null")),
        Value::Bool(value) => parts.push(literal(if *value { "true" } else { "false" })),
        Value::Number(number) => parts.push(literal(number)),
        Value::String(text) => string(text, parts),
        Value::List(items) => {
            parts.push(literal("["));
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    parts.push(literal(","));
                }
                write(item, parts);
            }
            parts.push(literal("]"));
        }
        Value::Object(members) => {
            parts.push(literal("{"));
            for (at, member) in members.iter().enumerate() {
                if at > 0 {
                    parts.push(literal(","));
                }
                string(&member.key, parts);
                parts.push(literal(":"));
                write(&member.value, parts);
            }
            parts.push(literal("}"));
        }
    }
}

fn string(text: &Text, parts: &mut Vec<Part>) {
    parts.push(Part::Literal("\"".into()));
    for piece in text.pieces() {
        match piece {
            Ok(literal) => {
                let quoted = serde_json::Value::from(literal).to_string();
                let inside = quoted.get(1..quoted.len() - 1).unwrap_or_default();
                parts.push(Part::Literal(inside.into()));
            }
            Err(reference) => parts.push(Part::Unresolved(reference.clone())),
        }
    }
    parts.push(Part::Literal("\"".into()));
}
