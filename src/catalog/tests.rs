use std::collections::HashSet;

use super::*;

#[test]
fn the_index_is_whole_and_sorted() {
    let index = index();
    assert_eq!(data_date().len(), 10);
    assert!(index.services().len() >= 440, "{}", index.services().len());
    assert!(index.actions().len() >= 21_000, "{}", index.actions().len());
    assert!(
        index
            .services()
            .is_sorted_by(|a, b| a.prefix() < b.prefix())
    );
    assert!(index.actions().is_sorted_by(|a, b| {
        let key = |action: &Action| {
            action
                .lower()
                .split_once(':')
                .map(|(p, n)| (p.to_owned(), n.to_owned()))
        };
        key(a) < key(b)
    }));
    for service in index.services() {
        assert!(!service.title().is_empty());
        assert!(service.page().starts_with("https://"), "{}", service.page());
        for action in service.actions() {
            assert_eq!(action.service().prefix(), service.prefix());
            let full = format!("{}:{}", service.prefix(), action.name());
            assert_eq!(full, action.canonical());
            assert_eq!(index.find(action.canonical()).unwrap().id(), action.id());
        }
    }
    let all: usize = index
        .services()
        .iter()
        .map(|service| service.actions().len())
        .sum();
    assert_eq!(all, index.actions().len());
}

#[test]
fn every_service_decodes_without_dangling_references() {
    let known_arn = |arn: &str| arn.starts_with("arn:${Partition}:");
    for service in index().services() {
        let mut names = HashSet::new();
        for (name, arn) in service.resource_types() {
            assert!(names.insert(name), "{name} twice in {}", service.prefix());
            assert!(known_arn(arn), "{arn}");
        }
        for action in service.actions() {
            let info = action.details();
            assert!(!info.description.is_empty(), "{}", action.canonical());
            assert!(!info.description.contains(char::is_control));
            assert!(
                info.documentation.starts_with("https://"),
                "{}",
                info.documentation
            );
            assert_eq!(action.has_resource_types(), !info.resource_types.is_empty());
            let required = info.resource_types.iter().any(|used| used.required);
            assert_eq!(action.requires_resource(), required);
            for used in &info.resource_types {
                assert!(names.contains(used.name));
            }
            for dependent in info.dependent_actions.iter().flatten() {
                let found = index().find(dependent);
                assert_eq!(found.map(Action::canonical), Some(*dependent));
            }
        }
    }
}

#[test]
fn names_are_found_in_any_case() {
    for written in ["iam:passRole", "IAM:PASSROLE", "iam:PassRole"] {
        assert_eq!(index().find(written).unwrap().canonical(), "iam:PassRole");
    }
    for unknown in [
        "",
        ":",
        "iam",
        "iam:",
        "iam:Pass",
        "nothing:PassRole",
        "iam:PassRole:x",
    ] {
        assert!(index().find(unknown).is_none(), "{unknown}");
    }
}

#[test]
fn an_action_is_explained() {
    let info = action("s3:getobject").unwrap();
    assert_eq!(info.action.level(), AccessLevel::Read);
    assert_eq!(info.action.service().title(), "Amazon S3");
    let object = info
        .resource_types
        .iter()
        .find(|used| used.name == "object")
        .unwrap();
    assert_eq!(
        object.arn,
        "arn:${Partition}:s3:::${BucketName}/${ObjectName}"
    );
    assert!(
        info.condition_keys
            .iter()
            .any(|key| key.name == "s3:ExistingObjectTag/<key>")
    );
    assert_eq!(
        info.documentation,
        "https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html"
    );

    assert_eq!(info.purpose(), "retrieve objects from Amazon S3");

    let run = action("ec2:RunInstances").unwrap();
    assert!(run.dependent_actions.unwrap().contains(&"iam:PassRole"));
    let list = action("s3:ListAllMyBuckets").unwrap();
    assert!(list.resource_types.is_empty());
    assert_eq!(has_resource_types("S3:LISTALLMYBUCKETS"), Some(false));
    assert_eq!(has_resource_types("s3:ListBucket"), Some(true));
    assert_eq!(has_resource_types("s3:ListBuckets"), None);
}

