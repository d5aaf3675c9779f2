//! Patterns with `*` (any run of characters) and `?` (exactly one), matched without recursion in time
//! of pattern times text, which for long ones is divided by the width of a machine word.

/// Whether a pattern matches a whole text. Case-sensitive.
pub fn glob_matches(pattern: &str, text: &str) -> bool {
    Glob::new(pattern).matches(text)
}

/// A compiled pattern.
#[derive(Clone, Debug, Eq, PartialEq, Hash)]
pub struct Glob {
    pattern: Box<str>,
    wild: bool,
}

impl Glob {
    /// Compiles a pattern; runs of `*` are the same as one.
    pub fn new(pattern: &str) -> Self {
        let mut squeezed = String::with_capacity(pattern.len());
        for character in pattern.chars() {
            if character != '*' || !squeezed.ends_with('*') {
                squeezed.push(character);
            }
        }
        Glob {
            wild: squeezed.contains(['*', '?']),
            pattern: squeezed.into(),
        }
    }

    /// The pattern, runs of `*` made one.
    pub fn as_str(&self) -> &str {
        &self.pattern
    }

    /// Whether the pattern has a wildcard.
    pub fn is_wild(&self) -> bool {
        self.wild
    }

    /// Whether it matches everything.
    pub fn is_any(&self) -> bool {
        &*self.pattern == "*"
    }

    /// Whether the pattern matches the whole text. Case-sensitive.
    ///
    /// Greedy with one point to go back to: a later `*` makes the earlier ones final, so the cost is
    /// at most pattern length times text length.
    pub fn matches(&self, text: &str) -> bool {
        if !self.wild {
            return *self.pattern == *text;
        }
        if self.pattern.len().saturating_mul(text.len()) > GREEDY_LIMIT
            && self.pattern.chars().all(|character| character <= MOST)
        {
            return self.matches_by_bits(text);
        }
        let (pattern, text) = (self.pattern.as_bytes(), text.as_bytes());
        let (mut at, mut read) = (0, 0);
        let mut star: Option<(usize, usize)> = None;
        while read < text.len() {
            match pattern.get(at) {
                Some(b'*') => {
                    star = Some((at, read));
                    at += 1;
                }
                // `?` is one character, not one byte.
                Some(b'?') => {
                    at += 1;
                    read = next_character(text, read);
                }
                Some(byte) if *byte == text[read] => {
                    at += 1;
                    read += 1;
                }
                _ => match star {
                    Some((star_at, star_read)) => {
                        let next = next_character(text, star_read);
                        star = Some((star_at, next));
                        at = star_at + 1;
                        read = next;
                    }
                    None => return false,
                },
            }
        }
        pattern[at..].iter().all(|byte| *byte == b'*')
    }
}

/// Beyond this many bytes times bytes all ways to match are followed at once.
const GREEDY_LIMIT: usize = 1 << 14;
/// The last character that AWS accepts in a policy: a pattern with any other is left to the greedy
/// way, so that there are few masks.
const MOST: char = '\u{ff}';

impl Glob {
    /// Follows all ways to match at once: one bit for every number of the pattern's characters that
    /// can have been matched by what was read of the text.
    fn matches_by_bits(&self, text: &str) -> bool {
        let words = self.pattern.len() / 64 + 1;
        let mut stays = vec![0_u64; words];
        let mut anything = vec![0_u64; words];
        let mut wanted: Vec<Option<Vec<u64>>> = vec![None; MOST as usize + 1];
        let mut length = 0;
        for character in self.pattern.chars() {
            let mask = match character {
                '*' => &mut stays,
                '?' => &mut anything,
                other => wanted[other as usize].get_or_insert_with(|| vec![0; words]),
            };
            mask[length / 64] |= 1 << (length % 64);
            length += usize::from(character != '*');
        }
        let mut now = vec![0_u64; words];
        now[0] = 1;
        for character in text.chars() {
            let wanted = wanted.get(character as usize).and_then(Option::as_ref);
            let (mut carry, mut any) = (0, 0);
            for (at, word) in now.iter_mut().enumerate() {
                let moves = *word & (anything[at] | wanted.map_or(0, |wanted| wanted[at]));
                *word = moves << 1 | carry | *word & stays[at];
                carry = moves >> 63;
                any |= *word;
            }
            if any == 0 {
                return false;
            }
        }
        now[length / 64] >> (length % 64) & 1 == 1
    }
}

fn next_character(text: &[u8], at: usize) -> usize {
    let mut next = at + 1;
    while next < text.len() && text[next] & 0xC0 == 0x80 {
        next += 1;
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_matching_agree() {
        let alphabet = ['a', 'b', 'ä', '*', '?'];
        let mut patterns = vec![String::new()];
        for from in [0, 1, 6, 31] {
            let longer = patterns[from..].iter().flat_map(|start| {
                let next = alphabet.iter();
                next.map(move |next| format!("{start}{next}"))
            });
            patterns.extend(longer.collect::<Vec<_>>());
        }
        let texts = ["", "a", "ab", "aab", "äb", "abab", "bäa", "€"];
        for pattern in &patterns {
            let glob = Glob::new(pattern);
            for text in texts {
                let by_bits = glob.matches_by_bits(text);
                assert_eq!(glob.matches(text), by_bits, "{pattern} against {text}");
            }
        }
    }

    #[test]
    fn long_patterns_cross_words() {
        let long = "ab".repeat(2_000);
        for (pattern, expected) in [
            (format!("*{long}*"), true),
            (format!("?x{long}y?"), true),
            (format!("*{long}?"), false),
            (format!("*{long}c*"), false),
        ] {
            assert_eq!(glob_matches(&pattern, &format!("xx{long}yy")), expected);
        }
    }
}
