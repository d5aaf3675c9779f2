//! Condition keys that a request for an action can never carry, and what follows.

use crate::catalog::{self, Action};
use crate::iam::{Condition, Statement};

/// More actions than these are not examined for one statement: what is said of them stays unsaid.
const MOST_ACTIONS: usize = 400;

/// What a condition does for the requests that can never carry its key.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash)]
pub enum WithoutKey {
    /// It always holds: it limits nothing.
    AlwaysHolds,
    /// It never holds: the statement never applies.
    NeverHolds,
}

/// A condition whose key some of the statement's actions never carry.
#[derive(Clone, Debug)]
pub struct AbsentKey<'a> {
    /// The condition.
    pub condition: &'a Condition,
    /// The actions named in the statement whose requests never carry the key.
    pub actions: Vec<&'static Action>,
    /// Whether no action of the statement can carry it.
    pub all: bool,
    /// What follows.
    pub effect: WithoutKey,
    /// Whether the catalogue has no such key at all, for any action.
    pub unknown: bool,
}

/// Whether a request for an action can carry a key, as far as AWS's reference says. Keys of
/// identity providers, and global ones, are carried by the caller and not listed there.
pub fn can_carry(action: &'static Action, key: &str) -> bool {
    let known = catalog::condition_key(key);
    let by_caller = known.is_some_and(|key| key.global.is_some()) && !is_tag_key(key);
    by_caller || is_claim(key) || is_of_assuming(action, key) || lists(action, key)
}

/// Tagging a session and setting its source identity are checked in the call that assumes the role,
/// with all of its keys (IAM: id_session-tags).
fn is_of_assuming(action: &Action, key: &str) -> bool {
    let sts = |text: &str| {
        text.get(..4)
            .is_some_and(|start| start.eq_ignore_ascii_case("sts:"))
    };
    sts(action.canonical()) && sts(key)
}

/// Keys of tags and of their names are global, and yet each action says whether it has them.
fn is_tag_key(key: &str) -> bool {
    let lower = key.to_ascii_lowercase();
    lower.starts_with("aws:requesttag/")
        || lower.starts_with("aws:resourcetag/")
        || lower == "aws:tagkeys"
}

/// Claims of web identities (`HOST/PATH:claim`) and of SAML.
fn is_claim(key: &str) -> bool {
    key.split_once(':')
        .is_some_and(|(prefix, _)| prefix.contains('.') || prefix.eq_ignore_ascii_case("saml"))
}

fn lists(action: &'static Action, key: &str) -> bool {
    let keys = action.details().condition_keys;
    keys.iter().any(|listed| {
        let stem = listed.name.split(['$', '<']).next().unwrap_or_default();
        if stem.len() == listed.name.len() {
            listed.name.eq_ignore_ascii_case(key)
        } else {
            key.get(..stem.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(stem))
        }
    })
}

/// The conditions of a statement whose key some of its actions never carry. Patterns are examined
/// as a whole: they count as carrying a key when one of their actions does.
pub fn absent_keys(statement: &Statement) -> Vec<AbsentKey<'_>> {
    let Some(element) = statement.action.as_ref().filter(|element| !element.not) else {
        return Vec::new();
    };
    if element.entries.len() > MOST_ACTIONS {
        return Vec::new();
    }
    let mut named = Vec::new();
    let mut patterns = Vec::new();
    for entry in &element.entries {
        // An unresolved action may carry anything.
        let Some(text) = entry.text.as_plain() else {
            return Vec::new();
        };
        match catalog::index().find(text) {
            Some(action) => named.push(action),
            None => patterns.push(text),
        }
    }
    statement
        .conditions
        .iter()
        .filter_map(|condition| absent_key(condition, &named, &patterns))
        .collect()
}

fn absent_key<'a>(
    condition: &'a Condition,
    named: &[&'static Action],
    patterns: &[&str],
) -> Option<AbsentKey<'a>> {
    let key = condition.key.as_plain()?;
    let effect = without_key(condition)?;
    let actions: Vec<&'static Action> = named
        .iter()
        .copied()
        .filter(|action| !can_carry(action, key))
        .collect();
    let by_pattern = patterns
        .iter()
        .any(|pattern| pattern_can_carry(pattern, key));
    let all = actions.len() == named.len() && !by_pattern;
    let no_pattern_can = all && !patterns.is_empty();
    if actions.is_empty() && !no_pattern_can {
        return None;
    }
    Some(AbsentKey {
        condition,
        actions,
        all,
        effect,
        unknown: catalog::condition_key(key).is_none(),
    })
}

fn pattern_can_carry(pattern: &str, key: &str) -> bool {
    let actions = catalog::expand(pattern);
    // A name that the catalogue does not have may carry anything, and so may one of very many.
    actions.is_empty()
        || actions.len() > MOST_ACTIONS
        || actions.into_iter().any(|action| can_carry(action, key))
}

/// What a condition amounts to where its key is absent; `None` where that cannot be told.
fn without_key(condition: &Condition) -> Option<WithoutKey> {
    let operator = condition.operator?;
    let holds = match operator.holds_without_key() {
        Some(holds) => holds,
        None => {
            let mut asks_absent = false;
            for value in &condition.values {
                asks_absent |= value.text.as_plain()?.eq_ignore_ascii_case("true");
            }
            asks_absent
        }
    };
    Some(if holds {
        WithoutKey::AlwaysHolds
    } else {
        WithoutKey::NeverHolds
    })
}
