//! Whether an action exists, and what was probably meant if it does not.

use super::calls::{authorised_as, is_unexplained};
use super::index::{Action, Service, index};
use super::words::{singular, split_name};

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
    /// The name of an API operation of which the data does not say what authorises it: an action
    /// of that name newer than the data, or one of another name.
    OperationOnly {
        /// Names that are spelled much alike, nearest first.
        nearest: Vec<&'static Action>,
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
        let why = why_not_an_action(name, &use_instead);
        return Lookup::ApiNameNotAction { use_instead, why };
    }
    let nearest = nearest(name);
    if is_unexplained(&lower) {
        return Lookup::OperationOnly { nearest };
    }
    Lookup::Unknown { nearest }
}

fn why_not_an_action(name: &str, use_instead: &[&'static Action]) -> String {
    let (prefix, operation) = name.split_once(':').unwrap_or(("", name));
    let names: Vec<&str> = use_instead
        .iter()
        .map(|action| action.canonical())
        .collect();
    let names = names.join(" and ");
    match (index().service(prefix), use_instead.first()) {
        (None, Some(action)) => format!(
            "the CLI, SDKs or logs call {} {prefix}, but its actions begin with {}: {names}",
            action.service().title(),
            action.service().prefix()
        ),
        (service, _) => format!(
            "{operation} is an API operation of {}, not an action: AWS authorises it as {names}",
            service.map_or(prefix, |service| service.title())
        ),
    }
}

/// Longer names are not compared: no action is half as long.
const LONGEST: usize = 128;

/// Shorter beginnings, such as `Get`, are those of too many names.
const SHORTEST_BEGINNING: usize = 5;

/// At most this many suggestions.
const SUGGESTIONS: usize = 5;

/// Actions that a name may mean, nearest first: those of the same service that are spelled much
/// alike, else those that do something to the same thing. Where there is no such service, those of
/// one spelled alike, or with an action of that very name.
fn nearest(name: &str) -> Vec<&'static Action> {
    let (prefix, name) = name.split_once(':').unwrap_or(("", name));
    if name.is_empty() || prefix.len() + name.len() > LONGEST {
        return Vec::new();
    }
    let lower = name.to_ascii_lowercase();
    let services: Vec<(usize, &Service)> = match index().service(prefix) {
        Some(service) => vec![(0, service)],
        None => {
            let prefix = prefix.to_ascii_lowercase();
            let services = index().services().iter();
            let distances = services.map(|service| (distance(&prefix, service.prefix()), service));
            distances.collect()
        }
    };
    let mut found: Vec<(usize, &Action)> = Vec::new();
    for (of_prefix, service) in &services {
        for action in service.actions() {
            if let Some(of_name) = alike(&lower, action, *of_prefix) {
                found.push((of_prefix + of_name, action));
            }
        }
    }
    if let ([(_, service)], true) = (&services[..], found.is_empty()) {
        found.extend(of_the_same_thing(name, service));
    }
    found.sort_by_key(|(distance, action)| (*distance, action.id()));
    let nearest = found.into_iter().take(SUGGESTIONS);
    nearest.map(|(_, action)| action).collect()
}

/// How far an action's name is from another, if it is near enough to be meant.
fn alike(lower: &str, action: &Action, of_prefix: usize) -> Option<usize> {
    let own = action.lower().split_once(':').map_or("", |(_, own)| own);
    if own == lower {
        return Some(0);
    }
    // A name that was not written to its end.
    if of_prefix == 0 && lower.len() >= SHORTEST_BEGINNING && own.starts_with(lower) {
        return Some(own.len() - lower.len());
    }
    let allowed = 1 + lower.len() / 5;
    if of_prefix > 2 || own.len().abs_diff(lower.len()) > allowed {
        return None;
    }
    let of_name = distance(lower, own);
    (of_name <= allowed).then_some(of_name)
}

/// Actions of a service with the same words behind the verb, or more of them: `DescribeInstances`
/// for `ListInstance`. Those whose verb also only looks come first if the name's does.
fn of_the_same_thing(name: &str, service: &'static Service) -> Vec<(usize, &'static Action)> {
    let words = |name: &str| -> Vec<String> {
        split_name(name).iter().map(|word| singular(word)).collect()
    };
    let only_looks = |verb: &str| ["get", "list", "describe", "search", "batch"].contains(&verb);
    let wanted = words(name);
    let Some((verb, thing)) = wanted.split_first().filter(|(_, thing)| !thing.is_empty()) else {
        return Vec::new();
    };
    let candidates = service.actions().iter().filter_map(|action| {
        let own = words(action.name());
        let (own_verb, own_thing) = own.split_first()?;
        let fits = thing.iter().all(|word| own_thing.contains(word));
        let differs = usize::from(only_looks(verb) != only_looks(own_verb));
        fits.then_some((
            own_thing.len() - thing.len().min(own_thing.len()) + 10 * differs,
            action,
        ))
    });
    candidates.collect()
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
