//! The house rules: which folder of `src` may use which, and what must not stand anywhere.

#![allow(clippy::panic, clippy::unwrap_used)] // helpers of tests

use std::fs;
use std::path::{Path, PathBuf};

const PURE: [&str; 7] = [
    "iam", "catalog", "simulate", "denial", "analyze", "explain", "report",
];

/// Folder, and the folders that it may use besides itself.
fn allowed(folder: &str) -> Vec<&'static str> {
    match folder {
        "iam" | "terminal" => vec![],
        "catalog" | "aws" => vec!["iam"],
        "simulate" => PURE[..2].to_vec(),
        "denial" | "analyze" => PURE[..3].to_vec(),
        "explain" => PURE[..5].to_vec(),
        "report" => PURE[..6].to_vec(),
        "load" => vec!["iam", "catalog", "aws"],
        "app" => PURE.to_vec(),
        "ui" => [&PURE[..6], &["app"]].concat(),
        "runtime" => [&PURE[..], &["aws", "load", "app", "ui", "terminal"]].concat(),
        "cli" => [&PURE[..], &["aws", "load", "app", "terminal", "runtime"]].concat(),
        other => panic!("src/{other} is not in the table of the house"),
    }
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// The folders named in `crate::NAME` and `crate::{NAME, ...}`, comments left out.
fn uses(text: &str) -> Vec<String> {
    let code: String = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n");
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let names = match rest.strip_prefix('{') {
            Some(list) => top_level_names(list),
            None => vec![identifier(rest)],
        };
        found.extend(names);
    }
    found
}

fn identifier(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

fn top_level_names(list: &str) -> Vec<String> {
    let (mut depth, mut names, mut start) = (0, Vec::new(), 0);
    for (at, character) in list.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => {
                names.push(identifier(list[start..at].trim_start()));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(identifier(list[start..at].trim_start()));
                start = at + 1;
            }
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

#[test]
fn folders_use_only_what_stands_below_them() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    let mut arrows = 0;
    for entry in fs::read_dir(&source).unwrap() {
        let folder = entry.unwrap().path();
        if !folder.is_dir() {
            continue;
        }
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let allowed = allowed(&name);
        for file in rust_files(&folder) {
            for used in uses(&fs::read_to_string(&file).unwrap()) {
                arrows += 1;
                if used != name && !allowed.contains(&used.as_str()) {
                    wrong.push(format!("{} uses crate::{used}", file.display()));
                }
            }
        }
    }
    assert!(arrows > 10, "the test reads no arrows any more");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn reads_arrows_of_every_form() {
    assert_eq!(
        uses(
            "use crate::iam::Arn; // crate::cli\nuse crate::{app::{State, x}, load};\nfn f() { crate::ui::draw() }"
        ),
        ["iam", "app", "load", "ui"]
    );
}
