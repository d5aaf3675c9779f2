//! What a sentence says after `on resource:`.

use super::clean::patterns;
use super::reader::Reader;
use super::squeeze::Gap;
use super::types::Denial;

patterns! {
    NO_RESOURCE = r"(?i)^on(?:the|this)resource(?:associatedwiththis(?:ciphertext|request))?(?:because|with|\.|$)";
    KIND = r"(?i)^(?P<kind>instanceprofile|role|user|group|policy|mfadevice|servercertificate|samlprovider|oidcprovider)";
}

/// The kinds of [`KIND`] as they are written.
const KINDS: [&str; 9] = [
    "instance profile",
    "role",
    "user",
    "group",
    "policy",
    "mfa device",
    "server certificate",
    "saml provider",
    "oidc provider",
];

impl Reader<'_> {
    /// Reads the resource, if the sentence names one; gives where the reason may begin.
    pub fn resource(&self, at: usize, stop: usize, denial: &mut Denial) -> usize {
        let rest = &self.text[at..stop.max(at)];
        if NO_RESOURCE.is_match(rest) {
            return at;
        }
        let Some(label) = Reader::resource_label(rest) else {
            return at;
        };
        let start = self.skip(at + label, &[':', '=', '[']);
        let tail = self.tail(start, stop);
        let (from, to, after) = self.resource_span(start, tail, stop);
        let raw = match self.kind(from, to) {
            // Names in IAM hold no spaces.
            Some((words, name)) => format!("{words} {}", &self.text[name..to]),
            None => self.squeezed.unwrapped(from, to),
        };
        let raw = trim_resource(&raw);
        if !raw.is_empty() && raw.len() <= 4096 {
            denial.resource = Some(raw.to_owned());
        }
        after
    }

    /// Where the resource starts and ends, and where to go on.
    fn resource_span(
        &self,
        start: usize,
        tail: Option<usize>,
        stop: usize,
    ) -> (usize, usize, usize) {
        let limit = tail.unwrap_or(stop);
        let rest = &self.text[start..limit.max(start)];
        if let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) {
            let inner = &rest[1..];
            // With a reason after it the last quote closes (a key may hold quotes itself).
            let close = match tail {
                Some(_) => inner.rfind(quote),
                None => inner.find(quote),
            };
            if let Some(close) = close {
                return (start + 1, start + 1 + close, start + close + 2);
            }
        }
        let start = self.skip(start, &['"', '\'']);
        let value = self.kind(start, limit).map_or(start, |(_, name)| name);
        let end = self.token(value, |_| true).min(limit.max(value));
        match tail {
            // A value with spaces in it: an object key, an alarm's name.
            Some(tail) if end < tail && !self.ends_sentence(end) => (start, tail, tail),
            _ => (start, end, end),
        }
    }

    /// The kind of thing that IAM writes before a name, and where the name begins.
    fn kind(&self, from: usize, to: usize) -> Option<(&'static str, usize)> {
        let found = KIND.captures(self.text.get(from..to)?)?;
        let name = from + found.get(0)?.end();
        let kind = found["kind"].to_ascii_lowercase();
        (name < to && self.squeezed.gap(name) != Gap::None).then(|| {
            let words = KINDS.iter().find(|words| words.replace(' ', "") == kind);
            (words.copied().unwrap_or("role"), name)
        })
    }

    fn ends_sentence(&self, end: usize) -> bool {
        self.text[..end].ends_with(['.', ';', ')', '}'])
            || self.text[end..].starts_with(['(', '{', '<'])
            || self.squeezed.gap(end) == Gap::Blank
    }
}

/// Takes away the punctuation of the sentence around a resource.
fn trim_resource(raw: &str) -> &str {
    let mut text = raw.trim();
    loop {
        let trimmed = text.trim_end_matches(['.', ',', ';', '"', '\'', '>', ']']);
        let trimmed = if trimmed.contains('(') || trimmed.contains('{') {
            trimmed
        } else {
            trimmed.trim_end_matches([')', '}'])
        };
        // A log group's ARN ends with a colon of its own, and one that names nothing, too.
        let bare = trimmed.trim_end_matches(':');
        let cut = bare.starts_with("arn:") && bare.matches(':').count() < 5;
        let trimmed = if trimmed.contains(":log-group:") || trimmed == "arn:" || cut {
            trimmed
        } else {
            bare
        };
        let trimmed = trimmed.trim_end();
        if trimmed.len() == text.len() {
            return text;
        }
        text = trimmed;
    }
}
