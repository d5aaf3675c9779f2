//! Bytes into text.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::error::Fault;
use crate::iam::{Place, SourceId};

/// The largest file that is read. Dumps of very large accounts have some 100 MB.
const MAX_BYTES: u64 = 256 << 20;

/// Reads a file as text.
pub(super) fn file(path: &Path) -> Result<String, Fault> {
    let fault = |error: std::io::Error| Fault::new(nowhere(), plain_words(&error));
    let file = File::open(path).map_err(fault)?;
    let size = file.metadata().map_or(0, |found| found.len());
    let size = usize::try_from(size.min(MAX_BYTES)).unwrap_or_default();
    // One more, to see that it ends.
    let mut bytes = Vec::with_capacity(size + 1);
    file.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(fault)?;
    decode(bytes)
}

/// Whether the beginning of a file could be that of a text.
pub(super) fn begins_like_text(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(4096).read_to_end(&mut start));
    let is_utf16 = start.starts_with(b"\xFF\xFE") || start.starts_with(b"\xFE\xFF");
    read.is_ok() && (is_utf16 || !start.contains(&0))
}

/// The operating system's words without its number.
pub(super) fn plain_words(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => text.to_owned(),
    }
}

fn nowhere() -> Place {
    Place::whole(SourceId::default())
}

/// Decodes UTF-8, or UTF-16 with a byte order mark as PowerShell writes it.
pub(super) fn decode(bytes: Vec<u8>) -> Result<String, Fault> {
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MAX_BYTES {
        let message = format!("larger than {} MB", MAX_BYTES >> 20);
        return Err(Fault::new(nowhere(), message));
    }
    match bytes.as_slice() {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest.to_vec()),
        _ => utf8(bytes),
    }
}

fn utf8(bytes: Vec<u8>) -> Result<String, Fault> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let before = error.as_bytes().get(..at).unwrap_or_default();
        let byte = error.as_bytes().get(at).copied().unwrap_or_default();
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        let start = before.iter().rposition(|byte| *byte == b'\n');
        let last = before
            .get(start.map_or(0, |at| at + 1)..)
            .unwrap_or_default();
        let column = 1 + last.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        let place = Place::new(SourceId::default(), number(line), number(column));
        let message = format!("byte 0x{byte:02X} is not UTF-8: save the file as UTF-8");
        Fault::new(place, message)
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Fault> {
    let units = bytes.chunks_exact(2).map(|pair| match pair {
        [first, second] => unit([*first, *second]),
        _ => 0,
    });
    char::decode_utf16(units)
        .collect::<Result<String, _>>()
        .map_err(|_| Fault::new(nowhere(), "the UTF-16 text is damaged"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_what_tools_write() {
        assert_eq!(decode(b"\xEF\xBB\xBFa".to_vec()).unwrap(), "a");
        assert_eq!(decode(b"\xFF\xFEa\0\xE9\0".to_vec()).unwrap(), "a\u{e9}");
        assert_eq!(decode(b"\xFE\xFF\0a".to_vec()).unwrap(), "a");
    }

    #[test]
    fn points_at_the_byte_that_is_not_utf8() {
        let fault = decode(b"ab\n\xC3\xA9c \xE9".to_vec()).unwrap_err();
        assert_eq!((fault.place.line, fault.place.column), (2, 4));
        assert!(fault.message.contains("0xE9"), "{}", fault.message);
    }
}
