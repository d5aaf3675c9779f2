//! Without a subcommand: the screen.

use std::process::ExitCode;

use clap::Args;

use super::{Failure, sources::Sources};
use crate::runtime::{self, Options};

/// How the screen looks and behaves.
#[derive(Debug, Args)]
pub(super) struct Screen {
    #[command(flatten)]
    sources: Sources,
    /// Theme by name: dark, light, high-contrast, colour-blind-safe, mono, or one of your own
    #[arg(long, value_name = "NAME")]
    theme: Option<String>,
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
        runtime::run(Options {
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
