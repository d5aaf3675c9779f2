//! The program as a user runs it: stories on the shipped templates, answers, exit codes, errors.

#![allow(clippy::panic, clippy::unwrap_used)] // helpers of tests

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn run_with(input: &str, arguments: &[&str]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_iamscope"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that has no use for its input may be gone before it is written.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn run(arguments: &[&str]) -> Output {
    run_with("", arguments)
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn template(name: &str) -> String {
    format!("tests/fixtures/templates/{name}")
}

/// The decision on one request, as JSON.
fn simulate(arguments: &[&str]) -> Value {
    let output = run(&[&["simulate", "--format", "json"], arguments].concat());
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    serde_json::from_str(&stdout(&output)).unwrap()
}

#[track_caller]
fn decides(
    expected: &str,
    source: &[&str],
    principal: &str,
    action: &str,
    resource: &str,
) -> Value {
    let request = [
        "--principal",
        principal,
        "--action",
        action,
        "--resource",
        resource,
    ];
    let decision = simulate(&[source, &request].concat());
    assert_eq!(
        decision["decision"], expected,
        "{action} on {resource}: {decision}"
    );
    assert_eq!(decision["format"], 1);
    decision
}

#[test]
fn the_app_controller_reads_objects_and_cannot_list_them() {
    for source in [
        "gitpod_enterprise.template.json",
        "gitpod_enterprise.to_entries.json",
    ] {
        let source = template(source);
        let role = "lambda-app-controller-role";
        let read = decides(
            "allow",
            &[&source],
            role,
            "s3:GetObject",
            "arn:aws:s3:::foobar/any",
        );
        assert_eq!(read["matched"][0]["policy"], "lambdaappctrlpolicyF8E18B9E");
        let list = decides(
            "implicitDeny",
            &[&source],
            role,
            "s3:ListBucket",
            "arn:aws:s3:::foobar",
        );
        assert_eq!(list["denier"], "identity");
        assert_eq!(
            list["near_misses"][0]["policy"],
            "lambdaappctrlpolicyF8E18B9E"
        );
        // The whole trace: which part fails, and what it asks for beside what the request has.
        let layers = list["legs"][0]["layers"].as_array().unwrap();
        let identity = layers
            .iter()
            .find(|own| own["layer"] == "identity")
            .unwrap();
        assert_eq!(identity["status"], "implicitDeny");
        let failed = &identity["near_misses"][0]["failed"][0];
        assert_eq!(failed["part"], "action");
        assert_eq!(failed["expected"], "s3:GetObject");
        assert_eq!(failed["actual"], "s3:ListBucket");
    }
}

#[test]
fn the_customers_debug_role_reads_and_never_writes() {
    let role = "gitpod-customer-debug-access-role";
    let read = decides(
        "allow",
        &["--demo"],
        role,
        "s3:GetObject",
        "arn:aws:s3:::any/thing",
    );
    assert_eq!(read["matched"][0]["policy"], "ReadOnlyAccess");
    decides(
        "implicitDeny",
        &["--demo"],
        role,
        "s3:PutObject",
        "arn:aws:s3:::any/thing",
    );
    decides(
        "allow",
        &["--demo"],
        role,
        "eks:AccessKubernetesApi",
        "arn:aws:eks:us-east-1:123456789012:cluster/x",
    );
}

#[test]
fn gitpods_tokens_reach_the_role_of_their_subject_only() {
    let source = template("gitpod_oidc.yml");
    let request = |role: &str, subject: &str| {
        let inventory = run(&["tree", &source, "--format", "json"]);
        let tree: Value = serde_json::from_str(&stdout(&inventory)).unwrap();
        let roles = tree["roles"].as_array().unwrap();
        let found = roles.iter().find(|known| known["name"] == role).unwrap();
        let case = serde_json::json!({
            "name": role,
            "principal": {"type": "web-identity", "provider": "arn:aws:iam::123456789012:oidc-provider/api.gitpod.io/idp"},
            "action": "sts:AssumeRoleWithWebIdentity",
            "resource": found["arn"],
            "context": {"api.gitpod.io/idp:aud": "sts.amazonaws.com", "api.gitpod.io/idp:sub": subject},
            "resource_policy": found["trust"],
        });
        let output = run_with(&case.to_string(), &["simulate", "--batch", "-"]);
        let answer: Value = serde_json::from_str(&stdout(&output)).unwrap();
        answer["decision"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        request("gitpod-developer", "https://github.com/example-org/service"),
        "allow"
    );
    assert_eq!(
        request(
            "gitpod-automation",
            "https://github.com/example-org/service"
        ),
        "implicitDeny"
    );
    assert_eq!(
        request("gitpod-automation", "https://github.com/example-org/deploy"),
        "allow"
    );
    assert_eq!(
        request("gitpod-developer", "https://github.com/example-orgs/x"),
        "implicitDeny"
    );
    // The same asked of the template itself.
    for (subject, decision) in [("deploy", "allow"), ("service", "implicitDeny")] {
        let subject = format!("api.gitpod.io/idp:sub=https://github.com/example-org/{subject}");
        let output = run(&[
            "simulate",
            &source,
            "--principal",
            "arn:aws:iam::123456789012:oidc-provider/api.gitpod.io/idp",
            "--action",
            "sts:AssumeRoleWithWebIdentity",
            "--resource",
            "arn:aws:iam::123456789012:role/gitpod-automation",
            "--context",
            "api.gitpod.io/idp:aud=sts.amazonaws.com",
            "--context",
            &subject,
            "--format",
            "json",
        ]);
        let answer: Value = serde_json::from_str(&stdout(&output)).unwrap();
        assert_eq!(answer["decision"], decision, "{subject}");
    }
    let listing = decides(
        "explicitDeny",
        &[&source],
        "gitpod-developer",
        "iam:ListRoles",
        "*",
    );
    assert_eq!(listing["denier"], "boundary");
    let reading = decides(
        "implicitDeny",
        &[&source],
        "gitpod-developer",
        "s3:GetObject",
        "arn:aws:s3:::a/b",
    );
    assert_eq!(reading["deniers"], serde_json::json!(["identity"]));
}

#[test]
fn the_pipeline_updates_services_and_tags_nothing() {
    let source = template("codepipeline_service_role.json");
    // Its name holds the region, which the resource says; `tree` shows it with the one that is assumed.
    let role = "AWSCodePipelineServiceRole-eu-west-2-MyFirstPipeline";
    let source = [source.as_str()];
    decides(
        "allow",
        &source,
        role,
        "ecs:UpdateService",
        "arn:aws:ecs:eu-west-2:123456789012:service/c/web",
    );
    decides(
        "implicitDeny",
        &source,
        role,
        "ecs:TagResource",
        "arn:aws:ecs:eu-west-2:123456789012:task-definition/web:3",
    );
    decides(
        "allow",
        &source,
        "AWSCodePipelineServiceRole-us-east-1-MyFirstPipeline",
        "ecs:UpdateService",
        "arn:aws:ecs:eu-west-2:123456789012:service/c/web",
    );
}

#[test]
fn ownstak_passes_its_own_roles_only() {
    let source = template("ownstak_minimal.yml");
    let pass = |expected, role: &str| {
        let arn = format!("arn:aws:iam::123456789012:role/{role}");
        decides(
            expected,
            &[&source],
            "OwnstakCloudCredentialsUser",
            "iam:PassRole",
            &arn,
        );
    };
    pass("allow", "ownstak-ecs-task-role");
    pass("implicitDeny", "admin");
}

#[test]
fn policies_of_one_resource_that_a_template_writes_in_parts_decide_together() {
    let text = r#"
Resources:
  Work: {Type: AWS::Lambda::Function, Properties: {FunctionName: work}}
  One: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Work, Action: "lambda:InvokeFunction", Principal: events.amazonaws.com}}
  Two: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !GetAtt Work.Arn, Action: "lambda:InvokeFunction", Principal: sns.amazonaws.com}}
  Bucket: {Type: AWS::S3::Bucket}
  Open:
    Type: AWS::S3::BucketPolicy
    Properties: {Bucket: !Ref Bucket, PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: "*", Action: "s3:GetObject", Resource: !Sub "${Bucket.Arn}/*"}]}}
  Closed:
    Type: AWS::S3::BucketPolicy
    Properties: {Bucket: !Ref Bucket, PolicyDocument: {Version: "2012-10-17", Statement: [{Sid: Closed, Effect: Deny, Principal: "*", Action: "s3:*", Resource: !Sub "${Bucket.Arn}/secret/*"}]}}
