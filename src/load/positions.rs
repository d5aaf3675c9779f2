//! Where the characters of a text come from that was itself written inside a file: the content of
//! a quoted or block scalar, perhaps with parts put in.

use std::sync::OnceLock;

use crate::iam::Place;

/// The text of a source, and where its lines begin.
#[derive(Debug)]
pub(super) struct SourceText {
    text: String,
    lines: OnceLock<Vec<usize>>,
}

impl SourceText {
    pub fn new(text: String) -> Self {
        SourceText {
            text,
            lines: OnceLock::new(),
        }
    }

    /// The rest of the text from a place on.
    fn from(&self, place: Place) -> Option<&str> {
        let lines = self.lines.get_or_init(|| {
            let ends = self
                .text
                .bytes()
                .enumerate()
                .filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0)
                .chain(ends.map(|(at, _)| at + 1))
                .collect()
        });
        let line = usize::try_from(place.line.checked_sub(1)?).ok()?;
        let column = usize::try_from(place.column.checked_sub(1)?).ok()?;
        let rest = self.text.get(*lines.get(line)?..)?;
        let (at, _) = rest.char_indices().nth(column)?;
        rest.get(at..)
    }
}

/// The place of every character of a text.
#[derive(Default)]
pub(super) struct Positions<'a> {
    places: Vec<Place>,
    /// The index of the first character of every line behind the first.
    lines: Vec<usize>,
    /// The scalar that the last part came from: where it begins, and how far it was followed.
    followed: Option<Followed<'a>>,
}

struct Followed<'a> {
    start: Place,
    /// How many characters that are not white space were passed.
    passed: usize,
    walk: Walk<'a>,
}

impl<'a> Positions<'a> {
    /// Appends characters that all come from one place.
    pub fn extend_at(&mut self, text: &str, place: Place) {
        for character in text.chars() {
            self.push(character, place);
        }
    }

    /// Appends characters that stand side by side from a place on.
    pub fn extend_line(&mut self, text: &str, start: Place) {
        let mut place = start;
        for character in text.chars() {
            self.push(character, place);
            place.column = place.column.saturating_add(1);
        }
    }

    /// Appends a part of the content of a scalar that begins at a place of a source; `skip` says
    /// how many characters that are not white space are before the part.
    /// Parts of one scalar are best given in their order.
    pub fn extend_scalar(&mut self, part: &str, source: &'a SourceText, start: Place, skip: usize) {
        let before = self.followed.take();
        let before = before.filter(|own| own.start == start && own.passed <= skip);
        let begin = || {
            let walk = Walk::new(source, start)?;
            Some(Followed {
                start,
                passed: 0,
                walk,
            })
        };
        let Some(mut followed) = before.or_else(begin) else {
            return self.extend_at(part, start);
        };
        let walk = &mut followed.walk;
        while followed.passed < skip {
            walk.next();
            followed.passed += 1;
        }
        for character in part.chars() {
            if !character.is_whitespace() {
                followed.passed += 1;
                if walk.next().is_none_or(|(found, _)| found != character) {
                    // Not what the source says there: a notation that is not followed here.
                    walk.lost = true;
                }
            }
            self.push(character, if walk.lost { start } else { walk.place });
        }
        self.followed = Some(followed);
    }

    fn push(&mut self, character: char, place: Place) {
        self.places.push(place);
        if character == '\n' {
            self.lines.push(self.places.len());
        }
    }

    /// The place in the file of a line and column of the text.
    pub fn at(&self, inside: Place) -> Option<Place> {
        let line = usize::try_from(inside.line.checked_sub(1)?).ok()?;
        let column = usize::try_from(inside.column.checked_sub(1)?).ok()?;
        let first = match line.checked_sub(1) {
            Some(before) => *self.lines.get(before)?,
            None => 0,
        };
        let at = first.checked_add(column)?;
        self.places.get(at).or(self.places.last()).copied()
    }
}

/// The characters of a scalar that are not white space, decoded, with their places. White space is
/// what the notations differ in: folding, indentation, `\n`.
struct Walk<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    quote: Option<char>,
    /// Where the next character of the source stands.
    ahead: Place,
    /// Where the last decoded character stood.
    place: Place,
    lost: bool,
}

impl<'a> Walk<'a> {
    fn new(source: &'a SourceText, start: Place) -> Option<Self> {
        let mut walk = Walk {
            rest: source.from(start)?.chars().peekable(),
            quote: None,
            ahead: start,
            place: start,
            lost: false,
        };
        if let Some(quote @ ('"' | '\'')) = walk.rest.peek().copied() {
            walk.quote = Some(quote);
            walk.advance();
        }
        Some(walk)
    }

    fn advance(&mut self) -> Option<char> {
        let character = self.rest.next()?;
        if character == '\n' {
            self.ahead.line += 1;
            self.ahead.column = 1;
        } else {
            self.ahead.column += 1;
        }
        Some(character)
    }

    fn next(&mut self) -> Option<(char, Place)> {
        loop {
            let place = self.ahead;
            let mut character = self.advance()?;
            if self.quote == Some('\'') && character == '\'' {
                // A quote inside single quotes is written twice.
                character = self.rest.next_if_eq(&'\'')?;
                self.ahead.column += 1;
            } else if self.quote == Some('"') && character == '\\' {
                match self.escape() {
                    Some(decoded) => character = decoded,
                    None => continue,
                }
            }
            if !character.is_whitespace() {
                self.place = place;
                return Some((character, place));
            }
        }
    }

    /// The character that an escape stands for; `None` for white space.
    fn escape(&mut self) -> Option<char> {
        let digits = match self.advance()? {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            'n' | 'r' | 't' | 'f' | 'v' | 'N' | '_' | 'L' | 'P' | '\n' | '\r' => return None,
            other => return Some(other),
        };
        let code: String = (0..digits).filter_map(|_| self.advance()).collect();
        let code = u32::from_str_radix(&code, 16).ok()?;
        char::from_u32(code).filter(|character| !character.is_whitespace())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::SourceId;

    fn places(source: &str, line: u32, column: u32, content: &str) -> Vec<(u32, u32)> {
        let source = SourceText::new(source.to_owned());
        let mut positions = Positions::default();
        let start = Place::new(SourceId(0), line, column);
        positions.extend_scalar(content, &source, start, 0);
        let places = positions.places.iter();
        places.map(|place| (place.line, place.column)).collect()
    }

    #[test]
    fn follows_quotes_escapes_and_lines() {
        assert_eq!(
            places("a: 'it''s'", 1, 4, "it's"),
            [(1, 5), (1, 6), (1, 7), (1, 9)]
        );
        assert_eq!(
            places(r#"{"a": "\"\u0041b"}"#, 1, 7, "\"Ab"),
            [(1, 8), (1, 10), (1, 16)]
        );
        assert_eq!(
            places("a: |\n  x\n  yz\n", 2, 3, "x\nyz\n"),
            [(2, 3), (2, 3), (3, 3), (3, 4), (3, 4)]
        );
    }

    #[test]
    fn a_part_may_begin_inside() {
        let source = SourceText::new("k: '{ a b'".to_owned());
        let mut positions = Positions::default();
        positions.extend_scalar("b", &source, Place::new(SourceId(0), 1, 4), 2);
        assert_eq!(positions.places[0].column, 9);
    }
}
