//! The sentence most services use: `User: P is not authorized to perform: A on resource: R`,
//! with `because no T allows the A action` or `with an explicit deny in a T: POLICY`.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>

use super::clean::patterns;
use super::names;
use super::squeeze::{Gap, Squeezed};
use super::types::{Denial, Field, PolicyType};

patterns! {
    HEAD = r"(?i)(?P<is>is(?:n't|not))?(?:not)?(?P<ok>authori[sz]edto)(?P<verb>perform(?:theaction|action)?|accessthisresource|assume(?:the)?(?:iam)?role|getcredentialsof(?:the)?role|passrole)";
    /// Something else begins here: whatever is being read ends before it.
    STOP = r#"(?i)anerroroccurred\(|encodedauthori[sz]ationfailuremessage|\(service:|\(requesttoken|statuscode:|,?request_?id|user:(?:arn:|anonymous)|</message|"\}|\}$|pleasemakesure|,"?aws_request_id"#;
    TAIL = r"(?i)with(?:an)?explicitdeny|because";
    RESOURCE = r"(?i)^[,;]?(?:on(?P<label>(?:the|this|these|any)?(?:following)?resources?(?:\(s\))?)|on(?P<bare>role|key|secret|bucket|queue|topic|function|table)?[:'\x22]*arn:|against)";
    NO_RESOURCE = r"(?i)^on(?:the|this)resource(?:associatedwiththis(?:ciphertext|request))?(?:because|with|\.|$)";
    TYPE = r"(?ix)^
        (?:in(?:an?|the|your|one)?|any|an?)?
        (?: (?P<identity>identity-?based)
          | (?P<resource>resource-?based|keypolic|bucketpolic|queuepolic|topicpolic)
          | (?P<scp>servicecontrol|scp)
          | (?P<rcp>resourcecontrol|rcp)
          | (?P<vpce>(?:vpc)?endpoint)
          | (?P<boundary>permissions?boundar(?:y|ies))
          | (?P<session>sessions?polic)
          | (?P<trust>(?:iam)?role'?s?trust|trustpolic|assumerolepolic)
        )
        (?:y\b|ies|polic(?:y|ies)|y)?";
    TRANSITIVELY = r"(?i)^transitivelythrough";
    POLICY_ARN = r#"^[:,]?["'(]*(?P<arn>arn:)"#;
    AFTER_ALLOWS = r"(?i)^allows?the[A-Za-z0-9:*-]+?action(?:for[^:]{0,80})?";
    PUBLIC_ACCESS = r"(?i)^becausepublic(?:polic|acl|access)|blockpublicaccess";
    ENCRYPTION = r"(?i)^becausethisbuckethasblocked|blockedencryptiontype|encryptiontypeis(?:not|blocked)";
    KMS_ELSEWHERE = r"(?i)^becausetheresourcedoesnotexistinthisregion,noresource-?basedpolic";
    KIND = r"(?i)^(?P<kind>instanceprofile|role|user|group|policy|mfadevice|servercertificate|samlprovider|oidcprovider)";
    USER = r"(?i)(?:user|principal|identity|caller)[:=]";
    ENCODED = r"(?i)encoded(?:authori[sz]ation)?(?:failure)?message[:=]?";
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

/// Longest sentence considered, and longest value within it.
const MAX_SENTENCE: usize = 6 * 1024;

/// Reads every sentence of the text.
pub(super) fn read_all(squeezed: &Squeezed<'_>) -> Vec<Denial> {
    let text = squeezed.text();
    HEAD.captures_iter(text)
        .filter_map(|head| {
            let (Some(whole), Some(verb)) = (head.get(0), head.name("verb")) else {
                return None;
            };
            let negated = head.name("is").is_some()
                || text[whole.start()..verb.start()]
                    .to_ascii_lowercase()
                    .contains("not");
            if !negated {
                return None;
            }
            let reader = Reader { squeezed, text };
            reader.read(
                whole.start(),
                verb.as_str(),
                whole.end(),
                head.name("is").is_some(),
            )
        })
        .take(1000)
        .collect()
}

/// The encoded authorization message, wherever it stands.
pub(super) fn encoded(squeezed: &Squeezed<'_>) -> Option<String> {
    let text = squeezed.text();
    ENCODED.find_iter(text).find_map(|label| {
        let start = label.end() + text[label.end()..].len()
            - text[label.end()..]
                .trim_start_matches(['"', '\'', ':'])
                .len();
        let end = Reader { squeezed, text }.token(start, |c| {
            c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '+' | '/' | '=')
        });
        // Shorter than any real one: a placeholder, or prose about encoded messages.
        (end - start >= 16).then(|| text[start..end].to_owned())
    })
}

pub(super) struct Reader<'a> {
    pub squeezed: &'a Squeezed<'a>,
    pub text: &'a str,
}

