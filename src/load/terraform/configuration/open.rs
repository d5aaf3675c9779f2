//! Folders of configuration: which files they have, which of them are root modules.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::downloaded::Downloaded;
use super::files::Files;
use super::folder::Folder;
use super::{Configuration, hcl, json};
use crate::iam::{Account, Place, Problem, SourceId, SourceKind, parse_json};
use crate::load::cloudformation::Given;
use crate::load::error::{Fault, LoadError};
use crate::load::open::{Opening, real_path};
use crate::load::read;
use crate::load::terraform::{Inputs, Terraform};
use crate::load::walk::Folder as WalkedFolder;

/// Folders that are read because a module names them, beyond those that the user named.
const MAX_NAMED_FOLDERS: usize = 200;

/// What a file of a configuration is by its name, as Terraform and OpenTofu tell it.
#[derive(Clone, Copy, Eq, PartialEq)]
enum FileKind {
    Hcl,
    Json,
    Values,
    JsonValues,
}

fn kind_of(path: &Path) -> Option<FileKind> {
    let name = path.file_name()?.to_str()?;
    let ends = |ends: [&str; 2]| ends.iter().any(|end| name.ends_with(end));
    let is_automatic =
        |end: &str| name == format!("terraform{end}") || name.ends_with(&format!(".auto{end}"));
    if ends([".tf", ".tofu"]) {
        Some(FileKind::Hcl)
    } else if ends([".tf.json", ".tofu.json"]) {
        Some(FileKind::Json)
    } else if is_automatic(".tfvars") {
        Some(FileKind::Values)
    } else if is_automatic(".tfvars.json") {
        Some(FileKind::JsonValues)
    } else {
        None
    }
}

/// The file that OpenTofu reads in the place of one: `main.tofu` for `main.tf`.
fn for_opentofu(path: &Path) -> PathBuf {
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.unwrap_or_default();
    match name
        .strip_suffix(".json")
        .unwrap_or(name)
        .strip_suffix(".tf")
    {
        Some(stem) if name.ends_with(".json") => path.with_file_name(format!("{stem}.tofu.json")),
        Some(stem) => path.with_file_name(format!("{stem}.tofu")),
        None => PathBuf::new(),
    }
}

/// Whether a file is read with its folder, or says how Terraform is to run.
pub(in crate::load) fn is_configuration(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    kind_of(path).is_some()
        || name.is_some_and(|name| {
            name.ends_with(".tfvars")
                || name.ends_with(".tfvars.json")
                || name.ends_with(".tftest.hcl")
        })
}

/// Whether a text is written in Terraform's language.
pub(in crate::load) fn looks_like_hcl(text: &str) -> bool {
    text.lines().any(|line| {
        let begins = |word: &str, next: char| {
            line.strip_prefix(word).is_some_and(|rest| {
                rest.trim_start().starts_with(next) && rest.contains(['{', '"'])
            })
        };
        [
            "resource", "data", "variable", "module", "output", "provider",
        ]
        .iter()
        .any(|word| begins(word, '"'))
            || ["locals", "terraform"].iter().any(|word| begins(word, '{'))
    })
}

/// Whether JSON is a configuration.
pub(in crate::load) fn is_json_configuration(root: &crate::iam::Node) -> bool {
    let members = root.members();
    let known = [
        "resource",
        "data",
        "variable",
        "locals",
        "output",
        "module",
        "provider",
        "terraform",
        "//",
        "check",
        "moved",
        "import",
        "removed",
    ];
    let all_known = members.iter().all(|member| {
        member
            .key
            .as_plain()
            .is_some_and(|key| known.contains(&key))
    });
    all_known
        && ["resource", "data", "module"].iter().any(|name| {
            root.get(name)
                .is_some_and(|value| !value.members().is_empty() || !value.items().is_empty())
        })
}

/// Reads one text by itself; modules and files that it names are not read.
pub(in crate::load) fn read_text(text: &str, source: SourceId) -> Result<Configuration, Fault> {
    let body = match text.trim_start().starts_with('{') {
        true => json::body(&parse_json(text, source)?),
        false => hcl::parse(text, source)?,
    };
    let mut folder = Folder::default();
    folder.add(body, false);
    let root = Arc::new(folder);
    Ok(Configuration {
        folders: BTreeMap::from([(root.path.clone(), root.clone())]),
        root,
        files: Arc::default(),
        source,
    })
}

