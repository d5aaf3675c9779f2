//! Changes of YAML text in block style, at byte offsets.

use std::ops::Range;

use serde_json::Value;

use super::{Members, Splice, line_start, one_less};

/// An item of a block list: a statement.
pub(super) struct Item<'t> {
    text: &'t str,
    /// The start of its first line, and of the line behind its last.
    lines: Range<usize>,
    /// The column of its dash.
    dash: usize,
    /// The column of its members.
    column: usize,
}

impl<'t> Item<'t> {
    /// The item whose content begins at an offset; `None` where that is no item of a block list.
    pub fn at(text: &'t str, at: usize) -> Option<Self> {
        let start = line_start(text, at);
        let head = &text[start..at];
        // The place may be that of the dash, or of what follows it.
        let dash = head.len() - head.trim_start().len();
        let line = text[start..].lines().next()?;
        let behind = line[dash..].strip_prefix('-')?;
        let inner = behind.trim_start();
        (behind.len() > inner.len() && !inner.starts_with(['{', '[', '!', '&', '*']))
            .then_some(())?;
        Some(Item {
            text,
            lines: start..block_end(text, start, dash),
            dash,
            column: line.len() - inner.len(),
        })
    }

    /// Puts another item behind this one.
    pub fn followed_by(&self, new: &Value) -> Option<Vec<Splice>> {
        let mut lines = String::new();
        for (at, (name, value)) in new.as_object()?.iter().enumerate() {
            let head = match at {
                0 => format!("{}-", " ".repeat(self.dash)),
                _ => " ".repeat(self.dash),
            };
            let room = self.column - self.dash;
            let head = format!("{head:width$}", width = self.dash + room);
            write(&mut lines, &head, self.column, name, value);
        }
        Some(vec![self.insert(lines)])
    }

    /// Takes the item out.
    pub fn taken_out(&self) -> Splice {
        Splice {
            at: self.lines.clone(),
            with: String::new(),
        }
    }

    /// Changes the members that differ.
    pub fn changed(&self, before: &Value, after: &Value) -> Option<Vec<Splice>> {
        let members = Members::between(before, after)?;
        let mut splices = Vec::new();
        for (old, new, value) in members.turned {
            splices.push(self.rewritten(old, new, value)?);
        }
        for (name, old, new) in members.changed {
            splices.push(match one_less(old, new) {
                Some(position) => self.without_entry(name, position, old.as_array()?.len())?,
                None => self.rewritten(name, name, new)?,
            });
        }
        for (name, value) in members.added {
            let mut lines = String::new();
            write(
                &mut lines,
                &" ".repeat(self.column),
                self.column,
                name,
                value,
            );
            splices.push(self.insert(lines));
        }
        Some(splices)
    }

    fn insert(&self, lines: String) -> Splice {
        let at = self.lines.end;
        // The last line of a file may lack its end.
        match self.text[..at].ends_with('\n') {
            true => Splice::insert(at, lines),
            false => Splice::insert(at, format!("\n{}", lines.trim_end_matches('\n'))),
        }
    }

    /// The lines of a member, from behind the dash or the indentation.
    fn member(&self, name: &str) -> Option<Range<usize>> {
        let mut start = self.lines.start;
        for line in self.text[self.lines.clone()].split_inclusive('\n') {
            let key = line.get(self.column..).unwrap_or_default();
            let head = line.get(..self.column).unwrap_or_default();
            let is_head = head.trim().is_empty() || start == self.lines.start;
            let rest = key
                .strip_prefix(name)
                .and_then(|rest| rest.strip_prefix(':'));
            if is_head
                && rest.is_some_and(|rest| rest.starts_with([' ', '\n', '\r']) || rest.is_empty())
            {
                let end = member_end(self.text, start, self.column, self.lines.end);
                return Some(start + self.column..end);
            }
            start += line.len();
        }
        None
    }

    /// A member under another name or with another value, unless a template computes what it has.
    fn rewritten(&self, old: &str, new: &str, value: &Value) -> Option<Splice> {
        let at = self.member(old)?;
        let written = &self.text[at.clone()];
        let computed = [": !", "- !", "Fn::", "Ref:", "${", " #", "&", " *"];
        (!computed.iter().any(|mark| written.contains(mark))).then_some(())?;
        let mut lines = String::new();
        write(&mut lines, "", self.column, new, value);
        if !written.ends_with('\n') {
            lines.truncate(lines.trim_end().len());
        }
        Some(Splice { at, with: lines })
    }

    /// A member's list without one of its entries.
    fn without_entry(&self, name: &str, position: usize, count: usize) -> Option<Splice> {
        let member = self.member(name)?;
        let mut entries: Vec<usize> = Vec::new();
        let mut start = line_start(self.text, member.start);
        let mut dash = None;
        for (number, line) in self.text[start..member.end]
            .split_inclusive('\n')
            .enumerate()
        {
            let column = line.len() - line.trim_start().len();
            let is_entry = line[column..].starts_with("- ") && number > 0;
            if is_entry && *dash.get_or_insert(column) == column {
                entries.push(start);
            }
            start += line.len();
        }
        (entries.len() == count).then_some(())?;
        let from = *entries.get(position)?;
        Some(Splice {
            at: from..block_end(self.text, from, dash?),
            with: String::new(),
        })
    }
}

