//! What is asked of AWS beside the account: permissions, its simulator.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use iamscope::aws::OPERATIONS;
use serde_json::Value;

use super::account::details;
use super::program::{Program, json_of};
use super::stub::{Reply, Stub, ordinary};

#[test]
fn permissions_are_printed_and_checked() {
    let role = "arn:aws:iam::123456789012:role/debug";
    let printed = Program::new(&["permissions", "--assume-role", role]).run();
    let policy: Value = json_of(&printed);
    let text = policy.to_string();
    for operation in OPERATIONS {
        assert!(text.contains(operation.action), "{operation:?}");
    }
    let statements = policy["Statement"].as_array().unwrap();
    let assuming = statements
        .iter()
        .find(|one| one["Action"][0] == "sts:AssumeRole");
    assert_eq!(assuming.unwrap()["Resource"], role);
    // Without a role nobody is told to allow every one.
    let printed = json_of(&Program::new(&["permissions"]).run()).to_string();
    assert!(!printed.contains("sts:AssumeRole"), "{printed}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policy.json");
    std::fs::write(&file, &printed).unwrap();
    let linted = Program::new(&["lint", file.to_str().unwrap()]).run();
    assert_eq!(
        String::from_utf8_lossy(&linted.stdout),
        "0 problems, 0 errors\n"
    );
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    let stub = Stub::start(move |call| match call.action.as_str() {
        "SimulatePrincipalPolicy" => {
            counted.fetch_add(1, Ordering::Relaxed);
            assert_eq!(
                call.field("PolicySourceArn"),
                "arn:aws:iam::123456789012:user/jane"
            );
            let action = call.field("ActionNames.member.1");
            let decision = if action == "iam:GetAccountAuthorizationDetails" {
                "allowed"
            } else {
                "implicitDeny"
            };
            Reply::xml(
                "SimulatePrincipalPolicy",
                &format!(
                    "<IsTruncated>false</IsTruncated><EvaluationResults><member><EvalActionName>{action}</EvalActionName><EvalResourceName>*</EvalResourceName><EvalDecision>{decision}</EvalDecision></member></EvaluationResults>"
                ),
            )
        }
        _ => ordinary(call).unwrap(),
    });
    let output = Program::new(&[
        "permissions",
        "--profile",
        "--check",
        "--feature",
        "account",
    ])
    .keys()
    .at(&stub.url)
    .run();
    let answers = json_of(&output);
    assert_eq!(answers[0]["decision"], "allowed");
    assert_eq!(answers[1]["decision"], "implicitDeny");
    assert_eq!(
        asked.load(Ordering::Relaxed),
        answers.as_array().unwrap().len()
    );
}

#[test]
fn the_same_question_is_asked_of_aws() {
    let stub = Stub::start(|call| match call.action.as_str() {
        "SimulatePrincipalPolicy" => {
            let aws = if call.field("ActionNames.member.1") == "s3:PutObject" {
                "allowed"
            } else {
                "implicitDeny"
            };
            let resource = call.field("ResourceArns.member.1");
            Reply::xml(
                "SimulatePrincipalPolicy",
                &format!(
                    "<IsTruncated>false</IsTruncated><EvaluationResults><member><EvalActionName>x</EvalActionName><EvalResourceName>{resource}</EvalResourceName><EvalDecision>implicitDeny</EvalDecision>\
                 <ResourceSpecificResults><member><EvalResourceName>{resource}</EvalResourceName><EvalResourceDecision>{aws}</EvalResourceDecision></member></ResourceSpecificResults></member></EvaluationResults>"
                ),
            )
        }
        "GET /acme?policy=" => Reply::text(
            404,
            "<Error><Code>NoSuchBucketPolicy</Code><Message>none</Message></Error>",
        ),
        _ => ordinary(call).unwrap_or_else(|| details(call, 2, 100)),
    });
    let asked = |action: &str| {
        let arguments = [
            "simulate",
            "--profile",
            "--principal",
            "role-1",
            "--action",
            action,
            "--resource",
            "arn:aws:s3:::acme/x",
            "--context",
            "aws:SourceIp=203.0.113.9",
            "--assume-absent",
            "--ask-aws",
            "--format",
            "json",
        ];
        let output = Program::new(&arguments).keys().at(&stub.url).run();
        assert!(output.status.success(), "{output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        serde_json::from_str::<Value>(text.lines().last().unwrap()).unwrap()
    };
    let denied = asked("s3:DeleteObject");
    assert_eq!(
        (denied["ours"].as_str(), denied["aws"].as_str()),
        (Some("implicitDeny"), Some("implicitDeny"))
    );
    assert_eq!(denied["verdict"], "agree");
    assert_eq!(asked("s3:PutObject")["verdict"], "differ");
    let calls = stub.calls();
    let call = calls
        .iter()
        .find(|call| call.action == "SimulatePrincipalPolicy")
        .unwrap();
    assert_eq!(
        call.field("PolicySourceArn"),
        "arn:aws:iam::123456789012:role/team/role-1"
    );
    assert_eq!(
        call.field("ContextEntries.member.1.ContextKeyName"),
        "aws:SourceIp"
    );
    assert_eq!(call.field("ContextEntries.member.1.ContextKeyType"), "ip");
    assert_eq!(
        call.field("ContextEntries.member.1.ContextKeyValues.member.1"),
        "203.0.113.9"
    );
    // Without an account there is nobody to ask.
    let output = Program::new(&[
        "simulate",
        "--demo",
        "--principal",
        "gitpod-customer-debug-access-role",
        "--action",
        "s3:ListAllMyBuckets",
        "--ask-aws",
    ])
    .run();
    assert_eq!(output.status.code(), Some(2));
}
