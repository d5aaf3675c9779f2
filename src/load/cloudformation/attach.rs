//! How entities of a template get their policies: by what they list, and by policies, groups and
//! instance profiles that name them. A role that is named but is not in the template is shown as
//! external, never dropped.

use std::sync::Arc;

use super::entities::document;
use super::properties::ListedText;
use super::scope::Scope;
use super::template::Resource;
use crate::iam::{
    Account, Attachment, Document, Guard, InlinePolicy, Node, PolicyKind, Problem, Text,
};
use crate::load::holders::{self, HolderKind, ensure_named, holders_named, note_attachments};

const NAMED_LISTS: [(&str, HolderKind); 3] = [
    ("Roles", HolderKind::Role),
    ("Users", HolderKind::User),
    ("Groups", HolderKind::Group),
];

/// Attaches everything.
pub(super) fn add(scope: &Scope<'_>, account: &mut Account) {
    for resource in scope.resources() {
        scope.work_on(&resource.id);
        for (guard, resource) in scope.variants(resource) {
            attach_by(scope, account, &resource, &guard);
        }
    }
    note_attachments(account);
}

fn attach_by(scope: &Scope<'_>, account: &mut Account, resource: &Resource, guard: &Guard) {
    let mut put_inline = |property: &str, kind: HolderKind| {
        for name in scope.listed(resource, property) {
            inline(scope, account, resource, guard, kind, &name);
        }
    };
    match resource.kind.as_str() {
        "AWS::IAM::Role" => listed_policies(scope, account, resource, HolderKind::Role),
        "AWS::IAM::Group" => listed_policies(scope, account, resource, HolderKind::Group),
        "AWS::IAM::User" => {
            listed_policies(scope, account, resource, HolderKind::User);
            let name = scope.name_of(resource, resource.place);
            for group in scope.listed(resource, "Groups") {
                join_group(scope, account, &name, &group);
            }
        }
        "AWS::IAM::Policy" => {
            for (property, kind) in NAMED_LISTS {
                put_inline(property, kind);
            }
            let names = NAMED_LISTS.map(|(property, _)| scope.listed(resource, property));
            if names.iter().all(Vec::is_empty) {
                let message = format!("policy `{}` is put on no role, user or group", resource.id);
                scope.problem(Problem::error(resource.place, message));
            }
        }
        "AWS::IAM::RolePolicy" => put_inline("RoleName", HolderKind::Role),
        "AWS::IAM::UserPolicy" => put_inline("UserName", HolderKind::User),
        "AWS::IAM::GroupPolicy" => put_inline("GroupName", HolderKind::Group),
        "AWS::IAM::ManagedPolicy" => {
            for (property, kind) in NAMED_LISTS {
                for name in scope.listed(resource, property) {
                    managed(scope, account, resource, guard, kind, &name);
                }
            }
        }
        "AWS::IAM::InstanceProfile" => {
            let profile = scope.name_of(resource, resource.place);
            for name in scope.listed(resource, "Roles") {
                ensure(scope, account, HolderKind::Role, &name);
                for role in &mut account.roles {
                    if role.identity.name == name.text || role.identity.arn == name.text {
                        role.instance_profiles.push(profile.clone());
                    }
                }
            }
        }
        "AWS::IAM::UserToGroupAddition" => {
            for group in scope.listed(resource, "GroupName") {
                for user in scope.listed(resource, "Users") {
                    ensure(scope, account, HolderKind::User, &user);
                    join_group(scope, account, &user.text, &group);
                }
            }
        }
        "AWS::SSO::PermissionSet" => permission_set(scope, account, resource),
        _ => {}
    }
}

fn ensure(scope: &Scope<'_>, account: &mut Account, kind: HolderKind, name: &ListedText) {
    ensure_named(account, kind, &name.text, name.place, || {
        scope.iam_arn(kind.name(), "/", &name.text)
    });
}

fn join_group(scope: &Scope<'_>, account: &mut Account, user: &Text, group: &ListedText) {
    ensure(scope, account, HolderKind::Group, group);
    for one in &mut account.users {
        if (one.identity.name == *user || one.identity.arn == *user)
            && !one.groups.contains(&group.text)
        {
            one.groups.push(group.text.clone());
        }
    }
}

