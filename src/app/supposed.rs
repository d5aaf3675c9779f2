//! What is supposed to be otherwise than it was loaded: documents that stand in place of others.
//! Nothing is written anywhere unless it is exported.

use std::collections::HashSet;
use std::sync::Arc;

use crate::iam::{Attachment, Document, Inventory, JsonError, Source, SourceId, SourceKind};
use crate::report::{policy_json, read_policy};

use super::item::{Item, Owner, PolicyAt, Slot};
use super::rows::{label, reference_name};

/// One change: what a policy would say instead.
#[derive(Clone, Debug)]
pub struct Supposition {
    /// Where the policy stands.
    pub at: PolicyAt,
    /// The policy, and whose it is, in words.
    pub name: String,
    /// What it says instead, as it was typed.
    pub text: String,
    /// The same, read.
    pub document: Arc<Document>,
    /// The statements that are not as they were loaded, by their positions.
    pub changed: HashSet<u32>,
    /// Whether it was exported, so that it is not lost on leaving.
    pub exported: bool,
}

/// The statements of a document as JSON.
fn statements(document: &Document) -> Vec<serde_json::Value> {
    match policy_json(document).get("Statement") {
        Some(serde_json::Value::Array(all)) => all.clone(),
        Some(one) => vec![one.clone()],
        None => Vec::new(),
    }
}

/// A policy and whose it is, in words.
pub fn describe(at: PolicyAt, inventory: &Inventory) -> String {
    let owner = label(at.entity, inventory);
    match at.slot {
        Slot::Own => owner,
        Slot::Trust => format!("trust policy of {owner}"),
        Slot::Boundary | Slot::Managed(_) | Slot::Inline(_) => {
            format!("{} of {owner}", reference_name(&at.name(inventory)))
        }
    }
}

/// What is supposed, in order, and what was loaded.
#[derive(Clone, Debug, Default)]
pub struct Suppositions {
    loaded: Option<Arc<Inventory>>,
    all: Vec<Supposition>,
    /// The name of every change there ever was: each is a source of its own, whose number stays.
    sources: Vec<String>,
}

impl Suppositions {
    /// Every change, the first one first.
    pub fn all(&self) -> &[Supposition] {
        &self.all
    }

    /// How many changes are supposed.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether nothing is supposed.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// How many sources of the inventory are changes, the last ones of all.
    pub fn sources(&self) -> usize {
        self.sources.len()
    }

    /// How many changes would be lost.
    pub fn unsaved(&self) -> usize {
        self.all.iter().filter(|own| !own.exported).count()
    }

    /// The change that a document is, where it is one.
    pub fn of(&self, document: &Arc<Document>) -> Option<&Supposition> {
        let mut all = self.all.iter();
        all.find(|own| Arc::ptr_eq(&own.document, document))
    }

    /// Whether what a row stands for is, or stands in, something that is supposed.
    pub fn touches(&self, item: Item, inventory: &Inventory) -> bool {
        let own = item.policy().and_then(|at| at.document(inventory));
        let own = own.and_then(|document| self.of(document));
        match (own, item.statement()) {
            (Some(own), Some((_, statement))) => own.changed.contains(&statement),
            (own, _) => own.is_some(),
        }
    }

    /// These changes and one more: what a policy of an inventory would say instead. Nothing where it
    /// would say the same.
    ///
    /// # Errors
    /// Text that is not JSON.
    pub fn with(
        &self,
        at: PolicyAt,
        text: &str,
        inventory: &Arc<Inventory>,
    ) -> Result<Option<Self>, JsonError> {
        let mut new = self.clone();
        let loaded = new.loaded.get_or_insert_with(|| inventory.clone());
        let number = loaded.sources.len() + new.sources.len();
        let source = SourceId(u32::try_from(number).unwrap_or(u32::MAX));
        let before = at.document(inventory);
        // References of the policy mean what they meant before.
        let loaded = at.document(loaded).or(before);
        let references = loaded.map_or(source, |document| document.place.source);
        let document = read_policy(text, source, references, at.kind(inventory))?;
        let (old, own) = (before.map(|own| statements(own)), statements(&document));
        if old.as_ref() == Some(&own)
            && before.is_some_and(|before| before.version == document.version)
        {
            return Ok(None);
        }
        let old = loaded.map(|own| statements(own)).unwrap_or_default();
        let changed = own.iter().zip(0..);
        let changed = changed.filter(|(statement, _)| !old.contains(statement));
        let name = describe(at, inventory);
        new.sources.push(name.clone());
        new.all.push(Supposition {
            at,
            name,
            text: text.to_owned(),
            document: Arc::new(document),
            changed: changed.map(|(_, position)| position).collect(),
            exported: false,
        });
        Ok(Some(new))
    }

