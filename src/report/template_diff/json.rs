//! Changes of JSON text, at byte offsets.

use std::ops::Range;

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{PrettyFormatter, Serializer};

use super::{Members, Splice, indent, line_start, one_less};

/// Puts a value behind the last one of its list; what is no list becomes one.
pub(super) fn beside(text: &str, at: usize, new: &Value) -> Option<Vec<Splice>> {
    let end = value_end(text, at)?;
    let before = text[..at].trim_end();
    if before.ends_with(':') {
        let outer = indent(text, at);
        let inner = format!("{outer}{}", step(text, at));
        let old = text[at..end].replace('\n', &format!("\n{}", step(text, at)));
        let new = pretty(new, &inner, step(text, at))?;
        return Some(vec![Splice {
            at: at..end,
            with: format!("[\n{inner}{old},\n{inner}{new}\n{outer}]"),
        }]);
    }
    before.ends_with(['[', ',']).then_some(())?;
    let own_line = text[line_start(text, at)..at].trim().is_empty();
    let outer = indent(text, end);
    let new_text = pretty(new, outer, step(text, at))?;
    let gap = match own_line {
        true => format!(",\n{outer}"),
        false => ", ".to_owned(),
    };
    Some(vec![Splice::insert(end, format!("{gap}{new_text}"))])
}

/// Takes a value out of its list.
pub(super) fn without(text: &str, at: usize) -> Option<Vec<Splice>> {
    let end = value_end(text, at)?;
    let before = text[..at].trim_end();
    if before.ends_with(',') {
        return Some(vec![Splice {
            at: before.len() - 1..end,
            with: String::new(),
        }]);
    }
    before.ends_with('[').then_some(())?;
    let rest = text[end..].trim_start().strip_prefix(',')?.trim_start();
    Some(vec![Splice {
        at: at..text.len() - rest.len(),
        with: String::new(),
    }])
}

/// Changes the members of an object that differ.
pub(super) fn changed(text: &str, at: usize, before: &Value, after: &Value) -> Option<Vec<Splice>> {
    let members = Members::between(before, after)?;
    let own = members_of(text, at)?;
    let find = |name: &str| own.iter().find(|member| member.name == name);
    let last = own.last()?;
    let inner = indent(text, last.whole.start);
    let mut splices = Vec::new();
    for (old, new, value) in members.turned {
        let member = find(old)?;
        literal(text, member, before.get(old)?)?;
        let value = pretty(value, inner, step(text, at))?;
        splices.push(Splice {
            at: member.whole.clone(),
            with: format!("\"{new}\": {value}"),
        });
    }
    for (name, old, new) in members.changed {
        let member = find(name)?;
        if let Some(position) = one_less(old, new) {
            let items = items_of(text, member.value.start)?;
            (items.len() == old.as_array()?.len()).then_some(())?;
            splices.extend(without(text, items.get(position)?.start)?);
        } else if old.is_object() && new.is_object() {
            splices.extend(changed(text, member.value.start, old, new)?);
        } else {
            literal(text, member, old)?;
            splices.push(Splice {
                at: member.value.clone(),
                with: pretty(new, inner, step(text, at))?,
            });
        }
    }
    for (name, value) in members.added {
        let value = pretty(value, inner, step(text, at))?;
        let gap = match text[at..last.whole.start].contains('\n') {
            true => format!(",\n{inner}"),
            false => ", ".to_owned(),
        };
        let with = format!("{gap}\"{name}\": {value}");
        splices.push(Splice::insert(last.value.end, with));
    }
    Some(splices)
}

/// Whether a member is written as it is meant: no template function stands in it.
fn literal(text: &str, member: &Member<'_>, meant: &Value) -> Option<()> {
    let written: Value = serde_json::from_str(&text[member.value.clone()]).ok()?;
    let listed = |value: &Value| match value {
        Value::Array(items) => items.clone(),
        one => vec![one.clone()],
    };
    (listed(&written) == listed(meant)).then_some(())
}

/// A member of an object: its name, and where it and its value stand.
struct Member<'t> {
    name: &'t str,
    whole: Range<usize>,
    value: Range<usize>,
}

fn members_of(text: &str, at: usize) -> Option<Vec<Member<'_>>> {
    let mut members = Vec::new();
    let mut at = skip_blank(text, at + 1);
    while text[at..].starts_with('"') {
        let name_end = value_end(text, at)?;
        let colon = skip_blank(text, name_end);
        text[colon..].starts_with(':').then_some(())?;
        let start = skip_blank(text, colon + 1);
        let end = value_end(text, start)?;
        members.push(Member {
            name: &text[at + 1..name_end - 1],
            whole: at..end,
            value: start..end,
        });
        let next = skip_blank(text, end);
        at = match text[next..].starts_with(',') {
            true => skip_blank(text, next + 1),
            false => next,
        };
    }
    Some(members)
}

fn items_of(text: &str, at: usize) -> Option<Vec<Range<usize>>> {
    text[at..].starts_with('[').then_some(())?;
    let mut items = Vec::new();
    let mut at = skip_blank(text, at + 1);
    while at < text.len() && !text[at..].starts_with(']') {
        let end = value_end(text, at)?;
        items.push(at..end);
        let next = skip_blank(text, end);
        at = match text[next..].starts_with(',') {
            true => skip_blank(text, next + 1),
            false => next,
        };
    }
    Some(items)
}

fn skip_blank(text: &str, at: usize) -> usize {
    text.len() - text[at.min(text.len())..].trim_start().len()
}

/// Where the value that begins here ends.
fn value_end(text: &str, at: usize) -> Option<usize> {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for (offset, c) in text.get(at..)?.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_string => escaped = true,
            '"' => {
                in_string = !in_string;
                if !in_string && depth == 0 {
                    return Some(at + offset + 1);
                }
            }
            _ if in_string => {}
            '{' | '[' => depth += 1,
            '}' | ']' => {
                if depth <= 1 {
                    // Of a bare word the list or object around it ends.
                    return Some(at + offset + depth);
                }
                depth -= 1;
            }
            ',' if depth == 0 => return Some(at + offset),
            _ => {}
        }
    }
    None
}

/// One level of indentation as the text has it around an offset.
fn step(text: &str, at: usize) -> &'static str {
    let own = indent(text, at);
    let outer = text[..line_start(text, at)]
        .lines()
        .rev()
        .map(|line| &line[..line.len() - line.trim_start().len()])
        .find(|other| other.len() < own.len());
    if own.contains('\t') {
        return "\t";
    }
    match own.len() - outer.map_or(0, str::len) {
        1 => " ",
        4 => "    ",
        _ => "  ",
    }
}

/// A value over several lines, all but the first behind an indentation.
fn pretty(value: &Value, outer: &str, step: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let formatter = PrettyFormatter::with_indent(step.as_bytes());
    value
        .serialize(&mut Serializer::with_formatter(&mut bytes, formatter))
        .ok()?;
    let text = String::from_utf8(bytes).ok()?;
    Some(text.replace('\n', &format!("\n{outer}")))
}
