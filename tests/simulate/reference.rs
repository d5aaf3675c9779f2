//! A plain evaluator to hold the compiled one against: it works on the raw JSON of a batch case, two
//! values only, with no index, no compilation and no shared code. Slow and obvious on purpose.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde_json::Value;

pub struct Verdict {
    pub decision: &'static str,
    pub deniers: Vec<&'static str>,
}

const ORDER: [&str; 9] = [
    "credential",
    "partition",
    "rcp",
    "scp",
    "vpce",
    "resource",
    "identity",
    "boundary",
    "session",
];

/// Answers whether a condition on a key of unknown value holds, by the test's statement, operator and key;
/// `None` for a key that is known.
pub type Oracle<'a> = Option<&'a dyn Fn(&Value, &str, &str) -> Option<bool>>;

pub fn decide(case: &Value) -> Verdict {
    decide_with(case, None)
}

pub fn decide_with(case: &Value, oracle: Oracle<'_>) -> Verdict {
    let mut actions = vec![text(&case["action"]).to_owned()];
    for action in list(&case["also_requires"]) {
        actions.push(text(action).to_owned());
    }
    let resources: Vec<(String, Option<String>, Option<&Value>)> =
        match case["resources"].as_array() {
            Some(all) => all
                .iter()
                .map(|r| {
                    (
                        text(&r["arn"]).to_owned(),
                        r["account"].as_str().map(str::to_owned),
                        Some(&r["context"]),
                    )
                })
                .collect(),
            None => vec![(
                text(&case["resource"]).to_owned(),
                case["resource_account"].as_str().map(str::to_owned),
                None,
            )],
        };
    let (mut explicit, mut implicit) = (Vec::new(), Vec::new());
    for action in &actions {
        for (arn, owner, context) in &resources {
            let leg = Leg::new(case, action, arn, owner.as_deref(), *context, oracle);
            let verdict = leg.decide();
            match verdict.decision {
                "explicitDeny" => explicit.extend(verdict.deniers),
                "implicitDeny" => implicit.extend(verdict.deniers),
                _ => {}
            }
        }
    }
    let sorted = |found: Vec<&'static str>| {
        ORDER
            .into_iter()
            .filter(|layer| found.contains(layer))
            .collect()
    };
    if !explicit.is_empty() {
        Verdict {
            decision: "explicitDeny",
            deniers: sorted(explicit),
        }
    } else if !implicit.is_empty() {
        Verdict {
            decision: "implicitDeny",
            deniers: sorted(implicit),
        }
    } else {
        Verdict {
            decision: "allow",
            deniers: Vec::new(),
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Identity,
    Boundary,
    Session,
    Resource,
    Scp,
    Rcp,
    Vpce,
}

/// Who a principal element matches, by class; the order is the specification's.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Class {
    None,
    Account,
    Issuer,
    Role,
    Direct,
}

struct Leg<'a> {
    case: &'a Value,
    principal: &'a Value,
    kind: &'a str,
    action: &'a str,
    resource: &'a str,
    owner: Option<String>,
    context: BTreeMap<String, Vec<String>>,
    lists: Vec<String>,
    oracle: Oracle<'a>,
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().collect(),
        other => vec![other],
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

impl<'a> Leg<'a> {
    fn new(
        case: &'a Value,
        action: &'a str,
        resource: &'a str,
        owner: Option<&str>,
        own: Option<&Value>,
        oracle: Oracle<'a>,
    ) -> Self {
        let principal = &case["principal"];
        let from_arn = resource
            .split(':')
            .nth(4)
            .filter(|id| id.len() == 12)
            .map(str::to_owned);
        let owner = owner.map(str::to_owned).or(from_arn);
        let mut leg = Leg {
            case,
            principal,
            kind: text(&principal["type"]),
            action,
            resource,
            owner,
            context: BTreeMap::new(),
            lists: Vec::new(),
            oracle,
        };
        leg.derive();
        leg.given(&case["context"]);
        if let Some(own) = own {
            leg.given(own);
        }
        leg
    }

