//! A page as plain text, for terminals and files.

use unicode_width::UnicodeWidthStr;

use crate::explain::{Block, Fact, Item, Line, Link, Mark, Page, Table};

/// The last column of a table is not made narrower than this.
const NARROWEST_COLUMN: usize = 24;

/// How plain text is to look.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlainStyle {
    /// Where lines are wrapped; `None` leaves them as long as they are.
    pub width: Option<usize>,
    /// Whether links are written as OSC 8 sequences, which only a terminal understands.
    pub links: bool,
    /// Whether marks are ASCII.
    pub ascii: bool,
}

/// A page as plain text: its title, then its blocks, an empty line between them.
pub fn plain(page: &Page, style: PlainStyle) -> String {
    let mut writer = Writer {
        style,
        text: String::new(),
        column: 0,
    };
    if !page.title.is_empty() {
        writer.line(&page.title, 0);
        writer.end_line();
    }
    for block in &page.blocks {
        if !writer.text.is_empty() {
            writer.end_line();
        }
        writer.block(block);
    }
    writer.text
}

struct Writer {
    style: PlainStyle,
    text: String,
    /// How far the last line reaches.
    column: usize,
}

/// Pieces of text that stay together, with where they lead.
type Word<'a> = Vec<(&'a str, Option<&'a str>)>;

impl Writer {
    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading(line) => {
                self.line(line, 0);
                self.end_line();
            }
            Block::Paragraph(item) => self.item(item, 0),
            Block::Facts(facts) => self.facts(facts),
            Block::List(items) => {
                for item in items {
                    self.bullet(item, 0);
                }
            }
            Block::Table(table) => self.table(table),
            Block::Code { text, .. } => {
                for line in text.lines() {
                    self.text.push_str(line);
                    self.end_line();
                }
            }
        }
    }

    /// Labels in one column, values in the other.
    fn facts(&mut self, facts: &[Fact]) {
        let labels = facts.iter().map(|fact| fact.label.width());
        let indent = labels.max().unwrap_or_default() + 2;
        for fact in facts {
            self.put(&fact.label);
            for value in &fact.values {
                self.pad_to(indent);
                self.item(value, indent);
            }
            if fact.values.is_empty() {
                self.end_line();
            }
        }
    }

    fn bullet(&mut self, item: &Item, indent: usize) {
        self.pad_to(indent);
        if item.mark.is_none() {
            self.put("- ");
        }
        self.item(item, indent + 2);
    }

    /// The words of an item, which begin where the writer stands, and what belongs below them.
    fn item(&mut self, item: &Item, indent: usize) {
        let indent = match item.mark {
            Some(mark) => {
                self.put(self.glyph(mark));
                self.put(" ");
                self.column.max(indent)
            }
            None => indent,
        };
        self.line(&item.line, indent);
        self.end_line();
        for below in &item.below {
            self.pad_to(indent + 2);
            self.item(below, indent + 2);
        }
    }

    fn glyph(&self, mark: Mark) -> &'static str {
        if self.style.ascii {
            mark.ascii()
        } else {
            mark.glyph()
        }
    }

    fn table(&mut self, table: &Table) {
        let head = table
            .head
            .iter()
            .map(|label| Line::new().plain(label.clone()));
        let head: Vec<Line> = head.collect();
        let rows = || std::iter::once(&head).chain(&table.rows);
        let mut starts = vec![0];
        for column in 0..head.len().saturating_sub(1) {
            let cells = rows().filter_map(|row| row.get(column));
            let widest = cells.map(width_of).max().unwrap_or_default();
            starts.push(starts.last().copied().unwrap_or_default() + widest + 2);
        }
        // Where the last column would be too narrow it goes below the others.
        let last = starts.len() - 1;
        let room = self
            .style
            .width
            .map_or(usize::MAX, |width| width.saturating_sub(starts[last]));
        let below = last > 0 && room < NARROWEST_COLUMN;
        for row in rows() {
            for (column, cell) in row.iter().enumerate() {
                let Some(start) = starts.get(column).copied() else {
                    continue;
                };
                if column == last && below {
                    self.end_line();
                    self.pad_to(4);
                    self.line(cell, 4);
                } else {
                    self.pad_to(start);
                    self.line(cell, start);
                }
            }
            self.end_line();
        }
    }

    /// Words from where the writer stands on; lines after the first are indented.
    fn line(&mut self, line: &Line, indent: usize) {
        let mut first = true;
        for word in words_of(line) {
            let width: usize = word.iter().map(|(text, _)| text.width()).sum();
            let space = usize::from(!first);
            let too_far = self
                .style
                .width
                .is_some_and(|limit| self.column + space + width > limit);
            if !first && too_far {
                self.end_line();
                self.pad_to(indent);
            } else if !first {
                self.put(" ");
            }
            first = false;
            for (text, link) in word {
                match link {
                    Some(url) if self.style.links => {
                        self.text.push_str(&format!("\x1b]8;;{url}\x1b\\"));
                        self.put(text);
                        self.text.push_str("\x1b]8;;\x1b\\");
                    }
                    _ => self.put(text),
                }
            }
        }
    }

    fn put(&mut self, text: &str) {
        self.text.push_str(text);
        self.column += text.width();
    }

    fn pad_to(&mut self, column: usize) {
        let missing = column.saturating_sub(self.column);
        self.text.extend(std::iter::repeat_n(' ', missing));
        self.column += missing;
    }

    fn end_line(&mut self) {
        let kept = self.text.trim_end_matches(' ').len();
        self.text.truncate(kept);
        self.text.push('\n');
        self.column = 0;
    }
}

