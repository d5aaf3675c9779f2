//! Text and numbers.

use std::rc::Rc;

use super::super::value::{Kind, Val};
use super::Call;

use crate::iam::{Node, Part, Text, Value};
use crate::load::json_text::{Origin, Piece};

pub(super) fn call(call: &Call<'_>) -> Option<Val> {
    let is_collection = matches!(
        call.argument(0).map(|argument| &argument.kind),
        Some(Kind::List(_) | Kind::Map(_))
    );
    match call.name {
        "tostring" | "tonumber" | "tobool" if is_collection => {
            Some(call.failed("a collection cannot be converted"))
        }
        "join" => {
            let between = call.known(0)?;
            let lists = (1..call.arguments.len()).map(|at| call.items(at));
            let lists: Vec<Vec<Val>> = lists.collect::<Option<_>>()?;
            call.world.joined(&between, &lists.concat(), call.place)
        }
        "lower" => change(call, |text| text.to_lowercase()),
        "upper" => change(call, |text| text.to_uppercase()),
        "title" => change(call, title),
        "trimspace" => change(call, |text| text.trim().to_owned()),
        "chomp" => change(call, |text| text.trim_end_matches(['\r', '\n']).to_owned()),
        "strrev" => change(call, |text| text.chars().rev().collect()),
        "tostring" => match call.argument(0)?.kind {
            Kind::Null => Some(Val::null(call.place)),
            Kind::Unknown(_) => call.argument(0).cloned(),
            _ => {
                let pieces = call.argument(0)?.to_pieces()?;
                Some(Val::pieces(call.place, pieces))
            }
        },
        "tonumber" => match call.argument(0)?.kind {
            Kind::Null => Some(Val::null(call.place)),
            _ => {
                let text = call.known(0)?;
                Some(match text.parse() {
                    Ok(number) => call.number(number),
                    Err(_) => call.failed("not a number"),
                })
            }
        },
        "tobool" => match call.known(0)?.as_str() {
            "true" => Some(call.bool(true)),
            "false" => Some(call.bool(false)),
            _ => Some(call.failed("not a boolean")),
        },
        "trimprefix" => {
            let start = call.known(1)?;
            trimmed(call, |text| text.strip_prefix(start.as_str()))
        }
        "trimsuffix" => {
            let end = call.known(1)?;
            trimmed(call, |text| text.strip_suffix(end.as_str()))
        }
        "trim" => {
            let set: Vec<char> = call.known(1)?.chars().collect();
            trimmed(call, |text| Some(text.trim_matches(set.as_slice())))
        }
        "startswith" | "endswith" | "strcontains" => {
            let part = call.known(1)?;
            let text = call.argument(0)?.to_text()?;
            let found = match (text.as_plain(), call.name) {
                (Some(text), "startswith") => text.starts_with(&part),
                (Some(text), "endswith") => text.ends_with(&part),
                (Some(text), _) => text.contains(&part),
                (None, "startswith") if text.known_prefix().starts_with(&part) => true,
                (None, _) => return None,
            };
            Some(call.bool(found))
        }
        "replace" => replace(call),
        "split" => split(call),
        "substr" => substring(call),
        "regex" | "regexall" => regex(call),
        "indent" => {
            let spaces = " ".repeat(call.count(0)?.min(1000));
            let text = call.known(1)?;
            Some(call.text(text.replace('\n', &format!("\n{spaces}"))))
        }
        "abs" => number(call, f64::abs),
        "ceil" => number(call, f64::ceil),
        "floor" => number(call, f64::floor),
        "provider::aws::arn_build" => {
            let parts: Vec<Val> = std::iter::once(Val::text(call.place, "arn"))
                .chain(call.arguments.iter().cloned())
                .collect();
            call.world.joined(":", &parts, call.place)
        }
        _ => None,
    }
}

fn number(call: &Call<'_>, change: fn(f64) -> f64) -> Option<Val> {
    let number = super::super::operators::number(call.argument(0)?)?;
    Some(call.number(change(number)))
}

fn change(call: &Call<'_>, change: impl Fn(&str) -> String) -> Option<Val> {
    let text = change(&call.known(0)?);
    Some(call.text(text))
}

fn trimmed(call: &Call<'_>, trim: impl Fn(&str) -> Option<&str>) -> Option<Val> {
    let text = call.known(0)?;
    Some(call.text(trim(&text).unwrap_or(&text)))
}

fn title(text: &str) -> String {
    let mut at_start = true;
    let upper = |character: char| {
        let first = at_start;
        at_start = !character.is_alphanumeric();
        if first {
            character.to_uppercase().collect::<String>()
        } else {
            character.to_string()
        }
    };
    text.chars().map(upper).collect()
}

