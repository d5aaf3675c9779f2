//! What is wrong with an input, where, and what would mend it.

use super::Place;

/// How bad a problem is. A document is valid when it has no error.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Ord, PartialOrd)]
pub enum Severity {
    /// Advice.
    Note,
    /// AWS accepts it, but it is probably not what was meant.
    Warning,
    /// AWS rejects it, or it could not be read.
    Error,
}

impl Severity {
    /// The name used in output: `error`, `warning` or `note`.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// One thing that is wrong with an input.
#[derive(Clone, Debug, Eq, PartialEq, Hash)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong: lower case, no full stop, input in backticks.
    pub message: String,
    /// Where it stands.
    pub place: Place,
    /// What would mend it.
    pub hint: Option<String>,
    /// The AWS documentation page that says so, by its page name.
    pub page: Option<&'static str>,
}

impl Problem {
    fn new(severity: Severity, place: Place, message: impl Into<String>) -> Self {
        Problem {
            severity,
            message: message.into(),
            place,
            hint: None,
            page: None,
        }
    }

    /// Something that AWS rejects or that cannot be read.
    pub fn error(place: Place, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, place, message)
    }

    /// Something that AWS accepts and that is probably not meant.
    pub fn warning(place: Place, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, place, message)
    }

    /// Advice.
    pub fn note(place: Place, message: impl Into<String>) -> Self {
        Self::new(Severity::Note, place, message)
    }

    /// The same problem with what would mend it.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same problem with the AWS page that states the rule.
    pub fn page(mut self, page: &'static str) -> Self {
        self.page = Some(page);
        self
    }
}
