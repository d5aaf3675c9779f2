//! Which key does what, where.

use super::{Command, Context, Key};

/// A command, its keys and what to say of it.
#[derive(Clone, Debug)]
pub struct Binding {
    /// Where the keys work.
    pub context: Context,
    /// The keys; none for a command that only the palette offers.
    pub keys: Vec<Key>,
    /// What they do.
    pub command: Command,
    /// What to say of it in help, footer and documentation.
    pub description: String,
}

/// The table of all bindings.
#[derive(Clone, Debug)]
pub struct Keymap {
    bindings: Vec<Binding>,
}

impl Keymap {
    /// A table of these bindings, in the order of the help.
    pub fn new(bindings: Vec<Binding>) -> Self {
        Keymap { bindings }
    }

    /// Every binding, in the order of the help.
    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }

    /// What a key does in a context; what is bound there goes before what is bound everywhere. Where
    /// text is typed, keys bound everywhere work unless they are characters.
    pub fn command(&self, context: Context, key: Key) -> Option<Command> {
        let find = |context: Context| {
            self.bindings
                .iter()
                .find(|binding| binding.context == context && binding.keys.contains(&key))
                .map(|binding| binding.command)
        };
        if context == Context::Text && key.text().is_some() {
            return None;
        }
        find(context).or_else(|| find(Context::Everywhere))
    }

    /// The first key of a command in a context, or everywhere.
    pub fn key_of(&self, context: Context, command: Command) -> Option<Key> {
        let find = |context: Context| {
            self.bindings
                .iter()
                .filter(|binding| binding.context == context && binding.command == command)
                .find_map(|binding| binding.keys.first().copied())
        };
        find(context).or_else(|| find(Context::Everywhere))
    }
}

impl Default for Keymap {
    fn default() -> Self {
        let bind = |context: Context, keys: &str, command: Command| Binding {
            context,
            keys: keys.split_whitespace().filter_map(Key::parse).collect(),
            command,
            description: command.words().to_owned(),
        };
        use Command as C;
        use Context::{Denial, Everywhere, List, Pane, Simulator, Text, Tree};
        Keymap::new(vec![
            bind(Everywhere, "s", C::Simulate),
            bind(Everywhere, "S", C::Simulator),
            bind(Everywhere, "/", C::Search),
            bind(Everywhere, "n", C::NextMatch),
            bind(Everywhere, "N", C::PreviousMatch),
            bind(Everywhere, "p", C::PasteDenial),
            bind(Everywhere, "E", C::WhatIf),
            bind(Everywhere, "U", C::UndoWhatIf),
            bind(Everywhere, "d", C::Definition),
            bind(Everywhere, "[", C::Back),
            bind(Everywhere, "]", C::Forward),
            bind(Everywhere, "y", C::Copy),
            bind(Everywhere, "Y", C::CopyMenu),
            bind(Everywhere, "e", C::Edit),
            bind(Everywhere, "D", C::Documentation),
            bind(Everywhere, "!", C::Problems),
            bind(Everywhere, "P", C::Parameters),
            bind(Everywhere, "R", C::Requests),
            bind(Everywhere, "o", C::Open),
            bind(Everywhere, "r", C::Reload),
            bind(Everywhere, "t", C::Theme),
            bind(Everywhere, "m", C::Mouse),
            bind(Everywhere, "? f1", C::Help),
            bind(Everywhere, ": ctrl-p", C::Palette),
            bind(Everywhere, "q ctrl-c", C::Quit),
            bind(Everywhere, "ctrl-z", C::Suspend),
            bind(Everywhere, "ctrl-l", C::Redraw),
            bind(Everywhere, "tab", C::SwitchPane),
            bind(Everywhere, "shift-tab", C::SwitchPaneBack),
            bind(Everywhere, ">", C::GrowTree),
            bind(Everywhere, "<", C::ShrinkTree),
            bind(Everywhere, "up k", C::Up),
            bind(Everywhere, "down j", C::Down),
            bind(Everywhere, "left h", C::Left),
            bind(Everywhere, "right l", C::Right),
            bind(Everywhere, "pageup ctrl-b", C::PageUp),
            bind(Everywhere, "pagedown ctrl-f", C::PageDown),
            bind(Everywhere, "ctrl-u", C::HalfPageUp),
            bind(Everywhere, "ctrl-d", C::HalfPageDown),
            bind(Everywhere, "home g", C::Top),
            bind(Everywhere, "end G", C::Bottom),
            bind(Everywhere, "enter", C::Accept),
            bind(Everywhere, "esc", C::Cancel),
            bind(Tree, "space", C::Toggle),
            bind(Tree, "*", C::ExpandBelow),
            bind(Tree, "_", C::CollapseBelow),
            bind(Tree, "+", C::ExpandAll),
            bind(Tree, "-", C::CollapseAll),
            bind(Tree, "1", C::Level1),
            bind(Tree, "2", C::Level2),
            bind(Tree, "3", C::Level3),
            bind(Tree, "4", C::Level4),
            bind(Pane, "space", C::PageDown),
            bind(Simulator, "a", C::SaveRequest),
            bind(Simulator, "c", C::ContextKeys),
            bind(Simulator, "L", C::Layers),
            bind(Simulator, "+", C::AddPolicy),
            bind(Simulator, "y", C::CopyReport),
            bind(Simulator, "x", C::ExportRequests),
            bind(Denial, "y", C::CopyReport),
            bind(List, "space", C::Accept),
            bind(Text, "ctrl-n", C::Down),
        ])
    }
}
