//! Carrying what is open, selected and remembered over to another inventory, in which the same things
//! stand at other positions. Done off the loop, as it looks at every entity.

use std::collections::HashMap;
use std::sync::Arc;

use crate::iam::{Account, Inventory};

use super::children::Forest;
use super::index::Index;
use super::item::{Entity, Item, Owner, PolicyAt, ProblemAt, Slot};
use super::sort::Sorted;
use super::tree::{Openness, Row, visible_rows};

/// So deep a new tree is open: to the entities, as the first question is which roles there are.
const FIRST_LEVEL: u8 = 2;

/// An inventory with the rows of its tree, open where the tree before was open.
#[derive(Debug)]
pub(super) struct Carried {
    pub inventory: Arc<Inventory>,
    pub rows: Vec<Row>,
    pub open: Openness,
    /// How often the tree before had been opened and closed when this was asked for.
    pub edits: u64,
    pub carrier: Carrier,
}

/// Makes the tree of an inventory that takes the place of another.
pub(super) fn carry(
    before: Arc<Inventory>,
    after: Arc<Inventory>,
    open: &Openness,
    edits: u64,
) -> Carried {
    let carrier = Carrier::new(before, after.clone());
    let open = if carrier.is_related() {
        open.translated(|item| carrier.item(item))
    } else {
        Openness::to_level(FIRST_LEVEL)
    };
    let (index, sorted) = (Index::default(), Sorted::default());
    let rows = visible_rows(Forest::new(&after, &index, &sorted), &open);
    Carried {
        inventory: after,
        rows,
        open,
        edits,
        carrier,
    }
}

/// Finds the things of one inventory in another.
#[derive(Debug)]
pub(super) struct Carrier {
    before: Arc<Inventory>,
    after: Arc<Inventory>,
    accounts: Vec<Option<u32>>,
    owners: HashMap<(u32, String), Owner>,
    /// Whether both have as many of everything, so that what has another name now is at its place.
    same_shape: bool,
}

impl Carrier {
    pub fn new(before: Arc<Inventory>, after: Arc<Inventory>) -> Self {
        let count = before.accounts.len();
        let accounts = (0..count)
            .map(|position| account_in(&before, position, &after))
            .collect();
        let mut owners = HashMap::new();
        for (position, account) in after.accounts.iter().enumerate() {
            let position = number(position);
            for owner in owners_of(account) {
                let entity = Entity {
                    account: position,
                    owner,
                };
                owners
                    .entry((position, key(entity, &after)))
                    .or_insert(owner);
            }
        }
        Carrier {
            same_shape: shape(&before) == shape(&after),
            before,
            after,
            accounts,
            owners,
        }
    }

    /// Whether anything of the inventory before may be in the one after.
    pub fn is_related(&self) -> bool {
        self.same_shape || self.accounts.iter().any(Option::is_some)
    }

    /// The inventory before, to compare with or to drop elsewhere.
    pub fn before(&self) -> &Arc<Inventory> {
        &self.before
    }

    /// Where an item stands now.
    pub fn item(&self, item: Item) -> Option<Item> {
        Some(match item {
            Item::Source(account) => Item::Source(self.account(account)?),
            Item::Section(account, section) => Item::Section(self.account(account)?, section),
            Item::Unread => Item::Unread,
            Item::Catalogue => Item::Catalogue,
            Item::Known(action) => Item::Known(action),
            Item::Entity(entity) => Item::Entity(self.entity(entity)?),
            Item::Membership(entity, index) => {
                let groups = &entity.user(&self.before)?.groups;
                let group = groups.get(index as usize)?;
                let entity = self.entity(entity)?;
                let groups = &entity.user(&self.after)?.groups;
                let found = groups.iter().position(|other| other == group)?;
                Item::Membership(entity, number(found))
            }
            Item::Policy(at) => Item::Policy(self.policy(at)?),
            Item::Statement(at, statement) => Item::Statement(self.policy(at)?, statement),
            Item::Part(at, statement, part) => Item::Part(self.policy(at)?, statement, part),
            Item::Service(at, statement, part, service) => {
                Item::Service(self.policy(at)?, statement, part, service)
            }
            Item::Covered(at, statement, part, action) => {
                Item::Covered(self.policy(at)?, statement, part, action)
            }
            Item::Problem(problem) => Item::Problem(self.problem(problem)?),
            Item::Listed(problem) => Item::Listed(self.problem(problem)?),
            Item::Gone(_) => return None,
        })
    }

    fn account(&self, account: u32) -> Option<u32> {
        let found = *self.accounts.get(account as usize)?;
        found.or_else(|| self.same_shape.then_some(account))
    }

