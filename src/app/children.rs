//! What stands below what in the tree.

use crate::catalog;
use crate::iam::{Document, Inventory};

use super::index::Index;
use super::item::{
    Entity, Item, Owner, Part, PolicyAt, ProblemAt, Section, Slot, actions, conditions,
    home_of_problem, principals, resources,
};
use super::reach::{Reach, leaves_some, opens};
use super::sort::Sorted;

/// The tree as the inventory has it, opened or not.
#[derive(Clone, Copy)]
pub struct Forest<'a> {
    inventory: &'a Inventory,
    index: &'a Index,
    sorted: &'a Sorted,
}

impl<'a> Forest<'a> {
    /// The tree of an inventory, in an order.
    pub fn new(inventory: &'a Inventory, index: &'a Index, sorted: &'a Sorted) -> Self {
        Forest {
            inventory,
            index,
            sorted,
        }
    }

    /// The rows that stand below nothing.
    pub fn roots(&self) -> Vec<Item> {
        let mut roots: Vec<Item> = (0..self.inventory.accounts.len())
            .map(|account| Item::Source(number(account)))
            .collect();
        if !self.inventory.problems.is_empty() {
            roots.push(Item::Unread);
        }
        roots
    }

    /// The rows below a row, in order.
    pub fn children(&self, item: Item, out: &mut Vec<Item>) {
        match item {
            Item::Source(account) => out.extend(
                Section::ALL
                    .into_iter()
                    .map(|section| (section, Item::Section(account, section)))
                    .filter(|(section, item)| {
                        section_size(self.inventory, self.index, account, *section) > 0
                            || self.index.changes().gone_below(*item).next().is_some()
                    })
                    .map(|(_, item)| item),
            ),
            Item::Unread => out.extend(
                (0..self.inventory.problems.len())
                    .map(|index| Item::Listed(ProblemAt::Inventory(number(index)))),
            ),
            Item::Section(account, section) => {
                self.section(account, section, out);
                out.extend(self.index.changes().gone_below(item));
            }
            Item::Entity(entity) => {
                out.extend(
                    entity
                        .policies(self.inventory)
                        .into_iter()
                        .map(Item::Policy),
                );
                if let Some(user) = entity.user(self.inventory) {
                    out.extend(
                        (0..user.groups.len()).map(|index| Item::Membership(entity, number(index))),
                    );
                }
                out.extend(self.index.changes().gone_below(item));
            }
            Item::Policy(at) => {
                if let Some(document) = at.document(self.inventory) {
                    out.extend(
                        (0..document.statements.len())
                            .map(|index| Item::Statement(at, number(index))),
                    );
                    problems(document, at, None, out);
                }
            }
            Item::Statement(at, index) => self.statement(at, index, out),
            Item::Part(at, statement, part) => self.reached(at, statement, part, out),
            Item::Service(at, statement, part, service) => {
                let Some(reach) = self.reach(at, statement, part) else {
                    return;
                };
                let Some(service) = catalog::index().services().get(service as usize) else {
                    return;
                };
                out.extend(
                    reach
                        .actions_of(service)
                        .map(|action| action.id().position())
                        .map(|action| Item::Covered(at, statement, part, number(action))),
                );
            }
            Item::Covered(..)
            | Item::Membership(..)
            | Item::Catalogue
            | Item::Known(_)
            | Item::Problem(_)
            | Item::Listed(_)
            | Item::Gone(_) => {}
        }
    }

    /// Whether anything stands below a row; costs no more than looking at it.
    pub fn has_children(&self, item: Item) -> bool {
        match item {
            Item::Source(_) | Item::Unread | Item::Section(..) | Item::Service(..) => true,
            Item::Entity(entity) => {
                matches!(entity.owner, Owner::Role(_))
                    || !entity.attached(self.inventory).is_empty()
                    || !entity.inline(self.inventory).is_empty()
                    || entity.boundary(self.inventory).is_some()
                    || entity
                        .user(self.inventory)
                        .is_some_and(|user| !user.groups.is_empty())
                    || self.index.changes().gone_below(item).next().is_some()
            }
            Item::Policy(at) => at.document(self.inventory).is_some_and(|document| {
                !document.statements.is_empty() || !document.problems.is_empty()
            }),
            Item::Statement(at, index) => {
                at.statement(self.inventory, index)
                    .is_some_and(|statement| {
                        statement.action.is_some()
                            || statement.resource.is_some()
                            || statement.principal.is_some()
                            || !statement.conditions.is_empty()
                            || statement.unreadable
                    })
            }
            Item::Part(at, index, part) => at
                .statement(self.inventory, index)
                .is_some_and(|statement| opens(statement, part)),
            Item::Covered(..)
            | Item::Membership(..)
            | Item::Catalogue
            | Item::Known(_)
            | Item::Problem(_)
            | Item::Listed(_)
            | Item::Gone(_) => false,
        }
    }

