//! What leaves the program: JSON, Markdown, batch lines, redaction.

mod plain;
mod snapshot;

pub use plain::{PlainStyle, plain};
pub use snapshot::{snapshot, to_text as snapshot_text};
