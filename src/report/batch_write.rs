//! A decided request as a case of a batch: with every policy in play and the decision as what is
//! expected, so that it can be checked later without its sources.

use serde_json::{Value, json};

use crate::iam::Principal;
use crate::simulate::{
    Context, Credential, Decision, KeyValue, LayerKind, Missing, NamedPolicy, OrgFacts, Policies,
    PolicyLevel, PolicySet, Request, RequestResource,
};

use super::batch_case::{Case, Expected};
use super::open_parts::{guarded, text};
use super::policy::{Object, policy_json};

/// A case that, read again, would not decide as it did: it holds something that a batch cannot say.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a part of its policies cannot be written so that it decides the same when read again")]
pub struct NotWritable;

/// A request, its policies and the decision as one line of a batch.
///
/// # Errors
/// The line would not decide the same when it is read again.
pub fn case_line(
    name: &str,
    request: &Request,
    policies: &PolicySet,
    decision: &Decision,
) -> Result<String, NotWritable> {
    let line = case(name, request, policies, decision).to_string();
    let again = Case::read(&line).map_err(|_| NotWritable)?;
    let decided = Policies::compile(&again.policies).evaluate(&again.request);
    let is_same = again.expected.is_met(&decided);
    is_same.then_some(line).ok_or(NotWritable)
}

impl Expected {
    /// Everything that is expected of a decision which is to stay as it is.
    pub fn of(decision: &Decision) -> Self {
        Expected {
            outcome: Some(decision.outcome),
            denier: Some(decision.denier()),
            deniers: Some(decision.deniers.clone()),
            depends_on: Some(decision.depends_on.clone()),
        }
    }
}

fn case(name: &str, request: &Request, policies: &PolicySet, decision: &Decision) -> Value {
    let expected = Expected::of(decision);
    let object = Object::default()
        .with("name", name)
        .with("principal", principal(&request.principal))
        .with("action", request.action.as_str());
    let object = resources(object, &request.resources, policies)
        .with_some("also_requires", legs(request, policies))
        .with_some("context", context(&request.context))
        .with_some("unknown", unknown(&request.context))
        .with("credential", request.credential.map(credential))
        .with("mfa", request.mfa)
        .with("aws_managed_key", request.aws_managed_key)
        .with_some("org", organisation(&request.organisation))
        .with_some("identity_policies", named(&policies.identity))
        .with("boundary", one(policies.boundary.as_ref()))
        .with(
            "session_policies",
            policies.session.as_deref().map_or(Value::Null, named),
        )
        .with("resource_policy", one(policies.resource.as_ref()))
        .with("scps", levels(policies.scps.as_deref()))
        .with("rcps", levels(policies.rcps.as_deref()))
        .with("vpce_policy", one(policies.endpoint.as_ref()));
    let mut object = object.done();
    object["expected"] = json!(decision.outcome.name());
    object["expected_denier"] = json!(decision.denier().map(LayerKind::name));
    let deniers = expected.deniers.unwrap_or_default();
    object["expected_all_deniers"] = deniers.iter().map(|layer| layer.name()).collect();
    object["expected_depends_on"] = json!(decision.depends_on);
    object
}

fn principal(who: &Principal) -> Value {
    let open = who.symbolic_arn.as_ref().map(text);
    let is_session = who.role_arn.is_some();
    let own = |given: &Option<String>, is_open: bool| match &open {
        Some(open) if is_open => open.clone(),
        _ => json!(given),
    };
    Object::default()
        .with("type", who.kind.name())
        .with("arn", own(&who.arn, !is_session))
        .with("account", who.account.as_deref())
        .with("role_arn", own(&who.role_arn, is_session))
        .with("role_id", who.role_id.as_deref())
        .with("user_id", who.user_id.as_deref())
        .with("issuer_arn", who.issuer_arn.as_deref())
        .with("service", who.service.as_deref())
        .with("provider", who.provider.as_deref())
        .with("canonical_user_id", who.canonical_user_id.as_deref())
        .with_some("tags", json!(who.tags))
        .done()
}

fn resources(object: Object, resources: &[RequestResource], policies: &PolicySet) -> Object {
    match resources {
        [only] if only.context.is_empty() => object
            .with("resource", text(&only.arn))
            .with("resource_account", only.account.as_deref()),
        several => object.with(
            "resources",
            several
                .iter()
                .map(|own| {
                    let policy = one(policies.own_of(&own.arn));
                    resource(own, "arn").with("resource_policy", policy).done()
                })
                .collect::<Value>(),
        ),
    }
}

