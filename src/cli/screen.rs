//! Without a subcommand: the screen.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{Failure, purposes, sources::Sources};
use crate::runtime::{self, Options};

/// How the screen looks and behaves.
#[derive(Debug, Args)]
pub(super) struct Screen {
    #[command(flatten)]
    sources: Sources,
    /// Theme by name: dark, light, high-contrast, colour-blind-safe, mono, or one of your own
    #[arg(long, value_name = "NAME")]
    theme: Option<String>,
    /// A table of why each permission is there, shown beside it: permission and purpose, or section,
    /// permission and purpose, separated by tabs
    #[arg(long, value_name = "FILE")]
    purposes: Option<PathBuf>,
    /// Read the sources again when their files change
    #[arg(long)]
    watch: bool,
    /// Neither keep live accounts for the next start nor show what was kept
    #[arg(long)]
    no_cache: bool,
    /// Draw with ASCII characters only
    #[arg(long)]
    ascii: bool,
    /// Leave the mouse to the terminal
    #[arg(long)]
    no_mouse: bool,
}

impl Screen {
    pub fn run(self) -> Result<ExitCode, Failure> {
        let purposes = self.purposes.as_deref().map(purposes::read).transpose()?;
        let (purposes, complaints) = purposes.unzip();
        runtime::run(Options {
            purposes,
            complaints: complaints.unwrap_or_default(),
            sources: self.sources.specs()?,
            settings: self.sources.settings(),
            theme: self.theme,
            watch: self.watch,
            no_cache: self.no_cache,
            ascii: self.ascii,
            no_mouse: self.no_mouse,
        })
        .map_err(|error| Failure::input(error.to_string()))?;
        Ok(ExitCode::SUCCESS)
    }
}