    /// These changes without one of them.
    pub fn without(&self, position: usize) -> Self {
        let mut new = self.clone();
        if position < new.all.len() {
            new.all.remove(position);
        }
        new
    }

    /// The same changes to what was loaded anew, of the policies that are found there.
    pub fn on(
        &self,
        inventory: &Arc<Inventory>,
        find: impl Fn(PolicyAt) -> Option<PolicyAt>,
    ) -> Self {
        let mut new = Suppositions::default();
        for own in &self.all {
            let at = find(own.at).filter(|at| at.document(inventory).is_some());
            // What was read before can be read again.
            let next = at.and_then(|at| new.with(at, &own.text, inventory).ok().flatten());
            if let Some(mut next) = next {
                if let Some(last) = next.all.last_mut() {
                    last.exported = own.exported;
                }
                new = next;
            }
        }
        new
    }

    /// Remembers that a change was exported.
    pub fn mark_exported(&mut self, at: PolicyAt) {
        for own in self.all.iter_mut().filter(|own| own.at == at) {
            own.exported = true;
        }
    }

    /// What was loaded, with every change.
    pub(super) fn apply(&self) -> Option<Arc<Inventory>> {
        let loaded = self.loaded.as_ref()?;
        if self.all.is_empty() {
            return Some(loaded.clone());
        }
        let mut new = Inventory::clone(loaded);
        new.sources.extend(self.sources.iter().map(|name| Source {
            path: format!("what if {name}"),
            kind: SourceKind::Policy,
        }));
        for own in &self.all {
            match own.at.document(&new).cloned() {
                Some(before) => replace(&mut new, &before, &own.document),
                None => {
                    if let Some(attachment) = attachment(&mut new, own.at) {
                        attachment.document = Some(own.document.clone());
                    }
                }
            }
        }
        Some(Arc::new(new))
    }
}

fn attachment(inventory: &mut Inventory, at: PolicyAt) -> Option<&mut Attachment> {
    let account = inventory.accounts.get_mut(at.entity.account as usize)?;
    let (managed, boundary) = match at.entity.owner {
        Owner::Role(index) => {
            let role = account.roles.get_mut(index as usize)?;
            (&mut role.managed, role.boundary.as_mut())
        }
        Owner::User(index) => {
            let user = account.users.get_mut(index as usize)?;
            (&mut user.managed, user.boundary.as_mut())
        }
        Owner::Group(index) => (&mut account.groups.get_mut(index as usize)?.managed, None),
        _ => return None,
    };
    match at.slot {
        Slot::Boundary => boundary,
        Slot::Managed(index) => managed.get_mut(usize::from(index)),
        Slot::Own | Slot::Trust | Slot::Inline(_) => None,
    }
}

fn replace(inventory: &mut Inventory, before: &Arc<Document>, after: &Arc<Document>) {
    let change = |document: &mut Arc<Document>| {
        if Arc::ptr_eq(document, before) {
            *document = after.clone();
        }
    };
    let change_attached = |attached: &mut Attachment| {
        if let Some(document) = &mut attached.document {
            change(document);
        }
    };
    for account in &mut inventory.accounts {
        for role in &mut account.roles {
            role.trust.iter_mut().for_each(change);
            role.boundary.iter_mut().for_each(change_attached);
            role.managed.iter_mut().for_each(change_attached);
            role.inline
                .iter_mut()
                .for_each(|own| change(&mut own.document));
        }
        for user in &mut account.users {
            user.boundary.iter_mut().for_each(change_attached);
            user.managed.iter_mut().for_each(change_attached);
            user.inline
                .iter_mut()
                .for_each(|own| change(&mut own.document));
        }
        for group in &mut account.groups {
            group.managed.iter_mut().for_each(change_attached);
            group
                .inline
                .iter_mut()
                .for_each(|own| change(&mut own.document));
        }
        for policy in &mut account.policies {
            policy.document.iter_mut().for_each(change);
        }
        for policy in &mut account.resource_policies {
            change(&mut policy.document);
        }
        let organisation = &mut account.organisation;
        let levels = organisation.scps.iter_mut().chain(&mut organisation.rcps);
        for level in levels.flatten() {
            level.policies.iter_mut().for_each(|(_, own)| change(own));
        }
    }
}
