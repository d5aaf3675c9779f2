//! How text is written to standard output.

use std::io::{IsTerminal, stdout};

use crate::report::PlainStyle;

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
