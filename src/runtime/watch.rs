//! Noticing that files have changed, by looking at their times now and then.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::errands::Outcome;
use crate::app::{Action, Command};

/// How often to look.
const EVERY: Duration = Duration::from_millis(500);

/// Looks at the files of what is loaded, away from the loop, and asks for a reload.
#[derive(Default)]
pub(super) struct Watch {
    known: Arc<Mutex<Seen>>,
    looking: Option<JoinHandle<()>>,
}

impl Watch {
    /// Watches these files. One that was watched before counts as it was then: it may have changed
    /// while it was read.
    pub fn set(&mut self, files: Vec<PathBuf>, outcomes: &mpsc::UnboundedSender<Outcome>) {
        if let Some(looking) = self.looking.take() {
            looking.abort();
        }
        let (known, outcomes) = (Arc::clone(&self.known), outcomes.clone());
        self.looking = Some(tokio::spawn(async move {
            let mut files = Some(files);
            loop {
                let (known, files) = (Arc::clone(&known), files.take());
                let look = tokio::task::spawn_blocking(move || {
                    let mut seen = known.lock().unwrap_or_else(PoisonError::into_inner);
                    match files {
                        Some(files) => seen.set(files),
                        None => return seen.has_changed(),
                    }
                    false
                });
                let Ok(changed) = look.await else { return };
                let reload = Outcome::Action(Action::Do(Command::Reload));
                if changed && outcomes.send(reload).is_err() {
                    return;
                }
                tokio::time::sleep(EVERY).await;
            }
        }));
    }
}

/// When a file was last written and how long it is; `None` where there is none.
type Stamp = Option<(SystemTime, u64)>;

/// Files and how they were when last looked at.
#[derive(Debug, Default)]
struct Seen {
    known: BTreeMap<PathBuf, Stamp>,
    /// What the last look found, when it was not what is known: the change may still go on.
    changing: Option<BTreeMap<PathBuf, Stamp>>,
}

impl Seen {
    fn set(&mut self, files: Vec<PathBuf>) {
        let before = std::mem::take(&mut self.known);
        let stamp = |path: PathBuf| {
            let stamp = before.get(&path).copied().unwrap_or_else(|| stamp(&path));
            (path, stamp)
        };
        self.known = files.into_iter().map(stamp).collect();
        self.changing = None;
    }

    /// Whether a file has changed and has then stayed as it is for one look.
    fn has_changed(&mut self) -> bool {
        let now = self.known.keys().map(|path| (path.clone(), stamp(path)));
        let now: BTreeMap<PathBuf, Stamp> = now.collect();
        if now == self.known {
            self.changing = None;
            return false;
        }
        if self.changing.as_ref() == Some(&now) {
            self.known = now;
            self.changing = None;
            return true;
        }
        self.changing = Some(now);
        false
    }
}

fn stamp(path: &Path) -> Stamp {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_counts_once_it_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "1").unwrap();
        let mut watch = Seen::default();
        watch.set(vec![path.clone()]);
        assert!(!watch.has_changed());
        fs::write(&path, "22").unwrap();
        assert!(!watch.has_changed(), "may still be written");
        fs::write(&path, "333").unwrap();
        assert!(!watch.has_changed(), "is still written");
        assert!(watch.has_changed());
        assert!(!watch.has_changed());
        fs::write(&path, "4444").unwrap();
        watch.set(vec![path.clone()]);
        assert!(!watch.has_changed());
        assert!(watch.has_changed(), "was changed while it was read");
        fs::remove_file(&path).unwrap();
        assert!(!watch.has_changed());
        assert!(watch.has_changed());
    }
}