"#;
    let decided = |principal: &str, action: &str, resource: &str| {
        let arguments = [
            "simulate",
            "-",
            "--format",
            "json",
            "--assume-absent",
            "--principal",
            principal,
            "--action",
            action,
            "--resource",
            resource,
        ];
        let output = run_with(text, &arguments);
        let decision: Value = serde_json::from_str(&stdout(&output)).unwrap();
        let statements = decision["matched"].as_array().unwrap().iter();
        let statements: Vec<&str> = statements
            .filter_map(|matched| matched["statement"].as_str())
            .collect();
        format!(
            "{} by {}",
            decision["decision"].as_str().unwrap(),
            statements.join(" ")
        )
    };
    let invoke = "lambda:InvokeFunction";
    assert_eq!(
        decided("service:events.amazonaws.com", invoke, "Work"),
        "allow by 1"
    );
    assert_eq!(
        decided("service:sns.amazonaws.com", invoke, "${Work.Arn}"),
        "allow by 2"
    );
    assert_eq!(
        decided("anonymous", "s3:GetObject", "${Bucket}/x"),
        "allow by 1"
    );
    assert_eq!(
        decided("anonymous", "s3:GetObject", "Bucket/secret/x"),
        "explicitDeny by 1 Closed"
    );
}

#[test]
fn matillions_placeholders_decide_alike_before_and_after_they_are_filled() {
    let source = template("matillion_agent.yml");
    let filled = [source.as_str(), "--param", "BucketName=acme-staging"];
    let requests = [
        ("allow", "s3:ListBucket", "arn:aws:s3:::${BucketName}"),
        (
            "allow",
            "s3:GetObject",
            "arn:aws:s3:::${BucketName}/run/1.csv",
        ),
        (
            "implicitDeny",
            "s3:ListBucket",
            "arn:aws:s3:::${BucketName}/*",
        ),
        (
            "allow",
            "secretsmanager:GetSecretValue",
            "${PlatformKeySecretArn}",
        ),
        ("allow", "secretsmanager:ListSecrets", "*"),
        ("allow", "s3:ListBucket", "${BucketName}"),
        ("allow", "s3:GetObject", "${BucketName}/run/1.csv"),
        ("implicitDeny", "s3:ListBucket", "${BucketName}/*"),
    ];
    for (expected, action, resource) in requests {
        decides(expected, &[&source], "TaskRole", action, resource);
        decides(expected, &filled, "TaskRole", action, resource);
        if resource.starts_with("arn:") {
            let literal = resource.replace("${BucketName}", "acme-staging");
            decides(expected, &filled, "TaskRole", action, &literal);
        }
    }
    decides(
        "implicitDeny",
        &filled,
        "TaskRole",
        "s3:GetObject",
        "arn:aws:s3:::bucket-name/x",
    );
}

