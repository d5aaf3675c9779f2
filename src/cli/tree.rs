//! `iamscope tree`: everything in a source.

use std::io::{BufWriter, Write, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::sources::Sources;
use super::{Failure, purposes};
use crate::report::{permissions_markdown, tree_json, tree_markdown, tree_text};

/// Show everything in a source: roles, users, groups, policies, their statements, and problems.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  iamscope tree --demo
  iamscope tree template.yaml --param Bucket=acme --format json
  aws iam get-account-authorization-details | iamscope tree - --format markdown
  iamscope tree template.yaml --purposes purposes.tsv --format markdown")]
pub(super) struct Tree {
    #[command(flatten)]
    sources: Sources,
    /// How to write it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// A table of why each permission is there, for the Markdown: permission and purpose, or section,
    /// permission and purpose, separated by tabs
    #[arg(long, value_name = "FILE")]
    purposes: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
    Markdown,
}

impl Tree {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let purposes = self.purposes.as_deref().map(purposes::read).transpose()?;
        let purposes = purposes.map(|(purposes, complaints)| {
            complaints.iter().for_each(|words| eprintln!("{words}"));
            purposes
        });
        let inventory = self.sources.load()?;
        let mut out = BufWriter::new(stdout().lock());
        match self.format {
            Format::Text => out.write_all(tree_text(&inventory).as_bytes())?,
            Format::Markdown => {
                out.write_all(tree_markdown(&inventory).as_bytes())?;
                let permissions = permissions_markdown(&inventory, purposes.as_ref());
                out.write_all(permissions.as_bytes())?;
            }
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
