//! How an action changes the state. Nothing here waits, and nothing does work that grows with the
//! account: such work is an effect.

use super::{Action, Command, Context, Effect, State};

/// Changes the state and says what is wanted from outside.
pub fn update(state: &mut State, action: Action) -> Vec<Effect> {
    match action {
        Action::Resize(columns, rows) => state.size = (columns, rows),
        Action::Key(key) => {
            if let Some(command) = state.keymap.command(Context::Tree, key) {
                return perform(command);
            }
        }
        Action::Do(command) => return perform(command),
        Action::Loaded { generation, result } => state.loaded(generation, result),
        Action::Notice(notice) => state.notice = Some(notice),
        _ => {}
    }
    Vec::new()
}

fn perform(command: Command) -> Vec<Effect> {
    match command {
        Command::Quit => vec![Effect::Quit],
        Command::Suspend => vec![Effect::Suspend],
        Command::Redraw => vec![Effect::Redraw],
        _ => Vec::new(),
    }
}
