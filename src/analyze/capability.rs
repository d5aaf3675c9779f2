//! What a role, user or group may do at all: actions that some Allow grants, within the boundary, less
//! what is denied whatever the resource and the circumstances.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use crate::catalog::{ActionSet, Service};
use crate::iam::{
    Account, Attachment, Document, Effect, Group, InlinePolicy, Place, Role, Statement, Text, User,
};

use super::covered::covered;
use super::risk::on_everything;

/// What the statements of a document allow and deny, without regard to resources and conditions but
/// for what has no effect at all.
#[derive(Clone, Debug)]
pub struct Grants {
    /// Actions that some Allow may grant.
    pub allowed: ActionSet,
    /// Actions that some Deny takes away whatever the resource and the circumstances.
    pub denied: ActionSet,
    /// The actions of each Allow, by the position of its statement.
    pub by_statement: Vec<(usize, ActionSet)>,
    /// Whether a part of it is not known, so that more may be granted.
    pub open: bool,
}

impl Grants {
    /// Reads a document.
    pub fn of(document: &Document) -> Self {
        let mut grants = Grants {
            allowed: ActionSet::empty(),
            denied: ActionSet::empty(),
            by_statement: Vec::new(),
            open: document.unreadable,
        };
        for (position, statement) in document.statements.iter().enumerate() {
            let covered = covered(statement);
            match statement.effect {
                Some(Effect::Allow) | None => {
                    grants.open |= covered.open || statement.effect.is_none();
                    grants.allowed.union_with(&covered.effective);
                    grants.by_statement.push((position, covered.effective));
                }
                Some(Effect::Deny) if is_unconditional(statement, covered.open) => {
                    grants.denied.union_with(&covered.actions);
                }
                Some(Effect::Deny) => {}
            }
        }
        grants
    }
}

/// Whether a Deny applies to every request for its actions.
fn is_unconditional(statement: &Statement, open: bool) -> bool {
    let not_action = statement.action.as_ref().is_some_and(|element| element.not);
    statement.conditions.is_empty()
        && on_everything(statement)
        && statement.guard.is_always()
        && !statement.unreadable
        // An unresolved action of NotAction may be any that seems denied here.
        && !(not_action && open)
}

/// A set of actions takes 3 KB: those of all documents of a big account would take hundreds of MB.
const MOST_KEPT: usize = 1_024;

/// Grants by document, so that one that many roles share is read once. Documents are kept alive as
/// long as what is known of them, so that an address means one document.
#[derive(Debug, Default)]
pub struct GrantsCache(Mutex<HashMap<usize, Known>>);

type Known = (Arc<Document>, Arc<Grants>);

impl GrantsCache {
    /// What a document allows and denies.
    pub fn of(&self, document: &Arc<Document>) -> Arc<Grants> {
        let address = Arc::as_ptr(document) as usize;
        if let Ok(known) = self.0.lock()
            && let Some((_, grants)) = known.get(&address)
        {
            return grants.clone();
        }
        let grants = Arc::new(Grants::of(document));
        // A poisoned lock costs only the remembering.
        if let Ok(mut known) = self.0.lock() {
            if known.len() >= MOST_KEPT {
                known.clear();
            }
            known.insert(address, (document.clone(), grants.clone()));
        }
        grants
    }
}

/// A policy of a role, user or group.
#[derive(Clone, Debug)]
pub struct Held {
    /// Its name.
    pub name: String,
    /// Its document; `None` where it was not loaded.
    pub document: Option<Arc<Document>>,
    /// The group through which it is held.
    pub via: Option<String>,
}

/// A statement that grants something.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct GrantedBy {
    /// The policy's name.
    pub policy: String,
    /// The statement's Sid or number.
    pub statement: String,
    /// Where it stands.
    pub place: Place,
}

/// What may be done with one service.
#[derive(Clone, Debug)]
pub struct ServiceCapability {
    /// The service.
    pub service: &'static Service,
    /// How many of its actions.
    pub count: usize,
    /// How many at each of AWS's levels, in the order of `AccessLevel::ALL`.
    pub by_level: [usize; 5],
    /// The statements that grant them, in order.
    pub granted_by: Vec<GrantedBy>,
}

/// What a role, user or group may do.
#[derive(Clone, Debug)]
pub struct Capability {
    /// The actions.
    pub actions: ActionSet,
    /// How many more some Allow would grant, were it not for the boundary.
    pub cut_by_boundary: usize,
    /// How many more some Allow would grant, were it not for a Deny.
    pub denied: usize,
    /// By service, in the order of their prefixes.
    pub by_service: Vec<ServiceCapability>,
    /// Names of policies that were not loaded: what they grant is not known.
    pub not_loaded: Vec<String>,
    /// Whether the boundary was not loaded, so that it may limit more.
    pub boundary_not_loaded: bool,
    /// Whether a part of a policy is not known.
    pub open: bool,
}

