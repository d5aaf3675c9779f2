//! Connections that loading a live account made, for what is asked of AWS afterwards: connecting
//! again would ask for another MFA code.

use std::sync::{Arc, Mutex, PoisonError};

use crate::aws::{self, AwsError, Connection, PolicyQuestion};
use crate::denial::{self, Denial};
use crate::iam::{Arn, Inventory, SourceId};
use crate::load::Progress;
use crate::load::live::{self, Fetched, LiveProgress};

use super::Failure;

/// The connections, each with the source that was read through it.
#[derive(Clone, Default)]
pub(super) struct Connections {
    made: Arc<Mutex<Vec<(SourceId, Connection)>>>,
}

impl Connections {
    /// Progress that keeps every connection that is made.
    pub(super) fn gathering(&self) -> Progress {
        let made = Arc::clone(&self.made);
        Progress::watching(move |source, event| {
            if let LiveProgress::Connected(connection) = event {
                let mut made = made.lock().unwrap_or_else(PoisonError::into_inner);
                made.push((source, *connection));
            }
        })
    }

    /// The connection to an account; the first where the account is not known.
    pub(super) fn to(&self, account: Option<&str>) -> Option<(SourceId, Connection)> {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let own = account.map(|account| {
            made.iter()
                .find(|(_, connection)| connection.caller.account == account)
        });
        own.unwrap_or_else(|| made.first()).cloned()
    }

    /// Puts what AWS says of an encoded authorization message in the place of what could be read
    /// without it. Where AWS does not say, the reason goes to standard error.
    pub(super) fn decode(&self, denial: &mut Denial) -> Result<(), Failure> {
        let Some(encoded) = &denial.encoded else {
            return Ok(());
        };
        let account = denial::home(denial, false).account;
        let Some((_, connection)) = self.to(account.as_deref()) else {
            return Ok(());
        };
        match runtime()?.block_on(aws::decode_message(&connection, encoded)) {
            Ok(text) => *denial = denial::with_decoded(denial, &text),
            Err(error) => eprintln!("the encoded message could not be decoded: {error}"),
        }
        Ok(())
    }

    /// Adds the policy of a resource to the inventory, where a live account can tell it and nothing
    /// did yet. What could not be read is said on standard error, and decisions depend on it.
    pub(super) fn read_policy(&self, inventory: &mut Inventory, arn: &str) -> Result<(), Failure> {
        if let Some(question) = PolicyQuestion::of(arn)
            && (inventory.accounts.iter())
                .flat_map(|account| &account.resource_policies)
                .any(|known| known.resource == *question.arn)
        {
            return Ok(());
        }
        let account = Arn::parse(arn).map(|arn| arn.account.to_owned());
        let account = account.filter(|account| !account.is_empty());
        let Some((source, connection)) = self.to(account.as_deref()) else {
            return Ok(());
        };
        let read = runtime()?.block_on(live::resource_policy(&connection, arn, source));
        let policy = match read {
            Ok(Fetched::Policy(policy)) => Some(*policy),
            Ok(Fetched::None | Fetched::Unsupported) => None,
            Err(error) => {
                eprintln!("the policy of `{arn}` could not be read: {error}");
                live::unread_policy(arn, source, &error)
            }
        };
        let id = &connection.caller.account;
        let mut accounts = inventory.accounts.iter_mut();
        if let Some(policy) = policy
            && let Some(account) = accounts.find(|account| account.id.value == *id)
        {
            account.resource_policies.push(policy);
        }
        Ok(())
    }
}

/// Waits for what AWS answers.
pub(super) fn waiting<T>(answer: impl Future<Output = Result<T, AwsError>>) -> Result<T, Failure> {
    let answer = runtime()?.block_on(answer);
    answer.map_err(|error| Failure::input(error.to_string()))
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::input(AwsError::internal(&error.to_string()).to_string()))
}
