//! Entities, statements and resources in as few words as a row has room for.

use crate::explain::escape;
use crate::iam::{Arn, Effect, Inventory, PrincipalType, Statement, Text, UnresolvedKind};

use super::super::item::{Entity, conditions, principals};
use super::text::plain;

/// What to call an entity: its name, or what its author calls it where the name is not known yet.
pub fn label(entity: Entity, inventory: &Inventory) -> String {
    let identity = entity.identity(inventory);
    let open = identity.filter(|identity| !identity.name.is_plain());
    // A construct's path begins with the stack, which is the same for all.
    let construct = open
        .and_then(|identity| identity.friendly.as_deref())
        .map(|path| path.split_once('/').map_or(path, |(_, rest)| rest));
    match construct {
        Some(path) => path.to_owned(),
        None => address(entity, inventory),
    }
}

/// The name by which a request finds an entity: its own, or that in the template.
pub fn address(entity: Entity, inventory: &Inventory) -> String {
    let identity = entity.identity(inventory);
    let open = identity.filter(|identity| !identity.name.is_plain());
    let own = open.and_then(|identity| identity.logical_id.as_ref());
    own.cloned().unwrap_or_else(|| entity.name(inventory))
}

/// Who a trust policy lets in, in a few words.
pub fn trusted(statements: &[Statement]) -> String {
    let mut names: Vec<String> = Vec::new();
    for statement in statements
        .iter()
        .filter(|statement| statement.effect != Some(Effect::Deny))
    {
        for principal in principals(statement) {
            let name = short_principal(principal.kind, &principal.entry.text);
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    match &names[..] {
        [] => "nobody".to_owned(),
        [one] => one.clone(),
        [one, others @ ..] => format!("{one} +{}", others.len()),
    }
}

fn short_principal(kind: PrincipalType, text: &Text) -> String {
    match kind {
        PrincipalType::Everyone => "everyone".to_owned(),
        PrincipalType::Service | PrincipalType::CanonicalUser => plain(text).into_owned(),
        PrincipalType::Aws | PrincipalType::Federated => match text.as_plain() {
            Some("*") => "everyone".to_owned(),
            Some(known) => match Arn::parse(known) {
                Some(arn) if arn.resource == "root" => format!("account {}", escape(arn.account)),
                Some(arn) => escape(arn.resource).into_owned(),
                None if Arn::is_account_id(known) => format!("account {known}"),
                None => escape(known).into_owned(),
            },
            None => short_text(text),
        },
    }
}

/// A name that is one reference is known by what it refers to.
pub fn reference_name(text: &str) -> &str {
    let inner = text
        .strip_prefix("${")
        .and_then(|text| text.strip_suffix('}'));
    inner
        .filter(|inner| !inner.contains(['$', '}']))
        .unwrap_or(text)
}

/// What a statement is about, in one line.
pub fn what(statement: &Statement) -> String {
    let mut words = String::new();
    if let Some(element) = &statement.principal {
        let names: Vec<String> = element
            .entries
            .iter()
            .map(|principal| short_principal(principal.kind, &principal.entry.text))
            .collect();
        if element.not {
            words.push_str("all but ");
        }
        words.push_str(&first_of(&names));
        words.push(' ');
    }
    match &statement.action {
        Some(element) => {
            let names: Vec<String> = element
                .entries
                .iter()
                .map(|entry| entry.text.to_string())
                .collect();
            let all = names.iter().any(|name| name == "*");
            words.push_str(&match (element.not, all) {
                (false, true) => "every action".to_owned(),
                (true, true) => "no action".to_owned(),
                (false, false) => first_of(&names),
                (true, false) => format!("all but {}", first_of(&names)),
            });
        }
        None => words.push_str("no action"),
    }
    if let Some(element) = &statement.resource {
        let names: Vec<String> = element
            .entries
            .iter()
            .map(|entry| short_text(&entry.text))
            .collect();
        words.push_str(if element.not { " on all but " } else { " on " });
        words.push_str(&first_of(&names));
    }
    let keys: Vec<String> = conditions(statement)
        .iter()
        .map(|condition| condition.key.to_string())
        .collect();
    if !keys.is_empty() {
        words.push_str(" when ");
        words.push_str(&first_of(&keys));
    }
    words
}

pub(super) fn first_of(names: &[String]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [one, others @ ..] => format!("{one} +{}", others.len()),
    }
}

/// An ARN without what is the same in most of them; a reference by its name alone.
pub fn short_text(text: &Text) -> String {
    if let Some(reference) = text.as_reference() {
        return match reference.kind {
            UnresolvedKind::Expression => "~expression".to_owned(),
            _ => format!("~{}", reference.name),
        };
    }
    let whole = text.to_string();
    match Arn::parse(&whole) {
        Some(arn) if !arn.resource.is_empty() => {
            if matches!(arn.service, "s3" | "iam") || arn.resource.contains(['/', ':']) {
                arn.resource.to_owned()
            } else {
                format!("{}:{}", arn.service, arn.resource)
            }
        }
        _ => whole,
    }
}
