//! Turns a denial into the request that was denied.

use std::sync::Arc;

use crate::catalog;
use crate::iam::{Account, Arn, Inventory, Part, Place, Text, Unresolved, UnresolvedKind};
use crate::simulate::{Home, KeyValue, Missing, Request, organisation_facts, owner_of};

use super::{Denial, Seen};

/// The request, and what had to be assumed to ask it.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The request.
    pub request: Request,
    /// What was assumed, in sentences.
    pub assumed: Vec<String>,
}

/// The request that a denial reports. `None` where it names no action.
pub fn ask(denial: &Denial, seen: &Seen<'_>, inventory: &Inventory) -> Option<Asked> {
    let mut assumed = seen.assumed.clone();
    let action = denial.action.clone()?;
    let caller = &seen.caller;
    let resource = resource(denial, &action, caller.account, &mut assumed);
    let owner = owner_of(inventory, &resource);
    let mut request = Request::new(caller.principal.clone(), action, resource);
    let owner_id = denial.resource_account.clone();
    let owner_id = owner_id.or_else(|| owner.map(|account| account.id.value.clone()));
    for resource in &mut request.resources {
        resource.account.clone_from(&owner_id);
    }
    // What the message does not say of the call is not known, rather than absent.
    request.context.missing = Missing::Unknown;
    for fact in &denial.context {
        let value = match fact.values.as_slice() {
            [] => KeyValue::Absent,
            [one] if !is_list(&fact.key) => KeyValue::One(one.clone()),
            several => KeyValue::Many(several.to_vec()),
        };
        request.context.set(&fact.key, value);
    }
    request.mfa = denial.context.iter().any(|fact| {
        fact.key.eq_ignore_ascii_case("aws:MultiFactorAuthPresent") && fact.values == ["true"]
    });
    request.organisation = organisation_facts(caller, owner);
    Some(Asked { request, assumed })
}

/// Whether a key takes a list of values.
fn is_list(key: &str) -> bool {
    let lists = ["aws:CalledVia", "aws:TagKeys", "sts:TransitiveTagKeys"];
    lists.iter().any(|list| list.eq_ignore_ascii_case(key))
}

fn resource(
    denial: &Denial,
    action: &str,
    account: Option<&Account>,
    assumed: &mut Vec<String>,
) -> Text {
    match denial.resource.as_deref() {
        Some(arn) if arn.starts_with("arn:") => unmasked(arn, denial, account),
        Some("*") => Text::plain("*"),
        Some(name) => {
            assumed.push(format!("the message names the resource only as `{name}`"));
            unknown("resource")
        }
        None if catalog::has_resource_types(action) == Some(false) => Text::plain("*"),
        None => {
            assumed.push(format!(
                "the message does not name the resource of `{action}`: give it for a certain answer"
            ));
            unknown("resource")
        }
    }
}

/// A value that nobody knows, which patterns match perhaps.
fn unknown(name: &str) -> Text {
    Text::unresolved(reference(name))
}

fn reference(name: &str) -> Arc<Unresolved> {
    Arc::new(Unresolved {
        name: name.to_owned(),
        kind: UnresolvedKind::Expression,
        place: Place::default(),
    })
}

/// An ARN whose account a log has masked: the caller's account where its last digits agree.
fn unmasked(arn: &str, denial: &Denial, account: Option<&Account>) -> Text {
    let Some(fields) = Arn::parse(arn) else {
        return Text::plain(arn);
    };
    if !fields.account.contains('*') {
        return Text::plain(arn);
    }
    let (before, after) = (
        format!(
            "arn:{}:{}:{}:",
            fields.partition, fields.service, fields.region
        ),
        format!(":{}", fields.resource),
    );
    let visible = fields.account.trim_start_matches('*');
    let own = denial
        .principal
        .as_deref()
        .and_then(Arn::parse)
        .map(|arn| arn.account);
    let known = account.map(|account| account.id.value.as_str()).or(own);
    match known {
        Some(id) if Arn::is_account_id(id) && id.ends_with(visible) => {
            Text::plain(format!("{before}{id}{after}"))
        }
        _ => Text::from_parts([
            Part::Literal(before.into()),
            Part::Unresolved(reference("account")),
            Part::Literal(after.into()),
        ]),
    }
}

/// Where the denied call took place, as far as the message says; of a caller from elsewhere, where the
/// resource is.
pub fn home(denial: &Denial, stranger: bool) -> Home {
    let resource = denial.resource.as_deref();
    let there = resource.and_then(Arn::parse).map(|arn| arn.account);
    let principal = match there.filter(|account| stranger && Arn::is_account_id(account)) {
        Some(_) => resource,
        None => denial.principal.as_deref(),
    };
    let requested = denial
        .context
        .iter()
        .find(|fact| fact.key == "aws:RequestedRegion")
        .and_then(|fact| fact.values.first().map(String::as_str));
    Home::of(principal, resource, requested)
}
