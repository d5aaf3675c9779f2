//! `AWS::Serverless::Function`: its role, and the permissions of what invokes it.

use std::sync::Arc;

use super::super::build::{arn_of, call, list, member, no_value, object, reference};
use super::super::evaluate::intrinsic;
use super::super::scope::Scope;
use super::super::template::Resource;
use super::super::text::is_no_value;
use super::policies::RolePolicies;
use super::{allow, as_kind, aws_policy, deploying, events, inline_policy, pollers, trust};
use crate::iam::{Member, Node, Value};

/// Adds the function, and what it brings.
pub(super) fn expand(scope: &Scope<'_>, function: &Resource, made: &mut Vec<Arc<Resource>>) {
    let mut own = Resource::clone(&as_kind(function, "AWS::Lambda::Function"));
    if let Some(role) = role(scope, function, made) {
        // Connectors ask the function for its role.
        if let Value::Object(members) = &mut own.properties.value {
            members.retain(|member| member.key != *"Role");
            members.push(member("Role", arn_of(function.place, &role.id)));
        }
        made.push(Arc::new(own));
        made.push(Arc::new(role));
    } else {
        made.push(Arc::new(own));
    }
    made.extend(deploying::alias(scope, function));
    deploying::add_role(scope, function, made);
    events::of_function(scope, function, made);
    function_url(scope, function, made);
}

/// The role that SAM makes, unless the function names one.
fn role(scope: &Scope<'_>, function: &Resource, made: &mut Vec<Arc<Resource>>) -> Option<Resource> {
    let property = |name: &str| function.properties.get(name);
    let given = property("Role").filter(|role| !matches!(role.value, Value::Null));
    let only_if = match given {
        None => None,
        Some(role) => Some(branch_without_role(role)?),
    };
    let id = format!("{}Role", function.id);
    let place = function.place;
    let mut policies = RolePolicies::default();
    policies.add_managed(aws_policy(
        scope,
        place,
        if property("DurableConfig").is_some() {
            "service-role/AWSLambdaBasicDurableExecutionRolePolicy"
        } else {
            "service-role/AWSLambdaBasicExecutionRole"
        },
    ));
    let tracing = property("Tracing");
    if tracing.is_some_and(|tracing| scope.known_text(tracing).as_deref() != Some("Disabled")) {
        policies.add_managed(aws_policy(scope, place, tracing_policy(scope)));
    }
    if property("VpcConfig").is_some() {
        let name = "service-role/AWSLambdaVPCAccessExecutionRole";
        policies.add_managed(aws_policy(scope, place, name));
    }
    policies.inline.extend(dead_letters(function));
    policies.inline.extend(destinations(function, made));
    if let Some(written) = property("Policies") {
        policies.add(scope, written, &id);
    }
    pollers::add_policies(scope, function, &mut policies);

    let assume = property("AssumeRolePolicyDocument").cloned();
    let mut members = vec![member(
        "AssumeRolePolicyDocument",
        assume.unwrap_or_else(|| trust(place, "lambda.amazonaws.com")),
    )];
    members.extend(policies.into_members(&function.properties));
    members.extend(copied(function, &[("RolePath", "Path")]));
    members.extend(copied(
        function,
        &[("PermissionsBoundary", "PermissionsBoundary")],
    ));
    members.extend(copied(function, &[("Tags", "Tags")]));
    let mut properties = object(place, members);
    if let Some((condition, when)) = only_if {
        let mut branches = [properties, no_value(place)];
        if !when {
            branches.reverse();
        }
        let argument = std::iter::once(condition).chain(branches).collect();
        properties = call("Fn::If", list(place, argument));
    }
    let friendly = format!("role of function {}", function.id);
    Some(function.made(id, "AWS::IAM::Role", properties, friendly))
}

/// A role that is given under a condition only: the condition, and the value that it has where there
/// is none. `None` where a role is given always.
fn branch_without_role(role: &Node) -> Option<(Node, bool)> {
    let Some(("Fn::If", argument)) = intrinsic(role) else {
        return None;
    };
    match argument.items() {
        [condition, yes, _] if is_no_value(yes) => Some((condition.clone(), true)),
        [condition, _, no] if is_no_value(no) => Some((condition.clone(), false)),
        _ => None,
    }
}

/// Properties that the role takes over, under its own names.
pub(super) fn copied(resource: &Resource, names: &[(&str, &str)]) -> Vec<Member> {
    let names = names.iter();
    names
        .filter_map(|(from, to)| Some(member(to, resource.properties.get(from)?.clone())))
        .collect()
}

