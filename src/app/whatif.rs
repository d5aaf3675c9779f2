//! What if a policy said something else: edited, listed, taken back, exported. Policies beside those
//! that were loaded.

use std::sync::Arc;

use crate::iam::{Inventory, PolicyKind, SourceId, parse_document_text};
use crate::report::policy_text;

use super::action::Purpose;
use super::item::{Item, PolicyAt};
use super::job::{Lane, Work};
use super::overlay::{Overlay, Prompt, PromptKind};
use super::picker::{Choice, Entry, Picker, PickerKind};
use super::simulator::Extra;
use super::supposed::{Suppositions, describe};
use super::{Command, Effect, Input, Notice, State};

/// A text that was sent to an editor or asked of a file, and what it is for.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// What a policy would say instead.
    Instead(PolicyAt),
    /// A policy for the simulator, of a kind, and the level at which it stands where it is a control
    /// policy.
    Extra(PolicyKind, Option<String>),
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
        let text = match self.suppositions.of(document) {
            Some(own) => own.text.clone(),
            None => policy_text(document),
        };
        let purpose = self.want_text(Wanted::Instead(at));
        effects.push(Effect::EditText {
            purpose,
            text,
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
            Purpose::Policy(number) => {
                let number = usize::try_from(*number).unwrap_or(usize::MAX);
                match self.texts_wanted.get(number).cloned() {
                    Some(Wanted::Instead(at)) => self.suppose(at, &text, effects),
                    Some(Wanted::Extra(kind, level)) => {
                        self.add_extra(kind, level, &text, effects);
                    }
                    None => {}
                }
            }
        }
    }

    fn suppose(&mut self, at: PolicyAt, text: &str, effects: &mut Vec<Effect>) {
        match self.suppositions.with(at, text, &self.inventory) {
            Err(error) => self.refuse(&error),
            Ok(None) => self.notice = Some(Notice::info("nothing was changed")),
            Ok(Some(supposed)) => effects.push(self.job(Lane::Suppose, Work::Suppose(supposed))),
        }
    }

    fn refuse(&mut self, error: &crate::iam::JsonError) {
        let place = error.place;
        self.notice = Some(Notice::failure(format!(
            "not a policy: line {}, column {}: {error}",
            place.line, place.column
        )));
    }

    /// Takes the inventory with what is supposed; where other sources were loaded, with how many
    /// changes to them were lost.
    pub(super) fn supposed(
        &mut self,
        inventory: Arc<Inventory>,
        supposed: Suppositions,
        lost: Option<usize>,
        effects: &mut Vec<Effect>,
    ) {
        let is_more = supposed.len() > self.suppositions.len();
        self.suppositions = supposed;
        let held = self.live.held.take_if(|_| self.suppositions.is_empty());
        self.adopt(held.unwrap_or(inventory), effects);
        self.notice = match (lost, is_more) {
            (Some(0), _) => None,
            (Some(lost), _) => {
                let count = crate::explain::count(lost, "what-if");
                let words = format!("{count} dropped: their policies are not there any more");
                Some(Notice::failure(words))
            }
            (None, false) if self.suppositions.is_empty() => {
                Some(Notice::info("taken back: everything is as it was loaded"))
            }
            (None, false) => Some(Notice::info("taken back")),
            (None, true) => {
                let keys = [
                    (Command::UndoWhatIf, "takes it back"),
                    (Command::WhatIfs, "lists what is supposed"),
                ];
                let keys = keys.into_iter().filter_map(|(command, does)| {
                    let key = self.key_words(command)?;
                    Some(format!("; {key} {does}"))
                });
                let keys: String = keys.collect();
                Some(Notice::info(format!(
                    "supposed, not written anywhere{keys}"
                )))
            }
        };
    }

    /// Takes the last supposition back.
    pub(super) fn undo_what_if(&mut self, effects: &mut Vec<Effect>) {
        match self.suppositions.len().checked_sub(1) {
            Some(last) => self.undo_one(last, effects),
            None => self.notice = Some(Notice::info("nothing is supposed")),
        }
    }

    /// Takes one supposition back.
    pub(super) fn undo_one(&mut self, position: usize, effects: &mut Vec<Effect>) {
        let supposed = self.suppositions.without(position);
        effects.push(self.job(Lane::Suppose, Work::Suppose(supposed)));
    }

    /// Lists what is supposed: to go to, to take back, to export.
    pub(super) fn list_what_ifs(&mut self) {
        if self.suppositions.is_empty() {
            let key = self.key_words(Command::WhatIf);
            let key = key.map(|key| format!(": {key} edits the selected policy"));
            self.notice = Some(Notice::info(format!(
                "nothing is supposed{}",
                key.unwrap_or_default()
            )));
            return;
        }
        let mut entries = Vec::new();
        for (position, own) in self.suppositions.all().iter().enumerate() {
            let changed = crate::explain::count(own.changed.len(), "statement");
            let kept = if own.exported { ", exported" } else { "" };
            let name = crate::explain::escape(&own.name).into_owned();
            entries.push(Entry::heading(name.clone()));
            let choices = [
                ("go to it", Choice::GoTo(Item::Policy(own.at))),
                ("take it back", Choice::UndoWhatIf(position)),
                ("write it to a file", Choice::ExportPolicy(own.at)),
            ];
            entries.extend(choices.into_iter().map(|(does, choice)| {
                Entry::new(does, format!("{name}: {changed} changed{kept}"), choice)
            }));
        }
        let picker = Picker::new(PickerKind::WhatIfs, "What is supposed", entries);
        self.overlays.push(Overlay::Picker(picker));
    }

    /// Asks for the file to write the selected policy to.
    pub(super) fn export_selected(&mut self) {
        match self.selected().and_then(Item::policy) {
            Some(at) => self.ask_where_to_write(at),
            None => self.notice = Some(Notice::info("select a policy or a statement to export")),
        }
    }

    /// Asks for the file to write a policy to.
    pub(super) fn ask_where_to_write(&mut self, at: PolicyAt) {
        if at.document(&self.inventory).is_none() {
            self.notice = Some(Notice::info("this policy was not loaded"));
            return;
        }
        let name = describe(at, &self.inventory);
        let mut file: String = name
            .chars()
            .map(|letter| {
                let is_kept = letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
                if is_kept { letter } else { '-' }
            })
            .collect();
        file.push_str(".json");
        self.overlays.push(Overlay::Prompt(Prompt {
            kind: PromptKind::ExportPolicy(at),
            title: format!("Export {}", crate::explain::escape(&name)),
            hint: "a new file, for the policy's JSON".to_owned(),
            input: Input::new(file.trim_matches('-').to_owned()),
        }));
    }

    /// Writes a policy to a file.
    pub(super) fn export_policy(&mut self, at: PolicyAt, path: &str, effects: &mut Vec<Effect>) {
        let path = path.trim();
        let Some(document) = at.document(&self.inventory).filter(|_| !path.is_empty()) else {
            return;
        };
        let text = match self.suppositions.of(document) {
            Some(own) => own.text.clone(),
            None => policy_text(document),
        };
        effects.push(Effect::WriteFile {
            path: path.into(),
            text,
            what: describe(at, &self.inventory),
        });
        self.suppositions.mark_exported(at);
    }

    /// Adds a policy to what the simulator evaluates.
    pub(super) fn add_extra(
        &mut self,
        kind: PolicyKind,
        level: Option<String>,
        text: &str,
        effects: &mut Vec<Effect>,
    ) {
        // A source that nothing that was loaded has, nor ever will.
        let extras = &self.simulator.extras;
        let taken = extras.iter().map(|own| own.document.place.source.0);
        let source = SourceId(taken.min().unwrap_or(u32::MAX) - 1);
        match parse_document_text(text, source, kind) {
            Err(error) => self.refuse(&error),
            Ok(document) => {
                let same = extras.iter().filter(|own| own.kind == kind);
                let name = match same.count() {
                    0 if kind != PolicyKind::Session => kind.name().to_owned(),
                    number => format!("{}/{}", kind.name(), number + 1),
                };
                let wrong = document.problems.len();
                let mut words = format!("{} added", kind.words());
                if let Some(level) = &level {
                    words.push_str(&format!(" at {level}"));
                }
                if wrong > 0 {
                    let problems = crate::explain::count(wrong, "problem");
                    words.push_str(&format!("; {problems} in it"));
                }
                self.simulator.extras.push(Extra {
                    kind,
                    name,
                    level,
                    document: Arc::new(document),
                });
                self.notice = Some(Notice::info(words));
                self.ask(effects);
            }
        }
    }
}
