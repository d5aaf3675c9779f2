//! `iamscope paths`: where files of the program's own live.

use std::io::{Write, stdout};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::{Map, Value};

use super::Failure;
use crate::terminal::Places;

/// Show where settings, keys, themes, cache and log live.
#[derive(Debug, Args)]
#[command(after_help = "All of them are optional, and readable by you only.

Examples:
  iamscope paths
  cat >> \"$(iamscope paths --format json | jq -r .config)\" <<< 'theme = \"light\"'")]
pub(super) struct Paths {
    /// How to write them
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Paths {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let places = Places::find()
            .ok_or_else(|| Failure::input("the home folder is not known: `HOME` is not set"))?;
        let mut out = stdout().lock();
        match self.format {
            Format::Text => {
                for (name, path) in places.named() {
                    let missing = if path.exists() { "" } else { "  (not there)" };
                    writeln!(out, "{name:<7} {}{missing}", path.display())?;
                }
            }
            Format::Json => {
                let mut object = Map::new();
                object.insert("format".to_owned(), Value::from(1));
                for (name, path) in places.named() {
                    object.insert(name.to_owned(), Value::from(path.display().to_string()));
                }
                writeln!(out, "{}", Value::Object(object))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
