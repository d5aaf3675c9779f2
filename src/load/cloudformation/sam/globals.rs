//! `Globals`: properties that every resource of a kind has besides its own.

use std::sync::Arc;

use super::super::evaluate::intrinsic;
use super::super::scope::Scope;
use super::super::template::Resource;
use crate::iam::{Node, Value};

/// A resource with the global properties of its kind.
pub(super) fn applied(scope: &Scope<'_>, resource: &Arc<Resource>) -> Arc<Resource> {
    let kind = resource.kind.strip_prefix("AWS::Serverless::");
    let globals = scope.template.globals.as_ref();
    let Some(global) = kind.and_then(|kind| globals?.get(kind)) else {
        return resource.clone();
    };
    Arc::new(Resource {
        properties: merged(global, &resource.properties),
        ..Resource::clone(resource)
    })
}

/// Objects are merged, lists are joined with the global items first, and anything else of the
/// resource's own counts.
fn merged(global: &Node, own: &Node) -> Node {
    let value = match (&global.value, &own.value) {
        (Value::Object(globals), Value::Object(members))
            if intrinsic(global).is_none() && intrinsic(own).is_none() =>
        {
            let mut all = members.clone();
            for member in globals {
                match all.iter_mut().find(|one| one.key == member.key) {
                    Some(one) => one.value = merged(&member.value, &one.value),
                    None => all.push(member.clone()),
                }
            }
            Value::Object(all)
        }
        (Value::List(globals), Value::List(items)) => {
            Value::List(globals.iter().chain(items).cloned().collect())
        }
        _ => own.value.clone(),
    };
    Node {
        value,
        ..own.clone()
    }
}
