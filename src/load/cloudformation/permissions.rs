//! Resources that are one statement of a resource's policy: `AWS::Lambda::Permission` and its like.
//! What they say is written out as the document that the service keeps.

use super::build::{list, member, object};
use super::resource_policies::subject_arn;
use super::scope::Scope;
use super::template::Resource;
use crate::iam::{Arn, Member, Node, Place, Value};

/// The document that a permission comes to; `None` for other types, or where it says nothing.
pub(super) fn document(scope: &Scope<'_>, resource: &Resource) -> Option<Node> {
    let property = |name: &str| resource.properties.get(name);
    let place = resource.place;
    let statement = match resource.kind.as_str() {
        "AWS::Lambda::Permission" => statement(
            resource,
            vec![
                member("Principal", principal(property("Principal")?)),
                member("Action", property("Action")?.clone()),
                member("Resource", function(scope, property("FunctionName")?)),
            ],
            &[
                ("ArnLike", "AWS:SourceArn", "SourceArn"),
                ("StringEquals", "AWS:SourceAccount", "SourceAccount"),
                ("StringEquals", "aws:PrincipalOrgID", "PrincipalOrgID"),
                (
                    "StringEquals",
                    "lambda:FunctionUrlAuthType",
                    "FunctionUrlAuthType",
                ),
                (
                    "StringEquals",
                    "lambda:EventSourceToken",
                    "EventSourceToken",
                ),
            ],
        ),
        "AWS::Lambda::LayerVersionPermission" => statement(
            resource,
            vec![
                member("Principal", principal(property("Principal")?)),
                member("Action", property("Action")?.clone()),
                member("Resource", property("LayerVersionArn")?.clone()),
            ],
            &[("StringEquals", "aws:PrincipalOrgID", "OrganizationId")],
        ),
        "AWS::Events::EventBusPolicy" => match property("Statement") {
            Some(statement) => statement.clone(),
            None => statement(
                resource,
                vec![
                    member("Principal", principal(property("Principal")?)),
                    member("Action", property("Action")?.clone()),
                    member("Resource", Node::string(place, "*")),
                    // The older form has one condition: an organisation.
                    member("Condition", old_condition(property("Condition"), place)),
                ],
                &[],
            ),
        },
        _ => return None,
    };
    Some(object(
        place,
        vec![
            member("Version", Node::string(place, "2012-10-17")),
            member("Statement", list(place, vec![statement])),
        ],
    ))
}

/// A function by its ARN, where a permission names it.
fn function(scope: &Scope<'_>, named: &Node) -> Node {
    match scope.one_text(named) {
        Some(text) => {
            let arn = subject_arn(scope, "AWS::Lambda::Permission", &text);
            Node::string(named.place, arn)
        }
        None => named.clone(),
    }
}

/// A statement that allows, under the conditions whose properties are there.
fn statement(
    resource: &Resource,
    mut members: Vec<Member>,
    conditions: &[(&str, &str, &str)],
) -> Node {
    let place = resource.place;
    let mut operators: Vec<Member> = Vec::new();
    for (operator, key, property) in conditions {
        let Some(value) = resource.properties.get(property) else {
            continue;
        };
        let test = member(key, value.clone());
        match operators.iter_mut().find(|found| found.key == **operator) {
            Some(Member {
                value:
                    Node {
                        value: Value::Object(tests),
                        ..
                    },
                ..
            }) => tests.push(test),
            _ => operators.push(member(operator, object(value.place, vec![test]))),
        }
    }
    members.insert(0, member("Effect", Node::string(place, "Allow")));
    if !operators.is_empty() {
        members.push(member("Condition", object(place, operators)));
    }
    object(place, members)
}

/// These properties take a service, an account, an ARN or `*`, without saying which.
fn principal(node: &Node) -> Node {
    let place = node.place;
    let kind = match node.as_str() {
        Some("*") => return Node::string(place, "*"),
        Some(text) if Arn::is_account_id(text) || text.starts_with("arn:") => "AWS",
        Some(_) => "Service",
        // References mean accounts and roles, and services are written out.
        None if is_service(node) => "Service",
        None => "AWS",
    };
    object(place, vec![member(kind, node.clone())])
}

/// Whether an expression ends in the domain of a service: `!Sub states.${AWS::Region}.amazonaws.com`.
fn is_service(node: &Node) -> bool {
    match &node.value {
        Value::String(text) => text.to_string().contains("amazonaws"),
        Value::List(items) => items.iter().any(is_service),
        Value::Object(members) => members.iter().any(|member| {
            is_service(&member.value) || member.value.as_str() == Some("AWS::URLSuffix")
        }),
        _ => false,
    }
}

/// `{"Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": "o-..."}`
fn old_condition(node: Option<&Node>, place: Place) -> Node {
    let written = node.and_then(|node| {
        let text = |name: &str| Some(node.get(name)?.as_str()?.to_owned());
        let test = member(&text("Key")?, node.get("Value")?.clone());
        Some(member(&text("Type")?, object(place, vec![test])))
    });
    object(place, written.into_iter().collect())
}
