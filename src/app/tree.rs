//! The tree: a flat list of the rows that are open, and the one that is selected.

use std::collections::HashSet;

use super::children::Forest;
use super::item::{Item, Part};

/// Whether a row can be opened.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fold {
    /// Nothing stands below it.
    Leaf,
    /// What stands below it is not shown.
    Closed,
    /// What stands below it is shown.
    Open,
}

/// A visible row.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Row {
    /// What it stands for.
    pub item: Item,
    /// How many rows it stands below.
    pub depth: u8,
    /// Whether it is open.
    pub fold: Fold,
}

/// Which rows are open: all above a depth, except those that were turned over.
#[derive(Clone, Debug, Default)]
pub struct Openness {
    level: u8,
    turned: HashSet<Item>,
}

impl Openness {
    /// Everything above a depth is open.
    pub fn to_level(level: u8) -> Self {
        Openness {
            level,
            turned: HashSet::new(),
        }
    }

    /// Whether a row is open. Patterns of actions open only one by one.
    pub fn is_open(&self, item: Item, depth: u8) -> bool {
        let by_level = depth < self.level
            && !matches!(
                item,
                Item::Part(_, _, Part::Action(_) | Part::Rest) | Item::Service(..) | Item::Unread
            );
        by_level != self.turned.contains(&item)
    }

    /// The same rows open under other items.
    pub fn translated(&self, item: impl Fn(Item) -> Option<Item>) -> Self {
        Openness {
            level: self.level,
            turned: self.turned.iter().filter_map(|own| item(*own)).collect(),
        }
    }

    fn set(&mut self, item: Item, depth: u8, open: bool) {
        if self.is_open(item, depth) != open && !self.turned.remove(&item) {
            self.turned.insert(item);
        }
    }
}

/// The rows of a forest that are open.
pub fn visible_rows(forest: Forest<'_>, open: &Openness) -> Vec<Row> {
    let mut rows = Vec::new();
    for root in forest.roots() {
        add(forest, open, root, 0, &mut rows);
    }
    rows
}

// Recursion is bounded by the depth of the tree's kinds of rows: a source has sections, these
// entities, then policies, statements, parts, services, actions.
fn add(forest: Forest<'_>, open: &Openness, item: Item, depth: u8, rows: &mut Vec<Row>) {
    let fold = if !forest.has_children(item) {
        Fold::Leaf
    } else if open.is_open(item, depth) {
        Fold::Open
    } else {
        Fold::Closed
    };
    rows.push(Row { item, depth, fold });
    if fold == Fold::Open {
        let mut children = Vec::new();
        forest.children(item, &mut children);
        for child in children {
            add(forest, open, child, depth + 1, rows);
        }
    }
}

/// The tree on the screen.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    rows: Vec<Row>,
    cursor: usize,
    offset: usize,
    open: Openness,
    edits: u64,
}

impl Tree {
    /// The tree of a forest, opened to a level, the first row selected.
    pub fn new(forest: Forest<'_>, open: Openness) -> Self {
        Tree {
            rows: visible_rows(forest, &open),
            open,
            ..Tree::default()
        }
    }

    /// A tree of rows that were chosen elsewhere.
    pub fn of_rows(rows: Vec<Row>) -> Self {
        Tree {
            rows,
            ..Tree::default()
        }
    }

    /// The visible rows.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The position of the selected row.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// The position of the first row that is drawn.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// How often rows were opened and closed, to tell whether rows made elsewhere are out of date.
    pub fn edits(&self) -> u64 {
        self.edits
    }

    /// Which rows are open.
    pub fn openness(&self) -> &Openness {
        &self.open
    }

    /// The selected row.
    pub fn selected(&self) -> Option<Row> {
        self.rows.get(self.cursor).copied()
    }

    /// The position of an item among the visible rows.
    pub fn position(&self, item: Item) -> Option<usize> {
        self.rows.iter().position(|row| row.item == item)
    }

    /// Selects a row by its position; the last one where there are fewer.
    pub fn select(&mut self, position: usize) {
        self.cursor = position.min(self.rows.len().saturating_sub(1));
    }

    /// Selects the row so many positions away.
    pub fn move_by(&mut self, rows: isize) {
        self.select(self.cursor.saturating_add_signed(rows));
    }

    /// Draws from another row on, without selecting anything.
    pub fn scroll_by(&mut self, rows: isize, height: usize) {
        let last = self.rows.len().saturating_sub(height);
        self.offset = self.offset.saturating_add_signed(rows).min(last);
    }

    /// Scrolls so that the selected row is seen, with a little of what is around it.
    pub fn show_cursor(&mut self, height: usize) {
        let margin = (height / 6).min(3);
        let lowest = self.cursor.saturating_sub(margin);
        let highest = (self.cursor + margin + 1).min(self.rows.len());
        self.offset = self
            .offset
            .min(lowest)
            .max(highest.saturating_sub(height))
            .min(self.rows.len().saturating_sub(height));
    }

    /// The position of the row above a row.
    pub fn parent(&self, position: usize) -> Option<usize> {
        let depth = self.rows.get(position)?.depth;
        self.rows[..position]
            .iter()
            .rposition(|row| row.depth < depth)
    }

