//! Proposals in words.

use crate::analyze::{Change, Edit, List, Owner, Reach, Width};
use crate::iam::{Inventory, PolicyKind};

use super::super::english::{count, listed, number};
use super::super::{Line, Link, Span};
use super::page::arn_line;

/// What a change does, in a sentence.
pub fn edit_words(edit: &Edit) -> Line {
    let policy = |line: Line| named(line, edit);
    let Some(change) = &edit.change else {
        return policy(Line::from("Detach "));
    };
    let statement = edit.statement.clone().unwrap_or_default();
    let of = |line: Line| {
        let place = Span::new(super::super::Meaning::Code, statement.clone());
        let mut line = line;
        line.push(match edit.place.is_known() {
            true => place.to(Link::Place(edit.place)),
            false => place,
        });
        named(line.plain(" of "), edit)
    };
    match change {
        Change::Statement(_) if edit.document_before.is_none() => {
            let line = match edit.kind {
                PolicyKind::Identity => {
                    let line = Line::from("Add an inline policy ").code(edit.policy.clone());
                    match &edit.attach_to {
                        Some(arn) => line.plain(" to ").then(arn_line(arn)),
                        None => line,
                    }
                }
                PolicyKind::Scp => Line::from("Attach a policy ").code(edit.policy.clone()),
                kind => Line::from(format!(
                    "Add a statement to the {}, which was not loaded",
                    kind.words()
                )),
            };
            at_level(line, edit)
        }
        Change::Statement(_) => policy(Line::from("Add a statement to ")),
        Change::Add { list, entry, .. } => {
            let what = Line::from("Add ").text(entry);
            match list {
                List::Condition(_) => of(what.plain(" to the values of a condition in statement ")),
                List::Principal(_) => of(what.plain(" to the principals of statement ")),
                List::Action | List::Resource => of(what.plain(" to statement ")),
            }
        }
        Change::Remove { list, .. } => {
            let what = match list {
                List::Action => "the action",
                List::Resource => "the resource",
                List::Condition(_) => "the value",
                List::Principal(_) => "the principal",
            };
            of(Line::from(format!("Take {what} out of statement ")))
        }
        Change::Except { entry, .. } => {
            of(Line::from("Except ").text(entry).plain(" from statement "))
        }
        Change::Condition {
            operator,
            key,
            value,
            ..
        } => of(Line::from("Add the condition ")
            .code(format!("{operator} {key}"))
            .plain(" ")
            .text(value)
            .plain(" to statement ")),
        Change::Drop { .. } => of(Line::from("Take out statement ")),
    }
}

fn named(line: Line, edit: &Edit) -> Line {
    let mut name = Span::new(super::super::Meaning::Code, edit.policy.clone());
    if let Some(arn) = &edit.arn {
        name = name.to(Link::Arn(arn.clone()));
    }
    let mut line = match edit.kind {
        PolicyKind::Identity => line,
        // A name that only says what kind of policy it is needs no repeating.
        kind if edit.policy == kind.name() || edit.policy == "resource" => {
            return at_level(line.plain(format!("the {}", kind.words())), edit);
        }
        kind => line.plain(format!("the {} ", kind.words())),
    };
    line.push(name);
    if let Some(group) = &edit.via {
        line = line.plain(" of the group ").code(group.clone());
    }
    at_level(line, edit)
}

fn at_level(line: Line, edit: &Edit) -> Line {
    match &edit.level {
        Some(level) => line.plain(" at ").code(level.clone()),
        None => line,
    }
}

/// Who makes a change, where it is not the caller's account.
pub(super) fn owner_words(owner: Owner) -> Option<&'static str> {
    match owner {
        Owner::Caller => None,
        Owner::Resource => Some("by whoever manages the resource"),
        Owner::Session => Some("by whoever creates the session"),
        Owner::Network => Some("by whoever manages the VPC endpoint"),
        Owner::Organisation => Some("by the organisation's administrators only"),
    }
}

/// What a change allows besides the request, in a sentence.
pub fn width_words(width: &Width, lifts: bool) -> Line {
    if width.is_nothing() {
        return Line::from("allows nothing else");
    }
    let verb = if lifts { "no longer denies" } else { "allows" };
    let mut line = Line::from(format!("also {verb} "));
    line = match width.actions {
        0 => line.plain("the same action"),
        actions => {
            let levels = width
                .levels
                .iter()
                .map(|(level, count)| format!("{} {level}", number(*count)))
                .collect::<Vec<_>>();
            line.plain(format!(
                "{} ({})",
                count(actions, "more action"),
                levels.join(", ")
            ))
        }
    };
    line = match &width.reach {
        Reach::Request => line.plain(" on this resource"),
        Reach::Everything => line.plain(" on every resource"),
        Reach::Patterns(patterns) => {
            let patterns = patterns
                .iter()
                .map(|pattern| Line::new().code(pattern.clone()));
            line.plain(" on ").then(listed(patterns, "and"))
        }
    };
    if width.other_callers {
        line = line.plain(", for every caller that the statement names");
    }
    if width.other_circumstances {
        line = line.plain(", wherever the changed condition now holds");
    }
    line
}

/// How many others a policy is attached to, so that the change reaches them too.
pub(super) fn shared(edit: &Edit, inventory: &Inventory) -> Option<String> {
    if edit.via.is_some() {
        return Some("every member of the group gets it".to_owned());
    }
    let arn = edit.arn.as_deref()?;
    let policies = inventory
        .accounts
        .iter()
        .flat_map(|account| &account.policies);
    let others = policies
        .filter(|policy| policy.identity.arn.as_plain() == Some(arn))
        .map(|policy| policy.attached_to.len().saturating_sub(1))
        .max()?;
    (others > 0).then(|| format!("the policy is attached to {} too", count(others, "other")))
}
