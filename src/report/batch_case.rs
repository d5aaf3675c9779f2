//! One case of a batch: a request, the policies it meets and what is expected of it, as a line of
//! JSON. The fields are documented with the subcommand `simulate`.

use std::sync::Arc;

use crate::iam::{
    Arn, JsonError, Node, PolicyKind, Principal, SessionKind, SourceId, Text, Value,
    parse_document, parse_document_text, parse_json,
};
use crate::simulate::{
    Context, Credential, DependentAction, KeyValue, LayerKind, Missing, NamedPolicy, OrgFacts,
    Outcome, PolicyLevel, PolicySet, Request, RequestResource,
};

use super::open_parts::with_open_parts;

/// A line of a batch that cannot be read.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum CaseError {
    /// The line is not JSON.
    #[error("not JSON: {0} (column {column})", column = .0.place.column)]
    Json(#[from] JsonError),
    /// A field that every case has is missing.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A field holds something of another kind.
    #[error("`{field}` must be {expected}, found {found}")]
    Kind {
        /// The field.
        field: String,
        /// What it must be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// The text of a policy is not JSON.
    #[error("the policy `{name}` is not JSON: {error}")]
    Policy {
        /// The policy.
        name: String,
        /// Why.
        error: JsonError,
    },
}

/// What a case expects of its decision; what is left out is not compared.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Expected {
    /// `expected`
    pub outcome: Option<Outcome>,
    /// `expected_denier`, where given, null included.
    pub denier: Option<Option<LayerKind>>,
    /// `expected_all_deniers`
    pub deniers: Option<Vec<LayerKind>>,
    /// `expected_depends_on`
    pub depends_on: Option<Vec<String>>,
}

/// One case.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// What is asked.
    pub request: Request,
    /// The policies in play.
    pub policies: PolicySet,
    /// What is expected.
    pub expected: Expected,
}

impl Case {
    /// Reads a case from a line of JSON.
    ///
    /// # Errors
    /// A line that is not JSON or lacks what every case has.
    pub fn read(line: &str) -> Result<Self, CaseError> {
        let source = SourceId::default();
        let node = with_open_parts(&parse_json(line, source)?, source);
        if !matches!(node.value, Value::Object(_)) {
            return Err(kind("case", "an object", &node));
        }
        let fields = Fields(&node);
        let request = request(fields)?;
        let policies = policies(fields, &request)?;
        Ok(Case {
            name: fields.text("name")?.map(str::to_owned),
            expected: expected(fields)?,
            request,
            policies,
        })
    }
}

fn kind(field: impl Into<String>, expected: &'static str, found: &Node) -> CaseError {
    let found = match found.text() {
        Some(text) => format!("`{text}`"),
        None => found.kind_name().to_owned(),
    };
    CaseError::Kind {
        field: field.into(),
        expected,
        found,
    }
}

/// The members of an object; null is as good as left out.
#[derive(Clone, Copy)]
struct Fields<'a>(&'a Node);

impl<'a> Fields<'a> {
    fn get(self, field: &str) -> Option<&'a Node> {
        self.0
            .get(field)
            .filter(|node| !matches!(node.value, Value::Null))
    }

    fn text(self, field: &str) -> Result<Option<&'a str>, CaseError> {
        self.get(field)
            .map(|node| node.as_str().ok_or_else(|| kind(field, "a string", node)))
            .transpose()
    }

    /// Text that a template may leave open.
    fn open_text(self, field: &str) -> Result<Option<&'a Text>, CaseError> {
        self.get(field)
            .map(|node| node.text().ok_or_else(|| kind(field, "a string", node)))
            .transpose()
    }

    fn string(self, field: &str) -> Result<Option<String>, CaseError> {
        Ok(self.text(field)?.map(str::to_owned))
    }

    fn flag(self, field: &str) -> Result<bool, CaseError> {
        match self.get(field) {
            None => Ok(false),
            Some(node) => match node.value {
                Value::Bool(value) => Ok(value),
                _ => Err(kind(field, "true or false", node)),
            },
        }
    }

    fn list(self, field: &str) -> Result<&'a [Node], CaseError> {
        match self.get(field) {
            None => Ok(&[]),
            Some(node) => match &node.value {
                Value::List(items) => Ok(items),
                _ => Err(kind(field, "a list", node)),
            },
        }
    }

    fn texts(self, field: &'static str) -> Result<Vec<String>, CaseError> {
        self.list(field)?
            .iter()
            .map(|item| match item.as_str() {
                Some(text) => Ok(text.to_owned()),
                None => Err(kind(field, "a list of strings", item)),
            })
            .collect()
    }

    fn object(self, field: &str) -> Result<Option<Fields<'a>>, CaseError> {
        match self.get(field) {
            None => Ok(None),
            Some(node) => match node.value {
                Value::Object(_) => Ok(Some(Fields(node))),
                _ => Err(kind(field, "an object", node)),
            },
        }
    }
}

