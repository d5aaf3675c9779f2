//! Roles, users, groups and managed policies, and what puts policies on them.

use std::sync::Arc;

use crate::iam::{
    Account, FederatedProvider, Guard, Identity, InlinePolicy, ManagedPolicy, Node, Origin, Place,
    PolicyKind, Role, Text,
};

use super::super::cloudformation::Surroundings;
use super::super::holders::{
    self, HolderKind, empty_group, empty_role, empty_user, ensure_named, holders_named,
    note_attachments,
};
use super::Resource;
use super::documents::{Documents, missing};

/// Adds them to the account.
pub(super) fn add(
    resources: &[Resource],
    documents: &Documents<'_>,
    surroundings: &Surroundings,
    account: &mut Account,
) {
    let own = || resources.iter().filter(|resource| !resource.is_data);
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
            }),
            "aws_iam_openid_connect_provider" => provider(resource, "url", false, account),
            "aws_iam_saml_provider" => provider(resource, "name", true, account),
            _ => {}
        }
    }
    let mut attacher = Attacher {
        documents,
        surroundings,
        account,
    };
    for resource in own() {
        attacher.attach_by(resource);
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

fn document(
    resource: &Resource,
    attribute: &str,
    documents: &Documents<'_>,
) -> crate::iam::Document {
    match resource.values.get(attribute) {
        Some(node) => documents.read(node, PolicyKind::Identity),
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
            document: Arc::new(documents.read(item.get("policy")?, PolicyKind::Identity)),
            place: item.place,
            logical_id: None,
            guard: Guard::always(),
        })
    });
    Role {
        trust: trust.map(|trust| Arc::new(documents.read(trust, PolicyKind::Trust))),
        inline: inline.collect(),
        max_session_duration: longest.and_then(|text| text.as_plain()?.parse().ok()),
        ..empty_role(identity(resource))
    }
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

struct Attacher<'a> {
    documents: &'a Documents<'a>,
    surroundings: &'a Surroundings,
    account: &'a mut Account,
}

impl Attacher<'_> {
    fn attach_by(&mut self, resource: &Resource) {
        use HolderKind::{Group, Role, User};
        match resource.kind.as_str() {
            "aws_iam_role" => self.listed(resource, Role),
            "aws_iam_user" => self.listed(resource, User),
            "aws_iam_role_policy" => self.inline(resource, "role", Role),
            "aws_iam_user_policy" => self.inline(resource, "user", User),
            "aws_iam_group_policy" => self.inline(resource, "group", Group),
            "aws_iam_role_policy_attachment" => self.managed(resource, "role", Role),
            "aws_iam_user_policy_attachment" => self.managed(resource, "user", User),
            "aws_iam_group_policy_attachment" => self.managed(resource, "group", Group),
            "aws_iam_policy_attachment" => {
                self.managed(resource, "roles", Role);
                self.managed(resource, "users", User);
                self.managed(resource, "groups", Group);
            }
            "aws_iam_group_membership" => {
                for (user, place) in resource.texts("users") {
                    for (group, _) in resource.texts("group") {
                        self.join(&user, &group, place);
                    }
                }
            }
            "aws_iam_user_group_membership" => {
                for (group, place) in resource.texts("groups") {
                    for (user, _) in resource.texts("user") {
                        self.join(&user, &group, place);
                    }
                }
            }
            "aws_iam_instance_profile" => {
                let Some(profile) = resource.text("name") else {
                    return;
                };
                for (name, place) in resource.texts("role") {
                    self.ensure(Role, &name, place);
                    for role in &mut self.account.roles {
                        if role.identity.name == name {
                            role.instance_profiles.push(profile.clone());
                        }
                    }
                }
            }
            _ => {}
        }
    }

    fn ensure(&mut self, kind: HolderKind, name: &Text, place: Place) {
        let around = self.surroundings;
        ensure_named(self.account, kind, name, place, || {
            let start = format!(
                "arn:{}:iam::{}:{}/",
                around.partition,
                around.account,
                kind.name()
            );
            let start = crate::iam::Part::Literal(start.into());
            Text::from_parts(std::iter::once(start).chain(name.to_parts()))
        });
    }

    /// `managed_policy_arns` and `permissions_boundary` of an entity.
    fn listed(&mut self, resource: &Resource, kind: HolderKind) {
        let attach = |(arn, place): (Text, Place)| {
            holders::attachment(self.account, arn, place, Guard::always())
        };
        let managed: Vec<_> = resource
            .texts("managed_policy_arns")
            .into_iter()
            .map(attach)
            .collect();
        let boundary = resource
            .texts("permissions_boundary")
            .into_iter()
            .map(attach)
            .next();
        for holder in holders::holders(self.account, kind) {
            if holder.identity.logical_id.as_deref() == Some(&resource.address) {
                // An unknown list would be all of them, and is attached one by one below.
                let known = managed
                    .iter()
                    .filter(|one| one.arn.as_reference().is_none());
                holder.managed.extend(known.cloned());
                if let Some(slot) = holder.boundary {
                    slot.clone_from(&boundary);
                }
            }
        }
    }

    fn inline(&mut self, resource: &Resource, attribute: &str, kind: HolderKind) {
        let document = Arc::new(document(resource, "policy", self.documents));
        let name = resource
            .text("name")
            .unwrap_or_else(|| resource.address.as_str().into());
        for (holder, place) in resource.texts(attribute) {
            self.ensure(kind, &holder, place);
            for found in holders_named(self.account, kind, &holder) {
                found.inline.push(InlinePolicy {
                    name: name.clone(),
                    document: document.clone(),
                    place: resource.place,
                    logical_id: Some(resource.address.clone()),
                    guard: Guard::always(),
                });
            }
        }
    }

    fn managed(&mut self, resource: &Resource, attribute: &str, kind: HolderKind) {
        let Some(arn) = resource.text("policy_arn") else {
            return;
        };
        let attachment = holders::attachment(self.account, arn, resource.place, Guard::always());
        for (holder, place) in resource.texts(attribute) {
            self.ensure(kind, &holder, place);
            for found in holders_named(self.account, kind, &holder) {
                if found.managed.iter().all(|one| one.arn != attachment.arn) {
                    found.managed.push(attachment.clone());
                }
            }
        }
    }

    fn join(&mut self, user: &Text, group: &Text, place: Place) {
        self.ensure(HolderKind::User, user, place);
        self.ensure(HolderKind::Group, group, place);
        for one in &mut self.account.users {
            if one.identity.name == *user && !one.groups.contains(group) {
                one.groups.push(group.clone());
            }
        }
    }
}
