//! What is otherwise than it was loaded before: new, changed, gone. Found off the loop.

use std::collections::HashMap;
use std::sync::Arc;

use crate::iam::{Document, Inventory};

use super::carry::{Carrier, key, owners_of};
use super::item::{Entity, Item, Owner, PolicyAt, Slot};

/// How something has changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Change {
    /// It was not there before.
    New,
    /// It says something else.
    Changed,
    /// It is not there any more.
    Gone,
}

impl Change {
    /// Its sign, the same in ASCII.
    pub fn glyph(self) -> &'static str {
        match self {
            Change::New => "+",
            Change::Changed => "~",
            Change::Gone => "-",
        }
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Change::New => "new",
            Change::Changed => "changed",
            Change::Gone => "gone",
        }
    }
}

/// Something that is not there any more.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Gone {
    /// What it stood below.
    pub parent: Item,
    /// What it was called.
    pub name: String,
}

/// What is otherwise than before.
#[derive(Debug, Default)]
pub struct Changes {
    marks: HashMap<Item, Change>,
    notes: HashMap<Item, Vec<String>>,
    gone: Vec<Gone>,
}

impl Changes {
    /// Whether everything is as before.
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty() && self.gone.is_empty()
    }

    /// How an item has changed.
    pub fn of(&self, item: Item) -> Option<Change> {
        match item {
            Item::Gone(_) => Some(Change::Gone),
            item => self.marks.get(&item).copied(),
        }
    }

    /// In which ways an entity has changed.
    pub fn notes(&self, item: Item) -> &[String] {
        self.notes.get(&item).map_or(&[], Vec::as_slice)
    }

    /// Something that is gone, by its number.
    pub fn gone(&self, number: u32) -> Option<&Gone> {
        self.gone.get(number as usize)
    }

    /// What is gone from below an item.
    pub fn gone_below(&self, parent: Item) -> impl Iterator<Item = Item> {
        let all = self.gone.iter().zip(0..);
        all.filter(move |(gone, _)| gone.parent == parent)
            .map(|(_, number)| Item::Gone(number))
    }

    /// In a few words: `2 new, 1 changed`; empty where everything is as before.
    pub fn words(&self) -> String {
        let is_whole = |item: &Item| match item {
            Item::Entity(_) => true,
            Item::Policy(at) => at.slot == Slot::Own,
            _ => false,
        };
        let marked = |change: Change| {
            let marks = self.marks.iter();
            marks
                .filter(|(item, own)| **own == change && is_whole(item))
                .count()
        };
        let gone = self.gone.iter();
        let gone = gone.filter(|gone| matches!(gone.parent, Item::Section(..)));
        let counts = [
            (Change::New, marked(Change::New)),
            (Change::Changed, marked(Change::Changed)),
            (Change::Gone, gone.count()),
        ];
        let words = counts.into_iter().filter(|(_, count)| *count > 0);
        let words: Vec<String> = words
            .map(|(change, count)| format!("{count} {}", change.word()))
            .collect();
        words.join(", ")
    }
}

/// Compares the two inventories of a carrier.
pub(super) fn compare(carrier: &Carrier, after: &Inventory) -> Changes {
    let before = carrier.before();
    let mut comparing = Comparing {
        before,
        after,
        changes: Changes::default(),
        same: HashMap::new(),
    };
    let mut pairs: HashMap<Entity, Entity> = HashMap::new();
    for (position, account) in before.accounts.iter().enumerate() {
        let account_before = number(position);
        let Some(Item::Source(account_after)) = carrier.item(Item::Source(account_before)) else {
            continue;
        };
        for owner in owners_of(account) {
            let old = Entity {
                account: account_before,
                owner,
            };
            let now = carrier.entity(old);
            // What stands at the same place under another name is another thing.
            match now.filter(|now| key(*now, after) == key(old, before)) {
                Some(now) => {
                    pairs.insert(now, old);
                }
                None => comparing.changes.gone.push(Gone {
                    parent: Item::Section(account_after, old.section()),
                    name: old.name(before),
                }),
            }
        }
        let Some(account) = after.accounts.get(account_after as usize) else {
            continue;
        };
        for owner in owners_of(account) {
            let now = Entity {
                account: account_after,
                owner,
            };
            match pairs.get(&now) {
                Some(old) => comparing.entity(*old, now),
                None => {
                    comparing.changes.marks.insert(item_of(now), Change::New);
                }
            }
        }
    }
    comparing.changes
}

