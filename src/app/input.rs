//! A line of text that is being typed.

use super::{Key, KeyCode};

/// Text and the place where the next character goes.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Input {
    text: String,
    // A byte offset, always on a character boundary.
    cursor: usize,
    selected: bool,
}

/// The longest text that a field takes; a paste beyond it is cut.
const LONGEST: usize = 100_000;

impl Input {
    /// A field that holds a text, with the cursor behind it.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Input {
            cursor: text.len(),
            text,
            selected: false,
        }
    }

    /// A field that holds a text whose place is taken by what is typed, unless it is edited first.
    pub fn selected(text: impl Into<String>) -> Self {
        let input = Input::new(text);
        Input {
            selected: !input.is_empty(),
            ..input
        }
    }

    /// Whether what is typed takes the place of the text.
    pub fn is_selected(&self) -> bool {
        self.selected
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text before the cursor.
    pub fn before(&self) -> &str {
        &self.text[..self.cursor]
    }

    /// The text behind the cursor.
    pub fn behind(&self) -> &str {
        &self.text[self.cursor..]
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Replaces the text; the cursor goes behind it.
    pub fn set(&mut self, text: impl Into<String>) {
        *self = Input::new(text);
    }

    /// Inserts pasted or typed text; control characters become spaces.
    pub fn insert(&mut self, text: &str) {
        if self.selected {
            self.set("");
        }
        let room = LONGEST.saturating_sub(self.text.len());
        let mut clean = String::new();
        for character in text.chars() {
            if clean.len() + character.len_utf8() > room {
                break;
            }
            clean.push(if character.is_control() {
                ' '
            } else {
                character
            });
        }
        self.text.insert_str(self.cursor, &clean);
        self.cursor += clean.len();
    }

    /// Takes an editing key; says whether it was one.
    pub fn key(&mut self, key: Key) -> bool {
        if let Some(character) = key.text() {
            self.insert(character.encode_utf8(&mut [0; 4]));
            return true;
        }
        let selected = std::mem::take(&mut self.selected);
        match (key.code, key.ctrl, key.alt) {
            (KeyCode::Backspace | KeyCode::Delete, false, false) if selected => self.set(""),
            (KeyCode::Backspace, false, false) | (KeyCode::Char('h'), true, false) => {
                self.delete_to(self.previous());
            }
            (KeyCode::Delete, false, false) => {
                let next = self.next();
                self.text.replace_range(self.cursor..next, "");
            }
            (KeyCode::Left, false, false) | (KeyCode::Char('b'), true, false) => {
                self.cursor = self.previous();
            }
            (KeyCode::Right, false, false) | (KeyCode::Char('f'), true, false) => {
                self.cursor = self.next();
            }
            (KeyCode::Home, false, false) | (KeyCode::Char('a'), true, false) => self.cursor = 0,
            (KeyCode::End, false, false) | (KeyCode::Char('e'), true, false) => {
                self.cursor = self.text.len();
            }
            (KeyCode::Char('u'), true, false) => self.delete_to(0),
            (KeyCode::Char('k'), true, false) => self.text.truncate(self.cursor),
            (KeyCode::Char('w'), true, false) | (KeyCode::Backspace, _, true) => {
                self.delete_to(self.word_start());
            }
            (KeyCode::Left, true, _) | (KeyCode::Left, _, true) => self.cursor = self.word_start(),
            (KeyCode::Right, true, _) | (KeyCode::Right, _, true) => self.cursor = self.word_end(),
            _ => return false,
        }
        true
    }

    fn delete_to(&mut self, start: usize) {
        self.text.replace_range(start..self.cursor, "");
        self.cursor = start;
    }

    fn previous(&self) -> usize {
        self.before()
            .char_indices()
            .next_back()
            .map_or(0, |(at, _)| at)
    }

    fn next(&self) -> usize {
        self.cursor + self.behind().chars().next().map_or(0, char::len_utf8)
    }

    // Words end at what separates the parts of ARNs and actions.
    fn word_start(&self) -> usize {
        let trimmed = self.before().trim_end_matches(is_separator);
        trimmed
            .rfind(is_separator)
            .map_or(0, |at| at + separator_length(trimmed, at))
    }

    fn word_end(&self) -> usize {
        let rest = self.behind();
        let skipped = rest.len() - rest.trim_start_matches(is_separator).len();
        let word = rest[skipped..]
            .find(is_separator)
            .unwrap_or(rest.len() - skipped);
        self.cursor + skipped + word
    }
}

fn is_separator(character: char) -> bool {
    character.is_whitespace() || matches!(character, ':' | '/' | ',' | '.')
}

fn separator_length(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(0, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(input: &mut Input, keys: &str) {
        for key in keys.split(' ') {
            assert!(input.key(Key::parse(key).unwrap()), "{key}");
        }
    }

    #[test]
    fn editing_keeps_to_characters() {
        let mut input = Input::new("aé漢");
        keys(&mut input, "left backspace");
        assert_eq!((input.before(), input.behind()), ("a", "漢"));
        keys(&mut input, "x home delete end backspace");
        assert_eq!(input.text(), "x");
        keys(&mut input, "backspace backspace delete left right");
        assert_eq!(input.text(), "");
    }

    #[test]
    fn what_is_typed_takes_the_place_of_what_is_selected() {
        for (pressed, left) in [
            ("x y", "xy"),
            ("left x", "bucket-namxe"),
            ("end x", "bucket-namex"),
            ("backspace", ""),
            ("backspace x", "x"),
        ] {
            let mut input = Input::selected("bucket-name");
            keys(&mut input, pressed);
            assert_eq!(input.text(), left, "{pressed}");
            assert!(!input.is_selected());
        }
        let mut input = Input::selected("bucket-name");
        input.insert("pasted");
        assert_eq!(input.text(), "pasted");
        assert!(!Input::selected("").is_selected());
    }

    #[test]
    fn words_end_where_the_parts_of_an_arn_do() {
        let mut input = Input::new("arn:aws:s3:::bucket/key");
        keys(&mut input, "ctrl-w");
        assert_eq!(input.text(), "arn:aws:s3:::bucket/");
        keys(&mut input, "ctrl-w");
        assert_eq!(input.text(), "arn:aws:s3:::");
        keys(&mut input, "home ctrl-right ctrl-right");
        assert_eq!(input.before(), "arn:aws");
        keys(&mut input, "ctrl-k");
        assert_eq!(input.text(), "arn:aws");
    }

    #[test]
    fn pasted_controls_become_spaces() {
        let mut input = Input::default();
        input.insert("a\n\u{1b}b");
        assert_eq!(input.text(), "a  b");
        assert!(!input.key(Key::parse("enter").unwrap()));
    }

    #[test]
    fn a_huge_paste_is_cut() {
        let mut input = Input::default();
        input.insert(&"é".repeat(LONGEST));
        assert!(input.text().len() <= LONGEST);
    }
}
