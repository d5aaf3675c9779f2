//! Bare policy documents and the output of single AWS CLI calls: pieces of an account that belong
//! together, in the order in which they were given.

use std::sync::Arc;

use super::blanks::Blanks;
use super::details;
use super::holders::{HolderKind, ensure_named, holders_named};
use super::{Environment, Settings};
use crate::iam::{
    Account, Attachment, Document, Guard, Identity, ManagedPolicy, Node, Origin, Part, PolicyKind,
    Problem, ResourcePolicy, Text, Value, parse_document,
};

/// What was read, with the name of its file.
#[derive(Debug, Default)]
pub(super) struct Loose {
    pieces: Vec<(String, Node)>,
}

/// Members that the output of some call begins with.
const OUTPUTS: [&str; 12] = [
    "Role",
    "User",
    "Group",
    "Policy",
    "PolicyVersion",
    "PolicyDocument",
    "Roles",
    "Users",
    "Groups",
    "AttachedPolicies",
    "ResourcePolicy",
    "Attributes",
];

/// Whether a value is the output of a call that is understood.
pub(super) fn is_cli_output(node: &Node) -> bool {
    OUTPUTS.iter().any(|name| match node.get(name) {
        Some(value) if *name == "Attributes" => value.get("Policy").is_some(),
        Some(value) if *name == "Policy" => {
            value.get("Arn").is_some() || value.as_str().is_some_and(|text| text.contains('{'))
        }
        Some(value) if *name == "PolicyDocument" => {
            node.get("PolicyName").is_some() || value.get("Statement").is_some()
        }
        Some(value) => matches!(
            value.value,
            Value::Object(_) | Value::List(_) | Value::String(_)
        ),
        None => false,
    })
}

impl Loose {
    pub fn add(&mut self, name: &str, node: Node) {
        self.pieces.push((name.to_owned(), node));
    }

    /// The account that the pieces make up, where there are any.
    pub fn render(&self, settings: &Settings, problems: &mut Vec<Problem>) -> Option<Account> {
        let (first, _) = self.pieces.first()?;
        let name = match self.pieces.len() {
            1 => first.clone(),
            count => format!("{count} files"),
        };
        let mut account = Account::new(name);
        settings.apply(&mut account, &Environment::default());
        let mut blanks = Blanks::outside_templates();
        let given = |name: &str| settings.parameters.get(name).cloned();
        // Calls that describe somebody come before calls that only name them.
        for (name, node) in &self.pieces {
            if node.get("Statement").is_some() {
                let mut filled = node.clone();
                let stem = name.strip_suffix(".json").unwrap_or(name);
                blanks.fill(&mut filled, stem, &given);
                describe(&mut account, name, &filled);
            } else {
                describe(&mut account, name, node);
            }
        }
        blanks.list_in(&mut account);
        for (_, node) in &self.pieces {
            self.put(&mut account, node, problems);
        }
        details::link(&mut account);
        details::name_account(&mut account);
        Some(account)
    }

    fn put(&self, account: &mut Account, node: &Node, problems: &mut Vec<Problem>) {
        let named = [
            ("RoleName", HolderKind::Role),
            ("UserName", HolderKind::User),
            ("GroupName", HolderKind::Group),
        ];
        for (key, kind) in named {
            let (Some(name), Some(policy)) = (
                node.get(key).and_then(Node::scalar),
                details::inline_policy(node),
            ) else {
                continue;
            };
            let arn = own_arn(account, kind.name(), &name);
            ensure_named(account, kind, &name, node.place, || arn);
            for holder in holders_named(account, kind, &name) {
                holder.inline.push(policy.clone());
            }
        }
        let attached: Vec<Attachment> = details::attached(node, "AttachedPolicies");
        if attached.is_empty() {
            return;
        }
        match account.roles.as_mut_slice() {
            [role] => role.managed.extend(attached),
            _ => problems.push(
                Problem::warning(node.place, "this list does not say whose policies it has")
                    .hint("load it together with the output of one `aws iam get-role`"),
            ),
        }
    }
}

fn own_arn(account: &Account, kind: &str, name: &Text) -> Text {
    let (partition, id) = (&account.partition.value, &account.id.value);
    let start = format!("arn:{partition}:iam::{id}:{kind}/");
    Text::from_parts(
        [Part::Literal(start.into())]
            .into_iter()
            .chain(name.to_parts()),
    )
}

