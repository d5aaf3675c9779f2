//! `AWS::Serverless::StateMachine`: its role, and the roles of what starts it.

use std::sync::Arc;

use super::super::build::{arn_of, member, object};
use super::super::scope::Scope;
use super::super::template::Resource;
use super::functions::{copied, tracing_policy};
use super::policies::RolePolicies;
use super::{as_kind, aws_policy, events, trust};
use crate::iam::{Member, Node, Text, Value};

/// Adds the state machine, and what it brings.
pub(super) fn expand(scope: &Scope<'_>, machine: &Resource, made: &mut Vec<Arc<Resource>>) {
    let mut own = Resource::clone(&as_kind(machine, "AWS::StepFunctions::StateMachine"));
    let role = role(scope, machine);
    if let Value::Object(members) = &mut own.properties.value {
        for member in members.iter_mut() {
            rename(member);
        }
        if let Some(role) = &role {
            members.push(member("RoleArn", arn_of(machine.place, &role.id)));
        }
    }
    made.push(Arc::new(own));
    made.extend(role.map(Arc::new));
    events::of_machine(machine, made);
}

fn rename(member: &mut Member) {
    if member.key == *"Name" {
        member.key = Text::plain("StateMachineName");
    } else if member.key == *"Role" {
        member.key = Text::plain("RoleArn");
    }
}

/// The role that SAM makes, unless the state machine names one.
fn role(scope: &Scope<'_>, machine: &Resource) -> Option<Resource> {
    let property = |name: &str| machine.properties.get(name);
    if property("Role").is_some() {
        return None;
    }
    let id = format!("{}Role", machine.id);
    let place = machine.place;
    let mut policies = RolePolicies::default();
    let written = property("Policies");
    if let Some(written) = written {
        policies.add(scope, written, &id);
    }
    let tracing = property("Tracing").and_then(|tracing| tracing.get("Enabled"));
    if tracing
        .and_then(Node::scalar)
        .is_some_and(|on| on == *"true")
    {
        policies.add_managed(aws_policy(scope, place, tracing_policy(scope)));
    }
    let mut members = vec![member(
        "AssumeRolePolicyDocument",
        trust(place, "states.amazonaws.com"),
    )];
    members.extend(policies.into_members(&machine.properties));
    let names = [
        ("RolePath", "Path"),
        ("PermissionsBoundary", "PermissionsBoundary"),
        ("Tags", "Tags"),
    ];
    members.extend(copied(machine, &names));
    let friendly = format!("role of state machine {}", machine.id);
    Some(machine.made(id, "AWS::IAM::Role", object(place, members), friendly))
}
