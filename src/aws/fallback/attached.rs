//! The policies of an entity: attached ones, inline ones, and what stands for those that could not be
//! read.

use std::future::Future;

use crate::aws::fault::AwsError;
use crate::aws::nodes::Object;
use crate::aws::retry::retrying;
use crate::iam::Node;

use super::{Reader, stop_unless_denied};

/// Stands for a text that could not be read; it is no policy, so what it decides is unknown.
const UNREADABLE: &str = "could not be read";

impl Reader<'_> {
    /// The attached policies, or one that stands for those that could not be listed.
    pub(super) fn attached(
        &self,
        object: Object,
        attached: Result<Vec<aws_sdk_iam::types::AttachedPolicy>, AwsError>,
        permission: &str,
        of: &str,
    ) -> Result<Object, AwsError> {
        match attached {
            Ok(attached) => Ok(object.list("AttachedManagedPolicies", &attached, |policy| {
                self.nodes.attached(policy)
            })),
            Err(error) => {
                stop_unless_denied(&error)?;
                self.miss(&format!("managed policies of {of}"), permission, error);
                let text = format!("managed policies: {permission} denied");
                let unknown = self
                    .nodes
                    .object()
                    .text("PolicyName", Some(&text))
                    .text("PolicyArn", Some(&text))
                    .done();
                Ok(object.list("AttachedManagedPolicies", &[unknown], Node::clone))
            }
        }
    }

    /// The inline policies; one without a text stands for each that could not be read.
    pub(super) async fn inline<F>(
        &self,
        names: Result<Vec<String>, AwsError>,
        [list, get]: [&str; 2],
        of: &str,
        document: impl Fn(String) -> F,
    ) -> Result<Vec<Node>, AwsError>
    where
        F: Future<Output = Result<String, AwsError>>,
    {
        let names = match names {
            Ok(names) => names,
            Err(error) => {
                stop_unless_denied(&error)?;
                self.miss(&format!("inline policies of {of}"), list, error);
                return Ok(vec![
                    self.unknown_inline(&format!("inline policies: {list} denied")),
                ]);
            }
        };
        let mut policies = Vec::new();
        for name in names {
            let read = retrying(|| document(name.clone())).await;
            let text = match read {
                Ok(text) => text,
                Err(error) => {
                    stop_unless_denied(&error)?;
                    self.miss(&format!("texts of inline policies of {of}"), get, error);
                    UNREADABLE.to_owned()
                }
            };
            let object = self.nodes.object().text("PolicyName", Some(&name));
            policies.push(object.text("PolicyDocument", Some(&text)).done());
        }
        Ok(policies)
    }

    pub(super) fn unknown_inline(&self, name: &str) -> Node {
        let object = self.nodes.object().text("PolicyName", Some(name));
        object.text("PolicyDocument", Some(UNREADABLE)).done()
    }

    pub(super) fn unknown_boundary(&self, permission: &str) -> Node {
        let text = format!("boundary: {permission} denied");
        self.nodes
            .object()
            .text("PermissionsBoundaryArn", Some(&text))
            .done()
    }
}
