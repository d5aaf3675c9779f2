//! Taking what was loaded, in place of what was shown before.

use std::sync::Arc;
use std::time::SystemTime;

use crate::iam::Inventory;

use super::carry::Carried;
use super::index::Index;
use super::item::Item;
use super::job::{Lane, Work};
use super::live::Extent;
use super::overlay::Overlay;
use super::picker::PickerKind;
use super::state::entities;
use super::tree::{Openness, Row, Tree};
use super::{Effect, Notice, State};

impl State {
    /// Takes what was loaded so far, with more to come; or, where it says when it was taken, what was
    /// kept of an earlier time.
    pub(super) fn arrived(
        &mut self,
        inventory: Arc<Inventory>,
        taken: Option<SystemTime>,
        effects: &mut Vec<Effect>,
    ) {
        // Reading anew begins with less than is here: what is here stays until there is more.
        let has_more = entities(&self.inventory) > entities(&inventory);
        if self.loading.is_none() || (has_more && !self.live.switching && taken.is_none()) {
            return;
        }
        self.live.extent = match taken {
            Some(taken) => Extent::Kept(taken),
            None => Extent::Coming,
        };
        self.live.behind = true;
        self.live.switching = false;
        self.comparing = false;
        self.adopt_or_hold(inventory, effects);
    }

    /// Takes what was loaded.
    pub(super) fn loaded(
        &mut self,
        result: Result<Arc<Inventory>, String>,
        effects: &mut Vec<Effect>,
    ) {
        self.loading = None;
        self.live.behind = false;
        match result {
            Ok(inventory) => {
                if std::mem::take(&mut self.live.switching) {
                    let sources = &self.sources;
                    let sessions = &mut self.live.sessions;
                    sessions.retain(|session| sources.contains(&session.spec()));
                }
                // What came in parts is compared with nothing; what was whole before is.
                self.comparing |= matches!(self.live.extent, Extent::Kept(_));
                let failure = self.live.failure.as_ref();
                self.live.extent = if failure.is_some_and(|failure| failure.broken) {
                    Extent::Broken
                } else {
                    Extent::Whole
                };
                self.live.held = None;
                if self.suppositions.is_empty() {
                    self.adopt(inventory, effects);
                } else {
                    // What is supposed stays, of the policies that are there again.
                    let work = Work::Rebase(self.suppositions.clone(), inventory);
                    effects.push(self.job(Lane::Suppose, work));
                }
            }
            Err(words) => {
                if self.live.extent == Extent::Coming {
                    self.live.extent = Extent::Broken;
                }
                // A failure of a live account is said for as long as it lasts.
                if self.live.failure.is_none() {
                    self.notice = Some(Notice::failure(words));
                }
            }
        }
    }

    /// What arrives behind a what-if waits until that is taken back.
    fn adopt_or_hold(&mut self, inventory: Arc<Inventory>, effects: &mut Vec<Effect>) {
        if self.suppositions.is_empty() {
            self.live.held = None;
            self.adopt(inventory, effects);
        } else {
            self.live.held = Some(inventory);
        }
    }

    /// Shows an inventory in place of the one before; what is open and selected stays.
    pub(super) fn adopt(&mut self, inventory: Arc<Inventory>, effects: &mut Vec<Effect>) {
        let tree = self.whole_tree();
        let work = Work::Adopt(inventory, tree.openness().clone(), tree.edits());
        self.soon(Lane::Adopt, work, effects);
    }

