//! Findings about statements as marks of rows: what grants nothing, what is sensitive and on
//! everything, conditions that cannot do what they say. Worked out off the loop for what is seen, and
//! from one statement to the next for who asks for the next.

use std::collections::HashMap;
use std::sync::Arc;

use crate::analyze;
use crate::iam::{Inventory, Origin, Place, Severity};

use super::children::Forest;
use super::item::{Item, PolicyAt};
use super::job::{Lane, Work};
use super::{Effect, Notice, State};

/// Something remarkable about a statement.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Remark {
    /// The statement, by its position.
    pub statement: u32,
    /// The part of it that is meant.
    pub place: Place,
    /// What it is.
    pub message: String,
}

/// What is known of documents, by where they are kept. A document that is shared is read once.
pub type Remarks = HashMap<usize, Arc<[Remark]>>;

/// Where a policy's document is kept; nothing for policies that AWS maintains: nobody but AWS can
/// mend them.
fn address(at: PolicyAt, inventory: &Inventory) -> Option<usize> {
    let attachment = at.attachment(inventory);
    if attachment.is_some_and(|attachment| attachment.origin == Origin::Aws) {
        return None;
    }
    at.document(inventory)
        .map(|document| Arc::as_ptr(document) as usize)
}

/// The remarks that are known of a policy.
pub fn known<'a>(at: PolicyAt, inventory: &Inventory, remarks: &'a Remarks) -> &'a [Remark] {
    let found = address(at, inventory).and_then(|address| remarks.get(&address));
    found.map_or(&[], |remarks| remarks)
}

/// How many of them a row has: for a policy or a statement all, for a part those that mean it.
pub fn count(item: Item, inventory: &Inventory, remarks: &Remarks) -> usize {
    let of = |at: PolicyAt| known(at, inventory, remarks).iter();
    match item {
        Item::Entity(entity) => {
            let policies = entity.policies(inventory).into_iter();
            policies.map(|at| of(at).len()).sum()
        }
        Item::Policy(at) => of(at).len(),
        Item::Statement(at, index) => of(at).filter(|own| own.statement == index).count(),
        Item::Part(at, index, _) => {
            let place = item.place(inventory);
            of(at)
                .filter(|own| own.statement == index && Some(own.place) == place)
                .count()
        }
        _ => 0,
    }
}

fn remarks_of(at: PolicyAt, inventory: &Inventory) -> Arc<[Remark]> {
    let Some(document) = at.document(inventory) else {
        return Arc::default();
    };
    let kind = at.kind(inventory);
    let statements = document.statements.iter().zip(0..);
    statements
        .flat_map(|(statement, position)| {
            let found = analyze::findings(statement, kind).into_iter();
            found
                .filter(|finding| finding.problem.severity > Severity::Note)
                .map(move |finding| Remark {
                    statement: position,
                    place: finding.problem.place,
                    message: finding.problem.message,
                })
        })
        .collect()
}

/// Reads policies; stops early once that is not wanted any more.
pub(super) fn find(
    policies: &[PolicyAt],
    inventory: &Inventory,
    is_wanted: impl Fn() -> bool,
) -> Remarks {
    let mut remarks = Remarks::new();
    for at in policies.iter().take_while(|_| is_wanted()) {
        if let Some(address) = address(*at, inventory) {
            remarks
                .entry(address)
                .or_insert_with(|| remarks_of(*at, inventory));
        }
    }
    remarks
}

/// The next statement with a remark behind a row, or before it, in the order of the tree; after the
/// last one comes the first.
pub(super) fn next(
    from: Option<Item>,
    forward: bool,
    inventory: &Inventory,
    forest: Forest<'_>,
    is_wanted: impl Fn() -> bool,
) -> Option<(Item, String)> {
    let mut policies = Vec::new();
    for root in forest.roots() {
        gather(root, forest, &mut policies);
    }
    // From the policy or the owner that is selected on, with the rest of its own statements; at last
    // the statements of it that were passed over at first.
    let home = from.and_then(|from| {
        let own = from.policy();
        let of_owner = |at: &PolicyAt| from.entity() == Some(at.entity);
        policies
            .iter()
            .position(|at| Some(*at) == own)
            .or_else(|| policies.iter().position(of_owner))
    });
    let home = home.unwrap_or(0);
    let own_policy = from.and_then(Item::policy);
    let own = from
        .and_then(Item::statement)
        .map(|(_, statement)| statement);
    let count = policies.len();
    let mut known = Remarks::new();
    for step in 0..=count {
        let position = if forward {
            (home + step) % count.max(1)
        } else {
            (home + count * 2 - step) % count.max(1)
        };
        let at = policies.get(position).filter(|_| is_wanted())?;
        let Some(address) = address(*at, inventory) else {
            continue;
        };
        let remarks = known
            .entry(address)
            .or_insert_with(|| remarks_of(*at, inventory));
        let is_home = step == 0 && own_policy == Some(*at);
        let lies_ahead = |remark: &&Remark| match (is_home, own, forward) {
            (false, ..) | (true, None, true) => true,
            (true, None, false) => false,
            (true, Some(own), true) => remark.statement > own,
            (true, Some(own), false) => remark.statement < own,
        };
        let mut ahead = remarks.iter().filter(lies_ahead);
        let found = if forward {
            ahead.next()
        } else {
            ahead.next_back()
        };
        if let Some(found) = found {
            return Some((Item::Statement(*at, found.statement), found.message.clone()));
        }
    }
    None
}

// Bounded by the depth of the tree above policies.
fn gather(item: Item, forest: Forest<'_>, out: &mut Vec<PolicyAt>) {
    match item {
        Item::Policy(at) => out.push(at),
        Item::Source(_) | Item::Section(..) | Item::Entity(_) => {
            let mut children = Vec::new();
            forest.children(item, &mut children);
            for child in children {
                gather(child, forest, out);
            }
        }
        _ => {}
    }
}

impl State {
    /// Asks for the findings of what is seen, where they are not known yet.
    pub(super) fn find_remarks(&mut self, seen: &[Item], effects: &mut Vec<Effect>) {
        let mut wanted: Vec<PolicyAt> = Vec::new();
        for item in seen {
            match item {
                Item::Entity(entity) => wanted.extend(entity.policies(&self.inventory)),
                other => wanted.extend(other.policy()),
            }
        }
        wanted.retain(|at| {
            let address = address(*at, &self.inventory);
            address.is_some_and(|address| !self.remarks.contains_key(&address))
        });
        wanted.dedup();
        if wanted.iter().any(|at| !self.remarking.contains(at)) {
            self.remarking = wanted.iter().copied().collect();
            effects.push(self.job(Lane::Remarks, Work::Remarks(wanted)));
        }
    }

    /// Takes findings.
    pub(super) fn remarks_found(&mut self, remarks: Remarks) {
        self.remarks.extend(remarks);
        self.remarking.clear();
        self.texts.clear();
    }

    /// Asks for the next statement with a finding, or the one before.
    pub(super) fn next_finding(&mut self, forward: bool, effects: &mut Vec<Effect>) {
        let from = self.selected();
        effects.push(self.job(Lane::NextFinding, Work::NextFinding(from, forward)));
    }

    /// Goes to a statement with a finding.
    pub(super) fn finding_found(&mut self, found: Option<(Item, String)>) {
        match found {
            Some((item, message)) => {
                self.pane_focused = false;
                self.jump(item);
                self.notice = Some(Notice::info(message));
            }
            None => self.notice = Some(Notice::info("nothing remarkable was found")),
        }
    }
}