#[test]
fn expectations_and_checks_set_the_exit_code() {
    let request = [
        "simulate",
        "--demo",
        "--principal",
        "gitpod-customer-debug-access-role",
        "--action",
        "s3:PutObject",
        "--resource",
        "arn:aws:s3:::a/b",
    ];
    assert_eq!(
        code(&run(&[&request[..], &["--expect", "deny"]].concat())),
        0
    );
    assert_eq!(
        code(&run(&[&request[..], &["--expect", "allow"]].concat())),
        1
    );
    assert_eq!(
        code(&run(&[
            "simulate",
            "--batch",
            "tests/vectors/decisions.jsonl",
            "--check"
        ])),
        0
    );
    let wrong = r#"{"name": "x", "principal": {"type": "anonymous"}, "action": "s3:GetObject", "resource": "*", "expected": "allow"}"#;
    let checked = run_with(wrong, &["simulate", "--batch", "-", "--check"]);
    assert_eq!(code(&checked), 1);
    assert_eq!(stdout(&checked).lines().count(), 2);
}

/// What a template leaves open stays open: the case decides the same without the template.
#[test]
fn a_decision_leaves_as_a_case_that_is_checked_without_its_source() {
    let mut batch = String::new();
    for (file, parameters, principal, action, resource, expected) in [
        (
            "matillion_agent.yml",
            "BucketName=acme",
            "TaskRole",
            "s3:ListBucket",
            "arn:aws:s3:::acme",
            "allow",
        ),
        (
            "gitpod_oidc.yml",
            "Unused=x",
            "gitpod-developer",
            "iam:ListRoles",
            "*",
            "explicitDeny",
        ),
        (
            "codepipeline_service_role.json",
            "Unused=x",
            "CodePipelineServiceRole",
            "ecs:TagResource",
            "arn:aws:ecs:eu-west-2:123456789012:task-definition/web:3",
            "implicitDeny",
        ),
    ] {
        let output = run(&[
            "simulate",
            &template(file),
            "--param",
            parameters,
            "--principal",
            principal,
            "--action",
            action,
            "--resource",
            resource,
            "--format",
            "case",
        ]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        let line = stdout(&output);
        let case: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(case["expected"], expected, "{line}");
        assert_eq!(line.lines().count(), 1);
        batch.push_str(&line);
    }
    let checked = run_with(&batch, &["simulate", "--batch", "-", "--check"]);
    assert_eq!(code(&checked), 0, "{}", stdout(&checked));
    assert_eq!(
        stdout(&checked).trim(),
        r#"{"checked":3,"differ":0,"errors":0}"#
    );
    // Another policy under the same expectation is told.
    let changed = batch.replacen("s3:ListBucket\"", "s3:ListBuckets\"", 1);
    let checked = run_with(&changed, &["simulate", "--batch", "-", "--check"]);
    assert_eq!(code(&checked), 1, "{}", stdout(&checked));
}

#[test]
fn a_bad_line_of_a_batch_is_reported_in_its_place() {
    let good = r#"{"name": "p", "policy_type": "scp", "text": "{}"}"#;
    let output = run_with(
        &format!("{good}\nnot json\n{good}\n"),
        &["lint", "--batch", "-"],
    );
    assert_eq!(code(&output), 0);
    let lines: Vec<Value> = stdout(&output)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[1]["line"], 2);
    assert_eq!(lines[2]["valid"], false);
}

