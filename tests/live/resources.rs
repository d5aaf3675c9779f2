//! Policies of resources on demand, and decoded messages: what is asked, how it is signed, and what
//! the decision makes of it.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::account::details;
use super::program::{Program, words_of};
use super::stub::{Call, Reply, Stub, ordinary};

const ROLE: &str = "arn:aws:iam::123456789012:role/team/role-1";

/// The account, and a policy for whatever else is asked.
fn answering(call: &Call, other: impl Fn(&Call) -> Reply) -> Reply {
    match call.action.as_str() {
        "GetAccountAuthorizationDetails" | "ListRoles" => details(call, 2, 100),
        _ => ordinary(call).unwrap_or_else(|| other(call)),
    }
}

fn simulate(stub: &Stub, action: &str, resource: &str) -> (Value, String) {
    let arguments = [
        "simulate",
        "--profile",
        "--principal",
        "role-1",
        "--action",
        action,
        "--resource",
        resource,
        "--assume-absent",
        "--format",
        "json",
    ];
    let output = Program::new(&arguments).keys().at(&stub.url).run();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    (serde_json::from_slice(&output.stdout).unwrap(), said)
}

fn policy(effect: &str, action: &str) -> String {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "Planted",
            "Effect": effect,
            "Principal": { "AWS": ROLE },
            "Action": action,
            "Resource": "*",
        }],
    })
    .to_string()
}

#[test]
fn the_policy_of_every_kind_of_resource_is_read_and_decides() {
    type Wrap = fn(&str) -> String;
    let topic: Wrap = |policy| {
        let policy = policy.replace('"', "&quot;");
        let entry = |key: &str, value: &str| {
            format!("<entry><key>{key}</key><value>{value}</value></entry>")
        };
        format!(
            "<GetTopicAttributesResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><GetTopicAttributesResult><Attributes>{}{}{}</Attributes></GetTopicAttributesResult></GetTopicAttributesResponse>",
            entry("Owner", "123456789012"),
            entry("Policy", &policy),
            entry("DisplayName", "")
        )
    };
    let cases: [(&str, &str, &str, &str, Wrap); 7] = [
        (
            "s3:PutObject",
            "arn:aws:s3:::acme/a/key",
            "GET /acme?policy=",
            "/us-east-1/s3/aws4_request",
            |policy| policy.to_owned(),
        ),
        (
            "kms:Decrypt",
            "arn:aws:kms:eu-west-1:123456789012:key/1-2",
            "GetKeyPolicy",
            "/eu-west-1/kms/aws4_request",
            |policy| json!({ "Policy": policy }).to_string(),
        ),
        (
            "sqs:SendMessage",
            "arn:aws:sqs:eu-west-1:123456789012:jobs",
            "GetQueueAttributes",
            "/eu-west-1/sqs/aws4_request",
            |policy| json!({ "Attributes": { "Policy": policy } }).to_string(),
        ),
        (
            "sns:Publish",
            "arn:aws:sns:eu-west-1:123456789012:news",
            "GetTopicAttributes",
            "/eu-west-1/sns/aws4_request",
            topic,
        ),
        (
            "secretsmanager:GetSecretValue",
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf",
            "GetResourcePolicy",
            "/eu-west-1/secretsmanager/aws4_request",
            |policy| json!({ "Name": "db", "ResourcePolicy": policy }).to_string(),
        ),
        (
            "lambda:InvokeFunction",
            "arn:aws:lambda:eu-west-1:123456789012:function:resize:live",
            "GET /2015-03-31/functions/resize/policy?Qualifier=live",
            "/eu-west-1/lambda/aws4_request",
            |policy| json!({ "Policy": policy, "RevisionId": "1" }).to_string(),
        ),
        (
            "ecr:BatchGetImage",
            "arn:aws:ecr:eu-west-1:123456789012:repository/team/app",
            "GetRepositoryPolicy",
            "/eu-west-1/ecr/aws4_request",
            |policy| json!({ "policyText": policy, "repositoryName": "team/app" }).to_string(),
        ),
    ];
    for (action, resource, call_of, scope, wrap) in cases {
        for (effect, expected) in [("Allow", "allow"), ("Deny", "explicitDeny")] {
            let text = wrap(&policy(effect, action));
            let stub = Stub::start(move |call| answering(call, |_| Reply::text(200, &text)));
            let (decision, said) = simulate(&stub, action, resource);
            assert_eq!(decision["decision"], expected, "{action}: {decision}");
            assert_eq!(decision["matched"][0]["statement"], "Planted", "{action}");
            assert_eq!(said, "", "{action}");
            let calls = stub.calls();
            let call = calls.iter().find(|call| call.action == call_of);
            let call = call.unwrap_or_else(|| panic!("{action}: {calls:?}"));
            assert!(call.raw.contains(scope), "{action}: {}", call.raw);
            let lower = call.raw.to_ascii_lowercase();
            assert!(lower.contains("x-amz-security-token:"), "{action}");
        }
    }
}

