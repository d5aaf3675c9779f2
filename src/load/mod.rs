//! Sources become an inventory: one file a format.

pub mod snapshot;
