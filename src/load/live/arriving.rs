//! The parts of an account, put together as they arrive.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::LiveProgress;
use crate::aws::AccountPart;
use crate::iam::{Account, Place, Problem};
use crate::load::details;

/// How often the account so far is handed on, at most.
const PAUSE: Duration = Duration::from_millis(500);
/// A pause is at least so many times as long as handing on took: a large account is handed on less
/// often, so that it is not loaded slower for being shown.
const COST: u32 = 10;

/// Takes parts as they come and hands on the account so far.
pub(super) struct Arriving<'a> {
    account: Mutex<Account>,
    next: Mutex<Instant>,
    place: Place,
    progress: &'a (dyn Fn(LiveProgress) + Send + Sync),
}

impl<'a> Arriving<'a> {
    pub fn new(
        account: Account,
        place: Place,
        progress: &'a (dyn Fn(LiveProgress) + Send + Sync),
    ) -> Self {
        Arriving {
            account: Mutex::new(account),
            next: Mutex::new(Instant::now() + PAUSE),
            place,
            progress,
        }
    }

    /// Everything that arrived, with attached policies in their places.
    pub fn finish(self) -> Account {
        let account = self.account.into_inner();
        let mut account = account.unwrap_or_else(PoisonError::into_inner);
        details::link(&mut account);
        account
    }

    pub fn take(&self, part: AccountPart) {
        let mut account = self.account.lock().unwrap_or_else(PoisonError::into_inner);
        let first_roles = account.roles.is_empty();
        add(&mut account, part, self.place);
        let words = format!(
            "{} roles, {} users, {} groups, {} policies",
            account.roles.len(),
            account.users.len(),
            account.groups.len(),
            account.policies.len()
        );
        (self.progress)(LiveProgress::Words(words));
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if (first_roles && !account.roles.is_empty()) || now >= *next {
            let mut partial = account.clone();
            drop(account);
            details::link(&mut partial);
            (self.progress)(LiveProgress::Partial(Box::new(partial)));
            *next = now + PAUSE.max(now.elapsed() * COST);
        }
    }
}

/// Adds a part to the account that it is of.
pub(super) fn add(account: &mut Account, part: AccountPart, place: Place) {
    match part {
        AccountPart::Roles(nodes) => account.roles.extend(nodes.iter().map(details::role)),
        AccountPart::Users(nodes) => account.users.extend(nodes.iter().map(details::user)),
        AccountPart::Groups(nodes) => account.groups.extend(nodes.iter().map(details::group)),
        AccountPart::Policies(nodes) => {
            account
                .policies
                .extend(nodes.iter().map(details::managed_policy));
        }
        AccountPart::Missing {
            what,
            count,
            permission,
            error,
        } => {
            let times = if count > 1 {
                format!("{count} times ")
            } else {
                String::new()
            };
            let message = format!(
                "{times}{what} could not be read: `{permission}`: {}",
                error.message
            );
            let hint =
                format!("decisions that need it depend on it; grant `{permission}` to see it");
            account
                .problems
                .push(Problem::warning(place, message).hint(hint));
        }
    }
}
