//! What AWS rejects or what is probably not meant, beyond the bare grammar: rules that depend on the
//! kind of policy, on the whole statement, or on a value's form.

mod conditions;
mod principals;
mod targets;

use std::collections::HashMap;

use super::{Document, Effect, Node, Place, PolicyKind, Problem, Statement, Text, Value, Version};

const PRINCIPAL: &str = "IAM:reference_policies_elements_principal";
const NOT_PRINCIPAL: &str = "IAM:reference_policies_elements_notprincipal";
const RESOURCE: &str = "IAM:reference_policies_elements_resource";
const SID: &str = "IAM:reference_policies_elements_sid";
const RCP: &str = "ORG:orgs_manage_policies_rcps_syntax";
const SCP: &str = "ORG:orgs_manage_policies_scps_syntax";

/// Characters that no policy may hold (IAM API: the pattern of PolicyDocument).
pub(super) fn characters(node: &Node, problems: &mut Vec<Problem>) {
    let mut check = |text: &Text, place: Place| {
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
        conditions::variables(statement, document.version, problems);
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
        targets::actions(action, statement, kind, problems);
    }
    if let Some(resource) = &statement.resource {
        targets::resources(resource, kind, problems);
    }
    if let Some(principal) = &statement.principal {
        principals::check(principal, kind, problems);
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

/// What AWS defines an effect for, so that the statement stays readable, and what is only advice.
pub(super) fn advice(statement: &Statement, kind: PolicyKind, problems: &mut Vec<Problem>) {
    if let Some(principal) = &statement.principal {
        principals::not_principal(principal, statement, kind, problems);
        principals::advice(principal, statement, kind, problems);
    }
    for condition in &statement.conditions {
        conditions::advice(condition, problems);
    }
    if kind == PolicyKind::Trust {
        principals::shared_issuers(statement, problems);
    }
}
