//! An AccessDenied message, pasted: who AWS saw, what we find, what would allow it.

use crate::denial::{self, Denial};
use crate::explain::{self, Page};
use crate::iam::Inventory;
use crate::report;
use crate::simulate::{KeyValue, Request};

use super::item::Entity;
use super::job::{Lane, Work};
use super::overlay::Overlay;
use super::picker::{Choice, Entry, Picker, PickerKind};
use super::reader::Reader;
use super::simulator::{Focus, Query};
use super::{Command, Effect, Input, Notice, State};

/// More denials than these are not listed.
const MOST: usize = 500;

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
    /// What was read.
    pub found: Vec<Denial>,
    /// Which of them is answered.
    pub chosen: usize,
    /// Whether an answer is awaited.
    pub waiting: bool,
    /// The answer.
    pub answer: Option<Box<Answer>>,
    /// The answer in words.
    pub reader: Reader,
}

/// What was read from a text, and the answer to one of it.
#[derive(Debug)]
pub(super) struct Read {
    pub found: Vec<Denial>,
    pub chosen: usize,
    pub answer: Option<Box<Answer>>,
}

/// Reads a text, or goes on with what was read, and answers one denial.
pub(super) fn read(
    text: Option<&str>,
    known: Vec<Denial>,
    chosen: usize,
    inventory: &Inventory,
) -> Read {
    let found = match text {
        Some(text) => {
            let mut found = denial::read_all(text);
            found.retain(Denial::says_something);
            found.truncate(MOST);
            found
        }
        None => known,
    };
    let answer = found.get(chosen).map(|denial| {
        let answer = explain::answer(denial, inventory);
        Box::new(Answer {
            page: explain::answer_page(&answer, inventory),
            markdown: report::answer_markdown(&answer, inventory),
            caller: caller(denial, inventory),
            answer,
        })
    });
    Read {
        found,
        chosen,
        answer,
    }
}

fn caller(denial: &Denial, inventory: &Inventory) -> Option<Entity> {
    match denial::find(denial, inventory) {
        denial::Found::Caller(seen) => super::simulating::entity_of(&seen.caller, inventory),
        _ => None,
    }
}

impl State {
    /// Asks for a message.
    pub(super) fn paste_denial(&mut self) {
        self.denials.input = Input::default();
        self.denials.answer = None;
        self.denials.found.clear();
        self.denials.waiting = false;
        self.show_denials();
    }

    fn show_denials(&mut self) {
        let is_other = |overlay: &Overlay| !matches!(overlay, Overlay::Denial);
        self.overlays.retain(is_other);
        self.overlays.push(Overlay::Denial);
    }

    /// Reads a message that was pasted or typed.
    pub(super) fn read_denial(&mut self, text: String, effects: &mut Vec<Effect>) {
        self.denials.waiting = true;
        self.denials.answer = None;
        self.show_denials();
        effects.push(self.job(Lane::Denial, Work::Denial(Some(text), Vec::new(), 0)));
    }

    /// Answers another of the denials that were read.
    pub(super) fn answer_denial(&mut self, chosen: usize, effects: &mut Vec<Effect>) {
        self.denials.waiting = true;
        self.show_denials();
        let known = self.denials.found.clone();
        effects.push(self.job(Lane::Denial, Work::Denial(None, known, chosen)));
    }

    /// Takes what was read and answered.
    pub(super) fn denial_answered(&mut self, read: Read) {
        self.denials.waiting = false;
        let is_new = self.denials.found.len() != read.found.len();
        self.denials.found = read.found;
        self.denials.chosen = read.chosen;
        match read.answer {
            Some(answer) => {
                self.denials.reader.show(answer.page.clone(), self.ascii);
                self.denials.answer = Some(answer);
                if is_new && self.denials.found.len() > 1 {
                    self.list_denials();
                }
            }
            None => {
                self.notice = Some(Notice::failure(
                    "no AccessDenied message, CloudTrail event or decoded message was found in it",
                ));
            }
        }
    }

    /// Lists the denials that were read.
    fn list_denials(&mut self) {
        let found = self.denials.found.iter().enumerate();
        let entries = found
            .map(|(position, denial)| {
                let action = denial.action.clone().unwrap_or_else(|| "?".to_owned());
                let who = denial.principal.clone().unwrap_or_default();
                let who = who.rsplit(':').next().unwrap_or_default().to_owned();
                Entry::new(
                    explain::escape(&action),
                    explain::escape(&who),
                    Choice::Denial(position),
                )
            })
            .collect();
        let title = explain::count(self.denials.found.len(), "denial");
        let picker = Picker::new(PickerKind::Denials, title, entries);
        self.overlays.push(Overlay::Picker(picker));
    }

    /// Carries a command out in the answer; says whether it stays open.
    pub(super) fn in_denial(&mut self, command: Command, effects: &mut Vec<Effect>) -> bool {
        let page = isize::try_from(self.size.1.saturating_sub(6).max(1)).unwrap_or(10);
        let reader = &mut self.denials.reader;
        match command {
            Command::Cancel => return false,
            Command::Accept if self.denials.answer.is_none() => {
                let text = self.denials.input.text().trim().to_owned();
                if !text.is_empty() {
                    self.read_or_open(text, effects);
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
            Command::PasteDenial => self.paste_denial(),
            Command::Simulate | Command::Simulator => {
                self.simulate_denial(effects);
            }
            _ => {}
        }
        true
    }

    // A line without a space that names a file is one; anything else is a message.
    fn read_or_open(&mut self, text: String, effects: &mut Vec<Effect>) {
        let is_path = !text.contains(' ') && text.contains(['/', '.']) && !text.contains(':');
        if is_path {
            effects.push(Effect::ReadFile {
                purpose: super::Purpose::Denial,
                path: text.into(),
            });
        } else {
            self.read_denial(text, effects);
        }
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
                self.follow_link(link, effects);
                stays
            }
            (None, None) => {
                self.notice = Some(Notice::info(
                    "this line is about no statement of what was loaded",
                ));
                true
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
