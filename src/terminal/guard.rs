//! What is switched on in the terminal while the screen is up, and the one way to switch it off,
//! which works from anywhere: on leaving, on an error, on a panic in any thread, on a signal.

use std::backtrace::Backtrace;
use std::io::{self, Write, stdout};
use std::panic;
use std::path::PathBuf;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::terminal::{disable_raw_mode, enable_raw_mode};

use super::places::write_private;

/// Whether the terminal is in our hands. Whoever writes holds the lock of standard output while it
/// looks, so that nothing is drawn behind a restored terminal.
static OURS: AtomicBool = AtomicBool::new(false);

/// The exit code of a process that panicked, as Rust has it.
const PANICKED: i32 = 101;

const ENTER: &[u8] = b"\x1b[?1049h\x1b[2J\x1b[?25l\x1b[?2004h";
// Ends a synchronized update first: a terminal may hold everything back until then.
const LEAVE: &[u8] = b"\x1b[?2026l\x1b[?2004l\x1b[0m\x1b[?25h\x1b[?1049l";

/// Clicks, drags and the wheel, in coordinates without limit. Not every motion of the mouse, as it
/// would wake the program for nothing.
#[cfg(unix)]
const MOUSE_ON: &[u8] = b"\x1b[?1000h\x1b[?1002h\x1b[?1006h";
#[cfg(unix)]
const MOUSE_OFF: &[u8] = b"\x1b[?1006l\x1b[?1002l\x1b[?1000l";

/// Whether the terminal is in our hands.
pub(super) fn is_ours() -> bool {
    OURS.load(Ordering::SeqCst)
}

/// Takes the terminal: raw mode, the other screen, no cursor, bracketed paste, the mouse if wanted.
pub(super) fn enter(mouse: bool) -> io::Result<()> {
    let mut out = stdout().lock();
    enable_raw_mode()?;
    OURS.store(true, Ordering::SeqCst);
    let entered = out.write_all(ENTER).and_then(|()| out.flush());
    drop(out);
    entered
        .and_then(|()| if mouse { set_mouse(true) } else { Ok(()) })
        .inspect_err(|_| leave())
}

/// Gives the terminal back as it was. Does nothing when it is not ours.
pub(super) fn leave() {
    // This lock may be taken again by the thread that holds it: a panic while drawing is no deadlock.
    let mut out = stdout().lock();
    if !is_ours() {
        return;
    }
    // Each step is tried even when one before it failed: the terminal may be gone already.
    let _ = set_mouse(false);
    let _ = out.write_all(LEAVE);
    let _ = out.flush();
    let _ = disable_raw_mode();
    OURS.store(false, Ordering::SeqCst);
}

/// Takes the mouse or leaves it to the terminal.
pub(super) fn set_mouse(on: bool) -> io::Result<()> {
    #[cfg(unix)]
    return write(if on { MOUSE_ON } else { MOUSE_OFF });
    #[cfg(not(unix))]
    if on {
        crossterm::execute!(stdout(), crossterm::event::EnableMouseCapture)
    } else {
        crossterm::execute!(stdout(), crossterm::event::DisableMouseCapture)
    }
}

/// Writes to the terminal as long as it is ours.
pub(super) fn write(bytes: &[u8]) -> io::Result<()> {
    let mut out = stdout().lock();
    if is_ours() {
        out.write_all(bytes)?;
        out.flush()?;
    }
    Ok(())
}

/// From now on a panic in any thread, while the terminal is ours, restores the terminal, is then
/// reported as usual and with all its frames in the log, and ends the program: what is left of it
/// could not be trusted.
pub fn install_panic_hook(log: Option<PathBuf>) {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        // Held until the end, so that no other thread draws.
        let _out = stdout().lock();
        if !is_ours() {
            usual(panic);
            return;
        }
        leave();
        usual(panic);
        let version = env!("CARGO_PKG_VERSION");
        eprintln!(
            "iamscope {version} has failed; this is a bug, please report it with the lines above"
        );
        let frames = Backtrace::force_capture();
        let report = format!("iamscope {version}: {panic}\n{frames}\n");
        if let Some(log) = &log
            && write_private(log, report.as_bytes()).is_ok()
        {
            eprintln!("more about it is in {}", log.display());
        }
        process::exit(PANICKED);
    }));
}

/// Ends the program because a signal asked for it, from any thread.
pub fn end_by_signal(number: i32) -> ! {
    let _out = stdout().lock();
    leave();
    process::exit(128 + number);
}
