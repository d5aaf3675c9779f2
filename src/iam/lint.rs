//! What AWS rejects or what is probably not meant, beyond the bare grammar: rules that depend on the
//! kind of policy, on the whole statement, or on a value's form.

use std::collections::HashMap;

use super::keys::{KeyType, global_key};
use super::variable::{Fragment, fragments};
use super::{
    ActionElement, BaseOperator, Condition, Document, Effect, Entry, Node, Place, PolicyKind,
    PrincipalElement, PrincipalType, PrincipalValue, Problem, ResourceElement, Statement, Value,
    Version, glob_matches, literal,
};

const ACTION: &str = "IAM:reference_policies_elements_action";
const RESOURCE: &str = "IAM:reference_policies_elements_resource";
const PRINCIPAL: &str = "IAM:reference_policies_elements_principal";
const NOT_PRINCIPAL: &str = "IAM:reference_policies_elements_notprincipal";
const OPERATORS: &str = "IAM:reference_policies_elements_condition_operators";
const VARIABLES: &str = "IAM:reference_policies_variables";
const SID: &str = "IAM:reference_policies_elements_sid";
const RCP: &str = "ORG:orgs_manage_policies_rcps_syntax";
const SCP: &str = "ORG:orgs_manage_policies_scps_syntax";
const SHARED_OIDC: &str = "IAM:id_roles_providers_oidc_secure-by-default";

/// The actions that a trust policy may name.
const TRUST_ACTIONS: [&str; 6] = [
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:TagSession",
    "sts:SetSourceIdentity",
    "sts:SetContext",
];

/// Identity providers that many tenants share, and the claim that tells the tenants apart.
const SHARED_ISSUERS: [(&str, &str); 12] = [
    ("agent.buildkite.com", "sub"),
    ("api.pulumi.com/oidc", "aud"),
    ("app.terraform.io", "sub"),
    ("cognito-identity.amazonaws.com", "aud"),
    ("gitlab.com", "sub"),
    ("oidc-configuration.audit-log.githubusercontent.com", "sub"),
    ("oidc.codefresh.io", "sub"),
    ("oidc.vercel.com", "aud"),
    ("proidc.upbound.io", "sub"),
    ("scalr.io", "sub"),
    ("token.actions.githubusercontent.com", "sub"),
    ("vstoken.actions.githubusercontent.com", "sub"),
];

