//! What leaves the screen as a file: a snapshot, plain or redacted, and a report for support.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::denial::Denial;
use crate::iam::Inventory;
use crate::report::{self, LookedAt};
use crate::simulate::{Caller, Decision, Request};

use super::item::{Entity, Item};
use super::job::{Lane, Work};
use super::overlay::{Overlay, Prompt, PromptKind};
use super::picker::{Choice, Entry, Picker, PickerKind};
use super::rows::address;
use super::{Effect, Input, Notice, State};

/// What to write.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Document {
    /// Everything that was loaded.
    Snapshot,
    /// The same without names, ids and addresses of one's own.
    Redacted,
    /// That, and what each mask stands for in a file beside it.
    RedactedWithKey,
    /// The report on a role or user, as Markdown.
    Report,
    /// The same as JSON.
    ReportJson,
}

/// Where to write.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Destination {
    /// To a file.
    File(PathBuf),
    /// Into the clipboard.
    Clipboard,
}

/// What is wanted, with all that it is made from beside the inventory.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub document: Document,
    pub destination: Destination,
    pub subject: Option<String>,
    pub simulations: Vec<Simulated>,
    pub denials: Vec<Denial>,
}

/// A simulation that was made.
#[derive(Clone, Debug)]
pub struct Simulated {
    /// What was asked.
    pub request: Request,
    /// What it came to.
    pub decision: Decision,
    /// AWS's own simulator beside it, where that was asked.
    pub beside: Vec<Value>,
}

/// What is to be written where, and what to say of it.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub files: Vec<NewFile>,
    pub clipboard: Option<String>,
    pub failed: Option<String>,
}

/// A file to be written.
#[derive(Debug)]
pub(super) struct NewFile {
    pub path: PathBuf,
    pub text: String,
    /// What it is, in words.
    pub what: String,
}

/// Makes what is wanted.
pub(super) fn write(wanted: Wanted, inventory: &Inventory) -> Written {
    let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ");
    let now = now.to_string();
    let mut written = Written::default();
    let mut what = match wanted.document {
        Document::Report | Document::ReportJson => "support report",
        Document::Snapshot => "snapshot",
        Document::Redacted | Document::RedactedWithKey => "redacted snapshot",
    }
    .to_owned();
    let text = match wanted.document {
        Document::Snapshot => report::Snapshot::of(inventory).text(&now),
        Document::Redacted | Document::RedactedWithKey => {
            let redaction = report::redact(&report::Snapshot::of(inventory).value(&now));
            let replaced = redaction.replaced.iter();
            let replaced: Vec<String> = replaced
                .map(|(kind, count)| format!("{count} {kind}"))
                .collect();
            what = format!("{what} (replaced: {})", replaced.join(", "));
            if let (Document::RedactedWithKey, Destination::File(path)) =
                (wanted.document, &wanted.destination)
            {
                written.files.push(NewFile {
                    path: key_path(path),
                    text: format!("{:#}\n", redaction.key),
                    what: "key".to_owned(),
                });
            }
            report::snapshot_text(&redaction.snapshot)
        }
        Document::Report | Document::ReportJson => {
            let Some(report) = support(&wanted, inventory, &now) else {
                written.failed = Some("no role or user to report on: select one".to_owned());
                return written;
            };
            match wanted.document {
                Document::Report => report::support_markdown(&report),
                _ => format!("{report:#}\n"),
            }
        }
    };
    match wanted.destination {
        Destination::Clipboard => written.clipboard = Some(text),
        Destination::File(path) => written.files.push(NewFile { path, text, what }),
    }
    written
}

fn support(wanted: &Wanted, inventory: &Inventory, now: &str) -> Option<Value> {
    let caller = Caller::find(inventory, wanted.subject.as_deref()?).ok()?;
    let simulations = wanted.simulations.iter();
    let simulations: Vec<(Request, Decision)> = simulations
        .map(|own| (own.request.clone(), own.decision.clone()))
        .collect();
    let looked_at = LookedAt {
        simulations: &simulations,
        denials: &wanted.denials,
    };
    let mut report = report::support_json(inventory, &caller, looked_at, now)?;
    for (position, own) in wanted.simulations.iter().enumerate() {
        if !own.beside.is_empty() {
            report["simulations"][position]["aws"] = json!(own.beside);
        }
    }
    Some(report)
}

/// The key's file beside that of the snapshot.
fn key_path(path: &Path) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(".key.json");
    path.with_file_name(name)
}

