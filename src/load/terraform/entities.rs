//! Roles, users, groups, managed policies and identity providers.

use std::sync::Arc;

use crate::iam::{
    Account, FederatedProvider, Identity, InlinePolicy, ManagedPolicy, Node, Origin, PolicyKind,
    Role, Text, Unresolved, UnresolvedKind,
};

use super::super::cloudformation::Surroundings;
use super::super::holders::{empty_group, empty_role, empty_user, note_attachments};
use super::documents::{Documents, missing};
use super::{Resource, attach};

/// Adds them to the account.
pub(super) fn add(documents: &Documents<'_>, surroundings: &Surroundings, account: &mut Account) {
    let resources = documents.resources.iter();
    let own = || resources.clone().filter(|resource| !resource.is_data);
    for resource in own() {
        match resource.kind.as_str() {
            "aws_iam_role" => account.roles.push(role(resource, documents)),
            "aws_iam_user" => account.users.push(empty_user(identity(resource))),
            "aws_iam_group" => account.groups.push(empty_group(identity(resource))),
            "aws_iam_policy" => account.policies.push(ManagedPolicy {
                identity: identity(resource),
                origin: Origin::Customer,
                document: Some(Arc::new(document(resource, "policy", documents))),
                versions: Vec::new(),
                attached_to: Vec::new(),
                limits: Vec::new(),
            }),
            "aws_iam_service_linked_role" => {
                account
                    .roles
                    .push(service_linked_role(resource, surroundings));
            }
            "aws_ssoadmin_permission_set" => {
                account.roles.push(permission_set(resource, surroundings));
            }
            "aws_iam_openid_connect_provider" => provider(resource, "url", false, account),
            "aws_iam_saml_provider" => provider(resource, "name", true, account),
            _ => {}
        }
    }
    for resource in own() {
        attach::attach_by(resource, documents, surroundings, account);
    }
    for resource in own() {
        attach::note_exclusive(resource, account);
    }
    note_attachments(account);
}

fn identity(resource: &Resource) -> Identity {
    let name = resource
        .text("name")
        .unwrap_or_else(|| resource.address.as_str().into());
    let arn = resource.text("arn").unwrap_or_else(|| name.clone());
    let tags = resource
        .values
        .get("tags")
        .map(Node::members)
        .unwrap_or_default();
    Identity {
        path: resource.text("path").unwrap_or_else(|| Text::plain("/")),
        guard: resource.guard.clone(),
        comment: resource.comment.clone(),
        logical_id: Some(resource.address.clone()),
        unique_id: resource
            .text("unique_id")
            .and_then(|id| id.as_plain().map(str::to_owned)),
        description: resource.text("description").map(|text| text.to_string()),
        tags: tags
            .iter()
            .filter_map(|tag| Some((tag.key.to_string(), tag.value.scalar()?)))
            .collect(),
        ..Identity::new(name, arn, resource.place)
    }
}

pub(super) fn document(
    resource: &Resource,
    attribute: &str,
    documents: &Documents<'_>,
) -> crate::iam::Document {
    match resource.values.get(attribute) {
        Some(node) => documents.read(resource, node, PolicyKind::Identity),
        None => missing(resource),
    }
}

fn role(resource: &Resource, documents: &Documents<'_>) -> Role {
    let trust = resource.values.get("assume_role_policy");
    let longest = resource.text("max_session_duration");
    let inline = resource.values.get("inline_policy").map(Node::items);
    let inline = inline.unwrap_or_default().iter().filter_map(|item| {
        let name = item.get("name")?.scalar()?;
        Some(InlinePolicy {
            name,
            document: Arc::new(documents.read(resource, item.get("policy")?, PolicyKind::Identity)),
            place: item.place,
            logical_id: None,
            guard: resource.guard.join(&item.guard),
        })
    });
    Role {
        trust: trust.map(|trust| Arc::new(documents.read(resource, trust, PolicyKind::Trust))),
        inline: inline.collect(),
        max_session_duration: longest.and_then(|text| text.as_plain()?.parse().ok()),
        ..empty_role(identity(resource))
    }
}

/// The role that IAM Identity Center makes of a permission set in every account that it is assigned
/// to (IAM Identity Center: using-referencingpermissionsets).
fn permission_set(resource: &Resource, surroundings: &Surroundings) -> Role {
    let mut identity = identity(resource);
    let own = Text::unresolved(Arc::new(Unresolved {
        name: format!("{}.suffix", resource.address),
        kind: UnresolvedKind::Attribute,
        place: resource.place,
    }));
    let parts = [
        Text::plain("AWSReservedSSO_"),
        identity.name,
        Text::plain("_"),
        own,
    ];
    identity.name = Text::from_parts(parts.iter().flat_map(Text::to_parts));
    identity.path = Text::plain("/aws-reserved/sso.amazonaws.com/");
    identity.arn = role_arn(surroundings, &identity.path, &identity.name);
    empty_role(identity)
}

/// A role that AWS defines for a service; its policy is AWS's.
fn service_linked_role(resource: &Resource, surroundings: &Surroundings) -> Role {
    let mut identity = identity(resource);
    let service = resource.text("aws_service_name");
    let service = service.unwrap_or_else(|| resource.address.as_str().into());
    let parts = [Text::plain("/aws-service-role/"), service, Text::plain("/")];
    identity.path = Text::from_parts(parts.iter().flat_map(Text::to_parts));
    if resource.text("arn").is_none() {
        identity.arn = role_arn(surroundings, &identity.path, &identity.name);
    }
    empty_role(identity)
}

fn role_arn(around: &Surroundings, path: &Text, name: &Text) -> Text {
    let start = format!("arn:{}:iam::{}:role", around.partition, around.account);
    let parts = [Text::plain(start), path.clone(), name.clone()];
    Text::from_parts(parts.iter().flat_map(Text::to_parts))
}

fn provider(resource: &Resource, issuer: &str, saml: bool, account: &mut Account) {
    let (Some(arn), Some(issuer)) = (resource.text("arn"), resource.text(issuer)) else {
        return;
    };
    let bare = issuer
        .as_plain()
        .and_then(|url| url.strip_prefix("https://"));
    account.providers.push(FederatedProvider {
        arn,
        issuer: bare.map(Text::plain).unwrap_or_else(|| issuer.clone()),
        saml,
        place: resource.place,
        logical_id: Some(resource.address.clone()),
    });
}
