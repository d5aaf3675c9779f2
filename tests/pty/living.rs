//! The terminal while the program runs.

use crate::terminal::Terminal;

#[test]
fn a_new_size_is_drawn_at_once() {
    let mut terminal = Terminal::start(&["--demo"]);
    terminal.wait_for_quiet();
    for (columns, rows) in [(120, 40), (10, 2), (1, 1), (200, 60), (80, 24)] {
        let before = terminal.count(b"\x1b[?2026l");
        terminal.resize(columns, rows);
        terminal.wait_until("a frame", |terminal| {
            terminal.count(b"\x1b[?2026l") > before
        });
    }
    terminal.send("q");
    assert_eq!(terminal.end(), 0);
    terminal.assert_clean();
}

/// Ticks of the clock that a process has used, in itself and in the system.
#[cfg(target_os = "linux")]
fn ticks(process: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    // The name in parentheses may hold spaces; fields 14 and 15 are counted from the state after it.
    let (_, rest) = stat.rsplit_once(") ").unwrap();
    let fields: Vec<&str> = rest.split(' ').collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn idle_is_no_bytes_and_no_work() {
    let mut terminal = Terminal::start(&["--demo"]);
    // The last of the counts, which come from behind.
    terminal.wait_for("7,011");
    std::thread::sleep(std::time::Duration::from_secs(2));
    terminal.wait_for_quiet();
    let (bytes, before) = (terminal.written(), ticks(terminal.process()));
    std::thread::sleep(std::time::Duration::from_secs(2));
    assert_eq!(terminal.written(), bytes);
    // A tick is a hundredth of a second: two seconds of anything like polling would show.
    assert!(ticks(terminal.process()) - before <= 1);
    terminal.send("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn the_terminal_is_asked_for_its_background_and_the_answer_is_no_key() {
    let mut terminal = Terminal::start(&["--demo"]);
    assert_eq!(terminal.count(b"\x1b]11;?\x1b\\"), 1);
    terminal.wait_for("7,011");
    std::thread::sleep(std::time::Duration::from_secs(2));
    terminal.wait_for_quiet();
    let before = terminal.text();
    // As keys this would close, search, and leave.
    terminal.send("\x1b]11;rgb:ffff/ffff/ffff\x1b\\");
    terminal.wait_for_quiet();
    assert_eq!(terminal.text(), before);
    terminal.send("q");
    assert_eq!(terminal.end(), 0);
    terminal.assert_clean();
}

#[test]
fn a_terminal_without_colours_is_not_asked() {
    let terminal = Terminal::run_with(&[crate::terminal::PROGRAM], &[("NO_COLOR", "1")]);
    terminal.wait_for_screen();
    assert_eq!(terminal.count(b"\x1b]11;?"), 0);
}