/// Outside of `aws` SAM still takes the older policy.
pub(super) fn tracing_policy(scope: &Scope<'_>) -> &'static str {
    match scope.surroundings.partition.as_str() {
        "aws" => "AWSXrayWriteOnlyAccess",
        _ => "AWSXRayDaemonWriteAccess",
    }
}

fn dead_letters(function: &Resource) -> Option<Node> {
    let queue = function.properties.get("DeadLetterQueue")?;
    let action = match queue.get("Type")?.as_str()? {
        "SNS" => "sns:Publish",
        _ => "sqs:SendMessage",
    };
    let statement = allow(&[action], queue.get("TargetArn")?.clone());
    inline_policy("DeadLetterQueuePolicy".to_owned(), vec![statement])
}

/// Where results of asynchronous invocations go. Queues and topics that are not named are made.
fn destinations(function: &Resource, made: &mut Vec<Arc<Resource>>) -> Vec<Node> {
    let config = function.properties.get("EventInvokeConfig");
    let config = config.and_then(|config| config.get("DestinationConfig"));
    let Some(config) = config else {
        return Vec::new();
    };
    let base = format!("{}EventInvokeConfig", function.id);
    let mut policies = Vec::new();
    for event in ["OnSuccess", "OnFailure"] {
        let Some(destination) = config.get(event) else {
            continue;
        };
        let kind = destination.get("Type").and_then(Node::as_str);
        let id = format!("{base}{event}");
        let arn = match (destination.get("Destination"), kind) {
            (Some(arn), _) => arn.clone(),
            (None, Some("SQS")) => {
                made.push(Arc::new(function.made(
                    format!("{id}Queue"),
                    "AWS::SQS::Queue",
                    object(function.place, Vec::new()),
                    format!("{event} of function {}", function.id),
                )));
                arn_of(destination.place, &format!("{id}Queue"))
            }
            (None, Some("SNS")) => {
                made.push(Arc::new(function.made(
                    format!("{id}Topic"),
                    "AWS::SNS::Topic",
                    object(function.place, Vec::new()),
                    format!("{event} of function {}", function.id),
                )));
                reference(destination.place, &format!("{id}Topic"))
            }
            (None, _) => continue,
        };
        policies.extend(destination_policy(kind, arn, &id));
    }
    policies
}

/// The policy that lets a function send to a destination.
pub(super) fn destination_policy(kind: Option<&str>, arn: Node, id: &str) -> Option<Node> {
    let place = arn.place;
    let (end, statements) = match kind? {
        "SQS" => ("SQSPolicy", vec![allow(&["sqs:SendMessage"], arn)]),
        "SNS" => ("SNSPolicy", vec![allow(&["sns:publish"], arn)]),
        "EventBridge" => ("EventBridgePolicy", vec![allow(&["events:PutEvents"], arn)]),
        "Lambda" => ("LambdaPolicy", vec![allow(&["lambda:InvokeFunction"], arn)]),
        "S3Bucket" | "S3" => {
            let parts = vec![arn.clone(), Node::string(place, "*")];
            let argument = vec![Node::string(place, "/"), list(place, parts)];
            let objects = call("Fn::Join", list(place, argument));
            let write = allow(&["s3:PutObject"], objects);
            ("S3Policy", vec![write, allow(&["s3:ListBucket"], arn)])
        }
        _ => return None,
    };
    inline_policy(format!("{id}{end}"), statements)
}

/// A function URL without authentication may be called by everybody.
fn function_url(scope: &Scope<'_>, function: &Resource, made: &mut Vec<Arc<Resource>>) {
    let Some(config) = function.properties.get("FunctionUrlConfig") else {
        return;
    };
    if config.get("AuthType").and_then(Node::as_str) != Some("NONE") {
        return;
    }
    let place = config.place;
    let text = |text: &str| Node::string(place, text);
    let friendly = || format!("URL of function {}", function.id);
    let mut permit = |end: &str, action: &str, limit: crate::iam::Member| {
        let members = vec![
            member("Action", text(action)),
            member("FunctionName", deploying::target(scope, function, place)),
            member("Principal", text("*")),
            limit,
        ];
        let id = format!("{}{end}", function.id);
        let properties = object(place, members);
        let kind = "AWS::Lambda::Permission";
        made.push(Arc::new(function.made(id, kind, properties, friendly())));
    };
    permit(
        "UrlPublicPermissions",
        "lambda:InvokeFunctionUrl",
        member("FunctionUrlAuthType", text("NONE")),
    );
    permit(
        "URLInvokeAllowPublicAccess",
        "lambda:InvokeFunction",
        member("InvokedViaFunctionUrl", text("true")),
    );
}
