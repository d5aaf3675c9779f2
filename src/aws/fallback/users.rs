//! Users, one by one.

use futures::stream::{self, StreamExt};

use crate::aws::details::AccountPart;
use crate::aws::fault::{self, AwsError};
use crate::aws::retry::retrying;
use crate::iam::{Node, Place};

use super::{AT_A_TIME, Reader, page, stop_unless_denied};

impl Reader<'_> {
    pub(super) async fn users(&self) -> Result<(), AwsError> {
        let iam = self.iam();
        let users = self
            .all(|marker| async move {
                let call = iam.list_users().max_items(1_000);
                page!(call.set_marker(marker), "iam:ListUsers", users)
            })
            .await?;
        let mut users = stream::iter(&users)
            .map(|user| self.user(user))
            .buffer_unordered(AT_A_TIME);
        while let Some(user) = users.next().await {
            (self.arrived)(AccountPart::Users(vec![user?]));
        }
        Ok(())
    }

    async fn user(&self, listed: &aws_sdk_iam::types::User) -> Result<Node, AwsError> {
        let name = listed.user_name();
        let iam = self.iam();
        let whole = retrying(|| async {
            let call = iam.get_user().user_name(name).send().await;
            call.map_err(|error| fault::of_call("iam:GetUser", &error))
        })
        .await;
        let (whole, boundary) = match &whole {
            Ok(answer) => {
                let user = answer.user().unwrap_or(listed);
                (user, self.nodes.boundary(user.permissions_boundary()))
            }
            Err(error) => {
                stop_unless_denied(error)?;
                self.miss("boundary and tags of users", "iam:GetUser", error.clone());
                (listed, Some(self.unknown_boundary("iam:GetUser")))
            }
        };
        let attached = self
            .all(|marker| async move {
                let call = iam.list_attached_user_policies().user_name(name);
                page!(
                    call.set_marker(marker),
                    "iam:ListAttachedUserPolicies",
                    attached_policies
                )
            })
            .await;
        let names = self
            .all(|marker| async move {
                let call = iam.list_user_policies().user_name(name);
                page!(
                    call.set_marker(marker),
                    "iam:ListUserPolicies",
                    policy_names
                )
            })
            .await;
        let mut inline = self
            .inline(
                names,
                ["iam:ListUserPolicies", "iam:GetUserPolicy"],
                "users",
                |policy| async move {
                    let call = iam.get_user_policy().user_name(name).policy_name(&policy);
                    let answer = call.send().await;
                    let answer =
                        answer.map_err(|error| fault::of_call("iam:GetUserPolicy", &error))?;
                    Ok(answer.policy_document().to_owned())
                },
            )
            .await?;
        let groups = self
            .all(|marker| async move {
                let call = iam.list_groups_for_user().user_name(name);
                page!(call.set_marker(marker), "iam:ListGroupsForUser", groups)
            })
            .await;
        let object = self.nodes.user_only(self.nodes.object(), whole);
        let mut object =
            self.attached(object, attached, "iam:ListAttachedUserPolicies", "users")?;
        match groups {
            Ok(groups) => {
                let place = Place::whole(self.nodes.0);
                object = object.list("GroupList", &groups, |group| {
                    Node::string(place, group.group_name())
                });
            }
            Err(error) => {
                stop_unless_denied(&error)?;
                self.miss("groups of users", "iam:ListGroupsForUser", error);
                inline
                    .push(self.unknown_inline("policies of groups: iam:ListGroupsForUser denied"));
            }
        }
        Ok(object
            .node("PermissionsBoundary", boundary)
            .list("UserPolicyList", &inline, Node::clone)
            .done())
    }
}
