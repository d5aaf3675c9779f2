//! The policies that a caller and a resource of the inventory meet.

use std::sync::Arc;

use crate::iam::{
    Account, Arn, Attachment, Document, Guard, InlinePolicy, Inventory, OrgLevel, PolicyKind,
    ResourcePolicy, Text,
};

use super::caller::{Caller, Entity};
use super::{NamedPolicy, OrgFacts, PolicyLevel, PolicySet, RequestResource};

/// Actions that a role's trust policy decides.
const TRUST_ACTIONS: [&str; 6] = [
    "sts:assumerole",
    "sts:assumerolewithsaml",
    "sts:assumerolewithwebidentity",
    "sts:setcontext",
    "sts:setsourceidentity",
    "sts:tagsession",
];

/// Every policy of the inventory that a caller's request for an action on resources meets: where there
/// are several, each its own. Session and endpoint policies belong to a call and are never among them;
/// resource control policies are those of the first resource's owner.
pub fn policies_for(
    inventory: &Inventory,
    caller: &Caller<'_>,
    action: &str,
    resources: &[RequestResource],
) -> PolicySet {
    let mut set = caller_policies(caller);
    match resources {
        [only] => set.resource = resource_policy(inventory, action, &only.arn),
        several => {
            let own = several.iter().filter_map(|resource| {
                let policy = resource_policy(inventory, action, &resource.arn)?;
                Some((resource.arn.clone(), policy))
            });
            set.by_resource = own.collect();
        }
    }
    let mut owners = resources.iter();
    let owner = owners
        .next()
        .and_then(|first| owner_of(inventory, &first.arn))
        .or(caller.account);
    set.rcps =
        owner.and_then(|account| levels(account.organisation.rcps.as_deref(), PolicyKind::Rcp));
    set
}

/// The policies that reach a caller whatever it asks for.
pub fn caller_policies(caller: &Caller<'_>) -> PolicySet {
    let mut set = PolicySet::default();
    let (managed, inline, boundary): (&[Attachment], &[InlinePolicy], _) = match caller.entity {
        Some(Entity::Role(role)) => (&role.managed, &role.inline, role.boundary.as_ref()),
        Some(Entity::User(user)) => (&user.managed, &user.inline, user.boundary.as_ref()),
        None => (&[], &[], None),
    };
    push_identity(&mut set.identity, managed, inline, None);
    set.boundary = boundary.map(|boundary| attached(boundary, PolicyKind::Boundary, None));
    if let Some(account) = caller.account {
        if let Some(Entity::User(user)) = caller.entity {
            for group in account
                .groups
                .iter()
                .filter(|group| user.groups.contains(&group.identity.name))
            {
                let via = Some(group.identity.name.label());
                push_identity(&mut set.identity, &group.managed, &group.inline, via);
            }
        }
        set.scps = levels(account.organisation.scps.as_deref(), PolicyKind::Scp);
    }
    set
}

fn push_identity(
    into: &mut Vec<NamedPolicy>,
    managed: &[Attachment],
    inline: &[InlinePolicy],
    via: Option<String>,
) {
    into.extend(
        managed
            .iter()
            .map(|policy| attached(policy, PolicyKind::Identity, via.clone())),
    );
    into.extend(inline.iter().map(|policy| NamedPolicy {
        name: policy.name.label(),
        kind: PolicyKind::Identity,
        arn: None,
        document: Some(policy.document.clone()),
        guard: policy.guard.clone(),
        via: via.clone(),
    }));
}

fn attached(policy: &Attachment, kind: PolicyKind, via: Option<String>) -> NamedPolicy {
    NamedPolicy {
        name: policy.name.label(),
        kind,
        arn: Some(policy.arn.clone()),
        document: policy.document.clone(),
        guard: policy.guard.clone(),
        via,
    }
}

fn levels(levels: Option<&[OrgLevel]>, kind: PolicyKind) -> Option<Vec<PolicyLevel>> {
    let level = |level: &OrgLevel| PolicyLevel {
        name: level.name.clone(),
        policies: level
            .policies
            .iter()
            .map(|(name, document)| NamedPolicy::new(name.clone(), kind, Arc::clone(document)))
            .collect(),
    };
    levels.map(|levels| levels.iter().map(level).collect())
}

