//! The saved requests: what each came to when it was saved and what it comes to now, decided anew
//! whenever something that they meet changes; exported as a batch that needs no source.

use crate::report::{case_line, case_name};
use crate::simulate::Outcome;

use super::index::Index;
use super::job::{Lane, Work};
use super::overlay::{Overlay, Prompt, PromptKind};
use super::simulator::{Focus, Query, asked};
use super::{Command, Effect, Input, Notice, State};
use crate::iam::Inventory;

/// A request that was saved.
#[derive(Clone, Debug)]
pub struct SavedRequest {
    /// The request.
    pub query: Query,
    /// What it came to when it was saved.
    pub saved: Outcome,
    /// What it comes to now; `None` where it cannot be decided any more.
    pub outcome: Option<Outcome>,
}

impl SavedRequest {
    /// Whether it comes to something else than when it was saved.
    pub fn is_changed(&self) -> bool {
        self.outcome != Some(self.saved)
    }
}

/// The saved requests, in the order in which they were saved.
#[derive(Clone, Debug, Default)]
pub struct Requests {
    /// All of them.
    pub all: Vec<SavedRequest>,
    /// The one that the keyboard is on.
    pub cursor: usize,
}

impl Requests {
    /// How many come to something else than when they were saved.
    pub fn changed(&self) -> usize {
        self.all.iter().filter(|own| own.is_changed()).count()
    }

    /// The position of the first one that is drawn, for a height.
    pub fn offset(&self, height: usize) -> usize {
        (self.cursor + 1).saturating_sub(height)
    }

    fn move_by(&mut self, rows: isize) {
        let last = self.all.len().saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(rows).min(last);
    }
}

impl State {
    /// Adds the request of the simulator to the saved ones.
    pub(super) fn save_request(&mut self, effects: &mut Vec<Effect>) {
        let Some(Ok(answered)) = &self.simulator.answer else {
            self.notice = Some(Notice::info("a request that can be decided can be saved"));
            return;
        };
        let outcome = answered.decision.outcome;
        self.requests.all.push(SavedRequest {
            query: self.simulator.query(),
            saved: outcome,
            outcome: Some(outcome),
        });
        self.requests.cursor = self.requests.all.len() - 1;
        let count = crate::explain::count(self.requests.all.len(), "saved request");
        let keys = [
            (Command::Requests, "goes to them"),
            (Command::ExportRequests, "exports them"),
        ];
        let keys = keys.into_iter().filter_map(|(command, does)| {
            let key = self.keymap.key_of(super::Context::Simulator, command)?;
            Some(format!("; {key} {does}"))
        });
        self.notice = Some(Notice::info(format!("{count}{}", keys.collect::<String>())));
        self.decide_requests(effects);
    }

    /// Decides the saved requests anew: something that they meet has changed.
    pub(super) fn decide_requests(&mut self, effects: &mut Vec<Effect>) {
        if !self.requests.all.is_empty() {
            effects.push(self.job(Lane::Requests, Work::Requests(self.queries())));
        }
    }

    fn queries(&self) -> Vec<Query> {
        let all = self.requests.all.iter();
        all.map(|own| own.query.clone()).collect()
    }

    /// Takes what the saved requests come to now.
    pub(super) fn requests_decided(&mut self, outcomes: Vec<Option<Outcome>>) {
        for (saved, outcome) in self.requests.all.iter_mut().zip(outcomes) {
            saved.outcome = outcome;
        }
    }

    /// Opens the simulator with the keyboard on the saved requests.
    pub(super) fn go_to_requests(&mut self, effects: &mut Vec<Effect>) {
        if self.requests.all.is_empty() {
            let key = self
                .keymap
                .key_of(super::Context::Simulator, Command::SaveRequest);
            let key = key.map(|key| format!(": {key} in the simulator saves one"));
            self.notice = Some(Notice::info(format!(
                "no request was saved yet{}",
                key.unwrap_or_default()
            )));
            return;
        }
        self.simulator.focus = Focus::Requests;
        self.open_simulator(effects);
    }