#[test]
fn a_resource_that_has_no_policy_is_known_to_have_none() {
    let cases = [
        (
            "s3:GetObject",
            "arn:aws:s3:::acme/x",
            404,
            "<Error><Code>NoSuchBucketPolicy</Code><Message>The bucket policy does not exist</Message></Error>",
        ),
        (
            "s3:GetObject",
            "arn:aws:lambda:us-east-1:123456789012:function:resize",
            404,
            "{\"Type\":\"User\",\"Message\":\"The resource you requested does not exist.\",\"__type\":\"ResourceNotFoundException\"}",
        ),
        (
            "s3:GetObject",
            "arn:aws:ecr:us-east-1:123456789012:repository/app",
            400,
            "{\"__type\":\"RepositoryPolicyNotFoundException\",\"message\":\"none\"}",
        ),
        (
            "s3:GetObject",
            "arn:aws:sqs:us-east-1:123456789012:jobs",
            200,
            "{}",
        ),
    ];
    for (action, resource, status, body) in cases {
        let stub = Stub::start(move |call| answering(call, |_| Reply::text(status, body)));
        let (decision, said) = simulate(&stub, action, resource);
        assert_eq!(decision["decision"], "allow", "{resource}: {decision}");
        assert_eq!(said, "", "{resource}");
    }
}

#[test]
fn a_policy_that_could_not_be_read_is_unknown_and_names_the_permission() {
    let cases = [
        (
            "arn:aws:s3:::acme/x",
            403,
            "<Error><Code>AccessDenied</Code><Message>no</Message></Error>",
            "it needs `s3:GetBucketPolicy`",
        ),
        (
            "arn:aws:s3:::acme/x",
            405,
            "<Error><Code>MethodNotAllowed</Code><Message>The specified method is not allowed against this resource.</Message></Error>",
            "only its own account may read its policy",
        ),
        (
            "arn:aws:kms:us-east-1:123456789012:key/1",
            400,
            "{\"__type\":\"AccessDeniedException\",\"Message\":\"no\"}",
            "it needs `kms:GetKeyPolicy`",
        ),
        (
            "arn:aws:sns:us-east-1:123456789012:news",
            403,
            "<ErrorResponse><Error><Type>Sender</Type><Code>AuthorizationError</Code><Message>no</Message></Error></ErrorResponse>",
            "it needs `sns:GetTopicAttributes`",
        ),
        (
            "arn:aws:lambda:us-east-1:123456789012:function:gone",
            404,
            "{\"Message\":\"Function not found: arn:aws:lambda:us-east-1:123456789012:function:gone\",\"__type\":\"ResourceNotFoundException\"}",
            "Function not found",
        ),
        (
            "arn:aws:sns:us-east-1:123456789012:news",
            200,
            "<html>sign in to the guest network</html>",
            "not one of AWS",
        ),
    ];
    for (resource, status, body, expected) in cases {
        let stub = Stub::start(move |call| answering(call, |_| Reply::text(status, body)));
        let (decision, said) = simulate(&stub, "s3:GetObject", resource);
        assert_eq!(decision["decision"], "depends", "{resource}: {decision}");
        assert!(said.contains(expected), "{resource}: {said}");
        assert_eq!(said.lines().count(), 1, "{resource}: {said}");
    }
}

