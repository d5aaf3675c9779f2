//! Taking what was loaded, in place of what was shown before.

use std::sync::Arc;

use crate::iam::Inventory;

use super::job::{Lane, Work};
use super::overlay::Overlay;
use super::picker::PickerKind;
use super::rows::RowText;
use super::tree::{Openness, Tree};
use super::{Effect, Notice, State};

impl State {
    /// Takes what was loaded.
    pub(super) fn loaded(
        &mut self,
        result: Result<Arc<Inventory>, String>,
        effects: &mut Vec<Effect>,
    ) {
        self.loading = None;
        match result {
            Ok(inventory) => {
                self.suppositions.clear();
                self.adopt(inventory, effects);
            }
            Err(words) => self.notice = Some(Notice::failure(words)),
        }
    }

    /// Shows an inventory in place of the one before; where both have the same shape, what is open
    /// and selected stays.
    pub(super) fn adopt(&mut self, inventory: Arc<Inventory>, effects: &mut Vec<Effect>) {
        self.end_search();
        let same = shape(&self.inventory) == shape(&inventory);
        let names: Vec<String> = self
            .crumbs()
            .into_iter()
            .map(|item| self.text_of(item).map(RowText::title).unwrap_or_default())
            .collect();
        self.inventory = inventory;
        self.index = Arc::default();
        self.overlays.retain(|overlay| {
            !matches!(overlay, Overlay::Picker(picker) if picker.kind == PickerKind::Start)
        });
        self.find = super::find::Find::default();
        self.texts.clear();
        self.facts.clear();
        self.allowed.clear();
        self.counting.clear();
        self.wanted = None;
        if same {
            let open = self.tree.openness().clone();
            let rows = super::tree::visible_rows(self.forest(), &open);
            self.take_rows(rows, open);
        } else {
            self.history.clear();
            // Open to the entities: the first question is which roles there are.
            self.tree = Tree::new(self.forest(), Openness::to_level(2));
            self.find_again(&names);
        }
        effects.push(self.job(Lane::Index, Work::Index));
        self.decide_requests(effects);
        if self
            .overlays
            .iter()
            .any(|overlay| matches!(overlay, Overlay::Simulator))
        {
            self.ask(effects);
        }
    }

    // What was selected before, by the names on the way to it.
    fn find_again(&mut self, names: &[String]) {
        let forest = super::children::Forest::new(&self.inventory, &self.index);
        let mut source = super::rows::RowSource {
            inventory: &self.inventory,
            index: &self.index,
            facts: &mut self.facts,
            allowed: &self.allowed,
            supposed: &self.suppositions,
        };
        let mut among = forest.roots();
        let mut found = None;
        for name in names {
            let Some(item) = among
                .iter()
                .find(|item| source.row(**item).title() == *name)
            else {
                break;
            };
            found = Some(*item);
            let mut children = Vec::new();
            forest.children(*item, &mut children);
            among = children;
        }
        if let Some(item) = found {
            self.tree.reveal(forest, item);
            let height = self.tree_height();
            self.tree.show_cursor(height);
        }
    }
}

/// How many of everything there is: rows of inventories of one shape stand for the same things.
fn shape(inventory: &Inventory) -> Vec<[usize; 5]> {
    let accounts = inventory.accounts.iter();
    accounts
        .map(|account| {
            [
                account.roles.len(),
                account.users.len(),
                account.groups.len(),
                account.policies.len(),
                account.resource_policies.len(),
            ]
        })
        .collect()
}