fn request(fields: Fields<'_>) -> Result<Request, CaseError> {
    let who = fields
        .object("principal")?
        .ok_or(CaseError::Missing("principal"))?;
    let action = fields
        .string("action")?
        .ok_or(CaseError::Missing("action"))?;
    let mut request = Request::new(principal(who)?, action, "*");
    request.resources = resources(fields)?;
    for node in fields.list("also_requires")? {
        match &node.value {
            Value::String(_) => request
                .also_requires
                .push(node.as_str().unwrap_or_default().to_owned()),
            Value::Object(_) => request.dependent.push(dependent(Fields(node))?),
            _ => return Err(kind("also_requires", "a list of actions", node)),
        }
    }
    request.context = context(fields)?;
    for key in fields.texts("unknown")? {
        match key.as_str() {
            // Every key that could be in the request at all.
            "*" => request.context.missing = Missing::Unknown,
            key => request.context.set(key, KeyValue::Unknown),
        }
    }
    request.credential = match fields.get("credential") {
        None => None,
        Some(node) => Some(match node.as_str() {
            Some("GetFederationToken") => Credential::GetFederationToken,
            Some("GetSessionToken") => Credential::GetSessionToken,
            _ => {
                let expected = "`GetFederationToken` or `GetSessionToken`";
                return Err(kind("credential", expected, node));
            }
        }),
    };
    request.mfa = fields.flag("mfa")?;
    request.aws_managed_key = fields.flag("aws_managed_key")?;
    if let Some(org) = fields.object("org")? {
        request.organisation = OrgFacts {
            principal_account_is_management: org.flag("principal_account_is_management")?,
            resource_account_is_management: org.flag("resource_account_is_management")?,
            principal_org_id: org.string("principal_org_id")?,
            principal_org_paths: org.texts("principal_org_paths")?,
            resource_org_id: org.string("resource_org_id")?,
            resource_org_paths: org.texts("resource_org_paths")?,
        };
    }
    Ok(request)
}

fn principal(who: Fields<'_>) -> Result<Principal, CaseError> {
    let named = who
        .text("type")?
        .ok_or(CaseError::Missing("principal.type"))?;
    let Some(session) = SessionKind::from_name(named) else {
        return Err(CaseError::Kind {
            field: "principal.type".to_owned(),
            expected: "user, assumed-role, federated-user, root, service, anonymous, web-identity or saml",
            found: format!("`{named}`"),
        });
    };
    let (arn, role_arn) = (who.open_text("arn")?, who.open_text("role_arn")?);
    let mut open = [role_arn, arn].into_iter().flatten();
    let mut principal = Principal {
        kind: session,
        arn: arn.map(ToString::to_string),
        account: who.string("account")?,
        role_arn: role_arn.map(ToString::to_string),
        symbolic_arn: open.find(|arn| !arn.is_plain()).cloned(),
        role_id: who.string("role_id")?,
        user_id: who.string("user_id")?,
        issuer_arn: who.string("issuer_arn")?,
        service: who.string("service")?,
        provider: who.string("provider")?,
        canonical_user_id: who.string("canonical_user_id")?,
        ..Principal::default()
    };
    if let Some(tags) = who.object("tags")? {
        for member in tags.0.members() {
            let value = member
                .value
                .scalar()
                .ok_or_else(|| kind("principal.tags", "strings", &member.value))?;
            principal
                .tags
                .insert(member.key.to_string(), value.to_string());
        }
    }
    if principal.account.is_none() {
        let arns = [&principal.arn, &principal.role_arn];
        principal.account = arns
            .into_iter()
            .flatten()
            .filter_map(|arn| Arn::parse(arn))
            .map(|arn| arn.account.to_owned())
            .find(|account| !account.is_empty());
    }
    if let (SessionKind::Root, None, Some(account)) = (session, &principal.arn, &principal.account)
    {
        principal.arn = Principal::root("aws", account).arn;
    }
    Ok(principal)
}

