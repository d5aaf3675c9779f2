//! `iamscope snapshot`: everything that was loaded, as one file to keep or to hand over.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::report::{self, redact, snapshot_text};

use super::Failure;
use super::output::write_private;
use super::sources::Sources;

/// Write everything in a source as one file that every command accepts as SOURCE.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  iamscope snapshot --profile prod -o prod.snapshot.json
  iamscope snapshot --profile prod -o for-support.json --redact --key key.json
  iamscope tree for-support.json --format json
  iamscope unmask --key key.json answer-from-support.md")]
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
        let now = now.to_string();
        let snapshot = report::Snapshot::of(&inventory);
        let written = if self.redact {
            let redaction = redact(&snapshot.value(&now));
            if let Some(key) = &self.key {
                write_private(key, &format!("{:#}\n", redaction.key))?;
            }
            for (kind, count) in &redaction.replaced {
                eprintln!("replaced: {count} {kind}");
            }
            snapshot_text(&redaction.snapshot)
        } else {
            snapshot.text(&now)
        };
        write_private(&self.output, &written)?;
        Ok(ExitCode::SUCCESS)
    }
}
