//! Whole processes as a user meets them: how long they take, and the most memory they hold.
//! `cargo bench --bench processes`, or `benches/run` for everything. Reported with the machine's load,
//! never asserted. On a busy machine the best of the runs says more than the median. Memory is read from
//! `/proc` and left out where there is none.

#![allow(clippy::unwrap_used, clippy::panic)] // a measurement: whatever fails should be seen

mod inputs;

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};

const PROGRAM: &str = env!("CARGO_BIN_EXE_iamscope");
/// The end of a frame.
const FRAME: &str = "\x1b[?2026l";
const IDLE: Duration = Duration::from_secs(3);

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: String| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let template = file("template.yaml", inputs::template(1_000_000));
    let dump = file("dump.json", inputs::dump(10_000));
    let megabytes = fs::metadata(&dump).unwrap().len() / 1_000_000;
    println!("load of the machine: {}", load());
    println!(
        "{:<44} {:>9} {:>9} {:>9}",
        "", "median ms", "best ms", "most MB"
    );
    run("iamscope --version", 30, &["--version"]);
    run("simulate, one request", 30, &SIMULATE);
    run("tree, template of 1 MB", 10, &["tree", text(&template)]);
    let name = format!("tree, dump of 10,000 roles ({megabytes} MB)");
    run(&name, 5, &["tree", text(&dump)]);
    screen("screen, first paint", 30, &[], FRAME);
    screen(
        "screen, demo usable",
        30,
        &["--demo"],
        "lambda-app-controller",
    );
    let name = format!("screen, dump of 10,000 roles ({megabytes} MB)");
    screen(&name, 5, &[text(&dump)], "role-00010");
    idle(&dump);
}

const SIMULATE: [&str; 8] = [
    "simulate",
    "--demo",
    "--principal",
    "lambdaappcontrollerroleDE5D3901",
    "--action",
    "s3:GetObject",
    "--resource",
    "arn:aws:s3:::foobar/report.csv",
];

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().unwrap_or_default().to_owned()
}

fn report(name: &str, mut times: Vec<Duration>, memory: Option<u64>) {
    times.sort();
    let at = |index: usize| times[index].as_secs_f64() * 1000.0;
    let (median, best) = (at(times.len() / 2), at(0));
    let memory = memory.map_or("-".to_owned(), |kilobytes| {
        format!("{:.0}", kilobytes as f64 * 1.024 / 1000.0)
    });
    println!("{name:<44} {median:>9.1} {best:>9.1} {memory:>9}");
}

/// A process that ends by itself.
fn run(name: &str, runs: usize, arguments: &[&str]) {
    let (mut times, mut most) = (Vec::new(), None);
    for _ in 0..runs {
        let begun = Instant::now();
        let mut command = Command::new(PROGRAM);
        command.args(arguments).stdout(Stdio::null());
        let mut child = command.spawn().unwrap();
        // Watched closely, so that what it held at the end is seen.
        while child.try_wait().unwrap().is_none() {
            most = most.max(memory(child.id()));
            std::thread::sleep(Duration::from_micros(200));
        }
        times.push(begun.elapsed());
        assert!(child.wait().unwrap().success(), "{arguments:?}");
    }
    report(name, times, most);
}

/// The most memory a process has held so far, in kilobytes.
fn memory(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The processor time of a process so far, in hundredths of a second.
fn ticks(process: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(") ")?;
    let fields = fields.split(' ').skip(11).take(2);
    Some(fields.filter_map(|field| field.parse::<u64>().ok()).sum())
}

/// The program on a terminal of 200x60.
struct Screen {
    child: Box<dyn Child + Send + Sync>,
    output: Receiver<Vec<u8>>,
    // Kept open: closing it would end the program.
    _terminal: Box<dyn portable_pty::MasterPty + Send>,
}

impl Screen {
    fn start(arguments: &[&str]) -> Self {
        let size = PtySize {
            rows: 60,
            cols: 200,
            ..PtySize::default()
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(PROGRAM);
        command.args(arguments);
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        let mut reader = pair.master.try_clone_reader().unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        let (sender, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 65536];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Screen {
            child,
            output,
            _terminal: pair.master,
        }
    }

    /// Waits until a text and the end of its frame have been drawn.
    fn wait_for(&self, wanted: &str) {
        let mut seen = Vec::new();
        loop {
            seen.extend(self.output.recv_timeout(Duration::from_secs(60)).unwrap());
            let all = String::from_utf8_lossy(&seen);
            if let Some((_, behind)) = all.split_once(wanted)
                && (wanted == FRAME || behind.contains(FRAME))
            {
                return;
            }
        }
    }

    fn process(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    fn end(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// The time until a text is on the screen.
fn screen(name: &str, runs: usize, arguments: &[&str], until: &str) {
    let (mut times, mut most) = (Vec::new(), None);
    for _ in 0..runs {
        let begun = Instant::now();
        let screen = Screen::start(arguments);
        screen.wait_for(until);
        times.push(begun.elapsed());
        most = most.max(memory(screen.process()));
        screen.end();
    }
    report(name, times, most);
}

/// What the program does while nobody does anything, with everything loaded and indexed.
fn idle(dump: &Path) {
    let screen = Screen::start(&[text(dump)]);
    screen.wait_for("role-00010");
    // Until it is quiet: the index is made behind the first frame.
    while screen.output.recv_timeout(IDLE).is_ok() {}
    let before = ticks(screen.process());
    let mut bytes = 0;
    let begun = Instant::now();
    while let Some(left) = IDLE.checked_sub(begun.elapsed()) {
        match screen.output.recv_timeout(left) {
            Ok(more) => bytes += more.len(),
            Err(RecvTimeoutError::Timeout) => break,
            Err(RecvTimeoutError::Disconnected) => panic!("the program ended"),
        }
    }
    let used = ticks(screen.process())
        .zip(before)
        .map(|(now, before)| now - before);
    let used = used.map_or("-".to_owned(), |ticks| format!("{} ms", ticks * 10));
    let most = memory(screen.process()).unwrap_or_default() / 1000;
    println!(
        "idle for {} s with that dump: {bytes} bytes written, {used} of processor time; at most {most} MB so far",
        IDLE.as_secs()
    );
    screen.end();
}
