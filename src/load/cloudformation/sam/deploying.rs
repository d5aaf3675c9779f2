//! What SAM makes to deploy functions gradually: an alias that the events then call, and the role of
//! CodeDeploy.

use std::sync::Arc;

use super::super::build::{arn_of, list, member, object, reference};
use super::super::scope::Scope;
use super::super::template::Resource;
use super::{aws_policy, trust};
use crate::iam::{Node, Place};

const ROLE: &str = "CodeDeployServiceRole";

/// The alias of a function that publishes one: its id, and the alias.
pub(super) fn alias(scope: &Scope<'_>, function: &Resource) -> Option<Arc<Resource>> {
    let name = scope.known_text(function.properties.get("AutoPublishAlias")?)?;
    let place = function.place;
    let end = name.replace('-', "D").replace('_', "U");
    let members = vec![
        member("FunctionName", reference(place, &function.id)),
        member("Name", Node::string(place, name)),
    ];
    Some(Arc::new(function.made(
        format!("{}Alias{end}", function.id),
        "AWS::Lambda::Alias",
        object(place, members),
        format!("alias of function {}", function.id),
    )))
}

/// What gives the ARN that a function is called by: its alias where it publishes one.
pub(super) fn target(scope: &Scope<'_>, function: &Resource, place: Place) -> Node {
    match alias(scope, function) {
        Some(alias) => reference(place, &alias.id),
        None => arn_of(place, &function.id),
    }
}

/// Adds the role with which CodeDeploy shifts traffic, where a function is deployed gradually and names
/// no role for it.
pub(super) fn add_role(scope: &Scope<'_>, function: &Resource, made: &mut Vec<Arc<Resource>>) {
    let Some(preference) = function.properties.get("DeploymentPreference") else {
        return;
    };
    let enabled = preference
        .get("Enabled")
        .and_then(|one| scope.known_text(one));
    let is_off = enabled.is_some_and(|enabled| enabled.eq_ignore_ascii_case("false"));
    let needs_it = preference.get("Role").is_none() && alias(scope, function).is_some();
    if is_off || !needs_it {
        return;
    }
    if let Some(role) = made.iter_mut().find(|one| one.id == ROLE) {
        // It exists where any of the functions does.
        if role.condition != function.condition {
            let condition = None;
            *role = Arc::new(Resource {
                condition,
                ..Resource::clone(role)
            });
        }
        return;
    }
    let place = preference.place;
    let policy = aws_policy(scope, place, "service-role/AWSCodeDeployRoleForLambda");
    let members = vec![
        member(
            "AssumeRolePolicyDocument",
            trust(place, "codedeploy.amazonaws.com"),
        ),
        member("ManagedPolicyArns", list(place, vec![policy])),
    ];
    made.push(Arc::new(function.made(
        ROLE.to_owned(),
        "AWS::IAM::Role",
        object(place, members),
        "role of CodeDeploy for functions".to_owned(),
    )));
}
