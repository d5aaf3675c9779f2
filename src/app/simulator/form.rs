//! The form of the simulator: fields, what completes them, and the answer below.

use std::collections::BTreeSet;

use crate::explain::Page;
use crate::simulate::LayerKind;

use super::super::beside::{AwsSays, PolicyRead, with_aws};
use super::super::reader::Reader;
use super::super::{Input, Key};
use super::ask::{Answered, Extra, Query, Trouble};
use super::complete::Candidate;

/// A field of the form.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Field {
    /// Who asks.
    #[default]
    Principal,
    /// The action.
    Action,
    /// The resources.
    Resource,
    /// A row of the context.
    Context(usize),
}

/// What has the keyboard.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Focus {
    /// A field.
    Field(Field),
    /// The answer.
    Answer,
    /// The saved requests.
    Requests,
}

/// A row of the context.
#[derive(Clone, Debug, Default)]
pub struct ContextRow {
    /// `key=value`, or `!key`.
    pub input: Input,
    /// Whether it stands there only because its key could matter.
    pub suggested: bool,
}

impl ContextRow {
    /// Whether something is written that is no key with its value, so that it is not read.
    pub fn is_unreadable(&self) -> bool {
        let text = self.input.text().trim();
        let is_absent = text.strip_prefix('!').is_some_and(|key| !key.is_empty());
        let is_given = text
            .split_once('=')
            .is_some_and(|(key, _)| !key.trim().is_empty());
        !text.is_empty() && !is_absent && !is_given
    }
}

/// What could complete a field.
#[derive(Clone, Debug, Default)]
pub struct Completion {
    /// The candidates, the likeliest first.
    pub candidates: Vec<Candidate>,
    /// The one that is chosen.
    pub cursor: Option<usize>,
}

/// The simulator.
#[derive(Clone, Debug)]
pub struct Simulator {
    /// Who asks.
    pub principal: Input,
    /// The action.
    pub action: Input,
    /// The resources.
    pub resource: Input,
    /// The context; the last row is empty.
    pub context: Vec<ContextRow>,
    /// Policies beside those that were loaded.
    pub extras: Vec<Extra>,
    /// Layers that are left out.
    pub off: BTreeSet<LayerKind>,
    /// What has the keyboard.
    pub focus: Focus,
    /// What could complete the field that has the keyboard.
    pub completion: Completion,
    /// The answer, or what is missing.
    pub answer: Option<Result<Box<Answered>, Trouble>>,
    /// What AWS's own simulator says beside it.
    pub aws: AwsSays,
    /// What became of reading the resource's policy.
    pub policy: PolicyRead,
    /// The answer in words.
    pub reader: Reader,
}

impl Default for Simulator {
    fn default() -> Self {
        Simulator {
            principal: Input::default(),
            action: Input::default(),
            resource: Input::default(),
            context: vec![ContextRow::default()],
            extras: Vec::new(),
            off: BTreeSet::new(),
            focus: Focus::Field(Field::Principal),
            completion: Completion::default(),
            answer: None,
            aws: AwsSays::default(),
            policy: PolicyRead::default(),
            reader: Reader::default(),
        }
    }
}

impl Simulator {
    /// The request as it is typed.
    pub fn query(&self) -> Query {
        Query {
            principal: self.principal.text().to_owned(),
            action: self.action.text().to_owned(),
            resource: self.resource.text().to_owned(),
            context: self
                .context
                .iter()
                .map(|row| row.input.text().to_owned())
                .collect(),
            extras: self.extras.clone(),
            off: self.off.clone(),
        }
    }

    /// Takes a whole request.
    pub fn set(&mut self, query: Query) {
        self.principal.set(query.principal);
        self.action.set(query.action);
        self.resource.set(query.resource);
        self.context = query
            .context
            .into_iter()
            .filter(|row| !row.trim().is_empty())
            .map(|row| ContextRow {
                input: Input::new(row),
                suggested: false,
            })
            .collect();
        self.context.push(ContextRow::default());
        self.extras = query.extras;
        self.off = query.off;
        self.completion = Completion::default();
    }

    /// Every field in order.
    pub fn fields(&self) -> Vec<Field> {
        let mut fields = vec![Field::Principal, Field::Action, Field::Resource];
        fields.extend((0..self.context.len()).map(Field::Context));
        fields
    }

    /// The text of a field.
    pub fn input(&self, field: Field) -> Option<&Input> {
        Some(match field {
            Field::Principal => &self.principal,
            Field::Action => &self.action,
            Field::Resource => &self.resource,
            Field::Context(row) => &self.context.get(row)?.input,
        })
    }

