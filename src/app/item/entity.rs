//! Roles, users, groups and other owners of policies, by their positions in the inventory.

use std::sync::Arc;

use crate::iam::{
    Account, Attachment, Document, Group, Identity, InlinePolicy, Inventory, ManagedPolicy,
    ResourcePolicy, Role, User,
};

use super::Section;
use super::policy::{PolicyAt, Slot};

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

/// An owner in an account.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Ord, PartialOrd)]
pub struct Entity {
    /// The account's place in the inventory.
    pub account: u32,
    /// Which of the account.
    pub owner: Owner,
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
    pub fn inline(self, inventory: &Inventory) -> &[InlinePolicy] {
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
