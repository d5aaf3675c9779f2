//! The catalogue against real templates, and `iamscope explain` as scripts see it.

#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use iamscope::catalog::{Action, condition_key, expand, index};
use regex::Regex;
use serde_json::Value;

/// Everything in the templates that has the form of an action, of a service that exists.
fn names_in_templates() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/templates");
    let form =
        Regex::new(r"(?:^|[^\w:/.$-])([a-z][a-z0-9-]*:[A-Za-z*][A-Za-z0-9*?]*)(?:$|[^\w:./-])")
            .unwrap();
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        for found in text.lines().flat_map(|line| form.captures_iter(line)) {
            let name = found[1].to_owned();
            let prefix = name.split(':').next().unwrap();
            if index().service(prefix).is_some() {
                names.insert(name);
            }
        }
    }
    names
}

#[test]
fn every_action_of_the_templates_is_known() {
    let names = names_in_templates();
    assert!(names.len() > 200, "only {} names found", names.len());
    let unknown: Vec<&String> = names
        .iter()
        .filter(|name| expand(name).is_empty() && condition_key(name).is_none())
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    assert!(names.contains("iam:passRole"));
    let found: Vec<&str> = expand("iam:passRole")
        .into_iter()
        .map(Action::canonical)
        .collect();
    assert_eq!(found, ["iam:PassRole"]);
}

fn explain(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_iamscope"));
    command.arg("explain").args(arguments).output().unwrap()
}

fn json_lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn one_action_as_json() {
    let output = explain(&["S3:listbucket", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0));
    let [action] = &json_lines(&output)[..] else {
        panic!("expected one object");
    };
    assert_eq!(action["action"], "s3:ListBucket");
    assert_eq!(action["service"], "s3");
    assert_eq!(action["access_level"], "List");
    let bucket = action["resource_types"]
        .as_array()
        .unwrap()
        .iter()
        .find(|kind| kind["name"] == "bucket")
        .unwrap();
    assert_eq!(bucket["arn"], "arn:${Partition}:s3:::${BucketName}");
    assert_eq!(bucket["required"], false);
    assert!(
        bucket["condition_keys"]
            .as_array()
            .unwrap()
            .contains(&"s3:BucketTag/${TagKey}".into())
    );
    assert!(
        action["condition_keys"]
            .as_array()
            .unwrap()
            .contains(&"s3:prefix".into())
    );
    assert_eq!(action["dependent_actions"], Value::Array(Vec::new()));
    assert!(
        action["documentation"]
            .as_str()
            .unwrap()
            .starts_with("https://docs.aws.amazon.com/")
    );
    assert_eq!(action["data_date"].as_str().unwrap().len(), 10);
}

#[test]
fn dependents_that_nobody_knows_are_null_and_not_empty() {
    let newer = index()
        .actions()
        .iter()
        .find(|action| action.details().dependent_actions.is_none())
        .unwrap();
    let output = explain(&[newer.canonical(), "--format", "json"]);
    assert_eq!(json_lines(&output)[0]["dependent_actions"], Value::Null);
    let text = String::from_utf8(explain(&[newer.canonical()]).stdout).unwrap();
    assert!(text.contains("not known"), "{text}");
}

#[test]
fn a_pattern_gives_one_object_for_each_action() {
    let output = explain(&["acm:Delete*", "iam:passRole", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0));
    let actions: Vec<String> = json_lines(&output)
        .iter()
        .map(|line| line["action"].as_str().unwrap().to_owned())
        .collect();
    let mut expected: Vec<&str> = expand("acm:Delete*")
        .into_iter()
        .map(Action::canonical)
        .collect();
    assert!(expected.contains(&"acm:DeleteCertificate"));
    expected.push("iam:PassRole");
    assert_eq!(actions, expected);
}

