//! The context of one leg of a request: what was given, overlaid on what can be derived
//! (IAM: reference_policies_condition-keys).

use std::collections::BTreeMap;

use crate::iam::{Arn, Principal, SessionKind, Text};

use super::keys::{self, Facts, Key};
use super::values::Instant;
use super::{Context, KeyValue, Missing, OrgFacts, Request, RequestResource};

/// The state of a key in a request.
#[derive(Clone, Copy, Debug)]
pub(super) enum KeyState<'a> {
    Absent,
    /// Perhaps there, with a value that nobody knows.
    Unknown,
    One(&'a str),
    Many(&'a [String]),
    /// One value, of which a template leaves parts open.
    Symbolic(&'a Text),
}

#[derive(Clone, Debug)]
enum Value {
    Given(KeyValue),
    Symbolic(Text),
}

#[derive(Clone, Debug)]
struct Entry {
    key: Key,
    value: Value,
}

/// The keys of one leg, sorted by hash.
#[derive(Clone, Debug)]
pub(super) struct Keys {
    entries: Box<[Entry]>,
    missing: Missing,
    pub(super) facts: Facts,
}

impl Keys {
    /// The state of a key.
    pub(super) fn get(&self, key: &Key) -> KeyState<'_> {
        let mut at = self
            .entries
            .partition_point(|entry| entry.key.hash < key.hash);
        while let Some(entry) = self.entries.get(at)
            && entry.key.hash == key.hash
        {
            if entry.key.lower == key.lower {
                return match &entry.value {
                    Value::Given(KeyValue::Absent) => KeyState::Absent,
                    Value::Given(KeyValue::Unknown) => KeyState::Unknown,
                    Value::Given(KeyValue::One(value)) => KeyState::One(value),
                    Value::Given(KeyValue::Many(values)) => KeyState::Many(values),
                    Value::Symbolic(text) => KeyState::Symbolic(text),
                };
            }
            at += 1;
        }
        if self.missing == Missing::Unknown && keys::could_be_present(&key.lower, &self.facts) {
            KeyState::Unknown
        } else {
            KeyState::Absent
        }
    }

    /// Whether a key has a value, by its name.
    pub(super) fn has_value(&self, name: &str) -> bool {
        !matches!(
            self.get(&Key::new(name)),
            KeyState::Absent | KeyState::Unknown
        )
    }

    /// The one value of a key by its name.
    pub(super) fn one(&self, name: &str) -> Option<&str> {
        match self.get(&Key::new(name)) {
            KeyState::One(value) => Some(value),
            _ => None,
        }
    }
}

/// Gathers the keys of one leg; later values take the place of earlier ones.
struct Gathered(BTreeMap<String, (String, Value)>);

impl Gathered {
    fn set(&mut self, key: &str, value: Value) {
        self.0
            .insert(key.to_ascii_lowercase(), (key.to_owned(), value));
    }

    fn one(&mut self, key: &str, value: impl Into<String>) {
        self.set(key, Value::Given(KeyValue::One(value.into())));
    }

    fn some(&mut self, key: &str, value: Option<&String>) {
        if let Some(value) = value {
            self.one(key, value);
        }
    }

    fn list(&mut self, key: &str, values: &[String]) {
        if !values.is_empty() {
            self.set(key, Value::Given(KeyValue::Many(values.to_vec())));
        }
    }

    /// Sets a key unless something was given for it.
    fn default(&mut self, key: &str, value: KeyValue) {
        self.0
            .entry(key.to_ascii_lowercase())
            .or_insert_with(|| (key.to_owned(), Value::Given(value)));
    }

    fn given(&self, lower: &str) -> Option<&KeyValue> {
        match self.0.get(lower) {
            Some((_, Value::Given(value))) => Some(value),
            _ => None,
        }
    }

    fn overlay(&mut self, context: &Context) {
        for (key, value) in context.iter() {
            self.set(key, Value::Given(value.clone()));
        }
    }
}

/// What a leg asks for, as far as its context depends on it.
pub(super) struct Asked<'a> {
    /// The action in lower case.
    pub(super) action: &'a str,
    pub(super) resource: &'a RequestResource,
    /// The account of the resource, where known.
    pub(super) owner: Option<&'a str>,
    /// Whether an endpoint policy is in play.
    pub(super) through_endpoint: bool,
    /// Now, where no time is given.
    pub(super) now: i64,
}

