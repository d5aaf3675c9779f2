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
        $($(#[$meta])* pub(super) static $name: std::sync::LazyLock<regex::Regex> =
            std::sync::LazyLock::new(|| $crate::denial::clean::pattern($text));)+
        #[cfg(test)]
        pub(super) const PATTERNS: &[&str] = &[$($text),+];
    };
}
pub(super) use patterns;

/// Stands for a line break behind a line as wide as a line gets: perhaps a wrap within a word.
/// A private-use character, which no message holds.
pub(super) const WRAP: char = '\u{e000}';

patterns! {
    /// Escape sequences: CSI (which a hard wrap may have cut in two), OSC, two-character
    /// ones, and CSI as `cat -v` and logs without the escape byte show it.
    ANSI = r"(?:\x1b[\s\x{e000}]?\[|\x{9b})[0-?\r\n\x{e000}]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-Z\\-~]|\^\[\[[0-9;]*[A-Za-z]|\[[0-9]{1,3}(?:;[0-9]{1,3}){0,4}m";
    ESCAPES = r#"\\(?:u(?:[\r\n\x{e000}]?[0-9a-fA-F]){4}|x[0-9a-fA-F]{2}|033|[nrt"'/\\`])"#;
    /// A wrap may cut one in two.
    ENTITIES = r"(?i)&([a-z0-9#\r\n\x{e000}]{2,12});";
    /// What a quoted mail, a comment, a table or a box puts at the head of a line.
    LINE_HEAD = r"^[ \t]*(?:[>|#*;+!-]|//)+(?:[ \t]|[\n\x{e000}]?$)";
    /// What a log puts there: a time, or a name and a bar.
    LOG_HEAD = r"^[ \t]*(?:\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[0-9.,:+-]*Z?\]?|[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d \S+ [^\s:]{1,60}:|[A-Za-z0-9][A-Za-z0-9._-]{0,60} +\|)(?:[ \t]|$)";
    QUOTE_HEAD = r"^[ \t]*>[ \t]?";
    BOX_HEAD = r"(?P<line>^|[\n\x{e000}])[ \t]*[\x{2500}-\x{257f}\x{2758}]+ ?";
    BOX = r"[\x{2500}-\x{257f}\x{2758}]";
    URL_ENCODED = r"(?i)(?:not(?:%20|\+)authorized|access(?:%20|\+)denied)";
}

/// The text without colours, boxes, quoting and escapes.
pub(super) fn clean(text: &str) -> String {
    let text = undress(text);
    let text = unescape(&text);
    // Escapes may have hidden colours and boxes.
    let text = undecorate(&text);
    let text = plain_characters(&text);
    entities(&text).into_owned()
}

/// The text without colours, boxes and quoting; what it says is untouched, but for
/// [`WRAP`] in place of some line breaks.
pub(super) fn undress(text: &str) -> String {
    let text = decode_url(text);
    let text = mark_wraps(&text);
    unquote_lines(&undecorate(&without_log_heads(&text)))
}

/// Drops what a log puts at the head of each line, where each of several has it.
fn without_log_heads(text: &str) -> Cow<'_, str> {
    let mut lines = text
        .split(['\n', WRAP])
        .filter(|line| !line.trim().is_empty());
    let first = lines.next().is_some_and(|line| LOG_HEAD.is_match(line));
    let second = lines.next().is_some_and(|line| LOG_HEAD.is_match(line));
    if !(first && second && lines.all(|line| LOG_HEAD.is_match(line))) {
        return Cow::Borrowed(text);
    }
    let lines = text.split_inclusive(['\n', WRAP]);
    Cow::Owned(lines.map(|line| LOG_HEAD.replace(line, "")).collect())
}

fn undecorate(text: &str) -> String {
    let text = ANSI.replace_all(text, "");
    let text = BOX_HEAD.replace_all(&text, "$line");
    BOX.replace_all(&text, " ").into_owned()
}

/// Marks the line breaks behind lines of full width, before cleaning changes their width.
fn mark_wraps(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace(WRAP, "");
    let widths = |line: &str| {
        let shown = ANSI.replace_all(line, "");
        (line.chars().count(), shown.chars().count())
    };
    let (widest, widest_shown) = text.lines().map(widths).fold((0, 0), |widest, width| {
        (widest.0.max(width.0), widest.1.max(width.1))
    });
    let mut marked = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        match line.strip_suffix('\n') {
            Some(inner) => {
                marked.push_str(inner);
                let (width, shown) = widths(inner);
                let full = width > 0 && (width == widest || shown == widest_shown);
                marked.push(if full { WRAP } else { '\n' });
            }
            None => marked.push_str(line),
        }
    }
    marked
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
        if text.contains("\\\n") || text.contains("\\\u{e000}") {
            text = Cow::Owned(text.replace("\\\n", "\n").replace("\\\u{e000}", "\u{e000}"));
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
        Some(b'u' | b'x') => u32::from_str_radix(&escape[1..].replace(['\r', '\n', WRAP], ""), 16)
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
            '\n' | '\t' | WRAP => plain.push(c),
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
        let name = found[1]
            .to_ascii_lowercase()
            .replace(['\r', '\n', WRAP], "");
        match name.as_str() {
            "quot" => "\"".to_owned(),
            "apos" => "'".to_owned(),
            "lt" => "<".to_owned(),
            "gt" => ">".to_owned(),
            "amp" => "&".to_owned(),
            "nbsp" => " ".to_owned(),
            number => {
                let digits = number.strip_prefix('#').unwrap_or_default();
                let code = match digits.strip_prefix('x') {
                    Some(hex) => u32::from_str_radix(hex, 16),
                    None => digits.parse(),
                };
                code.ok()
                    .and_then(char::from_u32)
                    .map_or_else(|| found[0].to_owned(), String::from)
            }
        }
    })
}

/// Drops what a quoted mail, a comment or a box puts at the head of the lines: when the first
/// line is quoted, or every line has the like.
fn unquote_lines(text: &str) -> String {
    let mut text = text.to_owned();
    // Quotes of quotes: bounded, each round takes one level.
    for _ in 0..8 {
        let mut lines = text
            .split(['\n', WRAP])
            .filter(|line| !line.trim().is_empty())
            .peekable();
        let quoted = lines
            .peek()
            .is_some_and(|line| line.trim_start().starts_with('>'));
        let head: &regex::Regex = if quoted {
            &QUOTE_HEAD
        } else if lines.peek().is_some() && lines.all(|line| LINE_HEAD.is_match(line)) {
            &LINE_HEAD
        } else {
            break;
        };
        text = text
            .split_inclusive(['\n', WRAP])
            .map(|line| head.replace(line, ""))
            .collect();
    }
    text
}
