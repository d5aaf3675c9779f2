//! The characters of strings with the place of each, and the comments of a file.

use std::ops::Range;

use super::expression::Segment;
use super::hcl::Locator;
use crate::iam::{Part, Place};
use crate::load::comments::Comments;
use crate::load::json_text::{Origin, Piece};

/// How the characters of a string are written.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Notation {
    /// Between quotes, with backslashes.
    Quoted,
    /// Heredocs and template files: as they are, but for `$${` and `%%{`.
    Raw,
    /// Files: as they are.
    File,
}

/// A text that does not stand anywhere as it is.
pub(super) fn inserted(text: &str, place: Place) -> Piece {
    Piece {
        part: Part::Literal(text.into()),
        origin: Origin::Inserted(place),
    }
}

/// The characters of a range, decoded: one piece for every run that stands on one line as it is.
pub(super) fn pieces(locator: &Locator<'_>, range: Range<usize>, notation: Notation) -> Vec<Piece> {
    let raw = locator.text.get(range.clone()).unwrap_or_default();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = raw.get(at..).filter(|rest| !rest.is_empty()) {
        let (decoded, length) = match escaped(rest, notation) {
            Some((decoded, length)) => (decoded, length),
            None => {
                let length = run(rest, notation);
                (rest.get(..length).unwrap_or(rest).to_owned(), length.max(1))
            }
        };
        let place = locator.place(range.start + at);
        let origin = if locator.is_fixed() {
            Origin::Inserted(place)
        } else {
            Origin::Line(place)
        };
        let part = Part::Literal(decoded.into());
        found.push(Piece { part, origin });
        at += length;
    }
    found
}

/// The bytes up to the end of the line, or to the next character that may not be what it looks like.
fn run(rest: &str, notation: Notation) -> usize {
    let is_special = |character: char| match character {
        '\\' => notation == Notation::Quoted,
        '$' | '%' => notation != Notation::File,
        _ => false,
    };
    let mut ended = false;
    for (at, character) in rest.char_indices() {
        if ended || (at > 0 && is_special(character)) {
            return at;
        }
        ended = character == '\n';
    }
    rest.len()
}

/// What the next characters stand for and the bytes that they take, where they stand for others.
fn escaped(rest: &str, notation: Notation) -> Option<(String, usize)> {
    if notation == Notation::File {
        return None;
    }
    for (written, meant) in [("$${", "${"), ("%%{", "%{")] {
        if rest.starts_with(written) {
            return Some((meant.to_owned(), written.len()));
        }
    }
    let after = rest
        .strip_prefix('\\')
        .filter(|_| notation == Notation::Quoted)?;
    let second = after.chars().next().unwrap_or('\\');
    let digits = match second {
        'n' => return Some(("\n".to_owned(), 2)),
        'r' => return Some(("\r".to_owned(), 2)),
        't' => return Some(("\t".to_owned(), 2)),
        'u' => 4,
        'U' => 8,
        other => return Some((other.to_string(), 1 + other.len_utf8())),
    };
    let code = rest.get(2..2 + digits).unwrap_or_default();
    let code = u32::from_str_radix(code, 16).ok().and_then(char::from_u32);
    Some((code.unwrap_or_default().to_string(), 2 + digits))
}

/// Takes the indentation that all lines share from a heredoc that begins with `<<-`.
pub(super) fn dedent(segments: &mut [Segment]) {
    let mut least = usize::MAX;
    each_line_start(segments, &mut |text, _| {
        let spaces = text.len() - text.trim_start_matches([' ', '\t']).len();
        if !text.trim().is_empty() || spaces == text.len() {
            least = least.min(spaces);
        }
    });
    if least == usize::MAX || least == 0 {
        return;
    }
    each_line_start(segments, &mut |text, place| {
        let spaces = text.len() - text.trim_start_matches([' ', '\t']).len();
        let taken = least.min(spaces);
        text.drain(..taken);
        place.column = place
            .column
            .saturating_add(u32::try_from(taken).unwrap_or_default());
    });
}

/// Visits every literal that begins a line. An empty line has no indentation.
fn each_line_start(segments: &mut [Segment], visit: &mut dyn FnMut(&mut String, &mut Place)) {
    let mut at_start = true;
    lines_of(segments, &mut at_start, visit);
}

