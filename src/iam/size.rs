//! How large a policy may be (IAM: reference_iam-quotas).

use super::{Place, PolicyKind, Problem};

/// A limit on the size of policies (IAM: reference_iam-quotas).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SizeLimit {
    /// A managed policy: 6,144 characters without white space.
    Managed,
    /// All inline policies of a user together: 2,048 without white space.
    InlineUser,
    /// All inline policies of a group together: 5,120 without white space.
    InlineGroup,
    /// All inline policies of a role together: 10,240 without white space.
    InlineRole,
    /// A trust policy: 2,048 without white space, up to 4,096 on request.
    Trust,
    /// Session policies: 2,048 as plain text.
    Session,
    /// A service or resource control policy: 5,120, everything counted.
    Organisation,
    /// A VPC endpoint policy: 20,480 with white space.
    Endpoint,
}

impl SizeLimit {
    /// The limit for a document of which only the kind is known.
    pub fn of(kind: PolicyKind) -> Option<SizeLimit> {
        match kind {
            PolicyKind::Identity | PolicyKind::Boundary => Some(SizeLimit::Managed),
            PolicyKind::Trust => Some(SizeLimit::Trust),
            PolicyKind::Session => Some(SizeLimit::Session),
            PolicyKind::Scp | PolicyKind::Rcp => Some(SizeLimit::Organisation),
            PolicyKind::Vpce => Some(SizeLimit::Endpoint),
            PolicyKind::Resource => None,
        }
    }

    fn rule(self) -> (usize, bool, &'static str) {
        match self {
            SizeLimit::Managed => (6_144, false, "a managed policy"),
            SizeLimit::InlineUser => (2_048, false, "all inline policies of a user"),
            SizeLimit::InlineGroup => (5_120, false, "all inline policies of a group"),
            SizeLimit::InlineRole => (10_240, false, "all inline policies of a role"),
            SizeLimit::Trust => (2_048, false, "a trust policy (4,096 on request)"),
            SizeLimit::Session => (2_048, true, "session policies"),
            SizeLimit::Organisation => (5_120, true, "a control policy of an organisation"),
            SizeLimit::Endpoint => (20_480, true, "a VPC endpoint policy"),
        }
    }
}

/// The problem that a policy's text is longer than AWS accepts, if it is.
pub fn check_size(text: &str, limit: SizeLimit, place: Place) -> Option<Problem> {
    let (most, white_space, what) = limit.rule();
    let counted = text
        .chars()
        .filter(|character| white_space || !character.is_whitespace())
        .count();
    if counted <= most {
        return None;
    }
    let message = format!("{counted} characters, where {what} may have {most}");
    let rejected = matches!(
        limit,
        SizeLimit::Managed | SizeLimit::Session | SizeLimit::Organisation
    );
    let problem = if rejected {
        Problem::error(place, message)
    } else {
        Problem::warning(place, message)
    };
    Some(problem.page("IAM:reference_iam-quotas"))
}