    /// The text of the field that has the keyboard, to change it.
    pub fn focused_input(&mut self) -> Option<&mut Input> {
        match self.focus {
            Focus::Field(Field::Principal) => Some(&mut self.principal),
            Focus::Field(Field::Action) => Some(&mut self.action),
            Focus::Field(Field::Resource) => Some(&mut self.resource),
            Focus::Field(Field::Context(row)) => Some(&mut self.context.get_mut(row)?.input),
            Focus::Answer | Focus::Requests => None,
        }
    }

    /// Takes a key that edits the field; says whether it was one, and whether the text changed.
    pub fn key(&mut self, key: Key) -> (bool, bool) {
        let Some(input) = self.focused_input() else {
            return (false, false);
        };
        let before = input.text().to_owned();
        let taken = input.key(key);
        let changed = input.text() != before;
        if changed {
            self.typed();
        }
        (taken, changed)
    }

    /// The text of the field that has the keyboard.
    pub fn focused_text(&self) -> Option<&str> {
        match self.focus {
            Focus::Field(field) => self.input(field).map(Input::text),
            Focus::Answer | Focus::Requests => None,
        }
    }

    /// Takes note that the text of the field has changed: a suggestion is one no more, and one empty
    /// row stays at the end of the context.
    pub fn typed(&mut self) {
        if let Focus::Field(Field::Context(row)) = self.focus
            && let Some(row) = self.context.get_mut(row)
        {
            row.suggested = false;
        }
        if self.context.last().is_none_or(|row| !row.input.is_empty()) {
            self.context.push(ContextRow::default());
        }
    }

    /// Gives the keyboard to the next field, or the one before; behind the last one is the answer,
    /// behind that the saved requests, where there are any.
    pub fn switch(&mut self, forward: bool, has_requests: bool) {
        self.completion = Completion::default();
        let fields = self.fields().into_iter().map(Focus::Field);
        let mut stops: Vec<Focus> = fields.chain([Focus::Answer]).collect();
        if has_requests {
            stops.push(Focus::Requests);
        }
        let at = stops.iter().position(|stop| *stop == self.focus);
        let step = if forward { 1 } else { stops.len() - 1 };
        let next = (at.unwrap_or(0) + step) % stops.len();
        self.focus = stops.get(next).copied().unwrap_or(Focus::Answer);
    }

    /// Chooses another candidate; says whether there is one.
    pub fn choose_candidate(&mut self, forward: bool) -> bool {
        let count = self.completion.candidates.len();
        if count == 0 {
            return false;
        }
        self.completion.cursor = match (self.completion.cursor, forward) {
            (None, true) => Some(0),
            (None, false) => Some(count - 1),
            (Some(at), true) => Some((at + 1) % count),
            (Some(at), false) => Some((at + count - 1) % count),
        };
        true
    }

    /// Puts the chosen candidate into the field; says whether there was one.
    pub fn take_candidate(&mut self) -> bool {
        let chosen = self.completion.cursor;
        let Some(candidate) = chosen.and_then(|at| self.completion.candidates.get(at).cloned())
        else {
            return false;
        };
        if let Some(input) = self.focused_input() {
            input.set(candidate.text);
        }
        self.completion = Completion::default();
        self.typed();
        true
    }

    /// Shows an answer, and the keys that could change it.
    pub fn show(&mut self, answer: Result<Box<Answered>, Trouble>, ascii: bool) {
        let page = match &answer {
            Ok(answered) => {
                let keys: Vec<String> = answered.keys().map(str::to_owned).collect();
                self.suggest(&keys);
                with_aws(answered, &self.aws, &self.policy)
            }
            Err(_) => Page::default(),
        };
        self.reader.show(page, ascii);
        self.answer = Some(answer);
    }

    /// Shows what AWS adds to the answer, which stays where it is.
    pub fn say_beside(&mut self, ascii: bool) {
        if let Some(Ok(answered)) = &self.answer {
            let page = with_aws(answered, &self.aws, &self.policy);
            self.reader.replace(page, ascii);
        }
    }

    // Rows that were only suggested give way to those that are now; typed ones stay where they are.
    fn suggest(&mut self, keys: &[String]) {
        let focused = match self.focus {
            Focus::Field(Field::Context(row)) => Some(row),
            _ => None,
        };
        // Under the cursor nothing moves.
        if focused.is_some() {
            return;
        }
        self.context
            .retain(|row| !row.suggested && !row.input.is_empty());
        for key in keys {
            let given = self.context.iter().any(|row| {
                let name = row.input.text().trim_start_matches('!');
                let name = name.split('=').next().unwrap_or_default().trim();
                name.eq_ignore_ascii_case(key)
            });
            if !given {
                self.context.push(ContextRow {
                    input: Input::new(format!("{key}=")),
                    suggested: true,
                });
            }
        }
        self.context.push(ContextRow::default());
    }
}
