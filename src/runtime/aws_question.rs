//! A request as a question to AWS's own simulator.

use crate::aws::{ContextValue, Question};
use crate::catalog::condition_key;
use crate::iam::KeyType;
use crate::simulate::{KeyValue, Request};

/// The question with exactly the same context; keys that are absent or unknown here are not sent.
pub fn aws_question(request: &Request) -> Question {
    let principal = &request.principal;
    let policies_of = principal.role_arn.clone().or_else(|| {
        let arn = principal.arn.as_ref()?;
        Some(arn.to_string())
    });
    let context = request.context.iter().filter_map(|(key, value)| {
        let (values, many) = match value {
            KeyValue::One(value) => (vec![value.clone()], false),
            KeyValue::Many(values) => (values.clone(), true),
            KeyValue::Absent | KeyValue::Unknown => return None,
        };
        Some(ContextValue {
            key: key.to_owned(),
            kind: kind(key, many),
            values,
        })
    });
    Question {
        principal: policies_of.unwrap_or_default(),
        action: request.action.clone(),
        resources: request
            .resources
            .iter()
            .map(|resource| resource.arn.to_string())
            .collect(),
        context: context.collect(),
        ..Question::default()
    }
}

/// The type as the API names it.
fn kind(key: &str, many: bool) -> String {
    let base = match condition_key(key).map(|known| known.kind) {
        Some(KeyType::Bool) => "boolean",
        Some(KeyType::Numeric) => "numeric",
        Some(KeyType::Date) => "date",
        Some(KeyType::IpAddress) => "ip",
        Some(KeyType::Binary) => "binary",
        Some(KeyType::String | KeyType::Arn) | None => "string",
    };
    if many {
        format!("{base}List")
    } else {
        base.to_owned()
    }
}
