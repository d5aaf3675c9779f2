//! Patterns with `*` (any run of characters) and `?` (exactly one), matched in time linear in
//! pattern times text and without recursion.

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

fn next_character(text: &[u8], at: usize) -> usize {
    let mut next = at + 1;
    while next < text.len() && text[next] & 0xC0 == 0x80 {
        next += 1;
    }
    next
}