#[test]
fn text_has_no_escape_sequences_when_it_is_not_for_a_terminal() {
    let output = explain(&["s3:GetObject", "acm:Delete*"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains('\x1b'));
    for expected in [
        "Amazon S3 (s3)",
        "arn:${Partition}:s3:::${BucketName}/${ObjectName}",
        "s3:ExistingObjectTag/<key>",
        "https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html",
        "acm:DeleteCertificate",
    ] {
        assert!(text.contains(expected), "{expected} is missing in {text}");
    }
}

#[test]
fn what_is_no_action_gets_an_answer_and_exit_code_2() {
    let output = explain(&["s3:ListObjects"]);
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("AWS authorises it as s3:ListBucket"),
        "{text}"
    );

    let output = explain(&[
        "s3:ListObjects",
        "s3:GetObjct",
        "a\u{1b}[31m:b",
        "--format",
        "json",
    ]);
    assert_eq!(output.status.code(), Some(2));
    let lines = json_lines(&output);
    assert_eq!(lines[0]["status"], "api-name");
    assert_eq!(
        lines[0]["suggestions"],
        serde_json::json!(["s3:ListBucket"])
    );
    assert_eq!(lines[1]["status"], "unknown");
    assert_eq!(lines[1]["suggestions"][0], "s3:GetObject");
    assert_eq!(lines[2]["action"], "a\u{1b}[31m:b");

    let hostile = explain(&["a\u{1b}[31m:b"]);
    assert!(!String::from_utf8(hostile.stdout).unwrap().contains('\x1b'));
    assert_eq!(explain(&["nothing:*"]).status.code(), Some(2));
    assert_eq!(explain(&[]).status.code(), Some(2));
}

#[test]
fn the_licences_of_all_that_is_inside_are_printed() {
    let output = Command::new(env!("CARGO_BIN_EXE_iamscope"))
        .arg("--licenses")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |file: &str| -> toml::Table {
        fs::read_to_string(root.join(file))
            .unwrap()
            .parse()
            .unwrap()
    };

    let manifest = read("Cargo.toml");
    for name in manifest["dependencies"].as_table().unwrap().keys() {
        assert!(
            text.contains(&format!("\n{name} ")),
            "run `cargo xtask notices`: {name} is missing"
        );
    }
    for package in read("assets/SOURCES.toml")["package"].as_array().unwrap() {
        let field = |name: &str| package[name].as_str().unwrap();
        let named = format!("{} {} ", field("name"), field("version"));
        assert!(
            text.contains(&named),
            "run `cargo xtask notices`: {named} is missing"
        );
        assert_eq!(field("sha256").len(), 64);
        assert!(!field("licence").is_empty() && field("date").len() == 10);
    }
    assert!(text.contains("come from the documentation and the API of Amazon Web Services"));
}

#[test]
fn the_recorded_counts_are_those_of_the_catalogue() {
    let sources =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/SOURCES.toml"))
            .unwrap();
    let sources: toml::Table = sources.parse().unwrap();
    let recorded = |name: &str| sources["counts"][name].as_integer().unwrap() as usize;
    let actions = || index().actions().iter().map(Action::details);
    assert_eq!(recorded("services"), index().services().len());
    assert_eq!(recorded("actions"), index().actions().len());
    let dependents = |info: &iamscope::catalog::ActionInfo| {
        info.dependent_actions
            .as_ref()
            .is_some_and(|names| !names.is_empty())
    };
    assert_eq!(recorded("dependents"), actions().filter(dependents).count());
    assert_eq!(
        recorded("documentation_links"),
        actions()
            .filter(|info| !info.documentation_is_service_page)
            .count()
    );
    assert_eq!(
        recorded("managed_policies"),
        iamscope::catalog::managed_policies().len()
    );
    assert_eq!(
        recorded("sam_policy_templates"),
        iamscope::catalog::sam_policy_templates().len()
    );
    assert_eq!(
        recorded("escalation_methods"),
        iamscope::catalog::escalation_methods().len()
    );
    assert_eq!(
        recorded("rcp_services"),
        iamscope::catalog::rcp_services().count()
    );
    // Bounds, so that a refresh that went wrong in a way that nobody thought of is noticed.
    assert!(recorded("documentation_links") * 100 >= recorded("actions") * 95);
    assert!(recorded("dependents_known") * 100 >= recorded("actions") * 85);
}

#[test]
fn explanations_read_as_before() {
    for (name, arguments) in [
        ("action with resource types and keys", "s3:ListBucket"),
        ("action with dependents", "lambda:CreateFunction"),
        ("action that hides permissions management", "iam:PassRole"),
        ("action without resource types", "s3:ListAllMyBuckets"),
        ("action that hands out credentials", "sts:AssumeRole"),
        ("pattern", "acm:Delete*"),
        ("pattern over services", "*:*AccessKey*"),
        ("name of an API operation", "s3:CopyObject"),
        ("misspelt name", "aps:GetMetricsMetadata"),
        ("newer than the data", "account:ReopenAccount"),
        ("retired", "deepracer:CreateCar"),
        ("name without a prefix", "GetObject"),
    ] {
        let text = String::from_utf8(explain(&[arguments]).stdout).unwrap();
        insta::assert_snapshot!(name.replace(' ', "_"), text);
    }
}
