//! Noticing that files have changed, by looking at their times now and then.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

/// How often to look.
pub(super) const EVERY: Duration = Duration::from_millis(500);

type Seen = BTreeMap<PathBuf, Option<(SystemTime, u64)>>;

/// Files and how they were when last looked at.
#[derive(Debug, Default)]
pub(super) struct Watch {
    known: Seen,
    /// What the last look found, when it was not what is known: the change may still go on.
    changing: Option<Seen>,
}

impl Watch {
    /// Watches these files as they are now.
    pub fn set(&mut self, files: impl Iterator<Item = PathBuf>) {
        self.known = look(files);
        self.changing = None;
    }

    /// Whether a file has changed and has then stayed as it is for one look.
    pub fn has_changed(&mut self) -> bool {
        let now = look(self.known.keys().cloned());
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

fn look(files: impl Iterator<Item = PathBuf>) -> Seen {
    files
        .map(|path| {
            let metadata = fs::metadata(&path).ok();
            let seen =
                metadata.and_then(|metadata| Some((metadata.modified().ok()?, metadata.len())));
            (path, seen)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_counts_once_it_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "1").unwrap();
        let mut watch = Watch::default();
        watch.set([path.clone()].into_iter());
        assert!(!watch.has_changed());
        fs::write(&path, "22").unwrap();
        assert!(!watch.has_changed(), "may still be written");
        fs::write(&path, "333").unwrap();
        assert!(!watch.has_changed(), "is still written");
        assert!(watch.has_changed());
        assert!(!watch.has_changed());
        fs::remove_file(&path).unwrap();
        assert!(!watch.has_changed());
        assert!(watch.has_changed());
    }
}