fn resources(fields: Fields<'_>) -> Result<Vec<RequestResource>, CaseError> {
    let several = fields.list("resources")?;
    if several.is_empty() {
        let mut resource = RequestResource::new(arn_or_all(fields, "resource")?);
        resource.account = fields.string("resource_account")?;
        return Ok(vec![resource]);
    }
    several
        .iter()
        .map(|node| match &node.value {
            Value::Object(_) => resource(Fields(node), "arn"),
            _ => match node.text() {
                Some(arn) => Ok(RequestResource::new(arn.clone())),
                None => Err(kind("resources", "a list of objects", node)),
            },
        })
        .collect()
}

fn arn_or_all(fields: Fields<'_>, field: &str) -> Result<Text, CaseError> {
    let given = fields.open_text(field)?;
    Ok(given.cloned().unwrap_or_else(|| "*".into()))
}

fn resource(fields: Fields<'_>, arn: &'static str) -> Result<RequestResource, CaseError> {
    let mut resource = RequestResource::new(arn_or_all(fields, arn)?);
    resource.account = fields.string("account")?;
    resource.context = context(fields)?;
    Ok(resource)
}

/// A further action with a resource of its own: `{"action", "resource", "account", "context"}`.
fn dependent(fields: Fields<'_>) -> Result<DependentAction, CaseError> {
    Ok(DependentAction {
        action: fields
            .string("action")?
            .ok_or(CaseError::Missing("also_requires.action"))?,
        resource: resource(fields, "resource")?,
    })
}

fn context(fields: Fields<'_>) -> Result<Context, CaseError> {
    let mut context = Context::default();
    let Some(given) = fields.object("context")? else {
        return Ok(context);
    };
    for member in given.0.members() {
        let key = member.key.to_string();
        let value = match &member.value.value {
            Value::Null => KeyValue::Absent,
            Value::List(items) => KeyValue::Many(
                items
                    .iter()
                    .map(|item| match item.scalar() {
                        Some(text) => Ok(text.to_string()),
                        None => Err(kind(format!("context.{key}"), "text", item)),
                    })
                    .collect::<Result<_, _>>()?,
            ),
            _ => match member.value.scalar() {
                Some(text) => KeyValue::One(text.to_string()),
                None => {
                    return Err(kind(
                        format!("context.{key}"),
                        "text or a list",
                        &member.value,
                    ));
                }
            },
        };
        // Two tags whose keys differ only in case: a policy matches one of them, nobody says which.
        let clash = key.contains('/')
            && context
                .iter()
                .any(|(other, _)| other != key && other.eq_ignore_ascii_case(&key));
        context.set(&key, if clash { KeyValue::Unknown } else { value });
    }
    Ok(context)
}

fn policies(fields: Fields<'_>, request: &Request) -> Result<PolicySet, CaseError> {
    let one = |field: &str, name: &str, kind: PolicyKind| {
        fields
            .get(field)
            .map(|node| policy(node, name, kind))
            .transpose()
    };
    let (resource_name, resource_kind) = match is_about_a_role(request) {
        true => ("trust", PolicyKind::Trust),
        false => ("resource", PolicyKind::Resource),
    };
    let mut set = PolicySet {
        identity: named(fields.list("identity_policies")?, PolicyKind::Identity)?,
        boundary: one("boundary", "boundary", PolicyKind::Boundary)?,
        session: None,
        resource: one("resource_policy", resource_name, resource_kind)?,
        scps: levels(fields, "scps", PolicyKind::Scp)?,
        rcps: levels(fields, "rcps", PolicyKind::Rcp)?,
        endpoint: one("vpce_policy", "vpce", PolicyKind::Vpce)?,
        by_resource: Vec::new(),
    };
    if fields.get("session_policies").is_some() {
        let passed = fields.list("session_policies")?.iter().enumerate();
        set.session = Some(
            passed
                .map(|(at, node)| policy(node, &format!("session/{}", at + 1), PolicyKind::Session))
                .collect::<Result<_, _>>()?,
        );
    }
    for node in fields.list("also_requires")? {
        let own = Fields(node);
        if let (Value::Object(_), Some(document)) = (&node.value, own.get("resource_policy")) {
            let policy = policy(document, "resource", PolicyKind::Resource)?;
            set.by_resource.push((arn_or_all(own, "resource")?, policy));
        }
    }
    for node in fields.list("resources")? {
        let own = Fields(node);
        if let Some(document) = own.get("resource_policy") {
            let policy = policy(document, resource_name, resource_kind)?;
            set.by_resource.push((arn_or_all(own, "arn")?, policy));
        }
    }
    Ok(set)
}

