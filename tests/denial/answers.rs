//! The answers to denials, over the templates that ship: found, agreed with, explained, mended.

use std::path::PathBuf;

use iamscope::denial::{self, Denial};
use iamscope::explain::{Answer, Finding, Verdict, answer, answer_page};
use iamscope::iam::Inventory;
use iamscope::load::{Progress, Settings, SourceSpec, load};
use iamscope::report::{answer_json, answer_markdown, plain};
use iamscope::simulate::{LayerKind, Outcome};

fn template(name: &str) -> SourceSpec {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/templates");
    SourceSpec::Path(folder.join(name))
}

/// Loads a template for the account and region of a denial.
fn loaded(name: &str, denial: &Denial) -> Inventory {
    let home = denial::home(denial, false);
    let settings = Settings {
        account: home.account,
        region: home.region,
        partition: home.partition,
        ..Settings::default()
    };
    load(&[template(name)], &settings, &Progress::default()).unwrap()
}

fn answered(name: &str, message: &str) -> (Answer, Inventory) {
    let denial = denial::read(message);
    let inventory = loaded(name, &denial);
    (answer(&denial, &inventory), inventory)
}

/// Paths differ from machine to machine.
fn page(answer: &Answer, inventory: &Inventory) -> String {
    let text = plain(&answer_page(answer, inventory), Default::default());
    let folder = format!("{}/", env!("CARGO_MANIFEST_DIR"));
    let version = format!("iamscope {}", env!("CARGO_PKG_VERSION"));
    let date = iamscope::catalog::data_date();
    text.replace(&folder, "")
        .replace(&version, "iamscope VERSION")
        .replace(date, "DATE")
}

const PIPELINE: &str = "User: arn:aws:sts::123456789012:assumed-role/AWSCodePipelineServiceRole-eu-west-2-MyFirstPipeline/1 is not authorized to perform: ecs:TagResource on resource: arn:aws:ecs:eu-west-2:123456789012:task-definition/web:3 because no identity-based policy allows the ecs:TagResource action";

#[test]
fn a_pipeline_that_fails() {
    let (answer, inventory) = answered("codepipeline_service_role.json", PIPELINE);
    assert_eq!(
        answer.found,
        Finding::Found("arn:aws:iam::123456789012:role/service-role/AWSCodePipelineServiceRole-eu-west-2-MyFirstPipeline".to_owned())
    );
    assert_eq!(answer.agreement.verdict, Verdict::Agree);
    // The change of one action in the statement for ECS.
    let one_action = answer.proposals.list.iter().any(|proposal| {
        proposal.edits.iter().all(|edit| {
            let actions = |value: &Option<serde_json::Value>| {
                value
                    .as_ref()
                    .and_then(|own| own["Action"].as_array().map(Vec::len))
            };
            let text = edit
                .after
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default();
            text.contains("ecs:UpdateService")
                && text.contains("ecs:TagResource")
                && actions(&edit.after) == actions(&edit.before).map(|count| count + 1)
        })
    });
    assert!(one_action, "{:#?}", answer.proposals.list);
    insta::assert_snapshot!("pipeline", page(&answer, &inventory));
    let markdown = answer_markdown(&answer, &inventory);
    assert!(
        markdown.contains("+        \"ecs:TagResource\""),
        "{markdown}"
    );
}

#[test]
fn a_boundary_denies_what_nothing_allows_either() {
    let (answer, inventory) = answered(
        "gitpod_oidc.yml",
        "User: arn:aws:sts::123456789012:assumed-role/gitpod-developer/s is not authorized to perform: iam:ListRoles on resource: arn:aws:iam::123456789012:role/ with an explicit deny in a permissions boundary",
    );
    assert_eq!(answer.agreement.verdict, Verdict::Agree);
    let decision = &answer.evaluated.as_ref().unwrap().decision;
    assert_eq!(decision.outcome, Outcome::ExplicitDeny);
    assert_eq!(decision.deniers, [LayerKind::Boundary]);
    insta::assert_snapshot!("boundary", page(&answer, &inventory));
}

#[test]
fn a_control_policy_that_was_not_loaded_explains_the_difference() {
    let (answer, inventory) = answered(
        "codepipeline_service_role.json",
        "User: arn:aws:sts::123456789012:assumed-role/AWSCodePipelineServiceRole-eu-west-2-MyFirstPipeline/1 is not authorized to perform: ecs:UpdateService on resource: arn:aws:ecs:eu-west-2:123456789012:service/a/b with an explicit deny in a service control policy: arn:aws:organizations::987654321098:policy/o-abcdefghij/service_control_policy/p-abcd1234",
    );
    assert_eq!(answer.agreement.verdict, Verdict::OnlyAws);
    let missing = answer.agreement.missing.join("; ");
    assert!(missing.contains("service control policy"), "{missing}");
    assert!(missing.contains("p-abcd1234"), "{missing}");
    assert_eq!(
        answer.proposals.blocked,
        Some(iamscope::analyze::Blocked::Organisation)
    );
    insta::assert_snapshot!("control_policy", page(&answer, &inventory));
}

#[test]
fn a_role_that_was_not_loaded_is_said_to_be() {
    let (answer, inventory) = answered(
        "gitpod_oidc.yml",
        "User: arn:aws:sts::123456789012:assumed-role/gitpod-develop/s is not authorized to perform: s3:GetObject because no identity-based policy allows the s3:GetObject action",
    );
    let Finding::Missing(alike) = &answer.found else {
        panic!("{:?}", answer.found);
    };
    assert!(
        alike
            .iter()
            .any(|name| name.ends_with("role/gitpod-developer")),
        "{alike:?}"
    );
    assert_eq!(answer.agreement.verdict, Verdict::Depends);
    assert!(answer.proposals.list.is_empty());
    insta::assert_snapshot!("missing_role", page(&answer, &inventory));
}