    /// Opens a row; says whether it was closed.
    pub fn expand(&mut self, forest: Forest<'_>, position: usize) -> bool {
        let Some(row) = self.rows.get_mut(position) else {
            return false;
        };
        if row.fold != Fold::Closed {
            return false;
        }
        row.fold = Fold::Open;
        self.edits += 1;
        let (item, depth) = (row.item, row.depth);
        self.open.set(item, depth, true);
        let mut children = Vec::new();
        forest.children(item, &mut children);
        let mut below = Vec::with_capacity(children.len());
        for child in children {
            add(forest, &self.open, child, depth + 1, &mut below);
        }
        self.rows.splice(position + 1..position + 1, below);
        true
    }

    /// Closes a row; says whether it was open.
    pub fn collapse(&mut self, position: usize) -> bool {
        let end = self.end_below(position);
        let Some(row) = self.rows.get_mut(position) else {
            return false;
        };
        if row.fold != Fold::Open {
            return false;
        }
        row.fold = Fold::Closed;
        self.edits += 1;
        self.open.set(row.item, row.depth, false);
        self.rows.drain(position + 1..end);
        if self.cursor >= end {
            self.cursor -= end - position - 1;
        } else if self.cursor > position {
            self.cursor = position;
        }
        true
    }

    /// Opens everything below a row, except patterns of actions.
    pub fn expand_below(&mut self, forest: Forest<'_>, position: usize) {
        let Some(row) = self.rows.get(position).copied() else {
            return;
        };
        if row.fold == Fold::Leaf {
            return;
        }
        self.collapse(position);
        let mut below = Vec::new();
        self.force(forest, row.item, row.depth, true, &mut below);
        self.rows.splice(position..position + 1, below);
    }

    /// Closes everything below a row, and the row.
    pub fn collapse_below(&mut self, forest: Forest<'_>, position: usize) {
        let Some(row) = self.rows.get(position).copied() else {
            return;
        };
        self.collapse(position);
        self.force(forest, row.item, row.depth, false, &mut Vec::new());
    }

    fn force(
        &mut self,
        forest: Forest<'_>,
        item: Item,
        depth: u8,
        open: bool,
        rows: &mut Vec<Row>,
    ) {
        self.edits += 1;
        let is_pattern = matches!(item, Item::Part(..) | Item::Service(..));
        let has_children = forest.has_children(item);
        let fold = match (has_children, open && !is_pattern) {
            (false, _) => Fold::Leaf,
            (true, true) => Fold::Open,
            (true, false) => Fold::Closed,
        };
        rows.push(Row { item, depth, fold });
        if !has_children || is_pattern {
            self.open.set(item, depth, false);
            return;
        }
        self.open.set(item, depth, open);
        let mut children = Vec::new();
        forest.children(item, &mut children);
        for child in children {
            self.force(forest, child, depth + 1, open, rows);
        }
    }

    /// The position behind the last row below a row.
    fn end_below(&self, position: usize) -> usize {
        let Some(depth) = self.rows.get(position).map(|row| row.depth) else {
            return position;
        };
        self.rows[position + 1..]
            .iter()
            .position(|row| row.depth <= depth)
            .map_or(self.rows.len(), |below| position + 1 + below)
    }

    /// Takes rows that were made elsewhere, keeping the selection where it still is, else on the
    /// nearest row above it.
    pub fn replace(&mut self, forest: Forest<'_>, rows: Vec<Row>, open: Openness) {
        let mut wanted = self.selected().map(|row| row.item);
        self.rows = rows;
        self.open = open;
        self.cursor = 0;
        self.edits += 1;
        while let Some(item) = wanted {
            if let Some(position) = self.position(item) {
                self.cursor = position;
                break;
            }
            wanted = forest.parent(item);
        }
    }

    /// Scrolls so that the selected row is so many rows below the first that is seen.
    pub fn keep_seen_at(&mut self, row: usize) {
        self.offset = self.cursor.saturating_sub(row);
    }

    /// Takes the rows of another forest. The selection goes to the first of the candidates that is
    /// among them, and stays where it was seen.
    pub fn carry(&mut self, rows: Vec<Row>, open: Openness, candidates: &[Item]) {
        let seen_at = self.cursor.saturating_sub(self.offset);
        self.rows = rows;
        self.open = open;
        self.edits += 1;
        let found = candidates.iter().find_map(|item| self.position(*item));
        self.cursor = found.unwrap_or(0);
        self.offset = self.cursor.saturating_sub(seen_at);
    }

    /// Opens what stands above an item and selects it; says whether it is in the tree.
    pub fn reveal(&mut self, forest: Forest<'_>, item: Item) -> bool {
        let mut above = vec![item];
        while let Some(parent) = forest.parent(above[above.len() - 1]) {
            above.push(parent);
        }
        let mut from = 0;
        for (depth, wanted) in above.iter().rev().enumerate() {
            let Some(found) = self.rows[from..].iter().position(|row| row.item == *wanted) else {
                return false;
            };
            from += found;
            if depth + 1 < above.len() {
                self.expand(forest, from);
            }
        }
        self.cursor = from;
        true
    }
}
