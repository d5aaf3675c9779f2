//! `.tf.json`: the same language, written as JSON. Strings are templates.

use super::expression::{Attribute, Block, Body, Expr, ExprKind, Segment};
use super::hcl::{Locator, parse_expression, parse_template};
use super::literal;
use crate::iam::{Member, Node, Place, Value};

/// The blocks of a file.
pub(super) fn body(root: &Node) -> Body {
    let mut body = Body::default();
    for member in root.members() {
        let kind = member.key.to_string();
        let labels = match kind.as_str() {
            "resource" | "data" => 2,
            "variable" | "output" | "module" | "provider" => 1,
            "locals" => 0,
            _ => continue,
        };
        blocks(
            &kind,
            labels,
            &[],
            member.place,
            &member.value,
            &mut body.blocks,
        );
    }
    body
}

/// The blocks below labels: an object for each label, at the end one body or a list of them.
fn blocks(
    kind: &str,
    labels: usize,
    given: &[String],
    place: Place,
    node: &Node,
    found: &mut Vec<Block>,
) {
    for node in node.one_or_many() {
        if given.len() == labels {
            found.push(Block {
                kind: kind.to_owned(),
                labels: given.to_vec(),
                place,
                comment: None,
                body: inside(node, kind),
            });
            continue;
        }
        for Member { key, place, value } in node.members() {
            let labelled = [given, &[key.to_string()]].concat();
            blocks(kind, labels, &labelled, *place, value, found);
        }
    }
}

fn inside(node: &Node, kind: &str) -> Body {
    let mut body = Body::default();
    for Member { key, place, value } in node.members() {
        let name = key.to_string();
        match name.as_str() {
            "//" => {}
            "dynamic" => blocks("dynamic", 1, &[], *place, value, &mut body.blocks),
            "content" if kind == "dynamic" => {
                blocks("content", 0, &[], *place, value, &mut body.blocks);
            }
            // Types and names of iterators are expressions without `${}`.
            "type" | "iterator" if matches!(kind, "variable" | "dynamic") => {
                let text = value.as_str().unwrap_or_default();
                let locator = Locator::fixed(text, value.place);
                if let Ok(value) = parse_expression(&locator) {
                    body.attributes.push(Attribute {
                        name,
                        place: *place,
                        value,
                    });
                }
            }
            _ => body.attributes.push(Attribute {
                name,
                place: *place,
                value: expression(value),
            }),
        }
    }
    body
}

// The reader bounds the nesting of what it reads, and so this recursion.
fn expression(node: &Node) -> Expr {
    let place = node.place;
    let kind = match &node.value {
        Value::Null => ExprKind::Null,
        Value::Bool(value) => ExprKind::Bool(*value),
        Value::Number(number) => ExprKind::Number(number.parse().unwrap_or_default()),
        Value::String(text) => string(&text.to_string(), place),
        Value::List(items) => ExprKind::List(items.iter().map(expression).collect()),
        Value::Object(members) => {
            let members = members.iter().map(|Member { key, place, value }| {
                let key = Expr::new(*place, string(&key.to_string(), *place));
                (key, expression(value))
            });
            ExprKind::Object(members.collect())
        }
    };
    Expr::new(place, kind)
}

fn string(text: &str, place: Place) -> ExprKind {
    let segments = match text.contains("${") || text.contains("%{") {
        true => parse_template(&Locator::fixed(text, place)).ok(),
        false => None,
    };
    ExprKind::Template(
        segments.unwrap_or_else(|| vec![Segment::Literal(vec![literal::inserted(text, place)])]),
    )
}

/// The values of `terraform.tfvars.json`.
pub(super) fn values(root: &Node) -> Body {
    inside(root, "values")
}
