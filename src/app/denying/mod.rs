//! An AccessDenied message, pasted: who AWS saw, what we find, what would allow it.

mod leave;
mod list;

use std::sync::Arc;

use crate::analyze::Edit;
use crate::denial::{self, Denial, Trail};
use crate::explain::{self, Page};
use crate::iam::{Document, Inventory};
use crate::report;
use crate::simulate::{KeyValue, Request};

use super::item::{Entity, Item};
use super::job::{Lane, Ticket, Work};
use super::overlay::Overlay;
use super::reader::Reader;
use super::simulator::{Focus, Query};
use super::{Command, Effect, Input, Notice, Settings, State};

/// So many denials are remembered for a report.
const REMEMBERED: usize = 100;

/// The answer to a denial.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What there is to say.
    pub answer: explain::Answer,
    /// The same in words.
    pub page: Page,
    /// The same as Markdown, for a ticket.
    pub markdown: String,
    /// The role or user that AWS saw, where it is among what was loaded.
    pub caller: Option<Entity>,
}

/// What was pasted, and the answer to it.
#[derive(Debug, Default)]
pub struct Denials {
    /// What is typed, where it is not pasted.
    pub input: Input,
    /// What was read: the distinct denials.
    pub trail: Arc<Trail>,
    /// Which of them is answered.
    pub chosen: usize,
    /// What is awaited, in a few words.
    pub waiting: Option<String>,
    /// The answer.
    pub answer: Option<Box<Answer>>,
    /// The answer in words.
    pub reader: Reader,
    /// Those whose answers were shown, for a report.
    pub looked_at: Vec<Denial>,
    /// The file that is being read.
    reading: Option<Ticket>,
    /// What was asked last: to be answered anew when other policies are there.
    asked: Option<Asked>,
    /// The encoded message that a live account was asked about.
    decoding: Option<String>,
    /// The settings before templates were filled for a denial, and with it.
    filled: Option<(Settings, Settings)>,
}

/// What to answer.
#[derive(Clone, Debug)]
pub(super) enum Asked {
    /// What a text says; of several denials the list is wanted first.
    Text(Arc<str>),
    /// One of those that were read.
    Known(Arc<Trail>, usize),
}

/// What was read from a text, and the answer to one of it.
#[derive(Debug)]
pub(super) struct Read {
    pub trail: Arc<Trail>,
    pub chosen: usize,
    pub answer: Option<Box<Answer>>,
}

/// Reads a text, or goes on with what was read, and answers one denial.
pub(super) fn read(asked: Asked, inventory: &Inventory, wanted: &dyn Fn() -> bool) -> Read {
    let (trail, chosen) = match asked {
        Asked::Text(text) => {
            let trail = list::read(&text, wanted);
            let only = trail.groups.len() == 1;
            (Arc::new(trail), only.then_some(0))
        }
        Asked::Known(trail, chosen) => (trail, Some(chosen)),
    };
    let denial = chosen.and_then(|at| trail.groups.get(at));
    let answer = denial.map(|group| Box::new(answer_to(&group.sample, inventory)));
    Read {
        trail,
        chosen: chosen.unwrap_or_default(),
        answer,
    }
}

fn answer_to(denial: &Denial, inventory: &Inventory) -> Answer {
    let answer = explain::answer(denial, inventory);
    Answer {
        page: explain::answer_page(&answer, inventory),
        markdown: report::answer_markdown(&answer, inventory),
        caller: caller(denial, inventory),
        answer,
    }
}

fn caller(denial: &Denial, inventory: &Inventory) -> Option<Entity> {
    match denial::find(denial, inventory) {
        denial::Found::Caller(seen) => super::simulating::entity_of(&seen.caller, inventory),
        _ => None,
    }
}

impl Denials {
    /// Remembers a denial whose answer is shown, once.
    fn remember(&mut self, shown: &Denial) {
        if !self.looked_at.contains(shown) {
            self.looked_at.push(shown.clone());
            if self.looked_at.len() > REMEMBERED {
                self.looked_at.remove(0);
            }
        }
    }

    /// Whether a message is typed or awaited to be pasted, rather than an answer read.
    pub(super) fn asks(&self) -> bool {
        self.answer.is_none() && self.waiting.is_none()
    }
}

