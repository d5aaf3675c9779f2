//! The permissions of a source as Markdown tables, as a vendor's documentation would list them.

use std::collections::HashSet;
use std::fmt::Write;
use std::sync::Arc;

use super::outline::literal;
use crate::analyze::{Permission, PurposeReview, Purposes, Scope, permissions};
use crate::explain::{condition_words, count, escape};
use crate::iam::{Account, Document, InlinePolicy, Inventory, Text};

/// Every permission that the policies of a source grant: permission, purpose, resources, access level,
/// condition; then the permissions without a purpose, the purposes without a permission, and what is
/// granted on everything. Policies that AWS maintains are left out.
pub fn permissions_markdown(inventory: &Inventory, purposes: Option<&Purposes>) -> String {
    let mut tables = Tables {
        purposes,
        text: String::new(),
        seen: HashSet::new(),
        documents: Vec::new(),
        could_be_limited: Vec::new(),
        cannot_be_limited: Vec::new(),
    };
    for account in &inventory.accounts {
        tables.account(account);
    }
    if tables.documents.is_empty() {
        return String::new();
    }
    tables.lists();
    tables.text
}

struct Tables<'a> {
    purposes: Option<&'a Purposes>,
    text: String,
    seen: HashSet<*const Document>,
    documents: Vec<Arc<Document>>,
    could_be_limited: Vec<String>,
    cannot_be_limited: Vec<String>,
}

impl Tables<'_> {
    fn account(&mut self, account: &Account) {
        for policy in &account.policies {
            if let Some(document) = &policy.document {
                let mut title = format!("Managed policy {}", policy.identity.name);
                if !policy.attached_to.is_empty() {
                    let names = policy.attached_to.iter().map(Text::to_string);
                    let names: Vec<String> = names.collect();
                    let _ = write!(title, ", attached to {}", names.join(", "));
                }
                self.table(&title, document);
            }
        }
        for role in &account.roles {
            self.inline("role", &role.identity.name, &role.inline);
        }
        for user in &account.users {
            self.inline("user", &user.identity.name, &user.inline);
        }
        for group in &account.groups {
            self.inline("group", &group.identity.name, &group.inline);
        }
    }

    fn inline(&mut self, what: &str, holder: &Text, policies: &[InlinePolicy]) {
        for policy in policies {
            let title = format!("Policy {} of the {what} {holder}", policy.name);
            self.table(&title, &policy.document);
        }
    }

    fn table(&mut self, title: &str, document: &Arc<Document>) {
        if !self.seen.insert(Arc::as_ptr(document)) {
            return;
        }
        let granted = permissions(document, self.purposes);
        if granted.is_empty() {
            return;
        }
        self.documents.push(document.clone());
        let _ = write!(
            self.text,
            "\n## {}\n\n| Permission | Purpose | Resources | Access level | Condition |\n|---|---|---|---|---|\n",
            literal(&escape(title))
        );
        for permission in &granted {
            self.row(permission);
        }
    }

    fn row(&mut self, permission: &Permission<'_>) {
        let name = code(&permission.name);
        match permission.scope() {
            Scope::Limited => {}
            Scope::CouldBeLimited => self.could_be_limited.push(name.clone()),
            Scope::CannotBeLimited => self.cannot_be_limited.push(name.clone()),
        }
        let purpose = permission.purpose.as_deref().map(cell).unwrap_or_default();
        let _ = writeln!(
            self.text,
            "| {name} | {purpose} | {} | {} | {} |",
            resources(permission),
            cell(&permission.level()),
            conditions(permission)
        );
    }

    fn lists(&mut self) {
        let review = PurposeReview::of(&self.documents, self.purposes);
        // Where nobody wrote a purpose, a list of all permissions says nothing.
        if review.with_purpose > 0 {
            let without = review.without_purpose.iter().map(|name| code(name));
            self.list("Permissions without a purpose", without.collect());
        }
        if self.purposes.is_some() {
            let left = review.without_permission.into_iter();
            let left = left
                .map(|purpose| format!("{}: {}", code(&purpose.permission), cell(&purpose.text)));
            self.list("Purposes without a permission", left.collect());
        }
        let could = std::mem::take(&mut self.could_be_limited);
        self.list("On every resource, and could be limited", could);
        let cannot = std::mem::take(&mut self.cannot_be_limited);
        self.list("On every resource, and cannot be limited", cannot);
    }

    fn list(&mut self, title: &str, mut items: Vec<String>) {
        let mut seen = HashSet::new();
        items.retain(|item| seen.insert(item.clone()));
        let _ = write!(self.text, "\n## {title} ({})\n\n", items.len());
        if items.is_empty() {
            self.text.push_str("None.\n");
        }
        for item in items {
            let _ = writeln!(self.text, "- {item}");
        }
    }
}

/// The resources of a permission, one a line; whether `*` could be less.
fn resources(permission: &Permission<'_>) -> String {
    let Some(element) = &permission.statement.resource else {
        return String::new();
    };
    const MOST: usize = 12;
    let mut shown: Vec<String> = element
        .entries
        .iter()
        .take(MOST)
        .map(|entry| code(&entry.text.to_string()))
        .collect();
    if element.entries.len() > MOST {
        shown.push(format!(
            "and {}",
            count(element.entries.len() - MOST, "more pattern")
        ));
    }
    let shown = shown.join("<br>");
    if element.not {
        format!("all but {shown}")
    } else {
        shown
    }
}

fn conditions(permission: &Permission<'_>) -> String {
    let mut words: Vec<String> = permission
        .statement
        .conditions
        .iter()
        .map(|condition| cell(&condition_words(condition).to_plain()))
        .collect();
    for guard in [&permission.statement.guard, &permission.entry.guard] {
        if !guard.is_always() {
            words.push(cell(&format!("only where {guard} holds")));
        }
    }
    words.join("<br>")
}

/// Text for a cell: one line, with nothing that ends the cell or marks it up.
fn cell(text: &str) -> String {
    literal(&escape(
        &text.split_whitespace().collect::<Vec<_>>().join(" "),
    ))
}

/// A literal for a cell, as code. A bar ends a cell even within code.
fn code(text: &str) -> String {
    let text = escape(text);
    // Code that holds a backtick needs a longer fence.
    let fence = if text.contains('`') { "`` " } else { "`" };
    let close: String = fence.chars().rev().collect();
    format!("{fence}{}{close}", text.replace('|', "\\|"))
}
