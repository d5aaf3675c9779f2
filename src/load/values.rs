//! Finds the values of a JSON text without reading them: a stream of values, the items of a list, the
//! members of an object. What is found is then read one at a time, so that a dump of many
//! megabytes never stands in memory as one tree.

use std::ops::Range;

use crate::iam::{Place, SourceId};

/// The bytes of every value of a stream of JSON values. An unfinished value goes to the end of the
/// text, where reading it says what is wrong.
pub(super) fn values(text: &str) -> Vec<Range<usize>> {
    let mut scan = Scan {
        bytes: text.as_bytes(),
        at: 0,
    };
    let mut found = Vec::new();
    while scan.skip_to_value() {
        let value = scan.value();
        if value.is_empty() {
            // A closing bracket that nothing opened: reading the rest says so.
            found.push(value.start..text.len());
            break;
        }
        found.push(value);
    }
    found
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
        for (at, byte) in passed.iter().enumerate() {
            if *byte == b'\n' {
                self.line = self.line.saturating_add(1);
                self.line_start = self.at + at + 1;
            }
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

/// The bytes of the members of the object or the items of the list that a text begins with.
pub(super) fn children(text: &str) -> Vec<Child> {
    let mut scan = Scan {
        bytes: text.as_bytes(),
        at: 0,
    };
    let mut found = Vec::new();
    if !scan.skip_to_value() {
        return found;
    }
    let is_object = match scan.bytes.get(scan.at) {
        Some(b'{') => true,
        Some(b'[') => false,
        _ => return found,
    };
    scan.at += 1;
    while scan.skip_to_value() && !matches!(scan.bytes.get(scan.at), Some(b']' | b'}')) {
        let key = if is_object {
            let key = scan.value();
            scan.skip_to_value();
            key
        } else {
            scan.at..scan.at
        };
        let value = scan.value();
        if value.is_empty() {
            break;
        }
        found.push(Child { key, value });
    }
    found
}

/// A member of an object, or an item of a list (whose key is empty).
pub(super) struct Child {
    /// The name with its quotes.
    pub key: Range<usize>,
    pub value: Range<usize>,
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Scan<'_> {
    /// Skips what stands between values; false at the end.
    fn skip_to_value(&mut self) -> bool {
        while let Some(b' ' | b'\t' | b'\n' | b'\r' | b',' | b':') = self.bytes.get(self.at) {
            self.at += 1;
        }
        self.at < self.bytes.len()
    }

    fn value(&mut self) -> Range<usize> {
        let start = self.at;
        let mut depth = 0usize;
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'"' => self.string(),
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' if depth == 0 => break,
                b'}' | b']' => {
                    depth -= 1;
                    self.at += 1;
                }
                b' ' | b'\t' | b'\n' | b'\r' | b',' | b':' if depth == 0 => break,
                _ => self.at += 1,
            }
            if depth == 0 && matches!(byte, b'"' | b'}' | b']') {
                break;
            }
        }
        start..self.at
    }

    fn string(&mut self) {
        self.at += 1;
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'"' => {
                    self.at += 1;
                    return;
                }
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.at = self.bytes.len();
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
        let members = children(text);
        let members = members
            .iter()
            .map(|child| (&text[child.key.clone()], &text[child.value.clone()]));
        assert_eq!(
            members.collect::<Vec<_>>(),
            [("\"a\"", "[1, {\"b\": 2}]"), ("\"c\"", "\"d\"")]
        );
    }

    #[test]
    fn an_unfinished_value_goes_to_the_end() {
        let text = r#"[{"a": 1}, {"b": "#;
        let items = children(text);
        assert_eq!(&text[items[1].value.clone()], r#"{"b": "#);
        assert_eq!(values("{\"a").len(), 1);
        assert!(children("]").is_empty());
        assert_eq!(values("{} ] {}"), [0..2, 3..7]);
    }
}
