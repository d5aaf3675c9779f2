//! `format` and `formatlist`.

use super::super::value::{Kind, Val};
use super::Call;

pub(super) fn call(call: &Call<'_>) -> Option<Val> {
    match call.name {
        "format" => format(call, call.arguments),
        "formatlist" => format_list(call),
        _ => None,
    }
}

/// `%s`, `%d`, `%q`, `%v`, with a width where it is a number; what is unknown stays in its place.
fn format(call: &Call<'_>, arguments: &[Val]) -> Option<Val> {
    let (first, rest) = arguments.split_first()?;
    let pattern = first.known()?;
    let mut values = rest.iter();
    let mut parts: Vec<Val> = Vec::new();
    let mut literal = String::new();
    let mut characters = pattern.chars().peekable();
    while let Some(character) = characters.next() {
        if character != '%' {
            literal.push(character);
            continue;
        }
        let mut flags = String::new();
        while let Some(flag) = characters.next_if(|next| {
            next.is_ascii_digit() || matches!(next, '.' | '-' | '+' | '#' | ' ' | '[' | ']')
        }) {
            flags.push(flag);
        }
        let verb = characters.next()?;
        if verb == '%' {
            literal.push('%');
            continue;
        }
        if flags.contains('[') {
            return None;
        }
        let Some(val) = values.next() else {
            return Some(call.failed("too few arguments"));
        };
        if !literal.is_empty() {
            parts.push(Val::text(call.place, std::mem::take(&mut literal)));
        }
        parts.push(verb_of(call, val, verb, &flags)?);
    }
    if !literal.is_empty() {
        parts.push(Val::text(call.place, literal));
    }
    call.world.joined("", &parts, call.place)
}

fn verb_of(call: &Call<'_>, val: &Val, verb: char, flags: &str) -> Option<Val> {
    let known = val.known();
    if flags.is_empty() {
        return match verb {
            's' | 'v' | 'd' | 't' | 'g' if known.is_some() => val
                .to_pieces()
                .map(|pieces| Val::pieces(call.place, pieces)),
            's' | 'v' | 'd' | 't' | 'g' => match val.kind {
                Kind::Unknown(_) | Kind::Text(_) => Some(val.clone()),
                _ => None,
            },
            'q' => Some(call.text(format!("{:?}", known?))),
            'x' => Some(call.text(format!("{:x}", known?.parse::<i64>().ok()?))),
            'f' => Some(call.text(format!("{:.6}", known?.parse::<f64>().ok()?))),
            _ => None,
        };
    }
    let known = known?;
    if verb == 'd'
        && let Ok(width) = flags.parse::<usize>()
    {
        let number: i64 = known.parse().ok()?;
        let width = width.min(100);
        return Some(call.text(if flags.starts_with('0') {
            format!("{number:0width$}")
        } else {
            format!("{number:width$}")
        }));
    }
    None
}

fn format_list(call: &Call<'_>) -> Option<Val> {
    let mut lists: Vec<Option<Vec<Val>>> = Vec::new();
    let mut length = None;
    for argument in call.arguments {
        match &argument.kind {
            Kind::List(items) if Val::has_rest(items) => return None,
            Kind::List(items) => {
                if length.is_some_and(|length| length != items.len()) {
                    return Some(call.failed("the lists are not of one length"));
                }
                length = Some(items.len());
                lists.push(Some(items.to_vec()));
            }
            _ => lists.push(None),
        }
    }
    let rows = (0..length.unwrap_or(1)).map(|row| {
        let pick = |(argument, list): (&Val, &Option<Vec<Val>>)| match list {
            Some(items) => items.get(row).cloned(),
            None => Some(argument.clone()),
        };
        let arguments = call.arguments.iter().zip(&lists).map(pick);
        let arguments: Vec<Val> = arguments.collect::<Option<_>>()?;
        format(call, &arguments)
    });
    let rows: Vec<Val> = rows.collect::<Option<_>>()?;
    Some(call.list(rows))
}
