//! `iamscope snapshot`: everything that was loaded, as one file to keep or to hand over.

use std::fs::OpenOptions;
use std::io::{self, Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use crate::report::{redact, snapshot, snapshot_text};

use super::Failure;
use super::sources::Sources;

/// Write everything in a source as one file that every command accepts as SOURCE.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  iamscope snapshot --profile prod -o prod.snapshot.json
  iamscope snapshot --profile prod -o for-support.json --redact --key key.json
  iamscope tree for-support.json --format json")]
pub(super) struct Snapshot {
    #[command(flatten)]
    sources: Sources,
    /// Where to write; `-` for standard output
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Replace account ids, names, tags, ids and addresses, the same one always by the same mask;
    /// take descriptions and comments out; keep AWS's own names
    #[arg(long)]
    redact: bool,
    /// Write what each mask stands for to a file of its own, to be kept
    #[arg(long, value_name = "FILE", requires = "redact")]
    key: Option<PathBuf>,
}

impl Snapshot {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let inventory = self.sources.load()?;
        let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ");
        let mut written = snapshot(&inventory, &now.to_string());
        if self.redact {
            let redaction = redact(&written);
            if let Some(key) = &self.key {
                write(key, &format!("{:#}\n", redaction.key))?;
            }
            for (kind, count) in &redaction.replaced {
                eprintln!("replaced: {count} {kind}");
            }
            written = redaction.snapshot;
        }
        write(&self.output, &snapshot_text(&written))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Writes a file that only its owner may read; one that is there is replaced as a whole.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    if path.as_os_str() == "-" {
        return Ok(stdout().lock().write_all(text.as_bytes())?);
    }
    let written = write_private(path, text);
    written.map_err(|error| Failure::input(format!("cannot write `{}`: {error}", path.display())))
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let result = options
        .open(&part)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .and_then(|()| std::fs::rename(&part, path));
    if result.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    result
}
