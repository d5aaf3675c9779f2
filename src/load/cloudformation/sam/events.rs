//! Events that call a function or start a state machine: permissions of functions, roles of rules
//! and schedules.

use std::sync::Arc;

use super::super::build::{arn_of, call, list, member, object, reference};
use super::super::scope::Scope;
use super::super::template::Resource;
use super::{allow, deploying, inline_policy, queues, trust};
use crate::iam::{Member, Node, Place};

/// Adds what the events of a function bring.
pub(super) fn of_function(scope: &Scope<'_>, function: &Resource, made: &mut Vec<Arc<Resource>>) {
    let events = function.properties.get("Events").map(Node::members);
    for event in events.unwrap_or_default() {
        let id = format!("{}{}", function.id, event.key);
        let Some(kind) = event.value.get("Type").and_then(Node::as_str) else {
            continue;
        };
        let none = object(event.place, Vec::new());
        let properties = event.value.get("Properties").unwrap_or(&none);
        if kind == "ScheduleV2" {
            let target = deploying::target(scope, function, event.place);
            let statement = allow(&["lambda:InvokeFunction"], target);
            let policy = inline_policy(format!("{id}LambdaPolicy"), vec![statement]);
            let service = "scheduler.amazonaws.com";
            let boundary = properties.get("PermissionsBoundary");
            made.extend(event_role(
                function, properties, &id, service, policy, boundary,
            ));
            continue;
        }
        let Some((principal, mut members)) =
            invoker(scope, kind, properties, &id, function, event.place, made)
        else {
            continue;
        };
        members.push(member(
            "Action",
            Node::string(event.place, "lambda:InvokeFunction"),
        ));
        let called = deploying::target(scope, function, event.place);
        members.push(member("FunctionName", called));
        members.push(member("Principal", Node::string(event.place, principal)));
        let id = match kind {
            "Cognito" => format!("{}CognitoPermission", function.id),
            // The stage of the API that events make.
            "Api" if properties.get("RestApiId").is_none() => format!("{id}PermissionProd"),
            _ => format!("{id}Permission"),
        };
        if made.iter().all(|one| one.id != id) {
            let friendly = format!("event {} of {}", event.key, function.id);
            let properties = object(event.place, members);
            let kind = "AWS::Lambda::Permission";
            made.push(Arc::new(function.made(id, kind, properties, friendly)));
        }
    }
}

/// The service that an event comes from, and what its permission is limited to.
fn invoker(
    scope: &Scope<'_>,
    kind: &str,
    properties: &Node,
    id: &str,
    function: &Resource,
    place: Place,
    made: &mut Vec<Arc<Resource>>,
) -> Option<(&'static str, Vec<Member>)> {
    let account = || member("SourceAccount", reference(place, "AWS::AccountId"));
    Some(match kind {
        "S3" => ("s3.amazonaws.com", vec![account()]),
        // Through a queue the function polls.
        "SNS" if properties.get("SqsSubscription").is_some_and(is_on) => {
            queues::of_topic(function, properties, id, made);
            return None;
        }
        "SNS" => {
            let topic = properties.get("Topic")?.clone();
            ("sns.amazonaws.com", vec![member("SourceArn", topic)])
        }
        "Schedule" | "CloudWatchEvent" | "EventBridgeRule" => {
            let bus = properties.get("EventBusName").cloned();
            let bus = bus.map(|bus| member("EventBusName", bus));
            let rule = function.made(
                id.to_owned(),
                "AWS::Events::Rule",
                object(place, bus.into_iter().collect()),
                format!("rule of {}", function.id),
            );
            made.push(Arc::new(rule));
            queues::of_rule(function, properties, id, made);
            (
                "events.amazonaws.com",
                vec![member("SourceArn", arn_of(place, id))],
            )
        }
        "CloudWatchLogs" => {
            let group = properties.get("LogGroupName")?.clone();
            let text = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${__LogGroupName__}:*";
            let variables = object(place, vec![member("__LogGroupName__", group)]);
            let argument = vec![Node::string(place, text), variables];
            let arn = call("Fn::Sub", list(place, argument));
            ("logs.amazonaws.com", vec![member("SourceArn", arn)])
        }
        "IoTRule" => {
            let rule = function.made(
                id.to_owned(),
                "AWS::IoT::TopicRule",
                object(place, Vec::new()),
                format!("rule of {}", function.id),
            );
            made.push(Arc::new(rule));
            let arn = format!(
                "arn:${{AWS::Partition}}:iot:${{AWS::Region}}:${{AWS::AccountId}}:rule/${{{id}}}"
            );
            let arn = call("Fn::Sub", Node::string(place, arn));
            (
                "iot.amazonaws.com",
                vec![account(), member("SourceArn", arn)],
            )
        }
        "AlexaSkill" => {
            let skill = properties.get("SkillId").cloned();
            let token = skill.map(|skill| member("EventSourceToken", skill));
            ("alexa-appkit.amazon.com", token.into_iter().collect())
        }
        "Cognito" => {
            let pool = properties.get("UserPool")?.get("Ref")?.as_str()?;
            (
                "cognito-idp.amazonaws.com",
                vec![member("SourceArn", arn_of(place, pool))],
            )
        }
        "Api" | "HttpApi" => {
            let arn = route(scope, kind, properties, place)?;
            ("apigateway.amazonaws.com", vec![member("SourceArn", arn)])
        }
        _ => return None,
    })
}

