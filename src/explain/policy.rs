//! Policies in words: a sentence for each statement, and what a managed one amounts to.

use crate::analyze::{GrantsCache, Held, capability};
use crate::iam::{Document, ManagedPolicy, Origin, PolicyKind, ResourcePolicy};

use super::capability::{by_service, may};
use super::english::count;
use super::entity::{MOST, identity_facts, titled};
use super::statement::statement_words;
use super::{Fact, Item, Line, Mark, Page};

/// A managed policy: what it grants, and to whom it is attached.
pub fn managed_policy_page(policy: &ManagedPolicy, cache: &GrantsCache) -> Page {
    let mut page = titled("Managed policy ", &policy.identity);
    match (policy.attached_to.is_empty(), policy.limits.is_empty()) {
        (true, true) => page.mark(
            Mark::Problem,
            "It is attached to nothing among what was loaded: it grants nothing.",
        ),
        (true, false) => page.mark(
            Mark::Limited,
            "It is only a boundary: it limits what others grant.",
        ),
        (false, _) => {}
    }
    let held = Held {
        name: policy.identity.name.to_string(),
        document: policy.document.clone(),
        via: None,
    };
    let capability = capability(&[held], None, cache);
    may(&capability, None, &mut page);
    let mut facts = identity_facts(&policy.identity);
    facts.push(Fact::new("Kept by", origin_words(policy.origin)));
    for (label, holders) in [
        ("Attached to", &policy.attached_to),
        ("Boundary of", &policy.limits),
    ] {
        if !holders.is_empty() {
            let items = holders.iter().take(MOST);
            let items = items.map(|name| Item::new(Line::new().text(name)));
            facts.push(Fact::many(label, items.collect()));
        }
    }
    let versions = policy.versions.iter().map(|version| {
        let mut line = Line::new().plain(version.id.clone());
        if version.is_default {
            line = line.strong(" in force");
        }
        match &version.created {
            Some(created) => Item::new(line.muted(format!("  {created}"))),
            None => Item::new(line),
        }
    });
    let versions: Vec<Item> = versions.collect();
    if !versions.is_empty() {
        facts.push(Fact::many("Versions", versions));
    }
    page.facts(facts);
    if let Some(document) = &policy.document {
        page.list(statement_items(document, PolicyKind::Identity));
    }
    by_service(&capability, &mut page);
    page
}

/// A policy document: its statements in a sentence each.
pub fn policy_page(name: &str, document: &Document, kind: PolicyKind) -> Page {
    let mut page = Page::new(
        Line::new()
            .plain(capitalised_kind(kind))
            .plain(" ")
            .strong(name.to_owned()),
    );
    if document.unreadable {
        page.mark(
            Mark::Depends,
            "A part of it could not be read: what it decides is not known.",
        );
    }
    if document.statements.is_empty() {
        page.say("It has no statement.");
    }
    let role = role_of_kind(kind);
    if !role.is_empty() {
        page.say(role);
    }
    page.list(statement_items(document, kind));
    let problems: Vec<Item> = document
        .problems
        .iter()
        .take(MOST)
        .map(super::problem_item)
        .collect();
    if !problems.is_empty() {
        page.heading("Problems");
        page.list(problems);
    }
    page
}

/// The policy of a resource.
pub fn resource_policy_page(policy: &ResourcePolicy) -> Page {
    let mut page = policy_page("", &policy.document, policy.part());
    page.title = Line::new().plain("Policy of ").text(&policy.resource);
    let mut facts = vec![
        Fact::new("Resource", Line::new().text(&policy.resource)),
        Fact::new("Type", policy.kind.clone()),
    ];
    if let Some(id) = &policy.logical_id {
        facts.push(Fact::new("In the template", id.clone()));
    }
    page.facts(facts);
    page
}

/// What a kind of policy does in the evaluation of a request.
fn role_of_kind(kind: PolicyKind) -> &'static str {
    match kind {
        PolicyKind::Identity | PolicyKind::Resource | PolicyKind::Trust => "",
        PolicyKind::Boundary => {
            "A permissions boundary grants nothing: it is the most that the identity policies can grant."
        }
        PolicyKind::Session => {
            "A session policy grants nothing: it is the most that the session can do of what its role or user may."
        }
        PolicyKind::Scp => {
            "A service control policy grants nothing: it is the most that member accounts can grant."
        }
        PolicyKind::Rcp => {
            "A resource control policy grants nothing: it can only deny access to resources of member accounts."
        }
        PolicyKind::Vpce => {
            "An endpoint policy grants nothing: it is the most that can be done through the endpoint."
        }
    }
}

fn capitalised_kind(kind: PolicyKind) -> String {
    let words = kind.words();
    let mut characters = words.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

fn statement_items(document: &Document, kind: PolicyKind) -> Vec<Item> {
    let mut items: Vec<Item> = document
        .statements
        .iter()
        .take(MOST)
        .map(|statement| {
            let (mark, words) = statement_words(statement, kind);
            let reference = Line::new().muted(format!("{}  ", statement.reference()));
            Item::marked(mark, reference.then(words)).about(statement.place)
        })
        .collect();
    let all = document.statements.len();
    if all > MOST {
        let more = count(all - MOST, "more statement");
        items.push(Item::new(Line::new().muted(format!("and {more}"))));
    }
    items
}

fn origin_words(origin: Origin) -> &'static str {
    match origin {
        Origin::Aws => "AWS",
        Origin::Customer => "the account",
        Origin::External => "somebody else: its text was not loaded",
    }
}
