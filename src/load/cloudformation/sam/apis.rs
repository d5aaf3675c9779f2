//! `AWS::Serverless::Api`: its resource policy, and the API that events make where none is named.

use std::sync::Arc;

use super::super::build::{call, list, member, object, reference};
use super::super::scope::Scope;
use super::super::template::Resource;
use super::{as_kind, globals};
use crate::iam::{Member, Node, Place, Value};

/// Adds the API under its CloudFormation type.
pub(super) fn expand(scope: &Scope<'_>, api: &Resource, made: &mut Vec<Arc<Resource>>) {
    let mut own = Resource::clone(&as_kind(api, "AWS::ApiGateway::RestApi"));
    let policy = api
        .properties
        .get("Auth")
        .and_then(|auth| auth.get("ResourcePolicy"));
    if let Some(policy) = policy.and_then(resource_policy)
        && let Value::Object(members) = &mut own.properties.value
    {
        members.push(member("Policy", policy));
    }
    made.push(Arc::new(own));
    let is_off = |authorizer: &Node| {
        let switch = authorizer.get("DisableFunctionDefaultPermissions");
        switch.is_some_and(|switch| scope.known_text(switch).as_deref() == Some("true"))
    };
    authorizers(api, &|authorizer| !is_off(authorizer), made);
}

/// Adds an HTTP API under its CloudFormation type.
pub(super) fn expand_http(scope: &Scope<'_>, api: &Resource, made: &mut Vec<Arc<Resource>>) {
    made.push(as_kind(api, "AWS::ApiGatewayV2::Api"));
    let is_on = |authorizer: &Node| {
        let switch = authorizer.get("EnableFunctionDefaultPermissions");
        switch.is_some_and(|switch| scope.known_text(switch).as_deref() == Some("true"))
    };
    authorizers(api, &is_on, made);
}

