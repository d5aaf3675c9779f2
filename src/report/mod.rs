//! What leaves the program: JSON, Markdown, batch lines, redaction.

mod answer;
mod batch;
mod batch_case;
mod batch_open;
mod batch_write;
mod beside;
mod denial;
mod diff;
mod markdown;
mod mask;
mod outline;
mod permissions;
mod plain;
mod redact;
mod snapshot;
mod support;
mod template_diff;
mod tree;
mod unmask;

pub use answer::{answer_json, answer_markdown, difference, mask_accounts, trail_json};
pub use batch::{BatchOptions, BatchSummary, decision_line, run as run_batch};
pub use batch_case::{Case, CaseError, Expected};
pub use batch_write::{NotWritable, case_line, case_name};
pub use beside::{AwsAnswer, Verdict, beside_json, verdict};
pub use denial::denial_json;
pub use markdown::markdown;
pub use outline::{tree_markdown, tree_text};
pub use permissions::permissions_markdown;
pub use plain::{PlainStyle, plain};
pub use redact::{KEY_KIND, Redaction, redact};
pub use snapshot::{snapshot, to_text as snapshot_text};
pub use support::{support_json, support_markdown};
pub use template_diff::template_diff;
pub use tree::tree_json;
pub use unmask::{MaskKey, NoKey};
