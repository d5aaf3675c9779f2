//! What typing into the search does to the tree.

use super::children::Forest;
use super::job::{Lane, Work};
use super::search::Matches;
use super::tree::Tree;
use super::{Effect, Key, Notice, State};

impl State {
    /// Begins to type a query.
    pub(super) fn begin_search(&mut self) {
        self.pane_focused = false;
        self.find.last = self.find.input.text().to_owned();
        if !self.find.is_filtering() {
            self.find.input.set("");
        }
        self.find.typing = true;
    }

    /// Takes a key of the query; says whether it was one.
    pub(super) fn type_query(&mut self, key: Key, effects: &mut Vec<Effect>) -> bool {
        let before = self.find.input.text().to_owned();
        let taken = self.find.input.key(key);
        if self.find.input.text() != before {
            self.query_changed(effects);
        }
        taken
    }

    /// Asks for the matches of the query as it now is.
    pub(super) fn query_changed(&mut self, effects: &mut Vec<Effect>) {
        let query = self.find.input.text().trim().to_owned();
        if query.is_empty() {
            self.forget(Lane::Search);
            self.find.waiting = false;
            self.restore_tree();
            return;
        }
        self.find.waiting = true;
        effects.push(self.job(Lane::Search, Work::Search(query)));
    }

    /// Shows what was found, in place of the whole tree.
    pub(super) fn found(&mut self, matches: Matches) {
        self.find.waiting = false;
        let best = matches.best;
        let tree = Tree::of_rows(matches.rows.clone());
        let whole = std::mem::replace(&mut self.tree, tree);
        if self.find.whole.is_none() {
            self.find.whole = Some(whole);
        }
        self.find.found = matches.items.iter().copied().collect();
        self.find.matches = Some(matches);
        self.texts.clear();
        if let Some(position) = best.and_then(|best| self.tree.position(best)) {
            self.tree.select(position);
        }
        let height = self.tree_height();
        self.tree.show_cursor(height);
    }

    /// Ends typing; the matches stay.
    pub(super) fn accept_query(&mut self) {
        self.find.typing = false;
        if self.find.input.text().trim().is_empty() {
            self.restore_tree();
        }
    }

    /// Ends typing and shows the whole tree, where it was before.
    pub(super) fn cancel_query(&mut self) {
        self.find.typing = false;
        self.forget(Lane::Search);
        self.find.waiting = false;
        self.restore_tree();
    }

    /// Shows the whole tree again, where it was before.
    pub(super) fn restore_tree(&mut self) {
        if let Some(whole) = self.find.whole.take() {
            self.tree = whole;
            self.texts.clear();
            let height = self.tree_height();
            self.tree.show_cursor(height);
        }
    }

    /// Shows the whole tree again, with what is selected now.
    pub(super) fn end_search(&mut self) {
        self.find.typing = false;
        let selected = self.selected();
        if self.find.is_filtering() {
            self.restore_tree();
            if let Some(item) = selected {
                let forest = Forest::new(&self.inventory, &self.index, &self.sorted);
                self.tree.reveal(forest, item);
                let height = self.tree_height();
                self.tree.show_cursor(height);
            }
        }
    }

    /// Goes to the next match, or the one before.
    pub(super) fn next_match(&mut self, forward: bool) {
        let Some(matches) = &self.find.matches else {
            self.notice = Some(Notice::info("nothing was searched yet"));
            return;
        };
        let items = &matches.items;
        if items.is_empty() {
            self.notice = Some(Notice::info(format!("nothing matches `{}`", matches.query)));
            return;
        }
        let Some(selected) = self.selected() else {
            return;
        };
        // The rows between matches are what stands above them: go on from the nearest match.
        let rows = self.tree.rows();
        let cursor = self.tree.cursor();
        let target = if self.find.is_filtering() {
            let is_match = |row: &super::tree::Row| self.find.found.contains(&row.item);
            let (before, rest) = rows.split_at(cursor.min(rows.len()));
            let after = rest.get(1..).unwrap_or_default();
            let found = if forward {
                after
                    .iter()
                    .find(|row| is_match(row))
                    .or_else(|| before.iter().find(|row| is_match(row)))
            } else {
                before
                    .iter()
                    .rfind(|row| is_match(row))
                    .or_else(|| after.iter().rfind(|row| is_match(row)))
            };
            found.map(|row| row.item)
        } else {
            let present = items.iter().position(|item| *item == selected);
            let next = match (present, forward) {
                (Some(at), true) => (at + 1) % items.len(),
                (Some(at), false) => (at + items.len() - 1) % items.len(),
                (None, true) => 0,
                (None, false) => items.len() - 1,
            };
            items.get(next).copied()
        };
        let Some(target) = target else {
            return;
        };
        if let Some(position) = self.tree.position(target) {
            self.tree.select(position);
        } else {
            let forest = Forest::new(&self.inventory, &self.index, &self.sorted);
            self.tree.reveal(forest, target);
        }
        let height = self.tree_height();
        self.tree.show_cursor(height);
        let at = matches.items.iter().position(|item| *item == target);
        let (at, total) = (at.map_or(0, |at| at + 1), matches.total);
        self.notice = Some(Notice::info(format!("match {at} of {total}")));
    }
}