#[test]
fn pass_role_is_write_to_aws_and_permissions_management_in_effect() {
    let pass_role = index().find("iam:PassRole").unwrap();
    assert_eq!(pass_role.level(), AccessLevel::Write);
    assert_eq!(
        pass_role.effective_level(),
        AccessLevel::PermissionsManagement
    );
    assert!(pass_role.hides_permissions_management());
    assert!(
        !index()
            .find("s3:PutBucketPolicy")
            .unwrap()
            .hides_permissions_management()
    );
}

#[test]
fn what_is_no_action_gets_a_helpful_answer() {
    let names = |actions: Vec<&'static Action>| {
        actions
            .into_iter()
            .map(Action::canonical)
            .collect::<Vec<_>>()
    };
    for (written, meant) in [
        ("s3:ListObjects", vec!["s3:ListBucket"]),
        ("s3:ListBuckets", vec!["s3:ListAllMyBuckets"]),
        ("s3:CopyObject", vec!["s3:GetObject", "s3:PutObject"]),
    ] {
        match lookup(written) {
            Lookup::ApiNameNotAction { use_instead, why } => {
                assert_eq!(names(use_instead), meant, "{written}");
                assert!(why.contains(meant[0]), "{why}");
            }
            other => panic!("{written}: {other:?}"),
        }
    }
    for (written, meant) in [
        ("aps:GetMetricsMetadata", "aps:GetMetricMetadata"),
        ("s3:GetObjct", "s3:GetObject"),
        ("ec3:RunInstances", "ec2:RunInstances"),
    ] {
        match lookup(written) {
            Lookup::Unknown { nearest } => assert_eq!(nearest[0].canonical(), meant),
            other => panic!("{written}: {other:?}"),
        }
    }
    assert!(matches!(
        lookup("account:ReopenAccount"),
        Lookup::NewerThanData
    ));
    assert!(matches!(lookup("deepracer:CreateCar"), Lookup::Retired));
    assert!(matches!(lookup("iam:passRole"), Lookup::Known(_)));
    for junk in ["", ":", "s3:", "é:é", &"x:y".repeat(100_000)] {
        assert!(matches!(lookup(junk), Lookup::Unknown { .. }));
    }
}

#[test]
fn api_calls_lead_to_actions() {
    let first = |source: &str, operation: &str| {
        let actions = api_call_to_actions(source, operation);
        actions.first().map_or("none", |action| action.canonical())
    };
    assert_eq!(first("s3.amazonaws.com", "ListObjects"), "s3:ListBucket");
    assert_eq!(first("s3api", "ListObjectsV2"), "s3:ListBucket");
    assert_eq!(first("s3", "HeadObject"), "s3:GetObject");
    assert_eq!(
        first("lambda.amazonaws.com", "ListFunctions20150331"),
        "lambda:ListFunctions"
    );
    assert_eq!(first("lambda", "Invoke"), "lambda:InvokeFunction");
    assert_eq!(
        first("monitoring.amazonaws.com", "PutMetricData"),
        "cloudwatch:PutMetricData"
    );
    assert_eq!(
        first("elasticloadbalancing.amazonaws.com", "CreateRule"),
        "elasticloadbalancing:CreateRule"
    );
    assert_eq!(first("amp", "CreateWorkspace"), "aps:CreateWorkspace");
    assert_eq!(first("iam", "NoSuchThing"), "none");
    assert_eq!(first("", ""), "none");
}

/// A matcher that tries everything, to compare the real one with.
fn naive(pattern: &[u8], text: &[u8]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some((b'*', rest)) => (0..=text.len()).any(|at| naive(rest, &text[at..])),
        Some((b'?', rest)) => !text.is_empty() && naive(rest, &text[1..]),
        Some((byte, rest)) => {
            text.first()
                .is_some_and(|first| first.eq_ignore_ascii_case(byte))
                && naive(rest, &text[1..])
        }
    }
}

