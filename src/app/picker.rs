//! A list to choose from, narrowed by typing: palette, help, menus, the start screen.

use fuzzy_matcher::skim::SkimMatcherV2;

use crate::catalog::SearchIndex;
use crate::explain::Link;
use crate::iam::PolicyKind;
use crate::simulate::LayerKind;

use super::item::{Item, PolicyAt};
use super::parameters::Setting;
use super::search::score;
use super::writing::Document;
use super::{Command, Input, Key, SourceSpec};

/// So many actions of the catalogue are offered.
const ACTIONS: usize = 30;

/// What choosing an entry does.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Choice {
    /// Nothing: a heading.
    Heading,
    /// Nothing: a line to read.
    Nothing,
    /// Carries a command out.
    Do(Command),
    /// Uses a theme.
    Theme(String),
    /// Copies a text.
    Copy(String),
    /// Opens a source.
    Open(SourceSpec),
    /// Writes a document to a file, or into the clipboard.
    Write(Document, bool),
    /// Opens a source beside those that are open.
    Beside(SourceSpec),
    /// Asks for a path to open.
    OpenPath,
    /// Shows an action of the catalogue.
    Action(String),
    /// Leaves a layer out, or takes it in again.
    Layer(LayerKind),
    /// Asks for a policy of a kind.
    AddPolicy(PolicyKind),
    /// Takes an added policy away.
    RemovePolicy(usize),
    /// Goes to a row of the tree.
    GoTo(Item),
    /// Goes where a link with these words leads.
    Follow(String, Link),
    /// Takes a supposition back.
    UndoWhatIf(usize),
    /// Asks for the file to write a policy to.
    ExportPolicy(PolicyAt),
    /// Gives a parameter one of the values that it takes, or the one of its template.
    ParameterValue(String, Option<String>),
    /// Asks for the value of a parameter.
    Parameter(String),
    /// Answers one of the denials that were read.
    Denial(usize),
    /// Copies a proposal as a difference of the files that it changes.
    Proposal(usize),
    /// Decides a condition.
    Condition(String),
    /// Asks for an account, a region or a partition.
    Setting(Setting),
}

/// A row of a list.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    /// What it is called.
    pub label: String,
    /// What it is or does.
    pub detail: String,
    /// Its keys.
    pub keys: String,
    /// What choosing it does.
    pub choice: Choice,
}

impl Entry {
    /// An entry without keys.
    pub fn new(label: impl Into<String>, detail: impl Into<String>, choice: Choice) -> Self {
        Entry {
            label: label.into(),
            detail: detail.into(),
            keys: String::new(),
            choice,
        }
    }

    /// A heading.
    pub fn heading(label: impl Into<String>) -> Self {
        Entry::new(label, "", Choice::Heading)
    }
}

/// What a list is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PickerKind {
    /// What each key does.
    Help,
    /// Every command.
    Palette,
    /// The themes.
    Themes,
    /// What can be copied.
    Copy,
    /// What can be opened, where nothing is.
    Start,
    /// What can be opened in place of what is open.
    Sources,
    /// What can be opened beside what is open.
    Beside,
    /// What can be written.
    Write,
    /// The layers of evaluation.
    Layers,
    /// Policies beside those that were loaded.
    Policies,
    /// What is supposed.
    WhatIfs,
    /// Where a line leads.
    Links,
    /// What fills templates.
    Parameters,
    /// The denials that were read.
    Denials,
}

/// A list to choose from.
#[derive(Clone, Debug)]
pub struct Picker {
    /// What it is for.
    pub kind: PickerKind,
    /// Its title.
    pub title: String,
    input: Input,
    entries: Vec<Entry>,
    shown: Vec<usize>,
    cursor: usize,
    offset: usize,
}

impl Picker {
    /// A list of entries, the first one selected.
    pub fn new(kind: PickerKind, title: impl Into<String>, entries: Vec<Entry>) -> Self {
        let mut picker = Picker {
            kind,
            title: title.into(),
            input: Input::default(),
            shown: (0..entries.len()).collect(),
            entries,
            cursor: 0,
            offset: 0,
        };
        picker.settle_on_choice(true);
        picker
    }

    /// What was typed.
    pub fn input(&self) -> &Input {
        &self.input
    }

    /// The entries that match what was typed.
    pub fn shown(&self) -> impl ExactSizeIterator<Item = &Entry> {
        self.shown.iter().map(|position| &self.entries[*position])
    }

    /// The position of the selected one among them.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// The position of the first one that is drawn, for a height.
    pub fn offset(&self, height: usize) -> usize {
        self.offset
            .min(self.cursor)
            .max((self.cursor + 1).saturating_sub(height))
            .min(self.shown.len().saturating_sub(height))
    }

    /// The selected entry.
    pub fn selected(&self) -> Option<&Entry> {
        self.shown
            .get(self.cursor)
            .map(|position| &self.entries[*position])
    }