/// Opens every configuration in folders that were walked, one for each root module. Gives the files
/// that belong to them.
pub(in crate::load) fn open_folders(
    opening: &mut Opening<'_>,
    top: &Path,
    walked: &[WalkedFolder],
) -> Result<HashSet<PathBuf>, LoadError> {
    let mut reading = Reading::default();
    for folder in walked {
        opening.progress.check()?;
        reading.folder(opening, &folder.path, &folder.files);
    }
    reading.follow_calls(opening)?;
    let mut used = HashSet::new();
    if reading.folders.is_empty() {
        return Ok(used);
    }
    if reading.reads_files {
        for folder in walked {
            let is_other = |path: &&PathBuf| !is_configuration(path);
            let others: Vec<PathBuf> = folder.files.iter().filter(is_other).cloned().collect();
            reading.files.add(&others);
        }
    }
    let folders: BTreeMap<PathBuf, Arc<Folder>> = std::mem::take(&mut reading.folders)
        .into_iter()
        .map(|(path, folder)| (path, Arc::new(folder)))
        .collect();
    let mut files = reading.files;
    let top = real_path(top);
    let mut configurations: Vec<Configuration> = roots(&folders)
        .into_iter()
        .filter_map(|root| {
            let source = reading.sources.get(&root)?;
            Some(Configuration {
                root: folders.get(&root)?.clone(),
                folders: reached(&folders, &root),
                files: Arc::default(),
                source: *source,
            })
        })
        .collect();
    if configurations.iter().any(Configuration::carries_policies) {
        configurations.retain(Configuration::carries_policies);
    }
    if !files.is_empty() {
        let all = Arc::new(files);
        for configuration in &mut configurations {
            configuration.files = all.clone();
        }
        let read = read_by(&configurations);
        for configuration in &mut configurations {
            configuration.files = Arc::default();
        }
        files = Arc::try_unwrap(all).unwrap_or_default();
        for path in &read {
            let shown = files.shown(path).unwrap_or_default().to_owned();
            let id = opening.add_source(&shown);
            opening.set_kind(id, SourceKind::Terraform);
            files.name(path, id);
        }
        used.extend(read);
        let all = Arc::new(files);
        for configuration in &mut configurations {
            configuration.files = all.clone();
        }
    }
    for configuration in configurations {
        let path = &configuration.root.path;
        let name = match path.strip_prefix(&top) {
            Ok(inside) if !inside.as_os_str().is_empty() => inside.display().to_string(),
            _ => crate::load::open::file_name(path),
        };
        opening.terraform(&name, Terraform::Configuration(configuration));
    }
    Ok(used)
}

/// The files that configurations read under no settings.
fn read_by(configurations: &[Configuration]) -> BTreeSet<PathBuf> {
    let given = Given::default();
    let inputs = Inputs { given: &given };
    let mut all = BTreeSet::new();
    for configuration in configurations {
        let mut account = Account::new("");
        all.extend(configuration.render(&mut account, &inputs).files);
    }
    all
}

/// Folders that no other uses. Those that only use each other have none: then the first is one.
fn roots(folders: &BTreeMap<PathBuf, Arc<Folder>>) -> Vec<PathBuf> {
    let calls = folders.values().flat_map(|folder| &folder.calls);
    let used: HashSet<&PathBuf> = calls.filter_map(|call| call.folder.as_ref()).collect();
    let mut roots: Vec<PathBuf> = folders
        .keys()
        .filter(|path| !used.contains(path))
        .cloned()
        .collect();
    let mut seen: HashSet<PathBuf> = HashSet::new();
    for root in &roots {
        seen.extend(reached(folders, root).into_keys());
    }
    for path in folders.keys() {
        if !seen.contains(path) {
            roots.push(path.clone());
            seen.extend(reached(folders, path).into_keys());
        }
    }
    roots
}

/// A folder and those that it uses.
fn reached(
    folders: &BTreeMap<PathBuf, Arc<Folder>>,
    root: &Path,
) -> BTreeMap<PathBuf, Arc<Folder>> {
    let mut found = BTreeMap::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(path) = open.pop() {
        let Some(folder) = folders.get(&path) else {
            continue;
        };
        if found.insert(path, folder.clone()).is_none() {
            open.extend(folder.calls.iter().filter_map(|call| call.folder.clone()));
        }
    }
    found
}

