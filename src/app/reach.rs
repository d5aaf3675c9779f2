//! The actions that a row of the tree opens to: those of a wildcard, or those that a NotAction list
//! leaves.

use crate::catalog::{self, Action, ActionSet, Service};
use crate::iam::Statement;

use super::item::{Part, actions};

/// What a part of a statement stands for among the actions of the catalogue.
pub enum Reach {
    /// What a pattern matches.
    Pattern(catalog::Pattern),
    /// What the patterns of a NotAction list do not match.
    Rest(ActionSet),
}

impl Reach {
    /// What a part stands for, where it can be opened to it.
    pub fn of(statement: &Statement, part: Part) -> Option<Self> {
        match part {
            Part::Action(entry) => {
                let text = actions(statement).get(entry as usize)?.text.as_plain()?;
                if !text.contains(['*', '?']) {
                    return None;
                }
                let pattern = catalog::Pattern::parse(text)?;
                pattern.is_wild().then_some(Reach::Pattern(pattern))
            }
            Part::Rest if leaves_some(statement) => {
                let entries = actions(statement).iter();
                let listed = entries.filter_map(|entry| entry.text.as_plain());
                Some(Reach::Rest(ActionSet::of_patterns(listed).complement()))
            }
            Part::Rest | Part::Principal(_) | Part::Resource(_) | Part::Condition(_) => None,
        }
    }

    /// Whether its actions are shown by service.
    pub fn spans_services(&self) -> bool {
        match self {
            Reach::Pattern(pattern) => pattern.spans_services(),
            Reach::Rest(_) => true,
        }
    }

    /// Its actions of one service, in order.
    pub fn actions_of(
        &self,
        service: &'static Service,
    ) -> Box<dyn Iterator<Item = &'static Action> + '_> {
        match self {
            Reach::Pattern(pattern) => Box::new(pattern.actions_of(service)),
            Reach::Rest(set) => {
                let actions = service.actions().iter();
                Box::new(actions.filter(|action| set.contains(action.id())))
            }
        }
    }

    /// All its actions, in order.
    pub fn actions(&self) -> Box<dyn Iterator<Item = &'static Action> + '_> {
        match self {
            Reach::Pattern(pattern) => Box::new(pattern.actions()),
            Reach::Rest(set) => Box::new(set.iter()),
        }
    }

    /// How many actions it holds.
    pub fn len(&self) -> usize {
        match self {
            Reach::Pattern(pattern) => pattern.actions().count(),
            Reach::Rest(set) => set.len(),
        }
    }
}

/// Whether a part can be opened; costs no more than looking at it.
pub fn opens(statement: &Statement, part: Part) -> bool {
    match part {
        Part::Rest => leaves_some(statement),
        part => Reach::of(statement, part).is_some(),
    }
}

/// Whether a statement has a NotAction list that leaves an action.
pub fn leaves_some(statement: &Statement) -> bool {
    let list = statement.action.as_ref().filter(|list| list.not);
    list.is_some_and(|list| {
        let mut entries = list.entries.iter();
        entries.all(|entry| entry.text.as_plain() != Some("*"))
    })
}
