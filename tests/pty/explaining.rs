//! `iamscope explain` on a terminal.

use crate::terminal::{PROGRAM, Terminal};

const LINK: &[u8] =
    b"\x1b]8;;https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html\x1b\\";

#[test]
fn the_documentation_is_a_link() {
    let mut terminal = Terminal::run(&[PROGRAM, "explain", "s3:DeleteBucket"]);
    assert_eq!(terminal.end(), 0);
    assert_eq!(terminal.count(LINK), 1);
    assert!(terminal.text().contains("API_DeleteBucket.html"));
}

#[test]
fn a_dumb_terminal_gets_no_sequences() {
    let command = [PROGRAM, "explain", "s3:DeleteBucket"];
    let mut terminal = Terminal::run_with(&command, &[("TERM", "dumb")]);
    assert_eq!(terminal.end(), 0);
    assert_eq!(terminal.count(b"\x1b"), 0);
    assert!(terminal.text().contains("API_DeleteBucket.html"));
}
