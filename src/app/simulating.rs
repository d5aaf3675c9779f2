//! What a person does in the simulator.

use std::sync::Arc;

use crate::iam::{Document, Place, PolicyKind};
use crate::report;
use crate::simulate::{Decision, StatementRef};

use super::beside::AwsSays;
use super::item::{Entity, Item, Owner, PolicyAt};
use super::job::{Lane, Work};
use super::overlay::Overlay;
use super::simulator::{Answered, Candidate, Field, Focus, Trouble, fill};
use super::{Command, Effect, Key, Notice, State};

impl State {
    /// Opens the simulator, filled from the selection.
    pub(super) fn simulate(&mut self, effects: &mut Vec<Effect>) {
        if let Some(item) = self.selected() {
            let before = self.simulator.query();
            self.simulator.set(fill(item, before, &self.inventory));
        }
        let simulator = &self.simulator;
        // The first field that is still empty, else the answer.
        let empty = [Field::Principal, Field::Action, Field::Resource]
            .into_iter()
            .find(|field| {
                let input = simulator.input(*field);
                input.is_some_and(super::Input::is_empty)
            });
        self.simulator.focus = empty.map_or(Focus::Answer, Focus::Field);
        self.open_simulator(effects);
    }

    /// Opens the simulator as it was left.
    pub(super) fn open_simulator(&mut self, effects: &mut Vec<Effect>) {
        self.overlays
            .retain(|overlay| !matches!(overlay, Overlay::Simulator));
        self.overlays.push(Overlay::Simulator);
        self.ask(effects);
        if matches!(self.simulator.focus, Focus::Field(_)) {
            self.complete(effects);
        }
    }

    /// Asks for the answer to the request as it now is.
    pub(super) fn ask(&mut self, effects: &mut Vec<Effect>) {
        if matches!(self.simulator.aws, AwsSays::Awaited) {
            effects.push(Effect::StopAsking);
        }
        self.simulator.aws = AwsSays::NotAsked;
        let resource = self.simulator.resource.text();
        self.simulator.policy.forget_unless(resource);
        let query = self.simulator.query();
        effects.push(self.job(Lane::Ask, Work::Ask(Box::new(query))));
    }

