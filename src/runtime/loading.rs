//! Reading sources in the background, with how far it has come and a way to stop it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::Notify;

use super::cache::Cache;
use super::errands::Errands;
use super::live::{Accounts, Report, Said};
use crate::app::{self, Action, LoadRequest};
use crate::aws::{ConnectOptions, Connection};
use crate::load::{self, LoadError, Progress};

/// What was given before the screen opened.
#[derive(Default)]
pub(super) struct Given {
    /// What was read, such as standard input, by its name.
    bytes: BTreeMap<String, Vec<u8>>,
    /// How to connect to the live accounts: a role to assume, endpoints, an MFA code.
    live: Vec<ConnectOptions>,
}

impl Given {
    /// The text of a source that is no file, by its path.
    pub fn text_of(&self, path: &str) -> Option<&[u8]> {
        let given = self.bytes.get(path).map(Vec::as_slice);
        given.or_else(|| (path == "demo").then(|| load::demo_text().as_bytes()))
    }
}

/// The load in progress, if any.
pub(super) struct Loading {
    given: Arc<Given>,
    accounts: Accounts,
    current: Option<Current>,
    /// Stops the question to AWS's own simulator.
    pub(super) asking: Arc<Notify>,
}

/// A load in progress.
struct Current {
    generation: u64,
    progress: Arc<Progress>,
    live: Arc<Said>,
    stop: Arc<Notify>,
}

impl Loading {
    pub fn new(given: Given, cache: Option<Cache>) -> Self {
        Loading {
            given: Arc::new(given),
            accounts: Accounts::new(cache),
            current: None,
            asking: Arc::default(),
        }
    }

    /// Begins to load; what was being loaded is stopped.
    pub fn begin(&mut self, request: LoadRequest, errands: &Errands) {
        self.cancel();
        let generation = request.generation;
        let progress = Arc::new(Progress::default());
        let (files, live) = self.take_apart(&request);
        let said = Arc::new(Said::new(live.len()));
        let report = Report {
            generation,
            outcomes: errands.outcomes().clone(),
            said: Arc::clone(&said),
        };
        let anew = request.anew;
        let settings = load_settings(request.settings);
        let (accounts, own) = (self.accounts.clone(), Arc::clone(&progress));
        let stop = Arc::new(Notify::new());
        let stopped = Arc::clone(&stop);
        let handle = Handle::current();
        tokio::task::spawn_blocking(move || {
            let result = match load::load(&files, &settings, &own) {
                Ok(base) if live.is_empty() => Ok(base),
                // What reads accounts stays on the thread that it began on.
                Ok(base) => handle.block_on(async {
                    tokio::select! {
                        loaded = accounts.load(base, live, anew, &report) => loaded,
                        () = stopped.notified() => Err(LoadError::Cancelled.to_string()),
                    }
                }),
                Err(error) => Err(error.to_string()),
            };
            report.give(Action::Loaded {
                generation,
                result: result.map(Arc::new),
            });
        });
        self.current = Some(Current {
            generation,
            progress,
            live: said,
            stop,
        });
    }

    /// Stops what is being loaded; it ends soon after.
    pub fn cancel(&mut self) {
        if let Some(current) = self.current.take() {
            current.progress.cancel();
            current.stop.notify_one();
        }
    }

    /// The text of a source that is no file, by its path.
    pub fn text_of(&self, path: &str) -> Option<&[u8]> {
        self.given.text_of(path)
    }

    /// The connection to an account, where one was made.
    pub fn connection(&self, account: Option<&str>) -> Option<Connection> {
        self.accounts.connection_to(account)
    }

    /// What was given before the screen opened, for work on another thread.
    pub fn given(&self) -> Arc<Given> {
        Arc::clone(&self.given)
    }

    /// How far loading has come.
    pub fn progress(&self) -> Option<Action> {
        let current = self.current.as_ref()?;
        let progress = &current.progress;
        Some(Action::LoadProgress {
            generation: current.generation,
            words: match current.live.words() {
                live if !live.is_empty() => live,
                _ => words(progress.files(), progress.bytes()),
            },
        })
    }

    /// The accounts that were connected to.
    pub(super) fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// Takes note of a small loading of its own; gives what stops it.
    pub(super) fn begin_small(&mut self, generation: u64) -> Arc<Notify> {
        self.cancel();
        let stop = Arc::new(Notify::new());
        self.current = Some(Current {
            generation,
            progress: Arc::default(),
            live: Arc::new(Said::new(0)),
            stop: Arc::clone(&stop),
        });
        stop
    }

