//! Every proposal over the shipped templates as a difference: carried out on the file, the file read
//! again, and the request decided again.

use std::fs;
use std::path::{Path, PathBuf};

use iamscope::denial;
use iamscope::explain::{Answer, answer};
use iamscope::iam::Inventory;
use iamscope::load::{Progress, Settings, SourceSpec, load};
use iamscope::report::differences;

const ACCOUNT: &str = "123456789012";

fn session(role: &str) -> String {
    format!("arn:aws:sts::{ACCOUNT}:assumed-role/{role}/s")
}

fn user(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:user/{name}")
}

/// Who was denied what, by template.
fn denials() -> Vec<(&'static str, String, String, String)> {
    let pipeline = || session("AWSCodePipelineServiceRole-eu-west-2-MyFirstPipeline");
    let credentials = || user("OwnstakCloudCredentialsUser");
    let arn = |rest: &str| format!("arn:aws:{}", rest.replace("ACCOUNT", ACCOUNT));
    let mut all = Vec::new();
    let mut add = |template: &'static str, who: String, requests: &[(&str, &str)]| {
        for (action, resource) in requests {
            all.push((template, who.clone(), (*action).to_owned(), arn(resource)));
        }
    };
    add(
        "codepipeline_service_role.json",
        pipeline(),
        &[
            (
                "ecs:TagResource",
                "ecs:eu-west-2:ACCOUNT:task-definition/web:3",
            ),
            ("sns:Publish", "sns:eu-west-2:ACCOUNT:alerts"),
            ("dynamodb:GetItem", "dynamodb:eu-west-2:ACCOUNT:table/t"),
            ("logs:CreateLogGroup", "logs:eu-west-2:ACCOUNT:log-group:g"),
            ("ecs:DeleteService", "ecs:eu-west-2:ACCOUNT:service/c/s"),
            ("iam:GetRole", "iam::ACCOUNT:role/x"),
        ],
    );
    add(
        "gitpod_oidc.yml",
        session("gitpod-developer"),
        &[
            ("s3:GetObject", "s3:::bucket/key"),
            ("iam:ListRoles", "iam::ACCOUNT:role/"),
            ("iam:GetRole", "iam::ACCOUNT:role/x"),
            (
                "organizations:DescribeAccount",
                "organizations::ACCOUNT:account/o-a/1",
            ),
            ("ec2:StopInstances", "ec2:us-east-1:ACCOUNT:instance/i-1"),
            ("sts:AssumeRole", "iam::ACCOUNT:role/gitpod-automation"),
            (
                "logs:PutLogEvents",
                "logs:us-east-1:ACCOUNT:log-group:g:log-stream:s",
            ),
            (
                "cloudformation:DeleteStack",
                "cloudformation:us-east-1:ACCOUNT:stack/x/1",
            ),
        ],
    );
    add(
        "gitpod_oidc.yml",
        session("gitpod-automation"),
        &[
            (
                "cloudformation:DeleteStack",
                "cloudformation:us-east-1:ACCOUNT:stack/gitpod-x/1",
            ),
            (
                "cloudformation:CreateChangeSet",
                "cloudformation:us-east-1:ACCOUNT:stack/other/1",
            ),
            ("s3:PutObject", "s3:::bucket/key"),
            ("iam:PassRole", "iam::ACCOUNT:role/x"),
        ],
    );
    add(
        "matillion_agent.yml",
        session("mat-TaskRole-1ABCDEFGHIJK"),
        &[
            ("s3:PutObject", "s3:::acme/x"),
            ("s3:ListBucket", "s3:::acme"),
            ("s3:GetObject", "s3:::other/run/1.csv"),
            ("sqs:SendMessage", "sqs:eu-west-1:ACCOUNT:q"),
            (
                "secretsmanager:GetSecretValue",
                "secretsmanager:eu-west-1:ACCOUNT:secret:other",
            ),
        ],
    );
    add(
        "matillion_agent.yml",
        session("mat-TaskExecutionRole-1ABCDEFGHIJK"),
        &[
            ("logs:CreateLogGroup", "logs:eu-west-1:ACCOUNT:log-group:g"),
            ("s3:GetObject", "s3:::other/x"),
        ],
    );
    add(
        "ownstak_minimal.yml",
        credentials(),
        &[
            ("s3:GetBucketPolicy", "s3:::ownstak-x"),
            ("iam:PassRole", "iam::ACCOUNT:role/admin"),
            ("rds:DeleteDBInstance", "rds:eu-west-1:ACCOUNT:db:x"),
            ("ec2:RebootInstances", "ec2:eu-west-1:ACCOUNT:instance/i-1"),
            (
                "lambda:DeleteFunction",
                "lambda:eu-west-1:ACCOUNT:function:f",
            ),
            ("ecs:RunTask", "ecs:eu-west-1:ACCOUNT:task-definition/t:1"),
        ],
    );
    add(
        "ownstak_minimal.yml",
        session("ownstak-lambda-execution-role"),
        &[
            ("s3:DeleteObject", "s3:::ownstak-x/y"),
            ("s3:GetObject", "s3:::other/y"),
            ("s3:ListBucket", "s3:::other"),
        ],
    );
    add(
        "ownstak_minimal.yml",
        session("ownstak-ecs-task-role"),
        &[
            ("s3:GetObject", "s3:::ownstak-x/y"),
            ("lambda:GetFunction", "lambda:eu-west-1:ACCOUNT:function:f"),
        ],
    );
    // A trust policy, and a user of whom nothing was loaded.
    add(
        "ownstak_minimal.yml",
        user("bob"),
        &[("sts:AssumeRole", "iam::ACCOUNT:role/ownstak-ecs-task-role")],
    );
    for template in [
        "gitpod_enterprise.template.json",
        "gitpod_enterprise.to_entries.json",
    ] {
        for role in [
            "stack-lambdaappcontrollerroleD-1ABCDEFGHIJK",
            "stack-lambdaclusterctrldcroleA-1ABCDEFGHIJK",
            "stack-vpcflowlogsroleA49E581D-1ABCDEFGHIJK",
        ] {
            add(
                template,
                session(role),
                &[
                    ("dynamodb:PutItem", "dynamodb:us-east-1:ACCOUNT:table/t"),
                    ("s3:PutObject", "s3:::foobar2/k"),
                    ("ec2:StopInstances", "ec2:us-east-1:ACCOUNT:instance/i-1"),
                    ("s3:ListBucket", "s3:::foobar"),
                ],
            );
        }
    }
    all
}

