//! The action and the resources of a request as a person writes them.

use crate::catalog::{self, Lookup};
use crate::iam::{Arn, Inventory, Text};

use super::resource_named;

/// What is wrong with an action or a resource as it is written.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum WrittenError {
    /// A pattern in place of an action.
    #[error("a request has one action, without wildcards: not `{0}`")]
    Wildcards(String),
    /// The name of an API operation that is authorised under other names.
    #[error("`{operation}` is authorised as {}", instead.join(", "))]
    Operation {
        /// The name as written.
        operation: String,
        /// The actions to ask for.
        instead: Vec<&'static str>,
    },
    /// No service, or no name behind it.
    #[error("`{0}` is no action: one is written service:Name, such as s3:GetObject")]
    Action(String),
    /// Neither an ARN nor a name of the source.
    #[error(
        "`{0}` is no ARN and no name of the source: a resource is written \
         arn:PARTITION:SERVICE:REGION:ACCOUNT:NAME, or *"
    )]
    Resource(String),
}

/// An action in AWS's spelling. One that the catalogue does not know is asked all the same when it
/// looks like one: the catalogue may be older than AWS.
///
/// # Errors
/// What is wrong with it.
pub fn action_written(text: &str) -> Result<String, WrittenError> {
    if text.contains(['*', '?']) {
        return Err(WrittenError::Wildcards(text.to_owned()));
    }
    if let Some(found) = catalog::index().find(text) {
        return Ok(found.canonical().to_owned());
    }
    match catalog::lookup(text) {
        Lookup::ApiNameNotAction { use_instead, .. } => Err(WrittenError::Operation {
            operation: text.to_owned(),
            instead: use_instead
                .iter()
                .map(|action| action.canonical())
                .collect(),
        }),
        _ => match text.split_once(':') {
            Some((service, name)) if !service.is_empty() && !name.is_empty() => Ok(text.to_owned()),
            _ => Err(WrittenError::Action(text.to_owned())),
        },
    }
}

/// A resource: `*`, an ARN, or a name that the source gives one.
///
/// # Errors
/// What is wrong with it.
pub fn resource_written(inventory: &Inventory, text: &str) -> Result<Text, WrittenError> {
    let named = resource_named(inventory, text);
    let is_one = match named.as_plain() {
        Some(plain) => plain == "*" || Arn::parse(plain).is_some(),
        None => true,
    };
    if is_one {
        Ok(named)
    } else {
        Err(WrittenError::Resource(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_have_the_spelling_of_aws_and_what_is_none_is_said() {
        let read = |text| action_written(text).map_err(|error| error.to_string());
        assert_eq!(read("iam:passRole").as_deref(), Ok("iam:PassRole"));
        assert_eq!(read("new:Thing").as_deref(), Ok("new:Thing"));
        for (text, words) in [
            ("s3:Get*", "without wildcards"),
            ("s3:ListObjects", "authorised as s3:ListBucket"),
            ("s3", "service:Name"),
            ("s3:", "service:Name"),
            ("", "service:Name"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(words), "{text}: {error}");
        }
    }

    #[test]
    fn resources_are_arns_or_names_of_the_source() {
        let inventory = Inventory::default();
        for text in ["*", "arn:aws:s3:::b/k:1", "arn:aws:s3:::${Bucket}/x"] {
            assert!(resource_written(&inventory, text).is_ok(), "{text}");
        }
        for text in ["foobar", "arn:aws:s3", "s3://bucket/key", ""] {
            let error = resource_written(&inventory, text).unwrap_err();
            assert!(error.to_string().contains("is no ARN"), "{error}");
        }
    }
}