/// Characters that no policy may hold (IAM API: the pattern of PolicyDocument).
pub(super) fn characters(node: &Node, problems: &mut Vec<Problem>) {
    let mut check = |text: &super::Text, place: Place| {
        for piece in text.pieces().filter_map(Result::ok) {
            if piece.bytes().all(|byte| matches!(byte, b' '..=b'\x7f')) {
                continue;
            }
            let outside = |c: &char| !matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}');
            if let Some(character) = piece.chars().find(outside) {
                problems.push(
                    Problem::error(
                        place,
                        format!(
                            "character U+{:04X} cannot stand in a policy (allowed: tab, line ends, U+0020 to U+00FF)",
                            u32::from(character)
                        ),
                    )
                    .page("IAM API:PutUserPolicy"),
                );
            }
        }
    };
    let mut todo = vec![node];
    while let Some(node) = todo.pop() {
        match &node.value {
            Value::String(text) => check(text, node.place),
            Value::List(items) => todo.extend(items),
            Value::Object(members) => {
                for member in members {
                    check(&member.key, member.place);
                    todo.push(&member.value);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// Rules about the document as a whole.
pub(super) fn document(
    document: &Document,
    node: &Node,
    kind: PolicyKind,
    problems: &mut Vec<Problem>,
) {
    if matches!(kind, PolicyKind::Scp | PolicyKind::Rcp) && document.version != Version::V2012 {
        let page = if kind == PolicyKind::Scp { SCP } else { RCP };
        problems.push(
            Problem::error(
                document.place,
                format!(
                    "a {} must carry `\"Version\": \"2012-10-17\"`",
                    kind.words()
                ),
            )
            .page(page),
        );
    }
    if let Some(id) = node.get("Id")
        && !matches!(
            kind,
            PolicyKind::Resource | PolicyKind::Trust | PolicyKind::Vpce
        )
    {
        problems.push(
            Problem::warning(id.place, "`Id` is for resource-based policies only")
                .page("IAM:reference_policies_elements_id"),
        );
    }
    sids(document, kind, problems);
    for statement in &document.statements {
        variables(statement, document.version, problems);
    }
}

fn sids(document: &Document, kind: PolicyKind, problems: &mut Vec<Problem>) {
    // Services that keep resource policies are laxer than IAM.
    let lax = matches!(kind, PolicyKind::Resource | PolicyKind::Vpce);
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for statement in &document.statements {
        let Some(sid) = statement.sid.as_ref().and_then(|sid| sid.as_plain()) else {
            continue;
        };
        if sid.is_empty() {
            continue;
        }
        let mut report = |message: String| {
            let problem = if lax {
                Problem::warning(statement.place, message)
            } else {
                Problem::error(statement.place, message)
            };
            problems.push(problem.page(SID));
        };
        if !sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            report(format!(
                "`Sid` may hold only A-Z, a-z and 0-9, found `{sid}`"
            ));
        }
        // Statements under exclusive template conditions may share a Sid: only one of them exists.
        if statement.guard.is_always()
            && let Some(first) = seen.insert(sid, statement.number)
        {
            report(format!("`Sid` `{sid}` is also that of statement {first}"));
        }
    }
}

/// Rules about a statement whose breach makes its effect unknown: AWS would not accept it.
pub(super) fn statement(statement: &Statement, kind: PolicyKind, problems: &mut Vec<Problem>) {
    elements(statement, kind, problems);
    if let Some(action) = &statement.action {
        actions(action, statement, kind, problems);
    }
    if let Some(resource) = &statement.resource {
        resources(resource, kind, problems);
    }
    if let Some(principal) = &statement.principal {
        principals(principal, kind, problems);
    }
    for condition in &statement.conditions {
        if let Some(key) = condition.key.as_plain()
            && !key.contains(':')
        {
            problems.push(
                Problem::error(
                    condition.place,
                    format!("condition key `{key}` has no service prefix"),
                )
                .hint("condition keys look like `aws:SourceIp` or `s3:prefix`"),
            );
        }
    }
}

/// Which elements a kind of policy must have and may not have.
fn elements(statement: &Statement, kind: PolicyKind, problems: &mut Vec<Problem>) {
    use PolicyKind::{
        Boundary, Identity, Rcp as RcpKind, Resource, Scp as ScpKind, Session, Trust, Vpce,
    };
    let mut error = |place: Place, message: String, page: &'static str| {
        problems.push(Problem::error(place, message).page(page));
    };
    let words = kind.words();
    let named = statement.principal.as_ref();
    match kind {
        Identity | Boundary | Session | ScpKind => {
            if let Some(principal) = named {
                let name = if principal.not {
                    "NotPrincipal"
                } else {
                    "Principal"
                };
                error(
                    principal.place,
                    format!("a {words} cannot have `{name}`"),
                    PRINCIPAL,
                );
            }
        }
        Resource | Trust | RcpKind | Vpce => {
            if named.is_none() {
                error(
                    statement.place,
                    format!("a statement of a {words} must have `Principal`"),
                    PRINCIPAL,
                );
            }
        }
    }
    if let Some(principal) = named.filter(|principal| principal.not)
        && matches!(kind, Trust | RcpKind)
    {
        error(
            principal.place,
            format!("a {words} cannot have `NotPrincipal`"),
            NOT_PRINCIPAL,
        );
    }
    match (kind, &statement.resource) {
        (Trust, Some(resource)) => {
            let message = "a trust policy cannot have `Resource`: the role is implied".to_owned();
            error(resource.place, message, RESOURCE);
        }
        (Trust, None) | (_, Some(_)) => {}
        (Resource, None) => problems.push(
            Problem::warning(
                statement.place,
                "the statement has no `Resource`: most services require one; it is taken for the resource itself",
            )
            .page(RESOURCE),
        ),
        (_, None) => {
            error(statement.place, "the statement has neither `Resource` nor `NotResource`".to_owned(), RESOURCE);
        }
    }
    if kind == RcpKind && statement.effect == Some(Effect::Allow) {
        let message = "a resource control policy can only deny".to_owned();
        problems.push(Problem::error(statement.place, message).page(RCP));
    }
}

fn actions(
    action: &ActionElement,
    statement: &Statement,
    kind: PolicyKind,
    problems: &mut Vec<Problem>,
) {
    if kind == PolicyKind::Rcp && action.not {
        problems.push(
            Problem::error(
                action.place,
                "a resource control policy cannot have `NotAction`",
            )
            .page(RCP),
        );
    }
    if action.not && statement.effect == Some(Effect::Allow) {
        problems.push(
            Problem::warning(action.place, "`NotAction` with `Allow` allows every other action on these resources, also of services yet to come")
                .page("IAM:reference_policies_elements_notaction"),
        );
    }
    for entry in &action.entries {
        let Some(text) = entry.text.as_plain() else {
            continue;
        };
        if text == "*" {
            if kind == PolicyKind::Rcp {
                problems.push(
                    Problem::error(entry.place, "an action of a resource control policy needs a service prefix: `*` alone is not accepted")
                        .page(RCP),
                );
            } else if kind == PolicyKind::Trust {
                problems.push(not_for_trust(entry, text));
            }
            continue;
        }
        let Some((prefix, name)) = text.split_once(':') else {
            problems.push(
                Problem::error(
                    entry.place,
                    format!("action `{text}` has no service prefix"),
                )
                .hint("actions look like `s3:GetObject`")
                .page(ACTION),
            );
            continue;
        };
        let good = |text: &str, also: &str| {
            !text.is_empty()
                && text
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || also.contains(c))
        };
        // A variable there is plain text to AWS; it has a warning of its own.
        let good_name = name.contains("${") || good(name, "-_*?.");
        if !good(prefix, "-_*?") || !good_name || name.trim() != name {
            problems
                .push(Problem::error(entry.place, format!("`{text}` is no action")).page(ACTION));
        } else if prefix.contains(['*', '?']) {
            problems.push(
                Problem::warning(
                    entry.place,
                    format!("action `{text}` has a wildcard in its service prefix"),
                )
                .page(ACTION),
            );
        }
        if kind == PolicyKind::Trust && !action.not {
            let wanted = text.to_ascii_lowercase();
            if !TRUST_ACTIONS
                .iter()
                .any(|known| glob_matches(&wanted, &known.to_ascii_lowercase()))
            {
                problems.push(not_for_trust(entry, text));
            }
        }
    }
}

fn not_for_trust(entry: &Entry, text: &str) -> Problem {
    Problem::error(
        entry.place,
        format!("a trust policy may only name actions that assume a role, found `{text}`"),
    )
    .hint(format!("use one of {}", TRUST_ACTIONS.join(", ")))
    .page("IAM:troubleshoot_roles")
}

fn resources(resource: &ResourceElement, kind: PolicyKind, problems: &mut Vec<Problem>) {
    for entry in &resource.entries {
        let Some(text) = entry.text.as_plain() else {
            continue;
        };
        if text.chars().all(|character| character == '*') && !text.is_empty() {
            continue;
        }
        let fields: Vec<&str> = text.splitn(6, ':').collect();
        if fields.first() != Some(&"arn") {
            let message = format!("resource `{text}` is neither an ARN nor `*`");
            // Some services accept short forms in their own policies (API Gateway: `execute-api:/stage/*`).
            let problem = if matches!(kind, PolicyKind::Resource | PolicyKind::Vpce) {
                Problem::warning(entry.place, message)
            } else {
                Problem::error(entry.place, message)
            };
            problems.push(problem.page(RESOURCE));
            continue;
        }
        if fields.len() < 6 {
            let found = fields.len();
            let (severe, end) = match kind {
                PolicyKind::Session => (true, "a session policy with it is rejected"),
                PolicyKind::Identity | PolicyKind::Boundary => (false, "AWS completes it with `*`"),
                _ => (false, "it is not completed here and matches nothing"),
            };
            let message = format!("ARN `{text}` has {found} of 6 fields: {end}");
            problems.push(if severe {
                Problem::error(entry.place, message).page(RESOURCE)
            } else {
                Problem::warning(entry.place, message).page(RESOURCE)
            });
        }
        if fields
            .get(2)
            .is_some_and(|service| service.contains(['*', '?']))
        {
            problems.push(
                Problem::warning(
                    entry.place,
                    format!("ARN `{text}` has a wildcard in its service, which AWS does not allow"),
                )
                .page(RESOURCE),
            );
        }
    }
}

fn principals(principal: &PrincipalElement, kind: PolicyKind, problems: &mut Vec<Problem>) {
    for value in &principal.entries {
        let Some(text) = value.entry.text.as_plain() else {
            continue;
        };
        let reason = match value.kind {
            _ if kind == PolicyKind::Rcp && value.kind != PrincipalType::Everyone => {
                Some("a resource control policy accepts only `\"*\"`")
            }
            PrincipalType::Everyone => None,
            // A group is reported with the advice: it names nobody, which is no unknown.
            PrincipalType::Aws => match PrincipalValue::parse(text) {
                PrincipalValue::Invalid(reason) => Some(reason),
                _ => None,
            },
            PrincipalType::Service if text.contains(['*', '?']) => {
                Some("services cannot be named by a wildcard")
            }
            PrincipalType::Service if !text.contains('.') => {
                Some("services look like `ec2.amazonaws.com`")
            }
            PrincipalType::Federated if kind != PolicyKind::Trust => {
                Some("identity providers can be named in trust policies only")
            }
            PrincipalType::Federated if text.contains(['*', '?']) => {
                Some("identity providers cannot be named by a wildcard")
            }
            PrincipalType::CanonicalUser if kind == PolicyKind::Trust => {
                Some("canonical user ids are for S3 policies only")
            }
            PrincipalType::Service | PrincipalType::Federated | PrincipalType::CanonicalUser => {
                None
            }
        };
        if let Some(reason) = reason {
            problems.push(
                Problem::error(value.entry.place, format!("principal `{text}`: {reason}"))
                    .page(PRINCIPAL),
            );
        }
    }
}

/// What AWS defines an effect for, so that the statement stays readable, and what is only advice.
pub(super) fn advice(statement: &Statement, kind: PolicyKind, problems: &mut Vec<Problem>) {
    if let Some(principal) = &statement.principal {
        not_principal(principal, statement, kind, problems);
        principal_advice(principal, statement, kind, problems);
    }
    for condition in &statement.conditions {
        condition_advice(condition, problems);
    }
    if kind == PolicyKind::Trust {
        shared_issuers(statement, problems);
    }
}

fn not_principal(
    principal: &PrincipalElement,
    statement: &Statement,
    kind: PolicyKind,
    problems: &mut Vec<Problem>,
) {
    if !principal.not || !matches!(kind, PolicyKind::Resource | PolicyKind::Vpce) {
        return;
    }
    let problem = if statement.effect == Some(Effect::Allow) {
        Problem::error(
            principal.place,
            "`NotPrincipal` with `Allow` is not supported and grants nothing",
        )
    } else {
        Problem::warning(
            principal.place,
            "`NotPrincipal` with `Deny` spares a caller only when its account, role and session are all listed, and never one with a permissions boundary",
        )
    };
    problems.push(
        problem
            .hint("use `Principal: \"*\"` with `ArnNotEquals` on `aws:PrincipalArn`")
            .page(NOT_PRINCIPAL),
    );
}

fn principal_advice(
    principal: &PrincipalElement,
    statement: &Statement,
    kind: PolicyKind,
    problems: &mut Vec<Problem>,
) {
    for value in &principal.entries {
        let Some(text) = value.entry.text.as_plain() else {
            continue;
        };
        let aws = matches!(value.kind, PrincipalType::Aws | PrincipalType::Everyone);
        match PrincipalValue::parse(text) {
            PrincipalValue::Group(_) if aws => problems.push(
                Problem::error(
                    value.entry.place,
                    format!("principal `{text}`: a group is never a principal"),
                )
                .page(PRINCIPAL),
            ),
            PrincipalValue::Everyone
                if aws
                    && kind == PolicyKind::Trust
                    && !principal.not
                    && statement.effect == Some(Effect::Allow)
                    && statement.conditions.is_empty() =>
            {
                problems.push(
                    Problem::warning(value.entry.place, "everyone in every AWS account may assume this role")
                        .hint("name the accounts or roles, or add a condition such as `aws:PrincipalOrgID`")
                        .page(PRINCIPAL),
                );
            }
            PrincipalValue::Account(_)
                if aws && kind == PolicyKind::Vpce && statement.effect == Some(Effect::Allow) =>
            {
                problems.push(
                    Problem::warning(
                        value.entry.place,
                        "a gateway endpoint (S3, DynamoDB) takes an account for its root user only",
                    )
                    .hint("use `Principal: \"*\"` with `aws:PrincipalAccount`")
                    .page("VPC:vpc-endpoints-access"),
                )
            }
            _ => {}
        }
    }
}

fn shared_issuers(statement: &Statement, problems: &mut Vec<Problem>) {
    let Some(principal) = statement
        .principal
        .as_ref()
        .filter(|_| statement.effect == Some(Effect::Allow))
    else {
        return;
    };
    for value in principal
        .entries
        .iter()
        .filter(|value| value.kind == PrincipalType::Federated)
    {
        let Some(text) = value.entry.text.as_plain() else {
            continue;
        };
        let issuer = text
            .split_once(":oidc-provider/")
            .map_or(text, |(_, issuer)| issuer);
        let Some((_, claim)) = SHARED_ISSUERS.iter().find(|(shared, _)| *shared == issuer) else {
            continue;
        };
        let key = format!("{issuer}:{claim}");
        let tested = statement
            .conditions
            .iter()
            .any(|condition| condition.key.to_string().eq_ignore_ascii_case(&key));
        if !tested {
            problems.push(
                Problem::warning(
                    value.entry.place,
                    format!("`{issuer}` serves many tenants: without a condition on `{key}` any of them could assume this role, and IAM refuses such a policy"),
                )
                .page(SHARED_OIDC),
            );
        }
    }
}

fn condition_advice(condition: &Condition, problems: &mut Vec<Problem>) {
    let Some(operator) = condition.operator else {
        return;
    };
    for value in &condition.values {
        let Some(text) = value.text.as_plain() else {
            continue;
        };
        if let Some(expected) = literal::expected_form(operator.base, text) {
            problems.push(
                Problem::warning(
                    value.place,
                    format!("`{text}` is not {expected}: `{operator}` with it never matches, so the statement never applies"),
                )
                .page(OPERATORS),
            );
        } else if literal::is_zoneless_time(operator.base, text) {
            problems.push(
                Problem::warning(
                    value.place,
                    format!("`{text}` has no time zone and is taken as UTC"),
                )
                .page(OPERATORS),
            );
        }
    }
    let Some(key) = condition.key.as_plain().and_then(global_key) else {
        return;
    };
    if key.many && operator.set.is_none() && operator.base != BaseOperator::Null {
        problems.push(
            Problem::error(
                condition.place,
                format!("`{}` has several values: `{operator}` without `ForAllValues:` or `ForAnyValue:` never matches them", key.name),
            )
            .page("IAM:reference_policies_condition-single-vs-multi-valued-context-keys"),
        );
    }
    if !key.many && operator.set.is_some() {
        problems.push(
            Problem::warning(
                condition.place,
                format!(
                    "`{}` has a single value: `{operator}` is for keys with several",
                    key.name
                ),
            )
            .page("IAM:reference_policies_condition-single-vs-multi-valued-context-keys"),
        );
    }
    if key.kind == KeyType::Arn && operator.base.name().contains("String") {
        problems.push(
            Problem::warning(
                condition.place,
                format!("`{}` is an ARN: `{operator}` compares it as text, so that a wildcard also runs over colons", key.name),
            )
            .hint("use `ArnLike` or `ArnEquals`")
            .page(OPERATORS),
        );
    }
}

/// Variables where none is resolved, and text that looks like one and is not.
fn variables(statement: &Statement, version: Version, problems: &mut Vec<Problem>) {
    let mut check = |entry: &Entry, resolved_from: Option<usize>, place_words: &str| {
        let Some(text) = entry.text.as_plain().filter(|text| text.contains("${")) else {
            return;
        };
        let mut read = 0;
        for fragment in fragments(text) {
            let (message, length) = match fragment {
                Fragment::Literal(text) => (None, text.len()),
                Fragment::Malformed(text) => (
                    Some(format!(
                        "`{text}` is no policy variable and is taken as text"
                    )),
                    text.len(),
                ),
                Fragment::Variable { .. } | Fragment::Escaped(_) => {
                    let length = text
                        .get(read..)
                        .and_then(|rest| rest.find('}'))
                        .map_or(0, |end| end + 1);
                    let message = if version != Version::V2012 {
                        Some("policy variables need `\"Version\": \"2012-10-17\"`: here `${...}` is plain text".to_owned())
                    } else if resolved_from.is_none_or(|from| read < from) {
                        Some(format!(
                            "policy variables are not resolved {place_words}: here `${{...}}` is plain text"
                        ))
                    } else {
                        None
                    };
                    (message, length)
                }
            };
            read += length;
            if let Some(message) = message {
                problems.push(Problem::warning(entry.place, message).page(VARIABLES));
                return;
            }
        }
    };
    for entry in statement.action.iter().flat_map(|action| &action.entries) {
        check(entry, None, "in actions");
    }
    for entry in statement
        .resource
        .iter()
        .flat_map(|resource| &resource.entries)
    {
        let text = entry.text.as_plain().unwrap_or_default();
        let fifth_colon = text.match_indices(':').nth(4).map(|(at, _)| at);
        check(entry, fifth_colon, "before the fifth colon of an ARN");
    }
    for value in statement
        .principal
        .iter()
        .flat_map(|principal| &principal.entries)
    {
        check(&value.entry, None, "in principals");
    }
    for condition in &statement.conditions {
        let taken = condition
            .operator
            .is_none_or(|operator| operator.base.takes_variables());
        for value in &condition.values {
            check(value, taken.then_some(0), "with this operator");
        }
    }
}

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