#[test]
fn a_role_that_is_not_named_is_looked_for_among_those_that_trust_tokens() {
    let (answer, inventory) = answered(
        "gitpod_oidc.yml",
        "Error: Could not assume role with OIDC: Not authorized to perform sts:AssumeRoleWithWebIdentity",
    );
    let roles: Vec<String> = answer
        .may_mean
        .iter()
        .map(|own| own.role.to_string())
        .collect();
    let [developer, automation] = roles.as_slice() else {
        panic!("{roles:?}");
    };
    assert!(developer.ends_with(":role/gitpod-developer"), "{developer}");
    assert!(
        automation.ends_with(":role/gitpod-automation"),
        "{automation}"
    );
    insta::assert_snapshot!("role_not_named", page(&answer, &inventory));
    // Named, it is the one.
    let (named, _) = answered(
        "gitpod_oidc.yml",
        "User: arn:aws:iam::123456789012:user/ana is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/gitpod-developer",
    );
    assert!(named.may_mean.is_empty());
}

#[test]
fn an_event_brings_its_context() {
    let event = serde_json::json!({
        "eventTime": "2026-09-01T10:00:00Z",
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject",
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "198.51.100.7",
        "errorCode": "AccessDenied",
        "errorMessage": "Access Denied",
        "requestParameters": { "bucketName": "other", "key": "a.txt" },
        "recipientAccountId": "123456789012",
        "userIdentity": {
            "type": "AssumedRole",
            "arn": "arn:aws:sts::123456789012:assumed-role/gitpod-developer/s",
            "accountId": "123456789012",
            "sessionContext": { "sessionIssuer": {
                "type": "Role",
                "arn": "arn:aws:iam::123456789012:role/gitpod-developer"
            } }
        }
    });
    let (answer, _) = answered("gitpod_oidc.yml", &event.to_string());
    assert_eq!(answer.agreement.verdict, Verdict::BothDeny);
    let request = &answer.evaluated.as_ref().unwrap().request;
    assert_eq!(
        request.context.get("aws:SourceIp"),
        Some(&iamscope::simulate::KeyValue::One(
            "198.51.100.7".to_owned()
        ))
    );
    assert_eq!(
        request.resources[0].arn.to_string(),
        "arn:aws:s3:::other/a.txt"
    );
    assert!(!answer.proposals.list.is_empty());
}

/// Denials of every role of the shipped templates, by actions that AWS could have denied.
#[test]
fn denials_over_the_templates_are_answered_and_mended() {
    let requests = [
        ("iam:CreateUser", "arn:aws:iam::123456789012:user/x"),
        ("s3:DeleteBucket", "arn:aws:s3:::somebody-elses"),
        (
            "dynamodb:DeleteTable",
            "arn:aws:dynamodb:eu-west-1:123456789012:table/t",
        ),
        ("organizations:LeaveOrganization", "*"),
        (
            "kms:ScheduleKeyDeletion",
            "arn:aws:kms:eu-west-1:123456789012:key/1234",
        ),
        ("sts:AssumeRole", "arn:aws:iam::210987654321:role/elsewhere"),
        (
            "ec2:TerminateInstances",
            "arn:aws:ec2:eu-west-1:123456789012:instance/i-1",
        ),
        (
            "secretsmanager:PutSecretValue",
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:x-AbCdEf",
        ),
        (
            "sqs:SendMessage",
            "arn:aws:sqs:eu-west-1:210987654321:their-queue",
        ),
    ];
    let templates = [
        "gitpod_enterprise.template.json",
        "gitpod_oidc.yml",
        "ownstak_minimal.yml",
        "matillion_agent.yml",
        "codepipeline_service_role.json",
    ];
    let (mut answers, mut mended) = (0, 0);
    for name in templates {
        let settings = Settings {
            account: Some("123456789012".to_owned()),
            region: Some("eu-west-1".to_owned()),
            ..Settings::default()
        };
        let inventory = load(&[template(name)], &settings, &Progress::default()).unwrap();
        for role in inventory.accounts.iter().flat_map(|account| &account.roles) {
            let Some(role_name) = role.identity.name.as_plain() else {
                continue;
            };
            for (action, resource) in requests {
                let message = format!(
                    "User: arn:aws:sts::123456789012:assumed-role/{role_name}/s is not authorized to perform: \
                     {action} on resource: {resource} because no identity-based policy allows the {action} action"
                );
                let answer = answer(&denial::read(&message), &inventory);
                assert!(
                    matches!(answer.found, Finding::Found(_)),
                    "{name}: {message}"
                );
                let outcome = answer.evaluated.as_ref().unwrap().decision.outcome;
                answers += 1;
                // Whatever is proposed was proved; what is denied for certain can be mended.
                if outcome.is_deny() {
                    assert!(!answer.proposals.list.is_empty(), "{name}: {message}");
                    mended += 1;
                }
                let json = answer_json(&answer, &inventory);
                assert_eq!(json["action"], action);
                assert!(json["answer"]["verdict"].is_string());
            }
        }
    }
    assert!(answers >= 60 && mended >= 40, "{answers} {mended}");
}
