//! The program with an environment of its own.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use super::stub::Stub;

pub const SECRET: &str = "wJalrXUtnFEMIK7MDENGbPxRfiCYPLANTEDSECRT";
pub const TOKEN: &str = "IQoJb3JpZ2luX2VjEPLANTEDTOKENxxxxxxxxxxxxxxxxxxxxxxx1";

/// The program with a clean environment: credentials of its own, no configuration but what a test
/// writes.
pub struct Program {
    folder: tempfile::TempDir,
    command: Command,
}

impl Program {
    pub fn new(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_iamscope"));
        command.args(arguments);
        for (name, _) in std::env::vars() {
            if name.starts_with("AWS_") {
                command.env_remove(name);
            }
        }
        for name in [
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "ALL_PROXY",
            "http_proxy",
            "https_proxy",
            "all_proxy",
        ] {
            command.env_remove(name);
        }
        command
            .env("HOME", folder.path())
            .env("AWS_CONFIG_FILE", folder.path().join("config"))
            .env(
                "AWS_SHARED_CREDENTIALS_FILE",
                folder.path().join("credentials"),
            )
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .stdin(Stdio::null());
        Program { folder, command }
    }

    pub fn keys(mut self) -> Self {
        self.command
            .env("AWS_ACCESS_KEY_ID", "AKIAPLANTEDKEY000001")
            .env("AWS_SECRET_ACCESS_KEY", SECRET)
            .env("AWS_SESSION_TOKEN", TOKEN);
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    pub fn config(self, text: &str) -> Self {
        fs::write(self.folder.path().join("config"), text).unwrap();
        self
    }

    /// A file below the home folder.
    pub fn file(self, path: &str, text: &str) -> Self {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn at(mut self, url: &str) -> Self {
        for service in [
            "iam",
            "sts",
            "organizations",
            "s3",
            "kms",
            "sqs",
            "sns",
            "secretsmanager",
            "lambda",
            "ecr",
        ] {
            self.command
                .arg("--endpoint")
                .arg(format!("{service}={url}"));
        }
        self
    }

    pub fn run(mut self) -> Output {
        self.command.output().unwrap()
    }

    pub fn run_typing(mut self, text: &str) -> Output {
        let mut child = self
            .command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
        child.wait_with_output().unwrap()
    }
}

pub fn tree(stub: &Stub) -> Program {
    Program::new(&["tree", "--profile", "--format", "json"])
        .keys()
        .at(&stub.url)
}

pub fn json_of(output: &Output) -> Value {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

pub fn words_of(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    String::from_utf8(output.stderr.clone()).unwrap()
}

pub fn problems(json: &Value) -> String {
    json["problems"].to_string()
}