/// The policies of a role.
pub fn policies_of_role(role: &Role) -> Vec<Held> {
    held(&role.managed, &role.inline, None)
}

/// The policies of a user, those of its groups among them.
pub fn policies_of_user(user: &User, account: &Account) -> Vec<Held> {
    let mut all = held(&user.managed, &user.inline, None);
    for name in &user.groups {
        if let Some(group) = account
            .groups
            .iter()
            .find(|group| group.identity.name == *name)
        {
            all.extend(held(&group.managed, &group.inline, Some(name)));
        }
    }
    all
}

/// The policies of a group.
pub fn policies_of_group(group: &Group) -> Vec<Held> {
    held(&group.managed, &group.inline, None)
}

fn held(managed: &[Attachment], inline: &[InlinePolicy], via: Option<&Text>) -> Vec<Held> {
    let via = via.map(Text::to_string);
    let managed = managed.iter().map(|attached| Held {
        name: attached.name.to_string(),
        document: attached.document.clone(),
        via: via.clone(),
    });
    let inline = inline.iter().map(|policy| Held {
        name: policy.name.to_string(),
        document: Some(policy.document.clone()),
        via: via.clone(),
    });
    managed.chain(inline).collect()
}

/// What policies and a boundary amount to.
pub fn capability(
    policies: &[Held],
    boundary: Option<&Attachment>,
    cache: &GrantsCache,
) -> Capability {
    let mut allowed = ActionSet::empty();
    let mut denied = ActionSet::empty();
    let mut not_loaded = Vec::new();
    let mut open = false;
    let mut grants = Vec::new();
    for policy in policies {
        let Some(document) = &policy.document else {
            not_loaded.push(policy.name.clone());
            continue;
        };
        let of_policy = cache.of(document);
        allowed.union_with(&of_policy.allowed);
        denied.union_with(&of_policy.denied);
        open |= of_policy.open;
        grants.push((policy, document, of_policy));
    }
    let all_allowed = allowed.len();
    let limit = boundary.and_then(|boundary| boundary.document.as_ref());
    if let Some(document) = limit {
        let limit = cache.of(document);
        allowed.intersect_with(&limit.allowed);
        denied.union_with(&limit.denied);
        open |= limit.open;
    }
    let within_boundary = allowed.len();
    allowed.subtract(&denied);

    let summary = allowed.summary();
    let mut by_service: Vec<ServiceCapability> = summary
        .by_service
        .iter()
        .map(|counted| ServiceCapability {
            service: counted.service,
            count: counted.count,
            by_level: counted.by_level,
            granted_by: Vec::new(),
        })
        .collect();
    for (policy, document, of_policy) in &grants {
        for (position, actions) in &of_policy.by_statement {
            if let Some(statement) = document.statements.get(*position) {
                blame(&mut by_service, actions, &allowed, policy, statement);
            }
        }
    }
    Capability {
        cut_by_boundary: all_allowed - within_boundary,
        denied: within_boundary - allowed.len(),
        actions: allowed,
        by_service,
        not_loaded,
        boundary_not_loaded: boundary.is_some_and(|boundary| boundary.document.is_none()),
        open,
    }
}

/// Adds a statement to the services of which it grants something that is left.
fn blame(
    by_service: &mut [ServiceCapability],
    actions: &ActionSet,
    left: &ActionSet,
    policy: &Held,
    statement: &Statement,
) {
    let mut granted = actions.clone();
    granted.intersect_with(left);
    for counted in granted.summary().by_service {
        let found = by_service
            .binary_search_by(|known| known.service.prefix().cmp(counted.service.prefix()));
        if let Some(service) = found.ok().and_then(|position| by_service.get_mut(position)) {
            service.granted_by.push(GrantedBy {
                policy: policy.name.clone(),
                statement: statement.reference(),
                place: statement.place,
            });
        }
    }
}

/// What a role may do.
pub fn role_capability(role: &Role, cache: &GrantsCache) -> Capability {
    capability(&policies_of_role(role), role.boundary.as_ref(), cache)
}

/// What a user may do, its groups among the policies.
pub fn user_capability(user: &User, account: &Account, cache: &GrantsCache) -> Capability {
    capability(
        &policies_of_user(user, account),
        user.boundary.as_ref(),
        cache,
    )
}

