//! The loop of the screen: what happens outside becomes actions, what the screen wants from outside
//! is carried out, and the result is drawn. The only place where `app`, `ui`, `terminal` and `load`
//! meet.

mod appearance;
mod aws_question;
pub mod cache;
mod config;
mod errands;
mod input;
mod live;
mod loading;
mod questions;
mod recent;
mod session;
mod watch;

use std::io::{self, IsTerminal};

use crate::analyze::Purposes;
use crate::load::{Settings, SourceSpec};
use crate::terminal::{self, Places};
use session::Session;

pub use aws_question::aws_question;

/// How the screen was asked for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What to open; nothing shows the start screen.
    pub sources: Vec<SourceSpec>,
    /// What fills templates.
    pub settings: Settings,
    /// Why each permission is there, where a table says it.
    pub purposes: Option<Purposes>,
    /// What is to be told at first.
    pub complaints: Vec<String>,
    /// The theme by its name, where one was asked for.
    pub theme: Option<String>,
    /// Whether to read the sources again when their files change.
    pub watch: bool,
    /// Whether live accounts are neither kept for the next start nor painted from what was kept.
    pub no_cache: bool,
    /// Whether only ASCII may be drawn, whatever the terminal can.
    pub ascii: bool,
    /// Whether the mouse is left to the terminal.
    pub no_mouse: bool,
}

/// Why the screen ended otherwise than by leaving it.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// There is nothing to draw on.
    #[error(
        "standard output is no terminal, so the screen cannot open; the subcommands work without one: tree, simulate, lint, explain, denied, snapshot (see `iamscope --help`)"
    )]
    NoTerminal,
    /// The terminal does not do what a screen needs.
    #[error("the terminal cannot be used: {0}")]
    Terminal(#[from] io::Error),
    /// What was to be opened first cannot be read.
    #[error("{0}")]
    Source(String),
    /// The theme that was asked for cannot be used.
    #[error("{0}")]
    Theme(String),
}

/// Opens the screen and returns when it is left. A signal that ends the program does so from here.
pub fn run(options: Options) -> Result<(), RunError> {
    if !io::stdout().is_terminal() {
        return Err(RunError::NoTerminal);
    }
    terminal::install_panic_hook(Places::find().map(|places| places.log));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let ended = runtime.block_on(async { Session::begin(options).await?.run().await });
    // Work that still goes on is of no use any more.
    runtime.shutdown_background();
    ended
}