/// The keys of one leg.
pub(super) fn gather(request: &Request, asked: &Asked<'_>) -> Keys {
    let mut keys = Gathered(BTreeMap::new());
    let service = asked.action.split(':').next().unwrap_or_default();
    of_caller(&mut keys, &request.principal);
    of_organisation(&mut keys, &request.organisation, asked.action);
    if let Some(owner) = asked.owner
        && keys::has_resource_account(asked.action)
    {
        keys.one("aws:ResourceAccount", owner);
    }
    if let Some(region) = region(request, asked, service) {
        keys.one("aws:RequestedRegion", region);
    }
    keys.one("aws:SecureTransport", "true");
    keys.overlay(&request.context);
    keys.overlay(&asked.resource.context);
    follow(&mut keys, request, asked);

    let present = |keys: &Gathered, names: &[&str]| {
        names
            .iter()
            .any(|name| matches!(keys.given(name), Some(KeyValue::One(_))))
    };
    let through_endpoint = if asked.through_endpoint
        || present(
            &keys,
            &["aws:sourcevpce", "aws:sourcevpc", "aws:vpcsourceip"],
        ) {
        Some(true)
    } else if present(&keys, &["aws:sourceip"]) {
        Some(false)
    } else {
        None
    };
    let via_service = match keys.given("aws:viaawsservice") {
        Some(KeyValue::One(value)) => value.eq_ignore_ascii_case("true"),
        Some(KeyValue::Unknown) => true,
        _ => false,
    };
    let facts = Facts {
        caller: request.principal.kind,
        service: service.into(),
        action: asked.action.into(),
        through_endpoint,
        via_service,
        has_resource: asked.resource.arn != *"*",
    };
    let mut entries: Vec<Entry> = keys
        .0
        .into_values()
        .map(|(name, value)| Entry {
            key: Key::new(&name),
            value,
        })
        .collect();
    entries.sort_by_key(|entry| entry.key.hash);
    Keys {
        entries: entries.into(),
        missing: request.context.missing,
        facts,
    }
}

/// What the caller's credentials say.
fn of_caller(keys: &mut Gathered, caller: &Principal) {
    use SessionKind::*;
    let kind = caller.kind;
    let signed = !matches!(kind, Anonymous | WebIdentity | Saml);
    match (&caller.symbolic_arn, kind) {
        (Some(text), User | AssumedRole) if !text.is_plain() => {
            keys.set("aws:PrincipalArn", Value::Symbolic(text.clone()));
        }
        // The role's ARN with its path, never one made up from the session's.
        (_, AssumedRole) => match &caller.role_arn {
            Some(arn) => keys.one("aws:PrincipalArn", arn),
            None => keys.set("aws:PrincipalArn", Value::Given(KeyValue::Unknown)),
        },
        (_, User | FederatedUser | Root) => keys.some("aws:PrincipalArn", caller.arn.as_ref()),
        _ => {}
    }
    match &caller.account {
        Some(account) => keys.one("aws:PrincipalAccount", account),
        None if kind == Anonymous => keys.one("aws:PrincipalAccount", "anonymous"),
        None => {}
    }
    if signed {
        let is_service = if kind == Service { "true" } else { "false" };
        keys.one("aws:PrincipalIsAWSService", is_service);
    }
    let type_name = match kind {
        Root => Some("Account"),
        User => Some("User"),
        FederatedUser => Some("FederatedUser"),
        AssumedRole => Some("AssumedRole"),
        Anonymous => Some("Anonymous"),
        Service | WebIdentity | Saml => None,
    };
    if let Some(name) = type_name {
        keys.one("aws:PrincipalType", name);
    }
    if let Some(id) = user_id(caller) {
        keys.one("aws:userid", id);
    }
    match kind {
        User => {
            if let Some(arn) = caller.arn.as_deref().and_then(Arn::parse) {
                keys.one("aws:username", arn.name());
            }
        }
        Service => keys.some("aws:PrincipalServiceName", caller.service.as_ref()),
        // Also of sessions that a token was exchanged for.
        WebIdentity | AssumedRole => {
            keys.some("aws:FederatedProvider", caller.provider.as_ref());
        }
        _ => {}
    }
    if matches!(kind, User | AssumedRole | FederatedUser) {
        for (tag, value) in &caller.tags {
            let key = format!("aws:PrincipalTag/{tag}");
            // Keys that differ only in case match one of them, nobody says which.
            let clash = caller
                .tags
                .keys()
                .any(|other| other != tag && other.eq_ignore_ascii_case(tag));
            if clash {
                keys.set(&key, Value::Given(KeyValue::Unknown));
            } else {
                keys.one(&key, value);
            }
        }
    }
}