fn resource(own: &RequestResource, arn: &str) -> Object {
    Object::default()
        .with(arn, text(&own.arn))
        .with("account", own.account.as_deref())
        .with_some("context", context(&own.context))
}

fn legs(request: &Request, policies: &PolicySet) -> Value {
    let plain = request.also_requires.iter().map(|action| json!(action));
    let dependent = request.dependent.iter().map(|leg| {
        resource(&leg.resource, "resource")
            .with("action", leg.action.as_str())
            .with("resource_policy", one(policies.own_of(&leg.resource.arn)))
            .done()
    });
    plain.chain(dependent).collect()
}

fn context(context: &Context) -> Value {
    let known = context.iter().filter_map(|(key, value)| {
        let value = match value {
            KeyValue::Absent => Value::Null,
            KeyValue::Unknown => return None,
            KeyValue::One(value) => json!(value),
            KeyValue::Many(values) => json!(values),
        };
        Some((key.to_owned(), value))
    });
    Value::Object(known.collect())
}

fn unknown(context: &Context) -> Value {
    let keys = context.iter();
    let mut keys: Vec<&str> = keys
        .filter(|(_, value)| **value == KeyValue::Unknown)
        .map(|(key, _)| key)
        .collect();
    if context.missing == Missing::Unknown {
        keys.push("*");
    }
    json!(keys)
}

fn credential(credential: Credential) -> &'static str {
    match credential {
        Credential::GetFederationToken => "GetFederationToken",
        Credential::GetSessionToken => "GetSessionToken",
    }
}

fn organisation(facts: &OrgFacts) -> Value {
    Object::default()
        .with(
            "principal_account_is_management",
            facts.principal_account_is_management,
        )
        .with(
            "resource_account_is_management",
            facts.resource_account_is_management,
        )
        .with("principal_org_id", facts.principal_org_id.as_deref())
        .with_some("principal_org_paths", json!(facts.principal_org_paths))
        .with("resource_org_id", facts.resource_org_id.as_deref())
        .with_some("resource_org_paths", json!(facts.resource_org_paths))
        .done()
}

fn one(policy: Option<&NamedPolicy>) -> Value {
    policy.map_or(Value::Null, named_policy)
}

fn named(policies: &[NamedPolicy]) -> Value {
    policies.iter().map(named_policy).collect()
}

fn levels(levels: Option<&[PolicyLevel]>) -> Value {
    levels.map_or(Value::Null, |levels| {
        levels.iter().map(|level| named(&level.policies)).collect()
    })
}

fn named_policy(policy: &NamedPolicy) -> Value {
    let document = policy.document.as_deref().map(policy_json);
    let value = json!({ "name": policy.name, "policy": document });
    guarded(value, &policy.guard)
}

