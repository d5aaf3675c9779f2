//! What else a change allows: the measure by which proposals are ordered.

use crate::catalog::{self, AccessLevel, ActionSet, Summary};
use crate::iam::{Entry, Statement, Text};

use super::super::covered;

/// How far a change reaches beyond the resource of the request.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// No further.
    #[default]
    Request,
    /// What these patterns match.
    Patterns(Vec<String>),
    /// Every resource.
    Everything,
}

/// What a change allows besides the request.
///
/// The order is from narrow to wide: how far it reaches, then how many actions.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Width {
    /// On which resources.
    pub reach: Reach,
    /// Whether callers other than the one of the request are allowed too.
    pub other_callers: bool,
    /// How many actions besides the request's.
    pub actions: usize,
    /// Those actions by access level, levels without any left out.
    pub levels: Vec<(&'static str, usize)>,
    /// Whether circumstances that a condition used to exclude are allowed.
    pub other_circumstances: bool,
}

impl Width {
    /// Nothing besides the request.
    pub fn nothing() -> Self {
        Width::default()
    }

    /// Whether nothing besides the request is allowed.
    pub fn is_nothing(&self) -> bool {
        *self == Width::default()
    }

    /// The request's action on other resources too.
    pub fn resources(reach: Reach) -> Self {
        Width {
            reach,
            ..Width::default()
        }
    }

    /// A set of actions besides the one of the request.
    pub fn with_actions(mut self, mut actions: ActionSet, action: &str) -> Self {
        if let Some(own) = catalog::index().find(action) {
            actions.remove(own.id());
        }
        let Summary {
            total, by_level, ..
        } = actions.summary();
        self.actions = total;
        self.levels = AccessLevel::ALL
            .into_iter()
            .zip(by_level)
            .filter(|(_, count)| *count > 0)
            .map(|(level, count)| (level.name(), count))
            .collect();
        self
    }
}

/// The reach of a resource written into a policy, where it is a pattern to others than the
/// request.
pub(super) fn reach_as_pattern(resource: &Text, action: Option<&str>) -> Reach {
    let aimless = |action: &str| catalog::has_resource_types(action) == Some(false);
    if *resource == *"*" {
        return match action {
            Some(action) if aimless(action) => Reach::Request,
            _ => Reach::Everything,
        };
    }
    let text = resource.to_string();
    match text.contains(['*', '?']) {
        true => Reach::Patterns(vec![text]),
        false => Reach::Request,
    }
}

/// The reach of a statement's resources.
pub(super) fn reach(statement: &Statement) -> Reach {
    let Some(element) = &statement.resource else {
        return Reach::Request;
    };
    if element.not {
        return Reach::Everything;
    }
    reach_of(&element.entries)
}

fn reach_of(entries: &[Entry]) -> Reach {
    if entries.iter().any(|entry| entry.text == *"*") {
        return Reach::Everything;
    }
    Reach::Patterns(entries.iter().map(|entry| entry.text.to_string()).collect())
}

/// The actions of a statement that can act on a resource.
pub(super) fn actions_on(statement: &Statement, resource: &Text) -> ActionSet {
    let mut narrowed = statement.clone();
    if let Some(element) = &mut narrowed.resource {
        element.not = false;
        element.entries.truncate(1);
        if let Some(entry) = element.entries.first_mut() {
            entry.text = resource.clone();
        }
    }
    covered(&narrowed).effective
}
