//! Which key does what, where.

use std::collections::HashMap;

use serde::Deserialize;
use toml::Spanned;

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

    /// What a command does: as its first binding says it.
    pub fn description(&self, command: Command) -> &str {
        let mut bindings = self.bindings.iter();
        let found = bindings.find(|binding| binding.command == command);
        found.map_or(command.name(), |binding| &binding.description)
    }

    /// The first key of a command in a context, or everywhere; where text is typed, the first one
    /// that is not typed.
    pub fn key_of(&self, context: Context, command: Command) -> Option<Key> {
        let works = |key: &&Key| context != Context::Text || key.text().is_none();
        let find = |place: Context| {
            self.bindings
                .iter()
                .filter(|binding| binding.context == place && binding.command == command)
                .find_map(|binding| binding.keys.iter().find(works).copied())
        };
        find(context).or_else(|| find(Context::Everywhere))
    }
}

/// The table that comes with the program; `iamscope` documents it and one's own file overrides it.
pub const BUILT_IN: &str = include_str!("../../assets/keymap.toml");

impl Default for Keymap {
    fn default() -> Self {
        // A test by name holds that the built-in table can be read. Without this one, every other
        // test would fail for want of a key and none would say why.
        let built_in = Keymap::parse(BUILT_IN);
        if let Err(error) = &built_in {
            debug_assert!(false, "assets/keymap.toml: {error}");
        }
        built_in.unwrap_or_else(|_| Keymap::new(Vec::new()))
    }
}

/// What is wrong with a keymap, and where.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct KeymapError {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong: lower case, no full stop, input in backticks.
    pub message: String,
}

impl KeymapError {
    fn new(text: &str, offset: usize, message: impl Into<String>) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        KeymapError {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message: message.into(),
        }
    }
}

/// A keymap as it is written: contexts, and in each a list of entries.
type File = HashMap<Spanned<String>, Vec<Entry>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    command: Spanned<String>,
    keys: Vec<Spanned<String>>,
    description: Option<String>,
}

impl Keymap {
    /// Reads a whole table.
    pub fn parse(text: &str) -> Result<Self, KeymapError> {
        let mut keymap = Keymap::new(Vec::new());
        keymap.override_with(text)?;
        Ok(keymap)
    }

    /// Takes over what a table says: an entry replaces the one for its command in its context, and
    /// its keys are taken from the other commands there. Nothing changes where the table is wrong.
    pub fn override_with(&mut self, text: &str) -> Result<(), KeymapError> {
        for binding in read(text)? {
            for other in &mut self.bindings {
                if other.context == binding.context {
                    other.keys.retain(|key| !binding.keys.contains(key));
                }
            }
            let place = self
                .bindings
                .iter_mut()
                .find(|other| other.context == binding.context && other.command == binding.command);
            match place {
                Some(other) => {
                    other.keys = binding.keys;
                    if let Some(description) = binding.description {
                        other.description = description;
                    }
                }
                None => {
                    let known = self.description(binding.command).to_owned();
                    self.bindings.push(Binding {
                        context: binding.context,
                        keys: binding.keys,
                        command: binding.command,
                        description: binding.description.unwrap_or(known),
                    });
                }
            }
        }
        Ok(())
    }
}

/// An entry whose names have been found.
struct Read {
    context: Context,
    keys: Vec<Key>,
    command: Command,
    description: Option<String>,
}

