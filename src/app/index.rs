//! What can be found in an inventory: texts to search, problems, places by ARN and by document.
//! Made once per load, off the loop.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex};

use crate::analyze::GrantsCache;
use crate::iam::{Document, Inventory, Place, PolicyKind, Statement};
use crate::simulate::CompiledDocument;

use super::changes::Changes;
use super::item::{
    Entity, Item, Owner, Part, PolicyAt, ProblemAt, Section, actions, conditions, principals,
    resources,
};

/// A text is remembered at this many places; more are only counted.
const PLACES: usize = 200;

/// What can be found in an inventory.
#[derive(Debug, Default)]
pub struct Index {
    texts: Vec<Found>,
    items: Vec<Item>,
    problems: Vec<Vec<ProblemAt>>,
    arns: HashMap<String, Item>,
    documents: HashMap<usize, PolicyAt>,
    // Statements of resources' policies: a decision joins the policies that a source writes in parts.
    statements: HashMap<Place, Item>,
    rows: usize,
    changes: Changes,
    grants: GrantsCache,
    compiled: Mutex<HashMap<(usize, PolicyKind), Arc<CompiledDocument>>>,
}

#[derive(Debug)]
struct Found {
    text: Box<str>,
    items: Range<usize>,
}

impl Index {
    /// Nothing found yet; only what has changed is known.
    pub fn of_changes(changes: Changes) -> Self {
        Index {
            changes,
            ..Index::default()
        }
    }

    /// What is otherwise than it was loaded before.
    pub fn changes(&self) -> &Changes {
        &self.changes
    }

    /// Reads a whole inventory; gives up, with what was found so far, once it is not wanted any more.
    pub fn build(inventory: &Inventory, changes: Changes, is_wanted: impl Fn() -> bool) -> Self {
        let mut builder = Builder {
            inventory,
            ids: HashMap::new(),
            pairs: Vec::new(),
            counts: Vec::new(),
            index: Index::of_changes(changes),
        };
        for account in 0..inventory.accounts.len() {
            if !is_wanted() {
                break;
            }
            builder.account(number(account), &is_wanted);
        }
        builder.finish()
    }

    /// The texts and the items that show them.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &[Item])> {
        self.texts
            .iter()
            .map(|found| (&*found.text, &self.items[found.items.clone()]))
    }

    /// The problems of an account in the order of their sources, those of shared documents once.
    pub fn problems(&self, account: u32) -> &[ProblemAt] {
        self.problems
            .get(account as usize)
            .map_or(&[], Vec::as_slice)
    }

    /// The role, user, group or policy of an ARN.
    pub fn by_arn(&self, arn: &str) -> Option<Item> {
        self.arns.get(arn).copied()
    }

    /// The statement of a resource's policy that stands at a place.
    pub fn by_place(&self, place: Place) -> Option<Item> {
        self.statements.get(&place).copied()
    }

    /// Where a document stands; where it is defined, when it is attached in several places.
    pub fn by_document(&self, document: &Arc<Document>) -> Option<PolicyAt> {
        self.documents.get(&address(document)).copied()
    }

    /// What documents grant, remembered.
    pub fn grants(&self) -> &GrantsCache {
        &self.grants
    }

    /// A document compiled for evaluation, remembered where it is one of the inventory.
    pub fn compiled(&self, document: &Arc<Document>, kind: PolicyKind) -> Arc<CompiledDocument> {
        let compile = || Arc::new(CompiledDocument::new(document.clone(), kind));
        if !self.documents.contains_key(&address(document)) {
            return compile();
        }
        // A lock that a panic poisoned costs only the remembering.
        match self.compiled.lock() {
            Ok(mut known) => known
                .entry((address(document), kind))
                .or_insert_with(compile)
                .clone(),
            Err(_) => compile(),
        }
    }

    /// About how many rows the tree has when everything is open.
    pub fn rows(&self) -> usize {
        self.rows
    }
}

/// Documents are told apart by where they are kept; the inventory keeps them alive.
fn address(document: &Arc<Document>) -> usize {
    Arc::as_ptr(document) as usize
}

struct Builder<'a> {
    inventory: &'a Inventory,
    ids: HashMap<String, u32>,
    pairs: Vec<(u32, Item)>,
    counts: Vec<usize>,
    index: Index,
}

