//! Everything that the screen shows.

use std::sync::Arc;

use crate::iam::Inventory;

use super::{Effect, Keymap, LoadRequest, Notice, Settings, SourceSpec};

/// How the program was started.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// The keys.
    pub keymap: Keymap,
    /// The sources to open; none shows the start screen.
    pub sources: Vec<SourceSpec>,
    /// What fills templates.
    pub settings: Settings,
    /// Whether only ASCII may be drawn.
    pub ascii: bool,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
}

/// The state of the screen.
#[derive(Debug)]
pub struct State {
    /// The keys.
    pub keymap: Keymap,
    /// Whether only ASCII may be drawn.
    pub ascii: bool,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// What was loaded.
    pub inventory: Arc<Inventory>,
    /// What is said in the last line.
    pub notice: Option<Notice>,
    sources: Vec<SourceSpec>,
    settings: Settings,
    generation: u64,
    loading: bool,
}

impl State {
    /// The first state, and what it needs from outside.
    pub fn new(setup: Setup) -> (Self, Vec<Effect>) {
        let mut state = State {
            keymap: setup.keymap,
            ascii: setup.ascii,
            size: setup.size,
            inventory: Arc::default(),
            notice: None,
            sources: setup.sources,
            settings: setup.settings,
            generation: 0,
            loading: false,
        };
        let effects = if state.sources.is_empty() {
            Vec::new()
        } else {
            vec![state.load()]
        };
        (state, effects)
    }

    /// Whether something is in progress, so that [`Action::Tick`](super::Action::Tick) is wanted.
    pub fn is_busy(&self) -> bool {
        self.loading
    }

    /// Asks for the sources, anew.
    pub(super) fn load(&mut self) -> Effect {
        self.generation += 1;
        self.loading = true;
        Effect::Load(LoadRequest {
            generation: self.generation,
            sources: self.sources.clone(),
            settings: self.settings.clone(),
        })
    }

    /// Takes what was loaded, unless something newer was asked for.
    pub(super) fn loaded(&mut self, generation: u64, result: Result<Arc<Inventory>, String>) {
        if generation != self.generation {
            return;
        }
        self.loading = false;
        match result {
            Ok(inventory) => self.inventory = inventory,
            Err(words) => self.notice = Some(Notice::failure(words)),
        }
    }
}
