//! Policies, by their owner and their place with it, and what stands in them.

use std::sync::Arc;

use crate::iam::{
    Attachment, Condition, Document, Entry, Inventory, PolicyKind, PrincipalEntry, Problem,
    ResourcePolicy, Statement,
};

use super::entity::{Entity, Owner};

/// Which policy of its owner.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Ord, PartialOrd)]
pub enum Slot {
    /// The owner itself is the policy.
    Own,
    /// A role's trust policy.
    Trust,
    /// The permissions boundary.
    Boundary,
    /// An attached managed policy.
    Managed(u16),
    /// An inline policy.
    Inline(u16),
}

/// A policy of an owner.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Ord, PartialOrd)]
pub struct PolicyAt {
    /// Whose.
    pub entity: Entity,
    /// Which of them.
    pub slot: Slot,
}

/// The parts of a statement that have rows.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Ord, PartialOrd)]
pub enum Part {
    /// A principal.
    Principal(u32),
    /// An action or a pattern of actions.
    Action(u32),
    /// The actions that a NotAction list leaves.
    Rest,
    /// A resource pattern.
    Resource(u32),
    /// A condition.
    Condition(u32),
}

/// Where a problem is kept.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Ord, PartialOrd)]
pub enum ProblemAt {
    /// Among those that belong to no account.
    Inventory(u32),
    /// Among those of an account outside documents.
    Account(u32, u32),
    /// Among those of a document.
    Document(PolicyAt, u32),
}

impl PolicyAt {
    /// The attachment, for attached policies and boundaries.
    pub fn attachment(self, inventory: &Inventory) -> Option<&Attachment> {
        match self.slot {
            Slot::Boundary => self.entity.boundary(inventory),
            Slot::Managed(index) => self.entity.attached(inventory).get(usize::from(index)),
            Slot::Own | Slot::Trust | Slot::Inline(_) => None,
        }
    }

    /// The document, where it was loaded.
    pub fn document(self, inventory: &Inventory) -> Option<&Arc<Document>> {
        match self.slot {
            Slot::Trust => self.entity.role(inventory)?.trust.as_ref(),
            Slot::Boundary | Slot::Managed(_) => self.attachment(inventory)?.document.as_ref(),
            Slot::Inline(index) => self
                .entity
                .inline(inventory)
                .get(usize::from(index))
                .map(|inline| &inline.document),
            Slot::Own => match self.entity.owner {
                Owner::Managed(_) => self.entity.managed(inventory)?.document.as_ref(),
                Owner::Resource(_) => self.entity.resource(inventory).map(|own| &own.document),
                Owner::Scp(..) | Owner::Rcp(..) => {
                    self.entity.organisation(inventory).map(|own| own.2)
                }
                Owner::Role(_) | Owner::User(_) | Owner::Group(_) => None,
            },
        }
    }

    /// The part it plays in evaluation.
    pub fn kind(self, inventory: &Inventory) -> PolicyKind {
        match (self.slot, self.entity.owner) {
            (Slot::Trust, _) => PolicyKind::Trust,
            (Slot::Boundary, _) => PolicyKind::Boundary,
            (Slot::Own, Owner::Resource(_)) => {
                let policy = self.entity.resource(inventory);
                policy.map_or(PolicyKind::Resource, ResourcePolicy::part)
            }
            (Slot::Own, Owner::Scp(..)) => PolicyKind::Scp,
            (Slot::Own, Owner::Rcp(..)) => PolicyKind::Rcp,
            _ => PolicyKind::Identity,
        }
    }

    /// Its name for reading.
    pub fn name(self, inventory: &Inventory) -> String {
        match self.slot {
            Slot::Trust => "trust".to_owned(),
            Slot::Boundary | Slot::Managed(_) => self
                .attachment(inventory)
                .map(|attached| attached.name.to_string())
                .unwrap_or_default(),
            Slot::Inline(index) => self
                .entity
                .inline(inventory)
                .get(usize::from(index))
                .map(|inline| inline.name.to_string())
                .unwrap_or_default(),
            Slot::Own => self.entity.name(inventory),
        }
    }

    /// A statement of it, by its place from 0.
    pub fn statement(self, inventory: &Inventory, statement: u32) -> Option<&Statement> {
        self.document(inventory)?.statements.get(statement as usize)
    }
}

/// The principals of a statement.
pub fn principals(statement: &Statement) -> &[PrincipalEntry] {
    statement
        .principal
        .as_ref()
        .map_or(&[], |element| &element.entries)
}

/// The action patterns of a statement.
pub fn actions(statement: &Statement) -> &[Entry] {
    statement
        .action
        .as_ref()
        .map_or(&[], |element| &element.entries)
}

/// The resource patterns of a statement.
pub fn resources(statement: &Statement) -> &[Entry] {
    statement
        .resource
        .as_ref()
        .map_or(&[], |element| &element.entries)
}

/// The conditions of a statement.
pub fn conditions(statement: &Statement) -> &[Condition] {
    &statement.conditions
}

/// The problem at a place.
pub fn problem(at: ProblemAt, inventory: &Inventory) -> Option<&Problem> {
    match at {
        ProblemAt::Inventory(index) => inventory.problems.get(index as usize),
        ProblemAt::Account(account, index) => inventory
            .accounts
            .get(account as usize)?
            .problems
            .get(index as usize),
        ProblemAt::Document(policy, index) => {
            policy.document(inventory)?.problems.get(index as usize)
        }
    }
}

/// The statement that a problem of a document stands in, from 0: the last one that begins before it.
pub fn home_of_problem(document: &Document, index: usize) -> Option<u32> {
    let problem = document.problems.get(index)?;
    if !problem.place.is_known() {
        return None;
    }
    let after = document
        .statements
        .partition_point(|statement| statement.place <= problem.place);
    let statement = after.checked_sub(1)?;
    u32::try_from(statement).ok()
}
