//! What the marks of a row say, counted once for each document.

use crate::iam::{Document, Effect, Severity, Statement, Text};

use super::item::{actions, conditions, principals, resources};

/// What a document holds, for the marks of the rows above it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Facts {
    /// Statements that allow.
    pub allow: usize,
    /// Statements that deny.
    pub deny: usize,
    /// Whether a part is unresolved or depends on an undecided condition.
    pub unresolved: bool,
    /// Problems that are errors or warnings.
    pub problems: usize,
}

impl Facts {
    /// Counts a document.
    pub fn of(document: &Document) -> Self {
        let mut facts = Facts {
            problems: document
                .problems
                .iter()
                .filter(|problem| problem.severity > Severity::Note)
                .count(),
            ..Facts::default()
        };
        for statement in &document.statements {
            match statement.effect {
                Some(Effect::Allow) => facts.allow += 1,
                Some(Effect::Deny) => facts.deny += 1,
                None => {}
            }
            facts.unresolved |= is_unresolved(statement);
        }
        facts
    }

    /// Both together.
    pub fn with(self, other: Facts) -> Self {
        Facts {
            allow: self.allow + other.allow,
            deny: self.deny + other.deny,
            unresolved: self.unresolved || other.unresolved,
            problems: self.problems + other.problems,
        }
    }
}

/// Whether a statement has a part that is not known yet.
pub fn is_unresolved(statement: &Statement) -> bool {
    let open = |text: &Text| !text.is_plain();
    !statement.guard.is_always()
        || principals(statement)
            .iter()
            .any(|principal| open(&principal.entry.text))
        || actions(statement)
            .iter()
            .chain(resources(statement))
            .any(|entry| open(&entry.text) || !entry.guard.is_always())
        || conditions(statement).iter().any(|condition| {
            open(&condition.key) || condition.values.iter().any(|value| open(&value.text))
        })
}
