//! A terminal to run the program in: a pseudo-terminal with an emulator that reads what it writes.

use std::cell::Cell;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use tempfile::TempDir;
use vt100::{MouseProtocolMode, Parser};

/// Long enough for a loaded machine; nothing waits for it unless it has failed already.
const PATIENCE: Duration = Duration::from_secs(30);

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_iamscope");

/// What the emulator has seen.
struct Seen {
    parser: Parser,
    bytes: Vec<u8>,
}

pub struct Terminal {
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    seen: Arc<Mutex<Seen>>,
    mode_before: String,
    home: TempDir,
}

impl Terminal {
    /// Runs a command in a terminal of 80 columns and 24 rows.
    pub fn run(command: &[&str]) -> Self {
        Self::run_with(command, &[])
    }

    /// Runs a command with these variables of the environment beside the usual ones.
    pub fn run_with(command: &[&str], environment: &[(&str, &str)]) -> Self {
        let size = PtySize {
            rows: 24,
            cols: 80,
            ..PtySize::default()
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let home = tempfile::tempdir().unwrap();
        let mut builder = CommandBuilder::new(command[0]);
        builder.args(&command[1..]);
        builder.cwd(env!("CARGO_MANIFEST_DIR"));
        builder.env_clear();
        builder.env("PATH", std::env::var("PATH").unwrap_or_default());
        builder.env("HOME", home.path());
        builder.env("TERM", "xterm-256color");
        builder.env("LANG", "C.UTF-8");
        builder.env("PS1", "prompt> ");
        for (name, value) in environment {
            builder.env(name, value);
        }
        let mode_before = mode(&*pair.master);
        let child = pair.slave.spawn_command(builder).unwrap();
        drop(pair.slave);
        let seen = Arc::new(Mutex::new(Seen {
            parser: Parser::new(cells(size.rows), cells(size.cols), 0),
            bytes: Vec::new(),
        }));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let into = Arc::clone(&seen);
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                let mut seen = into.lock().unwrap();
                seen.parser.process(&buffer[..count]);
                seen.bytes.extend_from_slice(&buffer[..count]);
            }
        });
        Terminal {
            writer: pair.master.take_writer().unwrap(),
            master: pair.master,
            child,
            seen,
            mode_before,
            home,
        }
    }

    /// Runs the program with these arguments and waits for its first frame.
    pub fn start(arguments: &[&str]) -> Self {
        let terminal = Self::run(&[&[PROGRAM], arguments].concat());
        terminal.wait_for_screen();
        terminal
    }

    /// Runs a shell with job control.
    pub fn shell() -> Self {
        let terminal = Self::run(&["bash", "--norc", "--noprofile", "--noediting", "-i"]);
        terminal.wait_for("prompt> ");
        terminal
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap()
    }

    /// The text on the screen.
    pub fn text(&self) -> String {
        self.seen().parser.screen().contents()
    }

    /// How many bytes the program has written.
    pub fn written(&self) -> usize {
        self.seen().bytes.len()
    }

    /// What the program has written.
    pub fn bytes(&self) -> Vec<u8> {
        self.seen().bytes.clone()
    }

    /// How often these bytes have been written.
    pub fn count(&self, bytes: &[u8]) -> usize {
        let seen = self.seen();
        seen.bytes
            .windows(bytes.len())
            .filter(|window| *window == bytes)
            .count()
    }

    /// Types, or sends what a terminal sends.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.writer.write_all(bytes.as_ref()).unwrap();
        self.writer.flush().unwrap();
    }

    pub fn resize(&mut self, columns: u16, rows: u16) {
        let size = PtySize {
            rows,
            cols: columns,
            ..PtySize::default()
        };
        self.seen()
            .parser
            .screen_mut()
            .set_size(cells(rows), cells(columns));
        self.master.resize(size).unwrap();
    }

    /// Waits until something holds.
    pub fn wait_until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        while !holds(self) {
            assert!(
                begun.elapsed() < PATIENCE,
                "{what} did not come; the screen:\n{}",
                self.text()
            );
            thread::sleep(Duration::from_millis(5));
        }
    }

    pub fn wait_for(&self, text: &str) {
        self.wait_until(&format!("`{text}`"), |terminal| {
            terminal.text().contains(text)
        });
    }

    /// Waits until the program has taken the terminal and drawn a frame.
    pub fn wait_for_screen(&self) {
        self.wait_until("the screen", |terminal| {
            terminal.is_taken() && terminal.count(b"\x1b[?2026l") > 0
        });
    }

    /// Waits until nothing has been written for a while.
    pub fn wait_for_quiet(&self) {
        let last = Cell::new((self.written(), Instant::now()));
        self.wait_until("quiet", |terminal| {
            let written = terminal.written();
            if written != last.get().0 {
                last.set((written, Instant::now()));
            }
            last.get().1.elapsed() > Duration::from_millis(300)
        });
    }

    /// Whether a program has the screen.
    pub fn is_taken(&self) -> bool {
        self.seen().parser.screen().alternate_screen()
    }

    /// The home folder of the person at this terminal.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    pub fn process(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    pub fn signal(&self, name: &str) {
        signal(self.process(), name);
    }

    /// Waits for the end and gives the exit code.
    pub fn end(&mut self) -> u32 {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                // What it wrote last may still be on its way.
                thread::sleep(Duration::from_millis(50));
                return status.exit_code();
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "the program goes on; the screen:\n{}",
                self.text()
            );
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Holds that nothing of the program is left in the terminal.
    pub fn assert_clean(&self) {
        self.assert_restored();
        assert_eq!(mode(&*self.master), self.mode_before);
    }

    /// Holds that all is switched off that the program switches on, whatever the mode of the line.
    pub fn assert_restored(&self) {
        let seen = self.seen();
        let screen = seen.parser.screen();
        assert!(!screen.alternate_screen(), "the other screen is still on");
        assert!(!screen.hide_cursor(), "the cursor is still hidden");
        assert!(!screen.bracketed_paste(), "bracketed paste is still on");
        assert_eq!(screen.mouse_protocol_mode(), MouseProtocolMode::None);
        assert_eq!(screen.fgcolor(), vt100::Color::Default);
        assert_eq!(screen.bgcolor(), vt100::Color::Default);
        assert!(!screen.bold() && !screen.inverse() && !screen.underline());
        drop(seen);
        // A frame that was begun has been ended.
        assert!(self.count(b"\x1b[?2026l") >= self.count(b"\x1b[?2026h"));
    }

    pub fn mouse_is_taken(&self) -> bool {
        let seen = self.seen();
        seen.parser.screen().mouse_protocol_mode() != MouseProtocolMode::None
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The mode of the line: whether it echoes, waits for whole lines, and so on.
fn mode(master: &dyn MasterPty) -> String {
    let mode = master.get_termios().unwrap();
    format!(
        "{:?} {:?} {:?}",
        mode.input_flags, mode.output_flags, mode.local_flags
    )
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).unwrap()
}

fn signal(process: u32, name: &str) {
    let status = std::process::Command::new("sh")
        .args(["-c", &format!("kill -{name} {process}")])
        .status();
    assert!(status.unwrap().success());
}