impl Builder<'_> {
    fn account(&mut self, account: u32, is_wanted: &impl Fn() -> bool) {
        let inventory = self.inventory;
        let Some(found) = inventory.accounts.get(account as usize) else {
            return;
        };
        self.index.problems.push(
            (0..found.problems.len())
                .map(|index| ProblemAt::Account(account, number(index)))
                .collect(),
        );
        self.add(&found.name, Item::Source(account));
        for section in Section::ALL {
            // Definitions first, so that a document attached in many places is found where it is
            // defined.
            let section = match section {
                Section::Roles => Section::Policies,
                Section::Policies => Section::Roles,
                other => other,
            };
            let owners: Vec<Owner> = match section {
                Section::Roles => owners(found.roles.len(), Owner::Role),
                Section::Users => owners(found.users.len(), Owner::User),
                Section::Groups => owners(found.groups.len(), Owner::Group),
                Section::Policies => owners(found.policies.len(), Owner::Managed),
                Section::ResourcePolicies => owners(found.resource_policies.len(), Owner::Resource),
                Section::Organisation => organisation(found),
                Section::Problems => Vec::new(),
            };
            for owner in owners {
                if !is_wanted() {
                    return;
                }
                self.entity(Entity { account, owner });
            }
        }
        let problems = &mut self.index.problems[account as usize];
        problems.sort_by_key(|problem| {
            super::item::problem(*problem, inventory).map(|problem| problem.place)
        });
    }

    fn entity(&mut self, entity: Entity) {
        let inventory = self.inventory;
        let is_policy = matches!(
            entity.owner,
            Owner::Managed(_) | Owner::Resource(_) | Owner::Scp(..) | Owner::Rcp(..)
        );
        if let Some(identity) = entity.identity(inventory) {
            let own = if is_policy {
                Item::Policy(entity.policy(super::item::Slot::Own))
            } else {
                Item::Entity(entity)
            };
            self.index
                .arns
                .entry(identity.arn.to_string())
                .or_insert(own);
            // The logical id is how a template's author knows it.
            if let Some(id) = &identity.logical_id {
                self.add(id, own);
            }
            if let Some(path) = &identity.friendly {
                self.add(path, own);
            }
        }
        if !is_policy {
            self.add(&entity.name(inventory), Item::Entity(entity));
        }
        for at in entity.policies(inventory) {
            self.policy(at);
        }
    }

    fn policy(&mut self, at: PolicyAt) {
        let inventory = self.inventory;
        self.add(&at.name(inventory), Item::Policy(at));
        let Some(document) = at.document(inventory) else {
            return;
        };
        let is_new = !self.index.documents.contains_key(&address(document));
        if is_new {
            self.index.documents.insert(address(document), at);
            let account = at.entity.account as usize;
            if matches!(at.entity.owner, Owner::Resource(_)) {
                let statements = document.statements.iter().enumerate();
                let items =
                    statements.map(|(index, own)| (own.place, Item::Statement(at, number(index))));
                self.index.statements.extend(items);
            }
            self.index.problems[account].extend(
                (0..document.problems.len()).map(|index| ProblemAt::Document(at, number(index))),
            );
        }
        self.index.rows += document.problems.len();
        for (index, statement) in document.statements.iter().enumerate() {
            self.statement(at, number(index), statement);
        }
    }

    fn statement(&mut self, at: PolicyAt, index: u32, statement: &Statement) {
        let item = Item::Statement(at, index);
        match &statement.sid {
            Some(sid) if !sid.is_empty() => self.add(&sid.to_string(), item),
            _ => self.index.rows += 1,
        }
        let part = |part: fn(u32) -> Part, entry: usize| Item::Part(at, index, part(number(entry)));
        for (entry, principal) in principals(statement).iter().enumerate() {
            self.add(
                &principal.entry.text.to_string(),
                part(Part::Principal, entry),
            );
        }
        for (entry, action) in actions(statement).iter().enumerate() {
            self.add(&action.text.to_string(), part(Part::Action, entry));
        }
        for (entry, resource) in resources(statement).iter().enumerate() {
            // `*` is in every policy and finds nothing.
            let text = resource.text.to_string();
            if text == "*" {
                self.index.rows += 1;
            } else {
                self.add(&text, part(Part::Resource, entry));
            }
        }
        for (entry, condition) in conditions(statement).iter().enumerate() {
            let values: Vec<String> = condition
                .values
                .iter()
                .take(8)
                .map(|value| value.text.to_string())
                .collect();
            let text = format!(
                "{} {} {}",
                condition.operator_text,
                condition.key,
                values.join(" ")
            );
            self.add(&text, part(Part::Condition, entry));
        }
    }

    fn add(&mut self, text: &str, item: Item) {
        self.index.rows += 1;
        if text.is_empty() {
            return;
        }
        let id = match self.ids.get(text) {
            Some(id) => *id,
            None => {
                let id = number(self.counts.len());
                self.ids.insert(text.to_owned(), id);
                self.counts.push(0);
                id
            }
        };
        let count = &mut self.counts[id as usize];
        *count += 1;
        if *count <= PLACES {
            self.pairs.push((id, item));
        }
    }

    fn finish(mut self) -> Index {
        let mut texts: Vec<(String, u32)> = self.ids.into_iter().collect();
        texts.sort_by_key(|(_, id)| *id);
        self.pairs.sort_by_key(|(id, _)| *id);
        let mut from = 0;
        for (text, id) in texts {
            let length = self.pairs[from..].partition_point(|(other, _)| *other == id);
            self.index.texts.push(Found {
                text: text.into(),
                items: from..from + length,
            });
            from += length;
        }
        self.index.items = self.pairs.into_iter().map(|(_, item)| item).collect();
        self.index
    }
}

fn owners(count: usize, owner: fn(u32) -> Owner) -> Vec<Owner> {
    (0..count).map(|index| owner(number(index))).collect()
}

pub(super) fn organisation(account: &crate::iam::Account) -> Vec<Owner> {
    let short = |index: usize| u16::try_from(index).unwrap_or(u16::MAX);
    let all = |levels: &Option<Vec<crate::iam::OrgLevel>>, owner: fn(u16, u16) -> Owner| {
        let levels = levels.iter().flatten().enumerate();
        levels
            .flat_map(|(level, found)| {
                (0..found.policies.len()).map(move |index| owner(short(level), short(index)))
            })
            .collect::<Vec<_>>()
    };
    let mut found = all(&account.organisation.scps, Owner::Scp);
    found.extend(all(&account.organisation.rcps, Owner::Rcp));
    found
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
