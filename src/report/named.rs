//! The policies of an inventory under names that files can have.

use std::collections::HashSet;
use std::sync::Arc;

use crate::iam::{Document, InlinePolicy, Inventory, Origin};

/// A policy and what to call it: `TaskRole.trust`, `TaskRole.TaskPolicy`, `Boundary`.
#[derive(Clone, Debug)]
pub struct NamedDocument {
    /// Letters, digits, `.`, `_` and `-`; no two are the same.
    pub name: String,
    /// The policy.
    pub document: Arc<Document>,
}

/// Every policy that the sources themselves hold, in their order; AWS's own are not among them.
pub fn named_documents(inventory: &Inventory) -> Vec<NamedDocument> {
    let mut all = Names::default();
    for account in &inventory.accounts {
        for role in &account.roles {
            let owner = role.identity.name.label();
            if let Some(trust) = &role.trust {
                all.add(&format!("{owner}.trust"), trust);
            }
            all.inline(&owner, &role.inline);
        }
        for user in &account.users {
            all.inline(&user.identity.name.label(), &user.inline);
        }
        for group in &account.groups {
            all.inline(&group.identity.name.label(), &group.inline);
        }
        let own = account
            .policies
            .iter()
            .filter(|policy| policy.origin != Origin::Aws);
        for policy in own {
            if let Some(document) = &policy.document {
                all.add(&policy.identity.name.label(), document);
            }
        }
        for policy in &account.resource_policies {
            let name = policy.logical_id.clone();
            all.add(
                &name.unwrap_or_else(|| policy.resource.label()),
                &policy.document,
            );
        }
    }
    all.documents
}

#[derive(Default)]
struct Names {
    documents: Vec<NamedDocument>,
    taken: HashSet<String>,
}

impl Names {
    fn inline(&mut self, owner: &str, policies: &[InlinePolicy]) {
        for policy in policies {
            self.add(
                &format!("{owner}.{}", policy.name.label()),
                &policy.document,
            );
        }
    }

    fn add(&mut self, name: &str, document: &Arc<Document>) {
        let quiet = |character: char| match character {
            character if character.is_ascii_alphanumeric() => character,
            '.' | '_' | '-' => character,
            _ => '_',
        };
        let base: String = name.chars().take(120).map(quiet).collect();
        let base = base.trim_start_matches('.').to_owned();
        let mut name = base.clone();
        let mut number = 1;
        // Names are compared as file systems without case compare them.
        while !self.taken.insert(name.to_ascii_lowercase()) {
            number += 1;
            name = format!("{base}-{number}");
        }
        self.documents.push(NamedDocument {
            name,
            document: document.clone(),
        });
    }
}
