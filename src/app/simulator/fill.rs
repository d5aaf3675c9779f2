//! The request that a selection suggests.

use crate::iam::{Entry, Inventory, PolicyKind, PrincipalType, Statement, Text};

use super::super::item::{Entity, Item, Owner, Part, Slot, actions, principals, resources};
use super::super::rows::address;
use super::ask::Query;

/// The request that a selection suggests; what it does not say stays as it was.
pub fn fill(item: Item, before: Query, inventory: &Inventory) -> Query {
    let mut query = before;
    if let Some(caller) = item.entity().and_then(|entity| caller(entity, inventory)) {
        query.principal = caller;
    }
    if let Item::Known(action) = item
        && let Some(action) = crate::catalog::index().actions().get(action as usize)
    {
        query.action = action.canonical().to_owned();
        query.resource.clear();
    }
    // Of a trust policy it is asked who may assume the role.
    let trusting = item.policy().filter(|at| at.slot == Slot::Trust);
    let Some((at, index)) = item.statement().or(trusting.map(|at| (at, 0))) else {
        return query;
    };
    let Some(statement) = at.statement(inventory, index) else {
        return query;
    };
    let chosen = match item {
        Item::Part(_, _, part) => Some(part),
        _ => None,
    };
    let action = match (chosen, item) {
        (_, Item::Covered(.., action)) => crate::catalog::index()
            .actions()
            .get(action as usize)
            .map(|action| action.canonical().to_owned()),
        (Some(Part::Action(entry)), _) => actions(statement)
            .get(entry as usize)
            .and_then(|entry| concrete(&entry.text)),
        _ => actions(statement)
            .iter()
            .find_map(|entry| concrete(&entry.text)),
    };
    if let Some(action) = action {
        query.action = action;
    }
    match at.kind(inventory) {
        PolicyKind::Trust => trust(at.entity, statement, inventory, &mut query),
        _ => {
            let resource = match chosen {
                Some(Part::Resource(entry)) => resources(statement).get(entry as usize),
                _ => resources(statement).first(),
            };
            let not = statement.resource.as_ref().is_some_and(|own| own.not);
            if let Some(resource) = resource.filter(|_| !not).and_then(named) {
                query.resource = resource;
            } else if !action_has_types(&query.action) {
                query.resource.clear();
            }
        }
    }
    query
}

/// The name by which the owner of a policy asks: its own, or that of what the policy is attached to.
fn caller(entity: Entity, inventory: &Inventory) -> Option<String> {
    match entity.owner {
        Owner::Role(_) | Owner::User(_) => Some(asking(entity, inventory)),
        Owner::Managed(_) => {
            let policy = entity.managed(inventory)?;
            policy.attached_to.first().map(|name| {
                let text = name.to_string();
                let inner = text
                    .strip_prefix("${")
                    .and_then(|text| text.strip_suffix('}'));
                inner.map_or(text.clone(), str::to_owned)
            })
        }
        _ => None,
    }
}

/// The name by which a role or user asks. Several accounts often have one of the same name: there
/// its ARN tells which one is meant.
pub(super) fn asking(entity: Entity, inventory: &Inventory) -> String {
    let arn = entity.identity(inventory).map(|own| &own.arn);
    match arn.and_then(Text::as_plain) {
        Some(arn) if inventory.accounts.len() > 1 => arn.to_owned(),
        _ => address(entity, inventory),
    }
}

// Who may assume the role, assuming it.
fn trust(role: Entity, statement: &Statement, inventory: &Inventory, query: &mut Query) {
    if let Some(principal) = principals(statement).first() {
        query.principal = match (principal.kind, principal.entry.text.as_plain()) {
            (PrincipalType::Service, Some(name)) => format!("service:{name}"),
            (_, Some(name)) => name.to_owned(),
            (_, None) => principal.entry.text.to_string(),
        };
    }
    let at = role.policy(Slot::Trust);
    if at.entity.role(inventory).is_some()
        && let Some(identity) = role.identity(inventory)
    {
        query.resource = identity.arn.to_string();
    }
}

fn concrete(text: &Text) -> Option<String> {
    let name = text.as_plain()?;
    (name.contains(':') && !name.contains(['*', '?'])).then(|| name.to_owned())
}

// `*` alone says nothing of what is asked.
fn named(entry: &Entry) -> Option<String> {
    let text = entry.text.to_string();
    (text != "*").then_some(text)
}

fn action_has_types(action: &str) -> bool {
    crate::catalog::has_resource_types(action).unwrap_or(true)
}
