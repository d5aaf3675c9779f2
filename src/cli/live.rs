//! The arguments that name a live account.

use std::collections::BTreeMap;
use std::io::{BufRead, Write, stderr, stdin};
use std::sync::Arc;

use clap::Args;

use crate::aws::{AssumeRole, ConnectOptions, Secret};
use crate::load::SourceSpec;

use super::sources::name_and_value;

/// A live account, read-only.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Live {
    /// A live account, by its AWS profile; without a name the environment's credentials; several by
    /// giving it several times
    #[arg(long, value_name = "NAME", num_args = 0..=1, default_missing_value = "", require_equals = false, action = clap::ArgAction::Append, help_heading = "Live account")]
    profile: Vec<String>,
    /// A role to assume first
    #[arg(long, value_name = "ARN", help_heading = "Live account")]
    assume_role: Option<String>,
    /// The external id that the role's owner asks for
    #[arg(
        long,
        value_name = "ID",
        requires = "assume_role",
        help_heading = "Live account"
    )]
    external_id: Option<String>,
    /// The MFA device of the caller; its code is asked for
    #[arg(
        long,
        value_name = "SERIAL",
        requires = "assume_role",
        help_heading = "Live account"
    )]
    mfa: Option<String>,
    /// How long the role's session lasts, in seconds
    #[arg(long, value_name = "SECONDS", requires = "assume_role", value_parser = clap::value_parser!(i32).range(900..=43200), help_heading = "Live account")]
    duration: Option<i32>,
    /// The name of the role's session
    #[arg(
        long,
        value_name = "NAME",
        requires = "assume_role",
        help_heading = "Live account"
    )]
    session_name: Option<String>,
    /// The source identity of the role's session
    #[arg(
        long,
        value_name = "NAME",
        requires = "assume_role",
        help_heading = "Live account"
    )]
    source_identity: Option<String>,
    /// Narrow the role's session to what this program reads
    #[arg(long, requires = "assume_role", help_heading = "Live account")]
    read_only_session: bool,
    /// Another endpoint for a service: iam, sts, organizations, s3, kms, sqs, sns, secretsmanager, lambda, ecr
    #[arg(long = "endpoint", value_name = "SERVICE=URL", value_parser = endpoint, help_heading = "Live account")]
    endpoints: Vec<(String, String)>,
}

/// The services that are called.
const SERVICES: [&str; 10] = [
    "iam",
    "sts",
    "organizations",
    "s3",
    "kms",
    "sqs",
    "sns",
    "secretsmanager",
    "lambda",
    "ecr",
];

/// Reads `SERVICE=URL`.
fn endpoint(text: &str) -> Result<(String, String), String> {
    let (service, url) = name_and_value(text).map_err(|_| "expected SERVICE=URL".to_owned())?;
    if !SERVICES.contains(&service.as_str()) {
        return Err(format!("the services are {}", SERVICES.join(", ")));
    }
    if !url.starts_with("https://") && !url.starts_with("http://") {
        return Err("the URL begins with https:// or http://".to_owned());
    }
    Ok((service, url))
}

impl Live {
    /// The role to assume.
    pub(super) fn role(&self) -> Option<&str> {
        self.assume_role.as_deref()
    }

    /// Whether a live account is asked for.
    pub(super) fn is_asked_for(&self) -> bool {
        !self.profile.is_empty() || self.assume_role.is_some()
    }

    /// Where to connect to: the first account, where several are named.
    pub(super) fn options(&self, region: Option<&String>) -> ConnectOptions {
        self.options_of(self.profile.first(), region)
    }

    fn options_of(&self, profile: Option<&String>, region: Option<&String>) -> ConnectOptions {
        let assume = self.assume_role.as_ref().map(|role| AssumeRole {
            role_arn: role.clone(),
            external_id: self.external_id.as_deref().map(Secret::new),
            mfa_serial: self.mfa.clone(),
            duration: self.duration,
            session_name: self.session_name.clone(),
            source_identity: self.source_identity.clone(),
            read_only: self.read_only_session,
        });
        ConnectOptions {
            profile: profile.cloned().filter(|name| !name.is_empty()),
            region: region.cloned(),
            assume,
            endpoints: self.endpoints.iter().cloned().collect::<BTreeMap<_, _>>(),
            ask_mfa: Some(Arc::new(ask_mfa)),
        }
    }

    /// The accounts as sources, none where none is asked for. A code of an MFA device is asked for
    /// now: later the terminal may be a screen.
    pub(super) fn specs(&self, region: Option<&String>) -> Vec<SourceSpec> {
        let mut profiles: Vec<Option<&String>> = self.profile.iter().map(Some).collect();
        if profiles.is_empty() && self.is_asked_for() {
            profiles.push(None);
        }
        let accounts = profiles.into_iter().map(|profile| {
            let mut options = self.options_of(profile, region);
            if let Some(serial) = options.wants_mfa() {
                let code = ask_mfa(&serial);
                options.ask_mfa = Some(Arc::new(move |_: &str| code.clone()));
            }
            SourceSpec::Live(Box::new(options))
        });
        accounts.collect()
    }
}

/// Asks on the terminal. The code can be used once and soon ends, so it may be seen while typed.
fn ask_mfa(serial: &str) -> Option<Secret> {
    let mut out = stderr().lock();
    write!(out, "code of {serial}: ").ok()?;
    out.flush().ok()?;
    let mut line = String::new();
    stdin().lock().read_line(&mut line).ok()?;
    let code = line.trim();
    (!code.is_empty()).then(|| Secret::new(code))
}
