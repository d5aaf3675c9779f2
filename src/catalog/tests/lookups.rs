//! Names: found, misspelt, of API calls, searched for.

use super::*;

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
        ("sqs:SendMessageBatch", vec!["sqs:SendMessage"]),
        ("lambda:invoke", vec!["lambda:InvokeFunction"]),
        ("eventbridge:PutEvents", vec!["events:PutEvents"]),
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
        ("s3:GetObj", "s3:GetObject"),
        ("ec3:RunInstances", "ec2:RunInstances"),
        ("ec2:ListInstances", "ec2:DescribeInstances"),
        ("logs:GetLogStream", "logs:DescribeLogStreams"),
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
    let operation = lookup("glue:PutFormType");
    assert!(matches!(operation, Lookup::OperationOnly { .. }));
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
