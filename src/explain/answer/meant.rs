//! The roles that a message may mean which does not name the one that was to be assumed.

use crate::denial::Denial;
use crate::iam::{Effect, Glob, Inventory, Place, PolicyKind, Role, Statement, Text};

use super::super::statement::statement_words;
use super::super::{Item, Line, Link, Meaning, Page, Span};
use super::Answer;

/// A role that a message may mean.
#[derive(Clone, Debug)]
pub struct Meant {
    /// Its ARN.
    pub role: Text,
    /// Where it stands.
    pub place: Place,
    /// The statements of its trust policy that speak of the action, in words.
    trusts: Vec<(Place, Line)>,
}

/// The roles whose trust policies let anybody do what was denied, where the message names none.
pub(super) fn meant(denial: &Denial, inventory: &Inventory) -> Vec<Meant> {
    let action = denial.action.as_deref().unwrap_or_default();
    let action = action.to_ascii_lowercase();
    if denial.resource.is_some() || !action.starts_with("sts:assumerole") {
        return Vec::new();
    }
    let roles = inventory.accounts.iter().flat_map(|account| &account.roles);
    roles.filter_map(|role| trusting(role, &action)).collect()
}

fn trusting(role: &Role, action: &str) -> Option<Meant> {
    let statements = role.trust.iter().flat_map(|trust| &trust.statements);
    let trusts: Vec<(Place, Line)> = statements
        .filter(|own| own.effect == Some(Effect::Allow) && speaks_of(own, action))
        .map(|own| (own.place, statement_words(own, PolicyKind::Trust).1))
        .collect();
    (!trusts.is_empty()).then(|| Meant {
        role: role.identity.arn.clone(),
        place: role.identity.place,
        trusts,
    })
}

fn speaks_of(statement: &Statement, action: &str) -> bool {
    let Some(element) = statement.action.as_ref().filter(|element| !element.not) else {
        return false;
    };
    let patterns = element.entries.iter();
    patterns
        .filter_map(|entry| entry.text.as_plain())
        .any(|pattern| Glob::new(&pattern.to_ascii_lowercase()).matches(action))
}

/// The roles with whom their trust policies let in, and when.
pub(super) fn may_mean(answer: &Answer, inventory: &Inventory, page: &mut Page) {
    if answer.may_mean.is_empty() {
        return;
    }
    page.heading("Roles that it may mean");
    let items = answer.may_mean.iter().map(|meant| {
        let mut line = Line::new();
        line.push(Span::new(Meaning::Code, meant.role.to_string()).to(Link::Place(meant.place)));
        let line = line.muted(format!(" at {}", inventory.describe(meant.place)));
        let item = Item::new(line).about(meant.place);
        meant.trusts.iter().fold(item, |item, (place, words)| {
            item.below(Item::new(words.clone()).about(*place))
        })
    });
    page.list(items.collect());
}