/// A part in slashes is a pattern. In policies, which modules fill with what their callers did not
/// know yet, and where what is put in is unknown, only the known characters are looked through.
fn replace(call: &Call<'_>) -> Option<Val> {
    let (part, new) = (call.known(1)?, call.argument(2)?.to_text()?);
    let argument = call.argument(0)?;
    if part.is_empty() {
        return None;
    }
    if let Kind::Json(node) = &argument.kind {
        let mut node = Node::clone(node);
        replace_in(&mut node, &part, &new);
        let bytes = node.to_json().to_string().len();
        if !call.world.spend_text(bytes, call.place) {
            return Some(call.world.too_much(call.place));
        }
        return Some(Val::new(call.place, Kind::Json(Rc::new(node))));
    }
    let text = argument.known()?;
    let pattern = part
        .strip_prefix('/')
        .and_then(|rest| rest.strip_suffix('/'))
        .filter(|pattern| !pattern.is_empty());
    if let Some(pattern) = pattern {
        let pattern = compiled(pattern)?;
        return Some(call.text(pattern.replace_all(&text, new.as_plain()?)));
    }
    let size = new.pieces().filter_map(Result::ok).map(str::len).sum();
    let bytes = text.matches(&part).count().saturating_mul(size);
    if !call.world.spend_text(bytes, call.place) {
        return Some(call.world.too_much(call.place));
    }
    Some(Val::text(
        call.place,
        replaced(&Text::plain(text), &part, &new),
    ))
}

fn replaced(text: &Text, part: &str, new: &Text) -> Text {
    let mut parts = Vec::new();
    for piece in text.to_parts() {
        match piece {
            Part::Literal(literal) => {
                for (at, between) in literal.split(part).enumerate() {
                    if at > 0 {
                        parts.extend(new.to_parts());
                    }
                    parts.push(Part::Literal(between.into()));
                }
            }
            reference => parts.push(reference),
        }
    }
    Text::from_parts(parts)
}

// The value was made within the bounds of nesting.
fn replace_in(node: &mut Node, part: &str, new: &Text) {
    match &mut node.value {
        Value::String(text) => *text = replaced(text, part, new),
        Value::List(items) => items
            .iter_mut()
            .for_each(|item| replace_in(item, part, new)),
        Value::Object(members) => {
            for member in members {
                member.key = replaced(&member.key, part, new);
                replace_in(&mut member.value, part, new);
            }
        }
        _ => {}
    }
}

fn compiled(pattern: &str) -> Option<regex::Regex> {
    regex::RegexBuilder::new(pattern)
        .size_limit(1 << 20)
        .build()
        .ok()
}

/// Text with unknown parts is split at what is known between them, as a name in an ARN is.
fn split(call: &Call<'_>) -> Option<Val> {
    let delimiter = call.known(0)?;
    if delimiter.is_empty() {
        return None;
    }
    let argument = call.argument(1)?;
    if matches!(argument.kind, Kind::Unknown(_)) {
        return None;
    }
    let mut items: Vec<Vec<Piece>> = vec![Vec::new()];
    for piece in argument.to_pieces()? {
        match piece.part {
            Part::Literal(text) => {
                for (at, part) in text.split(delimiter.as_str()).enumerate() {
                    if at > 0 {
                        items.push(Vec::new());
                    }
                    let part = Part::Literal(part.into());
                    let origin = Origin::Inserted(call.place);
                    if let Some(item) = items.last_mut() {
                        item.push(Piece { part, origin });
                    }
                }
            }
            part => {
                if let Some(item) = items.last_mut() {
                    item.push(Piece { part, ..piece });
                }
            }
        }
    }
    let items = items.into_iter().map(|mut item| {
        item.retain(|piece| !matches!(&piece.part, Part::Literal(text) if text.is_empty()));
        Val::pieces(call.place, item)
    });
    Some(call.list(items.collect()))
}

#[allow(clippy::cast_possible_truncation)] // tested before it
fn substring(call: &Call<'_>) -> Option<Val> {
    let text: Vec<char> = call.known(0)?.chars().collect();
    let number = |at: usize| {
        let number = super::super::operators::number(call.argument(at)?)?;
        (number.abs() < 1e9).then_some(number as i64)
    };
    let (offset, length) = (number(1)?, number(2)?);
    let count = i64::try_from(text.len()).ok()?;
    let start = if offset < 0 { count + offset } else { offset };
    let start = start.clamp(0, count);
    let end = if length < 0 {
        count
    } else {
        (start + length).min(count)
    };
    let part = text.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)?;
    Some(call.text(part.iter().collect::<String>()))
}

fn regex(call: &Call<'_>) -> Option<Val> {
    let pattern = compiled(&call.known(0)?)?;
    let text = call.known(1)?;
    let names: Vec<Option<&str>> = pattern.capture_names().collect();
    let shown = |captures: &regex::Captures<'_>| {
        let group = |at: usize| captures.get(at).map_or("", |found| found.as_str());
        match names.as_slice() {
            [_] => call.text(group(0)),
            [_, rest @ ..] if rest.iter().all(Option::is_some) => {
                let fields = rest
                    .iter()
                    .enumerate()
                    .map(|(at, name)| super::super::value::Field {
                        key: name.unwrap_or_default().into(),
                        place: call.place,
                        val: call.text(group(at + 1)),
                    });
                Val::map(call.place, fields.collect())
            }
            _ => {
                let groups = (1..names.len()).map(|at| call.text(group(at)));
                call.list(groups.collect())
            }
        }
    };
    if call.name == "regexall" {
        let all = pattern.captures_iter(&text).take(1000);
        return Some(call.list(all.map(|found| shown(&found)).collect()));
    }
    Some(match pattern.captures(&text) {
        Some(found) => shown(&found),
        None => call.failed("the pattern does not match"),
    })
}
