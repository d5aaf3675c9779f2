//! Managed policies, condition keys, risks, CloudFormation and SAM.

use super::*;
use crate::iam::{KeyType, SuppliedBy};

#[test]
fn managed_policies_open_whole() {
    let policies = managed_policies();
    assert!(policies.len() >= 1_500, "{}", policies.len());
    let mut arns = HashSet::new();
    for policy in policies {
        let document: serde_json::Value = serde_json::from_str(policy.document()).unwrap();
        assert!(
            document["Statement"].is_array() || document["Statement"].is_object(),
            "{}",
            policy.name()
        );
        assert!(policy.path().starts_with('/') && policy.path().ends_with('/'));
        assert_eq!(policy.updated().len(), 10);
        assert!(policy.version().starts_with('v'));
        assert_eq!(
            managed_policy(&policy.arn()).map(AwsManagedPolicy::name),
            Some(policy.name())
        );
        assert!(arns.insert(policy.arn()));
    }
    let read_only = managed_policy("arn:aws:iam::aws:policy/ReadOnlyAccess").unwrap();
    let document: serde_json::Value = serde_json::from_str(read_only.document()).unwrap();
    let statements = document["Statement"].as_array().unwrap();
    let actions: usize = statements
        .iter()
        .filter_map(|s| s["Action"].as_array())
        .map(Vec::len)
        .sum();
    assert!(actions > 2_500, "{actions}");
    let job = managed_policy("arn:aws-us-gov:iam::aws:policy/job-function/Billing").unwrap();
    assert_eq!((job.path(), job.name()), ("/job-function/", "Billing"));
    for unknown in [
        "",
        "arn:aws:iam::aws:policy/Nothing",
        "arn:aws:iam::aws:policy/Billing",
        "arn:aws:iam::123456789012:policy/Billing",
    ] {
        assert!(managed_policy(unknown).is_none(), "{unknown}");
    }
}

#[test]
fn condition_keys_have_one_spelling() {
    for (written, canonical) in [
        ("AWS:PRINCIPALARN", "aws:PrincipalArn"),
        ("aws:principaltag/Team", "aws:PrincipalTag/Team"),
        ("aws:PrincipalTag/${TagKey}", "aws:PrincipalTag/${TagKey}"),
        ("S3:existingobjecttag/Class", "s3:ExistingObjectTag/Class"),
        (
            "kms:encryptioncontext:AppName",
            "kms:EncryptionContext:AppName",
        ),
        (
            "token.actions.githubusercontent.com:SUB",
            "token.actions.githubusercontent.com:sub",
        ),
        ("api.gitpod.io/idp:AUD", "api.gitpod.io/idp:aud"),
        ("ec2:sourceinstancearn", "ec2:SourceInstanceArn"),
        ("AWS:Referer", "aws:referer"),
    ] {
        assert_eq!(
            canonical_condition_key(written).as_deref(),
            Some(canonical),
            "{written}"
        );
    }
    for unknown in [
        "",
        "aws:",
        "aws:Nothing",
        "aws:PrincipalTag/",
        ":sub",
        "what:sub",
        "é",
    ] {
        assert_eq!(canonical_condition_key(unknown), None, "{unknown}");
    }
}

#[test]
fn condition_keys_are_typed_and_described() {
    let tag_keys = condition_key("aws:TagKeys").unwrap();
    assert_eq!(
        (tag_keys.kind, tag_keys.multi_valued),
        (KeyType::String, true)
    );
    let source_ip = condition_key("aws:sourceip").unwrap();
    assert_eq!(
        (source_ip.kind, source_ip.multi_valued),
        (KeyType::IpAddress, false)
    );
    assert_eq!(source_ip.global.unwrap().supplied_by, SuppliedBy::Asked);
    assert!(
        source_ip
            .documentation()
            .ends_with("#condition-keys-sourceip")
    );
    let prefix = condition_key("s3:prefix").unwrap();
    assert_eq!(prefix.services, ["s3"]);
    assert!(prefix.global.is_none());

    assert!(global_condition_keys().count() >= 60);
    let mut names = HashSet::new();
    for key in condition_keys() {
        assert!(
            names.insert(key.name.to_ascii_lowercase()),
            "{} twice",
            key.name
        );
        assert!(
            !key.description().is_empty() || key.global.is_none(),
            "{}",
            key.name
        );
        assert!(
            key.documentation()
                .starts_with("https://docs.aws.amazon.com/")
        );
        for prefix in &key.services {
            assert!(index().service(prefix).is_some(), "{prefix}");
        }
    }
    // What actions use is known by name.
    for action in index().actions() {
        for key in action.details().condition_keys {
            let known = condition_key(&key.name).unwrap();
            assert_eq!(known.kind, key.kind, "{}", key.name);
        }
    }
}

#[test]
fn risks_name_actions_of_the_catalogue() {
    assert!(escalation_methods().len() >= 50);
    for method in escalation_methods() {
        assert!(!method.actions.is_empty(), "{}", method.name);
        assert!(method.link.iter().all(|link| link.starts_with("https://")));
    }
    let lambda = escalation_methods()
        .iter()
        .find(|method| method.name == "PassExistingRoleToNewLambdaThenInvoke")
        .unwrap();
    assert_eq!(
        lambda.in_words(),
        "pass existing role to new lambda then invoke"
    );
    let actions: Vec<_> = lambda
        .actions
        .iter()
        .map(|action| action.canonical())
        .collect();
    assert_eq!(
        actions,
        [
            "iam:PassRole",
            "lambda:CreateFunction",
            "lambda:InvokeFunction"
        ]
    );
    let exposed = |name: &str| exposes(index().find(name).unwrap());
    assert_eq!(exposed("sts:AssumeRole"), Some(Exposes::Credentials));
    assert_eq!(
        exposed("secretsmanager:GetSecretValue"),
        Some(Exposes::Data)
    );
    assert_eq!(exposed("ec2:DescribeInstances"), None);
    assert!(
        index()
            .actions()
            .iter()
            .filter(|action| credential_exposing(action))
            .count()
            >= 40
    );
}

#[test]
fn cloudformation_and_sam_are_known() {
    assert_eq!(
        cfn_arn_form("AWS::S3::Bucket", "Arn"),
        Some("arn:${Partition}:s3:::${BucketName}")
    );
    assert_eq!(cfn_arn_form("AWS::S3::Bucket", "Ref"), None);
    assert!(cfn_arn_form("AWS::SNS::Topic", "Ref").is_some());
    assert!(
        cfn_arn_form("AWS::Logs::LogGroup", "Arn")
            .unwrap()
            .ends_with(":*")
    );
    assert!(sam_policy_templates().len() >= 75);
    let read = sam_policy_template("S3ReadPolicy").unwrap();
    assert_eq!(read.parameters.keys().collect::<Vec<_>>(), ["BucketName"]);
    assert!(read.definition["Statement"].is_array());
    let rcp: Vec<_> = rcp_services().collect();
    assert!(rcp.contains(&"s3") && rcp.contains(&"sts") && !rcp.contains(&"ec2"));
}

#[test]
fn services_with_policies_of_resources_are_services_of_the_reference() {
    let listed = include_str!("../../../assets/resource_policy_services.txt");
    for prefix in listed.lines().filter(|line| !line.starts_with('#')) {
        assert!(index().service(prefix).is_some(), "{prefix}");
        assert!(has_resource_policies(prefix), "{prefix}");
    }
    for required in ["kms", "iam", "sts", "ec2", "# "] {
        assert!(!has_resource_policies(required), "{required}");
    }
}
