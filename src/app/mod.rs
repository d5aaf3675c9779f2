//! The state of the screen and how actions change it: synchronous, no I/O, no drawing.
