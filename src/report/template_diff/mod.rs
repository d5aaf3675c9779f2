//! A proposal as a difference of the very files that its policies stand in, in their own style.
//!
//! Only what is written there plainly is changed: a value that a template computes stays as it is, and
//! an edit that would have to touch it is left to a difference of the document.

mod json;
mod yaml;

use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use crate::analyze::{Change, Edit, Proposal};
use crate::iam::{Inventory, Place};

use super::answer::difference;
use super::diff::unified_file;

/// A stretch of a text and what it becomes.
#[derive(Debug)]
struct Splice {
    at: Range<usize>,
    with: String,
}

impl Splice {
    fn insert(at: usize, with: String) -> Self {
        Splice { at: at..at, with }
    }
}

/// A proposal as differences: of the files that its policies stand in, where those show plainly what
/// to change, else of the policies. `read` gives the text of a source.
pub fn differences(
    proposal: &Proposal,
    inventory: &Inventory,
    read: &dyn Fn(&str) -> Option<String>,
) -> String {
    let mut files: Vec<(&str, Vec<&Edit>)> = Vec::new();
    let mut others = Vec::new();
    for edit in &proposal.edits {
        match inventory.path_of(edit.place) {
            Some(path) if edit.place.is_known() => {
                match files.iter_mut().find(|(own, _)| *own == path) {
                    Some((_, edits)) => edits.push(edit),
                    None => files.push((path, vec![edit])),
                }
            }
            _ => others.push(edit),
        }
    }
    let mut out = String::new();
    for (path, edits) in files {
        let changed = read(path).map(|text| carried_out(&text, &edits));
        match changed {
            Some((before, after, left)) => {
                out.push_str(&unified_file(&from_here(path), &before, &after));
                others.extend(left);
            }
            None => others.extend(edits),
        }
    }
    let documents = others
        .into_iter()
        .filter_map(|edit| difference(edit, inventory));
    out.extend(documents);
    out
}

/// The path as seen from the current folder, as far as it leads there: what applies a difference takes
/// no path that is absolute or climbs.
fn from_here(path: &str) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    let mut whole = PathBuf::new();
    for component in here.join(path).components() {
        match component {
            Component::ParentDir => _ = whole.pop(),
            Component::CurDir => {}
            other => whole.push(other),
        }
    }
    let below = whole.strip_prefix(&here);
    let below = below.or_else(|_| whole.strip_prefix("/"));
    below.unwrap_or(Path::new(path)).to_owned()
}

/// A file's text before and after the edits that it shows plainly, and the edits that it does not.
fn carried_out<'e>(text: &str, edits: &[&'e Edit]) -> (String, String, Vec<&'e Edit>) {
    let mut splices: Vec<Splice> = Vec::new();
    let mut left = Vec::new();
    for &edit in edits {
        let touched = |new: &Splice| {
            let apart = |own: &Splice| own.at.end <= new.at.start || new.at.end <= own.at.start;
            !splices.iter().all(apart)
        };
        match splices_of(text, edit) {
            Some(new) if !new.is_empty() && !new.iter().any(touched) => splices.extend(new),
            _ => left.push(edit),
        }
    }
    // What is put in front of something taken out comes before it.
    splices.sort_by_key(|splice| (splice.at.start, splice.at.end));
    let mut after = text.to_owned();
    for splice in splices.into_iter().rev() {
        let with = match text.contains("\r\n") {
            true => splice.with.replace("\r\n", "\n").replace('\n', "\r\n"),
            false => splice.with,
        };
        after.replace_range(splice.at, &with);
    }
    (text.to_owned(), after, left)
}

fn splices_of(text: &str, edit: &Edit) -> Option<Vec<Splice>> {
    let change = edit.change.as_ref()?;
    let statement = match change {
        Change::Statement(_) => edit.anchor?,
        _ => edit.place,
    };
    let at = offset(text, statement)?;
    if text[at..].starts_with('{') {
        return match change {
            Change::Statement(_) => json::beside(text, at, edit.after.as_ref()?),
            Change::Drop { .. } => json::without(text, at),
            Change::Add { .. } => {
                let entry = serde_json::Value::from(edit.entry.as_deref()?);
                json::beside(text, offset(text, edit.anchor?)?, &entry)
            }
            _ => json::changed(text, at, edit.before.as_ref()?, edit.after.as_ref()?),
        };
    }
    let item = yaml::Item::at(text, at)?;
    match change {
        Change::Statement(_) => item.followed_by(edit.after.as_ref()?),
        Change::Drop { .. } => Some(vec![item.taken_out()]),
        Change::Add { .. } => {
            yaml::with_entry(text, offset(text, edit.anchor?)?, edit.entry.as_deref()?)
        }
        _ => item.changed(edit.before.as_ref()?, edit.after.as_ref()?),
    }
}

/// Where a place lies in its text.
fn offset(text: &str, place: Place) -> Option<usize> {
    let number = usize::try_from(place.line.checked_sub(1)?).ok()?;
    let column = usize::try_from(place.column.checked_sub(1)?).ok()?;
    let start: usize = text.split_inclusive('\n').take(number).map(str::len).sum();
    let line = text.get(start..)?.lines().next()?;
    let within = line.char_indices().nth(column).map(|(at, _)| at)?;
    Some(start + within)
}

/// The start of the line that an offset lies in.
fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// The white space at the head of the line that an offset lies in.
fn indent(text: &str, at: usize) -> &str {
    let line = &text[line_start(text, at)..];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// The members that a statement loses and gets, by name; those that only turn into their opposite
/// stand beside each other.
struct Members<'v> {
    /// The old name, the new one and its value.
    turned: Vec<(&'v str, &'v str, &'v serde_json::Value)>,
    added: Vec<(&'v str, &'v serde_json::Value)>,
    /// Name, old value, new value.
    changed: Vec<(&'v str, &'v serde_json::Value, &'v serde_json::Value)>,
}

impl<'v> Members<'v> {
    /// `None` where a member goes without another in its place.
    fn between(before: &'v serde_json::Value, after: &'v serde_json::Value) -> Option<Self> {
        let (before, after) = (before.as_object()?, after.as_object()?);
        let mut members = Members {
            turned: Vec::new(),
            added: Vec::new(),
            changed: Vec::new(),
        };
        let opposite = |name: &str| match name.strip_prefix("Not") {
            Some(plain) => plain.to_owned(),
            None => format!("Not{name}"),
        };
        for (name, old) in before {
            match (after.get(name), after.get_key_value(&opposite(name))) {
                (Some(new), _) if new != old => members.changed.push((name, old, new)),
                (Some(_), _) => {}
                (None, Some((turned, new))) => members.turned.push((name, turned, new)),
                (None, None) => return None,
            }
        }
        for (name, new) in after {
            let is_turned =
                before.contains_key(&opposite(name)) && !after.contains_key(&opposite(name));
            if !before.contains_key(name) && !is_turned {
                members.added.push((name, new));
            }
        }
        Some(members)
    }
}

/// Where one list has an entry more than the other, and that the other has it not.
fn one_less(before: &serde_json::Value, after: &serde_json::Value) -> Option<usize> {
    let (before, after) = (before.as_array()?, after.as_array()?);
    (before.len() == after.len() + 1).then_some(())?;
    let at = before
        .iter()
        .zip(after)
        .position(|(old, new)| old != new)
        .unwrap_or(after.len());
    (before[at + 1..] == after[at..]).then_some(at)
}

#[cfg(test)]
mod tests;