    /// Where an entity stands now.
    pub fn entity(&self, entity: Entity) -> Option<Entity> {
        let account = self.account(entity.account)?;
        let found = self.owners.get(&(account, key(entity, &self.before)));
        let owner = found.copied();
        let owner = owner.or_else(|| self.same_shape.then_some(entity.owner))?;
        Some(Entity { account, owner })
    }

    /// The same policy.
    pub fn policy(&self, at: PolicyAt) -> Option<PolicyAt> {
        let entity = self.entity(at.entity)?;
        let slot = match at.slot {
            Slot::Managed(index) => {
                let arn = &at
                    .entity
                    .attached(&self.before)
                    .get(usize::from(index))?
                    .arn;
                let mut now = entity.attached(&self.after).iter();
                match now.position(|other| other.arn == *arn) {
                    Some(position) => Slot::Managed(short(position)),
                    None if self.same_shape => at.slot,
                    None => return None,
                }
            }
            Slot::Inline(index) => {
                let name = &at.entity.inline(&self.before).get(usize::from(index))?.name;
                let mut now = entity.inline(&self.after).iter();
                match now.position(|other| other.name == *name) {
                    Some(position) => Slot::Inline(short(position)),
                    None if self.same_shape => at.slot,
                    None => return None,
                }
            }
            other => other,
        };
        Some(PolicyAt { entity, slot })
    }

    fn problem(&self, problem: ProblemAt) -> Option<ProblemAt> {
        Some(match problem {
            ProblemAt::Inventory(index) => {
                let message = &self.before.problems.get(index as usize)?.message;
                let mut now = self.after.problems.iter();
                ProblemAt::Inventory(number(now.position(|other| other.message == *message)?))
            }
            ProblemAt::Account(account, index) => {
                let before = self.before.accounts.get(account as usize)?;
                let message = &before.problems.get(index as usize)?.message;
                let account = self.account(account)?;
                let mut now = self.after.accounts.get(account as usize)?.problems.iter();
                let found = now.position(|other| other.message == *message)?;
                ProblemAt::Account(account, number(found))
            }
            ProblemAt::Document(at, index) => ProblemAt::Document(self.policy(at)?, index),
        })
    }
}

/// The same account in another inventory: by name and id, by an id that is known, or at its place.
fn account_in(before: &Inventory, position: usize, after: &Inventory) -> Option<u32> {
    let account = before.accounts.get(position)?;
    let mut all = after.accounts.iter();
    let same = all.position(|other| other.name == account.name && other.id == account.id);
    let by_id = || {
        let mut all = after.accounts.iter();
        let known = !account.id.assumed;
        known.then(|| all.position(|other| other.id == account.id))?
    };
    let by_name = || {
        let mut all = after.accounts.iter();
        all.position(|other| other.name == account.name)
    };
    same.or_else(by_id).or_else(by_name).map(number)
}

/// What tells an owner from others of its account.
pub(super) fn key(entity: Entity, inventory: &Inventory) -> String {
    let kind = entity.section().title();
    if let Some(identity) = entity.identity(inventory) {
        let logical = identity.logical_id.as_deref().unwrap_or_default();
        return format!("{kind}\0{}\0{logical}", identity.arn);
    }
    if let Some(policy) = entity.resource(inventory) {
        let logical = policy.logical_id.as_deref().unwrap_or_default();
        return format!("{kind}\0{}\0{}\0{logical}", policy.resource, policy.kind);
    }
    let is_rcp = matches!(entity.owner, Owner::Rcp(..));
    match entity.organisation(inventory) {
        Some((level, name, _)) => format!("{kind}\0{is_rcp}\0{level}\0{name}"),
        None => kind.to_owned(),
    }
}

/// Everything of an account that has policies, or is one.
pub(super) fn owners_of(account: &Account) -> Vec<Owner> {
    let mut owners = Vec::new();
    let mut add = |count: usize, owner: fn(u32) -> Owner| {
        owners.extend((0..count).map(|index| owner(number(index))));
    };
    add(account.roles.len(), Owner::Role);
    add(account.users.len(), Owner::User);
    add(account.groups.len(), Owner::Group);
    add(account.policies.len(), Owner::Managed);
    add(account.resource_policies.len(), Owner::Resource);
    owners.extend(super::index::organisation(account));
    owners
}

/// How many of everything there is: things of inventories of one shape stand at the same places.
fn shape(inventory: &Inventory) -> Vec<[usize; 5]> {
    let accounts = inventory.accounts.iter();
    accounts
        .map(|account| {
            [
                account.roles.len(),
                account.users.len(),
                account.groups.len(),
                account.policies.len(),
                account.resource_policies.len(),
            ]
        })
        .collect()
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

fn short(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}