    /// Carries a command out in the list of saved requests; says whether it was one.
    pub(super) fn in_requests(&mut self, command: Command, effects: &mut Vec<Effect>) -> bool {
        match command {
            Command::Up => self.requests.move_by(-1),
            Command::Down => self.requests.move_by(1),
            Command::PageUp | Command::HalfPageUp => self.requests.move_by(-5),
            Command::PageDown | Command::HalfPageDown => self.requests.move_by(5),
            Command::Top => self.requests.move_by(isize::MIN),
            Command::Bottom => self.requests.move_by(isize::MAX),
            Command::Accept => self.open_request(self.requests.cursor, effects),
            Command::RemoveRequest => self.remove_request(),
            Command::Copy | Command::CopyReport => {
                let queries = self.queries();
                let one = queries.into_iter().nth(self.requests.cursor);
                let queries = one.into_iter().collect();
                effects.push(self.job(Lane::Export, Work::Export(None, queries)));
            }
            _ => return false,
        }
        true
    }

    fn remove_request(&mut self) {
        if self.requests.cursor < self.requests.all.len() {
            self.requests.all.remove(self.requests.cursor);
            // Positions have changed: what is being decided would go to the wrong ones.
            self.forget(Lane::Requests);
            self.requests.move_by(0);
        }
        if self.requests.all.is_empty() {
            self.simulator.focus = Focus::Answer;
        }
    }

    /// Puts a saved request into the simulator.
    pub(super) fn open_request(&mut self, position: usize, effects: &mut Vec<Effect>) {
        if let Some(saved) = self.requests.all.get(position) {
            self.requests.cursor = position;
            self.simulator.set(saved.query.clone());
            self.ask(effects);
        }
    }

    /// Asks for the file to export the saved requests to.
    pub(super) fn ask_where_to_export(&mut self) {
        if self.requests.all.is_empty() {
            self.notice = Some(Notice::info("no request was saved yet"));
            return;
        }
        let count = crate::explain::count(self.requests.all.len(), "saved request");
        self.overlays.push(Overlay::Prompt(Prompt {
            kind: PromptKind::ExportRequests,
            title: format!("Export {count} as a batch"),
            hint: "a new file, for `iamscope simulate --batch FILE --check`".to_owned(),
            input: Input::new("requests.jsonl".to_owned()),
        }));
    }

    /// Takes the path of the file.
    pub(super) fn export_requests(&mut self, path: &str, effects: &mut Vec<Effect>) {
        let path = path.trim();
        if !path.is_empty() {
            let work = Work::Export(Some(path.into()), self.queries());
            effects.push(self.job(Lane::Export, work));
        }
    }

    /// Writes or copies what was exported.
    pub(super) fn exported(&mut self, exported: Exported, effects: &mut Vec<Effect>) {
        let Exported { path, cases, left } = exported;
        if cases.is_empty() {
            let words = left.unwrap_or_else(|| "there is nothing to export".to_owned());
            self.notice = Some(Notice::failure(words));
            return;
        }
        let mut what = crate::explain::count(cases.len(), "case");
        if let Some(left) = left {
            what.push_str(&format!(" ({left})"));
        }
        let mut text = cases.join("\n");
        text.push('\n');
        effects.push(match path {
            Some(path) => Effect::WriteFile { path, text, what },
            None => Effect::Copy(text),
        });
    }
}

/// Saved requests as lines of a batch.
#[derive(Debug)]
pub(super) struct Exported {
    /// The file to write; `None` for the clipboard.
    path: Option<std::path::PathBuf>,
    cases: Vec<String>,
    /// What could not be exported, and why.
    left: Option<String>,
}

/// Requests as lines of a batch, each with its policies and with what it comes to now.
pub(super) fn export(
    path: Option<std::path::PathBuf>,
    queries: &[Query],
    inventory: &Inventory,
    index: &Index,
) -> Exported {
    let mut cases = Vec::new();
    let mut left: Vec<String> = Vec::new();
    for query in queries {
        let line = asked(query, inventory)
            .map_err(|trouble| trouble.words)
            .and_then(|asked| {
                let decision = asked.decide(index);
                let name = case_name(&asked.request);
                case_line(&name, &asked.request, &asked.policies, &decision)
                    .map_err(|error| error.to_string())
            });
        match line {
            Ok(line) => cases.push(line),
            Err(words) => left.push(words),
        }
    }
    let words = left.first().map(|first| {
        let count = crate::explain::count(left.len(), "request");
        format!("{count} left out: {first}")
    });
    Exported {
        path,
        cases,
        left: words,
    }
}
