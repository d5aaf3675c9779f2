//! A live account of 10,000 roles, from a server on loopback that answers slowly: until it is loaded, until it is on the
//! screen without and with what an earlier start kept, and the memory that takes: `cargo bench --bench
//! live`. Reported with the machine's load, never asserted.

#![allow(clippy::unwrap_used, dead_code)] // a measurement that shares the stub of the tests

#[path = "../tests/live/account.rs"]
mod account;
mod pty;
#[path = "../tests/live/stub.rs"]
mod stub;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use stub::{Call, Reply, Stub, ordinary};

const ROLES: usize = 10_000;
const PAGE: usize = 1_000;
const RUNS: usize = 5;
/// How far away the server is, as AWS mostly is.
const AWAY: Duration = Duration::from_millis(100);
/// How long to look at the memory of a screen that is loading.
const WHILE: Duration = Duration::from_secs(8);

fn main() {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!(
        "{ROLES} roles, {} ms away, load {}",
        AWAY.as_millis(),
        load.trim()
    );
    let stub = server();
    let home = tempfile::tempdir().unwrap();
    // Once through, so that the server has every answer ready.
    whole(&stub, home.path());
    let times = (0..RUNS).map(|_| whole(&stub, home.path()));
    report("loaded and written as a snapshot", times.collect());
    let screen = |name: &str, until: Option<&[u8]>, is_cold: bool| {
        let runs = (0..RUNS).map(|_| {
            if is_cold {
                let _ = std::fs::remove_dir_all(home.path().join(".cache"));
            }
            on_screen(&stub, home.path(), until, Duration::ZERO).took
        });
        report(name, runs.collect());
    };
    screen("cold, first paint", None, true);
    screen("cold, roles on the screen", Some(b"role-"), true);
    let stayed = on_screen(&stub, home.path(), Some(b"role-"), WHILE);
    println!(
        "{:<34} {:>8} MB",
        "memory of the screen, at most", stayed.memory
    );
    let kept = home.path().join(".cache/iamscope/accounts");
    assert!(
        kept.exists(),
        "loading and keeping it takes longer than that"
    );
    screen("warm, first paint", None, false);
    screen("warm, roles on the screen", Some(b"role-"), false);
}

/// Answers are written once: making them would take longer than reading them.
fn server() -> Stub {
    let written: Mutex<BTreeMap<String, String>> = Mutex::default();
    Stub::start(move |call: &Call| {
        std::thread::sleep(AWAY);
        if let Some(reply) = ordinary(call) {
            return reply;
        }
        let kind = call.field("Filter.member.1");
        let page = format!("{} {kind} {}", call.action, call.field("Marker"));
        let mut written = written.lock().unwrap();
        let body = written
            .entry(page)
            .or_insert_with(|| account::details(call, ROLES, PAGE).body);
        Reply::text(200, body)
    })
}

fn endpoints(stub: &Stub) -> Vec<String> {
    let services = ["iam", "sts", "organizations"].iter();
    services
        .flat_map(|service| ["--endpoint".to_owned(), format!("{service}={}", stub.url)])
        .collect()
}

fn variables(home: &Path) -> [(&'static str, String); 6] {
    let home = home.display().to_string();
    [
        ("AWS_ACCESS_KEY_ID", "AKIABENCH00000000001".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "bench".to_owned()),
        ("AWS_CONFIG_FILE", format!("{home}/config")),
        ("AWS_SHARED_CREDENTIALS_FILE", format!("{home}/credentials")),
        ("XDG_CACHE_HOME", format!("{home}/.cache")),
        ("HOME", home),
    ]
}

fn whole(stub: &Stub, home: &Path) -> Duration {
    let begun = Instant::now();
    let done = Command::new(env!("CARGO_BIN_EXE_iamscope"))
        .args(["snapshot", "--profile", "-o"])
        .arg(home.join("snapshot.json"))
        .args(endpoints(stub))
        .envs(variables(home))
        .stdin(Stdio::null())
        .status()
        .unwrap();
    assert!(done.success());
    begun.elapsed()
}

fn on_screen(stub: &Stub, home: &Path, until: Option<&[u8]>, stay: Duration) -> pty::Started {
    let mut arguments = vec!["--profile".to_owned()];
    arguments.extend(endpoints(stub));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let variables = variables(home);
    let variables: Vec<(&str, &str)> = variables
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    pty::start(&arguments, &variables, until, stay)
}

fn report(name: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1000.0;
    println!("{name:<34} {:8.0} ms   worst {:8.0} ms", at(50), at(100));
}
