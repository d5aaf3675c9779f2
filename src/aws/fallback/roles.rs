//! Roles, one by one.

use futures::stream::{self, StreamExt};

use crate::aws::Connection;
use crate::aws::details::AccountPart;
use crate::aws::fault::{self, AwsError};
use crate::aws::retry::retrying;
use crate::iam::{Arn, Node, SourceId};

use super::{AT_A_TIME, Arrived, Reader, page, stop_unless_denied};

/// Reads one role of the account, with the customer's managed policies that it has in all their
/// versions. What cannot be read arrives as missing.
///
/// # Errors
/// Where the role itself cannot be read: `NotFound` where there is none.
pub async fn read_role(
    connection: &Connection,
    source: SourceId,
    name: &str,
    arrived: Arrived<'_>,
) -> Result<(), AwsError> {
    let reader = Reader::new(connection, source, arrived);
    let answer = retrying(|| async {
        let call = reader.iam().get_role().role_name(name).send().await;
        call.map_err(|error| fault::of_call("iam:GetRole", &error))
    })
    .await?;
    let Some(listed) = answer.role() else {
        return Ok(());
    };
    let role = reader.role(listed).await?;
    let policies = role.get("AttachedManagedPolicies").map(Node::items);
    let boundary = role.get("PermissionsBoundary");
    let arns = policies.unwrap_or_default().iter().chain(boundary);
    let arns = arns.filter_map(|one| {
        let arn = one
            .get("PolicyArn")
            .or(one.get("PermissionsBoundaryArn"))?
            .as_str()?;
        let own = Arn::parse(arn).is_some_and(|arn| Arn::is_account_id(arn.account));
        own.then(|| arn.to_owned())
    });
    let arns: Vec<String> = arns.collect();
    for arn in &arns {
        if let Some(policy) = reader.policy_whole(arn).await? {
            arrived(AccountPart::Policies(vec![policy]));
        }
    }
    arrived(AccountPart::Roles(vec![role]));
    reader.report();
    Ok(())
}

impl Reader<'_> {
    pub(super) async fn roles(&self) -> Result<(), AwsError> {
        let mut marker: Option<String> = None;
        loop {
            let page = retrying(|| async {
                let call = self
                    .iam()
                    .list_roles()
                    .max_items(1_000)
                    .set_marker(marker.clone());
                call.send()
                    .await
                    .map_err(|error| fault::of_call("iam:ListRoles", &error))
            })
            .await?;
            let mut roles = stream::iter(page.roles())
                .map(|role| self.role(role))
                .buffer_unordered(AT_A_TIME);
            while let Some(role) = roles.next().await {
                (self.arrived)(AccountPart::Roles(vec![role?]));
            }
            drop(roles);
            match page.marker() {
                Some(next) if page.is_truncated() => marker = Some(next.to_owned()),
                _ => return Ok(()),
            }
        }
    }

    /// The caller's own role, where not even the list can be read.
    pub(super) async fn own_role(&self) {
        let arn = &self.connection.caller.arn;
        let Some(name) = Arn::parse(arn)
            .and_then(|arn| arn.resource.strip_prefix("assumed-role/"))
            .and_then(|rest| rest.split('/').next())
        else {
            return;
        };
        let own = retrying(|| async {
            let call = self.iam().get_role().role_name(name).send().await;
            call.map_err(|error| fault::of_call("iam:GetRole", &error))
        })
        .await;
        match own {
            Ok(answer) => {
                if let Some(role) = answer.role()
                    && let Ok(role) = self.role(role).await
                {
                    (self.arrived)(AccountPart::Roles(vec![role]));
                }
            }
            Err(error) => self.miss("the caller's own role", "iam:GetRole", error),
        }
    }

    /// A role with its policies; an error only where going on makes no sense.
    async fn role(&self, listed: &aws_sdk_iam::types::Role) -> Result<Node, AwsError> {
        let name = listed.role_name();
        let iam = self.iam();
        let whole = retrying(|| async {
            let call = iam.get_role().role_name(name).send().await;
            call.map_err(|error| fault::of_call("iam:GetRole", &error))
        })
        .await;
        let (whole, boundary) = match &whole {
            Ok(answer) => {
                let role = answer.role().unwrap_or(listed);
                (role, self.nodes.boundary(role.permissions_boundary()))
            }
            Err(error) => {
                stop_unless_denied(error)?;
                self.miss("boundary and tags of roles", "iam:GetRole", error.clone());
                (listed, Some(self.unknown_boundary("iam:GetRole")))
            }
        };
        let attached = self
            .all(|marker| async move {
                let call = iam.list_attached_role_policies().role_name(name);
                page!(
                    call.set_marker(marker),
                    "iam:ListAttachedRolePolicies",
                    attached_policies
                )
            })
            .await;
        let names = self
            .all(|marker| async move {
                let call = iam.list_role_policies().role_name(name);
                page!(
                    call.set_marker(marker),
                    "iam:ListRolePolicies",
                    policy_names
                )
            })
            .await;
        let inline = self
            .inline(
                names,
                ["iam:ListRolePolicies", "iam:GetRolePolicy"],
                "roles",
                |policy| async move {
                    let call = iam.get_role_policy().role_name(name).policy_name(&policy);
                    let answer = call.send().await;
                    let answer =
                        answer.map_err(|error| fault::of_call("iam:GetRolePolicy", &error))?;
                    Ok(answer.policy_document().to_owned())
                },
            )
            .await?;
        let profiles = self
            .all(|marker| async move {
                let call = iam.list_instance_profiles_for_role().role_name(name);
                page!(
                    call.set_marker(marker),
                    "iam:ListInstanceProfilesForRole",
                    instance_profiles
                )
            })
            .await;
        let profiles = match profiles {
            Ok(profiles) => profiles,
            Err(error) => {
                stop_unless_denied(&error)?;
                let permission = "iam:ListInstanceProfilesForRole";
                self.miss("instance profiles of roles", permission, error);
                Vec::new()
            }
        };
        let object = self.nodes.role_only(self.nodes.object(), whole);
        let object = self.attached(object, attached, "iam:ListAttachedRolePolicies", "roles")?;
        Ok(object
            .node("PermissionsBoundary", boundary)
            .list("RolePolicyList", &inline, Node::clone)
            .list("InstanceProfileList", &profiles, |profile| {
                let name = profile.instance_profile_name();
                let object = self.nodes.object();
                object.text("InstanceProfileName", Some(name)).done()
            })
            .done())
    }
}
