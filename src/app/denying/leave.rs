//! What of an answer can leave the screen: texts to copy, and files to write.

use std::path::PathBuf;

use crate::analyze::Proposal;
use crate::explain::{self, edit_words};
use crate::iam::Place;
use crate::report;

use super::super::overlay::{Overlay, Prompt, PromptKind};
use super::super::picker::{Choice, Entry, Picker, PickerKind};
use super::super::{Effect, Input, Notice, State};

/// What is written, in words.
const WHAT: &str = "the answer";

impl State {
    /// Lists what of the answer can be copied.
    pub(super) fn what_to_copy(&mut self) {
        let Some(own) = &self.denials.answer else {
            return;
        };
        let answer = &own.answer;
        let json = report::answer_json(answer, &self.inventory);
        let mut entries = vec![
            Entry::new(
                "Markdown",
                "the answer, for a ticket",
                Choice::Copy(own.markdown.clone()),
            ),
            Entry::new(
                "JSON",
                "the answer, for a program",
                Choice::Copy(format!("{json:#}")),
            ),
        ];
        for (at, proposal) in answer.proposals.list.iter().enumerate() {
            let words: Vec<String> = proposal
                .edits
                .iter()
                .map(|edit| edit_words(edit).to_plain())
                .collect();
            entries.push(Entry::heading(format!(
                "Proposal {}: {}",
                at + 1,
                explain::escape(&words.join("; "))
            )));
            let policy = proposal.edits.iter().filter_map(|edit| edit.after.as_ref());
            let policy: Vec<String> = policy
                .filter_map(|after| serde_json::to_string_pretty(after).ok())
                .collect();
            if !policy.is_empty() {
                entries.push(Entry::new(
                    format!("policy text of proposal {}", at + 1),
                    "the statement as it would be",
                    Choice::Copy(policy.join("\n")),
                ));
            }
            entries.push(Entry::new(
                format!("difference of proposal {}", at + 1),
                "of the file, for git apply or patch",
                Choice::Proposal(at),
            ));
        }
        let picker = Picker::new(PickerKind::Copy, "Copy of this answer", entries);
        self.overlays.push(Overlay::Picker(picker));
    }

    /// Copies a proposal as a difference of the files that it changes.
    pub(in crate::app) fn copy_difference(&mut self, at: usize, effects: &mut Vec<Effect>) {
        effects.extend(self.difference(at, None));
    }

    fn difference(&self, at: usize, path: Option<PathBuf>) -> Option<Effect> {
        let answer = self.denials.answer.as_ref()?;
        let proposal = answer.answer.proposals.list.get(at)?;
        Some(Effect::Difference {
            proposal: Box::new(proposal.clone()),
            inventory: self.inventory.clone(),
            path,
        })
    }

    /// Asks for the file to write the answer to.
    pub(super) fn where_to_write(&mut self) {
        let Some(own) = &self.denials.answer else {
            return;
        };
        let action = own.answer.denial.action.as_deref().unwrap_or("request");
        let name: String = action
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        let hint = match own.answer.proposals.list.is_empty() {
            true => "ends with .md or .json".to_owned(),
            false => format!(
                "ends with .md or .json, or .diff for proposal {}",
                self.proposal_here() + 1
            ),
        };
        self.overlays.push(Overlay::Prompt(Prompt {
            kind: PromptKind::Answer,
            title: "Write the answer to".to_owned(),
            hint,
            input: Input::new(format!("denied-{name}.md")),
        }));
    }

    /// Writes the answer to a file, in the form that its name asks for.
    pub(in crate::app) fn write_answer(&mut self, path: &str, effects: &mut Vec<Effect>) {
        let Some(own) = &self.denials.answer else {
            return;
        };
        let path = PathBuf::from(path.trim());
        let ending = path.extension().and_then(|ending| ending.to_str());
        match ending.unwrap_or_default().to_ascii_lowercase().as_str() {
            "json" => {
                let json = report::answer_json(&own.answer, &self.inventory);
                let text = format!("{json:#}\n");
                effects.push(Effect::WriteFile {
                    path,
                    text,
                    what: WHAT.to_owned(),
                });
            }
            "diff" | "patch" => match self.difference(self.proposal_here(), Some(path)) {
                Some(effect) => effects.push(effect),
                None => {
                    self.notice = Some(Notice::failure(
                        "there is no proposal to write as a difference",
                    ));
                }
            },
            "md" | "markdown" | "txt" => effects.push(Effect::WriteFile {
                path,
                text: own.markdown.clone(),
                what: WHAT.to_owned(),
            }),
            _ => {
                let words = "what to write is told by the end of the name: .md, .json or .diff";
                self.notice = Some(Notice::failure(words));
            }
        }
    }

    /// The proposal that the keyboard is on, else the first.
    fn proposal_here(&self) -> usize {
        let Some(own) = &self.denials.answer else {
            return 0;
        };
        let about: Option<Place> = self.denials.reader.about();
        let is_here = |proposal: &Proposal| {
            let mut places = proposal.edits.iter().map(|edit| edit.place);
            about.is_some_and(|about| places.any(|place| place == about))
        };
        let list = &own.answer.proposals.list;
        list.iter().position(is_here).unwrap_or_default()
    }
}
