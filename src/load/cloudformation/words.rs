//! Expressions as short text, to name what stays unresolved.

use crate::iam::{Node, Value};

const LONGEST: usize = 100;

/// An expression in one line: `Select(2, Split(/, AWS::StackId))`. Two that read the same are taken
/// for the same value, so that one that is cut short says where it stands.
pub(super) fn expression_name(node: &Node) -> String {
    let mut name = String::new();
    write(node, &mut name);
    match name.char_indices().nth(LONGEST) {
        None => name,
        Some((end, _)) => {
            name.truncate(end);
            format!("{name}… (line {}:{})", node.place.line, node.place.column)
        }
    }
}

// Readers bound the nesting of what they read, and the length ends it sooner.
fn write(node: &Node, name: &mut String) {
    if name.len() > LONGEST * 4 {
        return;
    }
    match &node.value {
        Value::List(items) => {
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    name.push_str(", ");
                }
                write(item, name);
            }
        }
        Value::Object(members) => match members.as_slice() {
            [only] if only.key == *"Ref" => write(&only.value, name),
            [only] if only.key == *"Fn::GetAtt" => match only.value.items() {
                [id, attribute] => {
                    write(id, name);
                    name.push('.');
                    write(attribute, name);
                }
                _ => write(&only.value, name),
            },
            [only]
                if only
                    .key
                    .as_plain()
                    .is_some_and(|key| key.starts_with("Fn::")) =>
            {
                let key = only.key.to_string();
                name.push_str(key.strip_prefix("Fn::").unwrap_or(&key));
                name.push('(');
                write(&only.value, name);
                name.push(')');
            }
            _ => {
                name.push('{');
                for member in members {
                    name.push_str(&member.key.to_string());
                    name.push_str(": ");
                    write(&member.value, name);
                    name.push(' ');
                }
                name.push('}');
            }
        },
        Value::Null => name.push_str("null"),
        _ => {
            if let Some(text) = node.scalar() {
                name.push_str(&text.to_string());
            }
        }
    }
}