fn width_of(line: &Line) -> usize {
    line.spans.iter().map(|span| span.text.width()).sum()
}

/// Splits a line at its spaces; what has none between it stays together.
fn words_of(line: &Line) -> Vec<Word<'_>> {
    let mut words: Vec<Word<'_>> = vec![Vec::new()];
    for span in &line.spans {
        let link = match &span.link {
            Some(Link::Url(url)) => Some(url.as_str()),
            _ => None,
        };
        for (at, piece) in span.text.split(' ').enumerate() {
            if at > 0 {
                words.push(Vec::new());
            }
            if let Some(word) = words.last_mut()
                && !piece.is_empty()
            {
                word.push((piece, link));
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Page {
        let mut page = Page::new(Line::new().code("s3:GetObject"));
        page.mark(Mark::Problem, "Its answer often holds sensitive data.");
        page.facts(vec![
            Fact::new("Service", "Amazon S3"),
            Fact::many(
                "Resources",
                vec![
                    Item::new("object").below(Item::new("arn:aws:s3:::b/k")),
                    Item::new("bucket"),
                ],
            ),
        ]);
        page.table(
            &["Key", "Meaning"],
            vec![vec![
                "s3:prefix".into(),
                "Filters access by the prefix of keys".into(),
            ]],
        );
        page
    }

    #[test]
    fn facts_and_tables_are_aligned() {
        assert_eq!(
            plain(&page(), PlainStyle::default()),
            "s3:GetObject\n\n! Its answer often holds sensitive data.\n\n\
             Service    Amazon S3\nResources  object\n             arn:aws:s3:::b/k\n           bucket\n\n\
             Key        Meaning\ns3:prefix  Filters access by the prefix of keys\n"
        );
    }

    #[test]
    fn long_lines_are_wrapped_under_their_beginning() {
        let style = PlainStyle {
            width: Some(35),
            ..PlainStyle::default()
        };
        let text = plain(&page(), style);
        assert!(
            text.contains("! Its answer often holds sensitive\n  data.\n"),
            "{text}"
        );
        assert!(
            text.contains("s3:prefix  Filters access by the\n           prefix of keys\n"),
            "{text}"
        );
        assert!(text.lines().all(|line| line.width() <= 35), "{text}");
        let narrow = PlainStyle {
            width: Some(30),
            ..style
        };
        assert!(plain(&page(), narrow).contains("s3:prefix\n    Filters access by the\n"));
    }

    #[test]
    fn links_are_sequences_only_where_wanted() {
        let mut page = Page::default();
        let url = Link::Url("https://example.org/".to_owned());
        page.say(crate::explain::Span::new(crate::explain::Meaning::Plain, "docs").to(url));
        assert_eq!(plain(&page, PlainStyle::default()), "docs\n");
        let style = PlainStyle {
            links: true,
            ..PlainStyle::default()
        };
        assert_eq!(
            plain(&page, style),
            "\x1b]8;;https://example.org/\x1b\\docs\x1b]8;;\x1b\\\n"
        );
    }
}
