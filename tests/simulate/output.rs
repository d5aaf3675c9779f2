//! The trace and what a batch writes of it.

use iamscope::report::{BatchOptions, Case, decision_line, run_batch};
use iamscope::simulate::{Decision, LayerKind, LayerStatus, Policies, RuleStatus};
use serde_json::{Value, json};

fn evaluate(case: &Value) -> Decision {
    let case = Case::read(&case.to_string()).unwrap();
    Policies::compile(&case.policies).evaluate(&case.request)
}

/// A user of the bucket's account, with some statements.
fn case(statements: Value) -> Value {
    json!({
        "name": "case",
        "principal": {"type": "user", "arn": "arn:aws:iam::111122223333:user/alice", "account": "111122223333"},
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::logs/2026/a.gz",
        "resource_account": "111122223333",
        "context": {},
        "identity_policies": [{"name": "own", "policy": {"Version": "2012-10-17", "Statement": statements}}],
    })
}

fn line(case: &Value) -> Value {
    decision_line(Some("case"), &evaluate(case), false)
}

#[test]
fn a_line_has_every_field_in_order() {
    let written = line(&case(json!([
        {"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"},
        {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"},
        {"Sid": "Vpc", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
         "Condition": {"StringEquals": {"AWS:sourcevpce": "vpce-1"}}},
        {"Sid": "Far", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::x",
         "Condition": {"StringEquals": {"aws:username": "bob"}}},
        {"Sid": "Other", "Effect": "Allow", "Action": "ec2:*", "Resource": "*"},
    ])));
    assert_eq!(
        written,
        json!({
            "name": "case",
            "decision": "allow",
            "denier": null,
            "deniers": [],
            "depends_on": [],
            "matched": [{"policy": "own", "type": "identity", "statement": "Read", "effect": "Allow"}],
            "near_misses": [
                {"policy": "own", "type": "identity", "statement": "Vpc", "failed": ["condition:aws:SourceVpce"]},
                {"policy": "own", "type": "identity", "statement": "2", "failed": ["action"]},
            ],
            "warnings": [],
            "rules": [{
                "layer": "identity",
                "rule": "everything is denied unless a policy allows it",
                "page": "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html",
                "status": "documented",
            }],
        })
    );
    let keys: Vec<&String> = written.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "name",
            "decision",
            "denier",
            "deniers",
            "depends_on",
            "matched",
            "near_misses",
            "warnings",
            "rules"
        ]
    );
}

#[test]
fn brief_and_check() {
    let mut allowed = case(json!({"Effect": "Allow", "Action": "*", "Resource": "*"}));
    allowed["expected"] = json!("explicitDeny");
    allowed["expected_denier"] = json!("scp");
    let mut denied = case(json!([]));
    denied["expected"] = json!("implicitDeny");
    denied["expected_denier"] = json!("identity");
    denied["expected_all_deniers"] = json!(["identity"]);
    let input = format!("{allowed}\n{denied}\n");
    let write = |options: BatchOptions| {
        let mut output = Vec::new();
        let summary = run_batch(input.as_bytes(), &mut output, options).unwrap();
        let lines: Vec<Value> = String::from_utf8(output)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        (summary, lines)
    };
    let (_, lines) = write(BatchOptions {
        brief: true,
        check: false,
    });
    assert_eq!(
        lines[1],
        json!({"name": "case", "decision": "implicitDeny", "denier": "identity",
               "deniers": ["identity"], "depends_on": []})
    );
    let (summary, lines) = write(BatchOptions {
        brief: false,
        check: true,
    });
    assert_eq!((summary.cases, summary.differ), (2, 1));
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["decision"], "allow");
    assert_eq!(
        lines[0]["expected"],
        json!({"decision": "explicitDeny", "denier": "scp"})
    );
    assert_eq!(lines[1], json!({"checked": 2, "differ": 1, "errors": 0}));
}

#[track_caller]
fn only_reason(case: &Value, part: &str) -> String {
    let decision = evaluate(case);
    let mut misses = decision
        .legs
        .iter()
        .flat_map(|leg| &leg.layers)
        .flat_map(|layer| &layer.near_misses);
    let miss = misses.next().unwrap();
    assert!(misses.next().is_none());
    assert_eq!(miss.failed.len(), 1);
    assert_eq!(miss.failed[0].part.name(), part);
    miss.failed[0].reason.clone()
}