struct Comparing<'a> {
    before: &'a Inventory,
    after: &'a Inventory,
    changes: Changes,
    /// Whether two documents say the same, as one is often attached in many places.
    same: HashMap<(usize, usize), bool>,
}

impl Comparing<'_> {
    fn entity(&mut self, old: Entity, now: Entity) {
        let mut notes = self.facts(old, now);
        let policies_before = old.policies(self.before);
        let policies_now = now.policies(self.after);
        let name = |at: &PolicyAt, inventory: &Inventory| policy_words(*at, inventory);
        for at in &policies_now {
            let called = name(at, self.after);
            let earlier = policies_before
                .iter()
                .find(|other| name(other, self.before) == called);
            match earlier {
                Some(earlier) => {
                    if !self.says_the_same(*earlier, *at) {
                        self.changes
                            .marks
                            .insert(Item::Policy(*at), Change::Changed);
                        notes.push(format!("{called} says something else"));
                    }
                }
                None => {
                    self.changes.marks.insert(Item::Policy(*at), Change::New);
                    notes.push(format!("{called} is new"));
                }
            }
        }
        for at in &policies_before {
            let called = name(at, self.before);
            if !policies_now
                .iter()
                .any(|other| name(other, self.after) == called)
            {
                notes.push(format!("{called} is gone"));
                self.changes.gone.push(Gone {
                    parent: Item::Entity(now),
                    name: called,
                });
            }
        }
        if !notes.is_empty() {
            let item = item_of(now);
            self.changes.marks.insert(item, Change::Changed);
            self.changes.notes.insert(item, notes);
        }
    }

    /// What has changed beside policies. The last use is no change of the entity.
    fn facts(&self, old: Entity, now: Entity) -> Vec<String> {
        let mut notes = Vec::new();
        if let (Some(old), Some(now)) = (old.identity(self.before), now.identity(self.after)) {
            if old.tags != now.tags {
                notes.push("its tags are others".to_owned());
            }
            if old.description != now.description {
                notes.push("its description is another".to_owned());
            }
            // Not every way of reading an entity gives its id.
            if old.unique_id.is_some() && now.unique_id.is_some() && old.unique_id != now.unique_id
            {
                notes.push("it was deleted and made anew: its unique id is another".to_owned());
            }
        }
        if let (Some(old), Some(now)) = (old.role(self.before), now.role(self.after))
            && let (Some(longest), Some(longest_now)) =
                (old.max_session_duration, now.max_session_duration)
            && longest != longest_now
        {
            notes.push("its longest session is another".to_owned());
        }
        if let (Some(old), Some(now)) = (old.user(self.before), now.user(self.after))
            && old.groups != now.groups
        {
            notes.push("its groups are others".to_owned());
        }
        notes
    }

    fn says_the_same(&mut self, old: PolicyAt, now: PolicyAt) -> bool {
        let (old, now) = (old.document(self.before), now.document(self.after));
        let (old, now) = match (old, now) {
            (Some(old), Some(now)) => (old, now),
            (None, None) => return true,
            _ => return false,
        };
        if Arc::ptr_eq(old, now) {
            return true;
        }
        let address = |document: &Arc<Document>| Arc::as_ptr(document) as usize;
        *self
            .same
            .entry((address(old), address(now)))
            .or_insert_with(|| old.json() == now.json())
    }
}

/// The row of an entity, or of a policy that is one of its own.
fn item_of(entity: Entity) -> Item {
    match entity.owner {
        Owner::Role(_) | Owner::User(_) | Owner::Group(_) => Item::Entity(entity),
        _ => Item::Policy(entity.policy(Slot::Own)),
    }
}

/// What a policy is called among those of its owner: `inline policy logs`.
fn policy_words(at: PolicyAt, inventory: &Inventory) -> String {
    match at.slot {
        Slot::Own => "its text".to_owned(),
        Slot::Trust => "trust policy".to_owned(),
        Slot::Boundary => format!("boundary {}", at.name(inventory)),
        Slot::Managed(_) => format!("managed policy {}", at.name(inventory)),
        Slot::Inline(_) => format!("inline policy {}", at.name(inventory)),
    }
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
