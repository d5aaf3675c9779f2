//! Finding actions by name and by words of their description.
//!
//! The index reads every description, which takes a moment: build it in the background with
//! [`SearchIndex::get`] and ask [`SearchIndex::ready`] where nobody may wait.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::index::{Action, ActionId, index};
use super::words::{singular, split_name, split_text};

/// Where a word stands: the more telling, the higher.
mod weight {
    pub(super) const NAME: u8 = 12;
    pub(super) const SERVICE: u8 = 6;
    pub(super) const DESCRIPTION: u8 = 4;
}

/// Words that nearly every description has.
const COMMON: [&str; 18] = [
    "grants",
    "permission",
    "to",
    "a",
    "an",
    "the",
    "of",
    "for",
    "in",
    "or",
    "and",
    "with",
    "by",
    "on",
    "from",
    "that",
    "you",
    "s",
];

/// Actions by the words of their names, services and descriptions.
#[derive(Debug)]
pub struct SearchIndex {
    /// Sorted by word.
    words: Vec<(String, Vec<Posting>)>,
}

#[derive(Clone, Copy, Debug)]
struct Posting {
    action: ActionId,
    weight: u8,
}

static INDEX: OnceLock<SearchIndex> = OnceLock::new();

/// Ranked actions for a query, the best first; builds the index if it has to.
pub fn search(query: &str, limit: usize) -> Vec<&'static Action> {
    SearchIndex::get().search(query, limit)
}

impl SearchIndex {
    /// The index; the first call builds it.
    pub fn get() -> &'static SearchIndex {
        INDEX.get_or_init(SearchIndex::build)
    }

    /// The index, if it is built.
    pub fn ready() -> Option<&'static SearchIndex> {
        INDEX.get()
    }

    fn build() -> Self {
        let mut words: BTreeMap<String, Vec<Posting>> = BTreeMap::new();
        for service in index().services() {
            let mut of_service = split_name(service.prefix());
            of_service.extend(split_text(service.title()));
            let descriptions = service.descriptions();
            for (action, description) in service.actions().iter().zip(descriptions) {
                let mut add = |word: &str, weight: u8| {
                    let word = singular(word);
                    if COMMON.contains(&word.as_str()) {
                        return;
                    }
                    let postings = words.entry(word).or_default();
                    match postings.last_mut() {
                        Some(last) if last.action == action.id() => {
                            last.weight = last.weight.max(weight)
                        }
                        _ => postings.push(Posting {
                            action: action.id(),
                            weight,
                        }),
                    }
                };
                split_name(action.name())
                    .iter()
                    .for_each(|word| add(word, weight::NAME));
                of_service
                    .iter()
                    .for_each(|word| add(word, weight::SERVICE));
                split_text(&description).for_each(|word| add(&word, weight::DESCRIPTION));
            }
        }
        SearchIndex {
            words: words.into_iter().collect(),
        }
    }

    /// Ranked actions for words, parts of words or a part of a name: `delete certificate`,
    /// `s3:getobj`. All words have to fit; where that finds nothing, as many as possible.
    pub fn search(&self, query: &str, limit: usize) -> Vec<&'static Action> {
        self.find(query, false, limit)
    }

    /// As [`search`](Self::search), where nothing is found unless all words fit.
    pub fn matching(&self, query: &str, limit: usize) -> Vec<&'static Action> {
        self.find(query, true, limit)
    }

    fn find(&self, query: &str, all: bool, limit: usize) -> Vec<&'static Action> {
        let query = query.trim().to_lowercase();
        let mut words: Vec<String> = split_text(&query).map(|word| singular(&word)).collect();
        words.retain(|word| !COMMON.contains(&word.as_str()));
        words.truncate(16);
        let actions = index().actions();
        let mut scores = vec![Score::default(); actions.len()];
        for word in &words {
            self.score_word(word, &mut scores);
        }
        if !query.is_empty() && !query.contains(char::is_whitespace) {
            for (action, score) in actions.iter().zip(&mut scores) {
                score_part_of_name(&query, action, words.len(), score);
            }
        }
        let best = scores
            .iter()
            .map(|score| score.words)
            .max()
            .unwrap_or_default();
        if best == 0 || (all && best < words.len()) {
            return Vec::new();
        }
        let fitting = scores
            .iter()
            .zip(actions)
            .filter(|(score, _)| score.words == best);
        let mut found: Vec<(u32, usize, &Action)> = fitting
            .map(|(score, action)| (score.points, action.canonical().len(), action))
            .collect();
        found.sort_by_key(|(points, length, action)| {
            (std::cmp::Reverse(*points), *length, action.id())
        });
        found
            .into_iter()
            .take(limit)
            .map(|(_, _, action)| action)
            .collect()
    }

    /// Adds the best fit of one word to every action that has it, or one that begins with it.
    fn score_word(&self, word: &str, scores: &mut [Score]) {
        let start = self
            .words
            .partition_point(|(known, _)| known.as_str() < word);
        let fitting = self.words[start..]
            .iter()
            .take_while(|(known, _)| known.starts_with(word));
        let mut best: Vec<(ActionId, u32)> = Vec::new();
        for (known, postings) in fitting {
            let exact = if known == word { 4 } else { 3 };
            best.extend(
                postings
                    .iter()
                    .map(|posting| (posting.action, u32::from(posting.weight) * exact)),
            );
        }
        best.sort_unstable_by_key(|(action, points)| (*action, std::cmp::Reverse(*points)));
        best.dedup_by_key(|(action, _)| *action);
        for (action, points) in best {
            let score = &mut scores[action.position()];
            score.words += 1;
            score.points += points;
        }
    }
}

#[derive(Clone, Copy, Default)]
struct Score {
    /// How many words of the query fit.
    words: usize,
    points: u32,
}

/// A query without spaces may be a part of the name, in the middle of a word too.
fn score_part_of_name(query: &str, action: &Action, words: usize, score: &mut Score) {
    let full = action.lower();
    let name = full.split_once(':').map_or(full, |(_, name)| name);
    let points = if full == query || name == query {
        400
    } else if full.starts_with(query) || name.starts_with(query) {
        200
    } else if full.contains(query) {
        100
    } else {
        return;
    };
    score.words = score.words.max(words.max(1));
    score.points = score.points.max(points);
}
