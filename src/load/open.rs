//! From what was named to what it holds: files, folders, the pieces that belong together.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::cloudformation::Template;
use super::detect::{self, Content};
use super::error::{Fault, LoadError};
use super::progress::Progress;
use super::terraform::Terraform;
use super::terraform::configuration::open as configuration;
use super::walk::{Folder, walk};
use super::{DEMO, Environment, SourceSpec, Sources, Unit, cdk, live, nested, read};
use crate::aws::ConnectOptions;
use crate::iam::{Place, Problem, Source, SourceId, SourceKind};

/// Bytes that the files of one folder may have together.
const MAX_FOLDER_BYTES: u64 = 1 << 30;

/// Sources that are being opened.
pub(super) struct Opening<'a> {
    pub sources: Sources,
    pub progress: &'a Progress,
    /// Files that another source holds, such as the templates of nested stacks.
    pub consumed: HashSet<PathBuf>,
}

/// Opens everything that was named, in order.
pub(super) fn open(specs: &[SourceSpec], progress: &Progress) -> Result<Sources, LoadError> {
    let mut opening = Opening {
        sources: Sources::default(),
        progress,
        consumed: HashSet::new(),
    };
    let mut live: Vec<(&ConnectOptions, SourceId)> = Vec::new();
    let mut places = Vec::new();
    for spec in specs {
        progress.check()?;
        match spec {
            SourceSpec::Demo => {
                let id = opening.add_source("demo");
                let name = "Gitpod Enterprise";
                let text = DEMO.to_owned();
                let added = opening.add(id, name, None, text);
                added.map_err(|fault| fault.in_file("demo"))?;
            }
            SourceSpec::Bytes { name, bytes } => {
                let id = opening.add_source(name);
                let added =
                    read::decode(bytes.clone()).and_then(|text| opening.add(id, name, None, text));
                added.map_err(|fault| fault.in_file(name))?;
            }
            SourceSpec::Live(options) => {
                let id = opening.add_source(&live::source_name(options));
                opening.set_kind(id, SourceKind::Live);
                live.push((options, id));
                places.push(opening.sources.units.len());
            }
            SourceSpec::Path(path) if path.is_dir() => opening.folder(path)?,
            SourceSpec::Path(path) => opening.file(path)?,
        }
    }
    if !live.is_empty() {
        let loaded = live::load_waiting(&live, progress)?;
        // From the last on, so that the places before stay right.
        for (place, account) in places.into_iter().zip(loaded).rev() {
            let units = &mut opening.sources.units;
            units.insert(place, Unit::Account(Arc::new(account)));
        }
    }
    let consumed = opening.consumed;
    opening.sources.units.retain(|unit| match unit {
        Unit::Template { path, .. } => path.as_ref().is_none_or(|path| !consumed.contains(path)),
        Unit::Account(_) | Unit::Terraform { .. } => true,
    });
    Ok(opening.sources)
}