    /// Asks for what could complete the field that has the keyboard.
    fn complete(&mut self, effects: &mut Vec<Effect>) {
        let Focus::Field(field) = self.simulator.focus else {
            return;
        };
        let keys = match &self.simulator.answer {
            Some(Ok(answered)) => answered.keys().map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        let query = Box::new(self.simulator.query());
        effects.push(self.job(Lane::Complete, Work::Complete(field, query, keys)));
    }

    /// Shows an answer.
    pub(super) fn answered(
        &mut self,
        answer: Result<Box<Answered>, Trouble>,
        effects: &mut Vec<Effect>,
    ) {
        self.simulator.show(answer, self.ascii);
        self.settle_on_answer(effects);
    }

    /// What is done once a request is no longer typed: it is remembered, and what AWS can add to it is
    /// read.
    fn settle_on_answer(&mut self, effects: &mut Vec<Effect>) {
        if self.simulator.focus == Focus::Answer {
            self.remember_simulation();
            self.learn_policy(false, effects);
        }
    }

    /// Offers candidates for the field that has the keyboard.
    pub(super) fn offered(&mut self, field: Field, candidates: Vec<Candidate>) {
        if self.simulator.focus == Focus::Field(field) {
            self.simulator.completion.candidates = candidates;
            self.simulator.completion.cursor = None;
        }
    }

    /// Takes a key in a field; says whether it was one that edits.
    pub(super) fn type_in_simulator(&mut self, key: Key, effects: &mut Vec<Effect>) -> bool {
        let (taken, changed) = self.simulator.key(key);
        if changed {
            self.ask(effects);
            self.complete(effects);
        }
        taken
    }

    /// Takes pasted text in a field.
    pub(super) fn paste_in_simulator(&mut self, text: &str, effects: &mut Vec<Effect>) {
        if let Some(input) = self.simulator.focused_input() {
            input.insert(text.trim());
            self.simulator.typed();
            self.ask(effects);
        }
    }

    /// Carries a command out in the simulator; says whether the simulator stays open.
    pub(super) fn in_simulator(&mut self, command: Command, effects: &mut Vec<Effect>) -> bool {
        let in_field = matches!(self.simulator.focus, Focus::Field(_));
        let page = isize::try_from(self.answer_size().1.max(2) - 1).unwrap_or(10);
        if self.simulator.focus == Focus::Requests && self.in_requests(command, effects) {
            return true;
        }
        match command {
            Command::Cancel if !self.simulator.completion.candidates.is_empty() => {
                self.simulator.completion.candidates.clear();
            }
            Command::Cancel => return self.stop_asking(effects),
            Command::AskAws => self.ask_aws(effects),
            Command::FetchPolicy => self.learn_policy(true, effects),
            Command::SwitchPane | Command::SwitchPaneBack => {
                let has_requests = !self.requests.all.is_empty();
                let forward = command == Command::SwitchPane;
                self.simulator.switch(forward, has_requests);
                let text = self.simulator.focused_text();
                if text.is_some_and(|text| text.is_empty() || text.ends_with('=')) {
                    self.complete(effects);
                }
                self.settle_on_answer(effects);
            }
            Command::Up | Command::Down if in_field => {
                let forward = command == Command::Down;
                if !self.simulator.choose_candidate(forward) {
                    let has_requests = !self.requests.all.is_empty();
                    self.simulator.switch(forward, has_requests);
                    self.settle_on_answer(effects);
                }
            }
            Command::Accept if in_field => {
                if self.simulator.take_candidate() {
                    self.ask(effects);
                    // A key of the context still wants its value.
                    let text = self.simulator.focused_text();
                    if text.is_some_and(|text| text.ends_with('=')) {
                        self.complete(effects);
                        return true;
                    }
                }
                let has_requests = !self.requests.all.is_empty();
                self.simulator.switch(true, has_requests);
                self.settle_on_answer(effects);
            }
            Command::Accept => return self.go_to_statement(),
            Command::Up => self.simulator.reader.move_by(-1),
            Command::Down => self.simulator.reader.move_by(1),
            Command::PageUp | Command::HalfPageUp => self.simulator.reader.move_by(-page),
            Command::PageDown | Command::HalfPageDown => self.simulator.reader.move_by(page),
            Command::Top => self.simulator.reader.select(0),
            Command::Bottom => self.simulator.reader.select(usize::MAX),
            Command::ContextKeys => {
                let last = self.simulator.context.len().saturating_sub(1);
                let wanted = self.simulator.context.iter().position(|row| row.suggested);
                self.simulator.focus = Focus::Field(Field::Context(wanted.unwrap_or(last)));
                self.complete(effects);
            }
            Command::Layers => {
                self.overlays.push(Overlay::Simulator);
                self.layers();
                return false;
            }
            Command::AddPolicy => {
                self.overlays.push(Overlay::Simulator);
                self.policies_to_add();
                return false;
            }
            Command::SaveRequest => self.save_request(effects),
            Command::Requests if !self.requests.all.is_empty() => {
                self.simulator.completion.candidates.clear();
                self.simulator.focus = Focus::Requests;
            }
            Command::Requests => self.go_to_requests(effects),
            Command::ExportRequests => {
                self.overlays.push(Overlay::Simulator);
                self.ask_where_to_export();
                return false;
            }
            Command::WhatIfs => {
                self.overlays.push(Overlay::Simulator);
                self.list_what_ifs();
                return false;
            }
            Command::UndoWhatIf => self.undo_what_if(effects),
            Command::CopyReport | Command::Copy => {
                let page = self.simulator.reader.page();
                effects.push(Effect::Copy(report::markdown(page, 2)));
            }
            _ => {}
        }
        true
    }

    /// Gives the keyboard to a field that was clicked.
    pub(super) fn click_field(&mut self, position: usize, effects: &mut Vec<Effect>) {
        if let Some(field) = self.simulator.fields().get(position) {
            self.simulator.completion.candidates.clear();
            self.simulator.focus = Focus::Field(*field);
            self.complete(effects);
        }
    }

    /// Columns and rows of the answer.
    pub fn answer_size(&self) -> (usize, usize) {
        let (columns, rows) = self.size;
        let fields = 3
            + self
                .simulator
                .context
                .len()
                .min(super::geometry::CONTEXT_ROWS)
            + 2;
        let width = usize::from(columns).saturating_sub(4);
        let requests = super::geometry::requests_height(self);
        (
            width,
            usize::from(rows).saturating_sub(3 + fields + requests),
        )
    }

    /// Goes to the statement of the answer's line in the tree; says whether the simulator stays open.
    fn go_to_statement(&mut self) -> bool {
        let target = self
            .statement_of_line()
            .and_then(|found| self.place_of(&found, self.asked_by()));
        match target {
            Some(item) => {
                self.pane_focused = false;
                self.jump(item);
                self.notice = Some(Notice::info(match self.key_words(Command::Simulator) {
                    Some(key) => format!("{key} goes back to the simulator"),
                    None => "the simulator is as you left it".to_owned(),
                }));
                false
            }
            None => {
                self.notice = Some(Notice::info(
                    "this line is about no statement of what was loaded",
                ));
                true
            }
        }
    }

    fn statement_of_line(&self) -> Option<StatementRef> {
        let about = self.simulator.reader.about()?;
        let Some(Ok(answered)) = &self.simulator.answer else {
            return None;
        };
        statement_at(&answered.decision, about)
    }

    /// The row of a statement: at the caller where it has the policy, else where it is defined.
    pub(super) fn place_of(&self, found: &StatementRef, caller: Option<Entity>) -> Option<Item> {
        let number = u32::try_from(found.number.checked_sub(1)?).ok()?;
        match self.policy_holding(&found.document, found.kind, caller) {
            Some(at) => Some(Item::Statement(at, number)),
            None => self.index.by_place(found.place),
        }
    }

    /// The policy of a document: the caller's own, where it has it.
    pub(super) fn policy_holding(
        &self,
        document: &Arc<Document>,
        kind: PolicyKind,
        caller: Option<Entity>,
    ) -> Option<PolicyAt> {
        let own = caller.and_then(|entity| {
            let policies = entity.policies(&self.inventory).into_iter();
            let mut holding = policies.filter(|at| {
                at.document(&self.inventory)
                    .is_some_and(|own| Arc::ptr_eq(own, document))
            });
            holding.find(|at| at.kind(&self.inventory) == kind)
        });
        own.or_else(|| self.index.by_document(document))
    }

    /// The role or user that asks, where it is among what was loaded.
    fn asked_by(&self) -> Option<Entity> {
        let Some(Ok(answered)) = &self.simulator.answer else {
            return None;
        };
        answered.caller
    }

    /// A key of a command, for sentences.
    pub(super) fn key_words(&self, command: Command) -> Option<String> {
        let key = self.keymap.key_of(super::Context::Everywhere, command)?;
        Some(key.to_string())
    }
}

/// The role or user behind a caller, by its place in the inventory.
pub(super) fn entity_of(
    caller: &crate::simulate::Caller<'_>,
    inventory: &crate::iam::Inventory,
) -> Option<Entity> {
    use crate::simulate::Entity as Found;
    let own = caller.account?;
    let position = |index: usize| u32::try_from(index).ok();
    let account = inventory
        .accounts
        .iter()
        .position(|account| std::ptr::eq(account, own))?;
    let owner = match caller.entity? {
        Found::Role(role) => Owner::Role(position(
            own.roles
                .iter()
                .position(|other| std::ptr::eq(other, role))?,
        )?),
        Found::User(user) => Owner::User(position(
            own.users
                .iter()
                .position(|other| std::ptr::eq(other, user))?,
        )?),
    };
    Some(Entity {
        account: position(account)?,
        owner,
    })
}

/// The statement that a decision names and that stands at a place, or has a part there.
pub(super) fn statement_at(decision: &Decision, about: Place) -> Option<StatementRef> {
    let layers = decision.legs.iter().flat_map(|leg| &leg.layers);
    for layer in layers {
        let matched = layer.matched.iter().map(|matched| &matched.statement);
        let near = layer.near_misses.iter().map(|near| &near.statement);
        if let Some(found) = matched.chain(near).find(|found| found.place == about) {
            return Some(found.clone());
        }
        let with_part = layer
            .near_misses
            .iter()
            .find(|near| near.failed.iter().any(|part| part.place == about));
        if let Some(near) = with_part {
            return Some(near.statement.clone());
        }
    }
    None
}
