//! A text without its white space, with the way back.
//!
//! A message may be wrapped at any column, within a word as well as between words. Matched
//! without white space a sentence reads the same however it was wrapped; only where a value
//! may itself hold spaces, or where nothing but a space ends it, the original is asked.

use super::clean::WRAP;

/// What stands between two characters of the squeezed text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// Nothing: the characters are neighbours.
    None,
    /// Spaces within a line.
    Space,
    /// One line break, with spaces perhaps.
    Line,
    /// An empty line, or several.
    Blank,
}

/// The squeezed text and where each of its bytes came from.
pub(super) struct Squeezed<'a> {
    source: &'a str,
    text: String,
    /// For each byte of `text`, its offset in `source`; one more for the end.
    origin: Vec<usize>,
    /// Whether lines seem to have been broken between words only.
    between_words: bool,
}

impl<'a> Squeezed<'a> {
    pub fn new(source: &'a str) -> Self {
        let source = source.trim_end_matches(blank);
        let mut text = String::with_capacity(source.len());
        let mut origin = Vec::with_capacity(source.len() + 1);
        for (at, c) in source.char_indices() {
            if !blank(c) {
                text.push(c);
                origin.extend(at..at + c.len_utf8());
            }
        }
        origin.push(source.len());
        let wraps = source.matches(WRAP).count();
        let breaks = source.matches('\n').count();
        let between_words = wraps + breaks >= 2 && breaks >= wraps;
        Squeezed {
            source,
            text,
            origin,
            between_words,
        }
    }

    /// The text without white space.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text as it was.
    pub fn source(&self) -> &'a str {
        self.source
    }

    /// What stood in front of the character at this offset of the squeezed text.
    pub fn gap(&self, at: usize) -> Gap {
        let between = self.between(at);
        match between.matches(['\n', WRAP]).count() {
            0 if between.is_empty() => Gap::None,
            0 => Gap::Space,
            1 => Gap::Line,
            _ => Gap::Blank,
        }
    }

    /// The white space in front of the character at this offset.
    fn between(&self, at: usize) -> &'a str {
        let end = self.origin.get(at).copied().unwrap_or(self.source.len());
        let head = &self.source[..end];
        &head[head.trim_end_matches(blank).len()..]
    }

    /// Whether the line break in front of this offset looks like a hard wrap within a word:
    /// the line before is as wide as a line gets, and the next is not indented.
    pub fn wrapped_within_word(&self, at: usize) -> bool {
        let between = self.between(at);
        let mut characters = between.chars();
        match (characters.next(), characters.next()) {
            (Some(WRAP), None) => true,
            // Word wrapping may break after a hyphen, too.
            (Some('\n'), None) => self
                .origin
                .get(at)
                .and_then(|&end| self.source.get(..end))
                .is_some_and(|before| before.trim_end_matches(blank).ends_with('-')),
            _ => false,
        }
    }

    /// Whether the break in front of this offset may lie within a token: yes for neighbours
    /// and hard wraps, no for spaces, new paragraphs and lines that start something new.
    pub fn joins(&self, at: usize) -> bool {
        match self.gap(at) {
            Gap::None => true,
            Gap::Space | Gap::Blank => false,
            Gap::Line => self.wrapped_within_word(at) && !self.starts_anew(at),
        }
    }

    /// Whether the line at this offset reads like the start of something else rather than
    /// the rest of a cut word.
    fn starts_anew(&self, at: usize) -> bool {
        let Some(&start) = self.origin.get(at) else {
            return true;
        };
        let rest = &self.source[start..];
        let line = rest.split(['\n', WRAP]).next().unwrap_or("");
        if rest[line.len()..].starts_with(WRAP) {
            return false;
        }
        let mut words = line.split_whitespace();
        let first = words.next().unwrap_or("");
        let capitalised = first.starts_with(|c: char| c.is_ascii_uppercase())
            && first.len() > 1
            && first[1..]
                .chars()
                .all(|c| c.is_ascii_lowercase() || c == ':');
        match words.next() {
            // The sentence goes on behind the rest of the word.
            Some("on" | "because" | "with" | "is" | "(Service:" | "operation:" | "operation") => {
                false
            }
            // A whole line of other words: a trace, a hint, a prompt.
            Some(_) => capitalised || first.ends_with(':'),
            None => first.ends_with(':'),
        }
    }

    /// The source from one squeezed offset to another: spaces stay, wraps are undone.
    pub fn unwrapped(&self, from: usize, to: usize) -> String {
        let mut out = String::with_capacity(to.saturating_sub(from));
        for (offset, c) in self.text[from..to].char_indices() {
            let at = from + offset;
            if offset > 0 {
                match self.gap(at) {
                    Gap::None => {}
                    Gap::Space => out.push_str(self.between(at)),
                    Gap::Line | Gap::Blank => {
                        if self.space_at_break(at, &out) {
                            out.push(' ');
                        }
                    }
                }
            }
            out.push(c);
        }
        out
    }

    /// Whether a space was lost, or kept beside the break, where a line was broken.
    fn space_at_break(&self, at: usize, before: &str) -> bool {
        let between = self.between(at);
        if between.starts_with(' ') {
            return true;
        }
        let within = self.wrapped_within_word(at) && !self.between_words;
        !within && !before.ends_with(['-', '/', ':', '.', '_', ','])
    }
}

/// White space, and the mark of a wrap.
fn blank(c: char) -> bool {
    c.is_whitespace() || c == WRAP
}
