//! A live account: what [`crate::aws`] reads becomes an [`Account`], as a dump of it would.

mod arriving;
mod organisation;
mod refresh;
mod resources;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt};

pub(crate) use super::note_missing_policies;
use super::{LoadError, Progress};
use crate::aws::{self, AwsError, ConnectOptions, Connection, Extras, RoleExtra};
use crate::iam::{
    Account, Assumed, FederatedProvider, Inventory, Place, Problem, Source, SourceId, SourceKind,
    Text,
};
use arriving::Arriving;
use organisation::add_organisation;

pub use refresh::refresh_role;
pub use resources::{Fetched, resource_policy, unread_policy};

/// How far loading has come.
#[derive(Debug)]
pub enum LiveProgress {
    /// Connected: who is calling, as what, until when.
    Connected(Box<Connection>),
    /// What was read so far, in a few words: `1,000 roles, 12 users`.
    Words(String),
    /// The account as far as it is known; usable, with more to come.
    Partial(Box<Account>),
}

/// What the source is called: `profile prod`.
pub fn source_name(options: &ConnectOptions) -> String {
    match &options.profile {
        Some(profile) => format!("profile {profile}"),
        None => "AWS environment".to_owned(),
    }
}

/// A live account as a source.
pub fn source(options: &ConnectOptions) -> Source {
    Source {
        path: source_name(options),
        kind: SourceKind::Live,
    }
}

/// An inventory of one live account alone.
pub fn alone(options: &ConnectOptions, account: Account) -> Inventory {
    Inventory {
        sources: vec![source(options)],
        accounts: vec![account],
        problems: Vec::new(),
    }
}

/// Connects and loads a live account as source number `source`.
///
/// # Errors
/// One line with the next step, where nothing can be read.
pub async fn load(
    options: &ConnectOptions,
    source: SourceId,
    progress: &(dyn Fn(LiveProgress) + Send + Sync),
) -> Result<(Account, Connection), AwsError> {
    let connection = aws::connect(options).await?;
    progress(LiveProgress::Connected(Box::new(connection.clone())));
    let account = load_from(&connection, source, progress).await?;
    Ok((account, connection))
}

/// Loads the account of a connection as source number `source`. Where that breaks off, what had
/// arrived was handed on last.
///
/// # Errors
/// One line with the next step, where nothing can be read or no more can.
pub async fn load_from(
    connection: &Connection,
    source: SourceId,
    progress: &(dyn Fn(LiveProgress) + Send + Sync),
) -> Result<Account, AwsError> {
    let place = Place::whole(source);
    let arriving = Arriving::new(named(connection), place, progress);
    let arrived = |part| arriving.take(part);
    let entities = aws::load_account(connection, source, &arrived);
    let (entities, extras, organisation) = tokio::join!(
        entities,
        aws::extras(connection),
        aws::organisation(connection)
    );
    let mut account = arriving.finish();
    if let Err(error) = entities {
        progress(LiveProgress::Partial(Box::new(account)));
        return Err(error);
    }
    add_extras(&mut account, extras, place);
    add_organisation(&mut account, organisation, connection, place);
    account
        .problems
        .push(Problem::note(place, signed_in(connection)));
    for warning in &connection.warnings {
        account
            .problems
            .push(Problem::warning(place, warning.clone()));
    }
    Ok(account)
}

/// Who reads, as what, until when, in a sentence.
fn signed_in(connection: &Connection) -> String {
    let chain = connection.chain.iter();
    let chain: String = chain.map(|arn| format!("{arn} as ")).collect();
    let until = connection.expires.and_then(|end| {
        let end = jiff::Timestamp::try_from(end).ok()?;
        Some(format!(", until {}", end.strftime("%Y-%m-%dT%H:%M:%SZ")))
    });
    let until = until.unwrap_or_default();
    format!("read-only, by {chain}{}{until}", connection.caller.arn)
}

/// How soon a wish to stop is heard.
const HEARING: Duration = Duration::from_millis(50);

/// Loads live accounts side by side and waits for them. Not to be called where nothing may wait.
///
/// # Errors
/// One line with the next step, where nothing can be read of one of them; or the wish to stop.
pub(super) fn load_waiting(
    accounts: &[(&ConnectOptions, SourceId)],
    progress: &Progress,
) -> Result<Vec<Account>, LoadError> {
    let failed = |error: AwsError| LoadError::Live(error.to_string());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| failed(AwsError::internal(&error.to_string())))?;
    let one = |at: usize, options: &ConnectOptions, source: SourceId| {
        let options = options.clone();
        async move {
            progress.say(format!("connecting, {}", source_name(&options)));
            let said = |event: LiveProgress| {
                if let LiveProgress::Words(words) = &event {
                    progress.say(words.clone());
                }
                progress.watched(source, event);
            };
            let loaded = load(&options, source, &said).await;
            loaded.map(|(account, _)| (at, account))
        }
    };
    runtime.block_on(async {
        let numbered = accounts.iter().enumerate();
        let mut loading: FuturesUnordered<_> = numbered
            .map(|(at, (options, source))| one(at, options, *source))
            .collect();
        let mut loaded = Vec::new();
        loop {
            tokio::select! {
                next = loading.next() => match next {
                    Some(account) => loaded.push(account.map_err(failed)?),
                    None => break,
                },
                () = tokio::time::sleep(HEARING) => progress.check()?,
            }
        }
        loaded.sort_by_key(|(at, _)| *at);
        Ok(loaded.into_iter().map(|(_, account)| account).collect())
    })
}

/// An empty account of which is known whose it is.
fn named(connection: &Connection) -> Account {
    let known = |value: &str| Assumed {
        value: value.to_owned(),
        assumed: false,
    };
    let mut account = Account::new(connection.caller.account.as_str());
    account.id = known(&connection.caller.account);
    account.partition = known(&connection.partition);
    account.region = known(&connection.region);
    account
}

fn add_extras(account: &mut Account, extras: Extras, place: Place) {
    if let Some(alias) = extras.alias {
        account.name = alias;
    }
    let provider = |arn: String, saml: bool| {
        let issuer = arn
            .split_once("-provider/")
            .map_or(arn.as_str(), |(_, issuer)| issuer);
        FederatedProvider {
            issuer: Text::plain(issuer),
            arn: Text::plain(arn),
            saml,
            place,
            logical_id: None,
        }
    };
    let oidc = extras
        .oidc_providers
        .into_iter()
        .map(|arn| provider(arn, false));
    let saml = extras
        .saml_providers
        .into_iter()
        .map(|arn| provider(arn, true));
    account.providers.extend(oidc.chain(saml));
    let told: HashMap<String, RoleExtra> = extras
        .roles
        .into_iter()
        .map(|role| (role.arn.clone(), role))
        .collect();
    for role in &mut account.roles {
        let arn = role.identity.arn.as_plain();
        let Some(told) = arn.and_then(|arn| told.get(arn)) else {
            continue;
        };
        let longest = told.longest_session;
        role.max_session_duration = longest.and_then(|seconds| u32::try_from(seconds).ok());
        let description = told.description.clone();
        role.identity.description = description.filter(|text| !text.is_empty());
    }
    for error in extras.missing {
        account
            .problems
            .push(Problem::note(place, error.to_string()));
    }
}
