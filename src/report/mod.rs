//! What leaves the program: JSON, Markdown, batch lines, redaction.
