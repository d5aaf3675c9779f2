use super::*;
use crate::iam::{Document, PolicyKind, Problem, Severity, SourceId, parse_document_text};

fn document(statements: &str) -> Document {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    let document = parse_document_text(&text, SourceId(0), PolicyKind::Identity).unwrap();
    assert!(!document.statements.is_empty());
    document
}

/// Kind, severity, message and hint of every finding.
fn found(statement: &str) -> Vec<(FindingKind, Severity, String)> {
    let document = document(statement);
    findings(&document.statements[0], PolicyKind::Identity)
        .into_iter()
        .map(|finding| {
            let Problem {
                severity,
                message,
                hint,
                ..
            } = finding.problem;
            let hint = hint.map(|hint| format!(" ({hint})")).unwrap_or_default();
            (finding.kind, severity, format!("{message}{hint}"))
        })
        .collect()
}

fn messages(statement: &str) -> Vec<String> {
    found(statement)
        .into_iter()
        .map(|(_, _, message)| message)
        .collect()
}

#[test]
fn an_action_that_cannot_act_on_the_resources() {
    let all = found(
        r#"{"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "arn:aws:s3:::foobar/*"}"#,
    );
    assert_eq!(
        all,
        [(
            FindingKind::IdleAction,
            Severity::Warning,
            "`s3:ListBucket` grants nothing here: it acts on `arn:aws:s3:::${BucketName}` (bucket) or \
             `arn:aws:s3:${Region}:${Account}:accesspoint/${AccessPointName}` (accesspoint), which no \
             resource listed is (list `arn:aws:s3:::foobar`)"
                .to_owned()
        )]
    );
    let deny = messages(
        r#"{"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::foobar"}"#,
    );
    assert!(
        deny[0].starts_with("`s3:DeleteObject` denies nothing here"),
        "{deny:?}"
    );
    assert!(
        deny[0].ends_with("(list `arn:aws:s3:::foobar/*`)"),
        "{deny:?}"
    );
}

#[test]
fn an_action_without_resource_types_on_an_arn() {
    let all = messages(
        r#"{"Effect": "Allow", "Action": ["ecr:GetAuthorizationToken", "ecr:BatchGetImage"],
            "Resource": "arn:aws:ecr:eu-west-1:123456789012:repository/web"}"#,
    );
    assert_eq!(all.len(), 1, "{all:?}");
    assert!(
        all[0]
            .contains("`ecr:GetAuthorizationToken` grants nothing here: it has no resource types")
    );
    // AWS's own examples do this one.
    let buckets = messages(
        r#"{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "arn:aws:s3:::*"}"#,
    );
    assert!(buckets.is_empty(), "{buckets:?}");
}

#[test]
fn a_statement_and_a_pattern_without_effect() {
    let all = found(
        r#"{"Effect": "Allow", "Action": ["kms:Decrypt", "kms:Encrypt"],
            "Resource": "arn:aws:kms:eu-west-1:123456789012:alias/x"}"#,
    );
    assert_eq!(all[0].0, FindingKind::IdleStatement);
    assert_eq!(all.len(), 2);
    assert!(
        all[1]
            .2
            .starts_with("`kms:Decrypt` and `kms:Encrypt` grant nothing here: they act on")
    );
    assert!(all[1].2.contains("kms:ResourceAliases"));
    let pattern = messages(
        r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:sqs:eu-west-1:123456789012:x"}"#,
    );
    assert_eq!(
        pattern,
        ["`s3:*` grants nothing here: none of its actions can act on the resources listed"]
    );
}

#[test]
fn what_can_act_is_left_alone() {
    for statement in [
        r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}"#,
        r#"{"Effect": "Allow", "Action": "s3:*", "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]}"#,
        r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::b*"}"#,
        r#"{"Effect": "Allow", "Action": "s3:ListBucket", "NotResource": "arn:aws:s3:::b/*"}"#,
        r#"{"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "arn:aws:logs:eu-west-1:123456789012:log-group:g:*"}"#,
        r#"{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::123456789012:role/x"}"#,
    ] {
        assert_eq!(messages(statement), Vec::<String>::new(), "{statement}");
    }
}

#[test]
fn actions_that_do_not_exist() {
    let all = found(
        r#"{"Effect": "Allow", "Action": ["s3:ListObjects", "s3:GetObjct", "nope:Do", "s3:Zap*", "iam:passRole"],
            "Resource": "arn:aws:iam::123456789012:role/x"}"#,
    );
    let words: Vec<&str> = all.iter().map(|(_, _, message)| message.as_str()).collect();
    assert!(
        words[0].starts_with("`s3:ListObjects` grants nothing: ListObjects is an API operation")
    );
    assert!(words[0].ends_with("(use `s3:ListBucket`)"), "{}", words[0]);
    assert!(
        words[1].contains("has no such action (is `s3:GetObject` meant?)"),
        "{}",
        words[1]
    );
    assert!(words[2].contains("has the prefix `nope`"), "{}", words[2]);
    assert!(
        words[3].starts_with("`s3:Zap*` grants nothing: no action of"),
        "{}",
        words[3]
    );
    assert_eq!(all.len(), 4, "iam:passRole is known in any case");
}