fn loaded(path: &Path) -> Inventory {
    // The pipeline's role has its region in its name.
    let pipeline = path.ends_with("codepipeline_service_role.json");
    let settings = Settings {
        account: Some(ACCOUNT.to_owned()),
        region: pipeline.then(|| "eu-west-2".to_owned()),
        ..Settings::default()
    };
    let path = SourceSpec::Path(path.to_owned());
    load(&[path], &settings, &Progress::default()).unwrap()
}

fn answered(message: &str, path: &Path) -> (Answer, Inventory) {
    let inventory = loaded(path);
    (answer(&denial::read(message), &inventory), inventory)
}

/// Carries a unified difference out, strictly: every line of context has to be there.
fn patched(text: &str, difference: &str) -> String {
    let old: Vec<&str> = text.lines().collect();
    let mut new: Vec<&str> = Vec::new();
    let mut at = 0;
    for line in difference.lines().skip(2) {
        if let Some(head) = line.strip_prefix("@@ -") {
            let start: usize = head.split([',', ' ']).next().unwrap().parse().unwrap();
            new.extend(&old[at..start - 1]);
            at = start - 1;
            continue;
        }
        let (sign, content) = line.split_at(1);
        if sign != "+" {
            assert_eq!(old[at], content);
            at += 1;
        }
        if sign != "-" {
            new.push(content);
        }
    }
    new.extend(&old[at..]);
    format!("{}\n", new.join("\n"))
}

#[test]
fn a_template_with_the_difference_applied_allows_the_request() {
    let folder = tempfile::tempdir().unwrap();
    let (mut proved, mut denied, mut of_documents) = (0, 0, Vec::new());
    let mut lines = 0;
    for (template, who, action, resource) in denials() {
        let source = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/templates");
        let text = fs::read_to_string(source.join(template)).unwrap();
        let path = folder.path().join(template);
        fs::write(&path, &text).unwrap();
        let message =
            format!("User: {who} is not authorized to perform: {action} on resource: {resource}");
        let (before, inventory) = answered(&message, &path);
        let name = format!("{template}: {action} by {who}");
        let outcome = before.evaluated.as_ref().unwrap().decision.outcome;
        if before.proposals.list.is_empty() {
            assert_eq!(outcome, iamscope::simulate::Outcome::Allow, "{name}");
            continue;
        }
        denied += 1;
        for (number, proposal) in before.proposals.list.iter().enumerate() {
            let read = |path: &str| fs::read_to_string(path).ok();
            let difference = differences(proposal, &inventory, &read);
            let name = format!("{name}, proposal {}:\n{difference}", number + 1);
            let bare = path.strip_prefix("/").unwrap_or(&path).display();
            let head = format!("--- a/{bare}\t\n+++ b/{bare}\t\n");
            if !difference.starts_with(&head) || difference.matches("\n+++ ").count() > 1 {
                of_documents.push(format!("{action} {}", number + 1));
                continue;
            }
            let after = patched(&text, &difference);
            fs::write(&path, &after).unwrap();
            let (again, changed) = answered(&message, &path);
            let decision = &again.evaluated.as_ref().unwrap().decision;
            assert_eq!(decision.outcome, proposal.outcome, "{name}");
            let problems = |inventory: &Inventory| inventory.accounts[0].problems.len();
            assert_eq!(problems(&changed), problems(&inventory), "{name}");
            let changed = difference
                .lines()
                .filter(|line| line.starts_with(['+', '-']));
            lines += changed.count() - 2;
            fs::write(&path, &text).unwrap();
            proved += 1;
        }
    }
    assert!(denied >= 50, "{denied}");
    assert!(proved >= 90, "{proved}");
    // What no file shows plainly: a role that has no policy yet to add a statement to.
    let unplain: Vec<&String> = of_documents.iter().collect();
    assert!(unplain.len() <= 12, "{unplain:?}");
    // Small: a few lines for each change.
    assert!(lines / proved <= 8, "{lines} lines for {proved} proposals");
}
