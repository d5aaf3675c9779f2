//! Loading an account entity by entity, where the one call for all is denied, and a single role.
//!
//! What cannot be read is never left out in silence: a policy that is not here might deny. Its place
//! is taken by one without a text, which makes decisions depend on it, and the permission that was
//! missing is reported with the number of entities.

mod attached;
mod groups;
mod policies;
mod roles;
mod users;

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Mutex, PoisonError};

use crate::iam::SourceId;

use super::Connection;
use super::details::AccountPart;
use super::fault::{AwsError, FaultKind};
use super::nodes::Nodes;
use super::retry::retrying;

pub use roles::read_role;

/// How many entities are read at a time.
const AT_A_TIME: usize = 8;

type Arrived<'a> = &'a (dyn Fn(AccountPart) + Send + Sync);

/// One page of a list, and where the next begins.
macro_rules! page {
    ($call:expr, $action:literal, $items:ident) => {{
        let answer = $call.send().await;
        let page = answer.map_err(|error| crate::aws::fault::of_call($action, &error))?;
        let next = page.marker().filter(|_| page.is_truncated());
        Ok((page.$items().to_vec(), next.map(str::to_owned)))
    }};
}
use page;

/// Loads what can be read.
pub(super) async fn load(
    connection: &Connection,
    source: SourceId,
    denied: AwsError,
    arrived: Arrived<'_>,
) -> Result<(), AwsError> {
    let reader = Reader::new(connection, source, arrived);
    reader.miss(
        "the account in one go",
        "iam:GetAccountAuthorizationDetails",
        denied,
    );
    let read = reader.account().await;
    reader.report();
    read
}

/// Credentials that ended, or no connection: going on would only fail again.
fn stop_unless_denied(error: &AwsError) -> Result<(), AwsError> {
    match error.kind {
        FaultKind::Denied | FaultKind::Other | FaultKind::NotFound => Ok(()),
        _ => Err(error.clone()),
    }
}

struct Reader<'a> {
    connection: &'a Connection,
    nodes: Nodes,
    // By what and permission: how often, and the first error.
    missing: Mutex<BTreeMap<(String, String), (usize, AwsError)>>,
    arrived: Arrived<'a>,
}

/// One page of names or entities, and where the next begins.
type Page<T> = Result<(Vec<T>, Option<String>), AwsError>;

impl<'a> Reader<'a> {
    fn new(connection: &'a Connection, source: SourceId, arrived: Arrived<'a>) -> Self {
        Reader {
            connection,
            nodes: Nodes(source),
            missing: Mutex::default(),
            arrived,
        }
    }

    async fn account(&self) -> Result<(), AwsError> {
        if let Err(error) = self.roles().await {
            stop_unless_denied(&error)?;
            self.miss("the list of roles", "iam:ListRoles", error);
            self.own_role().await;
        }
        for (result, what, permission) in [
            (self.users().await, "the list of users", "iam:ListUsers"),
            (self.groups().await, "the list of groups", "iam:ListGroups"),
            (
                self.policies().await,
                "the list of managed policies",
                "iam:ListPolicies",
            ),
        ] {
            if let Err(error) = result {
                stop_unless_denied(&error)?;
                self.miss(what, permission, error);
            }
        }
        Ok(())
    }

    fn iam(&self) -> &aws_sdk_iam::Client {
        &self.connection.clients.iam
    }

    fn miss(&self, what: &str, permission: &str, error: AwsError) {
        let mut missing = self.missing.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = missing.entry((what.to_owned(), permission.to_owned()));
        entry.or_insert((0, error)).0 += 1;
    }

    fn report(&self) {
        let missing = self.missing.lock().unwrap_or_else(PoisonError::into_inner);
        for ((what, permission), (count, error)) in missing.iter() {
            (self.arrived)(AccountPart::Missing {
                what: what.clone(),
                count: *count,
                permission: permission.clone(),
                error: error.clone(),
            });
        }
    }

    /// All pages of a list.
    async fn all<T, F>(&self, page: impl Fn(Option<String>) -> F) -> Result<Vec<T>, AwsError>
    where
        F: Future<Output = Page<T>>,
    {
        let mut all = Vec::new();
        let mut marker = None;
        loop {
            let (items, next) = retrying(|| page(marker.clone())).await?;
            all.extend(items);
            match next {
                Some(next) => marker = Some(next),
                None => return Ok(all),
            }
        }
    }
}
