//! A request against the policies in play gives a decision with its trace.