/// Whether the resource's policy is a role's trust policy.
fn is_about_a_role(request: &Request) -> bool {
    let sts = |action: &String| action.to_ascii_lowercase().starts_with("sts:");
    let role = |resource: &RequestResource| {
        let plain = resource.arn.as_plain().and_then(Arn::parse);
        plain.is_some_and(|arn| arn.service == "iam" && arn.resource.starts_with("role/"))
    };
    sts(&request.action) && request.resources.iter().any(role)
}

/// A policy by itself, as its text, or as `{"name", "policy"}`, whose policy is null where it is not
/// known.
fn policy(node: &Node, name: &str, kind: PolicyKind) -> Result<NamedPolicy, CaseError> {
    let guard = node.guard.clone();
    let (name, node) = match (node.get("policy"), node.get("Statement")) {
        (Some(document), None) => (Fields(node).text("name")?.unwrap_or(name), document),
        _ => (name, node),
    };
    let named = |document| NamedPolicy {
        document,
        guard,
        ..NamedPolicy::new(name, kind, Arc::default())
    };
    if matches!(node.value, Value::Null) {
        return Ok(named(None));
    }
    let document = match node.as_str() {
        Some(text) => parse_document_text(text, SourceId::default(), kind).map_err(|error| {
            CaseError::Policy {
                name: name.to_owned(),
                error,
            }
        })?,
        None => parse_document(node, kind),
    };
    Ok(named(Some(Arc::new(document))))
}

fn named(nodes: &[Node], kind: PolicyKind) -> Result<Vec<NamedPolicy>, CaseError> {
    nodes
        .iter()
        .enumerate()
        .map(|(at, node)| policy(node, &format!("{}/{}", kind.name(), at + 1), kind))
        .collect()
}

/// Levels from the root to the account, each a list of policies.
fn levels(
    fields: Fields<'_>,
    field: &str,
    policy_kind: PolicyKind,
) -> Result<Option<Vec<PolicyLevel>>, CaseError> {
    if fields.get(field).is_none() {
        return Ok(None);
    }
    let all = fields.list(field)?;
    let last = all.len().saturating_sub(1);
    all.iter()
        .enumerate()
        .map(|(at, level)| {
            let Value::List(items) = &level.value else {
                return Err(kind(
                    field,
                    "a list of levels, each a list of policies",
                    level,
                ));
            };
            let name = match at {
                0 => "root".to_owned(),
                _ if at == last => "account".to_owned(),
                _ => format!("level {}", at + 1),
            };
            Ok(PolicyLevel {
                name,
                policies: named(items, policy_kind)?,
            })
        })
        .collect::<Result<_, _>>()
        .map(Some)
}

fn expected(fields: Fields<'_>) -> Result<Expected, CaseError> {
    let layer = |field: &'static str, node: &Node| {
        let found = LayerKind::ALL
            .into_iter()
            .find(|layer| node.as_str() == Some(layer.name()));
        found.ok_or_else(|| kind(field, "the name of a layer", node))
    };
    let outcome = fields.get("expected").map(|node| {
        let found = Outcome::ALL
            .into_iter()
            .find(|outcome| node.as_str() == Some(outcome.name()));
        let names = "allow, explicitDeny, implicitDeny or depends";
        found.ok_or_else(|| kind("expected", names, node))
    });
    let denier = fields
        .0
        .get("expected_denier")
        .map(|node| match node.value {
            Value::Null => Ok(None),
            _ => layer("expected_denier", node).map(Some),
        });
    let deniers = fields.get("expected_all_deniers").map(|_| {
        let all = fields.list("expected_all_deniers")?.iter();
        all.map(|node| layer("expected_all_deniers", node))
            .collect()
    });
    let depends_on = fields
        .get("expected_depends_on")
        .map(|_| fields.texts("expected_depends_on"));
    Ok(Expected {
        outcome: outcome.transpose()?,
        denier: denier.transpose()?,
        deniers: deniers.transpose()?,
        depends_on: depends_on.transpose()?,
    })
}
