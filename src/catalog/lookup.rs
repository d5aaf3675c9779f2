//! Whether an action exists, and what was probably meant if it does not.

use super::calls::authorised_as;
use super::index::{Action, index};

/// What the catalogue says to a name.
#[derive(Clone, Debug)]
pub enum Lookup {
    /// It exists.
    Known(&'static Action),
    /// Unknown to the catalogue, but listed by a younger source.
    NewerThanData,
    /// Once in AWS's reference, no longer.
    Retired,
    /// The name of an API operation that is authorised under other names.
    ApiNameNotAction {
        /// The actions to grant instead.
        use_instead: Vec<&'static Action>,
        /// Why, as a sentence.
        why: String,
    },
    /// Nothing of that name.
    Unknown {
        /// Names that are spelled much alike, nearest first.
        nearest: Vec<&'static Action>,
    },
}

/// Looks an action up by name, in any case.
pub fn lookup(name: &str) -> Lookup {
    if let Some(action) = index().find(name) {
        return Lookup::Known(action);
    }
    let lower = name.to_ascii_lowercase();
    let newer = include_str!("../../assets/catalog/newer_names.txt");
    if newer.lines().any(|line| line == lower) {
        return Lookup::NewerThanData;
    }
    let retired = include_str!("../../assets/catalog/retired_names.txt");
    if retired.lines().any(|line| line.eq_ignore_ascii_case(name)) {
        return Lookup::Retired;
    }
    let use_instead = authorised_as(&lower);
    if !use_instead.is_empty() {
        return Lookup::ApiNameNotAction {
            use_instead: use_instead.to_vec(),
            why: why_not_an_action(name, use_instead),
        };
    }
    Lookup::Unknown {
        nearest: nearest(&lower),
    }
}

fn why_not_an_action(name: &str, use_instead: &[&Action]) -> String {
    let (prefix, operation) = name.split_once(':').unwrap_or(("", name));
    let known = index().service(prefix);
    let service = known.map_or(prefix, |service| service.title());
    let names: Vec<&str> = use_instead
        .iter()
        .map(|action| action.canonical())
        .collect();
    format!(
        "{operation} is an API operation of {service}, not an action: AWS authorises it as {}",
        names.join(" and ")
    )
}

/// Longer names are not compared: no action is half as long.
const LONGEST: usize = 128;

/// At most this many suggestions.
const SUGGESTIONS: usize = 5;

/// Actions that are spelled much like a lower-case name, nearest first: of the same service, or,
/// where there is no such service, of one spelled alike or with an action of that very name.
fn nearest(lower: &str) -> Vec<&'static Action> {
    let (prefix, name) = lower.split_once(':').unwrap_or(("", lower));
    if name.is_empty() || lower.len() > LONGEST {
        return Vec::new();
    }
    let same_service = index().service(prefix);
    let mut found: Vec<(usize, &Action)> = Vec::new();
    for service in index().services() {
        let of_prefix = match same_service {
            Some(same) if same.prefix() == service.prefix() => 0,
            Some(_) => continue,
            None => distance(prefix, service.prefix()),
        };
        for action in service.actions() {
            let own = action.lower().split_once(':').map_or("", |(_, own)| own);
            let allowed = 1 + name.len() / 5;
            if own == name {
                found.push((of_prefix, action));
            } else if of_prefix <= 2 && own.len().abs_diff(name.len()) <= allowed {
                let of_name = distance(name, own);
                if of_name <= allowed {
                    found.push((of_prefix + of_name, action));
                }
            }
        }
    }
    found.sort_by_key(|(distance, action)| (*distance, action.id()));
    found
        .into_iter()
        .take(SUGGESTIONS)
        .map(|(_, action)| action)
        .collect()
}

/// How many letters have to be inserted, dropped or replaced (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, byte) in one.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (column, other_byte) in other.bytes().enumerate() {
            let replace = diagonal + usize::from(byte != other_byte);
            diagonal = row[column + 1];
            row[column + 1] = replace.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}
