//! The undoing of a redaction: masks in any text become what they stand for.

use std::collections::HashMap;
use std::net::IpAddr;

use serde_json::Value;

use crate::iam::SNAPSHOT_KIND;

use super::redact::KEY_KIND;

/// What each mask stands for.
#[derive(Clone, Debug)]
pub struct MaskKey {
    masks: HashMap<String, String>,
    /// The lengths of masks, longest first.
    lengths: Vec<usize>,
}

/// Why a text is no key.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not the key of a redaction: `iamscope snapshot --redact --key FILE` writes one")]
pub struct NoKey;

impl MaskKey {
    /// Reads the file that `--key` wrote.
    ///
    /// # Errors
    /// A text that is something else.
    pub fn read(text: &str) -> Result<Self, NoKey> {
        let value: Value = serde_json::from_str(text).map_err(|_| NoKey)?;
        if value["kind"] != KEY_KIND {
            return Err(NoKey);
        }
        let masks = value["masks"].as_object().ok_or(NoKey)?.iter();
        let masks: HashMap<String, String> = masks
            .filter_map(|(mask, original)| Some((mask.clone(), original.as_str()?.to_owned())))
            .collect();
        let mut lengths: Vec<usize> = masks.keys().map(String::len).collect();
        lengths.sort_unstable_by(|a, b| b.cmp(a));
        lengths.dedup();
        Ok(MaskKey { masks, lengths })
    }

    /// The text with everything that the key knows in place of its masks, and how many there were.
    /// A snapshot is no longer said to be redacted.
    pub fn undo(&self, text: &str) -> (String, usize) {
        let mut count = 0;
        let mut plain = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(letter) = rest.chars().next() {
            let address = length(rest, |c| c.is_ascii_hexdigit() || matches!(c, '.' | ':'));
            if let Some((original, used)) = self.address(&rest[..address]) {
                plain.push_str(original);
                count += 1;
                rest = &rest[used..];
                continue;
            }
            let word = length(rest, char::is_alphanumeric);
            if word == 0 {
                plain.push(letter);
                rest = &rest[letter.len_utf8()..];
                continue;
            }
            count += self.word(&rest[..word], &mut plain);
            rest = &rest[word..];
        }
        let is_snapshot = plain
            .get(..512.min(plain.len()))
            .is_some_and(|start| start.contains(SNAPSHOT_KIND));
        if is_snapshot {
            plain = plain.replacen("\"redacted\": true", "\"redacted\": false", 1);
        }
        (plain, count)
    }

    /// An address at the start: with a port or the end of a sentence behind it, it is shorter than
    /// all that could belong to one.
    fn address(&self, run: &str) -> Option<(&str, usize)> {
        if !run.contains(['.', ':']) {
            return None;
        }
        let ends = run.char_indices().map(|(at, c)| at + c.len_utf8());
        let mut ends: Vec<usize> = ends.collect();
        ends.reverse();
        ends.into_iter().find_map(|end| {
            let text = run.get(..end)?;
            // Not the beginning of a longer number.
            let next = run.get(end..)?.chars().next();
            if next.is_some_and(|c| c.is_ascii_hexdigit()) {
                return None;
            }
            text.parse::<IpAddr>().ok()?;
            Some((self.masks.get(text)?.as_str(), end))
        })
    }

    /// A word is one mask, or several of pieces one behind the other.
    fn word(&self, word: &str, plain: &mut String) -> usize {
        let mut count = 0;
        let mut rest = word;
        while !rest.is_empty() {
            let lengths = self.lengths.iter();
            let found = lengths
                .filter_map(|length| rest.get(..*length))
                .find_map(|start| Some((start.len(), self.masks.get(start)?)));
            match found {
                Some((length, original)) => {
                    plain.push_str(original);
                    count += 1;
                    rest = &rest[length..];
                }
                // What is no mask from here on is none at all.
                None => {
                    plain.push_str(rest);
                    break;
                }
            }
        }
        count
    }
}

/// How many bytes at the start are of these letters.
fn length(text: &str, of: impl Fn(char) -> bool) -> usize {
    text.find(|c| !of(c)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> MaskKey {
        MaskKey::read(
            r#"{"format": 1, "kind": "iamscope-redaction-key", "masks": {
                "xaaaaaa": "acme", "xaaaaab": "prod", "999900000001": "123456789012",
                "203.7.1.9": "198.51.100.7", "2001:db8::7": "2001:db8::1"}}"#,
        )
        .unwrap()
    }

    #[test]
    fn every_mask_becomes_what_it_stands_for() {
        let cases = [
            (
                "arn:aws:iam::999900000001:role/xaaaaaa-xaaaaab",
                "arn:aws:iam::123456789012:role/acme-prod",
                3,
            ),
            ("xaaaaaaxaaaaab*", "acmeprod*", 2),
            (
                "from 203.7.1.9, and 203.7.1.99.",
                "from 198.51.100.7, and 203.7.1.99.",
                1,
            ),
            (
                "`203.7.1.9/32`: 2001:db8::7.",
                "`198.51.100.7/32`: 2001:db8::1.",
                2,
            ),
            ("xaaaaac, Xaaaaaa and x", "xaaaaac, Xaaaaaa and x", 0),
            ("größe xaaaaaa", "größe acme", 1),
            ("", "", 0),
        ];
        for (masked, plain, count) in cases {
            assert_eq!(key().undo(masked), (plain.to_owned(), count), "{masked}");
        }
    }

    #[test]
    fn other_files_are_no_keys() {
        for text in ["", "{}", "[1]", r#"{"kind": "iamscope-redaction-key"}"#] {
            assert!(MaskKey::read(text).is_err(), "{text}");
        }
    }
}
