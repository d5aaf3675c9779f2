//! How far loading has come, and the wish to stop it, shared with whoever shows it.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::LoadError;
use super::live::LiveProgress;
use crate::iam::SourceId;

/// Is told of every step of a live source.
type Watcher = Box<dyn Fn(SourceId, LiveProgress) + Send + Sync>;

/// Counts of a load in progress. All methods may be called from any thread.
#[derive(Default)]
pub struct Progress {
    files: AtomicU64,
    bytes: AtomicU64,
    cancelled: AtomicBool,
    words: Mutex<String>,
    watcher: Option<Watcher>,
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress")
            .field("files", &self.files)
            .field("bytes", &self.bytes)
            .field("cancelled", &self.cancelled)
            .finish_non_exhaustive()
    }
}

impl Progress {
    /// Progress of which live sources tell every step, on the thread that loads.
    pub fn watching(watcher: impl Fn(SourceId, LiveProgress) + Send + Sync + 'static) -> Self {
        Progress {
            watcher: Some(Box::new(watcher)),
            ..Progress::default()
        }
    }

    pub(super) fn watched(&self, source: SourceId, event: LiveProgress) {
        if let Some(watcher) = &self.watcher {
            watcher(source, event);
        }
    }

    /// Files looked at so far.
    pub fn files(&self) -> u64 {
        self.files.load(Ordering::Relaxed)
    }

    /// Bytes read so far.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// What a live account has said so far; empty for files.
    pub fn words(&self) -> String {
        let words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        words.clone()
    }

    pub(super) fn say(&self, words: String) {
        *self.words.lock().unwrap_or_else(PoisonError::into_inner) = words;
    }

    /// Asks the load to stop; it ends with [`LoadError::Cancelled`] soon after.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    pub(super) fn read(&self, bytes: usize) {
        self.files.fetch_add(1, Ordering::Relaxed);
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn check(&self) -> Result<(), LoadError> {
        if self.is_cancelled() {
            return Err(LoadError::Cancelled);
        }
        Ok(())
    }
}
