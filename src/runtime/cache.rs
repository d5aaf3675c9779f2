//! Live accounts as they were loaded last, so that the next start paints at once and loads behind.
//!
//! One file for each way to connect, in the form of a snapshot, readable by this person only. An
//! account holds no credentials. In the file's name is a hash of what decides what is seen: also the
//! session's name, its source identity and whether it has MFA, which policies can ask for. The external id only
//! decides whether the role may be assumed at all, and is no part of it: a short one could be guessed
//! from a hash.

use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::aws::ConnectOptions;
use crate::iam::{Account, Inventory, SourceId};
use crate::load::{live, snapshot};
use crate::report::Snapshot;
use crate::terminal::{Places, write_private};

/// Where live accounts are kept.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
}

/// A live account as it was.
#[derive(Debug)]
pub struct Cached {
    /// The account, alone.
    pub inventory: Inventory,
    /// When it was loaded.
    pub taken: Timestamp,
}

impl Cache {
    /// The cache in this person's cache folder; `None` where that is not known.
    pub fn find() -> Option<Self> {
        Places::find().map(|places| Cache::in_folder(&places.cache))
    }

    /// The cache below a folder.
    pub fn in_folder(folder: &Path) -> Self {
        Cache {
            folder: folder.join("accounts"),
        }
    }

    /// The file of an account.
    pub fn path(&self, options: &ConnectOptions) -> PathBuf {
        let profile = options.profile.as_deref().unwrap_or("environment");
        let shown: String = profile
            .chars()
            .map(|letter| match letter {
                'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' => letter,
                _ => '_',
            })
            .take(40)
            .collect();
        let mut hasher = DefaultHasher::new();
        options.profile.hash(&mut hasher);
        options.region.hash(&mut hasher);
        options.endpoints.hash(&mut hasher);
        if let Some(assume) = &options.assume {
            assume.role_arn.hash(&mut hasher);
            assume.read_only.hash(&mut hasher);
            assume.session_name.hash(&mut hasher);
            assume.source_identity.hash(&mut hasher);
            assume.mfa_serial.is_some().hash(&mut hasher);
        }
        if options.profile.is_none() {
            // Other keys are another account's, as far as is known before AWS is asked.
            for variable in ["AWS_ACCESS_KEY_ID", "AWS_PROFILE"] {
                env::var_os(variable).hash(&mut hasher);
            }
        }
        self.folder
            .join(format!("{shown}-{:016x}.json", hasher.finish()))
    }

    /// What was kept of an account, as source number `source`; `None` where there is nothing that can
    /// be used.
    pub fn read(&self, options: &ConnectOptions, source: SourceId) -> Option<Cached> {
        let path = self.path(options);
        let taken = fs::metadata(&path).and_then(|file| file.modified()).ok()?;
        let taken = Timestamp::try_from(taken).ok()?;
        let text = fs::read_to_string(path).ok()?;
        let mut inventory = snapshot::read(&text, source).ok()?;
        let account = inventory.accounts.pop()?;
        Some(Cached {
            inventory: live::alone(options, account),
            taken,
        })
    }

    /// Keeps an account that was loaded now, as source number `source`.
    ///
    /// # Errors
    /// Where the file cannot be written; what was kept before stays.
    pub fn write(
        &self,
        options: &ConnectOptions,
        source: SourceId,
        account: &Account,
    ) -> io::Result<()> {
        let now = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let text = Snapshot::of_account(&live::source(options), source, account).text(&now);
        write_private(&self.path(options), text.as_bytes())
    }

