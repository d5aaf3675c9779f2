//! `cargo xtask notices`: THIRD_PARTY_NOTICES, the licences of what the program is made of.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::packages::{Package, Result, Sources, run};

const PREFACE: &str = "\
THIRD PARTY NOTICES

iamscope is licensed under MIT or Apache-2.0, at your option. It contains what follows.
Written by `cargo xtask notices`.


DATA

Descriptions of actions, resource types and condition keys, and the texts of the AWS managed
policies, are AWS's: they come from the documentation and the API of Amazon Web Services, by way
of the packages below.

";

/// The text for packages that name the licence and hold no file of it.
const MIT: &str = include_str!("../../LICENSE-MIT");

pub fn write() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .ok_or("xtask has no parent folder")?;
    let mut sources = Sources::read(&root.join("assets/SOURCES.toml"))?;
    let folders = sources.fetch(&root.join("target/catalog-packages"), false)?;

    let mut text = PREFACE.to_owned();
    for package in &sources.packages {
        let Package {
            name,
            version,
            date,
            licence,
            used_for,
            ..
        } = package;
        text.push_str(&format!(
            "{name} {version} of {date} ({licence}): {used_for}.\n"
        ));
    }
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in &sources.packages {
        let files = licence_files(&folders.path(&package.id, "")?, 4)?;
        if files.is_empty() {
            return Err(format!("{} holds no licence", package.name).into());
        }
        let name = format!("{} {}", package.name, package.version);
        groups.entry(read_all(&files)?).or_default().push(name);
    }
    append(&mut text, groups);

    text.push_str("\n\nPROGRAM\n\nThe Rust packages (crates) that are compiled in, on one platform or another.\n");
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for krate in linked_crates(root)? {
        let texts = crate_texts(&krate)?;
        groups.entry(texts).or_default().push(format!(
            "{} {} ({})",
            krate.name, krate.version, krate.licence
        ));
    }
    append(&mut text, groups);
    fs::write(root.join("THIRD_PARTY_NOTICES"), text)?;
    Ok(())
}

/// Each text once, below the names of all that it belongs to, sorted by the first name.
fn append(text: &mut String, groups: BTreeMap<String, Vec<String>>) {
    let mut groups: Vec<(Vec<String>, String)> = groups
        .into_iter()
        .map(|(text, names)| (names, text))
        .collect();
    groups.sort();
    for (names, licence) in groups {
        text.push_str(&format!(
            "\n{}\n{}\n\n{}\n",
            "-".repeat(80),
            names.join("\n"),
            licence.trim_end()
        ));
    }
}

struct Crate {
    name: String,
    version: String,
    licence: String,
    authors: String,
    folder: PathBuf,
}

/// Every crate that the program is linked with on some platform; what only builds or tests is not.
fn linked_crates(root: &Path) -> Result<Vec<Crate>> {
    let metadata = run(Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(root))?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let id = |value: &Value| value["id"].as_str().unwrap_or_default().to_owned();
    let packages: BTreeMap<String, Value> = list(&metadata["packages"])
        .into_iter()
        .map(|p| (id(&p), p))
        .collect();
    let nodes: BTreeMap<String, Value> = list(&metadata["resolve"]["nodes"])
        .into_iter()
        .map(|n| (id(&n), n))
        .collect();
    let root_id = packages
        .iter()
        .find(|(_, package)| package["name"] == "iamscope")
        .ok_or("no package iamscope")?
        .0;

    let mut seen = BTreeSet::new();
    let mut waiting = vec![root_id.clone()];
    while let Some(next) = waiting.pop() {
        let is_macro = list(&packages[&next]["targets"])
            .iter()
            .any(|target| list(&target["kind"]).contains(&"proc-macro".into()));
        if is_macro || !seen.insert(next.clone()) {
            continue;
        }
        for dependency in list(&nodes[&next]["deps"]) {
            if list(&dependency["dep_kinds"])
                .iter()
                .any(|kind| kind["kind"].is_null())
            {
                waiting.push(dependency["pkg"].as_str().unwrap_or_default().to_owned());
            }
        }
    }
    seen.remove(root_id);
    let mut crates: Vec<Crate> = seen
        .iter()
        .map(|id| {
            let package = &packages[id];
            let text = |field: &str| package[field].as_str().unwrap_or_default().to_owned();
            let authors = list(&package["authors"]);
            let authors: Vec<&str> = authors.iter().filter_map(Value::as_str).collect();
            Crate {
                name: text("name"),
                version: text("version"),
                licence: text("license"),
                authors: authors.join(", "),
                folder: PathBuf::from(text("manifest_path"))
                    .parent()
                    .map(Path::to_owned)
                    .unwrap_or_default(),
            }
        })
        .collect();
    crates.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    Ok(crates)
}

/// The text under which a crate is used: MIT where it may be chosen, else all that it holds.
fn crate_texts(krate: &Crate) -> Result<String> {
    let files = licence_files(&krate.folder, 1)?;
    let is = |path: &Path, what: &str| {
        path.file_name()
            .is_some_and(|name| name.to_string_lossy().to_uppercase().contains(what))
    };
    let mit = krate.licence.contains("MIT") && !krate.licence.contains("AND");
    let mut chosen: Vec<PathBuf> = files
        .iter()
        .filter(|path| mit && (is(path, "MIT") || is(path, "NOTICE")))
        .cloned()
        .collect();
    if !chosen.iter().any(|path| is(path, "MIT")) {
        chosen = files;
    }
    if !chosen.is_empty() {
        return read_all(&chosen);
    }
    if mit {
        let holder = if krate.authors.is_empty() {
            format!("the authors of {}", krate.name)
        } else {
            krate.authors.clone()
        };
        let terms = MIT
            .split_once("\n\nPermission")
            .ok_or("LICENSE-MIT has an unexpected form")?
            .1;
        return Ok(format!(
            "MIT License\n\nCopyright (c) {holder}\n\nPermission{terms}"
        ));
    }
    match krate.licence.as_str() {
        "BSL-1.0" => Ok(include_str!("BSL-1.0.txt").to_owned()),
        other => Err(format!("{} holds no licence text ({other})", krate.name).into()),
    }
}

/// The files of a folder that state a licence, down to some depth, sorted.
fn licence_files(folder: &Path, depth: usize) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .to_uppercase();
        let stated = ["LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE"]
            .iter()
            .any(|start| name.starts_with(start));
        let source = [".RS", ".JS", ".PY", ".TS", ".JSON"]
            .iter()
            .any(|ending| name.ends_with(ending));
        if path.is_dir() {
            let of_package =
                name == "PACKAGE" || name.ends_with(".DIST-INFO") || name == "LICENSES";
            if depth > 1 && of_package {
                found.extend(licence_files(&path, depth - 1)?);
            }
        } else if stated && !source {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn read_all(files: &[PathBuf]) -> Result<String> {
    let mut texts = Vec::new();
    for file in files {
        let text = fs::read_to_string(file)?.replace("\r\n", "\n");
        texts.push(text.trim_matches('\n').to_owned());
    }
    Ok(texts.join("\n\n"))
}