    fn given(&mut self, context: &Value) {
        let Some(entries) = context.as_object() else {
            return;
        };
        for (key, value) in entries {
            let name = key.to_lowercase();
            self.lists.retain(|list| *list != name);
            match value {
                Value::Null => {
                    self.context.remove(&name);
                }
                Value::Array(values) => {
                    self.lists.push(name.clone());
                    self.context
                        .insert(name, values.iter().map(scalar).collect());
                }
                value => {
                    self.context.insert(name, vec![scalar(value)]);
                }
            }
        }
        // What follows from keys that were given.
        let tags: Vec<String> = entries
            .iter()
            .filter(|(_, value)| !value.is_null())
            .filter(|&(key, _)| key.to_lowercase().starts_with("aws:requesttag/"))
            .map(|(key, _)| key["aws:requesttag/".len()..].to_owned())
            .collect();
        if !tags.is_empty()
            && !entries
                .keys()
                .any(|key| key.eq_ignore_ascii_case("aws:TagKeys"))
        {
            self.many("aws:tagkeys", tags);
        }
        if let Some(chain) = self.context.get("aws:calledvia").cloned() {
            for (key, value) in [
                ("aws:calledviafirst", chain.first()),
                ("aws:calledvialast", chain.last()),
            ] {
                if let Some(value) = value
                    && !self.context.contains_key(key)
                {
                    self.one(key, value.clone());
                }
            }
        }
    }

    fn one(&mut self, key: &str, value: impl Into<String>) {
        self.context.insert(key.to_owned(), vec![value.into()]);
    }

    fn many(&mut self, key: &str, values: Vec<String>) {
        self.lists.push(key.to_owned());
        self.context.insert(key.to_owned(), values);
    }

