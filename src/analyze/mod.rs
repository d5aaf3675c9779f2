//! What a statement, a role or a decision amounts to.

mod form;

pub use form::{Form, ResourcePattern};
