//! Fuzzy search over everything in the tree.

use std::collections::{HashMap, HashSet};

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;

use crate::catalog::SearchIndex;

use super::children::Forest;
use super::index::Index;
use super::item::Item;
use super::tree::{Fold, Row};

/// At most this many matches are shown, the best ones.
const SHOWN: usize = 2_000;

/// So many actions of the catalogue are shown.
const ACTIONS: usize = 50;

/// Shorter queries find half the catalogue.
const SHORTEST: usize = 3;

/// What a search found.
#[derive(Clone, Debug, Default)]
pub struct Matches {
    /// What was searched.
    pub query: String,
    /// The matches in the order of the tree.
    pub items: Vec<Item>,
    /// The best one.
    pub best: Option<Item>,
    /// How many there are, shown or not.
    pub total: usize,
    /// How many actions of the catalogue match, whatever is in the tree.
    pub actions: usize,
    /// The matches and what stands above them, as rows.
    pub rows: Vec<Row>,
}

/// Searches the tree. Each word of the query must match the row or a row above it, and one the row
/// itself. Gives up once it is not wanted any more.
pub fn search(
    query: &str,
    index: &Index,
    forest: Forest<'_>,
    is_wanted: impl Fn() -> bool,
) -> Matches {
    let words: Vec<&str> = query.split_whitespace().collect();
    let matcher = SkimMatcherV2::default();
    let mut found: Vec<HashMap<Item, i64>> = Vec::new();
    for word in &words {
        found.push(matching(word, index, &matcher, &is_wanted));
    }
    let mut scored: Vec<(i64, Item)> = together(&found, forest);
    let total = scored.len();
    scored.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    scored.truncate(SHOWN);
    let mut best = scored.first().map(|(_, item)| *item);
    let chosen: HashSet<Item> = scored.into_iter().map(|(_, item)| item).collect();
    let mut rows = rows_of(&chosen, forest);
    let items = rows
        .iter()
        .map(|row| row.item)
        .filter(|item| chosen.contains(item))
        .collect();
    let actions = actions_of(query);
    best = best.or_else(|| actions.first().map(|row| row.item));
    let count = actions.len();
    if count > 0 {
        rows.push(Row {
            item: Item::Catalogue,
            depth: 0,
            fold: Fold::Leaf,
        });
        rows.extend(actions);
    }
    Matches {
        query: query.to_owned(),
        items,
        best,
        total,
        actions: count,
        rows,
    }
}

/// Actions of the catalogue by name and by words of their descriptions, the best first; none while
/// its index is being made, after which the search is repeated.
fn actions_of(query: &str) -> Vec<Row> {
    let Some(index) = SearchIndex::ready().filter(|_| query.trim().len() >= SHORTEST) else {
        return Vec::new();
    };
    let found = index.matching(query, ACTIONS).into_iter();
    found
        .map(|action| Row {
            item: Item::Known(number(action.id().position())),
            depth: 1,
            fold: Fold::Leaf,
        })
        .collect()
}

// The catalogue has some twenty thousand actions.
fn number(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

/// The characters of a text that a query matches, by their positions.
pub fn positions(query: &str, text: &str) -> Vec<usize> {
    let matcher = SkimMatcherV2::default();
    let mut all: Vec<usize> = query
        .split_whitespace()
        .filter(|word| score(&matcher, text, word).is_some())
        .filter_map(|word| matcher.fuzzy_indices(text, word))
        .flat_map(|(_, positions)| positions)
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// How well a text matches a word; `None` for letters that are merely scattered over it.
pub fn score(matcher: &SkimMatcherV2, text: &str, word: &str) -> Option<i64> {
    if !has_letters(text, word) {
        return None;
    }
    let score = matcher.fuzzy_match(text, word)?;
    // A letter in a run is worth 16 and more, a scattered one less than nothing with its gap.
    let letters = i64::try_from(word.chars().count()).unwrap_or(i64::MAX);
    (score >= letters.saturating_mul(13)).then_some(score)
}

/// Whether the letters of a word stand in a text in order: cheap, and most texts fail it.
fn has_letters(text: &str, word: &str) -> bool {
    let mut rest = text.chars();
    word.chars()
        .all(|wanted| rest.any(|found| found.eq_ignore_ascii_case(&wanted) || found == wanted))
}

fn matching(
    word: &str,
    index: &Index,
    matcher: &SkimMatcherV2,
    is_wanted: &impl Fn() -> bool,
) -> HashMap<Item, i64> {
    let mut found = HashMap::new();
    for (at, (text, items)) in index.texts().enumerate() {
        if at % 1024 == 0 && !is_wanted() {
            break;
        }
        if let Some(score) = score(matcher, text, word) {
            for item in items {
                let best = found.entry(*item).or_insert(score);
                *best = score.max(*best);
            }
        }
    }
    found
}

fn together(found: &[HashMap<Item, i64>], forest: Forest<'_>) -> Vec<(i64, Item)> {
    match found {
        [] => Vec::new(),
        [only] => only.iter().map(|(item, score)| (*score, *item)).collect(),
        several => {
            let candidates: HashSet<Item> = several
                .iter()
                .flat_map(|word| word.keys().copied())
                .collect();
            candidates
                .into_iter()
                .filter_map(|item| {
                    let scores = several.iter().map(|word| nearest(word, item, forest));
                    let total: Option<i64> = scores.sum();
                    total.map(|total| (total, item))
                })
                .collect()
        }
    }
}

// The score of the row itself, or of the nearest row above it that matches, at half its worth.
fn nearest(word: &HashMap<Item, i64>, item: Item, forest: Forest<'_>) -> Option<i64> {
    if let Some(score) = word.get(&item) {
        return Some(*score);
    }
    let mut above = forest.parent(item);
    while let Some(parent) = above {
        if let Some(score) = word.get(&parent) {
            return Some(score / 2);
        }
        above = forest.parent(parent);
    }
    None
}

fn rows_of(chosen: &HashSet<Item>, forest: Forest<'_>) -> Vec<Row> {
    let mut needed: HashSet<Item> = HashSet::new();
    for item in chosen {
        let mut above = forest.parent(*item);
        while let Some(parent) = above {
            if !needed.insert(parent) {
                break;
            }
            above = forest.parent(parent);
        }
    }
    let mut rows = Vec::new();
    for root in forest.roots() {
        add(root, 0, chosen, &needed, forest, &mut rows);
    }
    rows
}

// Bounded by the depth of the tree's kinds of rows.
fn add(
    item: Item,
    depth: u8,
    chosen: &HashSet<Item>,
    needed: &HashSet<Item>,
    forest: Forest<'_>,
    rows: &mut Vec<Row>,
) {
    let leads = needed.contains(&item);
    if !leads && !chosen.contains(&item) {
        return;
    }
    let fold = match (leads, forest.has_children(item)) {
        (true, _) => Fold::Open,
        (false, true) => Fold::Closed,
        (false, false) => Fold::Leaf,
    };
    rows.push(Row { item, depth, fold });
    if leads {
        let mut children = Vec::new();
        forest.children(item, &mut children);
        for child in children {
            add(child, depth + 1, chosen, needed, forest, rows);
        }
    }
}
