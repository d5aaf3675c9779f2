//! Structured text laid out in lines, with what each line is about.

use std::borrow::Cow;

use unicode_width::UnicodeWidthStr;

use crate::explain::{Block, Fact, Item, Line as Words, Link, Mark, Meaning, Page, Table};
use crate::iam::Place;

/// What a run of characters is, for its style.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Hash)]
#[allow(missing_docs)] // the names are those of meanings and of JSON's parts
pub enum Tone {
    #[default]
    Plain,
    Emphasis,
    Allow,
    Deny,
    Unknown,
    Warning,
    Muted,
    Code,
    Key,
    Heading,
    JsonName,
    JsonString,
    JsonNumber,
    JsonPunctuation,
}

impl From<Meaning> for Tone {
    fn from(meaning: Meaning) -> Self {
        match meaning {
            Meaning::Plain => Tone::Plain,
            Meaning::Emphasis => Tone::Emphasis,
            Meaning::Allow => Tone::Allow,
            Meaning::Deny => Tone::Deny,
            Meaning::Unknown => Tone::Unknown,
            Meaning::Warning => Tone::Warning,
            Meaning::Muted => Tone::Muted,
            Meaning::Code => Tone::Code,
            Meaning::Key => Tone::Key,
        }
    }
}

/// Characters of one style.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Run {
    /// What they are.
    pub tone: Tone,
    /// The characters.
    pub text: Cow<'static, str>,
    /// Where they lead.
    pub link: Option<Link>,
    /// The part of a document that they show.
    pub about: Option<Place>,
}

impl Run {
    /// Characters that lead nowhere.
    pub fn new(tone: Tone, text: impl Into<Cow<'static, str>>) -> Self {
        Run {
            tone,
            text: text.into(),
            link: None,
            about: None,
        }
    }
}

/// A line, not yet or already broken to a width.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Line {
    /// The column at which its broken parts go on.
    pub hanging: usize,
    /// The part of a document that it shows or describes.
    pub about: Option<Place>,
    /// Its characters.
    pub runs: Vec<Run>,
}

impl Line {
    /// The characters alone.
    pub fn to_plain(&self) -> String {
        self.runs.iter().map(|run| &*run.text).collect()
    }

    /// Where it leads: its first link.
    pub fn link(&self) -> Option<&Link> {
        self.runs.iter().find_map(|run| run.link.as_ref())
    }
}

/// Lays a page out, without breaking its lines.
pub fn lay_out(page: &Page, width: usize, ascii: bool) -> Vec<Line> {
    let mut sheet = Sheet {
        width,
        ascii,
        lines: Vec::new(),
    };
    for (position, block) in page.blocks.iter().enumerate() {
        if position > 0 {
            sheet.lines.push(Line::default());
        }
        sheet.block(block);
    }
    sheet.lines
}

struct Sheet {
    width: usize,
    ascii: bool,
    lines: Vec<Line>,
}

