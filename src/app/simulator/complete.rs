//! What could complete a field, from what is loaded and from the catalogue.

use std::collections::BTreeSet;

use fuzzy_matcher::skim::SkimMatcherV2;

use crate::catalog;
use crate::iam::{Document, Glob, Inventory, PrincipalType, Statement, Text};
use crate::simulate::{Caller, PolicySet, caller_policies};

use super::super::item::{Entity, Owner, actions, principals, resources};
use super::super::rows::{address, label, trusted};
use super::super::search::score;
use super::ask::Query;
use super::fill::asking;
use super::form::Field;

/// So many candidates are worth offering.
const MOST: usize = 60;

/// Something that could complete a field.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Candidate {
    /// What the field would hold.
    pub text: String,
    /// What it is.
    pub detail: String,
}

impl Candidate {
    fn new(text: impl Into<String>, detail: impl Into<String>) -> Self {
        Candidate {
            text: text.into(),
            detail: detail.into(),
        }
    }
}

/// What could complete a field, the likeliest first.
pub fn candidates(
    field: Field,
    query: &Query,
    keys: &[String],
    inventory: &Inventory,
) -> Vec<Candidate> {
    match field {
        Field::Principal => of_callers(query.principal.trim(), inventory),
        Field::Action => of_actions(query, inventory),
        Field::Resource => of_resources(query, inventory),
        Field::Context(row) => {
            let text = query.context.get(row).map_or("", |row| row.trim());
            match text.split_once('=') {
                Some((key, value)) => of_values(key.trim(), value.trim(), query, inventory),
                None => of_keys(text.trim_start_matches('!'), query, keys, inventory),
            }
        }
    }
}

/// Those that match what is typed, the best first; all where nothing is typed.
fn best(typed: &str, candidates: impl IntoIterator<Item = Candidate>) -> Vec<Candidate> {
    if typed.is_empty() {
        return candidates.into_iter().take(MOST).collect();
    }
    let candidates: Vec<Candidate> = candidates.into_iter().collect();
    // What is typed in full needs no completing.
    if candidates.iter().any(|candidate| candidate.text == typed) {
        return Vec::new();
    }
    let matcher = SkimMatcherV2::default();
    let mut scored: Vec<(i64, Candidate)> = candidates
        .into_iter()
        .filter_map(|candidate| Some((score(&matcher, &candidate.text, typed)?, candidate)))
        .collect();
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored.truncate(MOST);
    scored.into_iter().map(|(_, candidate)| candidate).collect()
}

/// Those whose name matches, then those whose name in the tree begins as what is typed.
fn of_callers(typed: &str, inventory: &Inventory) -> Vec<Candidate> {
    let all = callers(inventory);
    let is_complete = all.iter().any(|own| own.text == typed);
    let mut found = best(typed, all.iter().cloned());
    if !typed.is_empty() && !is_complete {
        let named = all.into_iter().filter(|own| own.detail.starts_with(typed));
        let named: Vec<Candidate> = named.filter(|own| !found.contains(own)).collect();
        found.extend(named);
        found.truncate(MOST);
    }
    found
}

fn callers(inventory: &Inventory) -> Vec<Candidate> {
    let mut found = Vec::new();
    let number = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
    for (account, loaded) in inventory.accounts.iter().enumerate() {
        let entity = |owner: Owner| Entity {
            account: number(account),
            owner,
        };
        let name = |owner: Owner| asking(entity(owner), inventory);
        for (index, role) in loaded.roles.iter().enumerate() {
            let owner = Owner::Role(number(index));
            let who = role.trust.as_ref().map(|trust| trusted(&trust.statements));
            let mut detail = format!("role for {}", who.unwrap_or_default());
            let shown = label(entity(owner), inventory);
            if shown != address(entity(owner), inventory) {
                detail.insert_str(0, &format!("{shown}, "));
            }
            found.push(Candidate::new(name(owner), detail));
        }
        for index in 0..loaded.users.len() {
            found.push(Candidate::new(name(Owner::User(number(index))), "user"));
        }
    }
    for provider in providers(inventory) {
        found.push(Candidate::new(
            provider,
            "the bearer of a token of the provider",
        ));
    }
    found.push(Candidate::new("root", "the account's root user"));
    found.push(Candidate::new("anonymous", "an unsigned request"));
    found.push(Candidate::new(
        "service:lambda.amazonaws.com",
        "an AWS service",
    ));
    found
}

/// The identity providers that trust policies name.
fn providers(inventory: &Inventory) -> BTreeSet<String> {
    let roles = inventory.accounts.iter().flat_map(|account| &account.roles);
    let statements = roles
        .filter_map(|role| role.trust.as_ref())
        .flat_map(|trust| &trust.statements);
    statements
        .flat_map(principals)
        .filter(|principal| principal.kind == PrincipalType::Federated)
        .filter_map(|principal| principal.entry.text.as_plain().map(str::to_owned))
        .collect()
}

/// The documents that reach the caller.
fn documents(query: &Query, inventory: &Inventory) -> Vec<std::sync::Arc<Document>> {
    let Ok(caller) = Caller::find(inventory, query.principal.trim()) else {
        return Vec::new();
    };
    let PolicySet {
        identity, boundary, ..
    } = caller_policies(&caller);
    let given = query.extras.iter().map(|extra| extra.document.clone());
    identity
        .into_iter()
        .chain(boundary)
        .filter_map(|policy| policy.document)
        .chain(given)
        .collect()
}

