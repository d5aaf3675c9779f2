//! Why a source cannot be loaded.

use crate::iam::Place;

/// A source that cannot be loaded at all.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum LoadError {
    /// The user stopped it.
    #[error("loading was cancelled")]
    Cancelled,
    /// A file that cannot be read, or holds nothing that this program understands.
    #[error("`{path}`: {message}")]
    File {
        /// Its path.
        path: String,
        /// What is wrong.
        message: String,
    },
    /// A live account of which nothing could be read.
    #[error("{0}")]
    Live(String),
    /// A text that is not what it should be, and where.
    #[error("{path}:{line}:{column}: {message}")]
    Text {
        /// Its path.
        path: String,
        /// Line, from 1.
        line: u32,
        /// Column in characters, from 1.
        column: u32,
        /// What is wrong.
        message: String,
    },
}

/// What is wrong with a text, before its path is known to the reader of the text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Fault {
    pub place: Place,
    pub message: String,
    /// Whether the text is well-formed but holds nothing of what is read: in a folder, just
    /// another file.
    pub is_nothing: bool,
}

impl Fault {
    pub fn new(place: Place, message: impl Into<String>) -> Self {
        Fault {
            place,
            message: message.into(),
            is_nothing: false,
        }
    }

    pub fn in_file(self, path: &str) -> LoadError {
        let path = path.to_owned();
        if self.place.is_known() {
            LoadError::Text {
                path,
                line: self.place.line,
                column: self.place.column,
                message: self.message,
            }
        } else {
            LoadError::File {
                path,
                message: self.message,
            }
        }
    }
}

impl From<crate::iam::JsonError> for Fault {
    fn from(error: crate::iam::JsonError) -> Self {
        Fault::new(error.place, error.message)
    }
}
