//! A page as Markdown, for tickets.

use crate::explain::{Block, Fact, Item, Line, Link, Meaning, Page};

/// A page as Markdown: its title as a heading of the given level, its blocks below it.
pub fn markdown(page: &Page, level: usize) -> String {
    let mut out = String::new();
    if !page.title.is_empty() {
        out.push_str(&format!("{} {}\n", "#".repeat(level), inline(&page.title)));
    }
    for block in &page.blocks {
        out.push('\n');
        match block {
            Block::Heading(line) => {
                out.push_str(&format!("{} {}\n", "#".repeat(level + 1), inline(line)));
            }
            Block::Paragraph(item) => {
                out.push_str(&marked(item));
                out.push('\n');
                items(&item.below, 0, &mut out);
            }
            Block::List(list) => items(list, 0, &mut out),
            Block::Facts(facts) => facts_list(facts, &mut out),
            Block::Table(table) => {
                row(table.head.iter().map(|name| escaped(name)), &mut out);
                row(table.head.iter().map(|_| "---".to_owned()), &mut out);
                for cells in &table.rows {
                    row(cells.iter().map(inline), &mut out);
                }
            }
            Block::Code { text, .. } => code(text, "", &mut out),
        }
    }
    out
}

/// Text in a fence that it cannot close itself.
pub(super) fn code(text: &str, language: &str, out: &mut String) {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    out.push_str(&format!(
        "{fence}{language}\n{}\n{fence}\n",
        text.trim_end()
    ));
}

fn facts_list(facts: &[Fact], out: &mut String) {
    for fact in facts {
        match fact.values.as_slice() {
            [one] if one.below.is_empty() => {
                out.push_str(&format!(
                    "- **{}**: {}\n",
                    escaped(&fact.label),
                    marked(one)
                ));
            }
            many => {
                out.push_str(&format!("- **{}**:\n", escaped(&fact.label)));
                items(many, 1, out);
            }
        }
    }
}

fn items(list: &[Item], depth: usize, out: &mut String) {
    for item in list {
        out.push_str(&format!("{}- {}\n", "  ".repeat(depth), marked(item)));
        items(&item.below, depth + 1, out);
    }
}

fn marked(item: &Item) -> String {
    match item.mark {
        Some(mark) => format!("{} {}", mark.glyph(), inline(&item.line)),
        None => inline(&item.line),
    }
}

fn row(cells: impl Iterator<Item = String>, out: &mut String) {
    out.push('|');
    for cell in cells {
        out.push_str(&format!(" {} |", cell.replace('|', "\\|")));
    }
    out.push('\n');
}

fn inline(line: &Line) -> String {
    let mut out = String::new();
    for span in &line.spans {
        let text = match span.meaning {
            Meaning::Code | Meaning::Key | Meaning::Unknown if !span.text.trim().is_empty() => {
                literal(&span.text)
            }
            Meaning::Emphasis | Meaning::Allow | Meaning::Deny if !span.text.trim().is_empty() => {
                // Spaces inside the marks would make them ordinary asterisks.
                let words = span.text.trim();
                let (before, after) = span.text.split_once(words).unwrap_or_default();
                format!("{before}**{}**{after}", escaped(words))
            }
            _ => escaped(&span.text),
        };
        match &span.link {
            Some(Link::Url(url)) => out.push_str(&format!("[{text}](<{url}>)")),
            _ => out.push_str(&text),
        }
    }
    out
}

/// Text as inline code, between as many backticks as it needs.
fn literal(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let ticks = "`".repeat(longest + 1);
    let pad = if longest > 0 { " " } else { "" };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// Words in which nothing is Markdown, but for code marks, which sentences of ours use.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_code = false;
    let paired = text.matches('`').count().is_multiple_of(2);
    for c in text.chars() {
        if c == '`' && paired {
            in_code = !in_code;
        } else if !in_code && matches!(c, '*' | '_' | '<' | '>' | '[' | ']' | '\\' | '#' | '`') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
