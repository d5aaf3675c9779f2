//! The simulator: a request that is being put together, and its answer as it is typed.

mod ask;
mod complete;
mod fill;
mod form;

pub use ask::{Answered, Asked, Extra, Query, Trouble, ask, asked};
pub use complete::{Candidate, candidates};
pub use fill::fill;
pub use form::{Field, Focus, Simulator};
