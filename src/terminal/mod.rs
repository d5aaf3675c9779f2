//! Raw mode, events, clipboard, suspend, editor, colour support.
