//! What leaves the program: JSON, Markdown, batch lines, redaction.

mod plain;

pub use plain::{PlainStyle, plain};
