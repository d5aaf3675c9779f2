//! Sets, which are lists without an item twice here.

use std::collections::HashSet;

use super::super::operators::equal;
use super::super::value::{Kind, Val};
use super::Call;
use super::collections::identity;

pub(super) fn call(call: &Call<'_>) -> Option<Val> {
    match call.name {
        "distinct" | "toset" => {
            if let Kind::Null = call.argument(0)?.kind {
                return Some(Val::null(call.place));
            }
            Some(call.list(distinct(call.items(0)?)))
        }
        "setunion" => {
            let lists = (0..call.arguments.len()).map(|at| call.items(at));
            let lists: Vec<Vec<Val>> = lists.collect::<Option<_>>()?;
            Some(call.list(distinct(lists.concat())))
        }
        "setintersection" | "setsubtract" => {
            let wanted = call.name == "setintersection";
            let mut items = call.items(0)?;
            for at in 1..call.arguments.len() {
                let others = call.items(at)?;
                let mut kept = Vec::new();
                for item in items {
                    if contains(&others, &item)? == wanted {
                        kept.push(item);
                    }
                }
                items = kept;
            }
            Some(call.list(items))
        }
        "contains" => {
            let found = contains(&call.items(0)?, call.argument(1)?)?;
            Some(call.bool(found))
        }
        "setproduct" => {
            let mut rows: Vec<Vec<Val>> = vec![Vec::new()];
            for at in 0..call.arguments.len() {
                let items = call.items(at)?;
                if !call
                    .world
                    .spend(rows.len().saturating_mul(items.len()), call.place)
                {
                    return Some(call.world.too_much(call.place));
                }
                let longer = rows.iter().flat_map(|row| {
                    items.iter().map(|item| {
                        let mut row = row.clone();
                        row.push(item.clone());
                        row
                    })
                });
                rows = longer.collect();
            }
            let rows = rows.into_iter().map(|row| call.list(row));
            Some(call.list(rows.collect()))
        }
        _ => None,
    }
}

fn distinct(items: Vec<Val>) -> Vec<Val> {
    let mut seen = HashSet::new();
    let mut kept: Vec<Val> = Vec::new();
    for item in items {
        let is_new = match identity(&item) {
            Some(text) => seen.insert(text),
            // Collections are compared one by one while they are few.
            None => kept.len() > 200 || !kept.iter().any(|one| equal(one, &item) == Some(true)),
        };
        if is_new {
            kept.push(item);
        }
    }
    kept
}

/// Whether a list has an item; nothing where an unknown one could be it.
fn contains(items: &[Val], wanted: &Val) -> Option<bool> {
    let mut is_known = !Val::has_rest(items);
    for item in items {
        match equal(item, wanted) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => is_known = false,
        }
    }
    is_known.then_some(false)
}
