//! What the screen knows of live accounts: who reads, until when, how much of the account is here.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::iam::{Arn, Inventory};

use super::item::Item;
use super::{Command, Effect, Notice, SourceSpec, State};

/// Below this, the end of the credentials is warned of.
const SOON: Duration = Duration::from_secs(10 * 60);

/// How much of what was asked for is shown.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Extent {
    /// All of it.
    #[default]
    Whole,
    /// What has arrived, with more to come.
    Coming,
    /// All of it as it was then; it is being read again.
    Kept(SystemTime),
    /// What had arrived when loading was stopped, or failed.
    Broken,
}

/// A connection to a live account.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LiveSession {
    /// What its source is called: `profile prod`.
    pub source: String,
    /// The profile, where it has one.
    pub profile: Option<String>,
    /// The account's id.
    pub account: String,
    /// The ARN of who reads.
    pub caller: String,
    /// The ARNs of who called before each role was assumed, first to last.
    pub chain: Vec<String>,
    /// The region that was asked for, where one was.
    pub asked_region: Option<String>,
    /// The region.
    pub region: String,
    /// When the credentials end, where they do.
    pub expires: Option<SystemTime>,
}

impl LiveSession {
    /// Who reads, in a word or two: `DebugRole`, `jane`, `root`.
    pub fn role(&self) -> String {
        short_caller(&self.caller)
    }

    /// The source that it is of.
    pub(super) fn spec(&self) -> SourceSpec {
        SourceSpec::Profile {
            name: self.profile.clone(),
            region: self.asked_region.clone(),
        }
    }

    /// Who called before each role was assumed, in words: `jane`.
    pub fn callers(&self) -> Vec<String> {
        self.chain.iter().map(|arn| short_caller(arn)).collect()
    }

    /// How long its credentials are good for.
    pub fn left(&self, now: SystemTime) -> Option<Left> {
        let expires = self.expires?;
        Some(match expires.duration_since(now) {
            Ok(left) if !left.is_zero() => Left::For(left),
            _ => Left::Ended,
        })
    }
}

/// How long credentials are good for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Left {
    /// For so long.
    For(Duration),
    /// No more.
    Ended,
}

impl Left {
    /// Whether it is time to warn.
    pub fn is_soon(self) -> bool {
        match self {
            Left::For(left) => left <= SOON,
            Left::Ended => true,
        }
    }

    /// In words: `2 h 13 min left`, `42 s left`, `ended`.
    pub fn words(self) -> String {
        match self {
            Left::For(left) => format!("{} left", duration_words(left)),
            Left::Ended => "credentials ended".to_owned(),
        }
    }
}

/// A duration in the two largest units: `3 d 4 h`, `2 h 13 min`, `13 min`, `42 s`.
pub fn duration_words(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match seconds {
        0..=60 => format!("{seconds} s"),
        _ if hours == 0 => format!("{minutes} min"),
        _ if days == 0 => format!("{hours} h {} min", minutes % 60),
        _ => format!("{days} d {} h", hours % 24),
    }
}

/// Why a live account could not be read, or not to the end.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LiveFailure {
    /// What is wrong and what to do, in one line.
    pub words: String,
    /// Whether a part of the account is shown that is not all of it.
    pub broken: bool,
    /// The command that signs in, where that would help.
    pub sign_in: Option<SignIn>,
}

/// A command that signs in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignIn {
    /// The program and its arguments.
    pub command: Vec<String>,
}

impl SignIn {
    /// The command as it is typed.
    pub fn words(&self) -> String {
        self.command.join(" ")
    }
}

/// What is known of live accounts.
#[derive(Debug, Default)]
pub struct Live {
    /// The connections, in the order of the sources.
    pub sessions: Vec<LiveSession>,
    /// What time it is; known while a time is shown.
    pub now: Option<SystemTime>,
    /// How much of what was asked for is shown.
    pub extent: Extent,
    /// Why something could not be read, until it is read again.
    pub failure: Option<LiveFailure>,
    /// Whether something is shown already of what is being loaded.
    pub(super) behind: bool,
    /// Whether other sources are being loaded than those that are shown.
    pub(super) switching: bool,
    /// Resources whose policies were asked for.
    pub(super) asked_for: HashSet<String>,
    /// The last question to AWS's own simulator.
    pub(super) ticket: u64,
    /// What arrived behind a what-if.
    pub(super) held: Option<Arc<Inventory>>,
}

