//! What a row of the tree stands for, by positions in the inventory.

use std::sync::Arc;

use crate::iam::{
    Account, Attachment, Condition, Document, Entry, Group, Identity, Inventory, ManagedPolicy,
    Place, PolicyKind, PrincipalEntry, Problem, ResourcePolicy, Role, Statement, User,
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

/// Something that has policies, or is one.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Ord, PartialOrd)]
pub enum Owner {
    /// A role.
    Role(u32),
    /// A user.
    User(u32),
    /// A group.
    Group(u32),
    /// A managed policy of the source.
    Managed(u32),
    /// A resource's policy.
    Resource(u32),
    /// A service control policy, by level and place in it.
    Scp(u16, u16),
    /// A resource control policy, by level and place in it.
    Rcp(u16, u16),
}

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

/// An owner in an account.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Ord, PartialOrd)]
pub struct Entity {
    /// The account's place in the inventory.
    pub account: u32,
    /// Which of the account.
    pub owner: Owner,
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
    /// A service among the actions that a pattern covers: policy, statement, entry, service.
    Service(PolicyAt, u32, u32, u32),
    /// An action that a pattern covers: policy, statement, entry, action.
    Covered(PolicyAt, u32, u32, u32),
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
            Item::Service(at, statement, entry, _) => {
                Some(Item::Part(at, statement, Part::Action(entry)))
            }
            // The service between an action and its pattern is known to the expansion alone.
            Item::Covered(at, statement, entry, _) => {
                Some(Item::Part(at, statement, Part::Action(entry)))
            }
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
}

impl Entity {
    /// The section that lists it.
    pub fn section(self) -> Section {
        match self.owner {
            Owner::Role(_) => Section::Roles,
            Owner::User(_) => Section::Users,
            Owner::Group(_) => Section::Groups,
            Owner::Managed(_) => Section::Policies,
            Owner::Resource(_) => Section::ResourcePolicies,
            Owner::Scp(..) | Owner::Rcp(..) => Section::Organisation,
        }
    }

    /// One of its policies.
    pub fn policy(self, slot: Slot) -> PolicyAt {
        PolicyAt { entity: self, slot }
    }

    fn account(self, inventory: &Inventory) -> Option<&Account> {
        inventory.accounts.get(self.account as usize)
    }

    /// The role, where it is one.
    pub fn role(self, inventory: &Inventory) -> Option<&Role> {
        match self.owner {
            Owner::Role(index) => self.account(inventory)?.roles.get(index as usize),
            _ => None,
        }
    }

    /// The user, where it is one.
    pub fn user(self, inventory: &Inventory) -> Option<&User> {
        match self.owner {
            Owner::User(index) => self.account(inventory)?.users.get(index as usize),
            _ => None,
        }
    }

    /// The group, where it is one.
    pub fn group(self, inventory: &Inventory) -> Option<&Group> {
        match self.owner {
            Owner::Group(index) => self.account(inventory)?.groups.get(index as usize),
            _ => None,
        }
    }

    /// The managed policy, where it is one.
    pub fn managed(self, inventory: &Inventory) -> Option<&ManagedPolicy> {
        match self.owner {
            Owner::Managed(index) => self.account(inventory)?.policies.get(index as usize),
            _ => None,
        }
    }

    /// The resource's policy, where it is one.
    pub fn resource(self, inventory: &Inventory) -> Option<&ResourcePolicy> {
        match self.owner {
            Owner::Resource(index) => self
                .account(inventory)?
                .resource_policies
                .get(index as usize),
            _ => None,
        }
    }

    /// The policy of the organisation, where it is one: its level, its name, its document.
    pub fn organisation(self, inventory: &Inventory) -> Option<(&str, &str, &Arc<Document>)> {
        let organisation = &self.account(inventory)?.organisation;
        let (levels, level, index) = match self.owner {
            Owner::Scp(level, index) => (organisation.scps.as_ref()?, level, index),
            Owner::Rcp(level, index) => (organisation.rcps.as_ref()?, level, index),
            _ => return None,
        };
        let level = levels.get(usize::from(level))?;
        let (name, document) = level.policies.get(usize::from(index))?;
        Some((&level.name, name, document))
    }

    /// Its name, ARN and place, for those that have them.
    pub fn identity(self, inventory: &Inventory) -> Option<&Identity> {
        match self.owner {
            Owner::Role(_) => self.role(inventory).map(|role| &role.identity),
            Owner::User(_) => self.user(inventory).map(|user| &user.identity),
            Owner::Group(_) => self.group(inventory).map(|group| &group.identity),
            Owner::Managed(_) => self.managed(inventory).map(|policy| &policy.identity),
            Owner::Resource(_) | Owner::Scp(..) | Owner::Rcp(..) => None,
        }
    }

    /// The managed policies attached to it.
    pub fn attached(self, inventory: &Inventory) -> &[Attachment] {
        match self.owner {
            Owner::Role(_) => self.role(inventory).map(|role| &role.managed[..]),
            Owner::User(_) => self.user(inventory).map(|user| &user.managed[..]),
            Owner::Group(_) => self.group(inventory).map(|group| &group.managed[..]),
            _ => None,
        }
        .unwrap_or_default()
    }

    /// Its inline policies.
    pub fn inline(self, inventory: &Inventory) -> &[crate::iam::InlinePolicy] {
        match self.owner {
            Owner::Role(_) => self.role(inventory).map(|role| &role.inline[..]),
            Owner::User(_) => self.user(inventory).map(|user| &user.inline[..]),
            Owner::Group(_) => self.group(inventory).map(|group| &group.inline[..]),
            _ => None,
        }
        .unwrap_or_default()
    }

    /// Its permissions boundary.
    pub fn boundary(self, inventory: &Inventory) -> Option<&Attachment> {
        match self.owner {
            Owner::Role(_) => self.role(inventory)?.boundary.as_ref(),
            Owner::User(_) => self.user(inventory)?.boundary.as_ref(),
            _ => None,
        }
    }

    /// Its policies in the order of the tree.
    pub fn policies(self, inventory: &Inventory) -> Vec<PolicyAt> {
        let number = |index: usize| u16::try_from(index).unwrap_or(u16::MAX);
        let mut slots = Vec::new();
        match self.owner {
            Owner::Role(_) => slots.push(Slot::Trust),
            Owner::User(_) | Owner::Group(_) => {}
            Owner::Managed(_) | Owner::Resource(_) | Owner::Scp(..) | Owner::Rcp(..) => {
                slots.push(Slot::Own);
            }
        }
        if self.boundary(inventory).is_some() {
            slots.push(Slot::Boundary);
        }
        slots.extend((0..self.attached(inventory).len()).map(|index| Slot::Managed(number(index))));
        slots.extend((0..self.inline(inventory).len()).map(|index| Slot::Inline(number(index))));
        slots.into_iter().map(|slot| self.policy(slot)).collect()
    }
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

impl Entity {
    /// Its name for reading.
    pub fn name(self, inventory: &Inventory) -> String {
        match self.owner {
            Owner::Resource(_) => self
                .resource(inventory)
                .map(|own| own.resource.to_string())
                .unwrap_or_default(),
            Owner::Scp(..) | Owner::Rcp(..) => self
                .organisation(inventory)
                .map(|own| own.1.to_owned())
                .unwrap_or_default(),
            _ => self
                .identity(inventory)
                .map(|identity| identity.name.to_string())
                .unwrap_or_default(),
        }
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

impl Item {
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
                    Part::Resource(entry) => resources(statement).get(entry as usize)?.place,
                    Part::Condition(entry) => conditions(statement).get(entry as usize)?.place,
                })
            }
            Item::Service(at, index, entry, _) | Item::Covered(at, index, entry, _) => {
                Item::Part(at, index, Part::Action(entry)).place(inventory)
            }
            Item::Problem(at) | Item::Listed(at) => Some(problem(at, inventory)?.place),
            Item::Gone(_) => None,
        }
    }
}
