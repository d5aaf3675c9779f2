//! What if a policy said something else: the inventory as loaded, with some documents replaced. Nothing
//! is written anywhere.

use std::collections::HashSet;
use std::sync::Arc;

use crate::iam::{
    Attachment, Document, Inventory, PolicyKind, Source, SourceId, SourceKind, parse_document_text,
};

use super::action::Purpose;
use super::item::{Owner, PolicyAt, Slot};
use super::job::{Lane, Work};
use super::simulator::Extra;
use super::{Effect, Notice, State};

/// A text that was sent to an editor or asked of a file, and what it is for.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// What a policy would say instead.
    Instead(PolicyAt),
    /// A policy for the simulator, of a kind.
    Extra(PolicyKind),
}

/// What is supposed, and how it was before.
#[derive(Debug, Default)]
pub struct Suppositions {
    before: Vec<Arc<Inventory>>,
    documents: HashSet<usize>,
}

impl Suppositions {
    /// How many changes are supposed.
    pub fn len(&self) -> usize {
        self.before.len()
    }

    /// Whether nothing is supposed.
    pub fn is_empty(&self) -> bool {
        self.before.is_empty()
    }

    /// Whether a document is a supposed one.
    pub fn has(&self, document: &Arc<Document>) -> bool {
        self.documents.contains(&(Arc::as_ptr(document) as usize))
    }

    /// Forgets everything: something else was loaded.
    pub fn clear(&mut self) {
        *self = Suppositions::default();
    }
}

impl State {
    /// Opens the selected policy in an editor.
    pub(super) fn what_if(&mut self, effects: &mut Vec<Effect>) {
        let found = self.selected().and_then(|item| item.policy());
        let document = found.and_then(|at| at.document(&self.inventory));
        let (Some(at), Some(document)) = (found, document) else {
            self.notice = Some(Notice::info("select a policy or a statement to change"));
            return;
        };
        let text = serde_json::to_string_pretty(&document.json()).unwrap_or_default();
        let purpose = self.want_text(Wanted::Instead(at));
        effects.push(Effect::EditText {
            purpose,
            text: format!("{text}\n"),
            extension: "json",
        });
    }

    /// Remembers what a text will be for.
    pub(super) fn want_text(&mut self, wanted: Wanted) -> Purpose {
        self.texts_wanted.push(wanted);
        Purpose::Policy(self.texts_wanted.len() as u64 - 1)
    }

    /// Takes a text that was edited or read.
    pub(super) fn text_read(
        &mut self,
        purpose: &Purpose,
        result: Result<String, String>,
        effects: &mut Vec<Effect>,
    ) {
        let text = match result {
            Ok(text) => text,
            Err(words) => {
                self.notice = Some(Notice::failure(words));
                return;
            }
        };
        match purpose {
            Purpose::Denial => self.read_denial(text, effects),
            Purpose::Policy(number) => {
                let number = usize::try_from(*number).unwrap_or(usize::MAX);
                match self.texts_wanted.get(number).cloned() {
                    Some(Wanted::Instead(at)) => self.suppose(at, &text, effects),
                    Some(Wanted::Extra(kind)) => self.add_extra(kind, &text, effects),
                    None => {}
                }
            }
        }
    }

    fn suppose(&mut self, at: PolicyAt, text: &str, effects: &mut Vec<Effect>) {
        let next = SourceId(u32::try_from(self.inventory.sources.len()).unwrap_or(u32::MAX));
        match parse_document_text(text, next, at.kind(&self.inventory)) {
            Err(error) => self.refuse(&error),
            Ok(document) => {
                let before = at.document(&self.inventory);
                if before.is_some_and(|before| before.json() == document.json()) {
                    self.notice = Some(Notice::info("nothing was changed"));
                    return;
                }
                let work = Work::Suppose(at, Arc::new(document));
                effects.push(self.job(Lane::Suppose, work));
            }
        }
    }

    fn refuse(&mut self, error: &crate::iam::JsonError) {
        let place = error.place;
        self.notice = Some(Notice::failure(format!(
            "not a policy: line {}, column {}: {error}",
            place.line, place.column
        )));
    }

    /// Takes the inventory with a supposed document.
    pub(super) fn supposed(
        &mut self,
        inventory: Arc<Inventory>,
        document: &Arc<Document>,
        effects: &mut Vec<Effect>,
    ) {
        self.suppositions.before.push(self.inventory.clone());
        self.suppositions
            .documents
            .insert(Arc::as_ptr(document) as usize);
        self.adopt(inventory, effects);
        let undo = self.key_words(super::Command::UndoWhatIf);
        self.notice = Some(Notice::info(match undo {
            Some(key) => format!("supposed, not written anywhere; {key} takes it back"),
            None => "supposed, not written anywhere".to_owned(),
        }));
    }

    /// Takes the last supposition back.
    pub(super) fn undo_what_if(&mut self, effects: &mut Vec<Effect>) {
        match self.suppositions.before.pop() {
            Some(before) => {
                let held = self.live.held.take_if(|_| self.suppositions.is_empty());
                self.adopt(held.unwrap_or(before), effects);
                self.notice = Some(Notice::info("taken back"));
            }
            None => self.notice = Some(Notice::info("nothing is supposed")),
        }
    }

    /// Adds a policy to what the simulator evaluates.
    pub(super) fn add_extra(&mut self, kind: PolicyKind, text: &str, effects: &mut Vec<Effect>) {
        let next = SourceId(u32::try_from(self.inventory.sources.len()).unwrap_or(u32::MAX));
        match parse_document_text(text, next, kind) {
            Err(error) => self.refuse(&error),
            Ok(document) => {
                let same = self.simulator.extras.iter().filter(|own| own.kind == kind);
                let name = match same.count() {
                    0 if kind != PolicyKind::Session => kind.name().to_owned(),
                    number => format!("{}/{}", kind.name(), number + 1),
                };
                let wrong = document.problems.len();
                self.simulator.extras.push(Extra {
                    kind,
                    name,
                    document: Arc::new(document),
                });
                self.notice = Some(Notice::info(match wrong {
                    0 => format!("{} added", kind.words()),
                    _ => format!(
                        "{} added; {} in it",
                        kind.words(),
                        crate::explain::count(wrong, "problem")
                    ),
                }));
                self.ask(effects);
            }
        }
    }
}

/// The inventory with a document in place of a policy's own, wherever that is attached.
pub(super) fn suppose(inventory: &Inventory, at: PolicyAt, document: &Arc<Document>) -> Inventory {
    let mut new = inventory.clone();
    new.sources.push(Source {
        path: format!("what if {}", at.name(inventory)),
        kind: SourceKind::Policy,
    });
    if let Some(before) = at.document(inventory) {
        replace(&mut new, before, document);
    } else if let Some(attachment) = attachment(&mut new, at) {
        attachment.document = Some(document.clone());
    }
    new
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
