//! One role of a live account, read again.

use std::sync::{Mutex, PoisonError};

use super::arriving;
use crate::aws::{self, AwsError, Connection, FaultKind};
use crate::iam::{Account, Arn, Place, SourceId};
use crate::load::details;

/// The account with one role read again, and the customer's managed policies that the role has; a
/// role that is no longer there is taken out.
///
/// # Errors
/// One line with the next step, where the role cannot be read.
pub async fn refresh_role(
    connection: &Connection,
    account: &Account,
    role_arn: &str,
    source: SourceId,
) -> Result<Account, AwsError> {
    let resource = Arn::parse(role_arn).map_or(role_arn, |arn| arn.resource);
    let name = resource.rsplit('/').next().unwrap_or(resource);
    let parts = Mutex::new(Vec::new());
    let arrived = |part| {
        let mut parts = parts.lock().unwrap_or_else(PoisonError::into_inner);
        parts.push(part);
    };
    let read = aws::read_role(connection, source, name, &arrived).await;
    let mut fresh = account.clone();
    if let Err(error) = read {
        if error.kind != FaultKind::NotFound {
            return Err(error);
        }
        fresh.roles.retain(|role| role.identity.name != *name);
    }
    let mut read = Account::new("");
    for part in parts.into_inner().unwrap_or_else(PoisonError::into_inner) {
        arriving::add(&mut read, part, Place::whole(source));
    }
    for policy in read.policies {
        let mut known = fresh.policies.iter_mut();
        match known.find(|known| known.identity.arn == policy.identity.arn) {
            Some(known) => *known = policy,
            None => fresh.policies.push(policy),
        }
    }
    for role in read.roles {
        let mut known = fresh.roles.iter_mut();
        match known.find(|known| known.identity.arn == role.identity.arn) {
            Some(known) => *known = role,
            None => fresh.roles.push(role),
        }
    }
    for problem in read.problems {
        if !fresh.problems.contains(&problem) {
            fresh.problems.push(problem);
        }
    }
    details::link(&mut fresh);
    Ok(fresh)
}
