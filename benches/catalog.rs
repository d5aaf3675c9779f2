//! What the catalogue costs: at first use, measured once, and after that.

#![allow(missing_docs, clippy::unwrap_used)] // criterion's macros; a benchmark may panic

use std::hint::black_box;
use std::process::Command;
use std::time::Instant;

use criterion::{Criterion, criterion_group, criterion_main};
use iamscope::catalog::{
    ActionSet, SearchIndex, action, api_call_to_actions, condition_key, index, lookup,
    managed_policy,
};

/// Decoding happens once a process, so that it can be measured only once.
fn first_use(_: &mut Criterion) {
    let once = |what: &str, work: &dyn Fn()| {
        let start = Instant::now();
        work();
        println!("first use, {what}: {:?}", start.elapsed());
    };
    once("index", &|| {
        black_box(index());
    });
    once("details of s3", &|| {
        black_box(action("s3:GetObject"));
    });
    once("details of ec2", &|| {
        black_box(action("ec2:RunInstances"));
    });
    once("condition keys", &|| {
        black_box(condition_key("aws:SourceIp"));
    });
    once("API calls", &|| {
        black_box(api_call_to_actions("s3", "ListObjects"));
    });
    once("ReadOnlyAccess", &|| {
        let policy = managed_policy("arn:aws:iam::aws:policy/ReadOnlyAccess");
        black_box(policy.unwrap().document());
    });
    once("search index", &|| {
        black_box(SearchIndex::get());
    });
    once("details of every other service", &|| {
        for service in index().services() {
            black_box(service.condition_keys());
        }
    });
}

fn lookups(criterion: &mut Criterion) {
    criterion.bench_function("find an action", |bencher| {
        bencher.iter(|| index().find(black_box("ec2:DescribeInstances")));
    });
    criterion.bench_function("explain an action", |bencher| {
        bencher.iter(|| action(black_box("ec2:RunInstances")));
    });
    criterion.bench_function("nearest to a misspelt action", |bencher| {
        bencher.iter(|| lookup(black_box("aps:GetMetricsMetadata")));
    });
    criterion.bench_function("nearest to an action of a misspelt service", |bencher| {
        bencher.iter(|| lookup(black_box("ec3:RunInstancs")));
    });
}

fn patterns(criterion: &mut Criterion) {
    for pattern in [
        "*",
        "s3:Get*",
        "ec2:Describe*",
        "*:List*",
        "*:*a*a*a*a*a*a*",
    ] {
        criterion.bench_function(&format!("summary of {pattern}"), |bencher| {
            bencher.iter(|| index().summarize(black_box(pattern)));
        });
        criterion.bench_function(&format!("set of {pattern}"), |bencher| {
            bencher.iter(|| ActionSet::of_patterns([black_box(pattern)]));
        });
    }
    let document = managed_policy("arn:aws:iam::aws:policy/ReadOnlyAccess")
        .unwrap()
        .document();
    let document: serde_json::Value = serde_json::from_str(document).unwrap();
    let statements = document["Statement"].as_array().unwrap().iter();
    let patterns: Vec<&str> = statements
        .filter_map(|statement| statement["Action"].as_array())
        .flatten()
        .filter_map(|pattern| pattern.as_str())
        .collect();
    criterion.bench_function("set and summary of ReadOnlyAccess", |bencher| {
        bencher.iter(|| ActionSet::of_patterns(patterns.iter().copied()).summary());
    });
}

fn search(criterion: &mut Criterion) {
    for query in ["delete certificate", "d", "getobj", "list"] {
        criterion.bench_function(&format!("search for {query}"), |bencher| {
            bencher.iter(|| SearchIndex::get().search(black_box(query), 100));
        });
    }
}

/// Whole processes: what the catalogue adds to a start.
fn processes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("process");
    group.sample_size(30);
    for arguments in [
        &["--version"][..],
        &["explain", "s3:GetObject"],
        &["explain", "ec2:RunInstances"],
        &["explain", "s3:Get*", "--format", "json"],
    ] {
        group.bench_function(arguments.join(" "), |bencher| {
            bencher.iter(|| {
                let mut command = Command::new(env!("CARGO_BIN_EXE_iamscope"));
                command.args(arguments).output().unwrap()
            });
        });
    }
}

criterion_group!(catalog, first_use, lookups, patterns, search, processes);
criterion_main!(catalog);
