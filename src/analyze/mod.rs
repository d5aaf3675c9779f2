//! What a statement, a role or a decision amounts to.
