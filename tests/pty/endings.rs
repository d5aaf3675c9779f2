//! Every way out leaves the terminal as it was.

use std::thread;

use crate::terminal::{PROGRAM, Terminal};

#[test]
fn leaving() {
    let mut terminal = Terminal::start(&["--demo"]);
    assert!(terminal.mouse_is_taken());
    terminal.send("q");
    assert_eq!(terminal.end(), 0);
    terminal.assert_clean();
}

#[test]
fn signals_end_the_program_with_their_number() {
    for (name, number) in [("TERM", 15), ("HUP", 1), ("INT", 2), ("QUIT", 3)] {
        let mut terminal = Terminal::start(&["--demo"]);
        terminal.signal(name);
        assert_eq!(terminal.end(), 128 + number, "{name}");
        terminal.assert_clean();
    }
}

#[test]
fn a_source_that_cannot_be_read_is_an_error_on_a_clean_terminal() {
    let mut terminal = Terminal::run(&[PROGRAM, "no/such/file.json"]);
    assert_eq!(terminal.end(), 2);
    terminal.assert_clean();
    let text = terminal.text();
    assert!(
        text.contains("error: ") && text.contains("no/such/file.json"),
        "{text}"
    );
}

#[test]
fn an_unknown_theme_is_an_error_that_names_the_known_ones() {
    let mut terminal = Terminal::run(&[PROGRAM, "--theme", "drak"]);
    assert_eq!(terminal.end(), 2);
    terminal.assert_clean();
    let text = terminal.text();
    assert!(
        text.contains("`drak`") && text.contains("high-contrast"),
        "{text}"
    );
}

#[test]
fn suspending_gives_the_terminal_to_the_shell_and_takes_it_back() {
    let mut terminal = Terminal::shell();
    terminal.send(format!("{PROGRAM} --demo\r"));
    terminal.wait_for_screen();
    for _ in 0..2 {
        terminal.send("\x1a");
        terminal.wait_for("Stopped");
        terminal.assert_restored();
        terminal.send("stty -a | tr ' ;' '\\n\\n' | grep -x -e echo -e icanon -e isig | wc -l; echo do\"\"ne\r");
        terminal.wait_for("3\ndone");
        terminal.send("clear; fg\r");
        // The one and the other are not written in one piece.
        terminal.wait_until("the screen and the mouse", |terminal| {
            terminal.is_taken() && terminal.mouse_is_taken()
        });
    }
    terminal.send("q");
    terminal.wait_until("the shell", |terminal| !terminal.is_taken());
    terminal.send("echo code $?\r");
    terminal.wait_for("code 0");
    terminal.assert_restored();
}

#[test]
fn a_stop_from_outside_is_mended_on_going_on() {
    let mut terminal = Terminal::start(&["--demo"]);
    terminal.wait_for_quiet();
    // Long after the start, so that it is no echo of it.
    thread::sleep(std::time::Duration::from_millis(600));
    terminal.signal("STOP");
    let before = terminal.count(b"\x1b[?1049h");
    terminal.signal("CONT");
    terminal.wait_until("a new frame", |terminal| {
        terminal.count(b"\x1b[?1049h") > before && terminal.is_taken()
    });
    terminal.send("q");
    assert_eq!(terminal.end(), 0, "{}", terminal.text());
    terminal.assert_clean();
}

#[test]
fn a_panic_in_any_thread_restores_the_terminal_and_is_reported() {
    for place in ["main", "thread", "drawing"] {
        let test = std::env::current_exe().unwrap();
        let test = test.to_str().unwrap();
        let arguments = [
            test,
            "--exact",
            "endings::child_that_panics",
            "--ignored",
            "--nocapture",
            "--test-threads=1",
        ];
        let mut terminal = Terminal::run_with(&arguments, &[("PANIC_IN", place)]);
        assert_eq!(terminal.end(), 101, "{place}");
        assert_eq!(
            terminal.count(b"\x1b[?1049h"),
            1,
            "{place}: the screen was taken"
        );
        terminal.assert_clean();
        let text = terminal.text();
        assert!(
            text.contains(&format!("told to panic in {place}")),
            "{text}"
        );
        assert!(text.contains("please report it"), "{text}");
        let log = std::fs::read_to_string(terminal.home().join("state/log")).unwrap();
        assert!(log.contains("told to panic"), "{log}");
    }
}

/// Run by the test above in a terminal of its own.
#[test]
#[ignore = "it panics"]
fn child_that_panics() {
    let Ok(place) = std::env::var("PANIC_IN") else {
        return;
    };
    let log = std::env::var_os("HOME").unwrap();
    let log = std::path::Path::new(&log).join("state/log");
    iamscope::terminal::install_panic_hook(Some(log));
    let mut screen = iamscope::terminal::Screen::open(true).unwrap();
    screen.draw(|_| Vec::new()).unwrap();
    let fall = move || panic!("told to panic in {place}");
    match std::env::var("PANIC_IN").as_deref() {
        Ok("thread") => {
            thread::spawn(fall);
            // The main thread goes on drawing, as the loop would.
            loop {
                screen.draw(|_| Vec::new()).unwrap();
            }
        }
        Ok("drawing") => screen
            .draw(|_| {
                fall();
                Vec::new()
            })
            .unwrap(),
        _ => fall(),
    }
}
