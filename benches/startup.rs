//! From start to first paint, and to a demo that can be used, in a pseudo-terminal that answers
//! nothing: `cargo bench --bench startup`. Reported with the machine's load, never asserted.

#![allow(clippy::unwrap_used)] // a measurement: whatever fails should be seen

mod pty;

use std::time::Duration;

const RUNS: usize = 30;

fn main() {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("start to first paint, {RUNS} runs, load {}", load.trim());
    measure("start screen", &[], None);
    measure("demo, first paint", &["--demo"], None);
    measure("demo, usable", &["--demo"], Some(b"lambda-app-controller"));
}

fn measure(name: &str, arguments: &[&str], until: Option<&[u8]>) {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| pty::start(arguments, &[], until, Duration::ZERO).took)
        .collect();
    times.sort();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1000.0;
    println!(
        "{name:<20} median {:6.1} ms   p95 {:6.1} ms   best {:6.1} ms",
        at(50),
        at(95),
        at(0)
    );
}