fn of_actions(query: &Query, inventory: &Inventory) -> Vec<Candidate> {
    let typed = query.action.trim();
    let level = |name: &str| match catalog::action(name) {
        Some(action) => format!("{}  {}", action.action.level(), action.description),
        None => String::new(),
    };
    if typed.is_empty() {
        let documents = documents(query, inventory);
        let named: BTreeSet<String> = documents
            .iter()
            .flat_map(|document| &document.statements)
            .flat_map(actions)
            .filter_map(|entry| entry.text.as_plain())
            .filter(|name| name.contains(':') && !name.contains(['*', '?']))
            .map(str::to_owned)
            .take(MOST)
            .collect();
        return named
            .into_iter()
            .map(|name| {
                let detail = level(&name);
                Candidate::new(name, detail)
            })
            .collect();
    }
    if catalog::index().find(typed).is_some() {
        return Vec::new();
    }
    catalog::search(typed, MOST)
        .into_iter()
        .map(|action| action.canonical())
        .map(|name| Candidate::new(name, level(name)))
        .collect()
}

fn of_resources(query: &Query, inventory: &Inventory) -> Vec<Candidate> {
    let action = query.action.trim();
    let known = catalog::action(action);
    // Without resource types there is nothing to choose: the request is for `*`.
    let has_none = known
        .as_ref()
        .is_some_and(|known| known.resource_types.is_empty());
    if has_none {
        return Vec::new();
    }
    let mut found: Vec<Candidate> = Vec::new();
    let add = |text: String, detail: &str, found: &mut Vec<Candidate>| {
        if !found.iter().any(|known| known.text == text) {
            found.push(Candidate::new(text, detail));
        }
    };
    for document in documents(query, inventory) {
        let about = document
            .statements
            .iter()
            .filter(|statement| names_action(statement, action));
        for text in about.flat_map(resources).map(|entry| &entry.text) {
            add(text.to_string(), "in a policy of the caller", &mut found);
        }
    }
    for account in &inventory.accounts {
        for (id, arn) in &account.resources {
            if is_of_service(arn, action) {
                add(arn.to_string(), id, &mut found);
            }
        }
        for policy in &account.resource_policies {
            add(policy.resource.to_string(), "has a policy", &mut found);
        }
    }
    if let Some(known) = known {
        let account = inventory.accounts.first();
        for used in &known.resource_types {
            let mut form = used.arn.to_owned();
            if let Some(account) = account {
                form = form
                    .replace("${Partition}", &account.partition.value)
                    .replace("${Region}", &account.region.value)
                    .replace("${Account}", &account.id.value);
            }
            add(form, used.name, &mut found);
        }
    }
    // What is typed last is completed; the resources before it stay.
    let typed = query.resource.as_str();
    let (before, last) = match typed.rfind(' ') {
        Some(at) => typed.split_at(at + 1),
        None => ("", typed),
    };
    let mut matching = best(last, found);
    for candidate in &mut matching {
        candidate.text.insert_str(0, before);
    }
    matching
}

fn names_action(statement: &Statement, action: &str) -> bool {
    let lower = action.to_ascii_lowercase();
    actions(statement).iter().any(|entry| {
        entry
            .text
            .as_plain()
            .is_some_and(|pattern| Glob::new(&pattern.to_ascii_lowercase()).matches(&lower))
    })
}

fn is_of_service(arn: &Text, action: &str) -> bool {
    let service = action.split(':').next().unwrap_or_default();
    let text = arn.to_string();
    text.split(':').nth(2).is_none_or(|own| own == service)
}

fn of_keys(typed: &str, query: &Query, keys: &[String], inventory: &Inventory) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    let add = |key: &str, detail: &str, found: &mut Vec<Candidate>| {
        let text = format!("{key}=");
        if !found
            .iter()
            .any(|known| known.text.eq_ignore_ascii_case(&text))
        {
            found.push(Candidate::new(text, detail));
        }
    };
    for key in keys {
        add(key, "could change the answer", &mut found);
    }
    for document in documents(query, inventory) {
        let conditions = document.statements.iter().flat_map(|own| &own.conditions);
        for key in conditions.filter_map(|condition| condition.key.as_plain()) {
            add(key, "a policy asks for it", &mut found);
        }
    }
    if !typed.is_empty() {
        if let Some(action) = catalog::action(query.action.trim()) {
            for key in &action.condition_keys {
                add(&key.name, &key.description, &mut found);
            }
        }
        for key in catalog::global_condition_keys() {
            add(key.name, key.description(), &mut found);
        }
    }
    best(typed, found)
}

fn of_values(key: &str, typed: &str, query: &Query, inventory: &Inventory) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    for document in documents(query, inventory) {
        let conditions = document.statements.iter().flat_map(|own| &own.conditions);
        let about = conditions.filter(|condition| {
            let own = condition.key.as_plain();
            own.is_some_and(|own| own.eq_ignore_ascii_case(key))
        });
        for condition in about {
            for value in &condition.values {
                let text = format!("{key}={}", value.text);
                if !found.iter().any(|known| known.text == text) {
                    let detail = format!("a policy compares it, {}", condition.operator_text);
                    found.push(Candidate::new(text, detail));
                }
            }
        }
    }
    if !typed.is_empty() {
        let whole = format!("{key}={typed}");
        return best(&whole, found);
    }
    found.push(Candidate::new(format!("!{key}"), "not in the request"));
    found
}