impl Sheet {
    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading(words) => {
                let mut runs = runs(words);
                for run in &mut runs {
                    if run.tone == Tone::Plain {
                        run.tone = Tone::Heading;
                    }
                }
                self.line(0, None, runs);
            }
            Block::Paragraph(item) => self.item(item, 0, false),
            Block::List(items) => {
                for item in items {
                    self.item(item, 0, true);
                }
            }
            Block::Facts(facts) => self.facts(facts),
            Block::Table(table) => self.table(table),
            Block::Code { text, .. } => {
                for line in text.split('\n') {
                    self.line(2, None, vec![Run::new(Tone::Code, line.to_owned())]);
                }
            }
        }
    }

    fn line(&mut self, hanging: usize, about: Option<Place>, runs: Vec<Run>) {
        self.lines.push(Line {
            hanging,
            about,
            runs,
        });
    }

    fn item(&mut self, item: &Item, indent: usize, bullet: bool) {
        let mut line = vec![Run::new(Tone::Plain, " ".repeat(indent))];
        let mut hanging = indent;
        if let Some(mark) = item.mark {
            line.push(self.mark(mark));
            hanging += 2;
        } else if bullet {
            let bullet = if self.ascii { "- " } else { "· " };
            line.push(Run::new(Tone::Muted, bullet));
            hanging += 2;
        }
        line.extend(runs(&item.line));
        self.line(hanging, item.about, line);
        for below in &item.below {
            self.item(below, indent + 2, true);
        }
    }

    fn mark(&self, mark: Mark) -> Run {
        let glyph = if self.ascii {
            mark.ascii()
        } else {
            mark.glyph()
        };
        Run::new(mark.meaning().into(), format!("{glyph} "))
    }

    fn facts(&mut self, facts: &[Fact]) {
        let widest = facts.iter().map(|fact| fact.label.width()).max();
        let column = widest.unwrap_or(0).min(18) + 2;
        for fact in facts {
            let mut label = Some(&*fact.label);
            if fact.values.is_empty() {
                self.line(0, None, vec![Run::new(Tone::Muted, fact.label.to_string())]);
            }
            for value in &fact.values {
                self.fact_value(label.take(), value, column);
            }
        }
    }

    fn fact_value(&mut self, label: Option<&str>, value: &Item, column: usize) {
        let label = label.unwrap_or_default();
        let mut line = Vec::new();
        let room = column.saturating_sub(label.width()).max(1);
        if !label.is_empty() {
            line.push(Run::new(Tone::Muted, label.to_owned()));
        }
        line.push(Run::new(Tone::Plain, " ".repeat(room)));
        let mut hanging = column;
        if let Some(mark) = value.mark {
            line.push(self.mark(mark));
            hanging += 2;
        }
        line.extend(runs(&value.line));
        self.line(hanging, value.about, line);
        for below in &value.below {
            self.item(below, hanging, false);
        }
    }

    fn table(&mut self, table: &Table) {
        let columns = table.head.len();
        let Some(last) = columns.checked_sub(1) else {
            return;
        };
        let mut widths: Vec<usize> = table.head.iter().map(|head| head.width()).collect();
        for row in &table.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(width_of(cell));
            }
        }
        let before: usize = widths[..last].iter().map(|width| width + 2).sum();
        if before + widths[last].min(16) > self.width {
            self.stacked(table);
            return;
        }
        let heads = table
            .head
            .iter()
            .map(|head| vec![Run::new(Tone::Muted, head.to_string())]);
        self.table_row(heads, &widths, before);
        for row in &table.rows {
            self.table_row(row.iter().map(runs), &widths, before);
        }
    }

    fn table_row(
        &mut self,
        cells: impl Iterator<Item = Vec<Run>>,
        widths: &[usize],
        hanging: usize,
    ) {
        let mut line = Vec::new();
        let mut padding = 0;
        for (cell, width) in cells.zip(widths) {
            if padding > 0 {
                line.push(Run::new(Tone::Plain, " ".repeat(padding)));
            }
            let own: usize = cell.iter().map(|run| run.text.width()).sum();
            line.extend(cell);
            padding = width.saturating_sub(own) + 2;
        }
        self.line(hanging, None, line);
    }

    // A table too wide for the pane: what a row is about, and the rest of it below.
    fn stacked(&mut self, table: &Table) {
        for row in &table.rows {
            for (position, (cell, head)) in row.iter().zip(&table.head).enumerate() {
                if position == 0 {
                    self.line(2, None, runs(cell));
                } else if !cell.is_empty() {
                    let mut line = vec![Run::new(Tone::Muted, format!("  {head} "))];
                    line.extend(runs(cell));
                    self.line(4, None, line);
                }
            }
        }
    }
}

fn runs(words: &Words) -> Vec<Run> {
    let spans = words.spans.iter();
    spans
        .map(|span| Run {
            tone: span.meaning.into(),
            text: span.text.clone(),
            link: span.link.clone(),
            about: None,
        })
        .collect()
}

fn width_of(words: &Words) -> usize {
    words.spans.iter().map(|span| span.text.width()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(lines: &[Line]) -> Vec<String> {
        lines.iter().map(Line::to_plain).collect()
    }

    #[test]
    fn facts_align_and_tables_stack_when_narrow() {
        let mut page = Page::new("x");
        page.facts(vec![Fact::new("Actions", "one"), Fact::new("On", "two")]);
        page.table(
            &["Service", "What it may do there"],
            vec![vec!["s3".into(), "reads and writes".into()]],
        );
        assert_eq!(
            text(&lay_out(&page, 40, false)),
            [
                "Actions  one",
                "On       two",
                "",
                "Service  What it may do there",
                "s3       reads and writes",
            ]
        );
        assert_eq!(
            text(&lay_out(&page, 20, false))[3..],
            ["s3", "  What it may do there reads and writes"]
        );
    }
}
