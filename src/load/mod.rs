//! Sources become an inventory: one file a format.
