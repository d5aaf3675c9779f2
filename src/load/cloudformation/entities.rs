//! Roles, users, groups, managed policies and identity providers of a template.

use std::sync::Arc;

use super::evaluate::intrinsic;
use super::references::without_scheme;
use super::scope::Scope;
use super::template::Resource;
use crate::iam::{
    Account, FederatedProvider, Group, Guard, Identity, InlinePolicy, ManagedPolicy, Node, Origin,
    Part, PolicyKind, Problem, Role, Text, UnresolvedKind, User, Value,
};
use crate::load::holders::{empty_group, empty_role, empty_user};

/// The longest session of a role that says nothing, in seconds (IAM: id_roles_update-role-settings).
pub(in crate::load) const DEFAULT_SESSION: u32 = 3600;

/// Adds them to the account, in the order of the template.
pub(super) fn add(scope: &Scope<'_>, account: &mut Account) {
    for resource in scope.resources() {
        scope.work_on(&resource.id);
        for (guard, resource) in scope.variants(resource) {
            match resource.kind.as_str() {
                "AWS::IAM::Role" => account.roles.push(role(scope, &resource, guard)),
                "AWS::IAM::User" => account.users.push(User {
                    inline: inline_policies(scope, &resource),
                    ..empty_user(identity(scope, &resource, guard))
                }),
                "AWS::IAM::Group" => account.groups.push(Group {
                    inline: inline_policies(scope, &resource),
                    ..empty_group(identity(scope, &resource, guard))
                }),
                "AWS::IAM::ManagedPolicy" => account.policies.push(ManagedPolicy {
                    identity: identity(scope, &resource, guard),
                    origin: Origin::Customer,
                    document: document(scope, &resource, "PolicyDocument", PolicyKind::Identity),
                    versions: Vec::new(),
                    attached_to: Vec::new(),
                    limits: Vec::new(),
                }),
                "AWS::SSO::PermissionSet" => {
                    account.roles.push(permission_set(scope, &resource, guard));
                }
                "AWS::IAM::ServiceLinkedRole" => {
                    account
                        .roles
                        .push(service_linked_role(scope, &resource, guard));
                }
                "AWS::IAM::OIDCProvider" => {
                    let issuer = scope
                        .text_of(&resource, "Url")
                        .map(|url| without_scheme(&url));
                    add_provider(scope, account, &resource, issuer, false);
                }
                "AWS::IAM::SAMLProvider" => {
                    let name = scope.name_of(&resource, resource.place);
                    add_provider(scope, account, &resource, Some(name), true);
                }
                _ => {}
            }
        }
    }
}

fn add_provider(
    scope: &Scope<'_>,
    account: &mut Account,
    resource: &Resource,
    issuer: Option<Text>,
    saml: bool,
) {
    let (Some(arn), Some(issuer)) = (scope.arn_of(resource), issuer) else {
        return;
    };
    account.providers.push(FederatedProvider {
        arn,
        issuer,
        saml,
        place: resource.place,
        logical_id: Some(resource.id.clone()),
    });
}

/// Name, ARN and the rest that every entity has.
pub(super) fn identity(scope: &Scope<'_>, resource: &Resource, guard: Guard) -> Identity {
    let name = scope.name_of(resource, resource.place);
    let arn = scope.arn_of(resource).unwrap_or_else(|| name.clone());
    let path = scope.text_of(resource, "Path");
    let description = scope.text_of(resource, "Description");
    Identity {
        path: path.unwrap_or_else(|| Text::plain("/")),
        logical_id: Some(resource.id.clone()),
        friendly: resource.friendly.clone(),
        description: description
            .filter(|text| !text.is_empty())
            .map(|text| text.to_string()),
        guard,
        tags: scope.tags(resource),
        comment: resource.comment.clone(),
        ..Identity::new(name, arn, resource.place)
    }
}

fn role(scope: &Scope<'_>, resource: &Resource, guard: Guard) -> Role {
    let trust = document(
        scope,
        resource,
        "AssumeRolePolicyDocument",
        PolicyKind::Trust,
    );
    if trust.is_none() {
        let message = format!("role `{}` has no trust policy", resource.id);
        scope.problem(Problem::error(resource.place, message));
    }
    let longest = scope.text_of(resource, "MaxSessionDuration");
    Role {
        trust,
        max_session_duration: match longest {
            Some(seconds) => seconds.as_plain().and_then(|text| text.parse().ok()),
            None => Some(DEFAULT_SESSION),
        },
        inline: inline_policies(scope, resource),
        ..empty_role(identity(scope, resource, guard))
    }
}