/// Whether a switch is on: `true`, or the settings of what it switches.
pub(super) fn is_on(node: &Node) -> bool {
    node.scalar().is_none_or(|text| text != *"false")
}

/// The ARN of a route of an API: any stage, the method and the path with its variables as `*`.
fn route(scope: &Scope<'_>, kind: &str, properties: &Node, place: Place) -> Option<Node> {
    let (implicit, property) = match kind {
        "Api" => ("ServerlessRestApi", "RestApiId"),
        _ => ("ServerlessHttpApi", "ApiId"),
    };
    let api = match properties.get(property) {
        Some(api) => match api.as_str() {
            Some(id) if scope.resource(id).is_some() => reference(place, id),
            _ => api.clone(),
        },
        None => reference(place, implicit),
    };
    let method = properties
        .get("Method")
        .and_then(Node::as_str)
        .unwrap_or("*");
    let method = match method {
        "any" | "ANY" | "x-amazon-apigateway-any-method" => "*".to_owned(),
        method => method.to_uppercase(),
    };
    let path = properties
        .get("Path")
        .and_then(Node::as_str)
        .unwrap_or("/*");
    let segments = path.split('/').map(|segment| {
        let is_variable = segment.starts_with('{') && segment.ends_with('}');
        if is_variable || segment == "$default" {
            "*"
        } else {
            segment
        }
    });
    let path = segments.collect::<Vec<_>>().join("/");
    let text = format!(
        "arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{__ApiId__}}/*/{method}{path}"
    );
    let variables = object(place, vec![member("__ApiId__", api)]);
    Some(call(
        "Fn::Sub",
        list(place, vec![Node::string(place, text), variables]),
    ))
}

/// Adds the roles with which events start a state machine.
pub(super) fn of_machine(machine: &Resource, made: &mut Vec<Arc<Resource>>) {
    let events = machine.properties.get("Events").map(Node::members);
    for event in events.unwrap_or_default() {
        let service = match event.value.get("Type").and_then(Node::as_str) {
            Some("Schedule" | "CloudWatchEvent" | "EventBridgeRule") => "events.amazonaws.com",
            Some("ScheduleV2") => "scheduler.amazonaws.com",
            Some("Api") => "apigateway.amazonaws.com",
            _ => continue,
        };
        let id = format!("{}{}", machine.id, event.key);
        let none = object(event.place, Vec::new());
        let properties = event.value.get("Properties").unwrap_or(&none);
        let target = reference(event.place, &machine.id);
        let statement = allow(&["states:StartExecution"], target);
        let name = match service {
            "scheduler.amazonaws.com" => format!("{id}StartExecutionPolicy"),
            _ => format!("{id}RoleStartExecutionPolicy"),
        };
        let policy = inline_policy(name, vec![statement]);
        let boundary = properties.get("PermissionsBoundary");
        let boundary = boundary.or_else(|| machine.properties.get("PermissionsBoundary"));
        made.extend(event_role(
            machine, properties, &id, service, policy, boundary,
        ));
    }
}

/// The role of an event, unless it names one.
fn event_role(
    owner: &Resource,
    properties: &Node,
    id: &str,
    service: &str,
    policy: Option<Node>,
    boundary: Option<&Node>,
) -> Option<Arc<Resource>> {
    if properties.get("RoleArn").is_some() {
        return None;
    }
    let place = properties.place;
    let mut members = vec![
        member("AssumeRolePolicyDocument", trust(place, service)),
        member("Policies", list(place, policy.into_iter().collect())),
    ];
    members.extend(boundary.map(|boundary| member("PermissionsBoundary", boundary.clone())));
    Some(Arc::new(owner.made(
        format!("{id}Role"),
        "AWS::IAM::Role",
        object(place, members),
        format!("role of an event of {}", owner.id),
    )))
}