#[test]
fn keys_that_requests_never_carry() {
    let never = messages(
        r#"{"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*",
            "Condition": {"StringLike": {"s3:prefix": "home/*"}}}"#,
    );
    assert_eq!(
        never,
        [
            "requests for `s3:GetObject` never carry `s3:prefix`: the condition never holds, so the \
          statement never applies to them"
        ]
    );
    let negated = messages(
        r#"{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*",
            "Condition": {"StringNotLike": {"s3:prefix": "home/*"}}}"#,
    );
    assert_eq!(
        negated,
        [
            "requests for `s3:GetObject` never carry `s3:prefix`: the condition always holds and limits nothing"
        ]
    );
    for quiet in [
        r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringLike": {"S3:Prefix": "x"}}}"#,
        r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"StringLike": {"s3:prefix": "x"}}}"#,
        r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}"#,
        r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"s3:ExistingObjectTag/team": "a"}}}"#,
        r#"{"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestTag/team": "a"}}}"#,
        r#"{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Resource": "*", "Condition": {"StringEquals": {"api.gitpod.io/idp:sub": "a"}}}"#,
        r#"{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"kms:EncryptionContext:x": "a"}}}"#,
    ] {
        let absent = found(quiet)
            .into_iter()
            .filter(|(kind, ..)| matches!(kind, FindingKind::AbsentKey | FindingKind::NeverApplies))
            .count();
        assert_eq!(absent, 0, "{quiet}");
    }
}

#[test]
fn sensitive_actions_on_everything() {
    let all = |statement: &str| {
        found(statement)
            .into_iter()
            .filter(|(kind, ..)| *kind == FindingKind::Unscoped)
            .map(|(_, severity, message)| (severity, message))
            .collect::<Vec<_>>()
    };
    let admin = all(r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#);
    assert_eq!(admin.len(), 1);
    assert!(
        admin[0]
            .1
            .starts_with("grants every action on every resource")
    );

    let pass = all(
        r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::*:role/*"}"#,
    );
    assert_eq!(pass[0].0, Severity::Warning);
    assert!(
        pass[0]
            .1
            .contains("name the roles that may be passed, and the service")
    );
    let limited = all(
        r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",
            "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}}"#,
    );
    assert_eq!(limited[0].0, Severity::Note);
    assert!(limited[0].1.contains("only its conditions limit it"));

    let iam = all(
        r#"{"Effect": "Allow", "Action": ["iam:AttachRolePolicy", "sts:AssumeRole", "ecr:GetAuthorizationToken"], "Resource": "*"}"#,
    );
    assert_eq!(iam.len(), 2, "{iam:?}");
    assert!(
        iam[0]
            .1
            .contains("`iam:AttachRolePolicy`, which changes who may do what")
    );
    assert!(
        iam[1]
            .1
            .contains("`sts:AssumeRole`, which answers with credentials")
    );

    for quiet in [
        r#"{"Effect": "Deny", "Action": "*", "Resource": "*"}"#,
        r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/x"}"#,
        r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#,
    ] {
        assert!(all(quiet).is_empty(), "{quiet}");
    }
}

#[test]
fn a_database_named_by_its_identifier() {
    let found = |id: &str| {
        let statement = format!(
            r#"{{"Effect": "Allow", "Action": "rds-db:connect", "Resource": "arn:aws:rds-db:eu-west-1:123456789012:dbuser:{id}/server"}}"#
        );
        self::found(&statement)
            .into_iter()
            .filter(|(kind, ..)| *kind == FindingKind::DatabaseName)
            .count()
    };
    assert_eq!(found("gitpoddb"), 1);
    assert_eq!(found("db-ABCDEFGHIJKL"), 0);
    assert_eq!(found("cluster-ABC"), 0);
    assert_eq!(found("*"), 0);
    assert_eq!(found("d*"), 0);
    assert_eq!(found("my*"), 1);
}

#[test]
fn hostile_statements_stay_bounded() {
    let actions: Vec<String> = (0..3_000).map(|i| format!("\"s3:Nope{i}\"")).collect();
    let statement = format!(
        r#"{{"Effect": "Allow", "Action": [{}], "Resource": "arn:aws:s3:::b/*"}}"#,
        actions.join(",")
    );
    assert!(found(&statement).len() < 100);
}