impl State {
    /// Asks for a message.
    pub(super) fn paste_denial(&mut self) {
        self.forget_denial();
        self.denials.input = Input::default();
        self.show_denials();
    }

    /// Nothing is awaited or answered any more.
    fn forget_denial(&mut self) {
        self.forget(Lane::Denial);
        let denials = &mut self.denials;
        denials.answer = None;
        denials.trail = Arc::default();
        denials.waiting = None;
        denials.reading = None;
        denials.asked = None;
        self.forget(Lane::Events);
    }

    fn show_denials(&mut self) {
        let is_other = |overlay: &Overlay| !matches!(overlay, Overlay::Denial);
        self.overlays.retain(is_other);
        self.overlays.push(Overlay::Denial);
    }

    /// Reads a message that was pasted or typed, or the file that it names.
    pub(super) fn read_denial(&mut self, text: &str, effects: &mut Vec<Effect>) {
        self.forget_denial();
        self.show_denials();
        if let Some(path) = list::path_in(text) {
            return self.read_events(path, effects);
        }
        self.denials.waiting = Some("reading it".to_owned());
        self.ask_for_denial(Asked::Text(text.into()), effects);
    }

    fn ask_for_denial(&mut self, asked: Asked, effects: &mut Vec<Effect>) {
        self.denials.asked = Some(asked.clone());
        effects.push(self.job(Lane::Denial, Work::Denial(asked)));
    }

    /// Answers another of the denials that were read.
    pub(super) fn answer_denial(&mut self, chosen: usize, effects: &mut Vec<Effect>) {
        self.show_denials();
        self.denials.waiting = Some("evaluating it".to_owned());
        let known = Asked::Known(self.denials.trail.clone(), chosen);
        self.ask_for_denial(known, effects);
    }

    /// Takes what was read and answered.
    pub(super) fn denial_answered(&mut self, read: Read, effects: &mut Vec<Effect>) {
        self.denials.waiting = None;
        self.denials.trail = read.trail;
        self.denials.chosen = read.chosen;
        match read.answer {
            Some(answer) => {
                if self.fill_for(&answer.answer, effects) {
                    return;
                }
                let denials = &mut self.denials;
                // Answered anew, it is read on where it was.
                let before = denials.answer.as_ref();
                let same = before.is_some_and(|own| own.answer.denial == answer.answer.denial);
                let line = denials.reader.cursor();
                denials.reader.show(answer.page.clone(), self.ascii);
                denials.reader.select(if same { line } else { 0 });
                denials.remember(&answer.answer.denial);
                denials.answer = Some(answer);
                self.decode(effects);
            }
            None if self.denials.trail.groups.is_empty() => {
                let words = match self.denials.trail.read.events {
                    0 => {
                        "no AccessDenied message, CloudTrail event or decoded message was found in it"
                    }
                    _ => "none of its events was denied",
                };
                self.notice = Some(Notice::failure(words));
            }
            None => self.list_denials(),
        }
    }

    /// Fills templates with the account and region of a denial, where nothing else was given: their
    /// names are then those of the message. Says whether the sources are read again for it.
    fn fill_for(&mut self, answer: &explain::Answer, effects: &mut Vec<Effect>) -> bool {
        let stranger = matches!(answer.found, explain::Finding::Missing(_));
        let home = denial::home(&answer.denial, stranger);
        // What was filled for an earlier denial was nobody's choice.
        let given = match &self.denials.filled {
            Some((before, with)) if *with == self.settings => before.clone(),
            _ => self.settings.clone(),
        };
        let accounts = &self.inventory.accounts;
        let open = |is_open: fn(&crate::iam::Account) -> bool| {
            given != self.settings || accounts.iter().any(is_open)
        };
        let mut wanted = given.clone();
        if open(|own| own.id.assumed) {
            wanted.account = wanted.account.or(home.account);
        }
        if open(|own| own.region.assumed) {
            wanted.region = wanted.region.or(home.region);
        }
        if open(|own| own.partition.assumed) {
            wanted.partition = wanted.partition.or(home.partition);
        }
        let fits = |given: &Option<String>, own: fn(&crate::iam::Account) -> &str| {
            let given = given.as_deref();
            given.is_none_or(|given| accounts.iter().any(|account| own(account) == given))
        };
        let as_it_is = fits(&wanted.account, |own| &own.id.value)
            && fits(&wanted.region, |own| &own.region.value)
            && fits(&wanted.partition, |own| &own.partition.value);
        if as_it_is || wanted == self.settings {
            return false;
        }
        let named = [&wanted.account, &wanted.region, &wanted.partition];
        let named: Vec<&str> = named.into_iter().flatten().map(String::as_str).collect();
        let words = format!("filling the template for {}", named.join(", "));
        self.denials.waiting = Some(words);
        self.denials.filled = Some((given, wanted.clone()));
        self.settings = wanted;
        effects.push(self.load());
        true
    }

