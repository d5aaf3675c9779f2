//! What a copy of a value costs, so that values that are copied many times can be bounded.

use crate::iam::{Node, Value};

/// Bytes of text that weigh as much as a node.
const TEXT: usize = 64;

/// The weight of a value: its nodes, and its texts as many as they are long. Texts that grow when they
/// are copied weigh `growth` times as much.
pub(super) fn weight(node: &Node, growth: usize) -> usize {
    let mut all = 0usize;
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        let length = match &node.value {
            Value::String(text) => text.as_plain().map_or(0, str::len),
            Value::Number(text) => text.len(),
            _ => 0,
        };
        let text = length.saturating_mul(growth) / TEXT;
        all = all.saturating_add(1).saturating_add(text);
        open.extend(node.items());
        open.extend(node.members().iter().map(|member| &member.value));
    }
    all
}