/// `aws:userid`, where it follows from what is known of the caller.
fn user_id(caller: &Principal) -> Option<String> {
    let session = || {
        caller
            .arn
            .as_deref()
            .and_then(Arn::parse)
            .map(|arn| arn.name())
    };
    match caller.kind {
        SessionKind::Root => caller.account.clone(),
        SessionKind::User => caller.user_id.clone(),
        SessionKind::AssumedRole => Some(format!("{}:{}", caller.role_id.as_ref()?, session()?)),
        SessionKind::FederatedUser => Some(format!("{}:{}", caller.account.as_ref()?, session()?)),
        SessionKind::Anonymous => Some("anonymous".to_owned()),
        SessionKind::Service | SessionKind::WebIdentity | SessionKind::Saml => None,
    }
}

fn of_organisation(keys: &mut Gathered, facts: &OrgFacts, action: &str) {
    keys.some("aws:PrincipalOrgID", facts.principal_org_id.as_ref());
    keys.list("aws:PrincipalOrgPaths", &facts.principal_org_paths);
    if keys::has_resource_account(action) {
        keys.some("aws:ResourceOrgID", facts.resource_org_id.as_ref());
        keys.list("aws:ResourceOrgPaths", &facts.resource_org_paths);
    }
}

/// Services with one endpoint for the whole partition.
const GLOBAL_SERVICES: [&str; 10] = [
    "iam",
    "organizations",
    "account",
    "route53",
    "route53domains",
    "cloudfront",
    "waf",
    "budgets",
    "support",
    "health",
];

/// The region that a call goes to, where the resource or the service says.
fn region(request: &Request, asked: &Asked<'_>, service: &str) -> Option<String> {
    let of_arn = |resource: &RequestResource| {
        let plain = resource.arn.as_plain()?;
        let region = Arn::parse(plain)?.region;
        (!region.is_empty() && region != "*").then(|| region.to_owned())
    };
    if let Some(region) = of_arn(asked.resource) {
        return Some(region);
    }
    if GLOBAL_SERVICES.contains(&service) {
        let arns = [&request.principal.arn, &request.principal.role_arn];
        let partition = arns
            .into_iter()
            .flatten()
            .find_map(|arn| Arn::parse(arn))
            .map_or("aws", |arn| arn.partition);
        let region = match partition {
            "aws-cn" => "cn-north-1",
            "aws-us-gov" => "us-gov-west-1",
            _ => "us-east-1",
        };
        return Some(region.to_owned());
    }
    request.resources.iter().find_map(of_arn)
}

