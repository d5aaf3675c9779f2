//! What is asked: a caller, an action, resources and the context of the call.

use std::collections::BTreeMap;

use crate::iam::{Principal, Text};

/// A request to evaluate.
#[derive(Clone, Debug)]
pub struct Request {
    /// Who asks.
    pub principal: Principal,
    /// The action, in any case: `s3:GetObject`.
    pub action: String,
    /// Further actions that the same call needs, evaluated with the same context (`sts:TagSession`).
    pub also_requires: Vec<String>,
    /// The resources, each evaluated on its own; all must be allowed. Never empty: `*` for an action
    /// without resource types.
    pub resources: Vec<RequestResource>,
    /// Further actions that the same call needs on resources of their own, such as `iam:PassRole` on the
    /// role that an instance is given.
    pub dependent: Vec<DependentAction>,
    /// The context of the call.
    pub context: Context,
    /// The kind of temporary credentials, where the caller's kind does not say it.
    pub credential: Option<Credential>,
    /// Whether the credentials were issued with MFA.
    pub mfa: bool,
    /// Whether the key of a KMS request is an AWS managed key.
    pub aws_managed_key: bool,
    /// Facts about the organisations of caller and resource.
    pub organisation: OrgFacts,
}

impl Request {
    /// A request for one resource, with an empty context.
    pub fn new(principal: Principal, action: impl Into<String>, resource: impl Into<Text>) -> Self {
        Request {
            principal,
            action: action.into(),
            also_requires: Vec::new(),
            resources: vec![RequestResource::new(resource)],
            dependent: Vec::new(),
            context: Context::default(),
            credential: None,
            mfa: false,
            aws_managed_key: false,
            organisation: OrgFacts::default(),
        }
    }
}

/// An action that a call needs besides its own, on a resource of its own.
#[derive(Clone, Debug)]
pub struct DependentAction {
    /// The action.
    pub action: String,
    /// Its resource, with the keys that only this action has (`iam:PassedToService`).
    pub resource: RequestResource,
}

/// One resource of a request.
#[derive(Clone, Debug)]
pub struct RequestResource {
    /// Its ARN, or `*`; it may hold unresolved template references.
    pub arn: Text,
    /// The account that owns it; derived from the ARN where it is `None`.
    pub account: Option<String>,
    /// Keys of this resource, which override the request's.
    pub context: Context,
}

impl RequestResource {
    /// A resource without keys of its own.
    pub fn new(arn: impl Into<Text>) -> Self {
        RequestResource {
            arn: arn.into(),
            account: None,
            context: Context::default(),
        }
    }
}

/// Temporary credentials that restrict what may be called at all.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Credential {
    /// From GetFederationToken.
    GetFederationToken,
    /// From GetSessionToken.
    GetSessionToken,
}

/// What a context key that is neither given nor derivable is taken for.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Missing {
    /// Not in the request.
    #[default]
    Absent,
    /// Not known, where it could be in the request at all.
    Unknown,
}

/// The value of a context key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum KeyValue {
    /// Certainly not in the request, even if it could be derived.
    Absent,
    /// Perhaps in the request, with a value nobody knows.
    Unknown,
    /// One value.
    One(String),
    /// Several values, perhaps none.
    Many(Vec<String>),
}

/// Context keys and their values. Names are compared without regard to case.
#[derive(Clone, Debug, Default)]
pub struct Context {
    // Keyed by the lower-case name; the spelling given is kept for output.
    entries: BTreeMap<String, (String, KeyValue)>,
    /// What keys that are not here are taken for.
    pub missing: Missing,
}

impl Context {
    /// Sets a key.
    pub fn set(&mut self, key: &str, value: KeyValue) {
        self.entries
            .insert(key.to_ascii_lowercase(), (key.to_owned(), value));
    }

    /// Takes a key away, so that it is derived or missing again.
    pub fn remove(&mut self, key: &str) {
        self.entries.remove(&key.to_ascii_lowercase());
    }

    /// The value given for a key.
    pub fn get(&self, key: &str) -> Option<&KeyValue> {
        self.entries
            .get(&key.to_ascii_lowercase())
            .map(|(_, value)| value)
    }

    /// Keys as they were spelled, with their values, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &KeyValue)> {
        self.entries
            .values()
            .map(|(key, value)| (key.as_str(), value))
    }

    /// Whether no key is given.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// What is known of the organisations of caller and resource. Left out facts are `None`.
#[derive(Clone, Debug, Default)]
pub struct OrgFacts {
    /// Whether the caller's account is its organisation's management account: SCPs do not reach it.
    pub principal_account_is_management: bool,
    /// Whether the resource's account is: RCPs do not reach it.
    pub resource_account_is_management: bool,
    /// The caller's organisation.
    pub principal_org_id: Option<String>,
    /// The caller's account in it, with a trailing slash.
    pub principal_org_paths: Vec<String>,
    /// The resource owner's organisation.
    pub resource_org_id: Option<String>,
    /// The resource owner's account in it.
    pub resource_org_paths: Vec<String>,
}
