//! What the marks of a row say, counted once for each document.

use crate::iam::{Document, Effect, Severity};

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
            facts.unresolved |= statement.is_open();
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