#[test]
fn reasons_say_what_was_asked_for_and_what_the_request_has() {
    let near = |statement: Value| case(json!([statement]));
    assert_eq!(
        only_reason(
            &near(json!({"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"})),
            "action"
        ),
        "the statement allows s3:PutObject, the request was for s3:GetObject"
    );
    assert_eq!(
        only_reason(
            &near(
                json!({"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::${aws:username}/*"})
            ),
            "resource"
        ),
        "the statement covers arn:aws:s3:::alice/*, the request was for \
         arn:aws:s3:::logs/2026/a.gz"
    );
    assert_eq!(
        only_reason(
            &near(json!({"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::logs"})),
            "resource"
        ),
        "the statement covers arn:aws:s3:::logs, the request was for \
         arn:aws:s3:::logs/2026/a.gz; s3:GetObject works on objects (`BUCKET/*`), not on the bucket"
    );
    let condition = |operator: &str, key: &str, value: Value| {
        near(json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*",
                    "Condition": {operator: {key: value}}}))
    };
    assert_eq!(
        only_reason(
            &condition("StringEquals", "aws:SourceVpce", json!("vpce-1")),
            "condition:aws:SourceVpce"
        ),
        "`aws:SourceVpce` is not in the request; the statement asks for StringEquals \"vpce-1\""
    );
    assert_eq!(
        only_reason(
            &condition("StringEquals", "aws:UserName", json!(["bob", "carol"])),
            "condition:aws:username"
        ),
        "the statement asks `aws:username` for StringEquals \"bob\", \"carol\", the request has \"alice\""
    );
    let mut listed = condition(
        "StringEquals",
        "aws:CalledVia",
        json!("athena.amazonaws.com"),
    );
    listed["context"] = json!({"aws:CalledVia": ["athena.amazonaws.com"]});
    assert!(only_reason(&listed, "condition:aws:CalledVia").contains("has a list of values"),);
}

#[test]
fn every_layer_names_its_rule_its_page_and_whether_aws_documents_it() {
    let mut asked = case(json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}]));
    asked["scps"] = json!([[{"name": "full", "policy": {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"}]}}], []]);
    let decision = evaluate(&asked);
    assert_eq!(decision.deniers, [LayerKind::Scp]);
    let layers = &decision.legs[0].layers;
    let kinds: Vec<LayerKind> = layers.iter().map(|layer| layer.kind).collect();
    assert_eq!(kinds, LayerKind::ALL);
    for layer in layers {
        let (guide, page) = layer.rule.page.split_once(':').unwrap();
        assert!(["IAM", "ORG", "KMS", "VPC", "STS"].contains(&guide) && !page.is_empty());
        assert!(!layer.rule.words.is_empty() && !layer.reason.is_empty());
    }
    let scp = &layers[3];
    assert_eq!(scp.status, LayerStatus::ImplicitDeny);
    assert_eq!(scp.rule.status, RuleStatus::Contradicted);
    assert_eq!(
        scp.reason,
        "no service control policy at `account` allows s3:GetObject"
    );
    assert_eq!(layers[6].status, LayerStatus::Allows);
    assert_eq!(layers[7].status, LayerStatus::NotGiven);
    assert_eq!(layers[8].status, LayerStatus::NotApplicable);
}

#[test]
fn what_holds_only_because_a_key_is_absent_is_said() {
    let asked = case(json!([
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Sid": "Vpc", "Effect": "Deny", "Action": "*", "Resource": "*",
         "Condition": {"StringNotEquals": {"aws:sourcevpce": "vpce-1"}}},
        {"Sid": "Mfa", "Effect": "Deny", "Action": "*", "Resource": "*",
         "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}},
    ]));
    let decision = evaluate(&asked);
    assert_eq!(decision.deniers, [LayerKind::Identity]);
    let matched = &decision.legs[0].layers[6].matched;
    assert!(matched[0].because_absent.is_empty());
    assert_eq!(matched[1].because_absent, ["aws:SourceVpce"]);
    let says = |text: &str| {
        decision
            .warnings
            .iter()
            .any(|warning| warning.contains(text))
    };
    assert!(says(
        "`own/Vpc` denies this because `aws:SourceVpce` is not in the request"
    ));
    assert!(says(
        "`own/Mfa` would deny this, but `aws:MultiFactorAuthPresent` is not in the request"
    ));
}

#[test]
fn every_resource_and_every_leg_is_shown() {
    let mut asked =
        case(json!([{"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*"}]));
    asked["action"] = json!("ec2:RunInstances");
    asked["resources"] = json!([
        {"arn": "arn:aws:ec2:us-east-1:111122223333:subnet/subnet-1"},
        {"arn": "arn:aws:ec2:us-east-1::image/ami-1"},
    ]);
    asked["also_requires"] = json!([
        {"action": "iam:PassRole", "resource": "arn:aws:iam::111122223333:role/app",
         "context": {"iam:PassedToService": "ec2.amazonaws.com"}},
    ]);
    let decision = evaluate(&asked);
    let legs: Vec<(&str, String, &str)> = decision
        .legs
        .iter()
        .map(|leg| {
            (
                leg.action.as_str(),
                leg.resource.to_string(),
                leg.outcome.name(),
            )
        })
        .collect();
    assert_eq!(
        legs,
        [
            (
                "ec2:RunInstances",
                "arn:aws:ec2:us-east-1:111122223333:subnet/subnet-1".to_owned(),
                "allow"
            ),
            (
                "ec2:RunInstances",
                "arn:aws:ec2:us-east-1::image/ami-1".to_owned(),
                "allow"
            ),
            (
                "iam:PassRole",
                "arn:aws:iam::111122223333:role/app".to_owned(),
                "implicitDeny"
            ),
        ]
    );
    assert_eq!(decision.outcome.name(), "implicitDeny");
    assert_eq!(decision.deniers, [LayerKind::Identity]);
}
