//! Three-valued logic (Kleene's).

use std::ops::Not;

/// Yes, no, or not known.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash)]
pub enum Truth {
    /// Certainly not.
    No,
    /// It depends on something that is not known.
    Unknown,
    /// Certainly.
    Yes,
}

impl Truth {
    /// Both: no where either is no, unknown where one is unknown.
    pub fn and(self, other: Truth) -> Truth {
        match (self, other) {
            (Truth::No, _) | (_, Truth::No) => Truth::No,
            (Truth::Yes, Truth::Yes) => Truth::Yes,
            _ => Truth::Unknown,
        }
    }

    /// Either: yes where one is yes, unknown where none is yes and one is unknown.
    pub fn or(self, other: Truth) -> Truth {
        match (self, other) {
            (Truth::Yes, _) | (_, Truth::Yes) => Truth::Yes,
            (Truth::No, Truth::No) => Truth::No,
            _ => Truth::Unknown,
        }
    }

    /// Whether it is certainly so.
    pub fn is_yes(self) -> bool {
        self == Truth::Yes
    }

    /// Whether it is certainly not so.
    pub fn is_no(self) -> bool {
        self == Truth::No
    }
}

impl Not for Truth {
    type Output = Truth;

    fn not(self) -> Truth {
        match self {
            Truth::No => Truth::Yes,
            Truth::Unknown => Truth::Unknown,
            Truth::Yes => Truth::No,
        }
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Truth::Yes } else { Truth::No }
    }
}
