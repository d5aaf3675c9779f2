//! Work that may take longer than a frame: pure, run on another thread, its result dropped when the
//! screen has moved on.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Kinds of work; a later job of a kind replaces an earlier one.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash)]
pub enum Lane {
    /// Searching the tree.
    Search,
}

/// The newest generation of each lane, shared with running jobs so that they can stop early.
#[derive(Clone, Debug, Default)]
pub struct Latest(Arc<AtomicU64>);

impl Latest {
    /// Makes every ticket handed out before stale, and hands out a new one.
    pub fn next(&self) -> Ticket {
        let generation = self.0.fetch_add(1, Ordering::AcqRel) + 1;
        Ticket {
            generation,
            latest: self.0.clone(),
        }
    }
}

/// The right of one piece of work to go on.
#[derive(Clone, Debug)]
pub struct Ticket {
    generation: u64,
    latest: Arc<AtomicU64>,
}

impl Ticket {
    /// Whether nothing newer has been asked for.
    pub fn is_current(&self) -> bool {
        self.latest.load(Ordering::Acquire) == self.generation
    }
}

/// A piece of work.
#[derive(Debug)]
pub struct Job {
    lane: Lane,
    ticket: Ticket,
}

impl Job {
    /// Its kind.
    pub fn lane(&self) -> Lane {
        self.lane
    }

    /// Whether its result is still wanted.
    pub fn is_wanted(&self) -> bool {
        self.ticket.is_current()
    }

    /// Does the work. Stops early, with a result that is dropped, once something newer was asked for.
    pub fn run(self) -> Found {
        Found {
            ticket: self.ticket,
        }
    }
}

/// What a piece of work found.
#[derive(Debug)]
pub struct Found {
    ticket: Ticket,
}

impl Found {
    /// Whether the result is still wanted.
    pub fn is_wanted(&self) -> bool {
        self.ticket.is_current()
    }
}
