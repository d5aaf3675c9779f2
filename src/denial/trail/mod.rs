//! CloudTrail: one event as a denial, and whole files of them as a ranked list.

mod counted;
mod event;
mod facts;
mod files;
mod scan;
mod target;
#[cfg(test)]
mod tests;

pub(super) use event::Event;
pub use files::scan_path;
pub use scan::{Group, Progress, ScanError, Trail, scan};
