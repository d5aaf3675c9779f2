//! How text is written: to standard output, or to a file of this person's.

use std::io::{IsTerminal, Write, stdout};
use std::path::Path;

use crate::report::PlainStyle;
use crate::terminal;

use super::Failure;

/// Writes a file that only its owner may read, or to standard output for `-`; one that is there is
/// replaced as a whole.
pub(super) fn write_private(path: &Path, text: &str) -> Result<(), Failure> {
    if path.as_os_str() == "-" {
        return Ok(stdout().lock().write_all(text.as_bytes())?);
    }
    let written = terminal::write_private(path, text.as_bytes());
    written.map_err(|error| Failure::input(format!("cannot write `{}`: {error}", path.display())))
}

/// Wrapped and with links on a terminal, as it is elsewhere.
pub(super) fn style_of_output() -> PlainStyle {
    if !stdout().is_terminal() {
        return PlainStyle::default();
    }
    let size = crossterm::terminal::size().ok();
    PlainStyle {
        width: size
            .map(|(columns, _)| usize::from(columns))
            .filter(|columns| *columns >= 40),
        links: std::env::var_os("TERM").is_none_or(|term| term != "dumb"),
        ascii: false,
    }
}
