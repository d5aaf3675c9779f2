//! The program in a pseudo-terminal that answers nothing, until something is on its screen.

use std::io::Read;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

/// The end of a frame.
const FRAME: &[u8] = b"\x1b[?2026l";

/// What starting came to.
#[allow(dead_code)] // not every measurement looks at memory
pub struct Started {
    /// The time until the frame that was waited for.
    pub took: Duration,
    /// The most memory until then, in megabytes; 0 where the platform does not say.
    pub memory: u64,
}

/// Starts the program and waits for a frame, or for a frame with this text, and then for as long as
/// `stay` says.
pub fn start(
    arguments: &[&str],
    variables: &[(&str, &str)],
    until: Option<&[u8]>,
    stay: Duration,
) -> Started {
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
    for (name, value) in variables {
        command.env(name, value);
    }
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
    // A program whose screen nobody reads waits.
    std::thread::spawn(move || while matches!(reader.read(&mut buffer), Ok(1..)) {});
    std::thread::sleep(stay);
    let memory = child.process_id().map_or(0, memory);
    child.kill().unwrap();
    child.wait().unwrap();
    Started { took, memory }
}

fn contains(seen: &[u8], text: &[u8]) -> bool {
    seen.windows(text.len()).any(|window| window == text)
}

fn memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kilobytes.unwrap_or_default() / 1_000
}
