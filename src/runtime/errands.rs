//! What the screen wants from outside and what can be done without the terminal: each errand runs on
//! another thread and its result comes back as an action.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::loading::Given;
use crate::analyze::Proposal;
use crate::app::{Action, Job, Notice, Purpose, Ticket};
use crate::aws::{self, Connection};
use crate::denial;
use crate::iam::Inventory;
use crate::report;
use crate::terminal::{Clipboard, open_url};

/// The largest file of text that is read for an overlay.
const MOST_TEXT: u64 = 64 << 20;

/// How often it is told how far reading a file has come.
const BETWEEN_PROGRESS: Duration = Duration::from_millis(100);

/// What comes back from an errand.
#[derive(Debug)]
pub(super) enum Outcome {
    /// Something for the screen.
    Action(Action),
    /// A text that only the terminal can put into a clipboard.
    CopyByTerminal(String),
}

/// Carries out errands and sends back what became of them.
pub(super) struct Errands {
    outcomes: mpsc::UnboundedSender<Outcome>,
    clipboard: Arc<Mutex<Clipboard>>,
}

impl Errands {
    pub fn new(outcomes: mpsc::UnboundedSender<Outcome>) -> Self {
        Errands {
            outcomes,
            clipboard: Arc::default(),
        }
    }

    /// Does something on another thread; what it gives goes to the screen.
    pub fn run(&self, errand: impl FnOnce() -> Option<Outcome> + Send + 'static) {
        let outcomes = self.outcomes.clone();
        tokio::task::spawn_blocking(move || {
            if let Some(outcome) = errand() {
                // The screen may have been left meanwhile.
                let _ = outcomes.send(outcome);
            }
        });
    }

    /// Where to send what goes to the screen.
    pub fn outcomes(&self) -> &mpsc::UnboundedSender<Outcome> {
        &self.outcomes
    }

    /// Sends something to the screen, behind what is already waiting.
    pub fn give(&self, outcome: Outcome) {
        let _ = self.outcomes.send(outcome);
    }

    pub fn compute(&self, job: Job) {
        self.run(|| {
            job.is_wanted()
                .then(|| Outcome::Action(Action::Found(job.run())))
        });
    }

    pub fn copy(&self, text: String) {
        let clipboard = Arc::clone(&self.clipboard);
        self.run(move || Some(copied(&clipboard, text)));
    }

    pub fn read_file(&self, purpose: Purpose, path: PathBuf) {
        self.run(move || {
            let path = at_home(&path);
            let result = read_text(&path).map_err(|words| format!("`{}`: {words}", path.display()));
            Some(Outcome::Action(Action::TextRead { purpose, result }))
        });
    }

    pub fn write_file(&self, path: PathBuf, text: String, what: &str) {
        let what = what.to_owned();
        self.run(move || Some(written(&path, &text, &what)));
    }

    /// Reads a file of events or of a message, with progress.
    pub fn read_events(&self, path: PathBuf, ticket: Ticket) {
        let outcomes = self.outcomes.clone();
        self.run(move || {
            let path = at_home(&path);
            let mut told = Instant::now();
            let mut progress = |progress| {
                if told.elapsed() >= BETWEEN_PROGRESS {
                    told = Instant::now();
                    let _ = outcomes.send(Outcome::Action(Action::EventsProgress(progress)));
                }
            };
            let read = denial::scan_path(&path, &|| ticket.is_current(), &mut progress);
            let result = read.map_err(|error| format!("`{}`: {error}", path.display()));
            ticket
                .is_current()
                .then(|| Outcome::Action(Action::EventsRead(result)))
        });
    }

    /// Has AWS decode an authorization message.
    pub fn decode(&self, connection: Option<Connection>, encoded: String) {
        let outcomes = self.outcomes.clone();
        tokio::spawn(async move {
            let result = match &connection {
                Some(connection) => aws::decode_message(connection, &encoded)
                    .await
                    .map_err(|error| error.to_string()),
                None => Err("no live account is connected".to_owned()),
            };
            let _ = outcomes.send(Outcome::Action(Action::Decoded { encoded, result }));
        });
    }