/// How many actions a role may use: as [`role_capability`], without the statements behind them.
pub fn role_action_count(role: &Role, cache: &GrantsCache) -> usize {
    let mut allowed = ActionSet::empty();
    let mut denied = ActionSet::empty();
    let managed = role
        .managed
        .iter()
        .filter_map(|attached| attached.document.as_ref());
    let inline = role.inline.iter().map(|policy| &policy.document);
    for document in managed.chain(inline) {
        let grants = cache.of(document);
        allowed.union_with(&grants.allowed);
        denied.union_with(&grants.denied);
    }
    if let Some(document) = role.boundary.as_ref().and_then(|own| own.document.as_ref()) {
        let grants = cache.of(document);
        allowed.intersect_with(&grants.allowed);
        denied.union_with(&grants.denied);
    }
    allowed.subtract(&denied);
    allowed.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::{Guard, Identity, Origin, PolicyKind, SourceId, parse_document_text};

    fn document(statements: &str, kind: PolicyKind) -> Arc<Document> {
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
        Arc::new(parse_document_text(&text, SourceId(0), kind).unwrap())
    }

    fn role(policy: &str, boundary: Option<&str>) -> Role {
        let place = Place::default();
        Role {
            identity: Identity::new("r", "arn:aws:iam::123456789012:role/r", place),
            trust: None,
            boundary: boundary.map(|text| Attachment {
                arn: "arn:aws:iam::123456789012:policy/b".into(),
                name: "b".into(),
                origin: Origin::Customer,
                document: Some(document(text, PolicyKind::Boundary)),
                place,
                guard: Guard::always(),
            }),
            managed: Vec::new(),
            inline: vec![InlinePolicy {
                name: "p".into(),
                document: document(policy, PolicyKind::Identity),
                place,
                logical_id: None,
                guard: Guard::always(),
            }],
            max_session_duration: None,
            last_used: None,
            instance_profiles: Vec::new(),
            external: false,
        }
    }

    fn names(role: &Role) -> Vec<&'static str> {
        let cache = GrantsCache::default();
        let capability = role_capability(role, &cache);
        assert_eq!(capability.actions.len(), role_action_count(role, &cache));
        capability
            .actions
            .iter()
            .map(|action| action.canonical())
            .collect()
    }

    #[test]
    fn what_is_allowed_within_the_boundary_less_what_is_denied() {
        let policy = r#"
            {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject", "sqs:SendMessage", "iam:GetRole"], "Resource": "*"},
            {"Sid": "No", "Effect": "Deny", "Action": "s3:Put*", "Resource": "*"},
            {"Effect": "Deny", "Action": "s3:Get*", "Resource": "arn:aws:s3:::secret/*"},
            {"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}"#;
        let boundary = r#"{"Effect": "Allow", "Action": ["s3:*", "sqs:*"], "Resource": "*"}"#;
        let role = role(policy, Some(boundary));
        assert_eq!(names(&role), ["s3:GetObject", "sqs:SendMessage"]);
        let capability = role_capability(&role, &GrantsCache::default());
        assert_eq!((capability.cut_by_boundary, capability.denied), (1, 1));
        let services: Vec<_> = capability
            .by_service
            .iter()
            .map(|service| {
                (
                    service.service.prefix(),
                    service.granted_by[0].statement.as_str(),
                )
            })
            .collect();
        assert_eq!(services, [("s3", "1"), ("sqs", "1")]);
    }

    #[test]
    fn what_cannot_act_on_its_resources_is_not_granted() {
        let policy = r#"{"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "arn:aws:s3:::b/*"}"#;
        assert_eq!(names(&role(policy, None)), ["s3:GetObject"]);
    }

    #[test]
    fn a_deny_of_all_but_a_few_leaves_those() {
        let policy = r#"
            {"Effect": "Allow", "Action": ["s3:GetObject", "sqs:SendMessage"], "Resource": "*"},
            {"Effect": "Deny", "NotAction": "sqs:*", "Resource": "*"}"#;
        assert_eq!(names(&role(policy, None)), ["sqs:SendMessage"]);
    }

    #[test]
    fn policies_that_were_not_loaded_are_named() {
        let mut role = role(
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#,
            None,
        );
        role.managed.push(Attachment {
            arn: "arn:aws:iam::123456789012:policy/away".into(),
            name: "away".into(),
            origin: Origin::External,
            document: None,
            place: Place::default(),
            guard: Guard::always(),
        });
        let capability = role_capability(&role, &GrantsCache::default());
        assert_eq!(capability.not_loaded, ["away"]);
        assert_eq!(capability.actions.len(), 1);
    }
}
