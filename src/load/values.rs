//! Finds the values of a JSON text without reading them: a stream of values, the items of a list, the
//! members of an object. What is found is then read one at a time, so that a dump of many
//! megabytes never stands in memory as one tree.

use std::ops::Range;

use crate::iam::{Place, SourceId};

/// The bytes of every value of a stream of JSON values. An unfinished value goes to the end of the
/// text, where reading it says what is wrong.
pub(super) fn values(text: &str) -> Vec<Range<usize>> {
    let mut scan = Scan::new(text);
    let mut found: Vec<_> = std::iter::from_fn(|| scan.next()).collect();
    if scan.position() < text.len() {
        // A closing bracket that nothing opened: reading the rest says so.
        found.push(scan.position()..text.len());
    }
    found
}

/// The names of the members of the object that a text begins with, as far as they are asked for.
pub(super) fn names(text: &str) -> impl Iterator<Item = &str> {
    let mut scan = Scan::new(text);
    let is_object = scan.enter(b'{');
    std::iter::from_fn(move || {
        let name = scan.next().filter(|_| is_object)?;
        scan.next();
        Some(text.get(name)?.trim_matches('"'))
    })
}

/// Lines and columns of places that are asked for from front to back.
pub(super) struct Cursor<'a> {
    text: &'a str,
    source: SourceId,
    at: usize,
    line: u32,
    line_start: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(text: &'a str, source: SourceId) -> Self {
        Cursor {
            text,
            source,
            at: 0,
            line: 1,
            line_start: 0,
        }
    }

    /// The place of a byte that is not before the last one asked for.
    pub fn place(&mut self, offset: usize) -> Place {
        let passed = self
            .text
            .as_bytes()
            .get(self.at..offset)
            .unwrap_or_default();
        let lines = passed.iter().filter(|byte| **byte == b'\n').count();
        if let Some(last) = passed.iter().rposition(|byte| *byte == b'\n') {
            self.line = self
                .line
                .saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
            self.line_start = self.at + last + 1;
        }
        self.at = offset;
        let before = self
            .text
            .as_bytes()
            .get(self.line_start..offset)
            .unwrap_or_default();
        // Characters, not bytes; on a line of many megabytes bytes are near enough.
        let column = if before.len() > 4096 {
            before.len()
        } else {
            before.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
        };
        let column = u32::try_from(column.saturating_add(1)).unwrap_or(u32::MAX);
        Place::new(self.source, self.line, column)
    }
}

/// Goes through a text by whole values.
pub(super) struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    pub fn new(text: &'a str) -> Self {
        Scan {
            bytes: text.as_bytes(),
            at: 0,
        }
    }

    /// The byte that is looked at next.
    pub fn position(&self) -> usize {
        self.at
    }

    /// Whether nothing but white space is left.
    pub fn is_at_end(&mut self) -> bool {
        self.skip_to_value();
        self.at == self.bytes.len()
    }

    /// Goes into the object or list that comes next, if it opens with this bracket.
    pub fn enter(&mut self, bracket: u8) -> bool {
        self.skip_to_value();
        self.take(bracket)
    }

    /// Goes out of what was entered, if it ends here with this bracket.
    pub fn leave(&mut self, bracket: u8) -> bool {
        self.skip_to_value();
        self.take(bracket)
    }

    /// The bytes of the next value, or of the next name of a member; `None` where what was entered,
    /// or the text, ends.
    pub fn next(&mut self) -> Option<Range<usize>> {
        self.skip_to_value();
        match self.bytes.get(self.at)? {
            b']' | b'}' => None,
            _ => Some(self.value()),
        }
    }

    fn take(&mut self, bracket: u8) -> bool {
        let is_there = self.bytes.get(self.at) == Some(&bracket);
        self.at += usize::from(is_there);
        is_there
    }

    /// Skips what stands between values.
    fn skip_to_value(&mut self) {
        self.skip_until(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b',' | b':'));
    }

    fn skip_until(&mut self, is_end: impl Fn(u8) -> bool) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let passed = rest.iter().position(|byte| is_end(*byte));
        self.at += passed.unwrap_or(rest.len());
    }

    fn value(&mut self) -> Range<usize> {
        let start = self.at;
        let mut depth = 0_usize;
        loop {
            match self.bytes.get(self.at) {
                None => break,
                Some(b'"') => self.string(),
                Some(b'{' | b'[') => {
                    depth += 1;
                    self.at += 1;
                }
                Some(b'}' | b']') => {
                    depth = depth.saturating_sub(1);
                    self.at += 1;
                }
                Some(_) if depth == 0 => {
                    // A number or a word.
                    self.skip_until(|byte| {
                        matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b',' | b':' | b'"')
                            || matches!(byte, b'{' | b'[' | b'}' | b']')
                    });
                }
                Some(_) => {
                    self.skip_until(|byte| matches!(byte, b'"' | b'{' | b'[' | b'}' | b']'));
                    continue;
                }
            }
            if depth == 0 {
                break;
            }
        }
        start..self.at
    }

    fn string(&mut self) {
        self.at += 1;
        loop {
            self.skip_until(|byte| matches!(byte, b'"' | b'\\'));
            match self.bytes.get(self.at) {
                Some(b'\\') => self.at = self.bytes.len().min(self.at + 2),
                Some(_) => {
                    self.at += 1;
                    return;
                }
                None => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_streams_items_and_members() {
        let text = r#"{"a": "}\""} [1, 2]  "x" 7"#;
        let found: Vec<&str> = values(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, [r#"{"a": "}\""}"#, "[1, 2]", "\"x\"", "7"]);

        let text = r#" {"a": [1, {"b": 2}], "c":"d" }"#;
        assert_eq!(names(text).collect::<Vec<_>>(), ["a", "c"]);
        let mut scan = Scan::new(text);
        assert!(!scan.enter(b'[') && scan.enter(b'{'));
        assert_eq!(&text[scan.next().unwrap()], "\"a\"");
        assert!(scan.enter(b'['));
        assert_eq!(&text[scan.next().unwrap()], "1");
        assert_eq!(&text[scan.next().unwrap()], r#"{"b": 2}"#);
        assert_eq!(scan.next(), None);
        assert!(!scan.leave(b'}') && scan.leave(b']'));
        assert_eq!(&text[scan.next().unwrap()], "\"c\"");
        assert_eq!(&text[scan.next().unwrap()], "\"d\"");
        assert!(scan.leave(b'}'));
    }

    #[test]
    fn an_unfinished_value_goes_to_the_end() {
        let text = r#"[{"a": 1}, {"b": "#;
        let mut scan = Scan::new(text);
        assert!(scan.enter(b'['));
        scan.next();
        assert_eq!(&text[scan.next().unwrap()], r#"{"b": "#);
        assert!(scan.next().is_none() && !scan.leave(b']'));
        assert_eq!(values("{\"a\\").len(), 1);
        assert_eq!(names("]").count() + names("[1]").count(), 0);
        assert_eq!(values("{} ] {}"), [0..2, 3..7]);
    }
}
