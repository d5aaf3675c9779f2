//! What a word is: an id, a name of AWS's, or somebody's own.

use std::collections::HashSet;
use std::sync::OnceLock;

use crate::catalog;
use crate::iam::Arn;

/// Where a segment of an ARN's resource ends: at a `/` or `:` outside a policy variable.
pub(super) fn segment_end(text: &str) -> usize {
    let mut inside = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => inside = true,
            b'}' => inside = false,
            b'/' | b':' if !inside => return at,
            _ => {}
        }
    }
    text.len()
}

pub(super) fn starts_word(text: &str, at: usize) -> bool {
    text[..at]
        .chars()
        .next_back()
        .is_none_or(|c| !c.is_alphanumeric())
}

pub(super) fn letters(mut number: usize, length: usize) -> String {
    let mut letters = vec!['a'; length];
    for letter in letters.iter_mut().rev() {
        let digit = u8::try_from(number % 26).unwrap_or(0);
        *letter = char::from(b'a' + digit);
        number /= 26;
    }
    letters.into_iter().collect()
}

pub(super) fn is_account(word: &str) -> bool {
    Arn::is_account_id(word)
}

/// The prefix of a unique id or access key id (IAM: reference_identifiers).
pub(super) fn unique_id(word: &str) -> Option<&str> {
    const PREFIXES: [&str; 13] = [
        "ABIA", "ACCA", "AGPA", "AIDA", "AIPA", "AKIA", "ANPA", "ANVA", "APKA", "AROA", "ASCA",
        "ASIA", "AFPA",
    ];
    let prefix = word.get(..4)?;
    let long = word.len() >= 16
        && word
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    (long && PREFIXES.contains(&prefix)).then_some(prefix)
}

/// Words that are AWS's own wherever they stand.
pub(super) fn is_aws_word(word: &str) -> bool {
    static NAMES: OnceLock<HashSet<&'static str>> = OnceLock::new();
    let names = NAMES.get_or_init(|| {
        let managed = catalog::managed_policies()
            .iter()
            .map(|policy| policy.name());
        managed
            .chain([
                "AWS",
                "AWSReservedSSO",
                "FullAWSAccess",
                "RCPFullAWSAccess",
                "default",
            ])
            .collect()
    });
    word.starts_with("AWSServiceRoleFor") || names.contains(word)
}
