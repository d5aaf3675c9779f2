//! What leaves the program: JSON, Markdown, batch lines, redaction.

mod denial;
mod mask;
mod plain;
mod redact;
mod snapshot;

pub use denial::denial_json;
pub use plain::{PlainStyle, plain};
pub use redact::{KEY_KIND, Redaction, redact};
pub use snapshot::{snapshot, to_text as snapshot_text};
