//! Loading an account: `GetAccountAuthorizationDetails`, one series of pages for each kind of
//! entity side by side; where that is denied, [`super::fallback`].

use aws_sdk_iam::types::EntityType;
use futures::stream::{FuturesUnordered, StreamExt};

use crate::iam::{Node, SourceId};

use super::Connection;
use super::fallback;
use super::fault::{self, AwsError, FaultKind};
use super::nodes::Nodes;
use super::retry::retrying;

/// A part of an account, as it arrives.
#[derive(Debug)]
pub enum AccountPart {
    /// Roles, in the form of `RoleDetailList`.
    Roles(Vec<Node>),
    /// Users, in the form of `UserDetailList`.
    Users(Vec<Node>),
    /// Groups, in the form of `GroupDetailList`.
    Groups(Vec<Node>),
    /// Managed policies, in the form of `Policies`.
    Policies(Vec<Node>),
    /// Something that could not be read; what, how often, and why.
    Missing {
        /// What it is: `roles`, `inline policies of roles`.
        what: String,
        /// For how many entities.
        count: usize,
        /// The permission that it needs.
        permission: String,
        /// What AWS said.
        error: AwsError,
    },
}

/// Most entities of one page.
const PAGE: i32 = 1_000;

/// Loads the account, each part handed on as it arrives.
///
/// # Errors
/// Where nothing at all can be read.
pub async fn load_account(
    connection: &Connection,
    source: SourceId,
    arrived: &(dyn Fn(AccountPart) + Send + Sync),
) -> Result<(), AwsError> {
    let kinds = [
        EntityType::Role,
        EntityType::User,
        EntityType::Group,
        EntityType::LocalManagedPolicy,
        EntityType::AwsManagedPolicy,
    ];
    let mut pages: FuturesUnordered<_> = kinds
        .into_iter()
        .map(|kind| pages(connection, kind, source, arrived))
        .collect();
    let mut failed = None;
    while let Some(result) = pages.next().await {
        if let Err(error) = result {
            // The rest would fail alike: the action is one for all kinds.
            failed = Some(error);
            break;
        }
    }
    drop(pages);
    match failed {
        None => Ok(()),
        Some(error) if error.kind == FaultKind::Denied => {
            fallback::load(connection, source, error, arrived).await
        }
        Some(error) => Err(error),
    }
}

async fn pages(
    connection: &Connection,
    kind: EntityType,
    source: SourceId,
    arrived: &(dyn Fn(AccountPart) + Send + Sync),
) -> Result<(), AwsError> {
    let nodes = Nodes(source);
    let mut marker: Option<String> = None;
    loop {
        let page = retrying(|| async {
            let call = connection
                .clients
                .iam
                .get_account_authorization_details()
                .filter(kind.clone())
                .max_items(PAGE)
                .set_marker(marker.clone())
                .send()
                .await;
            call.map_err(|error| fault::of_call("iam:GetAccountAuthorizationDetails", &error))
        })
        .await?;
        // A server that ignores the filter sends everything with each kind: only this kind counts.
        let part = match kind {
            EntityType::Role => AccountPart::Roles(
                page.role_detail_list()
                    .iter()
                    .map(|one| nodes.role(one))
                    .collect(),
            ),
            EntityType::User => AccountPart::Users(
                page.user_detail_list()
                    .iter()
                    .map(|one| nodes.user(one))
                    .collect(),
            ),
            EntityType::Group => AccountPart::Groups(
                page.group_detail_list()
                    .iter()
                    .map(|one| nodes.group(one))
                    .collect(),
            ),
            _ => {
                let wanted = |arn: Option<&str>| {
                    let is_aws = arn.is_some_and(|arn| arn.contains(":iam::aws:"));
                    is_aws == (kind == EntityType::AwsManagedPolicy)
                };
                let policies = page.policies().iter();
                let policies = policies.filter(|policy| wanted(policy.arn()));
                AccountPart::Policies(policies.map(|one| nodes.policy(one)).collect())
            }
        };
        arrived(part);
        match page.marker() {
            Some(next) if page.is_truncated() => marker = Some(next.to_owned()),
            _ => return Ok(()),
        }
    }
}