impl Reader<'_> {
    /// Reads the sentence whose "is not authorized to" lies at `head`; its object is at `at`.
    fn read(&self, head: usize, verb: &str, at: usize, personal: bool) -> Option<Denial> {
        let mut denial = Denial::default();
        if personal {
            denial.principal = self.principal(head);
        }
        let verb = verb.to_ascii_lowercase();
        let mut at = at;
        if verb.starts_with("perform") {
            at = self.action(at, &mut denial)?;
        } else if verb == "passrole" {
            denial.action = Some("iam:PassRole".to_owned());
        } else if verb != "accessthisresource" {
            denial.action = Some("sts:AssumeRole".to_owned());
            at = self.role(at, &mut denial);
        } else if denial.principal.is_none() {
            // API Gateway's answer when an authorizer's policy says no.
            // https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
            denial.action = Some("execute-api:Invoke".to_owned());
            denial.guess(Field::Action);
        }
        let stop = self.stop(at);
        if denial.resource.is_none() {
            at = self.resource(at, stop, &mut denial);
        }
        self.reason(at, stop, &mut denial);
        conclude(&mut denial, personal);
        Some(denial)
    }

    /// Where the sentence that `at` lies in ends at the latest.
    fn stop(&self, at: usize) -> usize {
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

    fn skip(&self, at: usize, marks: &[char]) -> usize {
        let rest = &self.text[at..];
        at + rest.len() - rest.trim_start_matches(marks).len()
    }

    /// Who the sentence is about: what stands in front of "is not authorized".
    fn principal(&self, head: usize) -> Option<String> {
        let before = self.text[..head].trim_end_matches(['\'', '"', '*', ')']);
        let end = before.len();
        let mut start = end.saturating_sub(2300);
        while !before.is_char_boundary(start) {
            start += 1;
        }
        if let Some(arn) = before[start..].rfind("arn:").map(|at| start + at) {
            let whole = before[arn..]
                .char_indices()
                .skip(1)
                .all(|(offset, _)| self.within_arn(arn + offset));
            if whole && !before[arn..].ends_with("User") {
                return Some(before[arn..].to_owned());
            }
        }
        if let Some(label) = USER.find_iter(&before[start..]).last() {
            let from = self
                .skip(start + label.end(), &['"', '\'', '*', '<'])
                .min(end);
            let named = self.squeezed.unwrapped(from, end);
            let named = named.trim().trim_end_matches('>');
            return (!named.is_empty() && named.len() <= 512).then(|| named.to_owned());
        }
        let mut word = end;
        for (offset, _) in before[start..].char_indices().rev() {
            word = start + offset;
            if !self.within_arn(word) {
                break;
            }
        }
        names::service_principal(before.get(word..)?.rsplit(':').next()?)
    }

    fn within_arn(&self, at: usize) -> bool {
        match self.squeezed.gap(at) {
            Gap::None => true,
            Gap::Line => self.squeezed.wrapped_within_word(at),
            Gap::Space | Gap::Blank => false,
        }
    }

    /// Reads the action, or a list of them; gives where the sentence goes on.
    fn action(&self, at: usize, denial: &mut Denial) -> Option<usize> {
        let mut at = self.skip(at, &[':', '"', '\'', '*', '[', '(', '=']);
        let belongs = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '_' | '*');
        for round in 0..32 {
            let end = self.token(at, belongs);
            let word = self.text[at..end].trim_end_matches([':', '*', '-']);
            let word = word.trim_end_matches(':');
            match word.split_once(':') {
                Some((service, name)) if !service.is_empty() && !name.is_empty() => {
                    if round == 0 {
                        denial.action = Some(word.to_owned());
                    } else {
                        denial.other_actions.push(word.to_owned());
                    }
                }
                None if round == 0 && names::is_operation(word) => {
                    // "to perform AssumeRole": the operation's name for the action's.
                    denial.operation = Some(word.to_owned());
                    let mut actions = names::actions(None, word).into_iter();
                    denial.action = actions.next();
                    denial.other_actions.extend(actions);
                    denial.guess(Field::Action);
                }
                _ => return (round > 0).then_some(at),
            }
            at = self.skip(end, &['"', '\'', '*', ']', ')']);
            let next = self.skip(at, &[',', '"', '\'', ' ']);
            // A list goes on with a comma and another action.
            if next == at || !self.text[next..].starts_with(|c: char| c.is_ascii_lowercase()) {
                break;
            }
            let end = self.token(next, belongs);
            if !self.text[next..end].contains(':') {
                break;
            }
            at = next;
        }
        Some(at)
    }

    /// Reads the role after "to assume IAM Role", an ARN or a name.
    fn role(&self, at: usize, denial: &mut Denial) -> usize {
        let start = self.skip(at, &[':', '"', '\'', '(', '[']);
        let end = self.token(start, |c| {
            c.is_ascii_alphanumeric() || "+=,.@-_/:*".contains(c)
        });
        let name = self.text[start..end].trim_end_matches(['.', ',', ':']);
        if name.starts_with("arn:") {
            denial.resource = Some(name.to_owned());
        } else if !name.is_empty() && self.squeezed.gap(start) != Gap::Blank {
            denial.resource = Some(format!("role {name}"));
        }
        end
    }

    /// Reads the resource, if the sentence names one; gives where the reason may begin.
    fn resource(&self, at: usize, stop: usize, denial: &mut Denial) -> usize {
        let rest = &self.text[at..stop.max(at)];
        if NO_RESOURCE.is_match(rest) {
            return at;
        }
        let Some(found) = RESOURCE.captures(rest) else {
            return at;
        };
        // Where the label ends; of `on arn:` and `on role arn:` the ARN is no label.
        let label = match (found.name("label"), found.get(0)) {
            (Some(label), _) => label.end(),
            (None, Some(whole)) => whole.as_str().rfind("arn:").unwrap_or(whole.end()),
            (None, None) => return at,
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

    /// Where "because" or "with an explicit deny" begins.
    fn tail(&self, from: usize, stop: usize) -> Option<usize> {
        TAIL.find_iter(&self.text[from..stop.max(from)])
            .map(|found| from + found.start())
            .find(|&at| {
                self.squeezed.gap(at) != Gap::None
                    || self.text[..at].ends_with(['"', '\'', ',', '.'])
            })
    }

    /// Reads which policy type decided, and how.
    fn reason(&self, at: usize, stop: usize, denial: &mut Denial) {
        let Some(at) = self.tail(at, stop) else {
            return;
        };
        let rest = &self.text[at..stop];
        let Some(word) = TAIL.find(rest) else {
            return;
        };
        if word.as_str().eq_ignore_ascii_case("because") {
            return self.because(at, stop, denial);
        }
        denial.explicit = Some(true);
        let mut after = at + word.end();
        let Some((kind, length)) = policy_type(&self.text[after..stop]) else {
            return;
        };
        after += length;
        denial.policy_type = Some(kind);
        if let Some(through) = TRANSITIVELY.find(&self.text[after..stop]) {
            let second = after + through.end();
            if let Some((kind, length)) = policy_type(&self.text[second..stop]) {
                denial.via = denial.policy_type.replace(kind);
                after = second + length;
            }
        }
        denial.policy_arn = self.policy_arn(after, stop);
    }

    fn because(&self, at: usize, stop: usize, denial: &mut Denial) {
        let rest = &self.text[at..stop];
        let reason = &rest["because".len()..];
        if let Some(none) = reason.get(..2).filter(|no| no.eq_ignore_ascii_case("no"))
            && let Some((kind, length)) = policy_type(&reason[none.len()..])
        {
            denial.policy_type = Some(kind);
            denial.explicit = Some(false);
            let after = at + "because".len() + none.len() + length;
            if let Some(allows) = AFTER_ALLOWS.find(&self.text[after..stop]) {
                denial.policy_arn = self.policy_arn(after + allows.end(), stop);
            }
            return;
        }
        let clause = self.clause(at, stop);
        if KMS_ELSEWHERE.is_match(clause) {
            denial.policy_type = Some(PolicyType::Resource);
        } else if PUBLIC_ACCESS.is_match(clause) {
            denial.policy_type = Some(PolicyType::S3BlockPublicAccess);
        } else if ENCRYPTION.is_match(clause) {
            denial.policy_type = Some(PolicyType::S3BlockedEncryption);
        }
    }

    fn clause(&self, at: usize, stop: usize) -> &str {
        let mut end = (at + 400).min(stop);
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        &self.text[at..end]
    }

    fn policy_arn(&self, at: usize, stop: usize) -> Option<String> {
        let found = POLICY_ARN.captures(&self.text[at..stop])?;
        let start = at + found.name("arn")?.start();
        let end = self.token(start, |c| {
            c.is_ascii_alphanumeric() || "+=,.@-_/:*".contains(c)
        });
        let arn = self.text[start..end.min(stop)].trim_end_matches(['.', ',', ':']);
        (arn.matches(':').count() >= 5).then(|| arn.to_owned())
    }
}

/// The policy type at the head of the text, and how much of it names it.
pub(super) fn policy_type(text: &str) -> Option<(PolicyType, usize)> {
    let found = TYPE.captures(text)?;
    let kind = [
        ("identity", PolicyType::Identity),
        ("resource", PolicyType::Resource),
        ("scp", PolicyType::Scp),
        ("rcp", PolicyType::Rcp),
        ("vpce", PolicyType::Vpce),
        ("boundary", PolicyType::Boundary),
        ("session", PolicyType::Session),
        ("trust", PolicyType::Trust),
    ]
    .into_iter()
    .find_map(|(name, kind)| found.name(name).map(|_| kind))?;
    Some((kind, found.get(0)?.end()))
}

/// What the sentence implies without saying it.
fn conclude(denial: &mut Denial, personal: bool) {
    let federated = denial.action.as_deref().is_some_and(|action| {
        let action = action.to_ascii_lowercase();
        action == "sts:assumerolewithwebidentity" || action == "sts:assumerolewithsaml"
    });
    let by_service = denial.action.as_deref() == Some("sts:AssumeRole")
        && denial
            .principal
            .as_deref()
            .is_some_and(|p| p.ends_with(".amazonaws.com"));
    if denial.policy_type.is_none() && ((federated && !personal) || by_service) {
        // These callers have no policies of their own: the trust policy decides alone.
        denial.policy_type = Some(PolicyType::Trust);
        denial.guess(Field::PolicyType);
        if denial.explicit.is_none() {
            denial.explicit = Some(false);
            denial.guess(Field::Explicit);
        }
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
        // A log group's ARN ends with a colon of its own.
        let trimmed = if trimmed.contains(":log-group:") || trimmed == "arn:" {
            trimmed
        } else {
            trimmed.trim_end_matches(':')
        };
        let trimmed = trimmed.trim_end();
        if trimmed.len() == text.len() {
            return text;
        }
        text = trimmed;
    }
}
