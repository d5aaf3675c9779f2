//! Credentials are in nothing that the program writes.

use std::fs;

use super::account::account;
use super::program::{Program, SECRET, TOKEN, tree};
use super::stub::{Reply, Stub};

#[test]
fn secrets_are_in_no_snapshot_and_no_message() {
    let stub = Stub::start(account(3));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("live.json");
    let arguments = ["snapshot", "--profile", "-o", file.to_str().unwrap()];
    let output = Program::new(&arguments).keys().at(&stub.url).run();
    assert!(output.status.success(), "{output:?}");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("role-2") && text.contains("acme-prod"));
    // A server that sends the caller's own headers back.
    let echo = Stub::start(|call| {
        Reply::error(
            400,
            "ValidationError",
            &call.raw.replace(['<', '&', '>'], " "),
        )
    });
    let program = tree(&echo);
    let home = program.folder().to_owned();
    let echoed = program.run();
    let shown = format!(
        "{text}{}{}",
        String::from_utf8_lossy(&echoed.stderr),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(shown.contains("ValidationError"));
    for planted in [SECRET, TOKEN] {
        assert!(!shown.contains(planted), "{planted}");
    }
    assert!(
        !home.exists() || fs::read_dir(home).unwrap().count() == 0,
        "nothing is left behind"
    );
}