    /// Takes the tree that was made of an inventory.
    pub(super) fn adopted(&mut self, carried: Carried, effects: &mut Vec<Effect>) {
        if self.whole_tree().edits() != carried.edits {
            self.adopt(carried.inventory, effects);
            return;
        }
        let carrier = carried.carrier;
        let now = |items: Vec<Item>| {
            items
                .into_iter()
                .rev()
                .filter_map(|item| carrier.item(item))
        };
        let selected: Vec<Item> = now(self.crumbs()).collect();
        let whole_selected: Vec<Item> = match &self.find.whole {
            Some(whole) => {
                let item = whole.selected().map(|row| row.item);
                now(self.crumbs_of(item)).collect()
            }
            None => selected.clone(),
        };
        self.history.translate(|item| carrier.item(item));
        self.pane.translate(|item| carrier.item(item));
        if let Some(answer) = &mut self.denials.answer {
            answer.caller = answer.caller.and_then(|caller| carrier.entity(caller));
        }
        self.forget_all();
        self.inventory = carried.inventory;
        self.index = Arc::default();
        self.sorted = Arc::default();
        self.overlays.retain(|overlay| {
            !matches!(overlay, Overlay::Picker(picker) if picker.kind == PickerKind::Start)
        });
        self.texts.clear();
        self.facts.clear();
        self.allowed.clear();
        self.counting.clear();
        self.remarks.clear();
        self.remarking.clear();
        self.wanted = None;
        match &mut self.find.whole {
            // The matches stay until they were searched anew.
            Some(whole) => {
                whole.carry(carried.rows, carried.open, &whole_selected);
                let rows = self.tree.rows().iter();
                let rows: Vec<Row> = rows
                    .filter_map(|row| {
                        let item = carrier.item(row.item)?;
                        Some(Row { item, ..*row })
                    })
                    .collect();
                self.tree.carry(rows, Openness::default(), &selected);
                self.find.found = self
                    .find
                    .found
                    .iter()
                    .filter_map(|item| carrier.item(*item))
                    .collect();
            }
            None => self.tree.carry(carried.rows, carried.open, &selected),
        }
        if !self.find.is_filtering() {
            self.find.matches = None;
        }
        let compared = std::mem::take(&mut self.comparing);
        let work = Work::Index(Some(Box::new(carrier)), compared);
        effects.push(self.job(Lane::Index, work));
        self.decide_again(effects);
    }

    /// Decides anew what was decided of the inventory before.
    fn decide_again(&mut self, effects: &mut Vec<Effect>) {
        self.answer_again(effects);
        if self.live.extent == Extent::Coming && matches!(self.simulator.answer, Some(Ok(_))) {
            // An answer that is being read stays while more arrives.
            return;
        }
        self.decide_requests(effects);
        if self
            .overlays
            .iter()
            .any(|overlay| matches!(overlay, Overlay::Simulator))
        {
            self.ask(effects);
        }
    }

    /// Takes what can be found in the inventory.
    pub(super) fn indexed(&mut self, index: Arc<Index>, effects: &mut Vec<Effect>) {
        let changes = index.changes().words();
        // What was lost is the more important thing to say.
        let failed = self.notice.as_ref().is_some_and(|notice| notice.failed);
        if !changes.is_empty() && !failed {
            let key = self.key_words(super::Command::ClearChanges);
            let clear = key.map_or(String::new(), |key| format!("; {key} clears the marks"));
            self.notice = Some(Notice::info(format!(
                "since it was loaded before: {changes}{clear}"
            )));
        }
        self.index = index;
        self.texts.clear();
        self.wanted = None;
        self.refresh_rows(effects);
        // A search that was quicker than the index found nothing yet.
        if self.find.waiting || self.find.is_filtering() {
            self.query_changed(effects);
        }
        for overlay in &mut self.overlays {
            if let Overlay::Picker(picker) = overlay {
                picker.look_again();
            }
        }
    }

    /// The tree with everything in it, also while only matches are shown.
    pub(super) fn whole_tree(&self) -> &Tree {
        self.find.whole.as_ref().unwrap_or(&self.tree)
    }

    /// Takes rows that were made elsewhere; makes them anew where the tree was opened or closed
    /// meanwhile.
    pub(super) fn take_rows(
        &mut self,
        rows: Vec<Row>,
        open: Openness,
        edits: Option<u64>,
        effects: &mut Vec<Effect>,
    ) {
        if edits.is_some_and(|edits| edits != self.whole_tree().edits()) {
            self.refresh_rows(effects);
            return;
        }
        let forest = super::children::Forest::new(&self.inventory, &self.index, &self.sorted);
        let tree = self.find.whole.as_mut().unwrap_or(&mut self.tree);
        let seen_at = tree.cursor().saturating_sub(tree.offset());
        tree.replace(forest, rows, open);
        tree.keep_seen_at(seen_at);
        let height = self.tree_height();
        self.tree.show_cursor(height);
    }
}