/// Puts an entry behind the last one of its list, which is at an offset; a single value becomes a list.
pub(super) fn with_entry(text: &str, at: usize, entry: &str) -> Option<Vec<Splice>> {
    let start = line_start(text, at);
    let line = text[start..].lines().next()?;
    let head = before_value(&text[start..at]);
    let written = line[head.len()..].trim();
    let new = scalar(entry, written);
    let trimmed = head.trim_end();
    if let Some(before) = trimmed
        .strip_suffix('-')
        .filter(|own| own.trim().is_empty())
    {
        let end = block_end(text, start, before.len());
        let gap = match text[..end].ends_with('\n') {
            true => format!("{trimmed} {new}\n"),
            false => format!("\n{trimmed} {new}"),
        };
        return Some(vec![Splice::insert(end, gap)]);
    }
    if trimmed.ends_with(':') && !written.is_empty() {
        // One value on the key's own line: it and the new one become a list.
        (!written.starts_with(['|', '>', '{', '[', '&', '*'])).then_some(())?;
        let column = trimmed.len() - trimmed.trim_start_matches(['-', ' ']).len();
        let next = text[start + line.len()..]
            .lines()
            .find(|own| !own.trim().is_empty());
        let goes_on = next.is_some_and(|own| own.len() - own.trim_start().len() > column);
        (!goes_on).then_some(())?;
        let inner = " ".repeat(column + 2);
        return Some(vec![Splice {
            at: start + trimmed.len()..start + line.trim_end().len(),
            with: format!("\n{inner}- {written}\n{inner}- {new}"),
        }]);
    }
    if trimmed.ends_with(['[', ',']) {
        let close = written.find(']')?;
        let value = written[..close].trim_end();
        let plain = !value.contains(['[', '{', ',']);
        let end = start + head.len() + line[head.len()..].find(value)? + value.len();
        return plain.then(|| vec![Splice::insert(end, format!(", {new}"))]);
    }
    None
}

/// A line's head without the tag in front of its value.
fn before_value(head: &str) -> &str {
    let trimmed = head.trim_end();
    let word = trimmed.rfind(' ').map_or(0, |space| space + 1);
    match trimmed[word..].starts_with('!') {
        true => &head[..word],
        false => head,
    }
}

/// Where the lines end that belong to what begins on a line with a dash at a column: everything that
/// is indented more.
fn block_end(text: &str, start: usize, column: usize) -> usize {
    lines_end(text, start, text.len(), |line| {
        line.len() - line.trim_start().len() > column
    })
}

/// The same for a member of a mapping, whose list may stand at its own column.
fn member_end(text: &str, start: usize, column: usize, limit: usize) -> usize {
    lines_end(text, start, limit, |line| {
        let own = line.len() - line.trim_start().len();
        own > column || (own == column && line[own..].starts_with("- "))
    })
}

fn lines_end(text: &str, start: usize, limit: usize, inside: impl Fn(&str) -> bool) -> usize {
    let mut at = start;
    let mut end = start;
    for (number, line) in text[start..limit].split_inclusive('\n').enumerate() {
        let blank = line.trim().is_empty();
        if number > 0 && !blank && !inside(line) {
            break;
        }
        at += line.len();
        if !blank {
            end = at;
        }
    }
    end
}

/// Writes a member in block style, all but its first line behind an indentation.
fn write(out: &mut String, head: &str, column: usize, name: &str, value: &Value) {
    let inner = " ".repeat(column + 2);
    match value {
        Value::Array(entries) => {
            out.push_str(&format!("{head}{name}:\n"));
            for entry in entries {
                out.push_str(&format!("{inner}- {}\n", flow(entry)));
            }
        }
        Value::Object(members) => {
            out.push_str(&format!("{head}{name}:\n"));
            for (name, value) in members {
                write(out, &inner, column + 2, &scalar(name, ""), value);
            }
        }
        one => out.push_str(&format!("{head}{name}: {}\n", flow(one))),
    }
}

fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text, ""),
        // Flow style is YAML as well as JSON.
        other => other.to_string(),
    }
}

/// A string as a scalar: quoted like its neighbour, plain where nothing in it could be read otherwise.
fn scalar(text: &str, neighbour: &str) -> String {
    let mark = neighbour.trim_start_matches(|c: char| c != '\'' && c != '"');
    let single = mark.starts_with('\'') && !text.contains('\'');
    let plain_start = text.starts_with(|c: char| c.is_ascii_alphabetic());
    let plain = plain_start
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "*:/-_.?+=,@".contains(c))
        && !text.ends_with(':')
        && !["true", "false", "yes", "no", "on", "off", "null"]
            .iter()
            .any(|word| text.eq_ignore_ascii_case(word));
    if single {
        format!("'{text}'")
    } else if plain && !mark.starts_with('"') {
        text.to_owned()
    } else {
        Value::from(text).to_string()
    }
}