    /// Makes the difference of a proposal, and copies it or writes it to a file.
    pub fn difference(
        &self,
        proposal: Box<Proposal>,
        inventory: Arc<Inventory>,
        path: Option<PathBuf>,
        given: Arc<Given>,
    ) {
        let clipboard = Arc::clone(&self.clipboard);
        self.run(move || {
            let read = |path: &str| match given.text_of(path) {
                Some(text) => String::from_utf8(text.to_vec()).ok(),
                None => fs::read_to_string(existing_file(path)?).ok(),
            };
            let text = report::differences(&proposal, &inventory, &read);
            Some(match path {
                Some(path) => written(&path, &text, "the difference"),
                None => copied(&clipboard, text),
            })
        });
    }

    pub fn open_url(&self, address: String) {
        self.run(move || {
            Some(match open_url(&address) {
                Ok(()) => info(format!("opened {address}")),
                Err(error) => failure(format!("{error}: {address}")),
            })
        });
    }
}

fn copied(clipboard: &Mutex<Clipboard>, text: String) -> Outcome {
    let mut clipboard = clipboard.lock().unwrap_or_else(PoisonError::into_inner);
    if clipboard.copy(&text) {
        info("copied to the clipboard")
    } else {
        Outcome::CopyByTerminal(text)
    }
}

/// Writes a file, never over one that is there.
fn written(path: &Path, text: &str, what: &str) -> Outcome {
    let path = at_home(path);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&path);
    let written = written.and_then(|mut file| file.write_all(text.as_bytes()));
    match written {
        Ok(()) => info(format!("{what} written to {}", path.display())),
        Err(error) => failure(format!("`{}` was not written: {error}", path.display())),
    }
}

pub(super) fn info(words: impl Into<String>) -> Outcome {
    Outcome::Action(Action::Notice(Notice::info(words)))
}

pub(super) fn failure(words: impl Into<String>) -> Outcome {
    Outcome::Action(Action::Notice(Notice::failure(words)))
}

fn read_text(path: &Path) -> Result<String, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    file.take(MOST_TEXT + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    if bytes.len() as u64 > MOST_TEXT {
        return Err(format!("it is larger than {} MiB", MOST_TEXT >> 20));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("it is no UTF-8 text: byte {} does not belong there", at + 1)
    })
}

/// A path as a person types it: `~` is the home folder.
fn at_home(path: &Path) -> PathBuf {
    let home = etcetera::home_dir().ok();
    match (path.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}

/// A path as the source names it, absolute, where a file is there.
pub(super) fn existing_file(path: &str) -> Option<PathBuf> {
    let path = at_home(Path::new(path));
    let is_file = fs::metadata(&path).is_ok_and(|metadata| metadata.is_file());
    let folder = env::current_dir().unwrap_or_default();
    is_file.then(|| folder.join(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_or_the_reason_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "é").unwrap();
        assert_eq!(read_text(&path), Ok("é".to_owned()));
        fs::write(&path, b"ab\xff").unwrap();
        assert!(read_text(&path).unwrap_err().contains("byte 3"));
        assert!(read_text(&folder.path().join("none")).is_err());
        assert!(read_text(folder.path()).is_err());
    }

    #[test]
    fn home_is_where_it_is() {
        let home = etcetera::home_dir().unwrap();
        assert_eq!(at_home(Path::new("~/a")), home.join("a"));
        assert_eq!(at_home(Path::new("~")), home);
        assert_eq!(at_home(Path::new("a/~/b")), Path::new("a/~/b"));
    }

    #[test]
    fn only_files_are_edited() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(existing_file(&folder.path().display().to_string()), None);
        assert_eq!(existing_file("standard input"), None);
        assert!(existing_file("Cargo.toml").unwrap().is_absolute());
    }

    async fn outcome_of(errand: impl FnOnce(&Errands)) -> Outcome {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        errand(&Errands::new(sender));
        receiver.recv().await.unwrap()
    }

    #[tokio::test]
    async fn a_file_is_written_once_and_never_over_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.md");
        for (text, failed) in [("one", false), ("two", true)] {
            let outcome =
                outcome_of(|errands| errands.write_file(path.clone(), text.to_owned(), "a report"));
            match outcome.await {
                Outcome::Action(Action::Notice(notice)) => assert_eq!(notice.failed, failed),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
    }
}