impl Live {
    /// A number for a question, in place of the one before.
    pub(super) fn next_ticket(&mut self) -> u64 {
        self.ticket += 1;
        self.ticket
    }

    /// The session whose credentials end first.
    pub fn first_to_end(&self) -> Option<&LiveSession> {
        let ending = self.sessions.iter().filter(|own| own.expires.is_some());
        ending.min_by_key(|own| own.expires)
    }

    /// How long until something that says a time says another one.
    pub fn next_change(&self, now: SystemTime) -> Option<Duration> {
        let minute = Duration::from_secs(60);
        let second = Duration::from_secs(1);
        let until = |time: Duration, unit: Duration| {
            let over = time.as_nanos() % unit.as_nanos();
            // A moment more, so that the unit has changed by then.
            Duration::from_nanos(u64::try_from(over).unwrap_or(0)) + Duration::from_millis(5)
        };
        let ends = self
            .sessions
            .iter()
            .filter_map(|session| match session.left(now)? {
                Left::For(left) if left <= minute => Some(until(left, second)),
                Left::For(left) => Some(until(left, minute)),
                Left::Ended => None,
            });
        let age = match self.extent {
            Extent::Kept(taken) => {
                let age = now.duration_since(taken).unwrap_or_default();
                Some(minute.saturating_sub(until(age, minute)) + Duration::from_millis(10))
            }
            _ => None,
        };
        ends.chain(age).min()
    }
}

impl State {
    /// Takes note of a connection, in place of an earlier one of the same source.
    pub(super) fn connected(&mut self, session: LiveSession) {
        let sessions = &mut self.live.sessions;
        // Those of the sources before are of no use any more.
        let wanted = |own: &LiveSession| self.sources.contains(&own.spec());
        sessions.retain(wanted);
        match sessions.iter_mut().find(|own| own.source == session.source) {
            Some(own) => *own = session,
            None => sessions.push(session),
        }
    }

    /// Takes note of what could not be read.
    pub(super) fn source_failed(&mut self, failure: LiveFailure) {
        if failure.sign_in.is_none() && !failure.broken {
            self.notice = Some(Notice::failure(failure.words));
            return;
        }
        self.live.failure = Some(failure);
    }

    /// The session that reads an account.
    pub fn session_of(&self, account: u32) -> Option<&LiveSession> {
        let account = self.inventory.accounts.get(account as usize)?;
        // Two profiles may read one account: what was read says by which.
        let role = account.roles.first();
        let source = role.and_then(|role| self.inventory.path_of(role.identity.place));
        let mut sessions = self.live.sessions.iter();
        let own = sessions.find(|session| Some(session.source.as_str()) == source);
        own.or_else(|| {
            let mut sessions = self.live.sessions.iter();
            sessions.find(|session| session.account == account.id.value)
        })
    }

    /// The account that a live source gave.
    pub(super) fn account_of(&self, source: &SourceSpec) -> Option<u32> {
        let count = u32::try_from(self.inventory.accounts.len()).ok()?;
        (0..count).find(|account| {
            let session = self.session_of(*account);
            session.is_some_and(|session| session.spec() == *source)
        })
    }

    /// Reads the selected role again.
    pub(super) fn reload_role(&mut self, effects: &mut Vec<Effect>) {
        let selected = self.selected().and_then(Item::entity);
        let role = selected.and_then(|entity| Some((entity, entity.role(&self.inventory)?)));
        let Some((entity, role)) = role else {
            self.notice = Some(Notice::info("select a role, or anything below one"));
            return;
        };
        let arn = role.identity.arn.to_string();
        let Some(source) = self.session_of(entity.account).map(LiveSession::spec) else {
            self.notice = Some(Notice::info(
                "this role was not read from AWS by this program: r reads its source again",
            ));
            return;
        };
        if self.loading.is_some() || !self.suppositions.is_empty() {
            self.notice = Some(Notice::info(
                "not while something is being loaded or supposed",
            ));
            return;
        }
        self.generation += 1;
        self.loading = Some(format!("reading {}", crate::explain::escape(&arn)));
        self.comparing = true;
        effects.push(Effect::ReadRole {
            generation: self.generation,
            inventory: self.inventory.clone(),
            account: entity.account,
            source,
            arn,
        });
    }

