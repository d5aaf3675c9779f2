//! Files opened lately, for the start screen.

use std::fs;
use std::path::Path;

use crate::app::SourceSpec;
use crate::terminal::{Places, read_optional, write_private};

const MOST: usize = 20;

/// The files opened lately that are still there, the last one first.
pub(super) fn read(places: &Places) -> Vec<String> {
    let text = read_optional(&places.recent).ok().flatten();
    text.unwrap_or_default()
        .lines()
        .filter(|line| Path::new(line).exists())
        .take(MOST)
        .map(str::to_owned)
        .collect()
}

/// Remembers what was opened. A start screen without it is no harm, so nothing here fails.
pub(super) fn remember(places: &Places, sources: &[SourceSpec]) {
    let opened = sources.iter().filter_map(|source| match source {
        SourceSpec::Path(path) if path != "-" => {
            fs::canonicalize(path).ok()?.to_str().map(str::to_owned)
        }
        _ => None,
    });
    let mut list: Vec<String> = opened.filter(|path| !path.contains('\n')).collect();
    if list.is_empty() {
        return;
    }
    for path in read(places) {
        if !list.contains(&path) {
            list.push(path);
        }
    }
    list.truncate(MOST);
    let _ = write_private(&places.recent, (list.join("\n") + "\n").as_bytes());
}
