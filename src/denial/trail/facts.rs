//! The context keys whose values an event gives.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>

use std::net::IpAddr;

use serde_json::Value;

use super::super::types::Denial;
use super::event::Event;

/// Adds to the denial what the event says of the call.
pub(super) fn complete(event: &Event, denial: &mut Denial) {
    network(event, denial);
    caller(event, denial);
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    denial.fact("aws:UserAgent", &text(&event.user_agent), "userAgent");
    denial.fact("aws:RequestedRegion", &text(&event.aws_region), "awsRegion");
    denial.fact("aws:CurrentTime", &text(&event.event_time), "eventTime");
    if event.tls_details.get("tlsVersion").is_some() {
        denial.fact("aws:SecureTransport", "true", "tlsDetails");
    }
    parameters(event, denial);
}

/// Where the call came from: an address, an endpoint, or a service calling on.
fn network(event: &Event, denial: &mut Denial) {
    let from = event.source_ip_address.as_deref().unwrap_or_default();
    let address: Result<IpAddr, _> = from.parse();
    match (&event.vpc_endpoint_id, address) {
        // Through an endpoint there is no aws:SourceIp, and the address is a private one.
        (Some(endpoint), address) if !endpoint.is_empty() => {
            denial.fact("aws:SourceVpce", endpoint, "vpcEndpointId");
            denial.facts("aws:SourceIp", Vec::new(), "vpcEndpointId");
            if let Ok(address) = address {
                denial.fact("aws:VpcSourceIp", &address.to_string(), "sourceIPAddress");
            }
        }
        (_, Ok(address)) => {
            denial.fact("aws:SourceIp", &address.to_string(), "sourceIPAddress");
            denial.facts("aws:SourceVpce", Vec::new(), "vpcEndpointId");
        }
        (_, Err(_)) => {}
    }
    let service = event
        .identity(&["invokedBy"])
        .or((from.ends_with(".amazonaws.com")).then_some(from));
    if event.identity(&["type"]) == Some("AWSService") {
        return;
    }
    if let Some(service) = service {
        // A service calling on with the caller's identity: a forward access session.
        denial.fact("aws:ViaAWSService", "true", "invokedBy");
        if service.ends_with(".amazonaws.com") {
            denial.facts("aws:CalledVia", vec![service.to_owned()], "invokedBy");
        }
    }
}

/// What the identity says of the caller and its session.
fn caller(event: &Event, denial: &mut Denial) {
    let identity = |path: &[&str]| event.identity(path).unwrap_or_default().to_owned();
    denial.fact("aws:userid", &identity(&["principalId"]), "principalId");
    if event.identity(&["type"]) == Some("IAMUser") {
        denial.fact("aws:username", &identity(&["userName"]), "userName");
    }
    let attributes = ["sessionContext", "attributes"];
    let attribute = |name: &str| identity(&[&attributes[..], &[name]].concat());
    let mfa = attribute("mfaAuthenticated");
    denial.fact("aws:MultiFactorAuthPresent", &mfa, "mfaAuthenticated");
    if mfa.is_empty()
        && event
            .identity(&["accessKeyId"])
            .is_some_and(|id| id.starts_with("AKIA"))
    {
        // Long-term keys: the key is not in the request at all.
        denial.facts("aws:MultiFactorAuthPresent", Vec::new(), "accessKeyId");
    }
    denial.fact(
        "aws:TokenIssueTime",
        &attribute("creationDate"),
        "creationDate",
    );
    let context = |name: &str| identity(&["sessionContext", name]);
    denial.fact(
        "aws:SourceIdentity",
        &context("sourceIdentity"),
        "sourceIdentity",
    );
    let provider = ["sessionContext", "webIdFederationData", "federatedProvider"];
    denial.fact(
        "aws:FederatedProvider",
        &identity(&provider),
        "federatedProvider",
    );
    if event.identity(&["type"]) == Some("WebIdentityUser") {
        web_identity(&identity(&["principalId"]), denial);
    }
}

