//! Live accounts: connected to, read in parts, kept while they are read again.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use futures::future::join_all;
use tokio::sync::mpsc;

use super::cache::Cache;
use super::errands::Outcome;
use crate::app::{Action, LiveFailure, LiveSession, SignIn};
use crate::aws::{AwsError, ConnectOptions, Connection, FaultKind, Profiles};
use crate::iam::{Account, Inventory, Place, Problem, Source, SourceId, SourceKind};
use crate::load::live::{self, LiveProgress};

/// What live accounts say while they are read, a line each.
pub(super) struct Said(Mutex<Vec<String>>);

impl Said {
    pub fn new(sources: usize) -> Self {
        Said(Mutex::new(vec![String::new(); sources]))
    }

    fn say(&self, source: usize, words: String) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = all.get_mut(source) {
            *own = words;
        }
    }

    /// All of it in one line.
    pub fn words(&self) -> String {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        all.join("; ").trim_matches([';', ' ']).to_owned()
    }
}

/// Where to tell how loading goes on.
pub(super) struct Report {
    pub generation: u64,
    pub outcomes: mpsc::UnboundedSender<Outcome>,
    pub said: Arc<Said>,
}

impl Report {
    /// Sends something to the screen, which may have been left meanwhile.
    pub fn give(&self, action: Action) {
        let _ = self.outcomes.send(Outcome::Action(action));
    }
}

/// The accounts that were connected to, and those of earlier sittings.
#[derive(Clone, Default)]
pub(super) struct Accounts {
    known: Arc<Mutex<Vec<Known>>>,
    cache: Option<Cache>,
}

/// An account that was connected to.
struct Known {
    options: ConnectOptions,
    connection: Connection,
    /// The account as it was read last, as a whole, and as which source.
    whole: Option<(SourceId, Arc<Account>)>,
}

impl Accounts {
    /// No account yet; those of earlier sittings in a cache, where there is one.
    pub fn new(cache: Option<Cache>) -> Self {
        Accounts {
            known: Arc::default(),
            cache,
        }
    }

    fn with<T>(&self, options: &ConnectOptions, work: impl FnOnce(&mut Known) -> T) -> Option<T> {
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut known = all.iter_mut();
        known.find(|own| own.options == *options).map(work)
    }

    /// A connection, and as which source its account was read.
    pub fn connection(&self, options: &ConnectOptions) -> Option<(Connection, SourceId)> {
        self.with(options, |known| {
            let source = known
                .whole
                .as_ref()
                .map_or(SourceId(0), |(source, _)| *source);
            (known.connection.clone(), source)
        })
    }

    /// The connection to an account; where it was not connected to, or none is named, the first.
    pub fn connection_to(&self, account: Option<&str>) -> Option<Connection> {
        let all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let named = all
            .iter()
            .find(|own| Some(own.connection.caller.account.as_str()) == account);
        named.or(all.first()).map(|own| own.connection.clone())
    }

    fn connected(&self, options: &ConnectOptions, connection: &Connection) {
        let set = self.with(options, |known| known.connection = connection.clone());
        if set.is_none() {
            let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            all.push(Known {
                options: options.clone(),
                connection: connection.clone(),
                whole: None,
            });
        }
    }

    /// Loads accounts side by side, beside what was read from files. What has arrived is handed on;
    /// an account that was read before stays until it was read again.
    pub async fn load(
        &self,
        base: Inventory,
        live: Vec<ConnectOptions>,
        anew: bool,
        report: &Report,
    ) -> Result<Inventory, String> {
        let first = base.sources.len();
        let slots = live.iter().zip(first..).map(|(options, number)| {
            let source = SourceId(u32::try_from(number).unwrap_or(u32::MAX));
            let kept = self.with(options, |known| known.whole.clone()).flatten();
            let kept = kept.filter(|(own, _)| *own == source);
            Slot {
                name: live::source_name(options),
                source,
                is_read: kept.is_some(),
                account: kept.map(|(_, account)| account),
                failed: None,
            }
        });
        let parts = Parts(Mutex::new((base, slots.collect())));
        self.paint_kept(&live, &parts, report).await;
        let each = live.iter().enumerate();
        let wanted = each.filter(|(position, _)| {
            // One that is only painted from an earlier sitting is read all the same.
            let is_read = parts.with(*position, |slot| slot.is_read);
            anew || !is_read
        });
        join_all(
            wanted.map(|(position, options)| self.load_one(position, options, &parts, report)),
        )
        .await;
        parts.end()
    }

    /// Shows accounts as they were in an earlier sitting, until they are read.
    async fn paint_kept(&self, live: &[ConnectOptions], parts: &Parts, report: &Report) {
        let Some(cache) = &self.cache else {
            return;
        };
        let mut oldest = None;
        for (position, options) in live.iter().enumerate() {
            let wanted = parts.with(position, |slot| {
                slot.account.is_none().then_some(slot.source)
            });
            let Some(source) = wanted else { continue };
            let (cache, options) = (cache.clone(), options.clone());
            let read = tokio::task::spawn_blocking(move || cache.read(&options, source));
            let Ok(Some(kept)) = read.await else { continue };
            if let Some(account) = kept.inventory.accounts.into_iter().next() {
                parts.with(position, |slot| slot.account = Some(Arc::new(account)));
                let taken = SystemTime::from(kept.taken);
                oldest = Some(oldest.map_or(taken, |oldest: SystemTime| oldest.min(taken)));
            }
        }
        if let Some(taken) = oldest {
            report.give(Action::Arrived {
                generation: report.generation,
                inventory: Arc::new(parts.inventory()),
                taken: Some(taken),
            });
        }
    }

