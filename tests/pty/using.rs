//! The program in use: what a person types and sees, and what reaches the programs around it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::terminal::{PROGRAM, Terminal};

const TEMPLATE: &str = "tests/fixtures/templates/codepipeline_service_role.json";

fn start_with(arguments: &[&str], environment: &[(&str, &str)]) -> Terminal {
    let terminal = Terminal::run_with(&[&[PROGRAM], arguments].concat(), environment);
    terminal.wait_for_screen();
    terminal
}

fn leave(mut terminal: Terminal) {
    terminal.send("\x03");
    assert_eq!(terminal.end(), 0, "{}", terminal.text());
    terminal.assert_clean();
}

/// A program of that name that the test wrote.
fn script(folder: &Path, name: &str, lines: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{lines}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    path
}

#[test]
fn browsing_and_searching_the_demo() {
    let mut terminal = Terminal::start(&["--demo"]);
    terminal.wait_for("gitpod-customer-debug-access-ro");
    terminal.send("/usage\r");
    terminal.wait_for("foobar-usage");
    terminal.wait_for("Managed policies › foobar-usage");
    terminal.send("?");
    terminal.wait_for("┌ Help");
    terminal.send("\x1b");
    terminal.wait_until("the tree", |terminal| !terminal.text().contains("┌ Help"));
    leave(terminal);
}

#[test]
fn a_click_selects_and_the_wheel_turns() {
    let mut terminal = Terminal::start(&["--demo"]);
    terminal.wait_for("gitpod-customer-debug-access-ro");
    let text = terminal.text();
    let row = text
        .lines()
        .position(|line| line.contains("gitpod-customer"));
    let row = row.unwrap() + 1;
    terminal.send(format!("\x1b[<0;12;{row}M\x1b[<0;12;{row}m"));
    terminal.wait_for("Roles › gitpod-customer-debug-access-role");
    leave(terminal);
}

#[test]
fn the_editor_gets_the_file_the_line_and_the_keyboard() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let editor = script(
        folder.path(),
        "vim",
        &format!(
            "echo \"$@\" > {0}; echo editing; read line; echo \"$line\" >> {0}",
            log.display()
        ),
    );
    let mut terminal = start_with(&[TEMPLATE], &[("EDITOR", editor.to_str().unwrap())]);
    terminal.wait_for("codepipeline");
    terminal.send("jje");
    terminal.wait_for("editing");
    terminal.assert_restored();
    terminal.send("typed for the editor\r");
    terminal.wait_for("back from vim");
    assert!(terminal.is_taken() && terminal.mouse_is_taken());
    let log = fs::read_to_string(log).unwrap();
    let (arguments, typed) = log.trim().split_once('\n').unwrap();
    let (line, file) = arguments.split_once(' ').unwrap();
    assert!(
        line.strip_prefix('+').unwrap().parse::<u32>().unwrap() > 1,
        "{line}"
    );
    assert!(
        Path::new(file).is_absolute() && file.ends_with(TEMPLATE),
        "{file}"
    );
    assert_eq!(typed, "typed for the editor");
    leave(terminal);
}

#[test]
fn without_a_desktop_the_terminal_is_asked_to_copy() {
    let mut terminal = Terminal::start(&["--demo"]);
    terminal.wait_for("gitpod-customer-debug-access-ro");
    terminal.send("/usage\r");
    terminal.wait_for("Managed policies › foobar-usage");
    terminal.send("y");
    terminal.wait_for("OSC 52");
    // The beginning of `{`, in base64.
    assert_eq!(terminal.count(b"\x1b]52;c;ew"), 1);
    leave(terminal);
}

#[test]
fn the_mouse_is_given_to_the_terminal_and_taken_back() {
    let mut terminal = Terminal::start(&["--demo"]);
    terminal.wait_for("gitpod-customer-debug-access-ro");
    terminal.send("m");
    terminal.wait_until("no mouse", |terminal| !terminal.mouse_is_taken());
    terminal.send("m");
    terminal.wait_until("the mouse", Terminal::mouse_is_taken);
    leave(terminal);
    let terminal = Terminal::start(&["--demo", "--no-mouse"]);
    assert!(!terminal.mouse_is_taken());
    leave(terminal);
}

#[test]
fn a_file_that_changes_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policy.json");
    let policy = |action: &str| {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}}}"#
        )
    };
    fs::write(&path, policy("s3:GetObject")).unwrap();
    let mut terminal = start_with(&[path.to_str().unwrap(), "--watch"], &[]);
    terminal.send("+");
    terminal.wait_for("s3:GetObject");
    fs::write(&path, policy("sqs:SendMessage")).unwrap();
    terminal.wait_until("the other policy", |terminal| {
        !terminal.text().contains("s3:GetObject")
    });
    terminal.send("+");
    terminal.wait_for("sqs:SendMessage");
    leave(terminal);
}

