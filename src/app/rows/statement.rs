//! The rows of a statement, of its parts, and of the actions that a part stands for.

use crate::catalog;
use crate::explain::{Mark, Meaning, escape};
use crate::iam::{Effect, PrincipalType, Statement, Text};

use super::super::item::{Part, actions, conditions, principals, resources};
use super::super::reach::Reach;
use super::text::{Piece, RowText, grouped, muted, name};
use super::words::{first_of, what};

pub(super) fn statement_row(statement: &Statement) -> RowText {
    let mark = match statement.effect {
        Some(Effect::Allow) => Mark::Allow,
        Some(Effect::Deny) => Mark::ExplicitDeny,
        None => Mark::Depends,
    };
    let mut row = RowText {
        left: vec![Piece::Mark(mark)],
        ..RowText::default()
    };
    let sid = statement.sid.as_ref().filter(|sid| !sid.is_empty());
    row.left.push(match sid {
        Some(sid) => name(Meaning::Emphasis, &sid.to_string()),
        None => Piece::Words(Meaning::Emphasis, statement.number.to_string()),
    });
    row.left.push(Piece::Words(
        Meaning::Plain,
        escape(&what(statement)).into_owned(),
    ));
    if statement.is_open() {
        row.right.push(Piece::Mark(Mark::Unresolved));
    }
    if statement.unreadable {
        row.right.push(Piece::Mark(Mark::Problem));
    }
    row
}

pub(super) fn part_row(statement: &Statement, part: Part) -> RowText {
    let mut row = RowText::default();
    match part {
        Part::Principal(index) => {
            let element = statement.principal.as_ref();
            let not = element.is_some_and(|element| element.not);
            row.left
                .push(Piece::Tag(if not { "not from" } else { "from" }));
            if let Some(principal) = principals(statement).get(index as usize) {
                if principal.kind != PrincipalType::Everyone {
                    row.left.push(Piece::Words(
                        Meaning::Muted,
                        principal.kind.name().to_owned(),
                    ));
                }
                row.left.push(entry_name(&principal.entry.text));
            }
        }
        Part::Action(index) => {
            let not = statement.action.as_ref().is_some_and(|element| element.not);
            row.left
                .push(Piece::Tag(if not { "not action" } else { "action" }));
            if let Some(entry) = actions(statement).get(index as usize) {
                row.left.push(entry_name(&entry.text));
                action_facts(entry.text.as_plain(), &mut row);
                push_guard(entry.guard.is_always(), &mut row);
            }
        }
        Part::Rest => {
            row.left.push(Piece::Tag("reaches"));
            row.left.push(name(Meaning::Plain, "every other action"));
            if actions(statement)
                .iter()
                .any(|entry| !entry.text.is_plain() || !entry.guard.is_always())
            {
                row.right.push(Piece::Mark(Mark::Unresolved));
            }
            if let Some(reach) = Reach::of(statement, part) {
                row.right.push(muted(grouped(reach.len())));
            }
        }
        Part::Resource(index) => {
            let element = statement.resource.as_ref();
            let not = element.is_some_and(|element| element.not);
            row.left
                .push(Piece::Tag(if not { "not on" } else { "resource" }));
            if let Some(entry) = resources(statement).get(index as usize) {
                row.left.push(entry_name(&entry.text));
                push_guard(entry.guard.is_always(), &mut row);
            }
        }
        Part::Condition(index) => {
            row.left.push(Piece::Tag("when"));
            if let Some(condition) = conditions(statement).get(index as usize) {
                row.left
                    .push(name(Meaning::Key, &condition.key.to_string()));
                row.left.push(Piece::Words(
                    Meaning::Muted,
                    escape(&condition.operator_text).into_owned(),
                ));
                let values: Vec<String> = condition
                    .values
                    .iter()
                    .map(|value| value.text.to_string())
                    .collect();
                row.left.push(Piece::Words(
                    Meaning::Code,
                    escape(&first_of(&values)).into_owned(),
                ));
            }
        }
    }
    row
}

fn entry_name(text: &Text) -> Piece {
    let meaning = if text.is_plain() {
        Meaning::Code
    } else {
        Meaning::Unknown
    };
    name(meaning, &text.to_string())
}

fn push_guard(always: bool, row: &mut RowText) {
    if !always {
        row.right.push(Piece::Mark(Mark::Unresolved));
    }
}

// The access level of an action, or how many a pattern stands for.
fn action_facts(text: Option<&str>, row: &mut RowText) {
    let Some(text) = text else {
        row.right.push(Piece::Mark(Mark::Unresolved));
        return;
    };
    match catalog::Pattern::parse(text) {
        Some(pattern) if pattern.is_wild() => {
            let covered = pattern.actions().count();
            row.right.push(muted(grouped(covered)));
        }
        _ => match catalog::index().find(text) {
            Some(action) => row.extra = action.level().name().to_owned(),
            None => {
                row.right.push(Piece::Mark(Mark::Problem));
                row.right.push(muted("unknown"));
            }
        },
    }
}

pub(super) fn known_row(action: u32) -> RowText {
    let mut row = covered_row(action);
    if let Some(action) = catalog::index().actions().get(action as usize) {
        row.extra = format!("{}  {}", action.level().name(), action.service().title());
    }
    row
}

pub(super) fn covered_row(action: u32) -> RowText {
    match catalog::index().actions().get(action as usize) {
        Some(action) => RowText {
            left: vec![name(Meaning::Code, action.canonical())],
            extra: action.level().name().to_owned(),
            right: Vec::new(),
        },
        None => RowText::default(),
    }
}
