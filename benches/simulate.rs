//! Decisions a second, with policies compiled and requests prepared, with and without reasons; and
//! compiling. Run with `cargo bench --bench simulate`.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic)] // the macros of criterion; not shipped

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use iamscope::catalog::managed_policy;
use iamscope::iam::{Document, Glob, PolicyKind, Principal, SourceId, parse_document_text};
use iamscope::simulate::{
    CompiledDocument, KeyValue, NamedPolicy, Outcome, Policies, PolicyLevel, PolicySet, Request,
};

fn document(text: &str, kind: PolicyKind) -> Arc<Document> {
    Arc::new(parse_document_text(text, SourceId::default(), kind).unwrap())
}

fn policy(name: &str, text: &str, kind: PolicyKind) -> NamedPolicy {
    NamedPolicy::new(name, kind, document(text, kind))
}

fn user() -> Principal {
    Principal::user("arn:aws:iam::111122223333:user/alice")
}

fn session() -> Principal {
    Principal::role_session("arn:aws:iam::111122223333:role/app", "one")
}

fn tiny() -> (PolicySet, Request) {
    let text = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/*"}]}"#;
    let set = PolicySet {
        identity: vec![policy("tiny", text, PolicyKind::Identity)],
        ..PolicySet::default()
    };
    let request = Request::new(user(), "s3:GetObject", "arn:aws:s3:::bucket/reports/q1.csv");
    (set, request)
}

fn read_only_text() -> &'static str {
    managed_policy("arn:aws:iam::aws:policy/ReadOnlyAccess")
        .unwrap()
        .document()
}

fn read_only() -> (PolicySet, Request) {
    let set = PolicySet {
        identity: vec![policy(
            "ReadOnlyAccess",
            read_only_text(),
            PolicyKind::Identity,
        )],
        ..PolicySet::default()
    };
    let request = Request::new(session(), "ec2:DescribeInstances", "*");
    (set, request)
}

/// Ten policies: SCPs of three levels, a boundary, a bucket policy, five identity-based ones.
fn layered() -> (PolicySet, Request) {
    let allow_all = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;
    let regions = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "NotAction": ["iam:*", "sts:*", "organizations:*"], "Resource": "*",
         "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1", "us-east-1"]}}}]}"#;
    let guard = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": ["s3:PutBucketPolicy", "s3:DeleteBucket*"], "Resource": "*",
         "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin/*"}}}]}"#;
    let boundary = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["s3:*", "ec2:*", "logs:*", "kms:*"], "Resource": "*",
         "Condition": {"Bool": {"aws:SecureTransport": "true"}}}]}"#;
    let bucket = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Principal": "*", "Action": "s3:*",
         "Resource": ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"],
         "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {"Effect": "Deny", "Principal": "*", "Action": "s3:*",
         "Resource": ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"],
         "Condition": {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32"]},
                       "BoolIfExists": {"aws:ViaAWSService": "false"}}}]}"#;
    let own = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"],
         "Resource": "arn:aws:s3:::bucket/${aws:PrincipalTag/team}/*",
         "Condition": {"StringLike": {"s3:ExistingObjectTag/env": ["dev", "test*"]},
                       "NumericLessThan": {"s3:max-keys": "100"}}},
        {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::bucket/*",
         "Condition": {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"},
                       "StringEquals": {"aws:PrincipalTag/team": ["red", "blue"]}}}]}"#;
    let identity = |name: &str, text: &str| policy(name, text, PolicyKind::Identity);
    let level = |name: &str, text: &str| PolicyLevel {
        name: name.to_owned(),
        policies: vec![policy(name, text, PolicyKind::Scp)],
    };
    let of_service = |service: &str| {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow",
            "Action": ["{service}:Get*", "{service}:List*", "{service}:Describe*"], "Resource": "*"}}]}}"#
        )
    };
    let set = PolicySet {
        identity: vec![
            identity("own", own),
            identity("ReadOnlyAccess", read_only_text()),
            identity("logs", &of_service("logs")),
            identity("ec2", &of_service("ec2")),
            identity("rds", &of_service("rds")),
        ],
        boundary: Some(policy("boundary", boundary, PolicyKind::Boundary)),
        resource: Some(policy("resource", bucket, PolicyKind::Resource)),
        scps: Some(vec![
            level("root", allow_all),
            level("unit", regions),
            level("account", guard),
        ]),
        ..PolicySet::default()
    };
    let mut caller = session();
    caller.tags.insert("team".to_owned(), "blue".to_owned());
    let mut request = Request::new(
        caller,
        "s3:GetObject",
        "arn:aws:s3:::bucket/blue/report.csv",
    );
    let one = |value: &str| KeyValue::One(value.to_owned());
    request.context.set("aws:SourceIp", one("203.0.113.7"));
    request
        .context
        .set("aws:RequestedRegion", one("eu-central-1"));
    request.context.set("s3:ExistingObjectTag/env", one("prod"));
    (set, request)
}

fn decisions(criterion: &mut Criterion) {
    for (name, (set, request)) in [
        ("tiny", tiny()),
        ("ReadOnlyAccess", read_only()),
        ("ten policies", layered()),
    ] {
        let policies = Policies::compile(&set);
        let prepared = policies.prepare(&request);
        assert_eq!(policies.decide(&prepared), Outcome::Allow, "{name}");
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Elements(1));
        group.bench_function("decide", |bencher| {
            bencher.iter(|| policies.decide(black_box(&prepared)));
        });
        group.bench_function("prepare and decide", |bencher| {
            bencher.iter(|| policies.decide(&policies.prepare(black_box(&request))));
        });
        group.bench_function("evaluate with every reason", |bencher| {
            bencher.iter(|| policies.evaluate(black_box(&request)));
        });
        group.finish();
    }
}

fn compiling(criterion: &mut Criterion) {
    let read_only = document(read_only_text(), PolicyKind::Identity);
    criterion.bench_function("compile ReadOnlyAccess", |bencher| {
        bencher.iter(|| CompiledDocument::new(black_box(&read_only).clone(), PolicyKind::Identity));
    });
    criterion.bench_function("parse and compile ReadOnlyAccess", |bencher| {
        bencher.iter(|| {
            let document = document(black_box(read_only_text()), PolicyKind::Identity);
            CompiledDocument::new(document, PolicyKind::Identity)
        });
    });
}

fn hostile(criterion: &mut Criterion) {
    let pattern = "*a".repeat(6);
    let text = "a".repeat(119) + "b";
    criterion.bench_function("hostile wildcard", |bencher| {
        bencher.iter(|| Glob::new(black_box(&pattern)).matches(black_box(&text)));
    });
}

criterion_group!(benches, decisions, compiling, hostile);
criterion_main!(benches);