    /// Selects the entry that makes a choice.
    pub fn choose(&mut self, choice: &Choice) {
        let position = self.shown().position(|entry| entry.choice == *choice);
        self.cursor = position.unwrap_or(self.cursor);
    }

    /// Takes a typed key; says whether it was one.
    pub fn key(&mut self, key: Key) -> bool {
        let before = self.input.text().to_owned();
        let taken = self.input.key(key);
        if self.input.text() != before {
            self.narrow();
        }
        taken
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str) {
        self.input.insert(text);
        self.narrow();
    }

    /// Takes back what was typed.
    pub fn clear(&mut self) {
        self.input.set("");
        self.narrow();
    }

    /// Looks again for what was typed: the catalogue's index is here.
    pub(super) fn look_again(&mut self) {
        if self.kind == PickerKind::Palette && !self.input.text().is_empty() {
            let chosen = self.selected().map(|entry| entry.choice.clone());
            self.narrow();
            if let Some(choice) = chosen {
                self.choose(&choice);
            }
        }
    }

    fn narrow(&mut self) {
        self.find_actions();
        let matcher = SkimMatcherV2::default();
        let words: Vec<&str> = self.input.text().split_whitespace().collect();
        if words.is_empty() {
            self.shown = (0..self.entries.len()).collect();
        } else {
            let mut scored: Vec<(i64, usize)> = self
                .entries
                .iter()
                .enumerate()
                .filter(|(_, entry)| entry.choice != Choice::Heading)
                .filter_map(|(position, entry)| {
                    // The catalogue has ranked its own, by words of descriptions too.
                    if let Choice::Action(_) = entry.choice {
                        return Some((1, position));
                    }
                    let scores = words.iter().map(|word| entry_score(&matcher, entry, word));
                    scores.sum::<Option<i64>>().map(|score| (score, position))
                })
                .collect();
            scored.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
            self.shown = scored.into_iter().map(|(_, position)| position).collect();
        }
        self.cursor = 0;
        self.offset = 0;
        self.settle_on_choice(true);
    }

    // The palette reaches the catalogue too, once its index was made in the background.
    fn find_actions(&mut self) {
        if self.kind != PickerKind::Palette {
            return;
        }
        let is_action = |entry: &Entry| matches!(entry.choice, Choice::Action(_));
        self.entries.retain(|entry| !is_action(entry));
        let query = self.input.text().trim();
        if query.len() < 3 {
            return;
        }
        let Some(index) = SearchIndex::ready() else {
            return;
        };
        self.entries
            .extend(index.search(query, ACTIONS).into_iter().map(|action| {
                let name = action.canonical();
                let detail = format!("{}  {}", action.level(), action.service().title());
                Entry::new(name, detail, Choice::Action(name.to_owned()))
            }));
    }

    /// Selects the entry so many positions away, past headings.
    pub fn move_by(&mut self, rows: isize) {
        let last = self.shown.len().saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(rows).min(last);
        self.settle_on_choice(rows >= 0);
    }

    /// Selects an entry by its position, unless it is a heading; says whether it was selected before.
    pub fn select(&mut self, position: usize) -> bool {
        let was = self.cursor == position;
        let is_heading = self
            .shown
            .get(position)
            .is_none_or(|entry| self.entries[*entry].choice == Choice::Heading);
        if !is_heading {
            self.cursor = position;
        }
        was
    }

    // Headings cannot be selected: on to the next entry that can, or back to one.
    fn settle_on_choice(&mut self, forward: bool) {
        let is_choice = |position: &usize| {
            self.shown
                .get(*position)
                .is_some_and(|entry| self.entries[*entry].choice != Choice::Heading)
        };
        let after = (self.cursor..self.shown.len()).find(is_choice);
        let before = (0..=self.cursor).rev().find(is_choice);
        let found = if forward {
            after.or(before)
        } else {
            before.or(after)
        };
        self.cursor = found.unwrap_or(0);
        // The heading above the first entry is worth a row.
        if self.cursor <= 1 {
            self.offset = 0;
        }
    }
}

fn entry_score(matcher: &SkimMatcherV2, entry: &Entry, word: &str) -> Option<i64> {
    let label = score(matcher, &entry.label, word).map(|score| 2 * score);
    let keys = (entry.keys == word).then_some(1_000);
    let detail = score(matcher, &entry.detail, word);
    label.max(keys).max(detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_before_the_catalogue_could_be_searched_is_looked_for_again() {
        let mut palette = Picker::new(PickerKind::Palette, "Commands", Vec::new());
        // As it stands when the index is not there yet.
        palette.input.set("delete certificate");
        assert_eq!(palette.shown().len(), 0);
        SearchIndex::get();
        palette.look_again();
        let found = palette.selected().map(|entry| entry.choice.clone());
        assert_eq!(
            found,
            Some(Choice::Action("acm:DeleteCertificate".to_owned()))
        );
    }
}
