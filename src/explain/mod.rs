//! Statements, actions, roles and decisions in words, as structured text.
