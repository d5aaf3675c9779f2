//! Single questions to a live account that is open: its own simulator, the policy of a resource, one
//! role. Each runs on a thread of its own, and the screen goes on.

use std::future::Future;
use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::Notify;

use super::aws_question;
use super::errands::{Errands, Outcome};
use super::live::sign_in;
use super::loading::Loading;
use crate::app::{self, Action, AwsSaid, FetchedPolicy, LiveFailure};
use crate::aws::{self, AwsError, ConnectOptions, Connection};
use crate::iam::{Account, Inventory, SourceId};
use crate::load::live::{self, Fetched};
use crate::simulate::Request;

impl Loading {
    /// Asks AWS's own simulator, in place of an earlier question.
    pub fn ask_aws(
        &mut self,
        ticket: u64,
        source: &app::SourceSpec,
        request: &Request,
        errands: &Errands,
    ) {
        self.stop_asking();
        let stop = Arc::clone(&self.asking);
        let question = aws_question(request);
        let connected = self.connected(source);
        answer(errands, stop, async move {
            let result = match connected {
                Ok((connection, _)) => aws::ask(&connection, &question).await,
                Err(error) => Err(error),
            };
            let said = |answer: aws::Answer| AwsSaid {
                resource: answer.resource,
                decision: answer.decision,
                matched: answer.matched.into_iter().map(|one| one.policy).collect(),
                missing: answer.missing_context,
            };
            Action::AwsAnswered {
                ticket,
                result: result
                    .map(|answers| answers.into_iter().map(said).collect())
                    .map_err(|error| error.to_string()),
            }
        });
    }

    /// Stops asking AWS's own simulator.
    pub fn stop_asking(&mut self) {
        self.asking.notify_waiters();
    }

    /// Reads the policy of a resource.
    pub fn fetch_policy(
        &self,
        generation: u64,
        source: app::SourceSpec,
        arn: String,
        errands: &Errands,
    ) {
        let connected = self.connected(&source);
        answer(errands, Arc::default(), async move {
            let fetched = match connected {
                Ok((connection, id)) => policy_of(&connection, &arn, id).await,
                Err(error) => FetchedPolicy {
                    policy: None,
                    failed: Some(error.to_string()),
                    supported: true,
                },
            };
            Action::PolicyFetched {
                generation,
                source,
                arn,
                fetched,
            }
        });
    }

    /// Reads one role again; everything with it counts as loaded.
    pub fn read_role(
        &mut self,
        errands: &Errands,
        generation: u64,
        inventory: &Arc<Inventory>,
        account: u32,
        source: &app::SourceSpec,
        arn: String,
    ) {
        let connected = self.connected(source);
        let options = self.options_of(source);
        let outcomes = errands.outcomes().clone();
        let inventory = Arc::clone(inventory);
        let stop = self.begin_small(generation);
        answer(errands, stop, async move {
            let read = async {
                let (connection, id) = connected?;
                let position = account as usize;
                let known = inventory
                    .accounts
                    .get(position)
                    .ok_or_else(|| AwsError::internal("the role's account is not open any more"))?;
                let mut read = live::refresh_role(&connection, known, &arn, id).await?;
                live::note_missing_policies(&mut read);
                Ok::<Inventory, AwsError>(with(&inventory, position, read))
            };
            let result = read.await.map_err(|error| {
                let failure = LiveFailure {
                    words: error.to_string(),
                    broken: false,
                    sign_in: options.and_then(|options| sign_in(error.kind, &options)),
                };
                let failed = Action::SourceFailed {
                    generation,
                    failure,
                };
                let _ = outcomes.send(Outcome::Action(failed));
                error.to_string()
            });
            Action::Loaded {
                generation,
                result: result.map(Arc::new),
            }
        });
    }

    /// The connection of a live source, and as which source it was read.
    fn connected(&self, source: &app::SourceSpec) -> Result<(Connection, SourceId), AwsError> {
        let options = self.options_of(source);
        let connection = options.and_then(|options| self.accounts().connection(&options));
        connection.ok_or_else(|| AwsError::internal("the account is not connected yet"))
    }

    fn options_of(&self, source: &app::SourceSpec) -> Option<ConnectOptions> {
        match source {
            app::SourceSpec::Profile { name, region } => {
                Some(self.options(name.as_ref(), region.as_ref()))
            }
            _ => None,
        }
    }
}

/// The inventory with one account in place of another.
fn with(inventory: &Inventory, position: usize, account: Account) -> Inventory {
    let mut fresh = inventory.clone();
    if let Some(own) = fresh.accounts.get_mut(position) {
        *own = account;
    }
    fresh
}

async fn policy_of(connection: &Connection, arn: &str, source: SourceId) -> FetchedPolicy {
    let (policy, failed, supported) = match live::resource_policy(connection, arn, source).await {
        Ok(Fetched::Policy(policy)) => (Some(policy), None, true),
        Ok(Fetched::None) => (None, None, true),
        Ok(Fetched::Unsupported) => (None, None, false),
        Err(error) => {
            let standing = live::unread_policy(arn, source, &error);
            (standing.map(Box::new), Some(error.to_string()), true)
        }
    };
    FetchedPolicy {
        policy,
        failed,
        supported,
    }
}

/// Runs a question on a thread of its own and gives its answer to the screen, unless it is stopped.
fn answer(
    errands: &Errands,
    stop: Arc<Notify>,
    question: impl Future<Output = Action> + Send + 'static,
) {
    let outcomes = errands.outcomes().clone();
    let handle = Handle::current();
    tokio::task::spawn_blocking(move || {
        handle.block_on(async {
            tokio::select! {
                action = question => {
                    // The screen may have been left meanwhile.
                    let _ = outcomes.send(Outcome::Action(action));
                }
                () = stop.notified() => {}
            }
        });
    });
}
