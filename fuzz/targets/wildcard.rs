//! The wildcard matcher against a table of every prefix with every prefix.

#![no_main]

use iamscope::iam::glob_matches;
use libfuzzer_sys::fuzz_target;

/// Whether a pattern matches, by its definition.
fn plain(pattern: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    // Whether what was read of the pattern matches the first so many characters.
    let mut row = vec![false; text.len() + 1];
    row[0] = true;
    for wanted in pattern.chars() {
        let mut next = vec![false; row.len()];
        next[0] = wanted == '*' && row[0];
        for at in 1..row.len() {
            next[at] = match wanted {
                '*' => next[at - 1] || row[at],
                '?' => row[at - 1],
                other => row[at - 1] && text[at - 1] == other,
            };
        }
        row = next;
    }
    row[text.len()]
}

fuzz_target!(|input: (&str, &str)| {
    let (pattern, text) = input;
    // The same few characters again and again are where matchers go wrong.
    let narrow = |text: &str| -> String {
        let few = ['a', 'b', '*', '?', ':', 'ä'];
        text.bytes()
            .map(|byte| few[usize::from(byte) % few.len()])
            .collect()
    };
    for (pattern, text) in [
        (pattern.to_owned(), text.to_owned()),
        (narrow(pattern), narrow(text)),
    ] {
        assert_eq!(
            glob_matches(&pattern, &text),
            plain(&pattern, &text),
            "{pattern:?} {text:?}"
        );
    }
});