impl State {
    /// What can be written.
    pub(super) fn writing(&mut self) {
        if self.is_empty() {
            self.notice = Some(Notice::info("nothing is open yet"));
            return;
        }
        let file = |document| Choice::Write(document, false);
        let mut entries = vec![
            Entry::heading("Everything that was loaded"),
            Entry::new(
                "snapshot",
                "one file, opened later by anyone without access",
                file(Document::Snapshot),
            ),
            Entry::new(
                "redacted snapshot",
                "without your names, ids, tags and addresses",
                file(Document::Redacted),
            ),
            Entry::new(
                "redacted snapshot and its key",
                "the key says what each mask stands for: keep it",
                file(Document::RedactedWithKey),
            ),
        ];
        if let Some(name) = self.subject() {
            let name = crate::explain::escape(&name).into_owned();
            entries.push(Entry::heading(format!("Support report on {name}")));
            let words =
                "what it may do, what is not known, the simulations and denials of this sitting";
            entries.push(Entry::new(
                "report, Markdown",
                words,
                file(Document::Report),
            ));
            entries.push(Entry::new(
                "report, JSON",
                "the same",
                file(Document::ReportJson),
            ));
            entries.push(Entry::new(
                "report to the clipboard",
                "as Markdown",
                Choice::Write(Document::Report, true),
            ));
        }
        let picker = Picker::new(PickerKind::Write, "Write", entries);
        self.overlays.push(Overlay::Picker(picker));
    }

    /// Goes on with what was chosen: asks for a path, or copies.
    pub(super) fn write_chosen(
        &mut self,
        document: Document,
        to_clipboard: bool,
        effects: &mut Vec<Effect>,
    ) {
        if to_clipboard {
            self.write_to(document, Destination::Clipboard, effects);
            return;
        }
        let name = match document {
            Document::Report | Document::ReportJson => self.subject(),
            _ => self.open_name(),
        };
        let end = match document {
            Document::Snapshot => "snapshot.json",
            Document::Redacted | Document::RedactedWithKey => "redacted.json",
            Document::Report => "support.md",
            Document::ReportJson => "support.json",
        };
        // A redacted file is for others: its name tells no more than its content.
        let plain = match document {
            Document::Redacted | Document::RedactedWithKey => "iamscope".to_owned(),
            _ => file_name(&name.unwrap_or_default()),
        };
        self.overlays.push(Overlay::Prompt(Prompt {
            kind: PromptKind::Write(document),
            title: "Write to a file".to_owned(),
            hint: "a file that is there is never replaced".to_owned(),
            input: Input::new(format!("{plain}.{end}")),
        }));
    }

    /// Has a document made and written.
    pub(super) fn write_to(
        &mut self,
        document: Document,
        destination: Destination,
        effects: &mut Vec<Effect>,
    ) {
        let wanted = Wanted {
            document,
            destination,
            subject: self.subject(),
            simulations: self.simulations.clone(),
            denials: self.denials.looked_at.clone(),
        };
        self.notice = Some(Notice::info("writing"));
        effects.push(self.job(Lane::Write, Work::Write(Box::new(wanted))));
    }

    /// Hands on what was made.
    pub(super) fn written(&mut self, written: Written, effects: &mut Vec<Effect>) {
        if let Some(words) = written.failed {
            self.notice = Some(Notice::failure(words));
        }
        effects.extend(written.clipboard.map(Effect::Copy));
        effects.extend(written.files.into_iter().map(|file| Effect::WriteFile {
            path: file.path,
            text: file.text,
            what: file.what,
        }));
    }

    /// The role or user that is selected, else the one that the simulator asks for.
    fn subject(&self) -> Option<String> {
        let selected = self.selected().and_then(Item::entity);
        let is_caller = |entity: &Entity| {
            entity.role(&self.inventory).is_some() || entity.user(&self.inventory).is_some()
        };
        let selected = selected.filter(is_caller);
        let asked = match &self.simulator.answer {
            Some(Ok(answered)) => answered.caller,
            _ => None,
        };
        let entity = selected.or(asked)?;
        let arn = entity.identity(&self.inventory)?.arn.as_plain();
        let name = address(entity, &self.inventory);
        Some(arn.map_or(name, str::to_owned))
    }

    fn open_name(&self) -> Option<String> {
        let account = self.inventory.accounts.first()?;
        Some(account.name.clone())
    }
}

/// A name that a file can have: of an ARN the last part.
fn file_name(name: &str) -> String {
    let last = name.rsplit('/').next().unwrap_or(name);
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || "-_.".contains(c) {
            c
        } else {
            '-'
        }
    };
    let name: String = last.chars().map(plain).take(60).collect();
    let name = name.trim_matches(['-', '.']).to_owned();
    if name.is_empty() {
        "iamscope".to_owned()
    } else {
        name
    }
}
