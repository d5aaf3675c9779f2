//! A text whose unresolved parts and policy variables stand as one character each, so that it can be
//! split at colons and slashes without cutting through `${AWS::Region}`.

use crate::iam::Text;

use super::{Line, Link, Meaning, Span};

/// Private-use characters, which no policy may hold.
const FIRST: u32 = 0xE000;
const MOST: u32 = 0x1000;

pub(super) struct Masked {
    text: String,
    atoms: Vec<Span>,
}

impl Masked {
    pub(super) fn new(text: &Text) -> Self {
        let mut masked = Masked {
            text: String::new(),
            atoms: Vec::new(),
        };
        for piece in text.pieces() {
            match piece {
                Ok(literal) => masked.literal(literal),
                Err(reference) => masked.atom(
                    Span::new(Meaning::Unknown, format!("${{{}}}", reference.name))
                        .to(Link::Place(reference.place)),
                ),
            }
        }
        masked
    }

    fn literal(&mut self, mut rest: &str) {
        while let Some(start) = rest.find("${") {
            let Some(length) = rest[start..].find('}') else {
                break;
            };
            self.text.push_str(&rest[..start]);
            let end = start + length + 1;
            self.atom(Span::new(Meaning::Code, rest[start..end].to_owned()));
            rest = &rest[end..];
        }
        self.text.push_str(rest);
    }

    fn atom(&mut self, span: Span) {
        let index = u32::try_from(self.atoms.len()).unwrap_or(MOST);
        match char::from_u32(FIRST + index).filter(|_| index < MOST) {
            Some(character) => {
                self.text.push(character);
                self.atoms.push(span);
            }
            None => self.text.push_str(&span.text),
        }
    }

    /// The text, to split and compare.
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// A part of the text as it is to be read.
    pub(super) fn line(&self, part: &str) -> Line {
        let mut line = Line::new();
        let mut literal = String::new();
        for character in part.chars() {
            let index = u32::from(character).wrapping_sub(FIRST) as usize;
            match self.atoms.get(index) {
                Some(span) => {
                    line = line.code(std::mem::take(&mut literal));
                    line.push(span.clone());
                }
                None => literal.push(character),
            }
        }
        line.code(literal)
    }
}