    fn account(&self) -> &'a str {
        text(&self.principal["account"])
    }

    fn derive(&mut self) {
        let p = self.principal;
        let arn = text(&p["arn"]).to_owned();
        let signed = !matches!(self.kind, "anonymous" | "web-identity" | "saml");
        match self.kind {
            "assumed-role" => self.one("aws:principalarn", text(&p["role_arn"])),
            "user" | "federated-user" | "root" => self.one("aws:principalarn", arn.clone()),
            _ => {}
        }
        match self.kind {
            "anonymous" => self.one("aws:principalaccount", "anonymous"),
            _ if !self.account().is_empty() => self.one("aws:principalaccount", self.account()),
            _ => {}
        }
        let kind = match self.kind {
            "root" => Some("Account"),
            "user" => Some("User"),
            "federated-user" => Some("FederatedUser"),
            "assumed-role" => Some("AssumedRole"),
            "anonymous" => Some("Anonymous"),
            _ => None,
        };
        if let Some(kind) = kind {
            self.one("aws:principaltype", kind);
        }
        let name = arn.rsplit('/').next().unwrap_or_default().to_owned();
        match self.kind {
            "root" => self.one("aws:userid", self.account()),
            "anonymous" => self.one("aws:userid", "anonymous"),
            "federated-user" => self.one("aws:userid", format!("{}:{name}", self.account())),
            "user" => {
                if let Some(id) = p["user_id"].as_str() {
                    self.one("aws:userid", id);
                }
                self.one("aws:username", name);
            }
            "assumed-role" => {
                if let Some(id) = p["role_id"].as_str() {
                    self.one("aws:userid", format!("{id}:{name}"));
                }
            }
            _ => {}
        }
        if signed {
            self.one(
                "aws:principalisawsservice",
                if self.kind == "service" {
                    "true"
                } else {
                    "false"
                },
            );
        }
        if let (Some(provider), "web-identity" | "assumed-role") =
            (p["provider"].as_str(), self.kind)
        {
            self.one("aws:federatedprovider", provider);
        }
        if self.kind == "service" {
            self.one("aws:principalservicename", text(&p["service"]));
        }
        if let Some(tags) = p["tags"].as_object() {
            for (key, value) in tags {
                self.one(
                    &format!("aws:principaltag/{}", key.to_lowercase()),
                    scalar(value),
                );
            }
        }
        let temporary = matches!(self.kind, "assumed-role" | "federated-user")
            || self.case["credential"].is_string();
        if temporary {
            self.one("aws:tokenissuetime", "2026-06-01T00:00:00Z");
        }
        let service = self.action.split(':').next().unwrap_or_default();
        let global = ["iam", "cloudfront", "route53", "organizations"];
        match self.resource.split(':').nth(3) {
            _ if global.contains(&&*service.to_lowercase()) => {
                self.one("aws:requestedregion", "us-east-1")
            }
            Some(region) if !region.is_empty() => self.one("aws:requestedregion", region),
            _ => {}
        }
        self.one("aws:securetransport", "true");
        self.one("aws:viaawsservice", "false");
        if let Some(owner) = self.owner.clone()
            && !self.action.starts_with("ebs:")
        {
            self.one("aws:resourceaccount", owner);
        }
        let org = &self.case["org"];
        for (field, key) in [
            ("principal_org_id", "aws:principalorgid"),
            ("resource_org_id", "aws:resourceorgid"),
        ] {
            if let Some(id) = org[field].as_str() {
                self.one(key, id);
            }
        }
        for (field, key) in [
            ("principal_org_paths", "aws:principalorgpaths"),
            ("resource_org_paths", "aws:resourceorgpaths"),
        ] {
            if !list(&org[field]).is_empty() {
                self.many(key, list(&org[field]).into_iter().map(scalar).collect());
            }
        }
    }

    fn decide(&self) -> Verdict {
        let denied = |layer| Verdict {
            decision: "implicitDeny",
            deniers: vec![layer],
        };
        let action = self.action.to_lowercase();
        if action == "sts:getcalleridentity" {
            if matches!(self.kind, "anonymous" | "web-identity" | "saml") {
                return denied("resource");
            }
            return Verdict {
                decision: "allow",
                deniers: Vec::new(),
            };
        }
        let credential = match self.kind {
            "federated-user" => Some("GetFederationToken"),
            _ => self.case["credential"].as_str(),
        };
        let iam = action.starts_with("iam:");
        let sts = action.starts_with("sts:");
        let refused = match (self.kind, credential) {
            ("root", _) if action == "sts:assumerole" => true,
            ("assumed-role", _) => {
                matches!(&*action, "sts:getfederationtoken" | "sts:getsessiontoken")
            }
            (_, Some("GetFederationToken")) => iam || sts,
            (_, Some("GetSessionToken")) => {
                iam && self.case["mfa"] != Value::Bool(true) || sts && action != "sts:assumerole"
            }
            _ => false,
        };
        if refused {
            return denied("credential");
        }
        if action == "sts:getsessiontoken" && matches!(self.kind, "user" | "root") {
            return Verdict {
                decision: "allow",
                deniers: Vec::new(),
            };
        }
        let partition = |arn: &str| arn.split(':').nth(1).map(str::to_owned);
        if let (Some(mine), Some(theirs)) = (
            partition(text(&self.principal["arn"])),
            partition(self.resource),
        ) && mine != theirs
        {
            return denied("partition");
        }

        let levels = |levels: &'a Value| -> Vec<Vec<&'a Value>> {
            list(levels)
                .into_iter()
                .map(|level| list(level).into_iter().map(|p| &p["policy"]).collect())
                .collect()
        };
        let identity: Vec<&Value> = list(&self.case["identity_policies"])
            .into_iter()
            .map(|p| &p["policy"])
            .collect();
        let has_identity = matches!(self.kind, "user" | "assumed-role" | "federated-user");
        let boundary =
            (has_identity && !self.case["boundary"].is_null()).then(|| &self.case["boundary"]);
        let takes_session = matches!(self.kind, "assumed-role" | "federated-user" | "root")
            && !self.service_linked();
        let session = self.case["session_policies"]
            .as_array()
            .filter(|_| takes_session);
        let scps =
            (!self.case["scps"].is_null() && self.scps_apply()).then(|| levels(&self.case["scps"]));
        let rcps = (!self.case["rcps"].is_null() && self.rcps_apply(&action))
            .then(|| levels(&self.case["rcps"]));
        let owner_root_s3 = self.kind == "root"
            && self.owner.as_deref() == Some(self.account())
            && matches!(
                &*action,
                "s3:getbucketpolicy" | "s3:putbucketpolicy" | "s3:deletebucketpolicy"
            );
        let resource =
            Some(&self.case["resource_policy"]).filter(|p| !p.is_null() && !owner_root_s3);
        let vpce = Some(&self.case["vpce_policy"]).filter(|p| !p.is_null());

        let any_deny = |policies: &[&Value], kind| {
            policies
                .iter()
                .any(|p| self.applies(p, kind, "Deny") > Class::None)
        };
        let any_allow = |policies: &[&Value], kind| {
            policies
                .iter()
                .any(|p| self.applies(p, kind, "Allow") > Class::None)
        };

        let mut explicit = Vec::new();
        if rcps
            .iter()
            .flatten()
            .any(|level| any_deny(level, Kind::Rcp))
        {
            explicit.push("rcp");
        }
        if scps
            .iter()
            .flatten()
            .any(|level| any_deny(level, Kind::Scp))
        {
            explicit.push("scp");
        }
        if vpce.is_some_and(|p| any_deny(&[p], Kind::Vpce)) {
            explicit.push("vpce");
        }
        if resource.is_some_and(|p| any_deny(&[p], Kind::Resource)) {
            explicit.push("resource");
        }
        if has_identity && any_deny(&identity, Kind::Identity) {
            explicit.push("identity");
        }
        if boundary.is_some_and(|p| any_deny(&[p], Kind::Boundary)) {
            explicit.push("boundary");
        }
        if session.is_some_and(|all| any_deny(&all.iter().collect::<Vec<_>>(), Kind::Session)) {
            explicit.push("session");
        }
        if !explicit.is_empty() {
            return Verdict {
                decision: "explicitDeny",
                deniers: explicit,
            };
        }

        let class = resource.map_or(Class::None, |p| self.applies(p, Kind::Resource, "Allow"));
        let identity_allows = any_allow(&identity, Kind::Identity);
        let boundary_allows = boundary.is_none_or(|p| any_allow(&[p], Kind::Boundary));
        let session_allows = match session {
            Some(all) => any_allow(&all.iter().collect::<Vec<_>>(), Kind::Session),
            None => self.kind != "federated-user",
        };
        let same_account = self
            .owner
            .as_deref()
            .is_none_or(|owner| owner == self.account());
        let trust = matches!(
            &*action,
            "sts:assumerole"
                | "sts:assumerolewithsaml"
                | "sts:assumerolewithwebidentity"
                | "sts:tagsession"
                | "sts:setsourceidentity"
                | "sts:setcontext"
        ) && self.resource.contains(":role/");
        let kms = action.starts_with("kms:") && self.resource.contains(":key/");
        let requires = trust || kms;

        let mut need = Vec::new();
        if scps
            .as_ref()
            .is_some_and(|levels| !levels.iter().all(|level| any_allow(level, Kind::Scp)))
        {
            need.push("scp");
        }
        if vpce.is_some_and(|p| !any_allow(&[p], Kind::Vpce)) {
            need.push("vpce");
        }
        match self.kind {
            "service" | "anonymous" | "web-identity" | "saml" => {
                if class == Class::None || self.kind == "anonymous" && sts {
                    need.push("resource");
                }
            }
            "root" => {
                if class == Class::None && (!same_account || requires) {
                    need.push("resource");
                }
                if !session_allows {
                    need.push("session");
                }
            }
            _ if !same_account => {
                for (good, layer) in [
                    (class != Class::None, "resource"),
                    (identity_allows, "identity"),
                    (boundary_allows, "boundary"),
                    (session_allows, "session"),
                ] {
                    if !good {
                        need.push(layer);
                    }
                }
            }
            _ => {
                if class < Class::Issuer {
                    if requires && class == Class::None {
                        need.push("resource");
                    }
                    if !identity_allows {
                        need.push("identity");
                    }
                }
                if class < Class::Direct {
                    if !boundary_allows {
                        need.push("boundary");
                    }
                    if !session_allows {
                        need.push("session");
                    }
                }
            }
        }
        if need.is_empty() {
            Verdict {
                decision: "allow",
                deniers: need,
            }
        } else {
            Verdict {
                decision: "implicitDeny",
                deniers: need,
            }
        }
    }

    fn service_linked(&self) -> bool {
        self.kind == "assumed-role"
            && text(&self.principal["role_arn"]).contains("/aws-service-role/")
    }

    fn scps_apply(&self) -> bool {
        matches!(
            self.kind,
            "user" | "assumed-role" | "federated-user" | "root"
        ) && !self.service_linked()
            && self.case["org"]["principal_account_is_management"] != Value::Bool(true)
    }

    fn rcps_apply(&self, action: &str) -> bool {
        let service = action.split(':').next().unwrap_or_default();
        // Of the services that the random cases and the vectors use.
        [
            "s3",
            "sts",
            "kms",
            "sqs",
            "secretsmanager",
            "dynamodb",
            "logs",
            "es",
        ]
        .contains(&service)
            && !self.service_linked()
            && self.case["org"]["resource_account_is_management"] != Value::Bool(true)
            && self.case["aws_managed_key"] != Value::Bool(true)
            && action != "kms:retiregrant"
            && !(self.kind == "service"
                && service == "sts"
                && self.resource.contains("/aws-service-role/"))
            && self.resource != "*"
    }

    /// The best class by which a statement of an effect applies; `Direct` where there are no principals.
    fn applies(&self, policy: &Value, kind: Kind, effect: &str) -> Class {
        let new_version = policy["Version"] == "2012-10-17";
        let mut best = Class::None;
        for statement in list(&policy["Statement"]) {
            if statement["Effect"] != effect || !self.action_matches(statement) {
                continue;
            }
            if !self.resource_matches(statement, kind, new_version) {
                continue;
            }
            let class = match kind {
                Kind::Resource | Kind::Rcp | Kind::Vpce => self.principal_class(statement),
                _ => Class::Direct,
            };
            if class > best && self.conditions_hold(statement, new_version) {
                best = class;
            }
        }
        best
    }

    fn action_matches(&self, statement: &Value) -> bool {
        let matches = |pattern: &str| {
            if pattern == "*" {
                return true;
            }
            let (pattern, action) = (pattern.to_lowercase(), self.action.to_lowercase());
            match (pattern.split_once(':'), action.split_once(':')) {
                (Some((p, n)), Some((ap, an))) => like(p, ap) && like(n, an),
                _ => false,
            }
        };
        match statement.get("NotAction") {
            Some(not) => !list(not).into_iter().any(|p| matches(text(p))),
            None => list(&statement["Action"])
                .into_iter()
                .any(|p| matches(text(p))),
        }
    }

    fn resource_matches(&self, statement: &Value, kind: Kind, new_version: bool) -> bool {
        let matches = |pattern: &str| self.one_resource(pattern, kind, new_version);
        match (statement.get("NotResource"), statement.get("Resource")) {
            (Some(not), _) => !list(not).into_iter().any(|p| matches(text(p))),
            (None, Some(resource)) => list(resource).into_iter().any(|p| matches(text(p))),
            (None, None) => true,
        }
    }

    fn one_resource(&self, pattern: &str, kind: Kind, new_version: bool) -> bool {
        if pattern == "*" {
            return true;
        }
        if self.resource == "*" {
            return pattern == "arn:aws:s3:::*"
                && self.action.eq_ignore_ascii_case("s3:ListAllMyBuckets");
        }
        let mut fields: Vec<String> = pattern.splitn(6, ':').map(str::to_owned).collect();
        if pattern.starts_with("arn:") && matches!(kind, Kind::Identity | Kind::Boundary) {
            while fields.len() < 6 {
                fields.push("*".to_owned());
            }
        }
        let mut tokens = Vec::new();
        for (number, field) in fields.iter().enumerate() {
            if number > 0 {
                tokens.push(Token::Char(':'));
            }
            if number == 5 {
                match self.tokens(field, new_version, true) {
                    Some(more) => tokens.extend(more),
                    None => return false,
                }
                continue;
            }
            let length = field.chars().count();
            for (at, character) in field.chars().enumerate() {
                tokens.push(match character {
                    '*' if at + 1 == length => Token::Run,
                    '*' => Token::RunInField,
                    '?' => Token::OneInField,
                    other => Token::Char(other),
                });
            }
        }
        token_match(&tokens, &self.resource.chars().collect::<Vec<_>>())
    }

    /// A text with wildcards and variables as tokens; `None` where a variable has no value.
    fn tokens(&self, text: &str, variables: bool, wild: bool) -> Option<Vec<Token>> {
        let mut tokens = Vec::new();
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            if variables
                && rest.starts_with("${")
                && let Some(end) = rest.find('}')
            {
                let inner = &rest[2..end];
                let (key, default) = match inner.split_once(',') {
                    Some((key, default)) => (key, Some(default.trim().trim_matches('\''))),
                    None => (inner, None),
                };
                if ["*", "?", "$"].contains(&inner) {
                    tokens.extend(inner.chars().map(Token::Char));
                    rest = &rest[end + 1..];
                    continue;
                }
                if key.contains(':') {
                    let name = key.trim().to_lowercase();
                    let value = match self.context.get(&name) {
                        Some(values) if !self.lists.contains(&name) => {
                            values.first().filter(|v| !v.is_empty())
                        }
                        _ => None,
                    };
                    let value = value.map(String::as_str).or(default)?;
                    tokens.extend(value.chars().map(Token::Char));
                    rest = &rest[end + 1..];
                    continue;
                }
            }
            tokens.push(match character {
                '*' if wild => Token::Run,
                '?' if wild => Token::One,
                other => Token::Char(other),
            });
            rest = &rest[character.len_utf8()..];
        }
        Some(tokens)
    }

    fn principal_class(&self, statement: &Value) -> Class {
        if let Some(not) = statement.get("NotPrincipal") {
            let spared = statement["Effect"] == "Deny" && self.spared(not);
            return if spared || statement["Effect"] == "Allow" {
                Class::None
            } else {
                Class::Direct
            };
        }
        let principal = &statement["Principal"];
        let federated_call = matches!(self.kind, "web-identity" | "saml");
        let everyone = if federated_call && statement["Effect"] == "Allow" {
            Class::None
        } else {
            Class::Direct
        };
        if principal == "*" {
            return everyone;
        }
        let mut best = Class::None;
        let mut note = |class: Class| {
            if class > best {
                best = class;
            }
        };
        for value in list(&principal["AWS"]) {
            note(if text(value) == "*" {
                everyone
            } else {
                self.aws_class(text(value))
            });
        }
        for value in list(&principal["Service"]) {
            if self.kind == "service" && text(value) == text(&self.principal["service"]) {
                note(Class::Direct);
            }
        }
        for value in list(&principal["Federated"]) {
            if federated_call && text(value) == text(&self.principal["provider"]) {
                note(Class::Direct);
            }
        }
        for value in list(&principal["CanonicalUser"]) {
            let mine = text(&self.principal["canonical_user_id"]);
            if !mine.is_empty() && mine == text(value) {
                note(if self.kind == "root" {
                    Class::Direct
                } else {
                    Class::Account
                });
            }
        }
        best
    }

    fn aws_class(&self, value: &str) -> Class {
        let p = self.principal;
        let named_account = if value.len() == 12 && value.chars().all(|c| c.is_ascii_digit()) {
            Some(value)
        } else {
            value
                .strip_suffix(":root")
                .and_then(|rest| rest.split(':').nth(4))
        };
        if let Some(account) = named_account {
            let mine = !self.account().is_empty() && account == self.account();
            return match self.kind {
                "root" if mine => Class::Direct,
                "user" | "assumed-role" | "federated-user" if mine => Class::Account,
                _ => Class::None,
            };
        }
        let is = |field: &str| !text(&p[field]).is_empty() && text(&p[field]) == value;
        match self.kind {
            "user" if is("arn") || is("user_id") => Class::Direct,
            "assumed-role" if is("arn") => Class::Direct,
            "assumed-role" if is("role_arn") || is("role_id") => Class::Role,
            "federated-user" if is("arn") => Class::Direct,
            "federated-user" if is("issuer_arn") || is("user_id") => Class::Issuer,
            _ => Class::None,
        }
    }

    fn spared(&self, not: &Value) -> bool {
        if !self.case["boundary"].is_null() && matches!(self.kind, "user" | "assumed-role") {
            return false;
        }
        if not == "*" || list(&not["AWS"]).into_iter().any(|v| v == "*") {
            return true;
        }
        let listed = |wanted: &str| {
            !wanted.is_empty() && list(&not["AWS"]).into_iter().any(|v| text(v) == wanted)
        };
        let account = listed(self.account())
            || list(&not["AWS"]).into_iter().any(|v| {
                text(v).ends_with(":root") && text(v).split(':').nth(4) == Some(self.account())
            });
        let field = |name: &str| listed(text(&self.principal[name]));
        match self.kind {
            "root" => account,
            "user" => account && (field("arn") || field("user_id")),
            "assumed-role" => account && (field("role_arn") || field("role_id")) && field("arn"),
            "federated-user" => account && field("issuer_arn") && field("arn"),
            "service" => list(&not["Service"])
                .into_iter()
                .any(|v| v == &self.principal["service"]),
            "web-identity" | "saml" => list(&not["Federated"])
                .into_iter()
                .any(|v| v == &self.principal["provider"]),
            _ => false,
        }
    }

    fn conditions_hold(&self, statement: &Value, variables: bool) -> bool {
        let Some(blocks) = statement["Condition"].as_object() else {
            return true;
        };
        blocks.iter().all(|(operator, tests)| {
            tests.as_object().is_some_and(|tests| {
                tests.iter().all(|(key, values)| {
                    if let Some(oracle) = self.oracle
                        && let Some(answer) = oracle(statement, operator, key)
                    {
                        return answer;
                    }
                    self.condition(operator, key, &list(values), variables)
                })
            })
        })
    }

    fn condition(&self, operator: &str, key: &str, values: &[&Value], variables: bool) -> bool {
        let name = key.to_lowercase();
        let (set, operator) = match operator.split_once(':') {
            Some((set, operator)) => (set, operator),
            None => ("", operator),
        };
        let (operator, if_exists) = match operator.strip_suffix("IfExists") {
            Some(operator) => (operator, true),
            None => (operator, false),
        };
        let present = self.context.get(&name).filter(|values| !values.is_empty());
        let is_list = self.lists.contains(&name);
        if operator == "Null" {
            if !set.is_empty() {
                return set == "ForAllValues";
            }
            let absent =
                present.is_none_or(|values| is_list && values.iter().all(String::is_empty));
            return values
                .iter()
                .any(|v| scalar(v).eq_ignore_ascii_case(if absent { "true" } else { "false" }));
        }
        if if_exists && present.is_none() {
            return true;
        }
        // A value that does not parse makes the whole of a negated condition false where there is
        // something to compare it with.
        let ill_typed = |value: &&Value| !self.parses(operator, &scalar(value));
        if present.is_some() && operator.contains("Not") && values.iter().any(ill_typed) {
            return false;
        }
        let negated = operator.contains("Not");
        // Whether one request value is matched by some policy value; `None` where a type is wrong.
        let matched = |actual: &str| -> Option<bool> {
            let mut any = false;
            let mut wrong = false;
            for value in values {
                match self.compare(operator, &scalar(value), actual, variables) {
                    Some(equal) => any |= equal,
                    None => wrong = true,
                }
            }
            if any {
                Some(true)
            } else if wrong {
                None
            } else {
                Some(false)
            }
        };
        let holds = |actual: &str| match matched(actual) {
            Some(equal) => equal != negated,
            None => false,
        };
        match set {
            "" => match present {
                None => negated,
                Some(_) if is_list => false,
                Some(actual) => holds(&actual[0]),
            },
            _ => {
                let actual: Vec<&String> = present
                    .into_iter()
                    .flatten()
                    .filter(|value| !value.is_empty())
                    .collect();
                if set == "ForAllValues" {
                    actual.iter().all(|value| holds(value))
                } else {
                    actual.iter().any(|value| holds(value))
                }
            }
        }
    }

    /// Whether a policy value has the type that an operator compares.
    fn parses(&self, operator: &str, value: &str) -> bool {
        let positive = operator.replacen("Not", "", 1);
        if positive.starts_with("Numeric") {
            number(value).is_some()
        } else if positive == "IpAddress" {
            let (network, bits) = value.split_once('/').unwrap_or((value, "0"));
            let most = if network.contains(':') { 128 } else { 32 };
            network.parse::<IpAddr>().is_ok() && bits.parse::<u32>().is_ok_and(|own| own <= most)
        } else if positive.starts_with("Arn") {
            value.splitn(6, ':').count() == 6
        } else {
            true
        }
    }

    /// Whether a policy value matches a request value, for the positive form of the operator; `None`
    /// where either has the wrong type.
    fn compare(&self, operator: &str, wanted: &str, actual: &str, variables: bool) -> Option<bool> {
        let positive = operator.replacen("Not", "", 1);
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        match positive.as_str() {
            "StringEquals" => {
                let Some(tokens) = self.tokens(wanted, variables, false) else {
                    return Some(false);
                };
                Some(token_match(&tokens, &chars(actual)))
            }
            "StringEqualsIgnoreCase" => {
                let Some(tokens) = self.tokens(wanted, variables, false) else {
                    return Some(false);
                };
                let lower = |text: String| text.to_lowercase();
                let wanted: String = tokens
                    .iter()
                    .map(|token| {
                        if let Token::Char(c) = token {
                            *c
                        } else {
                            '\u{0}'
                        }
                    })
                    .collect();
                Some(lower(wanted) == lower(actual.to_owned()))
            }
            "StringLike" => {
                let Some(tokens) = self.tokens(wanted, variables, true) else {
                    return Some(false);
                };
                Some(token_match(&tokens, &chars(actual)))
            }
            "ArnEquals" | "ArnLike" => {
                let actual: Vec<&str> = actual.splitn(6, ':').collect();
                let wanted: Vec<&str> = wanted.splitn(6, ':').collect();
                if actual.len() != 6 || wanted.len() != 6 {
                    return None;
                }
                let mut all = true;
                for (wanted, actual) in wanted.iter().zip(&actual) {
                    let Some(tokens) = self.tokens(wanted, variables, true) else {
                        return Some(false);
                    };
                    all &= token_match(&tokens, &chars(actual));
                }
                Some(all)
            }
            "Bool" => {
                let boolean = |text: &str| match text.to_lowercase().as_str() {
                    "true" => Some(true),
                    "false" => Some(false),
                    _ => None,
                };
                Some(boolean(wanted)? == boolean(actual)?)
            }
            "IpAddress" => {
                let actual: IpAddr = actual.parse().ok()?;
                let (network, bits) = match wanted.split_once('/') {
                    Some((network, bits)) => (network, Some(bits.parse::<u32>().ok()?)),
                    None => (wanted, None),
                };
                match (network.parse().ok()?, actual) {
                    (IpAddr::V4(n), IpAddr::V4(a)) => {
                        let bits = bits.unwrap_or(32);
                        if bits > 32 {
                            return None;
                        }
                        let mask = if bits == 0 {
                            0
                        } else {
                            u32::MAX.checked_shl(32 - bits)?
                        };
                        Some(u32::from(n) & mask == u32::from(a) & mask)
                    }
                    (IpAddr::V6(n), IpAddr::V6(a)) => {
                        let bits = bits.unwrap_or(128);
                        if bits > 128 {
                            return None;
                        }
                        let mask = if bits == 0 {
                            0
                        } else {
                            u128::MAX.checked_shl(128 - bits)?
                        };
                        Some(u128::from(n) & mask == u128::from(a) & mask)
                    }
                    _ => Some(false),
                }
            }
            "NumericEquals" => Some(number(actual)? == number(wanted)?),
            "NumericLessThan" => Some(number(actual)? < number(wanted)?),
            "NumericLessThanEquals" => Some(number(actual)? <= number(wanted)?),
            "NumericGreaterThan" => Some(number(actual)? > number(wanted)?),
            "NumericGreaterThanEquals" => Some(number(actual)? >= number(wanted)?),
            other => unreachable!("the reference does not know {other}"),
        }
    }
}