/// Adds what a piece describes by itself.
fn describe(account: &mut Account, name: &str, node: &Node) {
    let stem = name.strip_suffix(".json").unwrap_or(name);
    if node.get("Statement").is_some() {
        bare_policy(account, stem, node);
        return;
    }
    let list = |key: &str| node.get(key).map(Node::one_or_many).unwrap_or_default();
    for key in ["Role", "Roles"] {
        account.roles.extend(list(key).iter().map(details::role));
    }
    // `get-group` lists the members of the group as `Users`.
    let group = node.get("Group");
    for key in ["User", "Users"] {
        account.users.extend(list(key).iter().map(|user| {
            let mut user = details::user(user);
            let name = group.and_then(|group| group.get("GroupName")?.scalar());
            user.groups.extend(name);
            user
        }));
    }
    for key in ["Group", "Groups"] {
        account.groups.extend(list(key).iter().map(details::group));
    }
    if let Some(version) = node
        .get("PolicyVersion")
        .and_then(|version| version.get("Document"))
    {
        let document = details::document(version, PolicyKind::Identity);
        add_managed(account, stem, version, document);
    }
    if let Some(policy) = node.get("Policy") {
        match policy.as_str() {
            Some(_) => add_resource_policy(account, stem.into(), "policy", policy),
            None => account.policies.push(details::managed_policy(policy)),
        }
    }
    if let Some(policy) = node.get("ResourcePolicy") {
        let arn = ["ARN", "ResourceArn"]
            .iter()
            .find_map(|key| node.get(key)?.scalar());
        add_resource_policy(
            account,
            arn.unwrap_or_else(|| stem.into()),
            "resource policy",
            policy,
        );
    }
    if let Some(attributes) = node.get("Attributes")
        && let Some(policy) = attributes.get("Policy")
    {
        let arn = ["QueueArn", "TopicArn"]
            .iter()
            .find_map(|key| attributes.get(key)?.scalar());
        add_resource_policy(
            account,
            arn.unwrap_or_else(|| stem.into()),
            "policy",
            policy,
        );
    }
    if let Some(document) = node.get("PolicyDocument")
        && node.get("PolicyName").is_none()
    {
        bare_policy(account, stem, document);
    }
}

fn add_resource_policy(account: &mut Account, resource: Text, kind: &str, node: &Node) {
    account.resource_policies.push(ResourcePolicy {
        resource,
        kind: kind.to_owned(),
        logical_id: None,
        place: node.place,
        guard: Guard::always(),
        document: Arc::new(details::document(node, PolicyKind::Resource)),
    });
}

fn add_managed(account: &mut Account, name: &str, node: &Node, document: Document) {
    let name = Text::plain(name);
    let arn = own_arn(account, "policy", &name);
    account.policies.push(ManagedPolicy {
        identity: Identity::new(name, arn, node.place),
        origin: Origin::Customer,
        document: Some(Arc::new(document)),
        versions: Vec::new(),
        attached_to: Vec::new(),
        limits: Vec::new(),
    });
}

/// A document by itself is an identity policy, unless it names principals.
fn bare_policy(account: &mut Account, name: &str, node: &Node) {
    match kind_of(node) {
        PolicyKind::Identity => {
            let document = parse_document(node, PolicyKind::Identity);
            add_managed(account, name, node, document);
        }
        kind => account.resource_policies.push(ResourcePolicy {
            resource: name.into(),
            kind: format!("{} policy", kind.name()),
            logical_id: None,
            place: node.place,
            guard: Guard::always(),
            document: Arc::new(parse_document(node, kind)),
        }),
    }
}

/// What kind of policy a bare document is, by what its statements have.
pub(super) fn kind_of(node: &Node) -> PolicyKind {
    let statements = node
        .get("Statement")
        .map(Node::one_or_many)
        .unwrap_or_default();
    let has = |statement: &Node, name: &str| statement.get(name).is_some();
    let names_principals = statements
        .iter()
        .any(|statement| has(statement, "Principal") || has(statement, "NotPrincipal"));
    if !names_principals {
        return PolicyKind::Identity;
    }
    let assumes = |statement: &Node| {
        let actions = statement
            .get("Action")
            .map(Node::one_or_many)
            .unwrap_or_default();
        let is_sts = |action: &Node| {
            action
                .as_str()
                .is_some_and(|action| action.starts_with("sts:"))
        };
        !has(statement, "Resource") && !actions.is_empty() && actions.iter().all(is_sts)
    };
    if statements.iter().all(assumes) {
        PolicyKind::Trust
    } else {
        PolicyKind::Resource
    }
}
