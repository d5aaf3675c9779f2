//! Files that `file` and `templatefile` read: those in the folders of the configuration, read once
//! when it is opened.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::world::World;
use crate::iam::SourceId;
use crate::load::read;

/// Files, and bytes of one and of all together.
const MAX_FILES: usize = 500;
const MAX_BYTES: u64 = 256 << 10;
const MAX_TOTAL: u64 = 8 << 20;

#[derive(Debug, Default)]
pub(super) struct Files {
    by_path: BTreeMap<PathBuf, TextFile>,
    total: u64,
}

#[derive(Clone, Debug)]
struct TextFile {
    /// Its source; files that only other settings read have none.
    source: Option<SourceId>,
    /// Its path as the user wrote it.
    shown: String,
    text: Arc<str>,
}

impl Files {
    /// Reads the files of a folder that are small and text.
    pub fn add(&mut self, paths: &[PathBuf]) {
        for path in paths {
            let size = std::fs::metadata(path).map_or(u64::MAX, |found| found.len());
            if size > MAX_BYTES
                || self.by_path.len() >= MAX_FILES
                || self.total.saturating_add(size) > MAX_TOTAL
                || !read::begins_like_text(path)
            {
                continue;
            }
            if let Ok(text) = read::file(path) {
                self.total += size;
                let file = TextFile {
                    source: None,
                    shown: path.display().to_string(),
                    text: text.into(),
                };
                let path = crate::load::open::real_path(path);
                self.by_path.insert(path, file);
            }
        }
    }

    /// What a file was called by the user.
    pub fn shown(&self, path: &Path) -> Option<&str> {
        self.by_path.get(path).map(|file| file.shown.as_str())
    }

    /// Says that a file is a source, so that its lines can be pointed at.
    pub fn name(&mut self, path: &Path, source: SourceId) {
        if let Some(file) = self.by_path.get_mut(path) {
            file.source = Some(source);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.by_path.is_empty()
    }
}

impl World<'_> {
    /// A file of the configuration. A relative path begins at the root module.
    pub fn file(&self, path: &str) -> Option<(Option<SourceId>, Arc<str>)> {
        let path = plain(&self.configuration.root.path.join(path));
        let file = self.configuration.files.by_path.get(&path)?;
        self.log.borrow_mut().files.insert(path);
        Some((file.source, file.text.clone()))
    }
}

/// A path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    plain
}
