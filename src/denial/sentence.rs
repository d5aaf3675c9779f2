//! The sentence most services use: `User: P is not authorized to perform: A on resource: R`,
//! with `because no T allows the A action` or `with an explicit deny in a T: POLICY`.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>

use super::clean::patterns;
use super::names;
use super::reader::Reader;
use super::squeeze::{Gap, Squeezed};
use super::types::{Denial, Field, PolicyType};
use crate::iam::PolicyKind;

patterns! {
    HEAD = r"(?i)(?P<is>is(?:n't|not))?(?:not)?(?P<ok>authori[sz]edto)(?P<verb>perform(?:theaction|action)?|accessthisresource|assume(?:the)?(?:iam)?role|getcredentialsof(?:the)?role|passrole)";
    USER = r"(?i)(?:user|principal|identity|caller)[:=]";
    ENCODED = r"(?i)encoded(?P<whole>authori[sz]ationfailure)?(?:authori[sz]ation)?(?:failure)?message[:=]?";
}

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
            Reader::new(squeezed).read(
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
    let reader = Reader::new(squeezed);
    ENCODED.captures_iter(text).find_map(|label| {
        let start = reader.skip(label.get(0)?.end(), &['"', '\'', ':']);
        let end = reader.token(start, |c| {
            c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '+' | '/' | '=')
        });
        // Shorter: a placeholder, or prose about encoded messages.
        let least = if label.name("whole").is_some() { 6 } else { 16 };
        (end - start >= least).then(|| text[start..end].to_owned())
    })
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
        denial.policy_type = Some(PolicyType::Policy(PolicyKind::Trust));
        denial.guess(Field::PolicyType);
        if denial.explicit.is_none() {
            denial.explicit = Some(false);
            denial.guess(Field::Explicit);
        }
    }
}