#[test]
fn a_light_terminal_gets_the_light_theme() {
    let mut terminal = start_with(&["--demo"], &[("COLORTERM", "truecolor")]);
    terminal.wait_for("gitpod-customer-debug-access-ro");
    terminal.wait_for("✓");
    // Allow, in dark.toml and in light.toml.
    let (dark, light) = (b"38;2;140;201;143", b"38;2;26;107;44");
    assert!(terminal.count(dark) > 0);
    assert_eq!(terminal.count(light), 0);
    terminal.send("\x1b]11;rgb:fdfd/f6f6/e3e3\x1b\\");
    terminal.wait_until("the light theme", |terminal| terminal.count(light) > 0);
    leave(terminal);
}

#[test]
fn colours_are_only_those_that_the_terminal_has() {
    for (environment, wanted, unwanted) in [
        (
            &[("NO_COLOR", "1")][..],
            None,
            &["38;", "48;", "\x1b[32m"][..],
        ),
        (&[("TERM", "xterm")], Some("38;5;2"), &["38;2;", "38;5;114"]),
        (&[("TERM", "xterm-256color")], Some("38;5;114"), &["38;2;"]),
        (&[("COLORTERM", "truecolor")], Some("38;2;"), &[]),
    ] {
        let terminal = start_with(&["--demo", "--theme", "dark"], environment);
        terminal.wait_for("✓");
        let written = terminal.bytes();
        let written = String::from_utf8_lossy(&written);
        if let Some(wanted) = wanted {
            assert!(written.contains(wanted), "{environment:?}: {wanted}");
        }
        for unwanted in unwanted {
            assert!(!written.contains(unwanted), "{environment:?}: {unwanted}");
        }
        leave(terminal);
    }
}

#[test]
fn a_terminal_without_unicode_gets_ascii() {
    let terminal = start_with(&["--demo"], &[("LANG", "C")]);
    terminal.wait_for("gitpod-customer-debug-access-ro");
    let text = terminal.text();
    assert!(text.is_ascii(), "{text}");
    leave(terminal);
}

#[test]
fn keys_themes_and_settings_of_ones_own() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("iamscope");
    fs::create_dir_all(config.join("themes")).unwrap();
    fs::write(config.join("config.toml"), "theme = \"own\"\n").unwrap();
    fs::write(
        config.join("themes/own.toml"),
        "background = \"dark\"\nbase = \"dark\"\n[style]\nallow = { fg = \"#010203\" }\n",
    )
    .unwrap();
    fs::write(
        config.join("keymap.toml"),
        "everywhere = [{ command = \"quit\", keys = [\"f10\"] }]\n",
    )
    .unwrap();
    let environment = [
        ("XDG_CONFIG_HOME", folder.path().to_str().unwrap()),
        ("COLORTERM", "truecolor"),
    ];
    let mut terminal = start_with(&["--demo"], &environment);
    terminal.wait_for("gitpod-customer-debug-access-ro");
    assert!(terminal.count(b"38;2;1;2;3") > 0);
    terminal.send("\x1b[21~");
    assert_eq!(terminal.end(), 0);

    fs::write(
        config.join("keymap.toml"),
        "everywhere = [\n{ command = \"qiut\", keys = [] }]\n",
    )
    .unwrap();
    let terminal = start_with(&["--demo"], &environment);
    terminal.wait_for("line 2, column 13: `qiut` is no command");
    leave(terminal);
}

#[test]
fn what_was_opened_is_offered_the_next_time() {
    let folder = tempfile::tempdir().unwrap();
    let state = [("XDG_STATE_HOME", folder.path().to_str().unwrap())];
    // A short path: of a long one the list shows only a part.
    let copy = folder.path().join("role.json");
    fs::copy(TEMPLATE, &copy).unwrap();
    let terminal = start_with(&[copy.to_str().unwrap()], &state);
    terminal.wait_for("role.json");
    let recent = folder.path().join("iamscope/recent");
    terminal.wait_until("the list", |_| recent.exists());
    leave(terminal);
    assert_eq!(
        fs::metadata(&recent).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let mut terminal = start_with(&[], &state);
    terminal.wait_for("role.json");
    terminal.send("role.js\r");
    terminal.wait_for("Roles");
    leave(terminal);
}

#[test]
fn standard_input_is_a_source_and_keys_still_come_from_the_terminal() {
    let command = format!("{PROGRAM} - < {TEMPLATE}");
    let mut terminal = Terminal::run(&["sh", "-c", &command]);
    terminal.wait_for_screen();
    terminal.wait_for("standard input");
    terminal.send("?");
    terminal.wait_for("┌ Help");
    terminal.send("\x1b");
    terminal.wait_until("the tree", |terminal| !terminal.text().contains("┌ Help"));
    leave(terminal);
}