/// Adds the permissions with which an API calls the functions that authorise its requests.
fn authorizers(
    api: &Resource,
    is_permitted: &dyn Fn(&Node) -> bool,
    made: &mut Vec<Arc<Resource>>,
) {
    let auth = api.properties.get("Auth");
    let all = auth
        .and_then(|auth| auth.get("Authorizers"))
        .map(Node::members);
    for authorizer in all.unwrap_or_default() {
        let Some(function) = authorizer.value.get("FunctionArn") else {
            continue;
        };
        if !is_permitted(&authorizer.value) {
            continue;
        }
        let place = authorizer.place;
        let text = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/authorizers/*";
        let variables = object(place, vec![member("__ApiId__", reference(place, &api.id))]);
        let source = list(place, vec![Node::string(place, text), variables]);
        let members = vec![
            member("Action", Node::string(place, "lambda:InvokeFunction")),
            member("FunctionName", function.clone()),
            member("Principal", Node::string(place, "apigateway.amazonaws.com")),
            member("SourceArn", call("Fn::Sub", source)),
        ];
        made.push(Arc::new(api.made(
            format!("{}{}AuthorizerPermission", api.id, authorizer.key),
            "AWS::Lambda::Permission",
            object(place, members),
            format!("authorizer {} of {}", authorizer.key, api.id),
        )));
    }
}

/// Adds the APIs that events make.
pub(super) fn add_implicit(scope: &Scope<'_>, made: &mut Vec<Arc<Resource>>) {
    for (id, event, property, kind) in [
        (
            "ServerlessRestApi",
            "Api",
            "RestApiId",
            "AWS::Serverless::Api",
        ),
        (
            "ServerlessHttpApi",
            "HttpApi",
            "ApiId",
            "AWS::Serverless::HttpApi",
        ),
    ] {
        let makes_it = |resource: &&Arc<Resource>| {
            let events = resource.properties.get("Events").map(Node::members);
            let is_api = |member: &Member| {
                let properties = member.value.get("Properties");
                member.value.get("Type").and_then(Node::as_str) == Some(event)
                    && properties.is_none_or(|properties| properties.get(property).is_none())
            };
            events.unwrap_or_default().iter().any(is_api)
        };
        if let Some(owner) = scope.resources().iter().find(makes_it)
            && scope.resource(id).is_none()
        {
            let nothing = object(owner.place, Vec::new());
            let api = Arc::new(Resource {
                condition: None,
                ..owner.made(id.to_owned(), kind, nothing, "API of the events".to_owned())
            });
            let api = globals::applied(scope, &api);
            match event {
                "Api" => expand(scope, &api, made),
                _ => expand_http(scope, &api, made),
            }
        }
    }
}

/// The policy of `Auth.ResourcePolicy`: its statements, and those that its lists stand for. A list
/// that denies, or that only lets some in, comes with a statement that lets all others in or
/// keeps them out.
fn resource_policy(node: &Node) -> Option<Node> {
    let place = node.place;
    let mut statements: Vec<Node> = Vec::new();
    if let Some(custom) = node.get("CustomStatements") {
        statements.extend(custom.one_or_many().iter().cloned());
    }
    let values = |name: &str| node.get(name).cloned();
    if let Some(accounts) = values("AwsAccountWhitelist") {
        let principal = object(place, vec![member("AWS", accounts)]);
        statements.push(statement(place, "Allow", principal, None));
    }
    if let Some(accounts) = values("AwsAccountBlacklist") {
        let principal = object(place, vec![member("AWS", accounts)]);
        statements.push(statement(place, "Deny", principal, None));
    }
    // Networks and endpoints are listed together, and told apart by their ids.
    let of_kind = |name: &str, is_endpoint: bool| {
        let listed = values(name)?;
        let is_own =
            |one: &&Node| one.as_str().is_some_and(|id| id.starts_with("vpce-")) == is_endpoint;
        let own: Vec<Node> = listed
            .one_or_many()
            .iter()
            .filter(is_own)
            .cloned()
            .collect();
        (!own.is_empty()).then(|| list(listed.place, own))
    };
    let conditions = [
        ("IpRangeWhitelist", "NotIpAddress", "aws:SourceIp"),
        ("IpRangeBlacklist", "IpAddress", "aws:SourceIp"),
        ("SourceVpcWhitelist", "StringNotEquals", "aws:SourceVpc"),
        ("SourceVpcWhitelist", "StringNotEquals", "aws:SourceVpce"),
        ("SourceVpcBlacklist", "StringEquals", "aws:SourceVpc"),
        ("SourceVpcBlacklist", "StringEquals", "aws:SourceVpce"),
        ("IntrinsicVpcWhitelist", "StringNotEquals", "aws:SourceVpc"),
        ("IntrinsicVpcBlacklist", "StringEquals", "aws:SourceVpc"),
        (
            "IntrinsicVpceWhitelist",
            "StringNotEquals",
            "aws:SourceVpce",
        ),
        ("IntrinsicVpceBlacklist", "StringEquals", "aws:SourceVpce"),
    ];
    let mut lets_all_in = false;
    for (name, operator, key) in conditions {
        let listed = match name.starts_with("SourceVpc") {
            true => of_kind(name, key == "aws:SourceVpce"),
            false => values(name),
        };
        let Some(listed) = listed else { continue };
        if !lets_all_in {
            lets_all_in = true;
            let everybody = Node::string(place, "*");
            statements.push(statement(place, "Allow", everybody, None));
        }
        let test = object(listed.place, vec![member(key, listed)]);
        let condition = object(place, vec![member(operator, test)]);
        let everybody = Node::string(place, "*");
        statements.push(statement(place, "Deny", everybody, Some(condition)));
    }
    if statements.is_empty() {
        return None;
    }
    Some(object(
        place,
        vec![
            member("Version", Node::string(place, "2012-10-17")),
            member("Statement", list(place, statements)),
        ],
    ))
}

fn statement(place: Place, effect: &str, principal: Node, condition: Option<Node>) -> Node {
    let text = |text: &str| Node::string(place, text);
    let mut members = vec![
        member("Effect", text(effect)),
        member("Principal", principal),
        member("Action", text("execute-api:Invoke")),
        member("Resource", list(place, vec![text("execute-api:/*")])),
    ];
    members.extend(condition.map(|condition| member("Condition", condition)));
    object(place, members)
}
