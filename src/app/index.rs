//! What can be found in an inventory: texts to search, problems, places by ARN and by document.
//! Made once per load, off the loop.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex};

use crate::analyze::GrantsCache;
use crate::iam::{Document, Inventory, Place, PolicyKind, Text};
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
            contents: HashMap::new(),
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
    ids: HashMap<Cow<'a, str>, u32>,
    pairs: Vec<(u32, Item)>,
    counts: Vec<usize>,
    // What is in each document: one that is attached in many places is read once.
    contents: HashMap<usize, Arc<Contents>>,
    index: Index,
}

/// What can be found in a document.
#[derive(Debug, Default)]
struct Contents {
    rows: usize,
    texts: Vec<(u32, Within)>,
}

/// A place within a document.
#[derive(Clone, Copy, Debug)]
struct Within {
    statement: u32,
    part: Option<Part>,
}

impl<'a> Builder<'a> {
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
        self.add(found.name.as_str(), Item::Source(account));
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
                self.add(id.as_str(), own);
            }
            if let Some(path) = &identity.friendly {
                self.add(path.as_str(), own);
            }
        }
        if !is_policy {
            self.add(entity.name(inventory), Item::Entity(entity));
        }
        for at in entity.policies(inventory) {
            self.policy(at);
        }
    }

    fn policy(&mut self, at: PolicyAt) {
        let inventory = self.inventory;
        self.add(at.name(inventory), Item::Policy(at));
        let Some(document) = at.document(inventory) else {
            return;
        };
        let address = address(document);
        let contents = match self.contents.get(&address) {
            Some(contents) => contents.clone(),
            None => {
                self.index.documents.insert(address, at);
                let account = at.entity.account as usize;
                if matches!(at.entity.owner, Owner::Resource(_)) {
                    let statements = document.statements.iter().enumerate();
                    let items = statements
                        .map(|(index, own)| (own.place, Item::Statement(at, number(index))));
                    self.index.statements.extend(items);
                }
                let problems = 0..document.problems.len();
                self.index.problems[account]
                    .extend(problems.map(|index| ProblemAt::Document(at, number(index))));
                let contents = Arc::new(self.contents_of(document));
                self.contents.insert(address, contents.clone());
                contents
            }
        };
        self.index.rows += contents.rows;
        for (id, within) in &contents.texts {
            let item = match within.part {
                Some(part) => Item::Part(at, within.statement, part),
                None => Item::Statement(at, within.statement),
            };
            self.found(*id, item);
        }
    }

    fn contents_of(&mut self, document: &'a Document) -> Contents {
        let mut contents = Contents {
            rows: document.problems.len(),
            ..Contents::default()
        };
        for (index, statement) in document.statements.iter().enumerate() {
            let mut add = |text: Cow<'a, str>, part| {
                contents.rows += 1;
                // `*` is in every policy and finds nothing.
                let is_everything = text == "*" && matches!(part, Some(Part::Resource(_)));
                if !is_everything && !text.is_empty() {
                    let statement = number(index);
                    contents
                        .texts
                        .push((self.id(text), Within { statement, part }));
                }
            };
            add(
                statement.sid.as_ref().map(Text::shown).unwrap_or_default(),
                None,
            );
            for (at, principal) in principals(statement).iter().enumerate() {
                add(
                    principal.entry.text.shown(),
                    Some(Part::Principal(number(at))),
                );
            }
            for (at, action) in actions(statement).iter().enumerate() {
                add(action.text.shown(), Some(Part::Action(number(at))));
            }
            for (at, resource) in resources(statement).iter().enumerate() {
                add(resource.text.shown(), Some(Part::Resource(number(at))));
            }
            for (at, condition) in conditions(statement).iter().enumerate() {
                let values = condition.values.iter().take(8);
                let values: Vec<_> = values.map(|value| value.text.shown()).collect();
                let text = format!(
                    "{} {} {}",
                    condition.operator_text,
                    condition.key,
                    values.join(" ")
                );
                add(text.into(), Some(Part::Condition(number(at))));
            }
        }
        contents
    }

    /// Adds a row with a text.
    fn add(&mut self, text: impl Into<Cow<'a, str>>, item: Item) {
        self.index.rows += 1;
        let text = text.into();
        if !text.is_empty() {
            let id = self.id(text);
            self.found(id, item);
        }
    }

    fn id(&mut self, text: Cow<'a, str>) -> u32 {
        let next = number(self.counts.len());
        let id = *self.ids.entry(text).or_insert(next);
        if id == next {
            self.counts.push(0);
        }
        id
    }

    fn found(&mut self, id: u32, item: Item) {
        let count = &mut self.counts[id as usize];
        *count += 1;
        if *count <= PLACES {
            self.pairs.push((id, item));
        }
    }

    fn finish(mut self) -> Index {
        let mut texts: Vec<(Cow<'a, str>, u32)> = self.ids.into_iter().collect();
        texts.sort_by_key(|(_, id)| *id);
        self.pairs.sort_by_key(|(id, _)| *id);
        let mut from = 0;
        for (text, id) in texts {
            let length = self.pairs[from..].partition_point(|(other, _)| *other == id);
            self.index.texts.push(Found {
                text: text.into_owned().into(),
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