fn attachment(account: &Account, arn: ListedText) -> Attachment {
    holders::attachment(account, arn.text, arn.place, arn.guard)
}

/// `ManagedPolicyArns` and `PermissionsBoundary` of an entity.
fn listed_policies(
    scope: &Scope<'_>,
    account: &mut Account,
    resource: &Resource,
    kind: HolderKind,
) {
    let arns = scope.listed(resource, "ManagedPolicyArns").into_iter();
    let attachments = arns.map(|arn| attachment(account, arn)).collect();
    let boundary = scope.listed(resource, "PermissionsBoundary").into_iter();
    let boundary = boundary.map(|arn| attachment(account, arn)).next();
    give(account, resource, kind, attachments, boundary);
}

/// Gives managed policies and a boundary to the entity that a resource defines.
fn give(
    account: &mut Account,
    resource: &Resource,
    kind: HolderKind,
    attachments: Vec<Attachment>,
    boundary: Option<Attachment>,
) {
    for holder in holders::holders(account, kind) {
        let is_same = holder.identity.place == resource.place;
        if is_same && holder.identity.logical_id.as_deref() == Some(&resource.id) {
            holder.managed.extend(attachments.clone());
            if let Some(slot) = holder.boundary {
                slot.clone_from(&boundary);
            }
        }
    }
}

fn permission_set(scope: &Scope<'_>, account: &mut Account, resource: &Resource) {
    let arns = scope.listed(resource, "ManagedPolicies").into_iter();
    let mut attachments: Vec<Attachment> = arns.map(|arn| attachment(account, arn)).collect();
    for item in scope.items_of(resource, "CustomerManagedPolicyReferences") {
        let Some(name) = item.get("Name").and_then(Node::scalar) else {
            continue;
        };
        let path = item.get("Path").and_then(Node::scalar);
        let path = path.unwrap_or_else(|| Text::plain("/"));
        let arn = ListedText {
            text: scope.iam_arn_with("policy", &path, &name),
            guard: item.guard.clone(),
            place: item.place,
        };
        attachments.push(attachment(account, arn));
    }
    let boundaries = scope.items_of(resource, "PermissionsBoundary").into_iter();
    let mut boundaries = boundaries.filter_map(|item| {
        Some(ListedText {
            text: item.get("ManagedPolicyArn")?.scalar()?,
            guard: item.guard.clone(),
            place: item.place,
        })
    });
    let boundary = boundaries.next().map(|arn| attachment(account, arn));
    give(account, resource, HolderKind::Role, attachments, boundary);
}

/// Puts an inline policy that is a resource of its own on an entity that it names.
fn inline(
    scope: &Scope<'_>,
    account: &mut Account,
    resource: &Resource,
    guard: &Guard,
    kind: HolderKind,
    entity: &ListedText,
) {
    ensure(scope, account, kind, entity);
    let name = scope.text_of(resource, "PolicyName");
    let document = document(scope, resource, "PolicyDocument", PolicyKind::Identity);
    let policy = InlinePolicy {
        name: name.unwrap_or_else(|| resource.id.as_str().into()),
        document: document.unwrap_or_else(|| Arc::new(Document::default())),
        place: resource.place,
        logical_id: Some(resource.id.clone()),
        guard: guard.join(&entity.guard),
    };
    for holder in holders_named(account, kind, &entity.text) {
        holder.inline.push(policy.clone());
    }
}

/// Attaches a managed policy of the template to an entity that it names.
fn managed(
    scope: &Scope<'_>,
    account: &mut Account,
    resource: &Resource,
    guard: &Guard,
    kind: HolderKind,
    entity: &ListedText,
) {
    let Some(arn) = scope.arn_of(resource) else {
        return;
    };
    ensure(scope, account, kind, entity);
    let guard = guard.join(&entity.guard);
    let attachment = holders::attachment(account, arn, resource.place, guard);
    for holder in holders_named(account, kind, &entity.text) {
        holder.managed.push(attachment.clone());
    }
}