/// The policy of a resource, joined where a source writes it in parts (each `AWS::Lambda::Permission` is
/// one statement of it); a role's trust policy for the actions that assume it.
fn resource_policy(inventory: &Inventory, action: &str, resource: &Text) -> Option<NamedPolicy> {
    let accounts = || inventory.accounts.iter();
    if TRUST_ACTIONS.contains(&action.to_ascii_lowercase().as_str()) {
        let role = accounts()
            .flat_map(|account| &account.roles)
            .find(|role| role.identity.arn == *resource)?;
        let document = role.trust.clone()?;
        return Some(NamedPolicy::new("trust", PolicyKind::Trust, document));
    }
    let mut policies = accounts()
        .flat_map(|account| &account.resource_policies)
        .filter(|policy| policy.part() == PolicyKind::Resource && is_about(policy, resource));
    let first = policies.next()?;
    let others: Vec<&ResourcePolicy> = policies.collect();
    let (document, guard) = if others.is_empty() {
        (first.document.clone(), first.guard.clone())
    } else {
        let all = std::iter::once(first).chain(others);
        let joined = Document::joined(all.map(|policy| (&policy.guard, &*policy.document)));
        (Arc::new(joined), Guard::always())
    };
    Some(NamedPolicy {
        name: "resource".to_owned(),
        kind: PolicyKind::Resource,
        arn: Some(first.resource.clone()),
        document: Some(document),
        guard,
        via: None,
    })
}

/// Whether a policy is that of a resource, or of the bucket, function or table that it is part of.
fn is_about(policy: &ResourcePolicy, resource: &Text) -> bool {
    let Some(rest) = resource.after(&policy.resource) else {
        return false;
    };
    rest.is_empty() || rest.known_prefix().starts_with(['/', ':'])
}

/// The account that owns a resource of the inventory: by the ARN's account, or because a source defines
/// it (bucket ARNs have no account).
pub fn owner_of<'a>(inventory: &'a Inventory, resource: &Text) -> Option<&'a Account> {
    let by_id = resource
        .as_plain()
        .and_then(Arn::parse)
        .filter(|arn| !arn.account.is_empty())
        .and_then(|arn| {
            inventory
                .accounts
                .iter()
                .find(|account| account.id.value == arn.account)
        });
    by_id.or_else(|| {
        inventory.accounts.iter().find(|account| {
            let part_of = |whole: &Text| {
                resource
                    .after(whole)
                    .is_some_and(|rest| rest.is_empty() || rest.known_prefix().starts_with('/'))
            };
            account.resources.values().any(part_of)
                || account
                    .resource_policies
                    .iter()
                    .any(|policy| part_of(&policy.resource))
        })
    })
}

/// The id of the account that owns a resource, where the inventory or a placeholder says so; an ARN says
/// it by itself. Nobody's account is all zeros: authors write it where the reader's own belongs.
pub fn owner_id(inventory: &Inventory, caller: &Caller<'_>, resource: &Text) -> Option<String> {
    let placeholder = resource
        .as_plain()
        .and_then(Arn::parse)
        .is_some_and(|arn| arn.account == "000000000000");
    match owner_of(inventory, resource) {
        Some(account) => Some(account.id.value.clone()),
        None if placeholder => caller.principal.account.clone(),
        None => None,
    }
}

/// What the inventory knows of the organisations of a caller and of a resource's owner.
pub fn organisation_facts(caller: &Caller<'_>, owner: Option<&Account>) -> OrgFacts {
    let mut facts = OrgFacts::default();
    if let Some(own) = caller.account.map(|account| &account.organisation) {
        facts.principal_account_is_management = own.is_management;
        facts.principal_org_id.clone_from(&own.org_id);
        facts.principal_org_paths = own.org_path.iter().cloned().collect();
    }
    if let Some(own) = owner.map(|account| &account.organisation) {
        facts.resource_account_is_management = own.is_management;
        facts.resource_org_id.clone_from(&own.org_id);
        facts.resource_org_paths = own.org_path.iter().cloned().collect();
    }
    facts
}
