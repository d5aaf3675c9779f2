//! Reading sources in the background, with how far it has come and a way to stop it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::errands::{Errands, Outcome};
use crate::app::{self, Action, LoadRequest};
use crate::aws::ConnectOptions;
use crate::iam::Inventory;
use crate::load::{self, LoadError, Progress};

/// What was given before the screen opened.
#[derive(Default)]
pub(super) struct Given {
    /// What was read, such as standard input, by its name.
    bytes: BTreeMap<String, Vec<u8>>,
    /// How to connect to the live account: a role to assume, endpoints, an MFA code.
    live: Option<ConnectOptions>,
}

/// The load in progress, if any.
#[derive(Default)]
pub(super) struct Loading {
    given: Arc<Given>,
    current: Option<(u64, Arc<Progress>)>,
}

impl Loading {
    pub fn new(given: Given) -> Self {
        Loading {
            given: Arc::new(given),
            current: None,
        }
    }

    /// Begins to load; what was being loaded is stopped.
    pub fn begin(&mut self, request: LoadRequest, errands: &Errands) {
        self.cancel();
        let progress = Arc::new(Progress::default());
        self.current = Some((request.generation, Arc::clone(&progress)));
        let given = Arc::clone(&self.given);
        errands.run(move || {
            let generation = request.generation;
            let result = read(request, &given, &progress)
                .map(Arc::new)
                .map_err(|error| error.to_string());
            Some(Outcome::Action(Action::Loaded { generation, result }))
        });
    }

    /// Stops what is being loaded; it ends soon after.
    pub fn cancel(&mut self) {
        if let Some((_, progress)) = self.current.take() {
            progress.cancel();
        }
    }

    /// The text of a source that is no file, by its path.
    pub fn text_of(&self, path: &str) -> Option<&[u8]> {
        let given = self.given.bytes.get(path).map(Vec::as_slice);
        given.or_else(|| (path == "demo").then(|| load::demo_text().as_bytes()))
    }

    /// How far loading has come.
    pub fn progress(&self) -> Option<Action> {
        let (generation, progress) = self.current.as_ref()?;
        Some(Action::LoadProgress {
            generation: *generation,
            words: match progress.words() {
                live if !live.is_empty() => live,
                _ => words(progress.files(), progress.bytes()),
            },
        })
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

fn read(request: LoadRequest, given: &Given, progress: &Progress) -> Result<Inventory, LoadError> {
    let sources = request.sources.into_iter().map(|source| match source {
        app::SourceSpec::Demo => load::SourceSpec::Demo,
        app::SourceSpec::Path(path) => match given.bytes.get(&path) {
            Some(bytes) => load::SourceSpec::Bytes {
                name: path,
                bytes: bytes.clone(),
            },
            None => load::SourceSpec::Path(PathBuf::from(path)),
        },
        app::SourceSpec::Profile { name, region } => {
            let given = given.live.as_ref().filter(|live| live.profile == name);
            let mut options = given.cloned().unwrap_or_default();
            options.profile = name;
            options.region = region;
            load::SourceSpec::Live(Box::new(options))
        }
    });
    let sources: Vec<_> = sources.collect();
    let settings = load::Settings {
        parameters: request.settings.parameters,
        conditions: request.settings.conditions,
        account: request.settings.account,
        region: request.settings.region,
        partition: request.settings.partition,
    };
    load::load(&sources, &settings, progress)
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
            given.live = Some(*options);
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
    use super::*;

    fn request(sources: Vec<app::SourceSpec>) -> LoadRequest {
        LoadRequest {
            generation: 1,
            sources,
            settings: app::Settings::default(),
        }
    }

    #[test]
    fn what_was_read_before_is_not_read_again() {
        let policy = br#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;
        let (specs, given) = split(vec![load::SourceSpec::Bytes {
            name: "standard input".to_owned(),
            bytes: policy.to_vec(),
        }]);
        for _ in 0..2 {
            let inventory = read(request(specs.clone()), &given, &Progress::default()).unwrap();
            assert_eq!(inventory.sources[0].path, "standard input");
        }
    }

    #[test]
    fn a_load_that_was_cancelled_ends_with_that() {
        let progress = Progress::default();
        progress.cancel();
        let demo = request(vec![app::SourceSpec::Demo]);
        let error = read(demo, &Given::default(), &progress).unwrap_err();
        assert_eq!(error, LoadError::Cancelled);
    }

    #[test]
    fn progress_is_said_in_words() {
        assert_eq!(words(0, 0), "reading");
        assert_eq!(words(1, 999), "reading, 999 bytes");
        assert_eq!(words(1, 4_400), "reading, 4 kB");
        assert_eq!(words(12, 52_390_000), "reading, 12 files, 52.3 MB");
    }
}
