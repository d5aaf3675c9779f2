//! Loading: a template of 1 MB, an account of 10,000 roles, and what the screen then indexes.
//! `cargo bench --bench load`

#![allow(missing_docs, clippy::unwrap_used)] // criterion's macros; a benchmark may panic

mod inputs;

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use iamscope::app::Index;
use iamscope::iam::Inventory;
use iamscope::load::{Progress, Settings, SourceSpec, load};

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

criterion_group!(benches, loading, indexing);
criterion_main!(benches);
