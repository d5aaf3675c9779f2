//! `aws iam get-account-authorization-details`: a whole account. A dump may have many megabytes, so
//! that entities are read one at a time and only what they come to is kept.

mod apart;
mod find;

use std::collections::HashMap;
use std::sync::Arc;

use self::find::{Finder, Item};
use super::aws_managed;
use super::error::Fault;
use super::holders::{empty_group, empty_role, empty_user, note_attachments};
use super::progress::Progress;
use super::threads;
use super::values;
use crate::iam::{
    Account, Arn, Assumed, Attachment, Document, Group, Guard, Identity, InlinePolicy,
    ManagedPolicy, Node, Origin, Place, PolicyKind, PolicyVersion, Problem, Role, SourceId, Text,
    User, Value, parse_document, parse_json, parse_json_at,
};

/// The lists that tell such a dump; a page of one may have only some.
pub(super) const LISTS: [&str; 3] = ["UserDetailList", "GroupDetailList", "RoleDetailList"];

/// Whether a text is such a dump.
pub(super) fn is_dump(text: &str) -> bool {
    values::names(text).any(|name| LISTS.contains(&name))
}

/// Reads a dump, or its pages one behind the other. Those of several accounts stay apart.
pub(super) fn read(
    text: &str,
    source: SourceId,
    progress: &Progress,
) -> Result<Vec<Account>, Fault> {
    let mut finder = Finder::new(text, source);
    finder.run()?;
    let mut account = Account::new("");
    account.problems = finder.problems;
    let blocks: Vec<&[Item<'_>]> = finder.found.chunks(BLOCK).collect();
    let parts = threads::map(&blocks, |block| entities(block, progress));
    for part in parts {
        let mut part = part?;
        account.users.append(&mut part.users);
        account.groups.append(&mut part.groups);
        account.roles.append(&mut part.roles);
        account.policies.append(&mut part.policies);
    }
    let mut accounts = apart::accounts(account);
    for account in &mut accounts {
        link(account);
        name_account(account);
    }
    Ok(accounts)
}

/// Entities that one thread reads in one go.
const BLOCK: usize = 64;
/// The largest text of one entity; with all policies that IAM allows it, a role has less than 1 MB.
const MAX_ENTITY: usize = 8 << 20;

/// Reads entities one at a time; none any more once that is not wanted.
fn entities(items: &[Item<'_>], progress: &Progress) -> Result<Account, Fault> {
    let mut read = Account::new("");
    for item in items.iter().take_while(|_| !progress.is_cancelled()) {
        if item.text.len() > MAX_ENTITY {
            let message = format!("one entity larger than {} MB", MAX_ENTITY >> 20);
            return Err(Fault::new(item.place, message));
        }
        let node = parse_json_at(item.text, item.place)?;
        match item.list {
            "UserDetailList" => read.users.push(user(&node)),
            "GroupDetailList" => read.groups.push(group(&node)),
            "RoleDetailList" => read.roles.push(role(&node)),
            _ => read.policies.push(managed_policy(&node)),
        }
    }
    Ok(read)
}

/// The account's id is in every ARN.
pub(super) fn name_account(account: &mut Account) {
    let roles = account.roles.iter().map(|role| &role.identity.arn);
    let users = account.users.iter().map(|user| &user.identity.arn);
    let groups = account.groups.iter().map(|group| &group.identity.arn);
    let customer = |policy: &&ManagedPolicy| policy.origin == Origin::Customer;
    let policies = account.policies.iter().filter(customer);
    let policies = policies.map(|policy| &policy.identity.arn);
    let mut arns = roles.chain(users).chain(groups).chain(policies);
    let found = arns.find_map(|arn| {
        let arn = Arn::parse(arn.as_plain()?)?;
        let id = Arn::is_account_id(arn.account);
        id.then(|| (arn.account.to_owned(), arn.partition.to_owned()))
    });
    if let Some((id, partition)) = found {
        let known = |value| Assumed {
            value,
            assumed: false,
        };
        account.id = known(id);
        account.partition = known(partition);
    }
}

/// Gives attachments the documents of the policies, which may come behind them in the dump.
pub(super) fn link(account: &mut Account) {
    let policies: HashMap<&Text, &ManagedPolicy> = account
        .policies
        .iter()
        .map(|policy| (&policy.identity.arn, policy))
        .collect();
    let resolve = |attachment: &mut Attachment| match policies.get(&attachment.arn) {
        Some(policy) => {
            attachment.origin = policy.origin;
            attachment.document.clone_from(&policy.document);
        }
        None => {
            let (_, origin, document) = aws_managed::resolve(&attachment.arn);
            attachment.origin = origin;
            attachment.document = document;
        }
    };
    for role in &mut account.roles {
        role.managed
            .iter_mut()
            .chain(&mut role.boundary)
            .for_each(resolve);
    }
    for user in &mut account.users {
        user.managed
            .iter_mut()
            .chain(&mut user.boundary)
            .for_each(resolve);
    }
    for group in &mut account.groups {
        group.managed.iter_mut().for_each(resolve);
    }
    note_attachments(account);
}

/// A role, as in a dump and in `get-role`.
pub(super) fn role(node: &Node) -> Role {
    let trust = node.get("AssumeRolePolicyDocument");
    let last_used = node
        .get("RoleLastUsed")
        .and_then(|used| used.get("LastUsedDate"));
    let longest = node.get("MaxSessionDuration").and_then(Node::scalar);
    let profiles = node.get("InstanceProfileList").map(Node::items);
    let profiles = profiles.unwrap_or_default().iter();
    Role {
        trust: trust.map(|trust| Arc::new(document(trust, PolicyKind::Trust))),
        boundary: boundary(node),
        managed: attachments(node),
        inline: inline_policies(node, "RolePolicyList"),
        max_session_duration: longest.and_then(|text| text.as_plain()?.parse().ok()),
        last_used: last_used.and_then(Node::as_str).map(str::to_owned),
        instance_profiles: profiles
            .filter_map(|profile| profile.get("InstanceProfileName")?.scalar())
            .collect(),
        ..empty_role(identity(node, "RoleName", "RoleId"))
    }
}

/// A user, as in a dump and in `get-user`.
pub(super) fn user(node: &Node) -> User {
    let groups = node.get("GroupList").map(Node::items).unwrap_or_default();
    User {
        boundary: boundary(node),
        managed: attachments(node),
        inline: inline_policies(node, "UserPolicyList"),
        groups: groups.iter().filter_map(Node::scalar).collect(),
        ..empty_user(identity(node, "UserName", "UserId"))
    }
}

/// A group, as in a dump and in `get-group`.
pub(super) fn group(node: &Node) -> Group {
    Group {
        managed: attachments(node),
        inline: inline_policies(node, "GroupPolicyList"),
        ..empty_group(identity(node, "GroupName", "GroupId"))
    }
}

/// A managed policy with its versions, as in a dump.
pub(super) fn managed_policy(node: &Node) -> ManagedPolicy {
    let default = node.get("DefaultVersionId").and_then(Node::as_str);
    let list = node
        .get("PolicyVersionList")
        .map(Node::items)
        .unwrap_or_default();
    let versions: Vec<PolicyVersion> = list
        .iter()
        .filter_map(|version| {
            let id = version
                .get("VersionId")
                .and_then(Node::as_str)
                .unwrap_or("?");
            let flagged = matches!(
                version.get("IsDefaultVersion").map(|flag| &flag.value),
                Some(Value::Bool(true))
            );
            let created = version.get("CreateDate").and_then(Node::as_str);
            Some(PolicyVersion {
                id: id.to_owned(),
                is_default: default.map_or(flagged, |default| default == id),
                created: created.map(str::to_owned),
                document: Arc::new(document(version.get("Document")?, PolicyKind::Identity)),
            })
        })
        .collect();
    let in_force = versions.iter().find(|version| version.is_default);
    let identity = identity(node, "PolicyName", "PolicyId");
    let is_aws = identity.arn.known_prefix().contains(":iam::aws:");
    ManagedPolicy {
        origin: if is_aws {
            Origin::Aws
        } else {
            Origin::Customer
        },
        document: in_force.map(|version| version.document.clone()),
        identity,
        versions,
        attached_to: Vec::new(),
        limits: Vec::new(),
    }
}

fn identity(node: &Node, name: &str, id: &str) -> Identity {
    let text = |key: &str| node.get(key).and_then(Node::scalar);
    let known = |key: &str| text(key).map(|text| text.to_string());
    let arn = text("Arn");
    // Not everybody who writes such lists names what they are of.
    let of_arn = || arn.as_ref().map(aws_managed::last_segment);
    let name = text(name).or_else(of_arn);
    let name = name.unwrap_or_else(|| Text::plain("?"));
    let arn = arn.unwrap_or_else(|| name.clone());
    Identity {
        path: text("Path").unwrap_or_else(|| Text::plain("/")),
        unique_id: known(id),
        description: known("Description").filter(|text| !text.is_empty()),
        tags: node
            .get("Tags")
            .map(Node::items)
            .unwrap_or_default()
            .iter()
            .filter_map(|tag| {
                let key = tag.get("Key")?.scalar()?.to_string();
                Some((key, tag.get("Value")?.scalar()?))
            })
            .collect(),
        ..Identity::new(name, arn, node.place)
    }
}

fn boundary(node: &Node) -> Option<Attachment> {
    let boundary = node.get("PermissionsBoundary")?;
    let arn = boundary.get("PermissionsBoundaryArn")?;
    Some(attachment(arn.scalar()?, None, arn.place))
}

fn attachments(node: &Node) -> Vec<Attachment> {
    attached(node, "AttachedManagedPolicies")
}

/// A list of `{"PolicyName", "PolicyArn"}`.
pub(super) fn attached(node: &Node, list: &str) -> Vec<Attachment> {
    let list = node.get(list).map(Node::items).unwrap_or_default().iter();
    list.filter_map(|item| {
        let name = item.get("PolicyName").and_then(Node::scalar);
        Some(attachment(
            item.get("PolicyArn")?.scalar()?,
            name,
            item.place,
        ))
    })
    .collect()
}

fn attachment(arn: Text, name: Option<Text>, place: Place) -> Attachment {
    Attachment {
        name: name.unwrap_or_else(|| aws_managed::last_segment(&arn)),
        arn,
        origin: Origin::External,
        document: None,
        place,
        guard: Guard::always(),
    }
}

fn inline_policies(node: &Node, list: &str) -> Vec<InlinePolicy> {
    let list = node.get(list).map(Node::items).unwrap_or_default().iter();
    list.filter_map(inline_policy).collect()
}

/// `{"PolicyName", "PolicyDocument"}`
pub(super) fn inline_policy(item: &Node) -> Option<InlinePolicy> {
    Some(InlinePolicy {
        name: item.get("PolicyName")?.scalar()?,
        document: Arc::new(document(item.get("PolicyDocument")?, PolicyKind::Identity)),
        place: item.place,
        logical_id: None,
        guard: Guard::always(),
    })
}

/// A document as AWS gives it: JSON, or (outside the CLI) URL-encoded text.
pub(super) fn document(node: &Node, kind: PolicyKind) -> Document {
    let Some(text) = node.as_str() else {
        return parse_document(node, kind);
    };
    let decoded = percent_encoding::percent_decode_str(text).decode_utf8_lossy();
    let decoded = if text.trim_start().starts_with('{') {
        text
    } else {
        &*decoded
    };
    match parse_json(decoded, node.place.source) {
        Ok(mut inside) => {
            put_at(&mut inside, node.place);
            parse_document(&inside, kind)
        }
        Err(error) => {
            let mut document = parse_document(node, kind);
            let message = format!("the policy is not JSON: {error}");
            document.problems = vec![Problem::error(node.place, message)];
            document
        }
    }
}

/// Encoded text stands on one line: all of it is where the text begins.
fn put_at(node: &mut Node, place: Place) {
    node.place = place;
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|item| put_at(item, place)),
        Value::Object(members) => {
            for member in members {
                member.place = place;
                put_at(&mut member.value, place);
            }
        }
        _ => {}
    }
}