#[test]
fn a_bucket_is_asked_in_its_own_region() {
    let stub = Stub::start(|call| {
        answering(call, |call| match call.raw.contains("/eu-central-1/s3/") {
            true => Reply::text(200, &policy("Deny", "s3:*")),
            false => Reply::text(
                301,
                "<Error><Code>PermanentRedirect</Code><Message>x</Message><Region>eu-central-1</Region></Error>",
            ),
        })
    });
    let (decision, _) = simulate(&stub, "s3:GetObject", "arn:aws:s3:::acme/x");
    assert_eq!(decision["decision"], "explicitDeny");
    assert_eq!(stub.count("GET /acme?policy="), 2);
}

#[test]
fn a_throttled_call_is_made_again() {
    let tried = AtomicUsize::new(0);
    let stub = Stub::start(move |call| {
        answering(call, |_| match tried.fetch_add(1, Ordering::Relaxed) {
            0..3 => Reply::text(
                400,
                "{\"__type\":\"ThrottlingException\",\"message\":\"slow\"}",
            ),
            _ => {
                let policy = policy("Allow", "sqs:*");
                Reply::text(
                    200,
                    &json!({ "Attributes": { "Policy": policy } }).to_string(),
                )
            }
        })
    });
    let resource = "arn:aws:sqs:us-east-1:123456789012:jobs";
    let (decision, _) = simulate(&stub, "sqs:SendMessage", resource);
    assert_eq!(decision["decision"], "allow");
    assert_eq!(stub.count("GetQueueAttributes"), 4);
}

const DECODED: &str = r#"{"allowed":false,"explicitDeny":true,"matchedStatements":{"items":[]},"failures":{"items":[]},"context":{"principal":{"id":"AROA:x","arn":"arn:aws:sts::123456789012:assumed-role/role-1/x"},"action":"ec2:RunInstances","resource":"arn:aws:ec2:us-east-1:123456789012:instance/*","conditions":{"items":[{"key":"aws:Region","values":{"items":[{"value":"us-east-1"}]}}]}}}"#;

fn message() -> String {
    let encoded = "Qk9vZ2llVGhpc0lzTm90QVJlYWxNZXNzYWdl".repeat(6);
    format!(
        "An error occurred (UnauthorizedOperation) when calling the RunInstances operation: You are not authorized to perform this operation. Encoded authorization failure message: {encoded}"
    )
}

#[test]
fn an_encoded_message_is_decoded_by_the_account() {
    let stub = Stub::start(|call| {
        answering(call, |call| match call.action.as_str() {
            "DecodeAuthorizationMessage" => {
                assert!(call.field("EncodedMessage").starts_with("Qk9vZ2ll"));
                let text = DECODED.replace('"', "&quot;");
                let text = format!("<DecodedMessage>{text}</DecodedMessage>");
                Reply::xml("DecodeAuthorizationMessage", &text)
            }
            _ => Reply::error(400, "ValidationError", "no"),
        })
    });
    let message = message();
    let arguments = [
        "denied",
        "--profile",
        "--message",
        &message,
        "--format",
        "json",
    ];
    let output = Program::new(&arguments).keys().at(&stub.url).run();
    assert!(output.status.success(), "{output:?}");
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = answer.to_string();
    assert!(text.contains("ec2:RunInstances"), "{text}");
    assert!(text.contains("assumed-role/role-1/x"), "{text}");
    assert_eq!(stub.count("DecodeAuthorizationMessage"), 1);
}

#[test]
fn a_message_that_may_not_be_decoded_says_what_is_missing() {
    let stub = Stub::start(|call| answering(call, |_| Reply::error(403, "AccessDenied", "no")));
    let message = message();
    let arguments = [
        "denied",
        "--profile",
        "--message",
        &message,
        "--format",
        "json",
    ];
    let output = Program::new(&arguments).keys().at(&stub.url).run();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(
        said.contains("it needs `sts:DecodeAuthorizationMessage`"),
        "{said}"
    );
    // Without an account nothing is asked.
    let alone = Program::new(&["simulate", "--principal", "x", "--action", "s3:GetObject"]);
    assert!(words_of(&alone.run()).lines().count() == 1);
}
