//! `iamscope tree`: everything in a source.

use std::io::{BufWriter, Write, stdout};
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::Failure;
use super::sources::Sources;
use crate::report::{tree_json, tree_markdown, tree_text};

/// Show everything in a source: roles, users, groups, policies, their statements, and problems.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  iamscope tree --demo
  iamscope tree template.yaml --param Bucket=acme --format json
  aws iam get-account-authorization-details | iamscope tree - --format markdown")]
pub(super) struct Tree {
    #[command(flatten)]
    sources: Sources,
    /// How to write it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
    Markdown,
}

impl Tree {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let inventory = self.sources.load()?;
        let mut out = BufWriter::new(stdout().lock());
        match self.format {
            Format::Text => out.write_all(tree_text(&inventory).as_bytes())?,
            Format::Markdown => out.write_all(tree_markdown(&inventory).as_bytes())?,
            Format::Json => {
                serde_json::to_writer_pretty(&mut out, &tree_json(&inventory))
                    .map_err(std::io::Error::from)?;
                writeln!(out)?;
            }
        }
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }
}