    /// Answers anew, or goes on, where other policies are there now.
    pub(super) fn answer_again(&mut self, effects: &mut Vec<Effect>) {
        let mut overlays = self.overlays.iter();
        let is_open = overlays.any(|overlay| matches!(overlay, Overlay::Denial));
        let awaits = self.denials.waiting.is_some() || self.denials.answer.is_some();
        if let Some(asked) = self.denials.asked.clone().filter(|_| is_open && awaits) {
            effects.push(self.job(Lane::Denial, Work::Denial(asked)));
        }
    }

    /// Carries a command out in the answer; says whether it stays open.
    pub(super) fn in_denial(&mut self, command: Command, effects: &mut Vec<Effect>) -> bool {
        let page = isize::try_from(self.size.1.saturating_sub(6).max(1)).unwrap_or(10);
        let reader = &mut self.denials.reader;
        match command {
            Command::Cancel => return self.back_to_list(),
            Command::Accept if self.denials.answer.is_none() => {
                let text = self.denials.input.text().trim().to_owned();
                if !text.is_empty() {
                    self.read_denial(&text, effects);
                }
            }
            Command::Accept => return self.go_from_denial(effects),
            Command::Up => reader.move_by(-1),
            Command::Down => reader.move_by(1),
            Command::PageUp | Command::HalfPageUp => reader.move_by(-page),
            Command::PageDown | Command::HalfPageDown => reader.move_by(page),
            Command::Top => reader.select(0),
            Command::Bottom => reader.select(usize::MAX),
            Command::CopyReport | Command::Copy => {
                if let Some(answer) = &self.denials.answer {
                    effects.push(Effect::Copy(answer.markdown.clone()));
                }
            }
            Command::CopyMenu => self.what_to_copy(),
            Command::WriteReport => self.where_to_write(),
            Command::NextMatch => self.answer_neighbour(1, effects),
            Command::PreviousMatch => self.answer_neighbour(-1, effects),
            Command::PasteDenial => self.paste_denial(),
            Command::Simulate | Command::Simulator => {
                self.simulate_denial(effects);
            }
            _ => {}
        }
        true
    }

    fn go_from_denial(&mut self, effects: &mut Vec<Effect>) -> bool {
        let about = self.denials.reader.about();
        let link = self.denials.reader.link().cloned();
        let Some(answer) = &self.denials.answer else {
            return true;
        };
        let decision = answer.answer.evaluated.as_ref().map(|own| &own.decision);
        let found = decision
            .zip(about)
            .and_then(|(decision, about)| super::simulating::statement_at(decision, about));
        let target = found.and_then(|found| self.place_of(&found, answer.caller));
        match (target, link) {
            (Some(item), _) => {
                self.pane_focused = false;
                self.jump(item);
                false
            }
            (None, Some(link)) => {
                let stays = matches!(link, explain::Link::Url(_));
                self.follow_link("", link, effects);
                stays
            }
            (None, None) => self.go_to_proposal(effects),
        }
    }

    /// Goes to where the first proposal makes its change: the statement that is missing is missing
    /// there. Says whether the answer stays open.
    fn go_to_proposal(&mut self, effects: &mut Vec<Effect>) -> bool {
        let answer = self.denials.answer.as_ref();
        let first = answer.and_then(|own| own.answer.proposals.list.first());
        let edits = first.map_or(&[][..], |proposal| &proposal.edits);
        let there = edits.iter().find(|edit| edit.place.is_known());
        let Some(edit) = there else {
            self.notice = Some(Notice::info(
                "this line is about no statement of what was loaded",
            ));
            return true;
        };
        match self.item_of(edit) {
            Some(item) => {
                self.pane_focused = false;
                self.jump(item);
                false
            }
            None => {
                let link = explain::Link::Place(edit.place);
                self.follow_link("", link, effects);
                true
            }
        }
    }

