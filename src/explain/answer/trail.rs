//! A file of events as a ranked list.

use crate::denial::{Group, Trail};

use super::super::english::{count, number};
use super::super::{Line, Mark, Page};

/// The distinct denials of a file of events, the most frequent first.
pub fn trail_page(trail: &Trail) -> Page {
    let mut page = Page::new(format!(
        "{} in {}",
        count(as_usize(trail.read.denials), "denial"),
        count(as_usize(trail.read.events), "event")
    ));
    if let Some(why) = &trail.truncated {
        page.mark(
            Mark::Problem,
            format!("The file could not be read to its end: {why}."),
        );
    }
    if trail.unreadable > 0 {
        let lines = count(as_usize(trail.unreadable), "line");
        page.mark(Mark::Problem, format!("{lines} could not be read."));
    }
    if trail.ungrouped > 0 {
        let denials = count(as_usize(trail.ungrouped), "further denial");
        page.mark(
            Mark::Problem,
            format!("{denials} are not listed: too many are distinct."),
        );
    }
    let rows = trail
        .groups
        .iter()
        .enumerate()
        .map(|(at, group)| row(at + 1, group));
    page.table(
        &[
            "#",
            "Count",
            "Principal",
            "Action",
            "Denied by",
            "First",
            "Last",
        ],
        rows.collect(),
    );
    page
}

fn as_usize(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

fn row(at: usize, group: &Group) -> Vec<Line> {
    let text = |value: &Option<String>| Line::new().code(value.clone().unwrap_or_default());
    let kinds: Vec<&str> = group
        .policy_types
        .iter()
        .map(|(kind, _)| kind.name())
        .collect();
    vec![
        Line::new().muted(at.to_string()),
        Line::new().strong(number(as_usize(group.count))),
        text(&group.principal),
        text(&group.action),
        Line::from(kinds.join(", ")),
        Line::new().muted(group.first.clone().unwrap_or_default()),
        Line::new().muted(group.last.clone().unwrap_or_default()),
    ]
}