    /// Keeps an account for the next start. That it cannot is no harm to this one.
    fn keep(&self, options: &ConnectOptions, source: SourceId, account: &Arc<Account>) {
        if let Some(cache) = self.cache.clone() {
            let (options, account) = (options.clone(), Arc::clone(account));
            tokio::task::spawn_blocking(move || {
                let _ = cache.write(&options, source, &account);
            });
        }
    }

    async fn load_one(
        &self,
        position: usize,
        options: &ConnectOptions,
        parts: &Parts,
        report: &Report,
    ) {
        let (source, is_kept) = parts.with(position, |slot| (slot.source, slot.account.is_some()));
        let progress = |event: LiveProgress| match event {
            LiveProgress::Connected(connection) => {
                self.connected(options, &connection);
                report.give(Action::Connected {
                    generation: report.generation,
                    session: session(options, &connection),
                });
            }
            LiveProgress::Words(words) => report.said.say(position, format!("loading {words}")),
            LiveProgress::Partial(account) if !is_kept => {
                parts.with(position, |slot| slot.account = Some(Arc::from(account)));
                report.give(Action::Arrived {
                    generation: report.generation,
                    inventory: Arc::new(parts.inventory()),
                    taken: None,
                });
            }
            LiveProgress::Partial(_) => {}
        };
        let words = format!("connecting, {}", live::source_name(options));
        report.said.say(position, words);
        match live::load(options, source, &progress).await {
            Ok((mut account, _)) => {
                live::note_missing_policies(&mut account);
                let account = Arc::new(account);
                self.keep(options, source, &account);
                self.with(options, |known| {
                    known.whole = Some((source, account.clone()))
                });
                parts.with(position, |slot| slot.account = Some(account));
            }
            Err(error) => {
                let failure = parts.with(position, |slot| slot.fail(&error, is_kept, options));
                report.give(Action::SourceFailed {
                    generation: report.generation,
                    failure,
                });
            }
        }
        report.said.say(position, String::new());
    }
}

/// What has arrived of each account, beside what was read from files.
struct Parts(Mutex<(Inventory, Vec<Slot>)>);

/// What has arrived of one account.
struct Slot {
    name: String,
    source: SourceId,
    account: Option<Arc<Account>>,
    /// Whether it was read in this sitting, as a whole.
    is_read: bool,
    failed: Option<String>,
}

impl Slot {
    /// Takes note of a failure. What had arrived stays, and says that it is not all.
    fn fail(&mut self, error: &AwsError, is_kept: bool, options: &ConnectOptions) -> LiveFailure {
        let words = error.to_string();
        let mut broken = false;
        if let (Some(account), false) = (&self.account, is_kept) {
            broken = true;
            let mut account = Account::clone(account);
            let message = format!("loading ended before everything was read: {words}");
            let problem = Problem::error(Place::whole(self.source), message)
                .hint("roles, policies and statements may be missing here; read the source again");
            account.problems.push(problem);
            self.account = Some(Arc::new(account));
        }
        self.failed = Some(words.clone());
        LiveFailure {
            words,
            broken,
            sign_in: sign_in(error.kind, options),
        }
    }
}

impl Parts {
    /// Does something with one account's part. The position is one of those that it was made with.
    fn with<T>(&self, position: usize, work: impl FnOnce(&mut Slot) -> T) -> T {
        let mut parts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut parts.1[position])
    }

    /// Everything that is here.
    fn inventory(&self) -> Inventory {
        let parts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (base, slots) = &*parts;
        let mut inventory = base.clone();
        for slot in slots {
            inventory.sources.push(Source {
                path: slot.name.clone(),
                kind: SourceKind::Live,
            });
            inventory.accounts.extend(slot.account.as_deref().cloned());
        }
        inventory
    }

    /// Everything, unless all that is new failed.
    fn end(&self) -> Result<Inventory, String> {
        let failed = {
            let parts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let (base, slots) = &*parts;
            let all_failed = slots.iter().all(|slot| slot.failed.is_some());
            let is_nothing = slots.iter().all(|slot| slot.account.is_none());
            let first = slots.iter().find_map(|slot| slot.failed.clone());
            first.filter(|_| all_failed && is_nothing && base.accounts.is_empty())
        };
        match failed {
            Some(words) => Err(words),
            None => Ok(self.inventory()),
        }
    }
}

/// A connection in the words of the screen.
fn session(options: &ConnectOptions, connection: &Connection) -> LiveSession {
    LiveSession {
        source: live::source_name(options),
        profile: options.profile.clone(),
        account: connection.caller.account.clone(),
        caller: connection.caller.arn.clone(),
        chain: connection.chain.clone(),
        asked_region: options.region.clone(),
        region: connection.region.clone(),
        expires: connection.expires,
    }
}

/// The command that would help after a failure of this kind.
pub(super) fn sign_in(kind: FaultKind, options: &ConnectOptions) -> Option<SignIn> {
    if !matches!(kind, FaultKind::Expired | FaultKind::Credentials) {
        return None;
    }
    let named = std::env::var("AWS_PROFILE")
        .ok()
        .filter(|name| !name.is_empty());
    let profile = options.profile.clone().or(named);
    let profile = profile.unwrap_or_else(|| "default".to_owned());
    let command = Profiles::read().sign_in(&profile)?;
    Some(SignIn { command })
}
