//! What puts policies on roles, users, groups and permission sets.

use std::sync::Arc;

use crate::iam::{Account, Attachment, InlinePolicy, Place, PolicyKind, Problem, Text};

use super::super::cloudformation::Surroundings;
use super::super::holders::{self, HolderKind, ensure_named, holders_named};
use super::documents::Documents;
use super::entities::document;
use super::plan::without_keys;
use super::{Listed, Resource};

/// Puts the policies that a resource says on those that it names.
pub(super) fn attach_by(
    resource: &Resource,
    documents: &Documents<'_>,
    surroundings: &Surroundings,
    account: &mut Account,
) {
    let mut attacher = Attacher {
        documents,
        surroundings,
        account,
    };
    attacher.attach_by(resource);
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
            "aws_iam_role_policy_attachment" => self.managed(resource, "policy_arn", "role", Role),
            "aws_iam_user_policy_attachment" => self.managed(resource, "policy_arn", "user", User),
            "aws_iam_group_policy_attachment" => {
                self.managed(resource, "policy_arn", "group", Group);
            }
            "aws_iam_policy_attachment" => {
                self.managed(resource, "policy_arn", "roles", Role);
                self.managed(resource, "policy_arn", "users", User);
                self.managed(resource, "policy_arn", "groups", Group);
            }
            "aws_iam_role_policy_attachments_exclusive" => {
                self.managed(resource, "policy_arns", "role_name", Role);
            }
            "aws_iam_user_policy_attachments_exclusive" => {
                self.managed(resource, "policy_arns", "user_name", User);
            }
            "aws_iam_group_policy_attachments_exclusive" => {
                self.managed(resource, "policy_arns", "group_name", Group);
            }
            kind if kind.starts_with("aws_ssoadmin_") => self.permission_set(resource),
            "aws_iam_group_membership" => {
                for user in resource.texts("users") {
                    for group in resource.texts("group") {
                        self.join(&user.text, &group.text, user.place);
                    }
                }
            }
            "aws_iam_user_group_membership" => {
                for group in resource.texts("groups") {
                    for user in resource.texts("user") {
                        self.join(&user.text, &group.text, group.place);
                    }
                }
            }
            "aws_iam_instance_profile" => {
                let Some(profile) = resource.text("name") else {
                    return;
                };
                for named in resource.texts("role") {
                    self.ensure(Role, &named.text, named.place);
                    for role in &mut self.account.roles {
                        if role.identity.name == named.text {
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
        let attach =
            |arn: Listed| holders::attachment(self.account, arn.text, arn.place, arn.guard);
        let mut managed = resource.texts("managed_policy_arns");
        // What a plan does not know of a list that is not written is attached one by one below.
        let own = format!("{}.managed_policy_arns", resource.address);
        managed.retain(|arn| arn.text.as_reference().is_none_or(|one| one.name != own));
        let managed: Vec<_> = managed.into_iter().map(attach).collect();
        let boundary = resource.texts("permissions_boundary").into_iter().next();
        let boundary = boundary.map(attach);
        if managed.is_empty() && boundary.is_none() {
            return;
        }
        for holder in holders::holders(self.account, kind) {
            if holder.identity.logical_id.as_deref() == Some(&resource.address)
                && holder.identity.guard == resource.guard
            {
                holder.managed.extend(managed.iter().cloned());
                if let Some(slot) = holder.boundary {
                    slot.clone_from(&boundary);
                }
            }
        }
    }

    /// What is put on a permission set, which is named by its ARN.
    fn permission_set(&mut self, resource: &Resource) {
        let Some(set) = resource.text("permission_set_arn") else {
            return;
        };
        let named = set
            .as_reference()
            .map(|reference| without_keys(&reference.name));
        let is_same = |id: &Option<String>, arn: Option<&Text>| {
            let id = id.as_deref().map(|id| format!("{}.arn", without_keys(id)));
            (id.is_some() && id == named) || arn == Some(&set)
        };
        let sets = self.documents.resources.iter();
        let known: Vec<(String, Option<Text>)> = sets
            .filter(|one| one.kind == "aws_ssoadmin_permission_set")
            .map(|one| (one.address.clone(), one.text("arn")))
            .collect();
        let guard = &resource.guard;
        let reference = |name: &str| {
            let reference = resource.values.get("customer_managed_policy_reference");
            let boundary = resource.values.get("permissions_boundary");
            let boundary = boundary.and_then(|list| list.one_or_many().first());
            let inside = boundary.and_then(|one| one.get("customer_managed_policy_reference"));
            let listed = reference.or(inside)?.one_or_many().first()?;
            listed.get(name)?.scalar()
        };
        let around = self.surroundings;
        let customer = reference("name").map(|name| {
            let start = format!("arn:{}:iam::{}:policy", around.partition, around.account);
            let path = reference("path").unwrap_or_else(|| Text::plain("/"));
            let parts = [Text::plain(start), path, name];
            Text::from_parts(parts.iter().flat_map(Text::to_parts))
        });
        let boundary = resource.values.get("permissions_boundary");
        let boundary = boundary.and_then(|list| list.one_or_many().first());
        let given = resource
            .text("managed_policy_arn")
            .or_else(|| boundary?.get("managed_policy_arn")?.scalar());
        let arn = given.or(customer);
        let attachment =
            arn.map(|arn| holders::attachment(self.account, arn, resource.place, guard.clone()));
        let document = resource.values.get("inline_policy");
        let document = document
            .map(|node| Arc::new(self.documents.read(resource, node, PolicyKind::Identity)));
        for role in &mut self.account.roles {
            let id = &role.identity.logical_id;
            let arn = known
                .iter()
                .find(|(address, _)| Some(address) == id.as_ref());
            if !is_same(id, arn.and_then(|(_, arn)| arn.as_ref())) {
                continue;
            }
            match (resource.kind.as_str(), &attachment, &document) {
                ("aws_ssoadmin_permissions_boundary_attachment", Some(attachment), _) => {
                    role.boundary = Some(attachment.clone());
                }
                (_, Some(attachment), _) => role.managed.push(attachment.clone()),
                (_, None, Some(document)) => role.inline.push(InlinePolicy {
                    name: Text::plain("AwsSSOInlinePolicy"),
                    document: document.clone(),
                    place: resource.place,
                    logical_id: Some(resource.address.clone()),
                    guard: guard.clone(),
                }),
                _ => {}
            }
        }
    }

    fn inline(&mut self, resource: &Resource, attribute: &str, kind: HolderKind) {
        let document = Arc::new(document(resource, "policy", self.documents));
        let name = resource
            .text("name")
            .unwrap_or_else(|| resource.address.as_str().into());
        for holder in resource.texts(attribute) {
            self.ensure(kind, &holder.text, holder.place);
            for found in holders_named(self.account, kind, &holder.text) {
                found.inline.push(InlinePolicy {
                    name: name.clone(),
                    document: document.clone(),
                    place: resource.place,
                    logical_id: Some(resource.address.clone()),
                    guard: holder.guard.clone(),
                });
            }
        }
    }

    fn managed(&mut self, resource: &Resource, arns: &str, attribute: &str, kind: HolderKind) {
        for arn in resource.texts(arns) {
            let attachment = holders::attachment(self.account, arn.text, arn.place, arn.guard);
            for holder in resource.texts(attribute) {
                self.ensure(kind, &holder.text, holder.place);
                for found in holders_named(self.account, kind, &holder.text) {
                    if found.managed.iter().all(|one| one.arn != attachment.arn) {
                        found.managed.push(Attachment {
                            guard: holder.guard.join(&attachment.guard),
                            ..attachment.clone()
                        });
                    }
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

/// Resources that take away whatever they do not list.
const EXCLUSIVE: [(&str, &str, &str, HolderKind); 6] = [
    (
        "aws_iam_role_policies_exclusive",
        "role_name",
        "policy_names",
        HolderKind::Role,
    ),
    (
        "aws_iam_user_policies_exclusive",
        "user_name",
        "policy_names",
        HolderKind::User,
    ),
    (
        "aws_iam_group_policies_exclusive",
        "group_name",
        "policy_names",
        HolderKind::Group,
    ),
    (
        "aws_iam_role_policy_attachments_exclusive",
        "role_name",
        "policy_arns",
        HolderKind::Role,
    ),
    (
        "aws_iam_user_policy_attachments_exclusive",
        "user_name",
        "policy_arns",
        HolderKind::User,
    ),
    (
        "aws_iam_group_policy_attachments_exclusive",
        "group_name",
        "policy_arns",
        HolderKind::Group,
    ),
];

/// Says of policies that an exclusive list of the same configuration takes away again.
pub(super) fn note_exclusive(resource: &Resource, account: &mut Account) {
    let mut rows = EXCLUSIVE.iter();
    let Some((_, named, list, kind)) = rows.find(|(of, ..)| *of == resource.kind) else {
        return;
    };
    let listed = resource.texts(list);
    if listed.iter().any(|one| one.text.as_reference().is_some()) {
        return;
    }
    let is_listed = |text: &Text| listed.iter().any(|one| one.text == *text);
    let mut taken: Vec<(Place, Text)> = Vec::new();
    for holder in resource.texts(named) {
        for found in holders_named(account, *kind, &holder.text) {
            if *list == "policy_names" {
                let inline = found.inline.iter().filter(|one| !is_listed(&one.name));
                taken.extend(inline.map(|one| (one.place, one.name.clone())));
            } else {
                let managed = found.managed.iter().filter(|one| !is_listed(&one.arn));
                taken.extend(managed.map(|one| (one.place, one.arn.clone())));
            }
        }
    }
    for (place, name) in taken {
        let message = format!("`{name}` is not in the list of `{}`", resource.address);
        let hint = "Terraform takes the policy away again when it applies that list";
        account
            .problems
            .push(Problem::warning(place, message).hint(hint));
    }
}
