//! The permissions that a policy grants, one by one, with why they are there.

use crate::catalog::{self, AccessLevel, Action, Pattern, Summary};
use crate::iam::{Document, Effect, Entry, Statement};

use super::purpose::{Purposes, canonical};
use super::risk::on_everything;

/// One entry of an Allow.
#[derive(Clone, Debug)]
pub struct Permission<'a> {
    /// The action in its canonical spelling, or the pattern as written.
    pub name: String,
    /// Why it is there: the table that was given, else the comment beside it.
    pub purpose: Option<String>,
    /// What it stands for.
    pub what: PermissionKind,
    /// The statement that grants it.
    pub statement: &'a Statement,
    /// The entry.
    pub entry: &'a Entry,
}

/// What an entry stands for.
#[derive(Clone, Debug)]
pub enum PermissionKind {
    /// One action.
    Action(&'static Action),
    /// A pattern, by what it matches.
    Pattern(Summary),
    /// Nothing that the catalogue knows, or a text that is not known yet.
    Unknown,
}

/// Whether a permission on everything could be limited to some resources.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scope {
    /// It is limited to some.
    Limited,
    /// It is on everything and could be limited.
    CouldBeLimited,
    /// It is on everything and has no resource types.
    CannotBeLimited,
}

impl Permission<'_> {
    /// The access level in words: `Write`, `172 List, 3 Read`.
    pub fn level(&self) -> String {
        match &self.what {
            PermissionKind::Action(action) if action.hides_permissions_management() => {
                format!("{} (manages permissions)", action.level())
            }
            PermissionKind::Action(action) => action.level().name().to_owned(),
            PermissionKind::Pattern(summary) => {
                let levels = AccessLevel::ALL.into_iter();
                let present = levels.filter(|level| summary.at(*level) > 0);
                let words = present.map(|level| format!("{} {level}", summary.at(level)));
                words.collect::<Vec<_>>().join(", ")
            }
            PermissionKind::Unknown => "not known".to_owned(),
        }
    }

    /// Whether it is, or could be, limited to some resources.
    pub fn scope(&self) -> Scope {
        if !on_everything(self.statement) {
            return Scope::Limited;
        }
        let limitable = match &self.what {
            PermissionKind::Action(action) => action.has_resource_types(),
            PermissionKind::Pattern(_) => true,
            PermissionKind::Unknown => false,
        };
        if limitable {
            Scope::CouldBeLimited
        } else {
            Scope::CannotBeLimited
        }
    }
}

/// The permissions that a document grants, in order.
pub fn permissions<'a>(document: &'a Document, purposes: Option<&Purposes>) -> Vec<Permission<'a>> {
    let allows = document
        .statements
        .iter()
        .filter(|statement| statement.effect == Some(Effect::Allow));
    let entries = allows.flat_map(|statement| {
        let element = statement.action.iter().filter(|element| !element.not);
        element
            .flat_map(|element| &element.entries)
            .map(move |entry| (statement, entry))
    });
    entries
        .map(|(statement, entry)| {
            let written = entry.text.to_string();
            Permission {
                name: canonical(&written).to_owned(),
                purpose: purpose_of(entry, &written, purposes),
                what: kind(entry),
                statement,
                entry,
            }
        })
        .collect()
}

/// Why a permission is there: the table that was given, else the comment beside it.
pub fn purpose_of(entry: &Entry, written: &str, purposes: Option<&Purposes>) -> Option<String> {
    purposes
        .and_then(|purposes| purposes.of(written))
        .map(|purpose| purpose.text.clone())
        .or_else(|| entry.comment.as_ref().map(ToString::to_string))
}

fn kind(entry: &Entry) -> PermissionKind {
    let Some(text) = entry.text.as_plain() else {
        return PermissionKind::Unknown;
    };
    if let Some(action) = catalog::index().find(text) {
        return PermissionKind::Action(action);
    }
    match Pattern::parse(text) {
        Some(pattern) if pattern.is_wild() => {
            let summary = Summary::of(pattern.actions());
            if summary.total == 0 {
                PermissionKind::Unknown
            } else {
                PermissionKind::Pattern(summary)
            }
        }
        _ => PermissionKind::Unknown,
    }
}
