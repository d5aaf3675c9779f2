//! The order of roles, users, groups and policies in the tree. Made off the loop where it takes more
//! than comparing names.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::analyze::{self, Held};
use crate::iam::Inventory;

use super::facts::Facts;
use super::findings::{self, Remarks};
use super::index::Index;
use super::item::{Entity, Item, Owner, Section};
use super::job::{Lane, Work};
use super::rows::label;
use super::{Effect, State};

/// What the tree is ordered by.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Order {
    /// As the source has them.
    #[default]
    AsLoaded,
    /// By name.
    Name,
    /// By how many actions they may use, or grant: the most first.
    Actions,
    /// By problems and findings: the most first.
    Findings,
}

impl Order {
    /// The order that comes after it.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Order::AsLoaded => Order::Name,
            Order::Name => Order::Actions,
            Order::Actions => Order::Findings,
            Order::Findings => Order::AsLoaded,
        }
    }

    /// What it is called.
    pub fn words(self) -> &'static str {
        match self {
            Order::AsLoaded => "as loaded",
            Order::Name => "by name",
            Order::Actions => "most actions first",
            Order::Findings => "most findings first",
        }
    }

    // Names are compared within a frame; actions and findings are read from every policy.
    fn is_quick(self) -> bool {
        matches!(self, Order::AsLoaded | Order::Name)
    }
}

/// The sections that have an order.
const SECTIONS: [Section; 5] = [
    Section::Roles,
    Section::Users,
    Section::Groups,
    Section::Policies,
    Section::ResourcePolicies,
];

/// The entities of each section in an order.
#[derive(Debug, Default)]
pub struct Sorted {
    order: Order,
    sections: HashMap<(u32, Section), Vec<Owner>>,
}

impl Sorted {
    /// Sorts an inventory; gives up, with what was sorted so far, once it is not wanted any more.
    pub(super) fn new(
        order: Order,
        inventory: &Inventory,
        index: &Index,
        is_wanted: impl Fn() -> bool,
    ) -> Self {
        let mut sorted = Sorted {
            order,
            sections: HashMap::new(),
        };
        if order == Order::AsLoaded {
            return sorted;
        }
        for account in 0..u32::try_from(inventory.accounts.len()).unwrap_or(u32::MAX) {
            for section in SECTIONS {
                let mut keyed = Vec::new();
                for owner in owners(account, section, inventory) {
                    if !is_wanted() {
                        return sorted;
                    }
                    let entity = Entity { account, owner };
                    let name = label(entity, inventory).to_lowercase();
                    keyed.push((
                        Reverse(weight(order, entity, inventory, index)),
                        name,
                        owner,
                    ));
                }
                keyed.sort();
                let owners = keyed.into_iter().map(|(.., owner)| owner).collect();
                sorted.sections.insert((account, section), owners);
            }
        }
        sorted
    }

    /// What it is ordered by.
    pub fn order(&self) -> Order {
        self.order
    }

    /// The entities of a section in order, where it is not that of the source.
    pub fn of(&self, account: u32, section: Section) -> Option<&[Owner]> {
        self.sections.get(&(account, section)).map(Vec::as_slice)
    }
}

fn owners(account: u32, section: Section, inventory: &Inventory) -> Vec<Owner> {
    let Some(account) = inventory.accounts.get(account as usize) else {
        return Vec::new();
    };
    let (count, owner): (usize, fn(u32) -> Owner) = match section {
        Section::Roles => (account.roles.len(), Owner::Role),
        Section::Users => (account.users.len(), Owner::User),
        Section::Groups => (account.groups.len(), Owner::Group),
        Section::Policies => (account.policies.len(), Owner::Managed),
        Section::ResourcePolicies => (account.resource_policies.len(), Owner::Resource),
        Section::Organisation | Section::Problems => return Vec::new(),
    };
    (0..u32::try_from(count).unwrap_or(u32::MAX))
        .map(owner)
        .collect()
}

/// What comes first has more of it.
fn weight(order: Order, entity: Entity, inventory: &Inventory, index: &Index) -> usize {
    match order {
        Order::AsLoaded | Order::Name => 0,
        Order::Actions => actions(entity, inventory, index),
        Order::Findings => findings(entity, inventory),
    }
}

fn actions(entity: Entity, inventory: &Inventory, index: &Index) -> usize {
    let grants = index.grants();
    let account = inventory.accounts.get(entity.account as usize);
    if let Some(role) = entity.role(inventory) {
        analyze::role_action_count(role, grants)
    } else if let (Some(user), Some(account)) = (entity.user(inventory), account) {
        analyze::user_capability(user, account, grants)
            .actions
            .len()
    } else if let Some(group) = entity.group(inventory) {
        let policies = analyze::policies_of_group(group);
        analyze::capability(&policies, None, grants).actions.len()
    } else {
        let policies = entity.policies(inventory).into_iter().map(|at| Held {
            name: String::new(),
            document: at.document(inventory).cloned(),
            via: None,
        });
        let policies: Vec<Held> = policies.collect();
        analyze::capability(&policies, None, grants).actions.len()
    }
}

// The number that stands in its row.
fn findings(entity: Entity, inventory: &Inventory) -> usize {
    let policies = entity.policies(inventory);
    let remarks: Remarks = findings::find(&policies, inventory, || true);
    let documents = policies.iter().filter_map(|at| at.document(inventory));
    let problems: usize = documents.map(|document| Facts::of(document).problems).sum();
    let own: usize = policies
        .iter()
        .map(|at| findings::count(Item::Policy(*at), inventory, &remarks))
        .sum();
    problems + own
}

impl State {
    /// Orders the tree by the next thing that it can be ordered by.
    pub(super) fn sort_by_next(&mut self, effects: &mut Vec<Effect>) {
        self.order = self.order.next();
        let words = self.order.words();
        self.notice = Some(super::Notice::info(format!(
            "roles, users, groups and policies: {words}"
        )));
        self.refresh_rows(effects);
    }

    /// Makes the rows of the tree anew, in the order that is wanted.
    pub(super) fn refresh_rows(&mut self, effects: &mut Vec<Effect>) {
        let tree = self.whole_tree();
        let work = Work::Rows(tree.openness().clone(), Some(tree.edits()));
        if self.order.is_quick() {
            self.soon(Lane::Rows, work, effects);
        } else {
            effects.push(self.job(Lane::Rows, work));
        }
    }
}