impl Opening<'_> {
    /// A new source; what it is will be known once it is read.
    pub fn add_source(&mut self, path: &str) -> SourceId {
        let sources = &mut self.sources.sources;
        let id = SourceId(u32::try_from(sources.len()).unwrap_or(u32::MAX));
        sources.push(Source {
            path: path.to_owned(),
            kind: SourceKind::Unknown,
        });
        id
    }

    pub fn set_kind(&mut self, id: SourceId, kind: SourceKind) {
        let at = usize::try_from(id.0).unwrap_or(usize::MAX);
        if let Some(source) = self.sources.sources.get_mut(at) {
            source.kind = kind;
        }
    }

    /// A file that was named: it must be readable.
    fn file(&mut self, path: &Path) -> Result<(), LoadError> {
        let shown = path.display().to_string();
        let fail = |fault: Fault| fault.in_file(&shown);
        let text = read::file(path).map_err(fail)?;
        if cdk::is_manifest(&text)
            && let Some(folder) = path.parent()
        {
            return self.assembly(folder).map_err(fail);
        }
        let id = self.add_source(&shown);
        self.add(id, &file_name(path), Some(path), text)
            .map_err(fail)?;
        self.progress.check()
    }

    /// A folder: everything readable in it. What is damaged is a problem, not a failure.
    fn folder(&mut self, root: &Path) -> Result<(), LoadError> {
        let found = walk(root, self.progress)?;
        let before = self.sources.sources.len();
        let mut looked_at = 0;
        let mut bytes = 0;
        let mut assemblies: Vec<PathBuf> = Vec::new();
        let read_already = configuration::open_folders(self, root, &found.folders)?;
        for folder in &found.folders {
            if assemblies
                .iter()
                .any(|assembly| folder.path.starts_with(assembly))
            {
                continue;
            }
            looked_at += folder.files.len();
            if cdk::is_assembly(&folder.files) && self.assembly(&folder.path).is_ok() {
                assemblies.push(folder.path.clone());
                continue;
            }
            self.files_of(folder, &read_already, &mut bytes)?;
        }
        for (path, message) in found.unreadable {
            let id = self.add_source(&path.display().to_string());
            self.problem(Problem::warning(Place::whole(id), message));
        }
        let shown = root.display();
        if found.is_cut || bytes > MAX_FOLDER_BYTES {
            let message =
                format!("`{shown}` holds more than is looked at: name the folder inside it");
            self.problem(Problem::warning(Place::default(), message));
        }
        if self.sources.sources.len() == before {
            return Err(LoadError::File {
                path: shown.to_string(),
                message: match looked_at {
                    0 => "there is no file in it to read".to_owned(),
                    1 => "its one file is nothing that iamscope reads".to_owned(),
                    _ => format!("none of its {looked_at} files holds what iamscope reads"),
                },
            });
        }
        Ok(())
    }

    fn files_of(
        &mut self,
        folder: &Folder,
        read_already: &HashSet<PathBuf>,
        bytes: &mut u64,
    ) -> Result<(), LoadError> {
        for path in &folder.files {
            self.progress.check()?;
            let size = fs::metadata(path).map_or(0, |found| found.len());
            *bytes = bytes.saturating_add(size);
            if *bytes > MAX_FOLDER_BYTES {
                break;
            }
            if size == 0 || !read::begins_like_text(path) || configuration::is_configuration(path) {
                continue;
            }
            if !read_already.is_empty() && read_already.contains(&real_path(path)) {
                continue;
            }
            // In a folder a file that is no text is just another file.
            let Ok(text) = read::file(path) else { continue };
            self.progress.read(text.len());
            if !detect::is_candidate(&text) {
                continue;
            }
            let id = self.add_source(&path.display().to_string());
            if let Err(fault) = self.add(id, &file_name(path), Some(path), text) {
                if fault.is_nothing {
                    self.sources.sources.pop();
                } else {
                    let place = Place {
                        source: id,
                        ..fault.place
                    };
                    self.problem(Problem::error(place, fault.message));
                }
            }
        }
        Ok(())
    }

    fn problem(&mut self, problem: Problem) {
        self.sources.problems.push(problem);
    }

    /// Adds one text.
    pub fn add(
        &mut self,
        id: SourceId,
        name: &str,
        path: Option<&Path>,
        text: String,
    ) -> Result<(), Fault> {
        if path.is_none() {
            self.progress.read(text.len());
        }
        let found = detect::read(text, id, self.progress)?;
        self.set_kind(id, found.kind);
        self.sources.problems.extend(found.problems);
        match found.content {
            Content::Template(template) => {
                self.template(name, path, *template, Environment::default());
            }
            Content::Terraform(terraform) => self.terraform(name, *terraform),
            Content::Accounts(accounts) => {
                for mut account in accounts {
                    name.clone_into(&mut account.name);
                    self.sources.units.push(Unit::Account(Arc::new(account)));
                }
            }
            Content::Snapshot(inventory) => {
                self.sources.sources.extend(inventory.sources);
                self.sources.problems.extend(inventory.problems);
                let accounts = inventory.accounts.into_iter();
                let units = accounts.map(|account| Unit::Account(Arc::new(account)));
                self.sources.units.extend(units);
            }
            Content::Loose(node) => self.sources.loose.add(name, node),
        }
        Ok(())
    }

    /// Adds a plan, a state or a configuration.
    pub fn terraform(&mut self, name: &str, terraform: Terraform) {
        self.sources.units.push(Unit::Terraform {
            name: name.to_owned(),
            terraform: Box::new(terraform),
        });
    }

    /// Adds a template, with the templates of its nested stacks.
    pub fn template(
        &mut self,
        name: &str,
        path: Option<&Path>,
        mut template: Template,
        environment: Environment,
    ) {
        if let Some(path) = path {
            nested::attach(self, &mut template, path);
        }
        self.sources.units.push(Unit::Template {
            name: name.to_owned(),
            path: path.map(real_path),
            template: Box::new(template),
            environment,
        });
    }

    /// Adds the stacks of a CDK assembly.
    fn assembly(&mut self, folder: &Path) -> Result<(), Fault> {
        let stacks = cdk::stacks(folder)?;
        for stack in stacks {
            let id = self.add_source(&stack.template.display().to_string());
            let text = read::file(&stack.template)?;
            self.progress.read(text.len());
            let found = detect::read(text, id, self.progress)?;
            self.set_kind(id, SourceKind::Cdk);
            self.sources.problems.extend(found.problems);
            if let Content::Template(template) = found.content {
                let path = Some(stack.template.as_path());
                self.template(&stack.name, path, *template, stack.environment);
            }
        }
        Ok(())
    }
}

/// The path with links followed, to tell the same file under two names.
pub(super) fn real_path(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}

pub(super) fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}
