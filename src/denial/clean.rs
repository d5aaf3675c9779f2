//! Takes away what terminals, editors and transports put around a message: colours, boxes,
//! quote marks, escapes. What is left has only text, spaces and line breaks.

use regex::{Captures, Regex};
use std::borrow::Cow;

/// A regex whose pattern is part of the program; a test compiles every one of them.
// The one `expect` of this folder: a literal pattern either compiles always or never.
#[allow(clippy::expect_used)]
pub(super) fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a literal pattern")
}

/// Declares regexes as lazy statics, and a list of their texts for the test.
macro_rules! patterns {
    ($($(#[$meta:meta])* $name:ident = $text:expr;)+) => {
        $($(#[$meta])* static $name: std::sync::LazyLock<regex::Regex> =
            std::sync::LazyLock::new(|| $crate::denial::clean::pattern($text));)+
        #[cfg(test)]
        pub(super) const PATTERNS: &[&str] = &[$($text),+];
    };
}
pub(super) use patterns;

patterns! {
    /// Escape sequences: CSI (which a hard wrap may have cut in two), OSC, two-character
    /// ones, and CSI as `cat -v` and logs without the escape byte show it.
    ANSI = r"(?:\x1b\s?\[|\x{9b})[0-?\r\n]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-Z\\-~]|\^\[\[[0-9;]*[A-Za-z]|\[[0-9]{1,3}(?:;[0-9]{1,3}){0,4}m";
    ESCAPES = r#"\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|033|[nrt"'/\\`])"#;
    ENTITIES = r"(?i)&(quot|apos|lt|gt|amp|nbsp|#[0-9]{1,7}|#x[0-9a-f]{1,6});";
    /// What a quoted mail, a comment, a table or a box puts at the head of a line.
    LINE_HEAD = r"^[ \t]*(?:[>|#*;+!-]|//)+(?:[ \t]|$)";
    BOX_HEAD = r"(?m)^[ \t]*[\x{2500}-\x{257f}\x{2758}]+ ?";
    BOX = r"[\x{2500}-\x{257f}\x{2758}]";
    URL_ENCODED = r"(?i)(?:not(?:%20|\+)authorized|access(?:%20|\+)denied)";
}

/// The text without colours, boxes, quoting and escapes.
pub(super) fn clean(text: &str) -> String {
    let text = decode_url(text);
    let text = unescape(&text);
    let text = ANSI.replace_all(&text, "");
    let text = plain_characters(&text);
    let text = entities(&text);
    let text = BOX_HEAD.replace_all(&text, "");
    let text = BOX.replace_all(&text, " ");
    unquote_lines(&text)
}

/// Decodes text copied from an address bar.
fn decode_url(text: &str) -> Cow<'_, str> {
    if !URL_ENCODED.is_match(text) || text.contains(char::is_whitespace) {
        return Cow::Borrowed(text);
    }
    let spaced = text.replace('+', " ");
    Cow::Owned(
        percent_encoding::percent_decode_str(&spaced)
            .decode_utf8_lossy()
            .into_owned(),
    )
}

/// Undoes backslash escapes, of JSON within JSON too.
fn unescape(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    for _ in 0..4 {
        // A wrap may fall between a backslash and what it escapes.
        if text.contains("\\\n") || text.contains("\\\r\n") {
            text = Cow::Owned(text.replace("\\\r\n", "\n").replace("\\\n", "\n"));
        }
        match ESCAPES.replace_all(&text, unescape_one) {
            Cow::Borrowed(_) => break,
            Cow::Owned(changed) => text = Cow::Owned(changed),
        }
    }
    text
}

fn unescape_one(found: &Captures<'_>) -> String {
    let escape = &found[0][1..];
    match escape.as_bytes().first() {
        Some(b'n') => "\n".to_owned(),
        Some(b'r') => "\n".to_owned(),
        Some(b't') => "\t".to_owned(),
        Some(b'u' | b'x') => u32::from_str_radix(&escape[1..], 16)
            .ok()
            .and_then(char::from_u32)
            .map_or(String::new(), String::from),
        Some(b'0') => "\u{1b}".to_owned(),
        _ => escape.to_owned(),
    }
}

/// Typographic quotes and spaces become plain ones; invisible characters go.
fn plain_characters(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\r' => {
                if characters.peek() != Some(&'\n') {
                    plain.push('\n');
                }
            }
            '\u{2028}' | '\u{2029}' | '\u{0b}' | '\u{0c}' | '\u{85}' => plain.push('\n'),
            '\n' | '\t' => plain.push(c),
            '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ab}' | '\u{bb}' => plain.push('"'),
            '\u{2018}' | '\u{2019}' | '\u{201a}' => plain.push('\''),
            // Markdown's code marks, and the opening quote of SES's messages.
            '`' => {}
            '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
            | '\u{ad}' => {}
            c if c.is_whitespace() => plain.push(' '),
            c if c.is_control() => {}
            c => plain.push(c),
        }
    }
    plain
}

fn entities(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    ENTITIES.replace_all(text, |found: &Captures<'_>| {
        let name = found[1].to_ascii_lowercase();
        match name.as_str() {
            "quot" => "\"".to_owned(),
            "apos" => "'".to_owned(),
            "lt" => "<".to_owned(),
            "gt" => ">".to_owned(),
            "amp" => "&".to_owned(),
            "nbsp" => " ".to_owned(),
            number => {
                let digits = number.trim_start_matches('#');
                let code = match digits.strip_prefix('x') {
                    Some(hex) => u32::from_str_radix(hex, 16),
                    None => digits.parse(),
                };
                code.ok()
                    .and_then(char::from_u32)
                    .filter(|c| !c.is_control() || *c == '\n')
                    .map_or(String::new(), String::from)
            }
        }
    })
}

/// Drops quote marks, comment signs and the like from the head of the lines, when every
/// line has one.
fn unquote_lines(text: &str) -> String {
    let mut text = text.to_owned();
    // Quotes of quotes: bounded, each round takes one level.
    for _ in 0..8 {
        let mut lines = text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .peekable();
        if lines.peek().is_none() || !lines.all(|line| LINE_HEAD.is_match(line)) {
            break;
        }
        text = text
            .lines()
            .map(|line| LINE_HEAD.replace(line, ""))
            .collect::<Vec<_>>()
            .join("\n");
    }
    text
}
