//! Groups, one by one.

use futures::stream::{self, StreamExt};

use crate::aws::details::AccountPart;
use crate::aws::fault::{self, AwsError};
use crate::iam::Node;

use super::{AT_A_TIME, Reader, page};

impl Reader<'_> {
    pub(super) async fn groups(&self) -> Result<(), AwsError> {
        let iam = self.iam();
        let groups = self
            .all(|marker| async move {
                let call = iam.list_groups().max_items(1_000);
                page!(call.set_marker(marker), "iam:ListGroups", groups)
            })
            .await?;
        let mut groups = stream::iter(&groups)
            .map(|group| self.group(group))
            .buffer_unordered(AT_A_TIME);
        while let Some(group) = groups.next().await {
            (self.arrived)(AccountPart::Groups(vec![group?]));
        }
        Ok(())
    }

    async fn group(&self, group: &aws_sdk_iam::types::Group) -> Result<Node, AwsError> {
        let name = group.group_name();
        let iam = self.iam();
        let attached = self
            .all(|marker| async move {
                let call = iam.list_attached_group_policies().group_name(name);
                page!(
                    call.set_marker(marker),
                    "iam:ListAttachedGroupPolicies",
                    attached_policies
                )
            })
            .await;
        let names = self
            .all(|marker| async move {
                let call = iam.list_group_policies().group_name(name);
                page!(
                    call.set_marker(marker),
                    "iam:ListGroupPolicies",
                    policy_names
                )
            })
            .await;
        let inline = self
            .inline(
                names,
                ["iam:ListGroupPolicies", "iam:GetGroupPolicy"],
                "groups",
                |policy| async move {
                    let call = iam.get_group_policy().group_name(name).policy_name(&policy);
                    let answer = call.send().await;
                    let answer =
                        answer.map_err(|error| fault::of_call("iam:GetGroupPolicy", &error))?;
                    Ok(answer.policy_document().to_owned())
                },
            )
            .await?;
        let object = self
            .nodes
            .object()
            .text("Path", Some(group.path()))
            .text("GroupName", Some(name))
            .text("GroupId", Some(group.group_id()))
            .text("Arn", Some(group.arn()));
        let object = self.attached(object, attached, "iam:ListAttachedGroupPolicies", "groups")?;
        Ok(object.list("GroupPolicyList", &inline, Node::clone).done())
    }
}
