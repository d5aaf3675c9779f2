//! `iamscope unmask`: the undoing of a redaction, for who has its key.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::report::MaskKey;

use super::Failure;
use super::lines;
use super::output::write_private;

/// Put what the masks of a redacted snapshot stand for back into a text: a report, an answer, a
/// snapshot.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  iamscope unmask --key key.json answer-from-support.md
  pbpaste | iamscope unmask --key key.json -
  iamscope unmask --key key.json for-support.json -o plain.json")]
pub(super) struct Unmask {
    /// The text; `-` for standard input
    #[arg(value_name = "FILE", default_value = "-")]
    text: String,
    /// The key that `iamscope snapshot --redact --key` wrote
    #[arg(long, value_name = "FILE")]
    key: String,
    /// Where to write; `-` for standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
}

impl Unmask {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let key = lines::whole(&self.key)?;
        let key = MaskKey::read(&key)
            .map_err(|error| Failure::input(format!("`{}`: {error}", self.key)))?;
        let (text, count) = key.undo(&lines::whole(&self.text)?);
        write_private(&self.output, &text)?;
        let masks = if count == 1 { "mask" } else { "masks" };
        eprintln!("put back: {count} {masks}");
        Ok(ExitCode::SUCCESS)
    }
}