    /// How to connect to an account.
    pub(super) fn options(&self, name: Option<&String>, region: Option<&String>) -> ConnectOptions {
        let mut given = self.given.live.iter();
        let given = given.find(|live| live.profile.as_ref() == name);
        // Another profile is asked through the same endpoints.
        let elsewhere = || ConnectOptions {
            endpoints: match self.given.live.first() {
                Some(first) => first.endpoints.clone(),
                None => BTreeMap::new(),
            },
            ..ConnectOptions::default()
        };
        let mut options = given.cloned().unwrap_or_else(elsewhere);
        options.profile = name.cloned();
        options.region = region.cloned();
        options
    }

    /// The sources that are files, and how to connect to those that are accounts.
    fn take_apart(&self, request: &LoadRequest) -> (Vec<load::SourceSpec>, Vec<ConnectOptions>) {
        let (mut files, mut live) = (Vec::new(), Vec::new());
        for source in &request.sources {
            match source {
                app::SourceSpec::Demo => files.push(load::SourceSpec::Demo),
                app::SourceSpec::Path(path) => files.push(match self.given.bytes.get(path) {
                    Some(bytes) => load::SourceSpec::Bytes {
                        name: path.clone(),
                        bytes: bytes.clone(),
                    },
                    None => load::SourceSpec::Path(PathBuf::from(path)),
                }),
                app::SourceSpec::Profile { name, region } => {
                    live.push(self.options(name.as_ref(), region.as_ref()));
                }
            }
        }
        (files, live)
    }
}

fn words(files: u64, bytes: u64) -> String {
    let size = match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
    };
    match files {
        0 => "reading".to_owned(),
        1 => format!("reading, {size}"),
        _ => format!("reading, {files} files, {size}"),
    }
}

fn load_settings(settings: app::Settings) -> load::Settings {
    load::Settings {
        parameters: settings.parameters,
        conditions: settings.conditions,
        account: settings.account,
        region: settings.region,
        partition: settings.partition,
    }
}

/// The sources in the words of the screen, and what was already read of them.
pub(super) fn split(sources: Vec<load::SourceSpec>) -> (Vec<app::SourceSpec>, Given) {
    let mut given = Given::default();
    let specs = sources.into_iter().map(|source| match source {
        load::SourceSpec::Demo => app::SourceSpec::Demo,
        load::SourceSpec::Path(path) => app::SourceSpec::Path(path.display().to_string()),
        load::SourceSpec::Bytes { name, bytes } => {
            given.bytes.insert(name.clone(), bytes);
            app::SourceSpec::Path(name)
        }
        load::SourceSpec::Live(options) => {
            let (name, region) = (options.profile.clone(), options.region.clone());
            given.live.push(*options);
            app::SourceSpec::Profile { name, region }
        }
    });
    (specs.collect(), given)
}

/// The settings in the words of the screen.
pub(super) fn settings(settings: load::Settings) -> app::Settings {
    app::Settings {
        parameters: settings.parameters,
        conditions: settings.conditions,
        account: settings.account,
        region: settings.region,
        partition: settings.partition,
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::super::errands::Outcome;
    use super::*;

    fn request(sources: Vec<app::SourceSpec>) -> LoadRequest {
        LoadRequest {
            generation: 1,
            sources,
            settings: app::Settings::default(),
            anew: true,
        }
    }

    async fn loaded(loading: &mut Loading, request: LoadRequest) -> Result<usize, String> {
        let (sender, mut outcomes) = mpsc::unbounded_channel();
        loading.begin(request, &Errands::new(sender));
        match outcomes.recv().await.unwrap() {
            Outcome::Action(Action::Loaded { result, .. }) => {
                result.map(|inventory| inventory.sources.len())
            }
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn what_was_read_before_is_not_read_again() {
        let policy = br#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;
        let (specs, given) = split(vec![load::SourceSpec::Bytes {
            name: "standard input".to_owned(),
            bytes: policy.to_vec(),
        }]);
        let mut loading = Loading::new(given, None);
        for _ in 0..2 {
            assert_eq!(loaded(&mut loading, request(specs.clone())).await, Ok(1));
        }
    }

    #[tokio::test]
    async fn a_source_that_is_not_there_is_said() {
        let none = vec![app::SourceSpec::Path("/nowhere/at/all".to_owned())];
        let mut loading = Loading::new(Given::default(), None);
        let error = loaded(&mut loading, request(none)).await.unwrap_err();
        assert!(error.contains("/nowhere/at/all"), "{error}");
    }

    #[test]
    fn progress_is_said_in_words() {
        assert_eq!(words(0, 0), "reading");
        assert_eq!(words(1, 999), "reading, 999 bytes");
        assert_eq!(words(1, 4_400), "reading, 4 kB");
        assert_eq!(words(12, 52_390_000), "reading, 12 files, 52.3 MB");
    }
}