    /// Forgets an account.
    ///
    /// # Errors
    /// Where the file is there and cannot be removed.
    pub fn forget(&self, options: &ConnectOptions) -> io::Result<()> {
        match fs::remove_file(self.path(options)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::aws::{AssumeRole, Secret};
    use crate::iam::{Place, Problem};
    use crate::load::{self, Progress, Settings, SourceSpec};

    fn profile(name: &str) -> ConnectOptions {
        ConnectOptions {
            profile: Some(name.to_owned()),
            ..ConnectOptions::default()
        }
    }

    #[test]
    fn an_account_comes_back_as_it_was_kept() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::in_folder(folder.path());
        let demo = load::load(
            &[SourceSpec::Demo],
            &Settings::default(),
            &Progress::default(),
        );
        let account = demo.unwrap().accounts.remove(0);
        let prod = profile("../prod/x");
        assert!(cache.read(&prod, SourceId(0)).is_none());
        cache.write(&prod, SourceId(0), &account).unwrap();
        let kept = cache.read(&prod, SourceId(0)).unwrap();
        assert_eq!(kept.inventory.accounts.len(), 1);
        let roles = &kept.inventory.accounts[0].roles;
        assert_eq!(roles.len(), account.roles.len());
        assert_eq!(kept.inventory.sources[0].path, "profile ../prod/x");
        let age = Timestamp::now().duration_since(kept.taken);
        assert!(age.as_secs().abs() < 60, "{age:?}");
        assert!(
            cache
                .path(&prod)
                .starts_with(folder.path().join("accounts"))
        );
        assert!(cache.read(&profile("other"), SourceId(0)).is_none());
        cache.forget(&prod).unwrap();
        cache.forget(&prod).unwrap();
        assert!(cache.read(&prod, SourceId(0)).is_none());
    }

    #[test]
    fn places_are_in_the_source_that_it_is_now() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::in_folder(folder.path());
        let prod = profile("prod");
        let mut account = Account::new("a");
        let place = |source| Place::new(SourceId(source), 0, 0);
        let problem = Problem::note(place(3), "something");
        account.problems.push(problem);
        cache.write(&prod, SourceId(3), &account).unwrap();
        for source in [0, 2] {
            let kept = cache.read(&prod, SourceId(source)).unwrap();
            let problems = &kept.inventory.accounts[0].problems;
            assert_eq!(problems[0].place, place(source));
        }
    }

    #[test]
    fn what_is_damaged_is_as_if_it_were_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::in_folder(folder.path());
        let path = cache.path(&profile("p"));
        for text in ["", "{", "{\"kind\": \"iamscope-snapshot\", \"format\": 99}"] {
            write_private(&path, text.as_bytes()).unwrap();
            assert!(cache.read(&profile("p"), SourceId(0)).is_none(), "{text}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_this_person_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::in_folder(folder.path());
        cache
            .write(&profile("p"), SourceId(0), &Account::new("a"))
            .unwrap();
        let mode = fs::metadata(cache.path(&profile("p"))).unwrap();
        assert_eq!(mode.permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn each_way_to_connect_has_its_own_file() {
        let cache = Cache::in_folder(Path::new("/c"));
        let plain = profile("p");
        let mut elsewhere = plain.clone();
        elsewhere.region = Some("eu-west-1".to_owned());
        let debug = AssumeRole {
            role_arn: "arn:aws:iam::123456789012:role/debug".to_owned(),
            ..AssumeRole::default()
        };
        let assuming = |assume: AssumeRole| ConnectOptions {
            assume: Some(assume),
            ..plain.clone()
        };
        let planted = || Some("planted".to_owned());
        let sessions = [
            debug.clone(),
            AssumeRole {
                read_only: true,
                ..debug.clone()
            },
            AssumeRole {
                session_name: planted(),
                ..debug.clone()
            },
            AssumeRole {
                source_identity: planted(),
                ..debug.clone()
            },
            AssumeRole {
                mfa_serial: planted(),
                ..debug.clone()
            },
        ];
        let ways = [plain.clone(), elsewhere].into_iter();
        let ways = ways.chain(sessions.map(assuming));
        let paths: HashSet<PathBuf> = ways.map(|options| cache.path(&options)).collect();
        assert_eq!(paths.len(), 7);
        assert!(
            paths
                .iter()
                .all(|path| !path.display().to_string().contains("planted"))
        );
        // What is seen is the same however the role was asked for.
        let with_id = AssumeRole {
            external_id: Some(Secret::new("planted")),
            ..debug.clone()
        };
        assert_eq!(
            cache.path(&assuming(with_id)),
            cache.path(&assuming(debug.clone()))
        );
    }
}