    /// Signs in with the profile's own command.
    pub(super) fn sign_in(&mut self, effects: &mut Vec<Effect>) {
        let failure = self.live.failure.as_ref();
        match failure.and_then(|failure| failure.sign_in.clone()) {
            Some(sign_in) => effects.push(Effect::SignIn(sign_in)),
            None => {
                self.notice = Some(Notice::info(
                    "nothing to sign in to: no profile with a sign-in of its own has ended",
                ));
            }
        }
    }

    /// Forgets what has changed since loading before.
    pub(super) fn clear_changes(&mut self, effects: &mut Vec<Effect>) {
        if self.index.changes().is_empty() {
            self.notice = Some(Notice::info("nothing is marked as changed"));
            return;
        }
        let work = super::job::Work::Index(None, false);
        effects.push(self.job(super::Lane::Index, work));
        self.notice = Some(Notice::info("the marks are gone"));
    }

    /// What to say of a failure, for as long as it lasts.
    pub fn failure_words(&self) -> Option<String> {
        let failure = self.live.failure.as_ref()?;
        let key = self.key_words(Command::SignIn);
        Some(match (&failure.sign_in, key) {
            (Some(sign_in), Some(key)) => {
                format!("{key} signs in ({}): {}", sign_in.words(), failure.words)
            }
            _ => failure.words.clone(),
        })
    }
}

/// Who an ARN is, in a word: a session by its role, a user by its name.
fn short_caller(arn: &str) -> String {
    let Some(parsed) = Arn::parse(arn) else {
        return arn.to_owned();
    };
    let resource = parsed.resource;
    match resource.split_once('/') {
        Some(("assumed-role", rest)) => rest.split('/').next().unwrap_or(rest).to_owned(),
        Some((_, rest)) => rest.rsplit('/').next().unwrap_or(rest).to_owned(),
        None => resource.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(caller: &str, expires: Option<SystemTime>) -> LiveSession {
        LiveSession {
            source: "profile prod".to_owned(),
            profile: Some("prod".to_owned()),
            account: "123456789012".to_owned(),
            caller: caller.to_owned(),
            chain: vec!["arn:aws:iam::123456789012:user/path/jane".to_owned()],
            asked_region: None,
            region: "eu-west-1".to_owned(),
            expires,
        }
    }

    #[test]
    fn callers_are_known_by_one_word() {
        let role = session("arn:aws:sts::123456789012:assumed-role/Debug/s", None);
        assert_eq!(role.role(), "Debug");
        assert_eq!(role.callers(), ["jane"]);
        assert_eq!(
            session("arn:aws:iam::123456789012:root", None).role(),
            "root"
        );
    }

    #[test]
    fn time_left_is_said_by_the_minute_then_by_the_second() {
        let words = |seconds| Left::For(Duration::from_secs(seconds)).words();
        assert_eq!(words(8_000), "2 h 13 min left");
        assert_eq!(words(3_599), "59 min left");
        assert_eq!(words(61), "1 min left");
        assert_eq!(words(60), "60 s left");
        assert_eq!(words(1), "1 s left");
        assert!(!Left::For(Duration::from_secs(601)).is_soon());
        assert!(Left::For(Duration::from_secs(600)).is_soon());
    }

    #[test]
    fn the_clock_is_looked_at_no_more_often_than_it_shows() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let next = |left: Duration| {
            let live = Live {
                sessions: vec![session("arn:aws:iam::1:user/jane", Some(now + left))],
                ..Live::default()
            };
            live.next_change(now)
        };
        let near = |found: Option<Duration>, milliseconds: u64| {
            let found = found.unwrap();
            let wanted = Duration::from_millis(milliseconds);
            found >= wanted && found < wanted + Duration::from_millis(20)
        };
        assert!(near(next(Duration::from_secs(3_630)), 30_000));
        assert!(near(next(Duration::from_secs(90)), 30_000));
        assert!(near(next(Duration::from_millis(30_400)), 400));
        assert_eq!(next(Duration::ZERO), None);
        assert_eq!(Live::default().next_change(now), None);
    }
}