/// `arn:...:oidc-provider/HOST:AUDIENCE:SUBJECT`, or `HOST:AUDIENCE:SUBJECT`.
fn web_identity(principal: &str, denial: &mut Denial) {
    let rest = principal
        .split_once("oidc-provider/")
        .map_or(principal, |(_, rest)| rest);
    let mut parts = rest.splitn(3, ':');
    if let (Some(host), Some(audience), Some(subject)) = (parts.next(), parts.next(), parts.next())
        && host.contains('.')
    {
        denial.fact(&format!("{host}:aud"), audience, "principalId");
        denial.fact(&format!("{host}:sub"), subject, "principalId");
    }
}

/// Request parameters that are context keys under another name: service prefix of the action,
/// parameter, key.
const PARAMETERS: &[(&str, &str, &str)] = &[
    ("sts", "roleSessionName", "sts:RoleSessionName"),
    ("sts", "externalId", "sts:ExternalId"),
    ("sts", "sourceIdentity", "sts:SourceIdentity"),
    ("s3", "prefix", "s3:prefix"),
    ("s3", "delimiter", "s3:delimiter"),
    ("s3", "max-keys", "s3:max-keys"),
    ("s3", "versionId", "s3:VersionId"),
    ("s3", "x-amz-acl", "s3:x-amz-acl"),
    ("s3", "x-amz-storage-class", "s3:x-amz-storage-class"),
    (
        "s3",
        "x-amz-server-side-encryption",
        "s3:x-amz-server-side-encryption",
    ),
    (
        "s3",
        "x-amz-server-side-encryption-aws-kms-key-id",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
    ),
    ("iam", "policyArn", "iam:PolicyARN"),
    ("iam", "permissionsBoundary", "iam:PermissionsBoundary"),
    ("iam", "aWSServiceName", "iam:AWSServiceName"),
    ("ec2", "instanceType", "ec2:InstanceType"),
    ("ec2", "availabilityZone", "ec2:AvailabilityZone"),
    ("kms", "grantOperations", "kms:GrantOperations"),
    (
        "secretsmanager",
        "versionStage",
        "secretsmanager:VersionStage",
    ),
    (
        "lambda",
        "functionUrlAuthType",
        "lambda:FunctionUrlAuthType",
    ),
];

fn parameters(event: &Event, denial: &mut Denial) {
    let Some(parameters) = event.request_parameters.as_object() else {
        return;
    };
    let service = denial
        .action
        .as_deref()
        .and_then(|action| action.split_once(':'))
        .map(|(service, _)| service.to_ascii_lowercase())
        .unwrap_or_default();
    for (of, parameter, key) in PARAMETERS {
        if *of != service {
            continue;
        }
        let found = parameters
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(parameter));
        if let Some((name, Value::String(value))) = found {
            denial.fact(key, value, name);
        }
    }
    if let Some(Value::Object(pairs)) = parameters.get("encryptionContext") {
        for (name, value) in pairs.iter().filter(|_| service == "kms") {
            let value = value.as_str().unwrap_or_default();
            denial.fact(
                &format!("kms:EncryptionContext:{name}"),
                value,
                "encryptionContext",
            );
        }
    }
    tags(parameters.iter(), denial);
}

/// Tags passed with the request, where the service writes them as a list or a map of its own.
fn tags<'a>(parameters: impl Iterator<Item = (&'a String, &'a Value)>, denial: &mut Denial) {
    let mut found: Vec<(String, String)> = Vec::new();
    for (_, value) in parameters.filter(|(name, _)| name.eq_ignore_ascii_case("tags")) {
        match value {
            Value::Object(map) => found.extend(
                map.iter()
                    .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))),
            ),
            Value::Array(items) => found.extend(items.iter().filter_map(|item| {
                let part = |name: &str| {
                    let members = item.as_object()?;
                    let (_, value) = members
                        .iter()
                        .find(|(key, _)| key.eq_ignore_ascii_case(name))?;
                    value.as_str().map(str::to_owned)
                };
                Some((
                    part("key").or_else(|| part("tagKey"))?,
                    part("value").or_else(|| part("tagValue"))?,
                ))
            })),
            _ => {}
        }
    }
    if found.is_empty() {
        return;
    }
    for (key, value) in &found {
        denial.facts(
            &format!("aws:RequestTag/{key}"),
            vec![value.clone()],
            "tags",
        );
    }
    let keys = found.into_iter().map(|(key, _)| key).collect();
    denial.facts("aws:TagKeys", keys, "tags");
}
