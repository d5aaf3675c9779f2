//! Parts of a policy that a template leaves open, written as CloudFormation writes them: text with a
//! reference is `{"Fn::Sub": "arn:aws:s3:::${Bucket}"}`, with `${!aws:username}` for a `${` of the
//! policy language; what is there only under an undecided condition is
//! `{"Fn::If": ["Condition", value, {"Ref": "AWS::NoValue"}]}`.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::iam::{Guard, Node, Part, Place, SourceId, Text, Unresolved, UnresolvedKind, Value};

/// A value with its open parts as what they are, and not as the objects by which they are written.
/// References are those of a source: one name is one value there. The depth is that of the JSON, which
/// its reader bounds.
pub fn with_open_parts(node: &Node, source: SourceId) -> Node {
    if let Some((guard, value)) = conditional(node) {
        let inner = with_open_parts(value, source);
        return Node {
            guard: inner.guard.join(&guard),
            ..inner
        };
    }
    let value = match &node.value {
        Value::Object(_) => match substitution(node, source) {
            Some(text) => Value::String(text),
            None => {
                let mut members = node.members().to_vec();
                for member in &mut members {
                    member.value = with_open_parts(&member.value, source);
                }
                Value::Object(members)
            }
        },
        Value::List(items) => Value::List(
            items
                .iter()
                .map(|item| with_open_parts(item, source))
                .collect(),
        ),
        _ => return node.clone(),
    };
    Node {
        value,
        ..node.clone()
    }
}

/// The one member of an object of that name.
fn only<'a>(node: &'a Node, name: &str) -> Option<&'a Node> {
    match node.members() {
        [member] if member.key == *name => Some(&member.value),
        _ => None,
    }
}

fn conditional(node: &Node) -> Option<(Guard, &Node)> {
    let is_nothing = |node: &Node| only(node, "Ref").and_then(Node::as_str) == Some("AWS::NoValue");
    let [condition, yes, no] = only(node, "Fn::If")?.items() else {
        return None;
    };
    let condition = condition.as_str()?;
    match (is_nothing(yes), is_nothing(no)) {
        (false, true) => Some((Guard::always().and(condition, true), yes)),
        (true, false) => Some((Guard::always().and(condition, false), no)),
        _ => None,
    }
}

fn substitution(node: &Node, source: SourceId) -> Option<Text> {
    let mut rest = only(node, "Fn::Sub")?.as_str()?;
    let mut parts = Vec::new();
    while let Some((before, after)) = rest.split_once("${") {
        parts.push(Part::Literal(before.into()));
        let Some((name, behind)) = after.split_once('}') else {
            parts.push(Part::Literal("${".into()));
            rest = after;
            continue;
        };
        parts.push(match name.strip_prefix('!') {
            Some(literal) => Part::Literal(format!("${{{literal}}}").into()),
            None => Part::Unresolved(Arc::new(Unresolved {
                name: name.to_owned(),
                kind: UnresolvedKind::Parameter,
                place: Place::new(source, 0, 0),
            })),
        });
        rest = behind;
    }
    parts.push(Part::Literal(rest.into()));
    Some(Text::from_parts(parts))
}

/// Text as JSON, its references among it.
pub fn text(text: &Text) -> Json {
    if let Some(plain) = text.as_plain() {
        return plain.into();
    }
    let pieces = text.pieces().map(|piece| match piece {
        Ok(literal) => literal.replace("${", "${!"),
        Err(reference) => format!("${{{}}}", reference.name),
    });
    json!({ "Fn::Sub": pieces.collect::<String>() })
}

/// A value that is there only where its guard holds.
pub fn guarded(value: Json, guard: &Guard) -> Json {
    let nothing = || json!({ "Ref": "AWS::NoValue" });
    guard.requirements().iter().rev().fold(value, |value, own| {
        let branches = if own.holds {
            [value, nothing()]
        } else {
            [nothing(), value]
        };
        let [yes, no] = branches;
        json!({ "Fn::If": [own.condition, yes, no] })
    })
}
