//! What decisions warn of: what is not modelled, what is assumed, what people do not expect.

use iamscope::report::Case;
use iamscope::simulate::Policies;
use serde_json::{Value, json};

const ALICE: &str = "arn:aws:iam::111122223333:user/alice";
const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd";
const FUNCTION: &str = "arn:aws:lambda:us-east-1:111122223333:function:f";
const PROVIDER: &str =
    "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";

/// A request of alice for an object, with other fields in place of those.
fn request(other: Value) -> Value {
    let mut case = json!({
        "principal": {"type": "user", "arn": ALICE, "account": "111122223333"},
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::logs/a.gz",
        "resource_account": "111122223333",
        "identity_policies": [policy(json!({"Effect": "Allow", "Action": "*", "Resource": "*"}))],
    });
    for (field, value) in other.as_object().unwrap() {
        case[field] = value.clone();
    }
    case
}

fn policy(statements: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// The policy of a resource with one statement about everything.
fn attached(effect: &str, principal: Value, condition: Value) -> Value {
    policy(json!({
        "Effect": effect, "Principal": principal, "Action": "*", "Resource": "*", "Condition": condition,
    }))
}

fn warnings(other: Value) -> Vec<String> {
    let case = Case::read(&request(other).to_string()).unwrap();
    Policies::compile(&case.policies)
        .evaluate(&case.request)
        .warnings
}

#[track_caller]
fn warns(other: Value, words: &str) {
    let found = warnings(other);
    assert!(found.iter().any(|text| text.contains(words)), "{found:#?}");
}

#[track_caller]
fn is_silent(other: Value, words: &str) {
    let found = warnings(other);
    assert!(!found.iter().any(|text| text.contains(words)), "{found:#?}");
}

#[test]
fn what_is_not_modelled_is_said() {
    let none = json!([]);
    warns(
        json!({"identity_policies": none}),
        "access control lists are not modelled",
    );
    warns(
        json!({"identity_policies": none}),
        "no policy of `arn:aws:s3:::logs/a.gz` was given",
    );
    for effect in ["Allow", "Deny"] {
        let own = attached(
            effect,
            json!({"AWS": "arn:aws:iam::111122223333:user/bob"}),
            json!({}),
        );
        let every = attached(
            effect,
            json!("*"),
            json!({"Bool": {"aws:SecureTransport": "false"}}),
        );
        for resource in [own, every] {
            let fields =
                json!({"action": "kms:Decrypt", "resource": KEY, "resource_policy": resource});
            warns(fields, "KMS grants are not modelled");
        }
    }
    let denied = attached("Deny", json!("*"), json!({}));
    warns(
        json!({"action": "kms:Decrypt", "resource": KEY, "resource_policy": denied}),
        "KMS grants are not modelled",
    );
    warns(
        json!({"principal": {"type": "anonymous"}, "resource_policy": attached("Allow", json!("*"), json!({}))}),
        "Block Public Access is not modelled",
    );
    let subnet = "arn:aws:ec2:eu-west-1:444455556666:subnet/subnet-1";
    warns(
        json!({"action": "ec2:RunInstances", "resource": subnet, "resource_account": "444455556666"}),
        "AWS RAM is not modelled",
    );
    // Buckets are not shared that way, and lists of control do not speak of an account's buckets.
    is_silent(json!({"resource_account": "444455556666"}), "AWS RAM");
    is_silent(
        json!({"action": "s3:ListAllMyBuckets", "resource": "*", "identity_policies": none}),
        "access control lists",
    );
    warns(
        json!({"principal": {"type": "anonymous"}, "action": "lambda:InvokeFunction", "resource": FUNCTION,
               "resource_policy": attached("Allow", json!("*"), json!({}))}),
        "refuse calls without a signature",
    );
}

#[test]
fn principals_that_surprise_are_named() {
    let service = json!({"type": "service", "service": "logs.ap-east-1.amazonaws.com"});
    warns(
        json!({"principal": service, "resource_policy": attached("Allow", json!({"AWS": "*"}), json!({}))}),
        "like a bare `*`",
    );
    warns(
        json!({"resource_policy": attached("Deny", json!("*"),
            json!({"StringNotEqualsIfExists": {"aws:PrincipalServiceName": "logs.amazonaws.com"}}))}),
        "meant for services",
    );
    warns(
        json!({"vpce_policy": attached("Allow", json!({"AWS": "111122223333"}), json!({}))}),
        "takes that for its root user only",
    );
}

/// The trace of a statement that does not name the caller.
fn why_not(other: Value) -> String {
    let case = Case::read(&request(other).to_string()).unwrap();
    let decision = Policies::compile(&case.policies).evaluate(&case.request);
    let mut layers = decision.legs.iter().flat_map(|leg| &leg.layers);
    let miss = layers.find_map(|layer| layer.near_misses.first()).unwrap();
    miss.failed[0].reason.clone()
}

#[test]
fn a_service_of_an_opt_in_region_has_another_name() {
    let reason = why_not(json!({
        "principal": {"type": "service", "service": "logs.ap-east-1.amazonaws.com"},
        "resource_policy": attached("Allow", json!({"Service": "logs.amazonaws.com"}), json!({})),
    }));
    assert!(
        reason.contains("`logs.amazonaws.com` is not `logs.ap-east-1.amazonaws.com`"),
        "{reason}"
    );
    let reason = why_not(json!({
        "principal": {"type": "service", "service": "logs.amazonaws.com"},
        "resource_policy": attached("Allow", json!({"Service": "ec2.amazonaws.com"}), json!({})),
    }));
    assert!(!reason.contains("opted"), "{reason}");
}

/// Both forms of a token's subject are shown, since a pattern of one never matches another.
#[test]
fn subjects_of_tokens_are_shown_beside_the_pattern() {
    let pattern = "repo:o/r:ref:refs/heads/main";
    let subject = "repo:o/r:environment:prod";
    let key = "token.actions.githubusercontent.com:sub";
    let reason = why_not(json!({
        "principal": {"type": "web-identity", "provider": PROVIDER},
        "action": "sts:AssumeRoleWithWebIdentity",
        "resource": "arn:aws:iam::111122223333:role/deploy",
        "context": {key: subject},
        "resource_policy": policy(json!({
            "Effect": "Allow", "Principal": {"Federated": PROVIDER},
            "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringLike": {key: pattern}},
        })),
    }));
    assert!(
        reason.contains(pattern) && reason.contains(subject),
        "{reason}"
    );
}
