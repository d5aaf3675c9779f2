//! What a row of the tree stands for, by positions in the inventory.

mod entity;
mod policy;

use crate::iam::{Inventory, Place};

pub use entity::{Entity, Owner};
pub use policy::{
    Part, PolicyAt, ProblemAt, Slot, actions, conditions, home_of_problem, principals, problem,
    resources,
};

/// The sections of a source.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Ord, PartialOrd)]
#[allow(missing_docs)] // the names say it
pub enum Section {
    Roles,
    Users,
    Groups,
    Policies,
    ResourcePolicies,
    Organisation,
    Problems,
}

impl Section {
    /// Every section in order.
    pub const ALL: [Section; 7] = [
        Section::Roles,
        Section::Users,
        Section::Groups,
        Section::Policies,
        Section::ResourcePolicies,
        Section::Organisation,
        Section::Problems,
    ];

    /// Its title.
    pub fn title(self) -> &'static str {
        match self {
            Section::Roles => "Roles",
            Section::Users => "Users",
            Section::Groups => "Groups",
            Section::Policies => "Managed policies",
            Section::ResourcePolicies => "Resource policies",
            Section::Organisation => "Organisation",
            Section::Problems => "Problems",
        }
    }
}

/// What a row of the tree stands for.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Ord, PartialOrd)]
pub enum Item {
    /// A source: an account or a template.
    Source(u32),
    /// The problems that belong to no account.
    Unread,
    /// A section of a source.
    Section(u32, Section),
    /// A role, user or group.
    Entity(Entity),
    /// A group that a user is in.
    Membership(Entity, u32),
    /// A policy.
    Policy(PolicyAt),
    /// A statement, by its place in the document from 0.
    Statement(PolicyAt, u32),
    /// A part of a statement.
    Part(PolicyAt, u32, Part),
    /// A service among the actions that a part stands for: policy, statement, part, service.
    Service(PolicyAt, u32, Part, u32),
    /// An action that a part stands for: policy, statement, part, action.
    Covered(PolicyAt, u32, Part, u32),
    /// What a search found in the catalogue: the heading of its rows.
    Catalogue,
    /// An action of the catalogue that a search found.
    Known(u32),
    /// A problem at the place it belongs to.
    Problem(ProblemAt),
    /// A problem in the list of all problems of an account.
    Listed(ProblemAt),
    /// Something that was there before, by its number among what is gone.
    Gone(u32),
}

impl Item {
    /// The row above it in the tree. `unread` and problems of the inventory are their own root; what
    /// is gone stands where the index says.
    pub fn parent(self, inventory: &Inventory) -> Option<Item> {
        match self {
            Item::Source(_) | Item::Unread | Item::Gone(_) | Item::Catalogue => None,
            Item::Known(_) => Some(Item::Catalogue),
            Item::Section(account, _) => Some(Item::Source(account)),
            Item::Entity(entity) => Some(Item::Section(entity.account, entity.section())),
            Item::Membership(entity, _) => Some(Item::Entity(entity)),
            Item::Policy(at) => Some(match at.slot {
                Slot::Own => Item::Section(at.entity.account, at.entity.section()),
                _ => Item::Entity(at.entity),
            }),
            Item::Statement(at, _) => Some(Item::Policy(at)),
            Item::Part(at, statement, _) => Some(Item::Statement(at, statement)),
            Item::Service(at, statement, part, _) => Some(Item::Part(at, statement, part)),
            // The service between an action and its pattern is known to the expansion alone.
            Item::Covered(at, statement, part, _) => Some(Item::Part(at, statement, part)),
            Item::Problem(problem) => Some(match problem {
                ProblemAt::Inventory(_) => Item::Unread,
                ProblemAt::Account(account, _) => Item::Section(account, Section::Problems),
                ProblemAt::Document(at, index) => match at.document(inventory) {
                    Some(document) => match home_of_problem(document, index as usize) {
                        Some(statement) => Item::Statement(at, statement),
                        None => Item::Policy(at),
                    },
                    None => Item::Policy(at),
                },
            }),
            Item::Listed(problem) => Some(match problem {
                ProblemAt::Inventory(_) => Item::Unread,
                ProblemAt::Account(account, _) => Item::Section(account, Section::Problems),
                ProblemAt::Document(at, _) => Item::Section(at.entity.account, Section::Problems),
            }),
        }
    }

    /// The account it belongs to.
    pub fn account(self) -> Option<u32> {
        match self {
            Item::Unread | Item::Gone(_) | Item::Catalogue | Item::Known(_) => None,
            Item::Source(account) | Item::Section(account, _) => Some(account),
            Item::Entity(entity) | Item::Membership(entity, _) => Some(entity.account),
            Item::Policy(at)
            | Item::Statement(at, _)
            | Item::Part(at, ..)
            | Item::Service(at, ..)
            | Item::Covered(at, ..) => Some(at.entity.account),
            Item::Problem(problem) | Item::Listed(problem) => match problem {
                ProblemAt::Inventory(_) => None,
                ProblemAt::Account(account, _) => Some(account),
                ProblemAt::Document(at, _) => Some(at.entity.account),
            },
        }
    }

    /// The policy it belongs to or is.
    pub fn policy(self) -> Option<PolicyAt> {
        match self {
            Item::Policy(at)
            | Item::Statement(at, _)
            | Item::Part(at, ..)
            | Item::Service(at, ..)
            | Item::Covered(at, ..)
            | Item::Problem(ProblemAt::Document(at, _))
            | Item::Listed(ProblemAt::Document(at, _)) => Some(at),
            _ => None,
        }
    }

    /// The role, user, group or other owner it belongs to or is.
    pub fn entity(self) -> Option<Entity> {
        match self {
            Item::Entity(entity) | Item::Membership(entity, _) => Some(entity),
            other => other.policy().map(|at| at.entity),
        }
    }

    /// The statement it belongs to or is.
    pub fn statement(self) -> Option<(PolicyAt, u32)> {
        match self {
            Item::Statement(at, statement)
            | Item::Part(at, statement, _)
            | Item::Service(at, statement, ..)
            | Item::Covered(at, statement, ..) => Some((at, statement)),
            _ => None,
        }
    }

    /// Where it stands in its source.
    pub fn place(self, inventory: &Inventory) -> Option<Place> {
        match self {
            Item::Source(_)
            | Item::Unread
            | Item::Catalogue
            | Item::Known(_)
            | Item::Section(..) => None,
            Item::Entity(entity) | Item::Membership(entity, _) => {
                Some(entity.identity(inventory)?.place)
            }
            Item::Policy(at) => at
                .document(inventory)
                .map(|document| document.place)
                .or_else(|| Some(at.attachment(inventory)?.place)),
            Item::Statement(at, index) => Some(at.statement(inventory, index)?.place),
            Item::Part(at, index, part) => {
                let statement = at.statement(inventory, index)?;
                Some(match part {
                    Part::Principal(entry) => {
                        principals(statement).get(entry as usize)?.entry.place
                    }
                    Part::Action(entry) => actions(statement).get(entry as usize)?.place,
                    Part::Rest => actions(statement).first()?.place,
                    Part::Resource(entry) => resources(statement).get(entry as usize)?.place,
                    Part::Condition(entry) => conditions(statement).get(entry as usize)?.place,
                })
            }
            Item::Service(at, index, part, _) | Item::Covered(at, index, part, _) => {
                Item::Part(at, index, part).place(inventory)
            }
            Item::Problem(at) | Item::Listed(at) => Some(problem(at, inventory)?.place),
            Item::Gone(_) => None,
        }
    }
}
