//! Event files by their path: one, or a folder of them as CloudTrail delivers it.

use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use super::super::{MAX_TEXT, read_all};
use super::scan::{Progress, ScanError, Tally, Trail};

/// Files of a folder that are read at most.
const MOST_FILES: usize = 100_000;
/// Deepest folder within a folder: CloudTrail's own are AWSLogs/ACCOUNT/CloudTrail/REGION/Y/M/D.
const MOST_FOLDERS: usize = 16;

/// Reads a file of events, a folder of such files, or a file that holds a message.
pub fn scan_path(
    path: &Path,
    wanted: &dyn Fn() -> bool,
    progress: &mut dyn FnMut(Progress),
) -> Result<Trail, ScanError> {
    let mut tally = Tally::new(wanted, progress);
    if path.is_dir() {
        let mut files = Vec::new();
        collect(path, 0, &mut files)?;
        if files.is_empty() {
            return Err(ScanError::NoFiles);
        }
        files.sort();
        for file in files {
            if tally.is_cancelled() {
                break;
            }
            let read = File::open(&file).map_err(ScanError::Io);
            match read.and_then(|file| tally.read(BufReader::new(file))) {
                Ok(()) => {}
                Err(_) => tally.skip(),
            }
        }
        return tally.finish();
    }
    match tally.read(BufReader::new(File::open(path)?)) {
        Ok(()) if tally.is_cancelled() || tally.so_far().events > 0 => tally.finish(),
        Ok(()) | Err(ScanError::NotJson(_)) => message(path, tally),
        Err(error) => Err(error),
    }
}

/// The denials of a file that holds no events.
fn message(path: &Path, tally: Tally<'_>) -> Result<Trail, ScanError> {
    let mut bytes = Vec::new();
    let most = u64::try_from(MAX_TEXT).unwrap_or(u64::MAX);
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    let denials = read_all(&String::from_utf8_lossy(&bytes));
    let events = tally.finish()?;
    Ok(match denials.is_empty() {
        true => events,
        false => Trail::of(denials),
    })
}

fn collect(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), ScanError> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_dir() && depth < MOST_FOLDERS {
            collect(&path, depth + 1, files)?;
        } else if kind.is_file() && files.len() < MOST_FILES && may_hold_events(&path) {
            files.push(path);
        }
    }
    Ok(())
}

fn may_hold_events(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| {
        let known = ["json", "jsonl", "ndjson", "gz"];
        known.iter().any(|own| own.eq_ignore_ascii_case(ending))
    })
}