/// Folders that are being read.
#[derive(Default)]
struct Reading {
    folders: BTreeMap<PathBuf, Folder>,
    /// The first source of every folder.
    sources: BTreeMap<PathBuf, SourceId>,
    files: Files,
    downloaded: Downloaded,
    /// Whether any file calls `file` or `templatefile`.
    reads_files: bool,
}

impl Reading {
    fn folder(&mut self, opening: &mut Opening<'_>, path: &Path, files: &[PathBuf]) {
        let is_module = files
            .iter()
            .any(|file| matches!(kind_of(file), Some(FileKind::Hcl | FileKind::Json)));
        let real = real_path(path);
        if !is_module || self.folders.contains_key(&real) {
            return;
        }
        let mut folder = Folder {
            path: real.clone(),
            ..Folder::default()
        };
        let is_override = |file: &&PathBuf| {
            let name = file
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or_default();
            let stem = name.split('.').next().unwrap_or_default();
            stem == "override" || stem.ends_with("_override")
        };
        let (overrides, plain): (Vec<&PathBuf>, Vec<&PathBuf>) =
            files.iter().partition(is_override);
        for (file, overrides) in plain
            .into_iter()
            .map(|file| (file, false))
            .chain(overrides.into_iter().map(|file| (file, true)))
        {
            let Some(kind) = kind_of(file) else { continue };
            if files.contains(&for_opentofu(file)) {
                continue;
            }
            let id = opening.add_source(&file.display().to_string());
            opening.set_kind(id, SourceKind::Terraform);
            self.sources.entry(real.clone()).or_insert(id);
            if let Err(fault) = self.file(opening, &mut folder, file, kind, id, overrides) {
                let place = Place {
                    source: id,
                    ..fault.place
                };
                folder.problems.push(Problem::error(place, fault.message));
            }
        }
        for call in &mut folder.calls {
            if call.is_local() {
                let path = real.join(&call.source);
                call.folder = path.is_dir().then(|| real_path(&path));
            }
        }
        self.downloaded.add(&real);
        find_downloaded(&mut folder, &self.downloaded);
        self.folders.insert(real, folder);
    }

    fn file(
        &mut self,
        opening: &Opening<'_>,
        folder: &mut Folder,
        path: &Path,
        kind: FileKind,
        source: SourceId,
        overrides: bool,
    ) -> Result<(), Fault> {
        let text = read::file(path)?;
        opening.progress.read(text.len());
        self.reads_files |= text.contains("file(");
        match kind {
            FileKind::Hcl => folder.add(hcl::parse(&text, source)?, overrides),
            FileKind::Json => folder.add(json::body(&parse_json(&text, source)?), overrides),
            FileKind::Values => folder.add_values(hcl::parse(&text, source)?),
            FileKind::JsonValues => folder.add_values(json::values(&parse_json(&text, source)?)),
        }
        Ok(())
    }

    /// Reads the folders that modules name and that were not walked.
    fn follow_calls(&mut self, opening: &mut Opening<'_>) -> Result<(), LoadError> {
        // A module may have been read before the root that has downloaded what it uses.
        for folder in self.folders.values_mut() {
            find_downloaded(folder, &self.downloaded);
        }
        for _ in 0..MAX_NAMED_FOLDERS {
            opening.progress.check()?;
            let calls = self.folders.values().flat_map(|folder| &folder.calls);
            let mut named = calls.filter_map(|call| call.folder.clone());
            let Some(path) = named.find(|path| !self.folders.contains_key(path)) else {
                break;
            };
            let entries = fs::read_dir(&path).into_iter().flatten().flatten();
            let mut files: Vec<PathBuf> = entries
                .take(10_000)
                .map(|entry| entry.path())
                .filter(|path| path.is_file())
                .collect();
            files.sort();
            self.folder(opening, &path, &files);
            self.files.add(&files);
            // A module without a file is looked for once.
            self.folders.entry(path).or_default();
        }
        Ok(())
    }
}

/// Finds the folders of modules that come from elsewhere and have been downloaded.
fn find_downloaded(folder: &mut Folder, downloaded: &Downloaded) {
    for call in &mut folder.calls {
        if call.folder.is_none() && !call.is_local() {
            call.folder = downloaded.folder(&folder.path, &call.name);
        }
    }
}
