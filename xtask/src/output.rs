//! Writing assets: compressed, in blocks, the same bytes for the same input.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::packages::Result;

const LEVEL: i32 = 19;

/// The folder where new assets are built, and the one that holds the last ones.
pub struct Output {
    fresh: PathBuf,
    committed: PathBuf,
}

/// One compressed file made of independent frames.
#[derive(Default)]
pub struct Frames {
    bytes: Vec<u8>,
}

impl Frames {
    /// Appends a frame and gives its offset and length.
    pub fn push(&mut self, text: &str) -> Result<(usize, usize)> {
        let frame = zstd::bulk::compress(text.as_bytes(), LEVEL)?;
        let offset = self.bytes.len();
        self.bytes.extend_from_slice(&frame);
        Ok((offset, frame.len()))
    }
}

impl Output {
    pub fn new(fresh: &Path, committed: &Path) -> Result<Self> {
        if fresh.exists() {
            fs::remove_dir_all(fresh)?;
        }
        fs::create_dir_all(fresh)?;
        Ok(Self {
            fresh: fresh.to_owned(),
            committed: committed.to_owned(),
        })
    }

    /// Copies what was built over what was there.
    pub fn install(&self) -> Result<()> {
        fs::create_dir_all(&self.committed)?;
        for entry in fs::read_dir(&self.fresh)? {
            let entry = entry?;
            fs::copy(entry.path(), self.committed.join(entry.file_name()))?;
        }
        Ok(())
    }

    pub fn plain(&self, name: &str, text: &str) -> Result<()> {
        self.write(name, text.as_bytes())
    }

    pub fn compressed(&self, name: &str, text: &str) -> Result<()> {
        self.write(name, &zstd::bulk::compress(text.as_bytes(), LEVEL)?)
    }

    pub fn frames(&self, name: &str, frames: &Frames) -> Result<()> {
        self.write(name, &frames.bytes)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        println!("{name}: {} bytes", bytes.len());
        fs::write(self.fresh.join(name), bytes)?;
        Ok(())
    }

    /// The text of a file of the last refresh, empty if there is none.
    pub fn previous(&self, name: &str) -> Result<String> {
        let Ok(mut bytes) = fs::read(self.committed.join(name)) else {
            return Ok(String::new());
        };
        if name.ends_with(".zst") {
            bytes = zstd::decode_all(bytes.as_slice())?;
        }
        Ok(String::from_utf8(bytes)?)
    }
}

/// Prints what one refresh added to a list of names and removed from it.
pub fn print_changes(what: &str, before: &BTreeSet<String>, now: &BTreeSet<String>) {
    if before.is_empty() {
        return;
    }
    for (sign, names) in [("+", now.difference(before)), ("-", before.difference(now))] {
        for name in names {
            println!("{sign} {what} {name}");
        }
    }
}
