//! Our decision beside that of AWS's own simulator, and whether the two can be compared at all
//! (IAM API: SimulatePrincipalPolicy).

use serde_json::{Value, json};

use crate::iam::SessionKind;
use crate::simulate::{Decision, LayerKind, LayerStatus, Outcome, Request};

/// What the comparison comes to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// Both say the same.
    Agree,
    /// They do not.
    Differ,
    /// AWS's simulator does not model something that this request meets.
    NotComparable(&'static str),
    /// Somebody must say the values of these context keys first.
    NeedsContext(Vec<String>),
}

impl Verdict {
    /// In words.
    pub fn words(&self) -> String {
        match self {
            Verdict::Agree => "agree".to_owned(),
            Verdict::Differ => "differ".to_owned(),
            Verdict::NotComparable(why) => format!("not comparable: {why}"),
            Verdict::NeedsContext(keys) => format!("needs context: {}", keys.join(", ")),
        }
    }
}

/// What AWS's simulator answered for one resource.
#[derive(Clone, Copy, Debug)]
pub struct AwsAnswer<'a> {
    /// The resource.
    pub resource: &'a str,
    /// `allowed`, `explicitDeny` or `implicitDeny`.
    pub decision: &'a str,
    /// Context keys that it missed.
    pub missing_context: &'a [String],
}

/// Compares.
pub fn verdict(request: &Request, decision: &Decision, answer: AwsAnswer<'_>) -> Verdict {
    if let Some(why) = not_modelled(request, decision) {
        return Verdict::NotComparable(why);
    }
    if decision.outcome == Outcome::Depends {
        return Verdict::NeedsContext(decision.depends_on.clone());
    }
    let ours = ours_of(decision, answer.resource);
    let same = match ours {
        Outcome::Allow => answer.decision == "allowed",
        other => answer.decision == other.name(),
    };
    match (same, answer.missing_context) {
        (true, _) => Verdict::Agree,
        (false, []) => Verdict::Differ,
        (false, missing) => Verdict::NeedsContext(missing.to_vec()),
    }
}

/// The comparison as JSON.
pub fn beside_json(request: &Request, decision: &Decision, answer: AwsAnswer<'_>) -> Value {
    json!({
        "action": request.action,
        "resource": answer.resource,
        "ours": ours_of(decision, answer.resource).name(),
        "aws": answer.decision,
        "verdict": verdict(request, decision, answer).words(),
        "missing_context": answer.missing_context,
    })
}

/// Our outcome for a resource; that of the whole request where it has no leg of its own.
fn ours_of(decision: &Decision, resource: &str) -> Outcome {
    let mut legs = decision.legs.iter();
    let leg = legs.find(|leg| leg.resource == *resource);
    leg.map_or(decision.outcome, |leg| leg.outcome)
}

/// What AWS documents its simulator not to do.
fn not_modelled(request: &Request, decision: &Decision) -> Option<&'static str> {
    match request.principal.kind {
        SessionKind::User | SessionKind::AssumedRole => {}
        _ => return Some("it takes users, groups and roles only"),
    }
    if request
        .action
        .to_ascii_lowercase()
        .starts_with("sts:assumerole")
    {
        return Some("it ignores role trust policies");
    }
    let says = |kind: LayerKind| {
        let layers = decision.legs.iter().flat_map(|leg| &leg.layers);
        let mut of_kind = layers.filter(|layer| layer.kind == kind);
        of_kind.any(|layer| layer.policies > 0 && layer.status != LayerStatus::NotApplicable)
    };
    if says(LayerKind::Rcp) {
        return Some("it does not evaluate resource control policies");
    }
    if says(LayerKind::Vpce) {
        return Some("it does not evaluate endpoint policies");
    }
    if says(LayerKind::Session) {
        return Some("it does not evaluate session policies");
    }
    let is_role = request.principal.kind == SessionKind::AssumedRole;
    if is_role && says(LayerKind::Resource) {
        return Some("it does not evaluate resource policies for roles");
    }
    None
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::iam::{PolicyKind, Principal, SourceId, parse_document_text};
    use crate::simulate::{NamedPolicy, Policies, PolicySet};

    use super::*;

    fn policy(text: &str, kind: PolicyKind) -> NamedPolicy {
        let document = parse_document_text(text, SourceId(0), kind).unwrap();
        NamedPolicy::new("one", kind, Arc::new(document))
    }

    fn asked(principal: Principal, set: &PolicySet, answer: AwsAnswer<'_>) -> Verdict {
        let request = Request::new(principal, "s3:GetObject", "arn:aws:s3:::a/b");
        let decision = Policies::compile(set).evaluate(&request);
        verdict(&request, &decision, answer)
    }

    fn answer(decision: &str) -> AwsAnswer<'_> {
        AwsAnswer {
            resource: "arn:aws:s3:::a/b",
            decision,
            missing_context: &[],
        }
    }

    const ALLOW: &str =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#;

    #[test]
    fn the_same_and_another_answer() {
        let user = || Principal::user("arn:aws:iam::123456789012:user/jane");
        let set = PolicySet {
            identity: vec![policy(ALLOW, PolicyKind::Identity)],
            ..PolicySet::default()
        };
        assert_eq!(asked(user(), &set, answer("allowed")), Verdict::Agree);
        assert_eq!(asked(user(), &set, answer("implicitDeny")), Verdict::Differ);
        let none = PolicySet::default();
        assert_eq!(asked(user(), &none, answer("implicitDeny")), Verdict::Agree);
        assert_eq!(
            asked(user(), &none, answer("explicitDeny")),
            Verdict::Differ
        );
        let keys = ["aws:SourceIp".to_owned()];
        let missing = AwsAnswer {
            missing_context: &keys,
            ..answer("implicitDeny")
        };
        assert_eq!(
            asked(user(), &set, missing),
            Verdict::NeedsContext(keys.to_vec())
        );
    }

    #[test]
    fn what_aws_does_not_model_is_not_compared() {
        let role = || Principal::role_session("arn:aws:iam::123456789012:role/r", "s");
        let mut set = PolicySet {
            identity: vec![policy(ALLOW, PolicyKind::Identity)],
            ..PolicySet::default()
        };
        assert_eq!(asked(role(), &set, answer("allowed")), Verdict::Agree);
        set.session = Some(vec![policy(ALLOW, PolicyKind::Session)]);
        let verdict = asked(role(), &set, answer("allowed"));
        assert!(matches!(verdict, Verdict::NotComparable(why) if why.contains("session")));
        set.session = None;
        let anonymous = asked(Principal::anonymous(), &set, answer("allowed"));
        assert!(matches!(anonymous, Verdict::NotComparable(_)));
    }
}