fn naive_expand(pattern: &str) -> Vec<&'static str> {
    let matches = |action: &&Action| match pattern.split_once(':') {
        None => pattern == "*",
        Some((prefix, name)) => {
            naive(prefix.as_bytes(), action.service().prefix().as_bytes())
                && naive(name.as_bytes(), action.name().as_bytes())
        }
    };
    index()
        .actions()
        .iter()
        .filter(matches)
        .map(Action::canonical)
        .collect()
}

#[test]
fn expansion_agrees_with_a_naive_matcher() {
    for pattern in [
        "*",
        "*:*",
        "s3:*",
        "S3:get*",
        "s3:Get*Acl",
        "ec2:Describe*",
        "ec2:*Instance*",
        "*:List*",
        "iam:?et*",
        "e*:CreateTag?",
        "s3*:*Object",
        "iam:PassRole",
        "iam:passRole",
        "s3:*:*",
        "s3",
        "",
        ":",
        "s3:",
        "nope:*",
        "?:*",
        "a*c*:*e*t*",
        "*:*a*a*a*a*a*a*",
    ] {
        let found: Vec<_> = expand(pattern).into_iter().map(Action::canonical).collect();
        assert_eq!(found, naive_expand(pattern), "{pattern}");
        let set = ActionSet::of_patterns([pattern]);
        let of_set: Vec<_> = set.iter().map(Action::canonical).collect();
        assert_eq!(of_set, found, "{pattern}");
        assert_eq!(set.len(), found.len());
        assert_eq!(
            set.complement().len(),
            index().actions().len() - found.len()
        );
    }
}

#[test]
fn summaries_add_up() {
    let summary = index().summarize("*");
    assert_eq!(summary.total, index().actions().len());
    assert_eq!(summary.by_level.iter().sum::<usize>(), summary.total);
    assert_eq!(summary.by_service.len(), index().services().len());
    for counted in &summary.by_service {
        assert_eq!(counted.count, counted.of());
        assert_eq!(counted.by_level.iter().sum::<usize>(), counted.count);
    }
    let describe = index().summarize("ec2:Describe*");
    assert_eq!(describe.by_service.len(), 1);
    assert_eq!(describe.at(AccessLevel::PermissionsManagement), 0);
    assert!(describe.total > 100);
}

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
    // Every line of the table but comments and empty ones is a key.
    let table = include_str!("../../assets/catalog/global_condition_keys.txt");
    let lines = table
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    assert_eq!(lines.count(), global_condition_keys().count());
    // What actions use is known by name.
    for action in index().actions() {
        for key in action.details().condition_keys {
            let known = condition_key(&key.name).unwrap();
            assert_eq!(known.kind, key.kind, "{}", key.name);
        }
    }
}

#[test]
fn actions_are_found_by_words_and_parts_of_names() {
    let found = |query: &str| {
        search(query, 20)
            .into_iter()
            .map(Action::canonical)
            .collect::<Vec<_>>()
    };
    assert_eq!(found("delete certificate")[0], "acm:DeleteCertificate");
    assert!(found("delete certificates").contains(&"acm:DeleteCertificate"));
    assert!(found("certificate delete").contains(&"acm:DeleteCertificate"));
    assert_eq!(found("s3:GetObject")[0], "s3:GetObject");
    assert_eq!(found("getobj")[0], "s3:GetObject");
    assert_eq!(found("passrole")[0], "iam:PassRole");
    assert_eq!(found("iam:passRole")[0], "iam:PassRole");
    assert!(found("assume role").contains(&"sts:AssumeRole"));
    assert!(found("run inst").contains(&"ec2:RunInstances"));
    // A word of the description only.
    assert!(found("private key acm").contains(&"acm:DeleteCertificate"));
    for nothing in ["", "   ", "to the", "xyzzyx"] {
        assert!(found(nothing).is_empty(), "{nothing}");
    }
    // What fits best is left when not all words fit.
    assert!(!found("delete certificate xyzzyx").is_empty());
    assert!(SearchIndex::ready().is_some());
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
