//! Reads values out of squeezed text: where they end is where a space, a keyword or the end of
//! the sentence stands.

use super::clean::patterns;
use super::squeeze::{Gap, Squeezed};

patterns! {
    /// Something else begins here: whatever is being read ends before it.
    STOP = r#"(?i)anerroroccurred\(|encodedauthori[sz]ationfailuremessage|\(service:|\(requesttoken|statuscode:|,?request_?id|user:(?:arn:|anonymous)|</message|"\}|\}$|pleasemakesure|,"?aws_request_id"#;
    TAIL = r"(?i)with(?:an)?explicitdeny|because";
    RESOURCE = r"(?i)^[,;]?(?:on(?P<label>(?:the|this|these|any)?(?:following)?resources?(?:\(s\))?)|on(?P<bare>role|key|secret|bucket|queue|topic|function|table)?[:'\x22]*arn:|against)";
}

/// Longest sentence considered, and longest value within it.
const MAX_SENTENCE: usize = 6 * 1024;

/// A squeezed text being read.
pub(super) struct Reader<'a> {
    pub squeezed: &'a Squeezed<'a>,
    pub text: &'a str,
}

impl<'a> Reader<'a> {
    pub fn new(squeezed: &'a Squeezed<'a>) -> Self {
        let text = squeezed.text();
        Reader { squeezed, text }
    }

    /// Where the sentence that `at` lies in ends at the latest.
    pub fn stop(&self, at: usize) -> usize {
        let mut limit = (at + MAX_SENTENCE).min(self.text.len());
        while !self.text.is_char_boundary(limit) {
            limit -= 1;
        }
        let rest = &self.text[at..limit];
        STOP.find(rest).map_or(limit, |found| at + found.start())
    }

    /// The end of the token at `start`: the first character that does not belong, or the
    /// first space or line break that is no wrap.
    pub fn token(&self, start: usize, belongs: impl Fn(char) -> bool) -> usize {
        let rest = &self.text[start..];
        for (offset, c) in rest.char_indices() {
            let at = start + offset;
            if !belongs(c) || (offset > 0 && !self.continues(start, at)) {
                return at;
            }
        }
        self.text.len()
    }

    /// Whether the token begun at `start` goes on at `at`.
    fn continues(&self, start: usize, at: usize) -> bool {
        if self.squeezed.joins(at) {
            return !(self.squeezed.gap(at) == Gap::Line && self.keyword(at));
        }
        // An ARN cut short of its fields goes on, whatever the line looks like.
        self.squeezed.gap(at) == Gap::Line
            && self.text[start..].starts_with("arn:")
            && self.text[start..at].matches(':').count() < 5
    }

    /// Whether the words after a value begin here.
    fn keyword(&self, at: usize) -> bool {
        let rest = self.head_of(at);
        RESOURCE.is_match(rest)
            || TAIL.find(rest).is_some_and(|found| found.start() == 0)
            || STOP.find(rest).is_some_and(|found| found.start() == 0)
    }

    fn head_of(&self, at: usize) -> &str {
        let mut end = (at + 64).min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        &self.text[at..end]
    }

    /// The label in front of a resource, at the head of this text; gives its length.
    pub fn resource_label(text: &str) -> Option<usize> {
        let found = RESOURCE.captures(text)?;
        match (found.name("label"), found.get(0)?) {
            (Some(label), _) => Some(label.end()),
            // Of `on arn:` and `on role arn:` the ARN is no label.
            (None, whole) => Some(whole.as_str().rfind("arn:").unwrap_or(whole.end())),
        }
    }

    pub fn skip(&self, at: usize, marks: &[char]) -> usize {
        let rest = &self.text[at..];
        at + rest.len() - rest.trim_start_matches(marks).len()
    }

    pub fn within_arn(&self, at: usize) -> bool {
        match self.squeezed.gap(at) {
            Gap::None => true,
            Gap::Line => self.squeezed.wrapped_within_word(at),
            Gap::Space | Gap::Blank => false,
        }
    }

    /// Where "because" or "with an explicit deny" begins.
    pub fn tail(&self, from: usize, stop: usize) -> Option<usize> {
        TAIL.find_iter(&self.text[from..stop.max(from)])
            .map(|found| from + found.start())
            .find(|&at| {
                self.squeezed.gap(at) != Gap::None
                    || self.text[..at].ends_with(['"', '\'', ',', '.'])
            })
    }
}
