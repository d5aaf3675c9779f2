//! Structured text: words with a meaning, never a colour. Screens give a meaning a style, reports
//! render it as plain text or Markdown.

use std::borrow::Cow;

use crate::iam::{Place, Text};

/// What a piece of text means; themes and reports decide how it looks.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Hash)]
pub enum Meaning {
    /// Ordinary words.
    #[default]
    Plain,
    /// The words that matter most in a sentence.
    Emphasis,
    /// Something granted.
    Allow,
    /// Something denied.
    Deny,
    /// Something that depends on what is not known, and an unresolved part of a text.
    Unknown,
    /// Something to look at: a grant that does nothing, or too much.
    Warning,
    /// What can be skipped: counts, sources, places.
    Muted,
    /// A literal of a policy or a request: an action, an ARN, a value.
    Code,
    /// The name of a condition key or of an element.
    Key,
}

/// Where a piece of text leads.
#[derive(Clone, Debug, Eq, PartialEq, Hash)]
pub enum Link {
    /// A page of documentation.
    Url(String),
    /// A place in a source.
    Place(Place),
    /// The explanation of an action, by its name.
    Action(String),
    /// A managed policy, role or user, by its ARN.
    Arn(String),
}

/// A piece of text of one meaning. It holds no control characters.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Span {
    /// What it means.
    pub meaning: Meaning,
    /// The words.
    pub text: Cow<'static, str>,
    /// Where it leads, if anywhere.
    pub link: Option<Link>,
}

impl Span {
    /// A piece of text; control characters in it are escaped.
    pub fn new(meaning: Meaning, text: impl Into<Cow<'static, str>>) -> Self {
        Span {
            meaning,
            text: escape_owned(text.into()),
            link: None,
        }
    }

    /// The same piece of text leading somewhere.
    pub fn to(mut self, link: Link) -> Self {
        self.link = Some(link);
        self
    }
}

/// A run of text that the renderer may wrap.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Line {
    /// Its pieces in order.
    pub spans: Vec<Span>,
}

impl Line {
    /// A line without text yet.
    pub fn new() -> Self {
        Line::default()
    }

    /// The same line with a piece of text of some meaning added.
    pub fn with(mut self, meaning: Meaning, text: impl Into<Cow<'static, str>>) -> Self {
        self.push(Span::new(meaning, text));
        self
    }

    /// The same line with ordinary words added.
    pub fn plain(self, text: impl Into<Cow<'static, str>>) -> Self {
        self.with(Meaning::Plain, text)
    }

    /// The same line with emphasised words added.
    pub fn strong(self, text: impl Into<Cow<'static, str>>) -> Self {
        self.with(Meaning::Emphasis, text)
    }

    /// The same line with a literal added.
    pub fn code(self, text: impl Into<Cow<'static, str>>) -> Self {
        self.with(Meaning::Code, text)
    }

    /// The same line with a condition key or element name added.
    pub fn key(self, text: impl Into<Cow<'static, str>>) -> Self {
        self.with(Meaning::Key, text)
    }

    /// The same line with words that can be skipped added.
    pub fn muted(self, text: impl Into<Cow<'static, str>>) -> Self {
        self.with(Meaning::Muted, text)
    }

    /// The same line with a literal added whose unresolved parts are marked as unknown.
    pub fn text(mut self, text: &Text) -> Self {
        for piece in text.pieces() {
            self.push(match piece {
                Ok(literal) => Span::new(Meaning::Code, literal.to_owned()),
                Err(reference) => Span::new(Meaning::Unknown, format!("${{{}}}", reference.name))
                    .to(Link::Place(reference.place)),
            });
        }
        self
    }

    /// The same line with an action's name added, leading to its explanation.
    pub fn action(mut self, name: &str) -> Self {
        self.push(Span::new(Meaning::Code, name.to_owned()).to(Link::Action(name.to_owned())));
        self
    }

    /// The same line with another one behind it.
    pub fn then(mut self, other: Line) -> Self {
        for span in other.spans {
            self.push(span);
        }
        self
    }

