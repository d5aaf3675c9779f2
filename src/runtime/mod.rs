//! The loop that joins terminal, app, ui and load.
