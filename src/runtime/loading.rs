//! Reading sources in the background, with how far it has come and a way to stop it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::errands::{Errands, Outcome};
use crate::app::{Action, LoadRequest};
use crate::iam::Inventory;

/// The load in progress, if any.
#[derive(Default)]
pub(super) struct Loading {
    current: Option<(u64, Arc<AtomicBool>)>,
}

impl Loading {
    /// Begins to load; what was being loaded is stopped.
    pub fn begin(&mut self, request: LoadRequest, errands: &Errands) {
        self.cancel();
        let cancelled = Arc::new(AtomicBool::new(false));
        self.current = Some((request.generation, Arc::clone(&cancelled)));
        errands.run(move || {
            let generation = request.generation;
            let result = read(&request, &cancelled).map(Arc::new);
            Some(Outcome::Action(Action::Loaded { generation, result }))
        });
    }

    /// Stops what is being loaded; it ends soon after.
    pub fn cancel(&mut self) {
        if let Some((_, cancelled)) = self.current.take() {
            cancelled.store(true, Ordering::Relaxed);
        }
    }

    /// How far loading has come.
    pub fn progress(&self) -> Option<Action> {
        None
    }
}

fn read(request: &LoadRequest, _cancelled: &AtomicBool) -> Result<Inventory, String> {
    Err(format!("{:?} cannot be read yet", request.sources))
}
