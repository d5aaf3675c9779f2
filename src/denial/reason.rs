//! Which policy type a sentence says decided, and how: `because no ...`, `with an explicit deny`.

use super::clean::patterns;
use super::reader::{Reader, TAIL};
use super::types::{Denial, PolicyType};
use crate::iam::PolicyKind;

patterns! {
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
}

impl Reader<'_> {
    /// Reads which policy type decided, and how.
    pub fn reason(&self, at: usize, stop: usize, denial: &mut Denial) {
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
        let Some((first, length)) = policy_type(&self.text[after..stop]) else {
            return;
        };
        after += length;
        denial.policy_type = Some(PolicyType::Policy(first));
        if let Some(through) = TRANSITIVELY.find(&self.text[after..stop]) {
            let second = after + through.end();
            if let Some((kind, length)) = policy_type(&self.text[second..stop]) {
                denial.via = Some(first);
                denial.policy_type = Some(PolicyType::Policy(kind));
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
            denial.policy_type = Some(PolicyType::Policy(kind));
            denial.explicit = Some(false);
            let after = at + "because".len() + none.len() + length;
            if let Some(allows) = AFTER_ALLOWS.find(&self.text[after..stop]) {
                denial.policy_arn = self.policy_arn(after + allows.end(), stop);
            }
            return;
        }
        let clause = self.clause(at, stop);
        if KMS_ELSEWHERE.is_match(clause) {
            denial.policy_type = Some(PolicyType::Policy(PolicyKind::Resource));
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
pub(super) fn policy_type(text: &str) -> Option<(PolicyKind, usize)> {
    let found = TYPE.captures(text)?;
    let kind = [
        ("identity", PolicyKind::Identity),
        ("resource", PolicyKind::Resource),
        ("scp", PolicyKind::Scp),
        ("rcp", PolicyKind::Rcp),
        ("vpce", PolicyKind::Vpce),
        ("boundary", PolicyKind::Boundary),
        ("session", PolicyKind::Session),
        ("trust", PolicyKind::Trust),
    ]
    .into_iter()
    .find_map(|(name, kind)| found.name(name).map(|_| kind))?;
    Some((kind, found.get(0)?.end()))
}