    /// Adds a piece of text; neighbours of one meaning are joined.
    pub fn push(&mut self, span: Span) {
        if span.text.is_empty() {
            return;
        }
        match self.spans.last_mut() {
            Some(last) if last.meaning == span.meaning && last.link == span.link => {
                last.text.to_mut().push_str(&span.text);
            }
            _ => self.spans.push(span),
        }
    }

    /// Whether it holds no text.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The words alone.
    pub fn to_plain(&self) -> String {
        self.spans.iter().map(|span| &*span.text).collect()
    }
}

impl From<&'static str> for Line {
    fn from(text: &'static str) -> Self {
        Line::new().plain(text)
    }
}

impl From<String> for Line {
    fn from(text: String) -> Self {
        Line::new().plain(text)
    }
}

impl From<Span> for Line {
    fn from(span: Span) -> Self {
        let mut line = Line::new();
        line.push(span);
        line
    }
}

/// The mark before a sentence, an item or a row; screens draw it as a glyph.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash)]
pub enum Mark {
    /// Granted: `✓`.
    Allow,
    /// Denied by a statement: `✗`.
    ExplicitDeny,
    /// Nothing allows: `∅`.
    ImplicitDeny,
    /// Depends on what is not known: `?`.
    Depends,
    /// A part is unresolved: `~`.
    Unresolved,
    /// A problem or a finding: `!`.
    Problem,
    /// Limited by a boundary: `⊂`.
    Limited,
}

impl Mark {
    /// The glyph.
    pub fn glyph(self) -> &'static str {
        match self {
            Mark::Allow => "✓",
            Mark::ExplicitDeny => "✗",
            Mark::ImplicitDeny => "∅",
            Mark::Depends => "?",
            Mark::Unresolved => "~",
            Mark::Problem => "!",
            Mark::Limited => "⊂",
        }
    }

    /// The glyph for terminals without UTF-8.
    pub fn ascii(self) -> &'static str {
        match self {
            Mark::Allow => "+",
            Mark::ExplicitDeny => "X",
            Mark::ImplicitDeny => "-",
            Mark::Depends => "?",
            Mark::Unresolved => "~",
            Mark::Problem => "!",
            Mark::Limited => "<",
        }
    }

    /// What it means, for styles.
    pub fn meaning(self) -> Meaning {
        match self {
            Mark::Allow => Meaning::Allow,
            Mark::ExplicitDeny | Mark::ImplicitDeny => Meaning::Deny,
            Mark::Depends | Mark::Unresolved => Meaning::Unknown,
            Mark::Problem | Mark::Limited => Meaning::Warning,
        }
    }
}

/// A sentence or an item of a list: a mark, the words, and what belongs below it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Item {
    /// Its mark, if it has one.
    pub mark: Option<Mark>,
    /// The words.
    pub line: Line,
    /// What belongs below it, indented.
    pub below: Vec<Item>,
    /// The place of the part of a document that it describes: a statement, an action, a condition.
    /// Screens mark that part in the JSON while a person looks at these words.
    pub about: Option<Place>,
}

impl Item {
    /// An item without a mark.
    pub fn new(line: impl Into<Line>) -> Self {
        Item {
            mark: None,
            line: line.into(),
            below: Vec::new(),
            about: None,
        }
    }

    /// An item with a mark.
    pub fn marked(mark: Mark, line: impl Into<Line>) -> Self {
        Item {
            mark: Some(mark),
            ..Item::new(line)
        }
    }

    /// The same item, known to describe the part of a document at a place.
    pub fn about(mut self, place: Place) -> Self {
        self.about = Some(place);
        self
    }

    /// The same item with another one below it.
    pub fn below(mut self, item: Item) -> Self {
        self.below.push(item);
        self
    }
}

/// A label and its values, one a line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fact {
    /// The label: `Resources`.
    pub label: Cow<'static, str>,
    /// The values; the first stands beside the label, the others below it.
    pub values: Vec<Item>,
}

impl Fact {
    /// A fact of one value.
    pub fn new(label: impl Into<Cow<'static, str>>, value: impl Into<Line>) -> Self {
        Fact {
            label: label.into(),
            values: vec![Item::new(value)],
        }
    }

    /// A fact of several values.
    pub fn many(label: impl Into<Cow<'static, str>>, values: Vec<Item>) -> Self {
        Fact {
            label: label.into(),
            values,
        }
    }
}

