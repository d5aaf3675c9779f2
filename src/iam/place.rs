//! Where something stands in an input.

/// A source of the inventory, by its position in [`Inventory::sources`](super::Inventory).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Hash, Ord, PartialOrd)]
pub struct SourceId(pub u32);

/// A line and a column of a source, both counted from 1 in characters; line 0 means that the
/// source has no lines to point at (a live account).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Hash, Ord, PartialOrd)]
pub struct Place {
    /// The source that was read.
    pub source: SourceId,
    /// Line, from 1; 0 where there is none.
    pub line: u32,
    /// Column in characters, from 1; 0 where there is none.
    pub column: u32,
}

impl Place {
    /// A place in a source.
    pub fn new(source: SourceId, line: u32, column: u32) -> Self {
        Place {
            source,
            line,
            column,
        }
    }

    /// A source as a whole, with no line to point at.
    pub fn whole(source: SourceId) -> Self {
        Place {
            source,
            line: 0,
            column: 0,
        }
    }

    /// Whether there is a line to point at.
    pub fn is_known(self) -> bool {
        self.line > 0
    }
}