    /// The policy or statement that a change is made in.
    fn item_of(&self, edit: &Edit) -> Option<Item> {
        let answer = self.denials.answer.as_ref()?;
        let policies = &answer.answer.evaluated.as_ref()?.policies;
        let named = policies.identity.iter();
        let mut documents = named
            .chain(&policies.boundary)
            .chain(&policies.resource)
            .filter(|policy| policy.name == edit.policy)
            .filter_map(|policy| policy.document.as_ref());
        let position = |document: &Document| {
            let mut statements = document.statements.iter();
            statements.position(|own| own.place == edit.place)
        };
        let document = documents.find(|own| own.place == edit.place || position(own).is_some())?;
        let at = self.policy_holding(document, edit.kind, answer.caller)?;
        Some(match position(document) {
            Some(number) => Item::Statement(at, u32::try_from(number).ok()?),
            None => Item::Policy(at),
        })
    }

    /// Has the encoded part of a message decoded by a live account, once.
    fn decode(&mut self, effects: &mut Vec<Effect>) {
        let Some(own) = &self.denials.answer else {
            return;
        };
        let denial = &own.answer.denial;
        let asked = self.denials.decoding == denial.encoded;
        if let Some(encoded) = denial.encoded.clone()
            && !asked
            && !self.live.sessions.is_empty()
        {
            self.denials.decoding = Some(encoded.clone());
            effects.push(Effect::Decode {
                encoded,
                account: denial::home(denial, false).account,
            });
        }
    }

    /// Takes what a live account says of an encoded message.
    pub(super) fn decoded(
        &mut self,
        encoded: &str,
        result: Result<String, String>,
        effects: &mut Vec<Effect>,
    ) {
        let Some(own) = &self.denials.answer else {
            return;
        };
        if own.answer.denial.encoded.as_deref() != Some(encoded) {
            return;
        }
        match result {
            Ok(text) => {
                let mut trail = Trail::clone(&self.denials.trail);
                if let Some(group) = trail.groups.get_mut(self.denials.chosen) {
                    group.sample = denial::with_decoded(&group.sample, &text);
                }
                self.denials.trail = Arc::new(trail);
                self.answer_denial(self.denials.chosen, effects);
            }
            Err(words) => {
                let words = format!("the encoded message could not be decoded: {words}");
                self.notice = Some(Notice::failure(words));
            }
        }
    }

    /// Fills the simulator with the request that was denied.
    fn simulate_denial(&mut self, effects: &mut Vec<Effect>) {
        let evaluated = self.denials.answer.as_ref();
        let request = evaluated.and_then(|answer| answer.answer.evaluated.as_ref());
        match request {
            Some(evaluated) => {
                let query = as_typed(&evaluated.request);
                self.simulator.set(query);
                self.simulator.focus = Focus::Answer;
                self.open_simulator(effects);
            }
            None => {
                self.notice = Some(Notice::info("the message does not say what was asked"));
            }
        }
    }
}

/// A request as a person would type it.
fn as_typed(request: &Request) -> Query {
    let principal = &request.principal;
    let name = principal.role_arn.clone().or(principal.arn.clone());
    let service = principal.service.as_ref();
    let resources: Vec<String> = request
        .resources
        .iter()
        .map(|resource| resource.arn.to_string())
        .collect();
    let context = request.context.iter().map(|(key, value)| match value {
        KeyValue::One(value) => format!("{key}={value}"),
        KeyValue::Many(values) => {
            let values = serde_json::to_string(values).unwrap_or_default();
            format!("{key}={values}")
        }
        KeyValue::Absent => format!("!{key}"),
        KeyValue::Unknown => String::new(),
    });
    Query {
        principal: name
            .or_else(|| service.map(|service| format!("service:{service}")))
            .unwrap_or_default(),
        action: request.action.clone(),
        resource: resources.join(" "),
        context: context.collect(),
        ..Query::default()
    }
}