/// What follows from other keys: the time, tag keys, the ends of a chain of services.
fn follow(keys: &mut Gathered, request: &Request, asked: &Asked<'_>) {
    let given = |keys: &Gathered, name: &str| keys.given(name).cloned();
    let (time, epoch) = match (given(keys, "aws:currenttime"), given(keys, "aws:epochtime")) {
        (Some(time), Some(epoch)) => (time, epoch),
        (Some(KeyValue::One(time)), None) => {
            let epoch = Instant::parse(&time).map_or(asked.now, |instant| instant.seconds);
            (KeyValue::One(time), KeyValue::One(epoch.to_string()))
        }
        (None, Some(KeyValue::One(epoch))) => {
            let seconds = Instant::parse(&epoch).map_or(asked.now, |instant| instant.seconds);
            (KeyValue::One(written(seconds)), KeyValue::One(epoch))
        }
        (time, epoch) => {
            let unknown = [&time, &epoch].contains(&&Some(KeyValue::Unknown));
            let otherwise = |value: String| match unknown {
                true => KeyValue::Unknown,
                false => KeyValue::One(value),
            };
            (
                time.unwrap_or_else(|| otherwise(written(asked.now))),
                epoch.unwrap_or_else(|| otherwise(asked.now.to_string())),
            )
        }
    };
    let issued = match &time {
        KeyValue::One(_) | KeyValue::Unknown => time.clone(),
        _ => KeyValue::One(written(asked.now)),
    };
    keys.default("aws:CurrentTime", time);
    keys.default("aws:EpochTime", epoch);
    let temporary = match request.principal.kind {
        SessionKind::AssumedRole | SessionKind::FederatedUser => true,
        SessionKind::User | SessionKind::Root => {
            request.credential.is_some()
                || matches!(keys.given("aws:assumedroot"), Some(KeyValue::One(value)) if value.eq_ignore_ascii_case("true"))
        }
        _ => false,
    };
    if temporary {
        keys.default("aws:TokenIssueTime", issued);
    }
    match given(keys, "aws:calledvia") {
        Some(KeyValue::Many(chain)) => {
            if let (Some(first), Some(last)) = (chain.first(), chain.last()) {
                keys.default("aws:CalledViaFirst", KeyValue::One(first.clone()));
                keys.default("aws:CalledViaLast", KeyValue::One(last.clone()));
                keys.default("aws:ViaAWSService", KeyValue::One("true".to_owned()));
            }
        }
        Some(KeyValue::One(service)) => {
            keys.default("aws:CalledViaFirst", KeyValue::One(service.clone()));
            keys.default("aws:CalledViaLast", KeyValue::One(service));
            keys.default("aws:ViaAWSService", KeyValue::One("true".to_owned()));
        }
        _ => {}
    }
    keys.default("aws:ViaAWSService", KeyValue::One("false".to_owned()));

    let mut tags = Vec::new();
    let mut unknown = false;
    for (lower, (name, value)) in &keys.0 {
        if lower.starts_with("aws:requesttag/") {
            match value {
                Value::Given(KeyValue::Absent) => {}
                Value::Given(KeyValue::Unknown) => unknown = true,
                _ => tags.extend(name.split_once('/').map(|(_, tag)| tag.to_owned())),
            }
        }
    }
    if unknown {
        keys.default("aws:TagKeys", KeyValue::Unknown);
    } else if !tags.is_empty() {
        keys.default("aws:TagKeys", KeyValue::Many(tags));
    }
    match keys::has_resource_account(asked.action) {
        true if asked.action.starts_with("s3:") => {
            if let Some(owner) = asked.owner {
                keys.default("s3:ResourceAccount", KeyValue::One(owner.to_owned()));
            }
        }
        _ if asked.action.starts_with("kms:") => {
            if let Some(account) = &request.principal.account {
                keys.default("kms:CallerAccount", KeyValue::One(account.clone()));
            }
        }
        _ => {}
    }
}

/// An instant as AWS writes it.
fn written(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(
        |_| seconds.to_string(),
        |time| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    )
}
