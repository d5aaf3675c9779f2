//! The files of a folder, in order of their names: bounded, safe from loops of links, and never of a
//! folder that a link leads out to: that could be the whole disk.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::error::LoadError;
use super::progress::Progress;

/// Entries that are looked at; the largest source trees have some hundred thousand.
const MAX_ENTRIES: usize = 500_000;
const MAX_DEPTH: usize = 64;

/// Folders that hold copies, caches or history, not what somebody wrote.
const SKIPPED: [&str; 8] = [
    ".git",
    "node_modules",
    ".terraform",
    ".hg",
    ".svn",
    ".venv",
    "__pycache__",
    ".aws-sam",
];

/// A folder and the files directly in it.
pub(super) struct Folder {
    pub path: PathBuf,
    pub files: Vec<PathBuf>,
}

/// What was found in a folder.
pub(super) struct Walk {
    pub folders: Vec<Folder>,
    /// Whether the folder holds more than is looked at.
    pub is_cut: bool,
    /// Folders that could not be read, and why.
    pub unreadable: Vec<(PathBuf, String)>,
}

/// Lists a folder and those in it.
pub(super) fn walk(root: &Path, progress: &Progress) -> Result<Walk, LoadError> {
    let mut walk = Walk {
        folders: Vec::new(),
        is_cut: false,
        unreadable: Vec::new(),
    };
    let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let whole = real(root);
    let mut seen = HashSet::new();
    let mut entries = 0;
    let mut open = vec![(root.to_path_buf(), 0)];
    while let Some((path, depth)) = open.pop() {
        progress.check()?;
        // A link may lead to a folder that was seen already, perhaps to one that it stands in.
        let real = real(&path);
        if !real.starts_with(&whole) || !seen.insert(real) {
            continue;
        }
        let read = match fs::read_dir(&path) {
            Ok(read) => read,
            Err(error) => {
                walk.unreadable
                    .push((path, super::read::plain_words(&error)));
                continue;
            }
        };
        let mut files = Vec::new();
        let mut folders = Vec::new();
        for entry in read.flatten() {
            entries += 1;
            if entries > MAX_ENTRIES {
                walk.is_cut = true;
                break;
            }
            let path = entry.path();
            // Follows links; sockets, pipes and devices are neither.
            match fs::metadata(&path) {
                Ok(found) if found.is_dir() => folders.push(path),
                Ok(found) if found.is_file() => files.push(path),
                _ => {}
            }
        }
        files.sort();
        folders.sort();
        folders.retain(|folder| {
            let name = folder.file_name().and_then(|name| name.to_str());
            !name.is_some_and(|name| SKIPPED.contains(&name))
        });
        walk.folders.push(Folder { path, files });
        if depth >= MAX_DEPTH {
            walk.is_cut |= !folders.is_empty();
        } else {
            open.extend(folders.into_iter().rev().map(|folder| (folder, depth + 1)));
        }
        if walk.is_cut {
            break;
        }
    }
    Ok(walk)
}
