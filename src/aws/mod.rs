//! The live API behind one list of permitted operations.