/// A name for a case: who asks for what.
pub fn case_name(request: &Request) -> String {
    let who = &request.principal;
    let names = [&who.role_arn, &who.arn, &who.service, &who.provider];
    let who = names.into_iter().flatten().next();
    let who = who.map_or(request.principal.kind.name(), |arn| {
        let name = arn.rsplit('/').next().unwrap_or(arn);
        // A name that is one reference is known by what it refers to.
        let inner = name
            .strip_prefix("${")
            .and_then(|name| name.strip_suffix('}'));
        inner.unwrap_or(name)
    });
    let resources: Vec<String> = request
        .resources
        .iter()
        .map(|resource| resource.arn.to_string())
        .collect();
    format!("{who}: {} on {}", request.action, resources.join(", "))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::iam::{
        Part, Place, PolicyKind, SourceId, Text, Unresolved, UnresolvedKind, parse_document,
        parse_document_text, parse_json,
    };
    use crate::report::open_parts::with_open_parts;

    fn decided(request: &Request, policies: &PolicySet) -> Decision {
        Policies::compile(policies).evaluate(request)
    }

    fn role() -> Principal {
        Principal::role_session("arn:aws:iam::123456789012:role/team/app", "s")
    }

    fn identity(name: &str, policy: &str) -> NamedPolicy {
        let node = with_open_parts(&parse_json(policy, SourceId(0)).unwrap(), SourceId(0));
        let document = parse_document(&node, PolicyKind::Identity);
        NamedPolicy::new(name, PolicyKind::Identity, Arc::new(document))
    }

    fn bucket() -> Text {
        Text::from_parts([
            Part::Literal("arn:aws:s3:::".into()),
            Part::Unresolved(Arc::new(Unresolved {
                name: "Bucket".to_owned(),
                kind: UnresolvedKind::Parameter,
                place: Place::default(),
            })),
            Part::Literal("/${aws:username}/x".into()),
        ])
    }

    #[test]
    fn open_text_is_read_as_it_was_written() {
        let written = text(&bucket()).to_string();
        assert_eq!(
            written,
            r#"{"Fn::Sub":"arn:aws:s3:::${Bucket}/${!aws:username}/x"}"#
        );
        let node = with_open_parts(&parse_json(&written, SourceId(0)).unwrap(), SourceId(0));
        assert_eq!(node.text(), Some(&bucket()));
    }

    #[test]
    fn what_a_template_leaves_open_decides_the_same_when_read_again() {
        let policy = identity(
            "p",
            r#"{"Version": "2012-10-17", "Statement": [
                {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject",
                 "Resource": [{"Fn::Sub": "arn:aws:s3:::${Bucket}/*"}]},
                {"Fn::If": ["Prod", {"Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"}, {"Ref": "AWS::NoValue"}]},
                {"Effect": "Allow", "Action": ["s3:DeleteObject", {"Fn::If": ["Tags", {"Ref": "AWS::NoValue"}, "s3:PutObject"]}],
                 "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": {"Fn::Sub": "${Team}"}}}}]}"#,
        );
        let policies = PolicySet {
            identity: vec![policy],
            ..PolicySet::default()
        };
        let mut depends = 0;
        for (action, resource) in [
            ("s3:GetObject", bucket()),
            ("s3:GetObject", "arn:aws:s3:::other/x".into()),
            ("s3:DeleteObject", "arn:aws:s3:::other/x".into()),
            ("s3:PutObject", "arn:aws:s3:::other/x".into()),
        ] {
            let mut request = Request::new(role(), action, resource);
            request.context.missing = Missing::Unknown;
            let decision = decided(&request, &policies);
            depends += usize::from(!decision.depends_on.is_empty());
            let line = case_line("n", &request, &policies, &decision).unwrap();
            assert!(
                line.contains("Fn::Sub") && line.contains("Fn::If"),
                "{line}"
            );
        }
        assert_eq!(depends, 3);
    }

    #[test]
    fn a_policy_that_was_not_loaded_and_levels_and_facts_are_kept() {
        let allow = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
        let mut away = identity("away", allow);
        away.document = None;
        let scp = |name: &str, text: &str| PolicyLevel {
            name: name.to_owned(),
            policies: vec![NamedPolicy::new(
                name,
                PolicyKind::Scp,
                Arc::new(parse_document_text(text, SourceId(0), PolicyKind::Scp).unwrap()),
            )],
        };
        let policies = PolicySet {
            identity: vec![away],
            session: Some(Vec::new()),
            scps: Some(vec![scp("root", allow), scp("account", allow)]),
            ..PolicySet::default()
        };
        let mut request = Request::new(role(), "s3:GetObject", "arn:aws:s3:::b/k");
        request.mfa = true;
        request
            .context
            .set("aws:SourceIp", KeyValue::One("10.0.0.1".into()));
        request.context.set("aws:SourceVpc", KeyValue::Absent);
        request.context.set("aws:SourceVpce", KeyValue::Unknown);
        request.organisation.principal_org_id = Some("o-1".to_owned());
        let decision = decided(&request, &policies);
        let line = case_line("n", &request, &policies, &decision).unwrap();
        let case = Case::read(&line).unwrap();
        assert!(case.policies.identity[0].document.is_none());
        assert_eq!(case.policies.session.map(|all| all.len()), Some(0));
        assert_eq!(case.policies.scps.map(|all| all.len()), Some(2));
        assert!(case.request.mfa);
        assert_eq!(case.request.principal.role_arn, role().role_arn);
        assert_eq!(
            case.request.context.get("aws:sourcevpc"),
            Some(&KeyValue::Absent)
        );
        assert_eq!(
            case.request.context.get("aws:sourcevpce"),
            Some(&KeyValue::Unknown)
        );
        assert_eq!(
            case_name(&case.request),
            "app: s3:GetObject on arn:aws:s3:::b/k"
        );
    }
}