    /// The row above a row.
    pub fn parent(&self, item: Item) -> Option<Item> {
        if let Item::Gone(number) = item {
            return Some(self.index.changes().gone(number)?.parent);
        }
        if let Item::Covered(at, statement, part, action) = item
            && self
                .reach(at, statement, part)
                .is_some_and(|reach| reach.spans_services())
        {
            let catalog = catalog::index();
            let action = catalog.actions().get(action as usize)?;
            let services = catalog.services();
            let service = services
                .binary_search_by(|service| service.prefix().cmp(action.service().prefix()))
                .ok()?;
            return Some(Item::Service(at, statement, part, number(service)));
        }
        item.parent(self.inventory)
    }

    fn section(&self, account: u32, section: Section, out: &mut Vec<Item>) {
        let entity = |owner: Owner| Entity { account, owner };
        let own = |owner: Owner| Item::Policy(entity(owner).policy(Slot::Own));
        let is_policy = matches!(section, Section::Policies | Section::ResourcePolicies);
        if let Some(owners) = self.sorted.of(account, section) {
            let row = |owner: &Owner| match is_policy {
                true => own(*owner),
                false => Item::Entity(entity(*owner)),
            };
            out.extend(owners.iter().map(row));
            return;
        }
        let count = number(section_size(self.inventory, self.index, account, section));
        match section {
            Section::Roles => out.extend((0..count).map(|i| Item::Entity(entity(Owner::Role(i))))),
            Section::Users => out.extend((0..count).map(|i| Item::Entity(entity(Owner::User(i))))),
            Section::Groups => {
                out.extend((0..count).map(|i| Item::Entity(entity(Owner::Group(i)))));
            }
            Section::Policies => out.extend((0..count).map(|i| own(Owner::Managed(i)))),
            Section::ResourcePolicies => out.extend((0..count).map(|i| own(Owner::Resource(i)))),
            Section::Organisation => {
                let Some(found) = self.inventory.accounts.get(account as usize) else {
                    return;
                };
                let short = |index: usize| u16::try_from(index).unwrap_or(u16::MAX);
                for (level, policies) in found.organisation.scps.iter().flatten().enumerate() {
                    out.extend(
                        (0..policies.policies.len())
                            .map(|index| own(Owner::Scp(short(level), short(index)))),
                    );
                }
                for (level, policies) in found.organisation.rcps.iter().flatten().enumerate() {
                    out.extend(
                        (0..policies.policies.len())
                            .map(|index| own(Owner::Rcp(short(level), short(index)))),
                    );
                }
            }
            Section::Problems => {
                let listed = self.index.problems(account).iter();
                out.extend(listed.map(|problem| Item::Listed(*problem)));
            }
        }
    }

    fn statement(&self, at: PolicyAt, index: u32, out: &mut Vec<Item>) {
        let Some(document) = at.document(self.inventory) else {
            return;
        };
        let Some(statement) = document.statements.get(index as usize) else {
            return;
        };
        let mut parts = |count: usize, part: fn(u32) -> Part| {
            out.extend((0..count).map(|entry| Item::Part(at, index, part(number(entry)))));
        };
        parts(principals(statement).len(), Part::Principal);
        parts(actions(statement).len(), Part::Action);
        parts(usize::from(leaves_some(statement)), |_| Part::Rest);
        parts(resources(statement).len(), Part::Resource);
        parts(conditions(statement).len(), Part::Condition);
        problems(document, at, Some(index), out);
    }

    // What spans services opens to these, else to actions.
    fn reached(&self, at: PolicyAt, statement: u32, part: Part, out: &mut Vec<Item>) {
        let Some(reach) = self.reach(at, statement, part) else {
            return;
        };
        if reach.spans_services() {
            let services = catalog::index().services().iter().enumerate();
            out.extend(
                services
                    .filter(|(_, service)| reach.actions_of(service).next().is_some())
                    .map(|(service, _)| Item::Service(at, statement, part, number(service))),
            );
        } else {
            out.extend(
                reach
                    .actions()
                    .map(|action| action.id().position())
                    .map(|action| Item::Covered(at, statement, part, number(action))),
            );
        }
    }

    fn reach(&self, at: PolicyAt, statement: u32, part: Part) -> Option<Reach> {
        Reach::of(at.statement(self.inventory, statement)?, part)
    }
}

/// How many things a section has.
pub fn section_size(inventory: &Inventory, index: &Index, account: u32, section: Section) -> usize {
    let Some(found) = inventory.accounts.get(account as usize) else {
        return 0;
    };
    match section {
        Section::Roles => found.roles.len(),
        Section::Users => found.users.len(),
        Section::Groups => found.groups.len(),
        Section::Policies => found.policies.len(),
        Section::ResourcePolicies => found.resource_policies.len(),
        Section::Organisation => {
            let organisation = &found.organisation;
            let levels = organisation.scps.iter().chain(&organisation.rcps).flatten();
            levels.map(|level| level.policies.len()).sum()
        }
        Section::Problems => index.problems(account).len(),
    }
}

fn problems(document: &Document, at: PolicyAt, home: Option<u32>, out: &mut Vec<Item>) {
    out.extend(
        (0..document.problems.len())
            .filter(|index| home_of_problem(document, *index) == home)
            .map(|index| Item::Problem(ProblemAt::Document(at, number(index)))),
    );
}

// Inventories of more than four thousand million of anything do not fit into memory.
fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
