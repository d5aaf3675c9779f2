//! Loading: a template of 1 MB, an account of 10,000 roles, what the screen then indexes, and the account as a snapshot.
//! `cargo bench --bench load`

#![allow(missing_docs, clippy::unwrap_used)] // criterion's macros; a benchmark may panic

mod inputs;

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use iamscope::app::Index;
use iamscope::iam::{Inventory, SourceId};
use iamscope::load::{Progress, Settings, SourceSpec, load, snapshot};
use iamscope::report::Snapshot;

fn source(name: &str, text: String) -> Vec<SourceSpec> {
    vec![SourceSpec::Bytes {
        name: name.to_owned(),
        bytes: text.into_bytes(),
    }]
}

fn read(sources: &[SourceSpec]) -> Inventory {
    load(sources, &Settings::default(), &Progress::default()).unwrap()
}

fn loading(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("load");
    group.sample_size(10);
    for (name, text) in [
        ("template of 1 MB, YAML", inputs::template(1_000_000)),
        ("dump of 10,000 roles", inputs::dump(10_000)),
    ] {
        group.throughput(Throughput::Bytes(text.len() as u64));
        let sources = source(name, text);
        group.bench_function(name, |bencher| {
            // Taking it apart again is no part of loading.
            bencher.iter_batched(
                || (),
                |()| read(black_box(&sources)),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

fn indexing(criterion: &mut Criterion) {
    let inventory = read(&source("dump", inputs::dump(10_000)));
    let mut group = criterion.benchmark_group("index");
    group.sample_size(10);
    group.bench_function("10,000 roles", |bencher| {
        bencher.iter_with_large_drop(|| {
            Index::build(black_box(&inventory), Default::default(), || true)
        });
    });
    group.finish();
}

fn snapshots(criterion: &mut Criterion) {
    let inventory = read(&source("dump", inputs::dump(10_000)));
    let text = Snapshot::of(&inventory).text("2026-01-01T00:00:00Z");
    let mut group = criterion.benchmark_group("snapshot");
    group.sample_size(10);
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("10,000 roles, written", |bencher| {
        bencher.iter(|| Snapshot::of(black_box(&inventory)).text("2026-01-01T00:00:00Z"));
    });
    group.bench_function("10,000 roles, read", |bencher| {
        bencher.iter_with_large_drop(|| snapshot::read(black_box(&text), SourceId(0)));
    });
    group.finish();
}

criterion_group!(benches, loading, indexing, snapshots);
criterion_main!(benches);
