//! `iamscope snapshot` from outside.

use std::fs;
use std::process::{Command, Output};

fn iamscope(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_iamscope"))
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn a_snapshot_is_a_source_like_the_one_it_was_taken_of() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("demo.json");
    let path = file.to_str().unwrap();
    let taken = iamscope(&["snapshot", "--demo", "-o", path]);
    assert!(taken.status.success(), "{taken:?}");
    let of_snapshot = iamscope(&["lint", path]);
    let of_demo = iamscope(&["lint", "--demo"]);
    let lines = |output: &Output| {
        let text = String::from_utf8(output.stdout.clone()).unwrap();
        text.lines()
            .filter(|line| !line.contains("a snapshot taken"))
            .count()
    };
    assert_eq!(of_snapshot.status.code(), of_demo.status.code());
    assert_eq!(lines(&of_snapshot), lines(&of_demo));
    assert!(lines(&of_demo) > 0);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}

#[test]
fn a_redacted_snapshot_holds_no_name_and_its_key_all_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("demo.json");
    let key = folder.path().join("key.json");
    let (path, key_path) = (file.to_str().unwrap(), key.to_str().unwrap());
    let taken = iamscope(&[
        "snapshot", "--demo", "-o", path, "--redact", "--key", key_path,
    ]);
    assert!(taken.status.success(), "{taken:?}");
    let listed = String::from_utf8(taken.stderr).unwrap();
    assert!(listed.contains("words of names"), "{listed}");
    let text = fs::read_to_string(&file).unwrap().to_lowercase();
    for name in ["gitpod", "cellstate", "cluster-ctrl"] {
        assert!(!text.contains(name), "{name}");
    }
    assert!(text.contains("lambda.amazonaws.com"));
    let key_text = fs::read_to_string(&key).unwrap().to_lowercase();
    assert!(key_text.contains("gitpod") && key_text.contains("cellstate"));
    // Redacting needs no key, a key needs redaction.
    assert_eq!(
        iamscope(&["snapshot", "--demo", "-o", path, "--key", key_path])
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn a_later_format_ends_with_code_2_and_a_clear_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("later.json");
    fs::write(&file, r#"{"format": 2, "kind": "iamscope-snapshot"}"#).unwrap();
    let output = iamscope(&["lint", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(
        words.contains("format 2") && words.contains("update iamscope"),
        "{words}"
    );
}

#[test]
fn a_support_report_says_what_a_role_may_do_and_what_is_not_known() {
    let arguments = [
        "support",
        "--demo",
        "--principal",
        "gitpod-customer-debug-access-role",
    ];
    let json = iamscope(&[&arguments[..], &["--format", "json"]].concat());
    assert!(json.status.success(), "{json:?}");
    let report: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    let can = report["can"].as_array().unwrap();
    let sum: u64 = can
        .iter()
        .map(|service| service["actions"].as_u64().unwrap())
        .sum();
    assert_eq!(report["actions"].as_u64().unwrap(), sum);
    assert!(sum > 1_000 && can.iter().any(|service| service["service"] == "s3"));
    assert!(
        report["not_known"]
            .to_string()
            .contains("service control policies were not loaded")
    );
    let cannot = report["cannot"].as_array().unwrap();
    assert!(
        !cannot.is_empty()
            && cannot
                .iter()
                .all(|one| can.iter().all(|with| with["service"] != *one))
    );
    let s3 = can
        .iter()
        .find(|service| service["service"] == "s3")
        .unwrap();
    assert!(s3["levels"]["Read"].as_u64() <= s3["of_levels"]["Read"].as_u64());
    let markdown = iamscope(&arguments);
    let text = String::from_utf8(markdown.stdout).unwrap();
    assert!(
        text.contains("| s3 |") && text.contains("## Not known"),
        "{text}"
    );
    assert_eq!(
        iamscope(&["support", "--demo", "--principal", "root"])
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn a_support_report_has_what_was_simulated_and_denied() {
    let folder = tempfile::tempdir().unwrap();
    let (cases, denials) = (folder.path().join("cases"), folder.path().join("denials"));
    let role = "gitpod-customer-debug-access-role";
    let arguments = [
        "simulate",
        "--demo",
        "--principal",
        role,
        "--action",
        "s3:DeleteBucket",
        "--resource",
        "arn:aws:s3:::acme",
        "--format",
        "case",
    ];
    fs::write(&cases, iamscope(&arguments).stdout).unwrap();
    fs::write(
        &denials,
        "User: arn:aws:sts::123456789012:assumed-role/x/y is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:us-east-1:123456789012:key/1",
    )
    .unwrap();
    let report = |format: &str| {
        let output = iamscope(&[
            "support",
            "--demo",
            "--principal",
            role,
            "--format",
            format,
            "--simulations",
            cases.to_str().unwrap(),
            "--denials",
            denials.to_str().unwrap(),
        ]);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let json: serde_json::Value = serde_json::from_str(&report("json")).unwrap();
    assert_eq!(json["simulations"][0]["action"], "s3:DeleteBucket");
    assert_eq!(json["simulations"][0]["decision"], "implicitDeny");
    assert_eq!(json["denials"][0]["action"], "kms:Decrypt");
    let text = report("markdown");
    assert!(
        text.contains("| s3:DeleteBucket | arn:aws:s3:::acme | implicitDeny |"),
        "{text}"
    );
    assert!(text.contains("| kms:Decrypt |"), "{text}");
}

#[test]
fn versions_of_a_policy_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("account.json");
    let version = |id: &str, is_default: bool, action: &str| {
        serde_json::json!({
            "VersionId": id,
            "IsDefaultVersion": is_default,
            "Document": {
                "Version": "2012-10-17",
                "Statement": [{ "Effect": "Allow", "Action": ["sqs:SendMessage", action], "Resource": "*" }],
            },
        })
    };
    let account = serde_json::json!({
        "RoleDetailList": [], "UserDetailList": [], "GroupDetailList": [],
        "Policies": [{
            "PolicyName": "Deploy",
            "PolicyId": "ANPA00000000000000001",
            "Arn": "arn:aws:iam::123456789012:policy/Deploy",
            "Path": "/",
            "DefaultVersionId": "v10",
            "PolicyVersionList": [
                version("v2", false, "sns:Publish"),
                version("v9", false, "s3:GetObject"),
                version("v10", true, "s3:PutObject"),
            ],
        }],
    });
    fs::write(&file, account.to_string()).unwrap();
    let compared = |more: &[&str]| {
        let source = ["versions", file.to_str().unwrap(), "--policy", "Deploy"];
        let output = iamscope(&[&source[..], more].concat());
        let said = String::from_utf8(output.stderr).unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
            said,
        )
    };
    let (code, text, _) = compared(&[]);
    assert_eq!(code, Some(0));
    let words = [
        "Deploy: v9 to v10 (in force)",
        "1 action more: s3:PutObject.",
        "1 action less: s3:GetObject.",
        "-        \"s3:GetObject\"",
        "+        \"s3:PutObject\"",
    ];
    for words in words {
        assert!(text.contains(words), "{words}: {text}");
    }
    let (_, text, _) = compared(&["--from", "v2", "--to", "V9"]);
    assert!(
        text.contains("v2 to v9\n") && text.contains("sns:Publish"),
        "{text}"
    );
    let (_, text, _) = compared(&["--from", "v9", "--to", "v9"]);
    assert!(text.contains("The texts are the same."), "{text}");
    let (code, _, said) = compared(&["--from", "v3"]);
    assert_eq!(code, Some(2));
    assert!(
        said.contains("no version `v3`") && said.contains("v2, v9, v10"),
        "{said}"
    );
}
