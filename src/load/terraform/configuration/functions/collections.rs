//! Lists and maps.

use super::super::operators::equal;
use super::super::value::{Field, Kind, Val};
use super::Call;
use crate::iam::Text;

/// The longest list that `range` makes.
const MAX_RANGE: f64 = 10_000.0;

pub(super) fn call(call: &Call<'_>) -> Option<Val> {
    match call.name {
        "merge" => merge(call),
        "concat" => {
            let lists = (0..call.arguments.len()).map(|at| call.items(at));
            let lists: Vec<Vec<Val>> = lists.collect::<Option<_>>()?;
            Some(call.list(lists.concat()))
        }
        "flatten" => {
            let mut flat = Vec::new();
            for item in call.items(0)? {
                flatten(call, item, &mut flat)?;
            }
            Some(call.list(flat))
        }
        "compact" => {
            let mut items = call.items(0)?;
            items.retain(|item| {
                !item.is_null() && item.to_text().is_none_or(|text| !text.is_empty())
            });
            Some(call.list(items))
        }
        "length" => length(call),
        "lookup" => lookup(call),
        "element" => {
            let items = call.items(0)?;
            if Val::has_rest(&items) {
                return None;
            }
            if items.is_empty() {
                return Some(call.failed("the list is empty"));
            }
            items.get(call.count(1)? % items.len()).cloned()
        }
        "index" => {
            let items = call.items(0)?;
            let wanted = call.argument(1)?;
            for (at, item) in items.iter().enumerate() {
                if equal(item, wanted)? {
                    return Some(call.number(f64::from(u32::try_from(at).ok()?)));
                }
            }
            Some(call.failed("the list does not have it"))
        }
        "one" => match call.argument(0)?.kind {
            Kind::Null => Some(Val::null(call.place)),
            _ => match call.items(0)?.as_slice() {
                items if Val::has_rest(items) => None,
                [] => Some(Val::null(call.place)),
                [only] => Some(only.clone()),
                _ => Some(call.failed("the list has more than one item")),
            },
        },
        "keys" | "values" => keys_or_values(call),
        "zipmap" => {
            let (keys, values) = (call.items(0)?, call.items(1)?);
            let fields = keys.iter().zip(values).map(|(key, val)| {
                Some(Field {
                    key: key.to_text()?,
                    place: key.place,
                    val,
                })
            });
            let fields: Option<Vec<Field>> = fields.collect();
            Some(Val::map(call.place, fields?))
        }
        "coalesce" => {
            for argument in call.arguments {
                if matches!(argument.kind, Kind::Unknown(_)) {
                    return None;
                }
                let is_empty = argument.to_text().is_some_and(|text| text.is_empty());
                if !argument.is_null() && !is_empty {
                    return Some(argument.clone());
                }
            }
            Some(call.failed("all arguments are empty"))
        }
        "coalescelist" => {
            for argument in call.arguments {
                match &argument.kind {
                    Kind::Null => {}
                    Kind::List(items) if items.is_empty() => {}
                    Kind::List(items) if !Val::has_rest(items) => return Some(argument.clone()),
                    _ => return None,
                }
            }
            Some(call.failed("all arguments are empty"))
        }
        "range" => range(call),
        "reverse" => {
            let mut items = call.items(0)?;
            items.reverse();
            Some(call.list(items))
        }
        "slice" => {
            let items = call.items(0)?;
            if Val::has_rest(&items) {
                return None;
            }
            let part = items.get(call.count(1)?..call.count(2)?);
            Some(part.map_or_else(
                || call.failed("the list is shorter"),
                |part| call.list(part.to_vec()),
            ))
        }
        "chunklist" => {
            let items = call.items(0)?;
            let size = call.count(1)?.max(1);
            if Val::has_rest(&items) {
                return None;
            }
            let chunks = items.chunks(size).map(|chunk| call.list(chunk.to_vec()));
            Some(call.list(chunks.collect()))
        }
        "sort" => {
            let mut items = call.items(0)?;
            if items.iter().any(|item| item.known().is_none()) {
                return None;
            }
            items.sort_by_cached_key(|item| item.known().unwrap_or_default());
            Some(call.list(items))
        }
        "alltrue" | "anytrue" => all_or_any(call),
        "tolist" | "tomap" => {
            let argument = call.argument(0)?;
            let fits = match argument.kind {
                Kind::List(_) => call.name == "tolist",
                Kind::Map(_) => call.name == "tomap",
                Kind::Bool(_) | Kind::Number(_) | Kind::Text(_) => false,
                _ => true,
            };
            Some(if fits {
                argument.clone()
            } else {
                call.failed("the value is no such collection")
            })
        }
        "sensitive" | "nonsensitive" | "ephemeralasnull" => call.argument(0).cloned(),
        "sum" => {
            let items = call.items(0)?;
            let numbers = items.iter().map(super::super::operators::number);
            let numbers: Vec<f64> = numbers.collect::<Option<_>>()?;
            Some(call.number(numbers.iter().sum()))
        }
        "min" | "max" => {
            let numbers = call.arguments.iter().map(super::super::operators::number);
            let numbers: Vec<f64> = numbers.collect::<Option<_>>()?;
            let pick = if call.name == "min" {
                f64::min
            } else {
                f64::max
            };
            numbers
                .into_iter()
                .reduce(pick)
                .map(|number| call.number(number))
        }
        _ => None,
    }
}

