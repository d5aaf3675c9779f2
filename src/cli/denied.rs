//! `iamscope denied`: from an error message to who said no, and what would say yes.

use std::io::{
    self, BufRead, BufReader, BufWriter, Cursor, IsTerminal, Read, Write, stderr, stdin, stdout,
};
use std::path::Path;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::denial::{self, Denial, Trail};
use crate::explain::{Answer, answer, answer_page, denial_page, trail_page};
use crate::iam::{Inventory, Source};
use crate::report::{
    self, PlainStyle, answer_json, answer_markdown, denial_json, markdown, mask_accounts, plain,
    trail_json,
};

use super::connections::Connections;
use super::sources::Sources;
use super::{Failure, lines};

/// Longest message that is read as one; more is read as a file of CloudTrail events.
const LONGEST_MESSAGE: u64 = 4 << 20;

/// Denials of one message that are answered.
const MOST_ANSWERS: usize = 5;

/// Say which policy denied a request, and what would allow it, from the error message.
///
/// Reads AccessDenied messages as AWS services, the AWS CLI, SDKs, Terraform, CloudFormation and others
/// write them, wrapped and coloured or not, decoded authorization messages, and CloudTrail events, one or
/// a file of them. Without a SOURCE it says what the message says. With sources it finds the principal
/// there, evaluates the request, compares with AWS and proposes the smallest changes that would allow it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  pbpaste | iamscope denied account.json
  iamscope denied template.yaml --message 'User: arn:aws:iam::123456789012:user/ana is not authorized to perform: ...'
  iamscope denied account.json --events trail.json
  iamscope denied template.yaml --message \"$MESSAGE\" --diff 1 | git apply
  iamscope denied account.json --events trail.json --pick 3 --format markdown --redact
  iamscope denied --batch messages.jsonl")]
pub(super) struct Denied {
    #[command(flatten)]
    sources: Sources,
    /// The message; standard input when it is not given
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["batch", "events"])]
    message: Option<String>,
    /// CloudTrail events, a file or a folder of them, .gz too: a ranked list of the distinct denials
    #[arg(long, value_name = "PATH", conflicts_with = "batch")]
    events: Option<String>,
    /// Answer this denial of the list, counted from 1
    #[arg(long, value_name = "N")]
    pick: Option<usize>,
    /// Write only the changes of this proposal, counted from 1, as a difference of the file
    #[arg(long, value_name = "N", requires = "sources")]
    diff: Option<usize>,
    /// Lines of {"id", "message"} to read; `-` for standard input
    #[arg(long, value_name = "FILE", conflicts_with = "sources")]
    batch: Option<String>,
    /// How to write the answer
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Replace account ids
    #[arg(long)]
    redact: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
    Markdown,
}

/// What was read: denials to answer, or a list to choose from.
enum Input {
    Denials(Vec<Denial>),
    Trail(Trail),
}

impl Denied {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let mut out = BufWriter::new(stdout().lock());
        if let Some(path) = &self.batch {
            lines::each_line(path, &mut out, |case| read_line(&case).map(Some))?;
            out.flush()?;
            return Ok(ExitCode::SUCCESS);
        }
        let mut text = match self.read()? {
            Input::Trail(trail) => match self.pick {
                None => self.list(&trail),
                Some(number) => {
                    let group = number.checked_sub(1).and_then(|at| trail.groups.get(at));
                    let group = group.ok_or_else(|| {
                        let count = trail.groups.len();
                        Failure::input(format!("the list has no denial {number}, it has {count}"))
                    })?;
                    self.answers(std::slice::from_ref(&group.sample))?
                }
            },
            Input::Denials(denials) => self.answers(&denials)?,
        };
        if self.redact {
            text = mask_accounts(&text);
        }
        out.write_all(text.as_bytes())?;
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }

    fn read(&self) -> Result<Input, Failure> {
        if let Some(path) = &self.events {
            return Ok(Input::Trail(scan(path, |progress| match path.as_str() {
                "-" => denial::scan(BufReader::new(stdin()), &|| true, progress),
                path => denial::scan_path(Path::new(path), &|| true, progress),
            })?));
        }
        let bytes = match &self.message {
            Some(message) => message.clone().into_bytes(),
            None => {
                let mut bytes = Vec::new();
                stdin()
                    .lock()
                    .take(LONGEST_MESSAGE)
                    .read_to_end(&mut bytes)
                    .map_err(|error| Failure::input(format!("cannot read the message: {error}")))?;
                bytes
            }
        };
        let is_json = bytes.trim_ascii_start().starts_with(b"{")
            || bytes.trim_ascii_start().starts_with(b"[");
        let long = bytes.len() as u64 == LONGEST_MESSAGE && self.message.is_none();
        if is_json {
            // More than what was read already may follow.
            let rest: Box<dyn BufRead> = match long {
                true => Box::new(stdin().lock()),
                false => Box::new(io::empty()),
            };
            let all = Cursor::new(bytes.clone()).chain(rest);
            let trail = scan("standard input", |progress| {
                denial::scan(all, &|| true, progress)
            });
            let trail = trail.ok();
            if let Some(trail) = trail.filter(|trail| trail.groups.len() > 1 || long) {
                return Ok(Input::Trail(trail));
            }
        }
        let mut denials = denial::read_all(&String::from_utf8_lossy(&bytes));
        if denials.is_empty() {
            return Err(Failure::input(
                "the message says nothing of a denied request: paste the whole error, or the CloudTrail event",
            ));
        }
        denials.truncate(MOST_ANSWERS);
        Ok(Input::Denials(denials))
    }

    fn list(&self, trail: &Trail) -> String {
        match self.format {
            Format::Text => plain(&trail_page(trail), style()),
            Format::Json => format!("{}\n", trail_json(trail)),
            Format::Markdown => markdown(&trail_page(trail), 2),
        }
    }

    fn answers(&self, denials: &[Denial]) -> Result<String, Failure> {
        let mut denials = denials.to_vec();
        let inventory = match denials.first() {
            Some(first) if !self.sources.is_empty() => {
                let (mut inventory, connections) = self.load_for(first)?;
                for denial in &mut denials {
                    connections.decode(denial)?;
                    if let Some(resource) = &denial.resource {
                        connections.read_policy(&mut inventory, resource)?;
                    }
                }
                Some(inventory)
            }
            _ => None,
        };
        let inventory = inventory.as_ref();
        if let (Some(number), Some(first), Some(inventory)) =
            (self.diff, denials.first(), inventory)
        {
            return differences(&answer(first, inventory), number, inventory);
        }
        if let Format::Json = self.format {
            let mut objects = denials.iter().map(|denial| match inventory {
                Some(inventory) => answer_json(&answer(denial, inventory), inventory),
                None => {
                    let mut json = denial_json(denial);
                    json["format"] = json!(1);
                    json
                }
            });
            let mut first = objects.next().unwrap_or_default();
            let others: Vec<Value> = objects.collect();
            if !others.is_empty() {
                first["others"] = json!(others);
            }
            return Ok(format!("{first:#}\n"));
        }
        let texts = denials.iter().map(|denial| match (self.format, inventory) {
            (Format::Markdown, Some(inventory)) => {
                answer_markdown(&answer(denial, inventory), inventory)
            }
            (Format::Markdown, None) => markdown(&denial_page(denial), 2),
            (_, Some(inventory)) => {
                plain(&answer_page(&answer(denial, inventory), inventory), style())
            }
            (_, None) => plain(&denial_page(denial), style()),
        });
        Ok(texts.collect::<Vec<_>>().join("\n"))
    }
}

