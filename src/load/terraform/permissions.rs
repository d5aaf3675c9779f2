//! Resources that are one statement of a policy: `aws_lambda_permission` and its like.

use crate::iam::{Arn, Document, Member, Node, PolicyKind, Text, Value, parse_document};

use super::Resource;

/// The document of a permission for a resource.
pub(super) fn document(resource: &Resource, subject: &Text) -> Option<Document> {
    let place = resource.place;
    let member = |name: &str, value: Node| Member {
        key: Text::plain(name),
        place,
        value,
    };
    let string = |text: Text| Node::string(place, text);
    let object = |members: Vec<Member>| Node::new(place, Value::Object(members));
    let principal = resource.text("principal")?;
    let principal = match principal.as_plain() {
        Some("*") => string(principal),
        Some(text) if Arn::is_account_id(text) || text.starts_with("arn:") => {
            object(vec![member("AWS", string(principal))])
        }
        _ => object(vec![member("Service", string(principal))]),
    };
    let mut operators: Vec<Member> = Vec::new();
    for (operator, key, attribute) in [
        ("ArnLike", "AWS:SourceArn", "source_arn"),
        ("StringEquals", "AWS:SourceAccount", "source_account"),
        ("StringEquals", "aws:PrincipalOrgID", "principal_org_id"),
        ("StringEquals", "aws:PrincipalOrgID", "organization_id"),
        (
            "StringEquals",
            "lambda:FunctionUrlAuthType",
            "function_url_auth_type",
        ),
        (
            "StringEquals",
            "lambda:EventSourceToken",
            "event_source_token",
        ),
    ] {
        let Some(value) = resource.text(attribute) else {
            continue;
        };
        let test = member(key, string(value));
        let same = operators.iter_mut().find(|one| one.key == *operator);
        match same.map(|one| &mut one.value.value) {
            Some(Value::Object(tests)) => tests.push(test),
            _ => operators.push(member(operator, object(vec![test]))),
        }
    }
    let mut statement = vec![
        member("Effect", Node::string(place, "Allow")),
        member("Principal", principal),
        member("Action", string(resource.text("action")?)),
        member("Resource", string(subject.clone())),
    ];
    if !operators.is_empty() {
        statement.push(member("Condition", object(operators)));
    }
    let statements = Node::new(place, Value::List(vec![object(statement)]));
    let whole = object(vec![
        member("Version", Node::string(place, "2012-10-17")),
        member("Statement", statements),
    ]);
    Some(parse_document(&whole, PolicyKind::Resource))
}