fn merge(call: &Call<'_>) -> Option<Val> {
    let mut fields: Vec<Field> = Vec::new();
    for argument in call.arguments {
        match &argument.kind {
            Kind::Null => {}
            Kind::Map(new) => {
                for field in new.iter() {
                    match fields.iter_mut().find(|one| one.key == field.key) {
                        Some(one) => *one = field.clone(),
                        None => fields.push(field.clone()),
                    }
                }
            }
            _ => return None,
        }
        if !call.world.spend(fields.len(), call.place) {
            return Some(call.world.too_much(call.place));
        }
    }
    Some(Val::map(call.place, fields))
}

fn flatten(call: &Call<'_>, item: Val, flat: &mut Vec<Val>) -> Option<()> {
    if !call.world.enter(call.place) {
        call.world.leave();
        return None;
    }
    match &item.kind {
        Kind::List(items) => {
            for item in items.iter() {
                flatten(call, item.clone(), flat)?;
            }
        }
        // Every case may be a list of its own.
        Kind::Choice(cases)
            if cases
                .iter()
                .any(|(_, val)| matches!(val.kind, Kind::List(_))) =>
        {
            for (guard, val) in cases.iter() {
                let mut inner = Vec::new();
                flatten(call, val.clone(), &mut inner)?;
                flat.extend(inner.into_iter().map(|val| {
                    let case = (guard.clone(), val);
                    Val::new(case.1.place, Kind::Choice(vec![case].into()))
                }));
            }
        }
        _ => flat.push(item),
    }
    call.world.leave();
    Some(())
}

fn length(call: &Call<'_>) -> Option<Val> {
    let count = match &call.argument(0)?.kind {
        Kind::List(items) if !Val::has_rest(items) => items.len(),
        Kind::Map(fields) => fields.len(),
        Kind::Text(_) => call.known(0)?.chars().count(),
        _ => return None,
    };
    Some(call.number(f64::from(u32::try_from(count).ok()?)))
}

fn lookup(call: &Call<'_>) -> Option<Val> {
    let (map, key) = (call.argument(0)?, call.known(1)?);
    let Kind::Map(fields) = &map.kind else {
        return match &map.kind {
            Kind::Unknown(reference) => {
                let name = format!("{}[\"{key}\"]", reference.name);
                let world = call.world;
                let found = world.unknown(&name, reference.kind, reference.place);
                // With a default either is possible.
                match call.argument(2) {
                    Some(_) => None,
                    None => Some(found),
                }
            }
            _ => None,
        };
    };
    match map.get(&key) {
        Some(val) => Some(val.clone()),
        None if fields.iter().any(|field| !field.key.is_plain()) => None,
        None => Some(match call.argument(2) {
            Some(default) => default.clone(),
            None => call.failed("there is no such key"),
        }),
    }
}

fn keys_or_values(call: &Call<'_>) -> Option<Val> {
    let map = call.argument(0)?;
    let Kind::Map(_) = map.kind else { return None };
    let entries = call.world.entries(map)?.into_iter();
    let pick = |(key, val)| if call.name == "keys" { key } else { val };
    Some(call.list(entries.map(pick).collect()))
}

fn range(call: &Call<'_>) -> Option<Val> {
    let numbers = call.arguments.iter().map(super::super::operators::number);
    let numbers: Vec<f64> = numbers.collect::<Option<_>>()?;
    let (start, end, step) = match numbers.as_slice() {
        [end] => (0.0, *end, if *end < 0.0 { -1.0 } else { 1.0 }),
        [start, end] => (*start, *end, if end < start { -1.0 } else { 1.0 }),
        [start, end, step] => (*start, *end, *step),
        _ => return None,
    };
    let count = (end - start) / step;
    if !count.is_finite() || count > MAX_RANGE {
        return Some(call.failed("the range is too long"));
    }
    let mut items = Vec::new();
    let mut at = start;
    while (step > 0.0 && at < end) || (step < 0.0 && at > end) {
        items.push(call.number(at));
        at += step;
        if items.len() > 20_000 {
            return Some(call.failed("the range is too long"));
        }
    }
    Some(call.list(items))
}

fn all_or_any(call: &Call<'_>) -> Option<Val> {
    let deciding = call.name == "anytrue";
    let items = call.items(0)?;
    let mut is_known = true;
    for item in &items {
        match item.known().as_deref() {
            Some("true") if deciding => return Some(call.bool(true)),
            Some("false") if !deciding => return Some(call.bool(false)),
            Some(_) => {}
            None => is_known = false,
        }
    }
    is_known.then(|| call.bool(!deciding))
}

/// Text that is the same wherever it is written; nothing for collections.
pub(super) fn identity(val: &Val) -> Option<Text> {
    match val.kind {
        Kind::Rest(_) => None,
        _ => val.to_text(),
    }
}