impl Denied {
    /// Loads the sources. Templates are filled with the account and region of the message, where the
    /// user gives none: those of the resource, where the caller is not among what was loaded.
    fn load_for(&self, denial: &Denial) -> Result<(Inventory, Connections), Failure> {
        let home = denial::home(denial, false);
        let loaded = self.sources.load_for(&home)?;
        let there = denial::home(denial, true);
        let (inventory, _) = &loaded;
        let is_template = |source: &Source| source.kind.is_template();
        let missing = matches!(
            denial::find(denial, inventory),
            denial::Found::Missing { .. }
        );
        if there != home && missing && inventory.sources.iter().any(is_template) {
            return self.sources.load_for(&there);
        }
        Ok(loaded)
    }
}

/// A proposal as differences: of the files that its policies stand in, where those show plainly what
/// to change, else of the policies.
fn differences(answer: &Answer, number: usize, inventory: &Inventory) -> Result<String, Failure> {
    let list = &answer.proposals.list;
    let proposal = number.checked_sub(1).and_then(|at| list.get(at));
    let proposal = proposal.ok_or_else(|| {
        let count = list.len();
        Failure::input(format!("there is no proposal {number}, there are {count}"))
    })?;
    let read = |path: &str| std::fs::read_to_string(path).ok();
    Ok(report::differences(proposal, inventory, &read))
}

/// Reads events, with a line of progress on a terminal.
fn scan(
    path: &str,
    read: impl FnOnce(&mut dyn FnMut(denial::Progress)) -> Result<Trail, denial::ScanError>,
) -> Result<Trail, Failure> {
    let shown = stderr().is_terminal();
    let mut last = 0;
    let mut progress = |progress: denial::Progress| {
        if shown && progress.events >= last + 10_000 {
            last = progress.events;
            eprint!("\r{} events, {} denials", progress.events, progress.denials);
        }
    };
    let trail = read(&mut progress);
    if shown && last > 0 {
        eprintln!();
    }
    trail.map_err(|error| Failure::input(format!("cannot read `{path}`: {error}")))
}

/// Wrapped on a terminal, as it is elsewhere.
fn style() -> PlainStyle {
    if !stdout().is_terminal() {
        return PlainStyle::default();
    }
    let size = crossterm::terminal::size().ok();
    PlainStyle {
        width: size
            .map(|(columns, _)| usize::from(columns))
            .filter(|columns| *columns >= 40),
        ..PlainStyle::default()
    }
}

/// The answer to one line of a batch.
fn read_line(case: &Value) -> Result<Value, String> {
    let message = case
        .get("message")
        .and_then(Value::as_str)
        .ok_or("`message` must be a string")?;
    let mut answer = json!({ "id": case.get("id") });
    if let (Some(answer), Value::Object(fields)) =
        (answer.as_object_mut(), denial_json(&denial::read(message)))
    {
        answer.extend(fields);
    }
    Ok(answer)
}