fn read(text: &str) -> Result<Vec<Read>, KeymapError> {
    let file: File = toml::from_str(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        KeymapError::new(text, offset, error.message().to_owned())
    })?;
    let mut sections: Vec<_> = file.into_iter().collect();
    sections.sort_by_key(|(name, _)| name.span().start);
    let mut found: Vec<Read> = Vec::new();
    for (name, entries) in sections {
        let context = Context::from_name(name.get_ref()).ok_or_else(|| {
            let known = Context::ALL.map(Context::name).join(", ");
            let message = format!("`{}` is no context; there are {known}", name.get_ref());
            KeymapError::new(text, name.span().start, message)
        })?;
        for entry in entries {
            let command = Command::from_name(entry.command.get_ref()).ok_or_else(|| {
                let message = format!("`{}` is no command", entry.command.get_ref());
                KeymapError::new(text, entry.command.span().start, message)
            })?;
            let mut keys = Vec::new();
            for key in &entry.keys {
                let error = |message| KeymapError::new(text, key.span().start, message);
                let parsed = Key::parse(key.get_ref())
                    .ok_or_else(|| error(format!("`{}` is no key", key.get_ref())))?;
                let taken = found
                    .iter()
                    .any(|other| other.context == context && other.keys.contains(&parsed));
                if taken || keys.contains(&parsed) {
                    let message = format!("`{parsed}` is bound twice in `{}`", context.name());
                    return Err(error(message));
                }
                keys.push(parsed);
            }
            found.push(Read {
                context,
                keys,
                command,
                description: entry.description,
            });
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_table_can_be_read() {
        if let Err(error) = Keymap::parse(BUILT_IN) {
            panic!("assets/keymap.toml: {error}");
        }
    }

    #[test]
    fn the_built_in_table_describes_every_command() {
        let keymap = Keymap::parse(BUILT_IN).unwrap();
        for command in Command::ALL {
            let binding = keymap
                .bindings()
                .iter()
                .find(|binding| binding.command == *command);
            let binding = binding.unwrap_or_else(|| panic!("{} is missing", command.name()));
            assert!(!binding.description.is_empty(), "{}", command.name());
        }
        for way_out in [Command::Quit, Command::Palette, Command::Help] {
            assert!(
                keymap.key_of(Context::Everywhere, way_out).is_some(),
                "{} has no key",
                way_out.name()
            );
        }
    }

    #[test]
    fn bindings_keep_the_order_of_the_file() {
        let keymap = Keymap::parse(BUILT_IN).unwrap();
        let commands: Vec<&str> = keymap
            .bindings()
            .iter()
            .map(|binding| binding.command.name())
            .collect();
        let mut rest = BUILT_IN;
        for command in commands {
            let entry = format!("{{ command = \"{command}\"");
            let at = rest.find(&entry).unwrap();
            rest = &rest[at + entry.len()..];
        }
    }

    #[test]
    fn where_text_is_typed_no_key_that_is_typed_is_offered() {
        let keymap = Keymap::default();
        let key = |context, command| keymap.key_of(context, command).map(|key| key.to_string());
        assert_eq!(key(Context::Tree, Command::Quit).as_deref(), Some("q"));
        assert_eq!(key(Context::Text, Command::Quit).as_deref(), Some("ctrl-c"));
        assert_eq!(key(Context::Text, Command::PasteDenial), None);
    }

    #[test]
    fn ones_own_table_takes_keys_over() {
        let mut keymap = Keymap::default();
        let help = keymap.key_of(Context::Everywhere, Command::Help);
        keymap
            .override_with(
                "everywhere = [{ command = \"simulate\", keys = [\"q\", \"f5\"] }]\n\
                 tree = [{ command = \"quit\", keys = [\"Q\"], description = \"away\" }]\n",
            )
            .unwrap();
        let at = |context, key| keymap.command(context, Key::parse(key).unwrap());
        assert_eq!(at(Context::Tree, "q"), Some(Command::Simulate));
        assert_eq!(at(Context::Tree, "f5"), Some(Command::Simulate));
        assert_eq!(at(Context::Tree, "s"), None, "the old key is free");
        assert_eq!(at(Context::Tree, "ctrl-c"), Some(Command::Quit));
        assert_eq!(at(Context::Tree, "Q"), Some(Command::Quit));
        assert_eq!(at(Context::Pane, "Q"), None);
        assert_eq!(keymap.key_of(Context::Everywhere, Command::Help), help);
        let away = keymap.bindings().iter().find(|b| b.description == "away");
        assert_eq!(away.map(|binding| binding.context), Some(Context::Tree));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place_and_changes_nothing() {
        for (text, line, column, words) in [
            (
                "everywhere = [\n { command = \"quti\", keys = [] },\n]",
                2,
                14,
                "`quti` is no command",
            ),
            ("evrywhere = []", 1, 1, "`evrywhere` is no context"),
            (
                "tree = [\n  { command = \"quit\", keys = [\"q\", \"Ctrl-q\"] },\n]",
                2,
                36,
                "`Ctrl-q` is no key",
            ),
            (
                "tree = [{ command = \"quit\", keys = [\"x\"] }, { command = \"copy\", keys = [\"x\"] }]",
                1,
                73,
                "`x` is bound twice in `tree`",
            ),
            (
                "tree = [{ command = \"quit\", kys = [] }]",
                1,
                29,
                "unknown field",
            ),
            ("tree = [", 1, 9, ""),
        ] {
            let mut keymap = Keymap::default();
            let error = keymap.override_with(text).unwrap_err();
            assert!(error.message.contains(words), "{error}");
            assert_eq!((error.line, error.column), (line, column), "{error}");
            assert_eq!(
                format!("{:?}", keymap.bindings()),
                format!("{:?}", Keymap::default().bindings())
            );
        }
    }
}