/// A table; the first column holds what a row is about.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Table {
    /// The heads of the columns.
    pub head: Vec<Cow<'static, str>>,
    /// The rows, each with a cell for every column.
    pub rows: Vec<Vec<Line>>,
}

/// A block of a page.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Block {
    /// A heading within the page.
    Heading(Line),
    /// A sentence or a few.
    Paragraph(Item),
    /// Labels and values, aligned.
    Facts(Vec<Fact>),
    /// Items in order.
    List(Vec<Item>),
    /// Rows and columns.
    Table(Table),
    /// Text to show as it is: JSON, a command.
    Code {
        /// The text; it may hold line feeds and no other control characters.
        text: String,
        /// Where the original stands.
        place: Option<Place>,
    },
}

/// What is said about one thing: words first, then facts, then JSON.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Page {
    /// What the page is about.
    pub title: Line,
    /// Its blocks in order.
    pub blocks: Vec<Block>,
}

impl Page {
    /// An empty page.
    pub fn new(title: impl Into<Line>) -> Self {
        Page {
            title: title.into(),
            blocks: Vec::new(),
        }
    }

    /// Adds a heading.
    pub fn heading(&mut self, line: impl Into<Line>) {
        self.blocks.push(Block::Heading(line.into()));
    }

    /// Adds a sentence.
    pub fn say(&mut self, line: impl Into<Line>) {
        self.blocks.push(Block::Paragraph(Item::new(line)));
    }

    /// Adds a marked sentence.
    pub fn mark(&mut self, mark: Mark, line: impl Into<Line>) {
        self.blocks.push(Block::Paragraph(Item::marked(mark, line)));
    }

    /// Adds facts, unless there are none.
    pub fn facts(&mut self, facts: Vec<Fact>) {
        if !facts.is_empty() {
            self.blocks.push(Block::Facts(facts));
        }
    }

    /// Adds a list, unless it is empty.
    pub fn list(&mut self, items: Vec<Item>) {
        if !items.is_empty() {
            self.blocks.push(Block::List(items));
        }
    }

    /// Adds a table, unless it has no rows.
    pub fn table(&mut self, head: &[&'static str], rows: Vec<Vec<Line>>) {
        if !rows.is_empty() {
            let head = head.iter().map(|name| Cow::Borrowed(*name)).collect();
            self.blocks.push(Block::Table(Table { head, rows }));
        }
    }

    /// Adds JSON for reading.
    pub fn json(&mut self, value: &serde_json::Value, place: Option<Place>) {
        let pretty = serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string());
        let text = pretty
            .split('\n')
            .map(|line| escape(line))
            .collect::<Vec<_>>()
            .join("\n");
        self.blocks.push(Block::Code { text, place });
    }
}

/// Text in which control characters, and those that reorder what is displayed, are escaped.
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hostile) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if is_hostile(character) {
            escaped.extend(character.escape_default());
        } else {
            escaped.push(character);
        }
    }
    Cow::Owned(escaped)
}

fn escape_owned(text: Cow<'static, str>) -> Cow<'static, str> {
    match escape(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(escaped) => Cow::Owned(escaped),
    }
}

/// Controls, and the bidirectional overrides and isolates.
fn is_hostile(character: char) -> bool {
    character.is_control() || matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_of_one_meaning_are_one_span() {
        let line = Line::new().plain("a").plain("b").code("c").plain("");
        assert_eq!(line.spans.len(), 2);
        assert_eq!(line.to_plain(), "abc");
    }

    #[test]
    fn hostile_characters_are_escaped() {
        let span = Span::new(Meaning::Code, "a\u{1b}[31mb\u{202E}c\nd");
        assert_eq!(span.text, "a\\u{1b}[31mb\\u{202e}c\\nd");
        assert_eq!(escape("plain ü"), "plain ü");
    }

    #[test]
    fn code_keeps_its_lines_and_nothing_else_that_controls() {
        let mut page = Page::new("x");
        page.json(&serde_json::json!({"a": "b\u{9b}c"}), None);
        let Block::Code { text, .. } = &page.blocks[0] else {
            panic!("expected code");
        };
        assert_eq!(text, "{\n  \"a\": \"b\\u{9b}c\"\n}");
    }
}
