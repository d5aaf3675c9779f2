//! Managed policies of the account, one by one.

use aws_sdk_iam::types::{Policy, PolicyScopeType, PolicyVersion};
use futures::stream::{self, StreamExt};

use crate::aws::details::AccountPart;
use crate::aws::fault::{self, AwsError};
use crate::aws::retry::retrying;
use crate::iam::Node;

use super::{AT_A_TIME, Reader, page, stop_unless_denied};

impl Reader<'_> {
    /// Every policy, with the version in force: reading all versions would be several calls more for
    /// each.
    pub(super) async fn policies(&self) -> Result<(), AwsError> {
        let iam = self.iam();
        let policies = self
            .all(|marker| async move {
                let call = iam.list_policies().scope(PolicyScopeType::Local);
                page!(
                    call.max_items(1_000).set_marker(marker),
                    "iam:ListPolicies",
                    policies
                )
            })
            .await?;
        let mut policies = stream::iter(&policies)
            .map(|policy| self.policy(policy))
            .buffer_unordered(AT_A_TIME);
        while let Some(policy) = policies.next().await {
            (self.arrived)(AccountPart::Policies(vec![policy?]));
        }
        Ok(())
    }

    async fn policy(&self, policy: &Policy) -> Result<Node, AwsError> {
        let arn = policy.arn().unwrap_or_default();
        let version = policy.default_version_id().unwrap_or("v1");
        let read = self.version(arn, version).await?;
        Ok(self.policy_node(policy, read.as_slice()))
    }

    /// A policy with all its versions; `None` where it cannot be read.
    pub(super) async fn policy_whole(&self, arn: &str) -> Result<Option<Node>, AwsError> {
        let iam = self.iam();
        let read = retrying(|| async {
            let call = iam.get_policy().policy_arn(arn).send().await;
            call.map_err(|error| fault::of_call("iam:GetPolicy", &error))
        })
        .await;
        let read = match read {
            Ok(answer) => answer,
            Err(error) => {
                stop_unless_denied(&error)?;
                self.miss("managed policies", "iam:GetPolicy", error);
                return Ok(None);
            }
        };
        let Some(policy) = read.policy() else {
            return Ok(None);
        };
        let listed = self
            .all(|marker| async move {
                let call = iam.list_policy_versions().policy_arn(arn);
                page!(call.set_marker(marker), "iam:ListPolicyVersions", versions)
            })
            .await;
        let ids = match listed {
            Ok(versions) => versions
                .iter()
                .filter_map(|version| version.version_id().map(str::to_owned))
                .collect(),
            Err(error) => {
                stop_unless_denied(&error)?;
                let permission = "iam:ListPolicyVersions";
                self.miss("versions of managed policies", permission, error);
                vec![policy.default_version_id().unwrap_or("v1").to_owned()]
            }
        };
        let mut versions = Vec::new();
        for id in ids {
            versions.extend(self.version(arn, &id).await?);
        }
        Ok(Some(self.policy_node(policy, &versions)))
    }

    async fn version(&self, arn: &str, id: &str) -> Result<Option<PolicyVersion>, AwsError> {
        let iam = self.iam();
        let read = retrying(|| async {
            let call = iam.get_policy_version().policy_arn(arn).version_id(id);
            let answer = call.send().await;
            answer.map_err(|error| fault::of_call("iam:GetPolicyVersion", &error))
        })
        .await;
        match read {
            Ok(answer) => Ok(answer.policy_version().cloned()),
            Err(error) => {
                stop_unless_denied(&error)?;
                let permission = "iam:GetPolicyVersion";
                self.miss("texts of managed policies", permission, error);
                Ok(None)
            }
        }
    }

    fn policy_node(&self, policy: &Policy, versions: &[PolicyVersion]) -> Node {
        self.nodes
            .object()
            .text("PolicyName", policy.policy_name())
            .text("PolicyId", policy.policy_id())
            .text("Arn", policy.arn())
            .text("Path", policy.path())
            .text("Description", policy.description())
            .text("DefaultVersionId", policy.default_version_id())
            .list("PolicyVersionList", versions, |version| {
                self.nodes.version(version)
            })
            .done()
    }
}