/// A permission set of Identity Center becomes a role of that name and a random end in every
/// account that it is assigned to.
fn permission_set(scope: &Scope<'_>, resource: &Resource, guard: Guard) -> Role {
    let set = scope.text_of(resource, "Name");
    let mut name = vec![Part::Literal("AWSReservedSSO_".into())];
    name.extend(
        set.unwrap_or_else(|| resource.id.as_str().into())
            .to_parts(),
    );
    name.push(Part::Literal("_".into()));
    name.push(scope.unresolved(&resource.id, UnresolvedKind::Attribute, resource.place));
    let name = Text::from_parts(name);
    let path = "/aws-reserved/sso.amazonaws.com/";
    let mut identity = identity(scope, resource, guard);
    identity.arn = scope.iam_arn("role", path, &name);
    identity.path = Text::plain(path);
    identity.name = name;
    let inline = document(scope, resource, "InlinePolicy", PolicyKind::Identity);
    Role {
        inline: inline
            .map(|document| InlinePolicy {
                name: Text::plain("AwsSSOInlinePolicy"),
                place: document.place,
                document,
                logical_id: None,
                guard: Guard::always(),
            })
            .into_iter()
            .collect(),
        ..empty_role(identity)
    }
}

/// A role that AWS defines for a service; its policy is AWS's.
fn service_linked_role(scope: &Scope<'_>, resource: &Resource, guard: Guard) -> Role {
    let service = scope.text_of(resource, "AWSServiceName");
    let service = service.unwrap_or_else(|| resource.id.as_str().into());
    let mut identity = identity(scope, resource, guard);
    identity.path = Text::from_parts(
        [Part::Literal("/aws-service-role/".into())]
            .into_iter()
            .chain(service.to_parts())
            .chain([Part::Literal("/".into())]),
    );
    identity.arn = scope.iam_arn_with("role", &identity.path, &identity.name);
    empty_role(identity)
}

/// The document of a property; `None` where the property is absent.
pub(super) fn document(
    scope: &Scope<'_>,
    resource: &Resource,
    property: &str,
    kind: PolicyKind,
) -> Option<Arc<crate::iam::Document>> {
    let node = resource.properties.get(property)?;
    if matches!(node.value, Value::Null) {
        return None;
    }
    Some(Arc::new(scope.document(node, kind)))
}

/// The `Policies` of a role, user or group. They are looked at unresolved, because their documents
/// may be text that is to be pointed into.
fn inline_policies(scope: &Scope<'_>, resource: &Resource) -> Vec<InlinePolicy> {
    let mut policies = Vec::new();
    if let Some(list) = resource.properties.get("Policies") {
        scope.each_item(&Guard::always(), list, &mut |guard, item| {
            policies.push(inline_policy(scope, resource, guard, item));
        });
    }
    policies
}

fn inline_policy(
    scope: &Scope<'_>,
    resource: &Resource,
    guard: Guard,
    item: &Node,
) -> InlinePolicy {
    let name = item.get("PolicyName").and_then(|name| scope.one_text(name));
    let document = match item.get("PolicyDocument") {
        Some(document) => scope.document(document, PolicyKind::Identity),
        // Says that it is no document, at its place.
        None => scope.document(item, PolicyKind::Identity),
    };
    InlinePolicy {
        name: name.unwrap_or_else(|| Text::plain(format!("policy of {}", resource.id))),
        document: Arc::new(document),
        place: item.place,
        logical_id: None,
        guard,
    }
}

impl Scope<'_> {
    /// Visits the items of a list unresolved, through `Fn::If` around the list or its items.
    pub(super) fn each_item(
        &self,
        guard: &Guard,
        node: &Node,
        visit: &mut dyn FnMut(Guard, &Node),
    ) {
        match &node.value {
            Value::List(items) => {
                for item in items {
                    self.each_branch(guard, item, visit);
                }
            }
            _ => self.each_branch(guard, node, visit),
        }
    }

    fn each_branch(&self, guard: &Guard, node: &Node, visit: &mut dyn FnMut(Guard, &Node)) {
        match intrinsic(node) {
            Some(("Fn::If", argument)) if argument.items().len() == 3 => {
                for (guard, branch) in self.branches_of(guard, argument) {
                    self.each_item(&guard, branch, visit);
                }
            }
            Some(("Ref", name)) if name.as_str() == Some("AWS::NoValue") => {}
            _ => visit(guard.clone(), node),
        }
    }

    /// An ARN of IAM for an entity that the template does not define by a resource of its own.
    pub(super) fn iam_arn(&self, kind: &str, path: &str, name: &Text) -> Text {
        self.iam_arn_with(kind, &Text::plain(path), name)
    }

    pub(super) fn iam_arn_with(&self, kind: &str, path: &Text, name: &Text) -> Text {
        let around = self.surroundings;
        let start = format!("arn:{}:iam::{}:{kind}", around.partition, around.account);
        Text::from_parts(
            [Part::Literal(start.into())]
                .into_iter()
                .chain(path.to_parts())
                .chain(name.to_parts()),
        )
    }
}
