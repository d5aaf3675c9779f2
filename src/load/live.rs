//! A live account: what [`crate::aws`] reads becomes an [`Account`], as a dump of it would.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{LoadError, Progress, details};
use crate::aws::{
    self, AccountPart, AwsError, ConnectOptions, Connection, Extras, OrgLevelRead, Organisation,
};
use crate::iam::{
    Account, Arn, Assumed, Document, FederatedProvider, OrgLevel, OrgPolicies, Place, PolicyKind,
    Problem, SourceId, Text, parse_document_text,
};

/// How often the account so far is handed on, at most.
const PAUSE: Duration = Duration::from_millis(500);

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
    let arriving = Arriving {
        account: Mutex::new(named(&connection)),
        shown: Mutex::new(Instant::now()),
        place: Place::whole(source),
        progress,
    };
    let arrived = |part| arriving.take(part);
    let entities = aws::load_account(&connection, source, &arrived);
    let (entities, extras, organisation) = tokio::join!(
        entities,
        aws::extras(&connection),
        aws::organisation(&connection)
    );
    entities?;
    let place = arriving.place;
    let mut account = arriving
        .account
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    details::link(&mut account);
    add_extras(&mut account, extras, place);
    add_organisation(&mut account, organisation, &connection, place);
    account
        .problems
        .push(Problem::note(place, signed_in(&connection)));
    for warning in &connection.warnings {
        account
            .problems
            .push(Problem::warning(place, warning.clone()));
    }
    Ok((account, connection))
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

/// Loads a live account and waits for it. Not to be called where nothing may wait.
///
/// # Errors
/// One line with the next step, where nothing can be read; or the wish to stop.
pub(super) fn load_waiting(
    options: &ConnectOptions,
    source: SourceId,
    progress: &Progress,
) -> Result<Account, LoadError> {
    let failed = |error: AwsError| LoadError::Live(error.to_string());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| failed(AwsError::internal(&error.to_string())))?;
    progress.say(format!("connecting, {}", source_name(options)));
    let said = |event: LiveProgress| {
        if let LiveProgress::Words(words) = event {
            progress.say(words);
        }
    };
    runtime.block_on(async {
        let loading = load(options, source, &said);
        tokio::pin!(loading);
        loop {
            tokio::select! {
                loaded = &mut loading => {
                    let (account, _) = loaded.map_err(failed)?;
                    return Ok(account);
                }
                () = tokio::time::sleep(HEARING) => progress.check()?,
            }
        }
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

struct Arriving<'a> {
    account: Mutex<Account>,
    shown: Mutex<Instant>,
    place: Place,
    progress: &'a (dyn Fn(LiveProgress) + Send + Sync),
}

impl Arriving<'_> {
    fn take(&self, part: AccountPart) {
        let mut account = self.account.lock().unwrap_or_else(PoisonError::into_inner);
        let first_roles = account.roles.is_empty();
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
                    .push(Problem::warning(self.place, message).hint(hint));
            }
        }
        let words = format!(
            "{} roles, {} users, {} groups, {} policies",
            account.roles.len(),
            account.users.len(),
            account.groups.len(),
            account.policies.len()
        );
        (self.progress)(LiveProgress::Words(words));
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if (first_roles && !account.roles.is_empty()) || now.duration_since(*shown) > PAUSE {
            *shown = now;
            let mut partial = account.clone();
            drop(account);
            details::link(&mut partial);
            (self.progress)(LiveProgress::Partial(Box::new(partial)));
        }
    }
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
    for error in extras.missing {
        account
            .problems
            .push(Problem::note(place, error.to_string()));
    }
}

fn add_organisation(
    account: &mut Account,
    organisation: Option<Organisation>,
    connection: &Connection,
    place: Place,
) {
    let Some(organisation) = organisation else {
        // In no organisation: no SCPs are in force, and that is known.
        account.organisation.scps = Some(Vec::new());
        account.organisation.rcps = Some(Vec::new());
        return;
    };
    if let Some(error) = organisation.missing {
        let message = format!("service and resource control policies are not known: {error}");
        let hint = "decisions assume that none denies";
        account
            .problems
            .push(Problem::warning(place, message).hint(hint));
    }
    let mut known = OrgPolicies {
        is_management: organisation.management_account.as_deref()
            == Some(&connection.caller.account),
        org_id: organisation.id,
        ..OrgPolicies::default()
    };
    if let Some(levels) = organisation.levels {
        if let Some(org_id) = &known.org_id {
            let above = levels
                .iter()
                .filter(|level| Arn::is_account_id(&level.id).eq(&false));
            let path: String = above.map(|level| format!("{}/", level.id)).collect();
            known.org_path = Some(format!("{org_id}/{path}"));
        }
        let of_kind = |pick: fn(&OrgLevelRead) -> &Vec<(String, String)>, kind: PolicyKind| {
            levels
                .iter()
                .map(|level| OrgLevel {
                    name: level.id.clone(),
                    policies: pick(level)
                        .iter()
                        .map(|(name, text)| {
                            (name.clone(), Arc::new(org_document(text, kind, place)))
                        })
                        .collect(),
                })
                .collect::<Vec<_>>()
        };
        known.scps = Some(of_kind(|level| &level.scps, PolicyKind::Scp));
        known.rcps = Some(of_kind(|level| &level.rcps, PolicyKind::Rcp));
    }
    account.organisation = known;
}

fn org_document(text: &str, kind: PolicyKind, place: Place) -> Document {
    parse_document_text(text, place.source, kind).unwrap_or_else(|error| {
        let mut document = Document::default();
        document.unreadable = true;
        document.problems = vec![Problem::error(
            place,
            format!("the policy is not JSON: {error}"),
        )];
        document
    })
}