fn lines_of(
    segments: &mut [Segment],
    at_start: &mut bool,
    visit: &mut dyn FnMut(&mut String, &mut Place),
) {
    for segment in segments {
        match segment {
            Segment::Literal(pieces) => {
                for piece in pieces {
                    let (Part::Literal(text), Origin::Line(place)) =
                        (&mut piece.part, &mut piece.origin)
                    else {
                        continue;
                    };
                    if *at_start && &**text != "\n" {
                        let mut changed = text.to_string();
                        visit(&mut changed, place);
                        *text = changed.into();
                    }
                    *at_start = text.ends_with('\n');
                }
            }
            Segment::Value(_) => *at_start = false,
            Segment::If(parts) => {
                *at_start = false;
                lines_of(&mut parts.1, at_start, visit);
                lines_of(&mut parts.2, at_start, visit);
            }
            Segment::For(part) => {
                *at_start = false;
                lines_of(&mut part.body, at_start, visit);
            }
        }
    }
}

/// Takes white space from the end, as `~` before a part does.
pub(super) fn trim_end(pieces: &mut Vec<Piece>) {
    while let Some(Piece {
        part: Part::Literal(text),
        ..
    }) = pieces.last_mut()
    {
        let kept = text.trim_end().to_owned();
        *text = kept.into();
        if !text.is_empty() {
            break;
        }
        pieces.pop();
    }
}

/// Takes white space from the start, as `~` behind a part does.
pub(super) fn trim_start(pieces: &mut Vec<Piece>) {
    while let Some(Piece {
        part: Part::Literal(text),
        origin,
    }) = pieces.first_mut()
    {
        let kept = text.trim_start().to_owned();
        let taken = text.chars().count() - kept.chars().count();
        *text = kept.into();
        if let Origin::Line(place) = origin {
            place.column = place
                .column
                .saturating_add(u32::try_from(taken).unwrap_or_default());
        }
        if !text.is_empty() {
            break;
        }
        pieces.remove(0);
    }
}

/// The comments of a file; strings and heredocs are stepped over.
pub(super) fn comments(locator: &Locator<'_>) -> Comments {
    let mut comments = Comments::default();
    let mut heredoc: Option<String> = None;
    let mut in_block = false;
    let mut start = 0;
    for line in locator.text.split_inclusive('\n') {
        let place = locator.place(start);
        start += line.len();
        if let Some(end) = &heredoc {
            if line.trim() == end {
                heredoc = None;
            }
            continue;
        }
        if in_block {
            let text = line.trim().trim_end_matches("*/").trim_start_matches('*');
            comments.add(place.line, false, text);
            in_block = !line.contains("*/");
            continue;
        }
        let code = code_end(line);
        let (before, rest) = line.split_at(code);
        heredoc = opened_heredoc(before);
        if rest.is_empty() {
            continue;
        }
        in_block = rest.starts_with("/*") && !rest.contains("*/");
        let text = rest.trim_start_matches(['#', '/', '*']).trim();
        let text = text.trim_end_matches("*/").trim();
        // What somebody commented out says nothing.
        let is_code = text.starts_with(['"', '{', '}', ']', '[']) || text.ends_with(['{', '[']);
        let text = if is_code { "" } else { text };
        comments.add(place.line, !before.trim().is_empty(), text);
    }
    comments
}

/// Where the comment of a line begins, or the line ends.
fn code_end(line: &str) -> usize {
    let bytes = line.as_bytes();
    let mut in_string = false;
    let mut depth: Vec<bool> = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let next = bytes.get(at + 1);
        match (byte, next) {
            (b'\\', _) if in_string => at += 1,
            (b'"', _) => in_string = !in_string,
            (b'$' | b'%', Some(b'{')) if in_string => {
                depth.push(true);
                in_string = false;
                at += 1;
            }
            (b'}', _) if !in_string && depth.pop().is_some() => in_string = true,
            (b'#', _) if !in_string => return at,
            (b'/', Some(b'/' | b'*')) if !in_string => return at,
            _ => {}
        }
        at += 1;
    }
    line.len()
}

/// The delimiter of the heredoc that begins at the end of a line.
fn opened_heredoc(code: &str) -> Option<String> {
    let (_, opened) = code.rsplit_once("<<")?;
    let name = opened.strip_prefix('-').unwrap_or(opened).trim();
    let is_name = !name.is_empty()
        && name
            .chars()
            .all(|character| character.is_alphanumeric() || matches!(character, '_' | '-'));
    is_name.then(|| name.to_owned())
}
