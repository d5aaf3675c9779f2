//! From start to first paint, and to a demo that can be used, in a pseudo-terminal that answers
//! nothing: `cargo bench --bench startup`. Reported with the machine's load, never asserted.

#![allow(clippy::unwrap_used)] // a measurement: whatever fails should be seen

use std::io::Read;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

const RUNS: usize = 30;
/// The end of a frame.
const FRAME: &[u8] = b"\x1b[?2026l";

fn main() {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("start to first paint, {RUNS} runs, load {}", load.trim());
    measure("start screen", &[], None);
    measure("demo, first paint", &["--demo"], None);
    measure("demo, usable", &["--demo"], Some(b"lambda-app-controller"));
}

fn measure(name: &str, arguments: &[&str], until: Option<&[u8]>) {
    let mut times: Vec<Duration> = (0..RUNS).map(|_| start(arguments, until)).collect();
    times.sort();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1000.0;
    println!(
        "{name:<20} median {:6.1} ms   p95 {:6.1} ms   best {:6.1} ms",
        at(50),
        at(95),
        at(0)
    );
}

/// The time until a frame, or until a frame with this text, has arrived.
fn start(arguments: &[&str], until: Option<&[u8]>) -> Duration {
    let size = PtySize {
        rows: 60,
        cols: 200,
        ..PtySize::default()
    };
    let pair = native_pty_system().openpty(size).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_iamscope"));
    command.args(arguments);
    command.env("TERM", "xterm-256color");
    command.env("LANG", "C.UTF-8");
    let mut reader = pair.master.try_clone_reader().unwrap();
    let begun = Instant::now();
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let (mut seen, mut buffer) = (Vec::new(), [0; 65536]);
    let took = loop {
        let count = reader.read(&mut buffer).unwrap();
        assert!(count > 0, "{}", String::from_utf8_lossy(&seen));
        seen.extend_from_slice(&buffer[..count]);
        if contains(&seen, FRAME) && until.is_none_or(|text| contains(&seen, text)) {
            break begun.elapsed();
        }
    };
    child.kill().unwrap();
    child.wait().unwrap();
    took
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}
