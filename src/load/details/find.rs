//! Where the entities of a dump stand in its text, before any of them is read.

use std::ops::Range;

use super::LISTS;
use crate::iam::{Place, Problem, SourceId, parse_json_at};
use crate::load::error::Fault;
use crate::load::values::{Cursor, Scan};

/// An entity that was found and not read yet.
pub struct Item<'a> {
    pub list: &'a str,
    pub place: Place,
    pub text: &'a str,
}

/// Looks for the entities of a text, in one pass.
pub struct Finder<'a> {
    text: &'a str,
    scan: Scan<'a>,
    cursor: Cursor<'a>,
    pub found: Vec<Item<'a>>,
    pub problems: Vec<Problem>,
}

impl<'a> Finder<'a> {
    pub fn new(text: &'a str, source: SourceId) -> Self {
        Finder {
            text,
            scan: Scan::new(text),
            cursor: Cursor::new(text, source),
            found: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// Finds everything in a dump, or in its pages one behind the other.
    pub fn run(&mut self) -> Result<(), Fault> {
        while self.scan.enter(b'{') {
            if !self.page()? {
                return Err(self.broken());
            }
        }
        match self.scan.is_at_end() {
            true => Ok(()),
            false => Err(self.broken()),
        }
    }

    /// Goes through one dump; whether it ends as it should.
    fn page(&mut self) -> Result<bool, Fault> {
        while let Some(name) = self.scan.next() {
            let list = self.slice(name).trim_matches('"');
            if !LISTS.contains(&list) && list != "Policies" {
                self.scan.next();
            } else if self.scan.enter(b'[') {
                while let Some(item) = self.scan.next() {
                    self.found.push(Item {
                        list,
                        place: self.cursor.place(item.start),
                        text: self.slice(item),
                    });
                }
                if !self.scan.leave(b']') {
                    return Ok(false);
                }
            } else if let Some(other) = self.scan.next() {
                let place = self.cursor.place(other.start);
                let node = parse_json_at(self.slice(other), place)?;
                let message = format!("`{list}` is {}, not a list", node.kind_name());
                self.problems.push(Problem::error(place, message));
            }
        }
        Ok(self.scan.leave(b'}'))
    }

    fn slice(&self, range: Range<usize>) -> &'a str {
        self.text.get(range).unwrap_or_default()
    }

    fn broken(&mut self) -> Fault {
        if self.scan.is_at_end() {
            let place = self.cursor.place(self.text.trim_end().len());
            return Fault::new(place, "the text ends before the JSON does");
        }
        let at = self.scan.position();
        let found: String = self.slice(at..self.text.len()).chars().take(1).collect();
        Fault::new(
            self.cursor.place(at),
            format!("`{found}` is not expected here"),
        )
    }
}
