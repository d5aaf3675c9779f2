//! AWS managed policies, each read once for the whole program.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::catalog;
use crate::iam::{
    Document, Node, Origin, Place, PolicyKind, SourceId, Text, Value, parse_document, parse_json,
};

/// Name, origin and document of a managed policy that the source does not define.
pub(super) fn resolve(arn: &Text) -> (Text, Origin, Option<Arc<Document>>) {
    let is_aws = arn
        .as_plain()
        .is_some_and(|arn| arn.contains(":iam::aws:policy/"));
    if !is_aws {
        return (last_segment(arn), Origin::External, None);
    }
    let document = arn.as_plain().and_then(document);
    (last_segment(arn), Origin::Aws, document)
}

/// The document of an AWS managed policy; `None` where the catalogue does not have it.
pub(super) fn document(arn: &str) -> Option<Arc<Document>> {
    static READ: OnceLock<Mutex<HashMap<String, Arc<Document>>>> = OnceLock::new();
    let policy = catalog::managed_policy(arn)?;
    let read = READ.get_or_init(Mutex::default);
    let mut read = read.lock().unwrap_or_else(PoisonError::into_inner);
    let name = policy.arn();
    if let Some(document) = read.get(&name) {
        return Some(document.clone());
    }
    let mut node = parse_json(policy.document(), SourceId::default()).ok()?;
    forget_places(&mut node);
    let mut document = parse_document(&node, PolicyKind::Identity);
    // What is odd about it is for AWS to mend.
    document.problems.clear();
    let document = Arc::new(document);
    read.insert(name, document.clone());
    Some(document)
}

/// The text is AWS's: no file has it.
fn forget_places(node: &mut Node) {
    node.place = Place::default();
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(forget_places),
        Value::Object(members) => {
            for member in members {
                member.place = Place::default();
                forget_places(&mut member.value);
            }
        }
        _ => {}
    }
}

/// What stands behind the last `/`: the name in an ARN.
pub(super) fn last_segment(arn: &Text) -> Text {
    behind_last(arn, '/')
}

/// What stands behind the last separator, or all where there is none.
pub(super) fn behind_last(arn: &Text, separator: char) -> Text {
    let mut parts = arn.to_parts();
    let slash = parts.iter().rposition(
        |part| matches!(part, crate::iam::Part::Literal(text) if text.contains(separator)),
    );
    let Some(at) = slash else {
        return arn.clone();
    };
    let mut kept = parts.split_off(at);
    if let Some(crate::iam::Part::Literal(first)) = kept.first_mut()
        && let Some((_, name)) = first.rsplit_once(separator)
    {
        *first = name.into();
    }
    Text::from_parts(kept)
}