#[test]
fn a_batch_to_lint_tells_what_a_source_tells_and_stays_valid() {
    let statements = [
        r#"{"Effect": "Allow", "Action": "s3:ListObjects", "Resource": "*"}"#,
        r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::acme/*"}"#,
        r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
            "Condition": {"StringEquals": {"s3:prefix": "x"}}}"#,
    ];
    let parsed = |output: &Output| -> Value { serde_json::from_str(&stdout(output)).unwrap() };
    for statement in statements {
        let policy = format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#);
        let source = parsed(&run_with(&policy, &["lint", "-", "--format", "json"]));
        let case = serde_json::json!({ "name": "p", "policy_type": "identity", "text": policy });
        let answer = parsed(&run_with(&case.to_string(), &["lint", "--batch", "-"]));
        assert_eq!(answer["valid"], true);
        let messages = |value: &Value| -> Vec<String> {
            let problems = value["problems"].as_array().unwrap();
            problems
                .iter()
                .map(|problem| problem["message"].to_string())
                .collect()
        };
        assert_eq!(messages(&answer), messages(&source));
        assert_eq!(messages(&answer).len(), 1, "{answer}");
    }
}

#[test]
fn what_cannot_be_read_is_one_clear_error() {
    let missing = run(&["tree", "no-such-file.yaml"]);
    assert_eq!((code(&missing), stderr(&missing).lines().count()), (2, 1));
    assert!(stderr(&missing).contains("no-such-file.yaml"));
    let broken = run_with("{\n  \"Version\": \n", &["lint", "-"]);
    assert_eq!(code(&broken), 2);
    assert!(
        stderr(&broken).contains("standard input:3:1:"),
        "{}",
        stderr(&broken)
    );
    let nobody = run(&[
        "simulate",
        "--demo",
        "--principal",
        "nobody",
        "--action",
        "s3:GetObject",
        "--resource",
        "*",
    ]);
    assert_eq!(code(&nobody), 2);
    assert!(stderr(&nobody).contains("no role or user `nobody`"));
    assert!(stderr(&nobody).contains("iamscope tree"), "the next step");
    let typeless = run(&[
        "simulate",
        "--demo",
        "--principal",
        "gitpod-customer-debug-access-role",
        "--action",
        "s3:GetObject",
    ]);
    assert_eq!(code(&typeless), 2);
    assert!(
        stderr(&typeless).contains("object ("),
        "{}",
        stderr(&typeless)
    );
    for (action, resource, words) in [
        ("s3", "arn:aws:s3:::b/k", "`s3` is no action"),
        ("s3:Get*", "arn:aws:s3:::b/k", "without wildcards"),
        (
            "s3:ListObjects",
            "arn:aws:s3:::b",
            "authorised as s3:ListBucket",
        ),
        ("s3:GetObject", "foobar", "`foobar` is no ARN"),
    ] {
        let role = "gitpod-customer-debug-access-role";
        let wrong = run(&[
            "simulate",
            "--demo",
            "--principal",
            role,
            "--action",
            action,
            "--resource",
            resource,
        ]);
        assert_eq!((code(&wrong), stderr(&wrong).lines().count()), (2, 1));
        assert!(stderr(&wrong).contains(words), "{}", stderr(&wrong));
    }
    let screen = run(&["--demo"]);
    assert_eq!(code(&screen), 2);
    assert!(
        stderr(&screen).contains("tree"),
        "names the subcommands: {}",
        stderr(&screen)
    );
}

#[test]
fn unknown_keys_make_an_answer_depend_and_absent_ones_do_not() {
    let policy = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}}}"#;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("boundary.json");
    std::fs::write(&path, policy.replace("Deny", "Allow")).unwrap();
    let boundary = path.to_str().unwrap();
    let request = [
        "--demo",
        "--principal",
        "gitpod-customer-debug-access-role",
        "--action",
        "s3:GetObject",
        "--resource",
        "arn:aws:s3:::a/b",
        "--boundary",
        boundary,
    ];
    let open = simulate(&request);
    assert_eq!(open["decision"], "depends");
    assert_eq!(open["depends_on"], serde_json::json!(["aws:SourceVpce"]));
    assert_eq!(
        simulate(&[&request[..], &["--assume-absent"]].concat())["decision"],
        "allow"
    );
    assert_eq!(
        simulate(&[&request[..], &["--context", "aws:sourcevpce=vpce-1"]].concat())["decision"],
        "implicitDeny"
    );
    assert_eq!(
        simulate(&[&request[..], &["--absent", "aws:SourceVpce"]].concat())["decision"],
        "allow"
    );
}

#[test]
fn a_policy_in_a_file_is_tried_on_a_principal_of_no_source() {
    let policy = "tests/fixtures/identity.json";
    let given = ["--identity-policy", policy];
    let alice = "arn:aws:iam::123456789012:user/alice";
    let inside = "arn:aws:s3:::acme/x";
    let allowed = decides("allow", &given, alice, "s3:GetObject", inside);
    assert_eq!(allowed["matched"][0]["policy"], policy);
    decides("implicitDeny", &given, alice, "s3:PutObject", inside);
}

#[test]
fn completions_and_the_man_page_name_every_subcommand() {
    for arguments in [&["completions", "bash"][..], &["man"]] {
        let text = stdout(&run(arguments));
        for name in ["simulate", "tree", "lint", "explain", "denied", "snapshot"] {
            assert!(text.contains(name), "{arguments:?} lacks {name}");
        }
    }
}

#[test]
fn filled_policies_leave_as_json() {
    let folder = tempfile::tempdir().unwrap();
    let source = template("matillion_agent.yml");
    let policies = folder.path().join("policies");
    let path = policies.to_str().unwrap();
    let filled = ["--param", "BucketName=acme-staging", "-o"];
    let output = run(&[&["export", &source][..], &filled, &[path]].concat());
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let mut names: Vec<String> = std::fs::read_dir(&policies)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(names.len() >= 4, "{names:?}");
    let texts: Vec<String> = names
        .iter()
        .map(|name| std::fs::read_to_string(policies.join(name)).unwrap())
        .collect();
    assert!(
        texts
            .iter()
            .all(|text| serde_json::from_str::<Value>(text).is_ok())
    );
    assert!(
        texts
            .iter()
            .any(|text| text.contains("arn:aws:s3:::acme-staging/*"))
    );
    assert!(!texts.iter().any(|text| text.contains("bucket-name")));

    let policy = r#"{"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::<BUCKET>"}]}"#;
    let open = run_with(policy, &["export", "-", "-o", "-"]);
    assert!(
        stderr(&open).contains("`<BUCKET>` is left to be filled in"),
        "{}",
        stderr(&open)
    );
    let filled = run_with(
        policy,
        &["export", "-", "--param", "<BUCKET>=acme", "-o", "-"],
    );
    assert_eq!(stderr(&filled), "");
    let json: Value = serde_json::from_str(&stdout(&filled)).unwrap();
    assert_eq!(json["Statement"][0]["Resource"], "arn:aws:s3:::acme");

    let unknown = run(&["export", &source, "--policy", "nobody", "-o", "-"]);
    assert_eq!(code(&unknown), 2);
    assert!(
        stderr(&unknown).contains("no policy is called `nobody`"),
        "{}",
        stderr(&unknown)
    );
}

#[test]
fn each_resource_of_a_request_meets_its_own_policy() {
    let bucket = |name: &str, effect: &str| {
        format!(
            "  {name}:\n    Type: AWS::S3::Bucket\n    Properties: {{BucketName: {name}}}\n  {name}Policy:\n    Type: AWS::S3::BucketPolicy\n    Properties:\n      Bucket: !Ref {name}\n      PolicyDocument: {{Statement: [{{Sid: {name}, Effect: {effect}, Principal: '*', Action: 's3:GetObject', Resource: !Sub 'arn:aws:s3:::${{{name}}}/*'}}]}}\n"
        )
    };
    let template = format!(
        "Resources:\n  Reader:\n    Type: AWS::IAM::User\n    Properties: {{UserName: reader}}\n{}{}",
        bucket("open", "Allow"),
        bucket("closed", "Deny")
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("template.yaml");
    std::fs::write(&path, template).unwrap();
    let path = path.to_str().unwrap();
    let asks = |resources: &[&str], more: &[&str]| {
        let mut arguments = vec![path, "--principal", "reader", "--action", "s3:GetObject"];
        arguments.push("--assume-absent");
        for resource in resources {
            arguments.extend(["--resource", resource]);
        }
        arguments.extend(more);
        simulate(&arguments)
    };
    let (open, closed) = ("arn:aws:s3:::open/x", "arn:aws:s3:::closed/x");
    assert_eq!(asks(&[open], &[])["decision"], "allow");
    assert_eq!(
        asks(&[open, "arn:aws:s3:::open/y"], &[])["decision"],
        "allow"
    );
    for both in [[open, closed], [closed, open]] {
        let answer = asks(&both, &[]);
        assert_eq!(answer["decision"], "explicitDeny");
        assert_eq!(answer["denier"], "resource");
        // The statement of the one bucket says nothing of the other.
        let layers = answer["legs"].as_array().unwrap().iter();
        let allowed: Vec<bool> = layers.map(|leg| leg["decision"] == "allow").collect();
        assert_eq!(allowed, both.map(|own| own == open), "{answer}");
    }
    // A policy given for the call stands in the place of both.
    let given = folder.path().join("policy.json");
    let text =
        r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}"#;
    std::fs::write(&given, text).unwrap();
    let more = ["--resource-policy", given.to_str().unwrap()];
    assert_eq!(asks(&[open, closed], &more)["decision"], "allow");
    // As a case of a batch it needs no source.
    let request = [
        "simulate",
        path,
        "--principal",
        "reader",
        "--action",
        "s3:GetObject",
        "--resource",
        open,
        "--resource",
        closed,
        "--assume-absent",
        "--format",
        "case",
    ];
    let case = stdout(&run(&request));
    let checked = run_with(&case, &["simulate", "--batch", "-", "--check"]);
    assert_eq!(code(&checked), 0, "{case}{}", stdout(&checked));
    let both = serde_json::from_str::<Value>(&case).unwrap();
    for (at, name) in ["open", "closed"].iter().enumerate() {
        let policy = both["resources"][at]["resource_policy"].to_string();
        assert!(policy.contains(&format!("arn:aws:s3:::{name}/*")), "{case}");
    }
}