/// A number in thousandths, enough for what is tested here.
fn number(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if fraction.len() > 3 {
        return None;
    }
    let padded = format!("{fraction:0<3}");
    Some(sign * (whole.parse::<i64>().ok()? * 1000 + padded.parse::<i64>().ok()?))
}

#[derive(Clone, Copy)]
enum Token {
    Char(char),
    /// Any run of characters.
    Run,
    /// Any run without a colon.
    RunInField,
    One,
    OneInField,
}

fn like(pattern: &str, text: &str) -> bool {
    let tokens: Vec<Token> = pattern
        .chars()
        .map(|c| match c {
            '*' => Token::Run,
            '?' => Token::One,
            c => Token::Char(c),
        })
        .collect();
    token_match(&tokens, &text.chars().collect::<Vec<_>>())
}

/// By a table: `row[j]` says whether the tokens read so far match the first `j` characters.
fn token_match(tokens: &[Token], text: &[char]) -> bool {
    let mut row = vec![false; text.len() + 1];
    row[0] = true;
    for token in tokens {
        let mut next = vec![false; text.len() + 1];
        for j in 0..=text.len() {
            next[j] = match token {
                Token::Run => row[j] || j > 0 && next[j - 1],
                Token::RunInField => row[j] || j > 0 && next[j - 1] && text[j - 1] != ':',
                Token::One => j > 0 && row[j - 1],
                Token::OneInField => j > 0 && row[j - 1] && text[j - 1] != ':',
                Token::Char(c) => j > 0 && row[j - 1] && text[j - 1] == *c,
            };
        }
        row = next;
    }
    row[text.len()]
}
