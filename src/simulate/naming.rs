//! Resources as a user writes them, and the further legs that a call's context asks for.

use std::sync::Arc;

use crate::iam::{Account, Inventory, Part, Text, Unresolved};

use super::{Context, KeyValue};

/// A resource as a user writes it: an ARN, `*`, an ARN with the references of a template
/// (`arn:aws:s3:::${Bucket}/x`), a logical id of a template with what follows it (`Bucket/x`), or a
/// reference alone (`${Bucket}/x`, `${Bucket.Arn}/x`), which means what the template's policies put before
/// it.
pub fn resource_named(inventory: &Inventory, text: &str) -> Text {
    if text == "*" || text.starts_with("arn:") {
        return with_references(inventory, text);
    }
    let (id, rest) = match text
        .strip_prefix("${")
        .and_then(|from| from.split_once('}'))
    {
        Some((name, rest)) => (name.strip_suffix(".Arn").unwrap_or(name), rest),
        None => text.split_at(text.find('/').unwrap_or(text.len())),
    };
    let known = inventory
        .accounts
        .iter()
        .find_map(|account| account.resources.get(id));
    let before = match known {
        Some(arn) => arn.to_parts(),
        None if text.starts_with("${") => {
            let named = with_references(inventory, &text[..text.len() - rest.len()]);
            let start = Part::Literal(arn_before(inventory, &named).unwrap_or_default().into());
            std::iter::once(start).chain(named.to_parts()).collect()
        }
        None => return with_references(inventory, text),
    };
    let rest = with_references(inventory, rest).to_parts();
    Text::from_parts(before.into_iter().chain(rest))
}

/// The start of an ARN that the policies of the inventory put before a name: `arn:aws:s3:::`.
fn arn_before(inventory: &Inventory, named: &Text) -> Option<String> {
    if named.known_prefix().starts_with("arn:") {
        return None;
    }
    let documents = inventory.accounts.iter().flat_map(Account::documents);
    let statements = documents.flat_map(|document| &document.statements);
    let elements = statements.filter_map(|statement| statement.resource.as_ref());
    let mut entries = elements.flat_map(|element| &element.entries);
    entries.find_map(|entry| {
        let start = match named.as_plain() {
            Some(name) => {
                let known = entry.text.known_prefix();
                known.get(..known.find(name).filter(|_| !name.is_empty())?)?
            }
            None => {
                let mut pieces = entry.text.pieces();
                let start = pieces.next()?.ok()?;
                let reference = pieces.next()?.err()?;
                (named.as_reference() == Some(reference)).then_some(start)?
            }
        };
        let is_start = start.starts_with("arn:") && start.ends_with([':', '/']);
        is_start.then(|| start.to_owned())
    })
}

/// Text in which `${Name}` is the value of the template's parameter of that name, or else its unresolved
/// reference.
fn with_references(inventory: &Inventory, text: &str) -> Text {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, from) = rest.split_at(at);
        let Some(end) = from.find('}') else { break };
        let (whole, after) = from.split_at(end + 1);
        parts.push(Part::Literal(before.into()));
        let name = &whole[2..end];
        parts.push(
            match (parameter(inventory, name), reference(inventory, name)) {
                (Some(value), _) => Part::Literal(value.into()),
                (None, Some(reference)) => Part::Unresolved(Arc::new(reference)),
                (None, None) => Part::Literal(whole.into()),
            },
        );
        rest = after;
    }
    parts.push(Part::Literal(rest.into()));
    Text::from_parts(parts)
}

fn parameter<'a>(inventory: &'a Inventory, name: &str) -> Option<&'a str> {
    let mut parameters = inventory
        .accounts
        .iter()
        .flat_map(|account| &account.parameters);
    parameters
        .find(|parameter| parameter.name == name)?
        .value
        .as_deref()
}

fn reference(inventory: &Inventory, name: &str) -> Option<Unresolved> {
    let used = inventory
        .accounts
        .iter()
        .flat_map(|account| &account.unresolved)
        .find(|used| used.name == name)?;
    Some(Unresolved {
        name: used.name.clone(),
        kind: used.kind,
        place: used.place,
    })
}

/// The further actions that a call assuming a role needs: passing session tags needs `sts:TagSession`,
/// a source identity `sts:SetSourceIdentity` (IAM: id_session-tags, id_credentials_temp_control-access_monitor).
pub fn session_legs(action: &str, context: &Context) -> Vec<String> {
    let assumes = [
        "sts:assumerole",
        "sts:assumerolewithsaml",
        "sts:assumerolewithwebidentity",
    ];
    if !assumes.contains(&action.to_ascii_lowercase().as_str()) {
        return Vec::new();
    }
    let given = |wanted: &dyn Fn(&str) -> bool| {
        context.iter().any(|(key, value)| {
            let empty = matches!(value, KeyValue::Absent | KeyValue::Unknown)
                || matches!(value, KeyValue::Many(values) if values.is_empty());
            !empty && wanted(&key.to_ascii_lowercase())
        })
    };
    let mut legs = Vec::new();
    if given(&|key| key.starts_with("aws:requesttag/") || key == "aws:tagkeys") {
        legs.push("sts:TagSession".to_owned());
    }
    if given(&|key| key == "sts:sourceidentity") {
        legs.push("sts:SetSourceIdentity".to_owned());
    }
    legs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::{Account, Place, UnresolvedKind, UnresolvedUse};

    #[test]
    fn resources_by_arn_reference_and_logical_id() {
        let mut account = Account::new("template");
        account.unresolved.push(UnresolvedUse {
            name: "Name".to_owned(),
            kind: UnresolvedKind::Parameter,
            place: Place::default(),
        });
        let mut inventory = Inventory::default();
        inventory.accounts.push(account);
        let symbolic = resource_named(&inventory, "arn:aws:s3:::${Name}/x");
        assert_eq!(symbolic.references().count(), 1);
        let bucket = resource_named(&inventory, "arn:aws:s3:::${Name}");
        inventory.accounts[0]
            .resources
            .insert("Bucket".to_owned(), bucket);
        assert_eq!(resource_named(&inventory, "Bucket/x"), symbolic);
        assert!(resource_named(&inventory, "arn:aws:s3:::${Other}/x").is_plain());
        assert_eq!(resource_named(&inventory, "*"), Text::plain("*"));
    }

    #[test]
    fn tags_and_source_identity_need_legs_of_their_own() {
        let mut context = Context::default();
        context.set("aws:RequestTag/team", KeyValue::One("a".to_owned()));
        context.set("sts:SourceIdentity", KeyValue::Absent);
        assert_eq!(session_legs("STS:AssumeRole", &context), ["sts:TagSession"]);
        assert!(session_legs("s3:GetObject", &context).is_empty());
    }
}
