//! Two versions of a managed policy beside each other: what the later allows more and less, and what
//! changed in its text.

use std::sync::Arc;

use crate::analyze::{GrantsCache, Held, capability};
use crate::catalog::ActionSet;
use crate::explain::escape;
use crate::iam::{Document, ManagedPolicy, PolicyVersion};

use super::diff::unified;

/// Why two versions cannot be compared.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum VersionsError {
    /// One of them is not there.
    #[error("`{policy}` has no version `{version}` among what was loaded, it has {known}")]
    Unknown {
        /// The policy.
        policy: String,
        /// What was asked for.
        version: String,
        /// What there is.
        known: String,
    },
    /// There is nothing to compare with.
    #[error("`{0}` has one version only among what was loaded")]
    Alone(String),
}

/// What changes from one version to another, as text. Without a version: from the newest that is not
/// in force, to the one in force.
///
/// # Errors
/// A version that was not loaded.
pub fn compare_versions(
    policy: &ManagedPolicy,
    from: Option<&str>,
    to: Option<&str>,
) -> Result<String, VersionsError> {
    let name = policy.identity.name.to_string();
    let find = |id: &str| {
        let mut versions = policy.versions.iter();
        let found = versions.find(|version| version.id.eq_ignore_ascii_case(id));
        found.ok_or_else(|| VersionsError::Unknown {
            policy: name.clone(),
            version: id.to_owned(),
            known: known(policy),
        })
    };
    let alone = || VersionsError::Alone(name.clone());
    let versions = || policy.versions.iter();
    let to = match to {
        Some(id) => find(id)?,
        None => versions()
            .find(|version| version.is_default)
            .ok_or_else(alone)?,
    };
    let from = match from {
        Some(id) => find(id)?,
        None => versions()
            .filter(|version| version.id != to.id)
            .max_by_key(|version| number(version))
            .ok_or_else(alone)?,
    };
    let (before, after) = (actions(&from.document), actions(&to.document));
    let mut text = format!("{}: {} to {}\n", escape(&name), title(from), title(to));
    text.push_str(&change("more", &after, &before));
    text.push_str(&change("less", &before, &after));
    let pretty = |version: &PolicyVersion| format!("{:#}\n", version.document.json());
    match unified(&name, &pretty(from), &pretty(to)).as_str() {
        "" => text.push_str("The texts are the same.\n"),
        difference => {
            text.push('\n');
            text.push_str(difference);
        }
    }
    Ok(text)
}

fn known(policy: &ManagedPolicy) -> String {
    let ids: Vec<&str> = policy.versions.iter().map(|one| one.id.as_str()).collect();
    match ids.as_slice() {
        [] => "none".to_owned(),
        ids => ids.join(", "),
    }
}

/// `v12` is later than `v9`.
fn number(version: &PolicyVersion) -> u32 {
    let digits = version.id.trim_start_matches(|c: char| !c.is_ascii_digit());
    digits.parse().unwrap_or_default()
}

fn title(version: &PolicyVersion) -> String {
    let force = if version.is_default {
        " (in force)"
    } else {
        ""
    };
    format!("{}{force}", escape(&version.id))
}

fn actions(document: &Arc<Document>) -> ActionSet {
    let held = Held {
        name: String::new(),
        document: Some(Arc::clone(document)),
        via: None,
    };
    capability(&[held], None, &GrantsCache::default()).actions
}

/// A sentence on the actions of one set that another has not.
fn change(word: &str, of: &ActionSet, without: &ActionSet) -> String {
    const SHOWN: usize = 12;
    let mut left = of.clone();
    left.subtract(without);
    if left.is_empty() {
        return format!("It allows no action {word}.\n");
    }
    let names: Vec<&str> = left.iter().take(SHOWN).map(|one| one.canonical()).collect();
    let count = left.len();
    let others = match count.saturating_sub(SHOWN) {
        0 => String::new(),
        others => format!(" and {others} others"),
    };
    let noun = if count == 1 { "action" } else { "actions" };
    format!(
        "It allows {count} {noun} {word}: {}{others}.\n",
        names.join(", ")
    )
}
