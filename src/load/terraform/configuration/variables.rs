//! Values of variables: as the user gives them, and by the type that is declared.

use super::expression::{Expr, ExprKind};
use super::hcl::{Locator, parse_expression};
use super::module::Env;
use super::value::{Field, Kind, Val, from_node};
use super::world::World;
use crate::iam::{Node, Text};

/// Types inside types.
const MAX_DEPTH: usize = 32;

/// A value that the user gives: text, or what the text says where the type is not a string, as
/// `terraform plan -var` reads it.
pub(super) fn given(node: &Node, kind: Option<&Expr>) -> Val {
    let is_text = match kind.map(|kind| &kind.kind) {
        None => true,
        Some(ExprKind::Variable(name)) => name == "string",
        Some(_) => false,
    };
    let written = node.as_str().filter(|_| !is_text);
    let parsed = written
        .and_then(|text| literal(&parse_expression(&Locator::fixed(text, node.place)).ok()?));
    parsed.unwrap_or_else(|| from_node(node))
}

/// A value without references.
fn literal(expr: &Expr) -> Option<Val> {
    let place = expr.place;
    Some(match &expr.kind {
        ExprKind::Null => Val::null(place),
        ExprKind::Bool(value) => Val::bool(place, *value),
        ExprKind::Number(number) => Val::new(place, Kind::Number(*number)),
        ExprKind::Template(_) => Val::text(place, expr.as_literal()?),
        ExprKind::List(items) => {
            Val::list(place, items.iter().map(literal).collect::<Option<_>>()?)
        }
        ExprKind::Object(members) => {
            let fields = members.iter().map(|(key, value)| {
                Some(Field {
                    key: Text::plain(key.as_literal()?),
                    place: key.place,
                    val: literal(value)?,
                })
            });
            Val::map(place, fields.collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

/// A value as the declared type has it: defaults of optional attributes, booleans that are text.
pub(super) fn convert(world: &World<'_>, val: Val, kind: &Expr, env: &Env, depth: usize) -> Val {
    if depth > MAX_DEPTH || !world.spend(1, val.place) {
        return val;
    }
    let place = val.place;
    match (&kind.kind, &val.kind) {
        (ExprKind::Variable(name), Kind::Text(_)) if name == "bool" => world.truth(&val),
        (ExprKind::Variable(name), Kind::Bool(_) | Kind::Number(_)) if name == "string" => {
            Val::text(place, val.to_text().unwrap_or_else(|| "".into()))
        }
        (ExprKind::Call(name, arguments, _), _) => match (name.as_str(), arguments.as_slice()) {
            ("list" | "set" | "tuple", [of]) => match &val.kind {
                Kind::List(items) => {
                    let items = items.iter();
                    let items = items.map(|item| convert(world, item.clone(), of, env, depth + 1));
                    Val::list(place, items.collect())
                }
                _ => val,
            },
            ("map", [of]) => match &val.kind {
                Kind::Map(fields) => {
                    let fields = fields.iter().map(|field| Field {
                        val: convert(world, field.val.clone(), of, env, depth + 1),
                        ..field.clone()
                    });
                    Val::map(place, fields.collect())
                }
                _ => val,
            },
            ("optional", [of, ..]) => convert(world, val, of, env, depth + 1),
            (
                "object",
                [
                    Expr {
                        kind: ExprKind::Object(members),
                        ..
                    },
                ],
            ) => match &val.kind {
                Kind::Map(fields) => {
                    let mut fields = fields.to_vec();
                    for (key, of) in members {
                        if let Some(name) = key.as_literal() {
                            member(world, &mut fields, &name, of, env, depth);
                        }
                    }
                    Val::map(place, fields)
                }
                _ => val,
            },
            _ => val,
        },
        _ => val,
    }
}

fn member(
    world: &World<'_>,
    fields: &mut Vec<Field>,
    name: &str,
    of: &Expr,
    env: &Env,
    depth: usize,
) {
    let default = match &of.kind {
        ExprKind::Call(function, arguments, _) if function == "optional" => Some(arguments.get(1)),
        _ => None,
    };
    let found = fields.iter_mut().find(|field| field.key == *name);
    match (found, default) {
        (Some(field), default) => {
            let val = match (field.val.is_null(), default) {
                (true, Some(Some(default))) => world.eval(default, env),
                _ => field.val.clone(),
            };
            field.val = convert(world, val, of, env, depth + 1);
        }
        (None, Some(default)) => {
            let place = of.place;
            let val = default.map_or(Val::null(place), |default| world.eval(default, env));
            fields.push(Field {
                key: Text::plain(name),
                place,
                val: convert(world, val, of, env, depth + 1),
            });
        }
        (None, None) => {}
    }
}

/// A type as it is written: `list(string)`.
pub(super) fn type_name(kind: &Expr) -> String {
    match &kind.kind {
        ExprKind::Variable(name) => name.clone(),
        ExprKind::Call(name, arguments, _) => {
            let names: Vec<String> = arguments.iter().map(type_name).collect();
            format!("{name}({})", names.join(", "))
        }
        ExprKind::Object(_) => "{...}".to_owned(),
        ExprKind::Template(_) => kind.as_literal().unwrap_or_default(),
        _ => "...".to_owned(),
    }
}
