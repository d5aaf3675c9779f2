//! Keys as the keymap writes them: `q`, `ctrl-d`, `shift-tab`, `pagedown`.

use std::fmt;

/// What was pressed, without modifiers.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Ord, PartialOrd)]
#[allow(missing_docs)] // the names are those on the keyboard
pub enum KeyCode {
    Char(char),
    F(u8),
    Enter,
    Esc,
    Tab,
    Backspace,
    Delete,
    Insert,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
}

/// A key with its modifiers. A letter's shift is in the letter itself: `G`, not `shift-g`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Ord, PartialOrd)]
pub struct Key {
    /// What was pressed.
    pub code: KeyCode,
    /// With the control key.
    pub ctrl: bool,
    /// With the alt or option key.
    pub alt: bool,
    /// With the shift key; never for characters.
    pub shift: bool,
}

const NAMED: [(KeyCode, &str); 15] = [
    (KeyCode::Enter, "enter"),
    (KeyCode::Esc, "esc"),
    (KeyCode::Tab, "tab"),
    (KeyCode::Backspace, "backspace"),
    (KeyCode::Delete, "delete"),
    (KeyCode::Insert, "insert"),
    (KeyCode::Up, "up"),
    (KeyCode::Down, "down"),
    (KeyCode::Left, "left"),
    (KeyCode::Right, "right"),
    (KeyCode::Home, "home"),
    (KeyCode::End, "end"),
    (KeyCode::PageUp, "pageup"),
    (KeyCode::PageDown, "pagedown"),
    (KeyCode::Char(' '), "space"),
];

impl Key {
    /// A key without modifiers.
    pub const fn plain(code: KeyCode) -> Self {
        Key {
            code,
            ctrl: false,
            alt: false,
            shift: false,
        }
    }

    /// A character as typed.
    pub const fn char(character: char) -> Self {
        Key::plain(KeyCode::Char(character))
    }

    /// Reads a key as the keymap writes it; `None` where there is no such key.
    pub fn parse(text: &str) -> Option<Self> {
        let mut key = Key::plain(KeyCode::Esc);
        let mut rest = text;
        loop {
            if let Some(after) = rest.strip_prefix("ctrl-") {
                key.ctrl = true;
                rest = after;
            } else if let Some(after) = rest.strip_prefix("alt-") {
                key.alt = true;
                rest = after;
            } else if let Some(after) = rest.strip_prefix("shift-") {
                key.shift = true;
                rest = after;
            } else {
                break;
            }
        }
        let mut characters = rest.chars();
        key.code = match (characters.next(), characters.next()) {
            (Some(only), None) => KeyCode::Char(only),
            _ => NAMED
                .iter()
                .find(|(_, name)| *name == rest)
                .map(|(code, _)| *code)
                .or_else(|| {
                    let number = rest.strip_prefix('f')?.parse().ok()?;
                    (1..=24).contains(&number).then_some(KeyCode::F(number))
                })?,
        };
        let shifted_character = key.shift && matches!(key.code, KeyCode::Char(_));
        (!shifted_character).then_some(key)
    }

    /// The character to insert into a text field, where the key is one.
    pub fn text(self) -> Option<char> {
        match self.code {
            KeyCode::Char(character) if !self.ctrl && !self.alt => Some(character),
            _ => None,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, name) in [
            (self.ctrl, "ctrl-"),
            (self.alt, "alt-"),
            (self.shift, "shift-"),
        ] {
            if held {
                f.write_str(name)?;
            }
        }
        if let Some((_, name)) = NAMED.iter().find(|(code, _)| *code == self.code) {
            return f.write_str(name);
        }
        match self.code {
            KeyCode::Char(character) => write!(f, "{character}"),
            KeyCode::F(number) => write!(f, "f{number}"),
            // Every other code has a name in the table above.
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_read_as_it_is_written() {
        for text in [
            "q",
            "G",
            "ctrl-d",
            "alt-x",
            "shift-tab",
            "pagedown",
            "space",
            "f12",
            "-",
            "ctrl--",
            "?",
            "ctrl-alt-x",
        ] {
            let key = Key::parse(text).unwrap();
            assert_eq!(key.to_string(), text);
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["", "ctrl-", "f0", "f25", "shift-g", "nonsense", "Ctrl-d"] {
            assert_eq!(Key::parse(text), None, "{text}");
        }
    }
}
