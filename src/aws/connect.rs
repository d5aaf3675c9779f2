//! From what the user says to clients that work: credentials as the AWS CLI finds them, the region,
//! MFA, a role to assume, and who is calling in the end.

use std::collections::BTreeMap;
use std::env;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::SystemTime;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};

use crate::iam::Arn;

use super::clients::{self, Clients};
use super::fault::{self, AwsError, FaultKind};
use super::retry::retrying;
use super::{AssumeRole, Profile, ProfileKind, Profiles, Secret};

/// Asks for the code of an MFA device; `None` where the user does not give one.
pub type AskMfa = Arc<dyn Fn(&str) -> Option<Secret> + Send + Sync>;

/// Where to connect to.
#[derive(Clone, Default)]
pub struct ConnectOptions {
    /// The profile; `None` for the environment and the default chain.
    pub profile: Option<String>,
    /// The region; that of the environment or the profile, else `us-east-1`.
    pub region: Option<String>,
    /// A role to assume.
    pub assume: Option<AssumeRole>,
    /// Endpoints by service: `iam`, `sts`, `organizations`, `s3`, `kms`, ...
    pub endpoints: BTreeMap<String, String>,
    /// Asks for MFA codes.
    pub ask_mfa: Option<AskMfa>,
}

/// Who is asked for a code makes no difference to where the connection goes.
impl PartialEq for ConnectOptions {
    fn eq(&self, other: &Self) -> bool {
        self.profile == other.profile
            && self.region == other.region
            && self.assume == other.assume
            && self.endpoints == other.endpoints
    }
}

impl Eq for ConnectOptions {}

impl ConnectOptions {
    /// The MFA device whose code connecting will ask for, where it will.
    pub fn wants_mfa(&self) -> Option<String> {
        if let Some(serial) = self
            .assume
            .as_ref()
            .and_then(|assume| assume.mfa_serial.clone())
        {
            return Some(serial);
        }
        let profiles = Profiles::read();
        let chain = profiles.chain(self.profile.as_deref()?)?;
        let roles = chain.iter().filter(|one| one.get("role_arn").is_some());
        let mut serials = roles.filter_map(|role| role.get("mfa_serial"));
        serials.next().map(str::to_owned)
    }
}

impl fmt::Debug for ConnectOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectOptions")
            .field("profile", &self.profile)
            .field("region", &self.region)
            .field("assume", &self.assume)
            .field("endpoints", &self.endpoints)
            .finish_non_exhaustive()
    }
}

/// Who is calling.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Caller {
    /// The account's id.
    pub account: String,
    /// The caller's ARN.
    pub arn: String,
    /// The caller's unique id.
    pub user_id: String,
}

/// A connection to one account.
#[derive(Clone, Debug)]
pub struct Connection {
    pub(super) clients: Clients,
    /// Who is calling.
    pub caller: Caller,
    /// Who called before each role was assumed, first to last.
    pub chain: Vec<String>,
    /// The region.
    pub region: String,
    /// The partition, from the caller's ARN.
    pub partition: String,
    /// When the credentials end, where they do.
    pub expires: Option<SystemTime>,
    /// What the user should know: an endpoint variable that redirects more than it seems.
    pub warnings: Vec<String>,
}

impl Connection {
    /// The user or role whose policies the caller has, for the simulator: a session's ARN is none of
    /// those. The path of a role is not in its sessions' ARNs, so that it is missing here too.
    pub fn caller_policy_source(&self) -> String {
        let arn = &self.caller.arn;
        let role = Arn::parse(arn)
            .and_then(|arn| arn.resource.strip_prefix("assumed-role/"))
            .and_then(|rest| rest.split('/').next());
        match role {
            Some(name) => format!(
                "arn:{}:iam::{}:role/{name}",
                self.partition, self.caller.account
            ),
            None => arn.clone(),
        }
    }
}

type Provided<'a> =
    Pin<Box<dyn Future<Output = Result<SharedCredentialsProvider, AwsError>> + Send + 'a>>;

/// Connects.
///
/// # Errors
/// One line that says why there are no credentials, or why AWS does not accept them, and what to do.
pub async fn connect(options: &ConnectOptions) -> Result<Connection, AwsError> {
    let profiles = Profiles::read();
    let profile = options
        .profile
        .clone()
        .or_else(|| env::var("AWS_PROFILE").ok().filter(|name| !name.is_empty()));
    if let Some(name) = &profile {
        check_profile(&profiles, name)?;
    }
    let region = region(options, &profiles, profile.as_deref());
    let connecting = Connecting {
        options,
        profiles: &profiles,
        region: Region::new(region.clone()),
    };
    let mut chain = Vec::new();
    let mut provider = match &profile {
        Some(name) if options.profile.is_some() || !has_environment_keys() => {
            connecting.of_profile(name.clone()).await?
        }
        _ => connecting.default_chain().await?,
    };
    let mut config = connecting.config(provider.clone()).await;
    let credentials = provider.provide_credentials().await.map_err(|error| {
        let kind = profile.as_deref().and_then(|name| profiles.get(name));
        let kind = kind.map(|profile| (profile.name.as_str(), profile.kind()));
        let fault = credentials_error(&error, kind);
        match kind {
            Some(_) => fault,
            // The chain ends with the instance: where that gives none, nothing does.
            None if fault::says(&error, "IMDS") => fault::no_credentials(&fault.doing),
            None => of_environment(fault, &profiles),
        }
    })?;
    let mut expires = credentials.expiry();
    if let Some(assume) = &options.assume {
        let sts = clients::sts(&config, &options.endpoints);
        chain.push(caller(&sts).await?.arn);
        let code = connecting.code(assume)?;
        let session = assume.session(&sts, code.as_ref()).await?;
        expires = session.expiry();
        provider = SharedCredentialsProvider::new(session);
        config = connecting.config(provider).await;
    }
    let clients = Clients::new(&config, &options.endpoints);
    let caller = caller(&clients.sts).await?;
    let partition = Arn::parse(&caller.arn)
        .map_or("aws", |arn| arn.partition)
        .to_owned();
    Ok(Connection {
        clients,
        caller,
        chain,
        region,
        partition,
        expires,
        warnings: warnings(),
    })
}

struct Connecting<'a> {
    options: &'a ConnectOptions,
    profiles: &'a Profiles,
    region: Region,
}

impl Connecting<'_> {
    async fn config(&self, provider: SharedCredentialsProvider) -> SdkConfig {
        let mut loader = self.loader().credentials_provider(provider);
        if let Some(profile) = &self.options.profile {
            loader = loader.profile_name(profile);
        }
        loader.load().await
    }

    fn loader(&self) -> aws_config::ConfigLoader {
        aws_config::defaults(BehaviorVersion::latest())
            .region(self.region.clone())
            .retry_config(clients::no_retries())
            .timeout_config(clients::timeouts())
    }

    async fn default_chain(&self) -> Result<SharedCredentialsProvider, AwsError> {
        let config = self.loader().load().await;
        config
            .credentials_provider()
            .ok_or_else(|| fault::no_credentials("finding credentials"))
    }

    /// The credentials of a profile. Those with MFA anywhere in their chain are assumed here, the
    /// rest by the SDK.
    fn of_profile(&self, name: String) -> Provided<'_> {
        Box::pin(async move {
            let found = self.profiles.get(&name);
            let role = found.filter(|profile| profile.kind() == ProfileKind::Role);
            let source = role.and_then(|profile| profile.get("source_profile"));
            let (Some(role), Some(source)) = (role, source) else {
                return Ok(self.by_sdk(&name));
            };
            if !self.has_mfa(&name) || source == name {
                return Ok(self.by_sdk(&name));
            }
            let base = self.of_profile(source.to_owned()).await?;
            let assume = AssumeRole {
                role_arn: role.get("role_arn").unwrap_or_default().to_owned(),
                external_id: role.get("external_id").map(Secret::new),
                mfa_serial: role.get("mfa_serial").map(str::to_owned),
                duration: role
                    .get("duration_seconds")
                    .and_then(|text| text.parse().ok()),
                session_name: role.get("role_session_name").map(str::to_owned),
                ..AssumeRole::default()
            };
            let code = self.code(&assume)?;
            let config = self.config(base).await;
            let sts = clients::sts(&config, &self.options.endpoints);
            let session = assume.session(&sts, code.as_ref()).await?;
            Ok(SharedCredentialsProvider::new(session))
        })
    }

    fn by_sdk(&self, name: &str) -> SharedCredentialsProvider {
        let configure = aws_config::provider_config::ProviderConfig::default()
            .with_region(Some(self.region.clone()));
        SharedCredentialsProvider::new(
            ProfileFileCredentialsProvider::builder()
                .configure(&configure)
                .profile_name(name)
                .build(),
        )
    }

    /// Whether a role on the way to a profile's credentials wants MFA.
    fn has_mfa(&self, name: &str) -> bool {
        let chain = self.profiles.chain(name).unwrap_or_default();
        let wants = |one: &&Profile| one.get("role_arn").and(one.get("mfa_serial")).is_some();
        chain.iter().any(wants)
    }

    fn code(&self, assume: &AssumeRole) -> Result<Option<Secret>, AwsError> {
        let Some(serial) = &assume.mfa_serial else {
            return Ok(None);
        };
        let asked = self.options.ask_mfa.as_ref().and_then(|ask| ask(serial));
        match asked {
            Some(code) => Ok(Some(code)),
            None => Err(AwsError::new(
                "sts:AssumeRole",
                FaultKind::Credentials,
                format!("the role wants the code of the MFA device `{serial}`, and none was given"),
            )),
        }
    }
}

fn has_environment_keys() -> bool {
    env::var_os("AWS_ACCESS_KEY_ID").is_some_and(|key| !key.is_empty())
}

/// What can be said of a profile before anything is tried.
fn check_profile(profiles: &Profiles, name: &str) -> Result<(), AwsError> {
    let doing = format!("profile `{name}`");
    let wrong = |message: String| AwsError::new(&doing, FaultKind::Configuration, message);
    let Some(profile) = profiles.get(name) else {
        if let Some(problem) = profiles.problems.first() {
            return Err(wrong(format!(
                "not found, and the configuration cannot be read: {problem}"
            )));
        }
        let known: Vec<&str> = profiles
            .iter()
            .map(|profile| profile.name.as_str())
            .collect();
        let next = match known.as_slice() {
            [] => "no profile is configured: `aws configure sso` makes one".to_owned(),
            known => format!("there are: {}", known.join(", ")),
        };
        return Err(wrong("no such profile".to_owned()).next(next));
    };
    if let Some(session) = profile.get("sso_session")
        && !profiles.has_sso_session(session)
    {
        return Err(wrong(format!(
            "its `sso_session` names `{session}`, which is not defined"
        ))
        .next(format!(
            "add `[sso-session {session}]` to the AWS configuration"
        )));
    }
    if profile.kind() == ProfileKind::Empty {
        return Err(
            wrong("it has nothing that gives credentials".to_owned()).next(format!(
                "`aws configure sso --profile {name}` or `aws login --profile {name}`"
            )),
        );
    }
    if profiles.chain(name).is_none() {
        return Err(wrong("its source profiles go round in a circle".to_owned()));
    }
    if let Some(source) = profile.get("source_profile")
        && profiles.get(source).is_none()
    {
        return Err(wrong(format!(
            "its `source_profile` names `{source}`, which is not defined"
        )));
    }
    Ok(())
}

/// The region without asking the instance's metadata, which waits where there is none.
fn region(options: &ConnectOptions, profiles: &Profiles, profile: Option<&str>) -> String {
    let variable = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let profile = profiles.get(profile.unwrap_or("default"));
    options
        .region
        .clone()
        .or_else(|| variable("AWS_REGION"))
        .or_else(|| variable("AWS_DEFAULT_REGION"))
        .or_else(|| profile?.get("region").map(str::to_owned))
        .unwrap_or_else(|| "us-east-1".to_owned())
}

fn warnings() -> Vec<String> {
    let redirects = env::var_os("AWS_ENDPOINT_URL").is_some_and(|url| !url.is_empty());
    let warning = "AWS_ENDPOINT_URL redirects every service, also STS and SSO with their tokens; \
                   AWS_ENDPOINT_URL_IAM redirects IAM alone";
    redirects.then(|| warning.to_owned()).into_iter().collect()
}

async fn caller(sts: &aws_sdk_sts::Client) -> Result<Caller, AwsError> {
    let answer = retrying(|| async {
        let call = sts.get_caller_identity().send().await;
        call.map_err(|error| fault::of_call("sts:GetCallerIdentity", &error))
    })
    .await?;
    Ok(Caller {
        account: answer.account().unwrap_or_default().to_owned(),
        arn: answer.arn().unwrap_or_default().to_owned(),
        user_id: answer.user_id().unwrap_or_default().to_owned(),
    })
}

/// Why there are no credentials: the attempt that fits what the user set, and the next step.
pub(super) fn credentials_error(
    error: &aws_credential_types::provider::error::CredentialsError,
    profile: Option<(&str, ProfileKind)>,
) -> AwsError {
    let doing = match profile {
        Some((name, _)) => format!("profile `{name}`"),
        None => "finding credentials".to_owned(),
    };
    let mut fault = fault::of_chain(&doing, error);
    if fault.kind == FaultKind::Other {
        fault.kind = FaultKind::Credentials;
    }
    let Some((name, kind)) = profile else {
        return fault;
    };
    // Signing in would not help where nothing answers.
    if fault.kind == FaultKind::Unreachable {
        return fault;
    }
    match kind {
        ProfileKind::Sso | ProfileKind::Login => {
            fault.kind = FaultKind::Expired;
            let ended = fault.message.to_lowercase().contains("expired");
            // Without a file of a sign-in the machinery says only that a file is not there.
            let missing = ["os error 2", "cached SSO token"];
            if ended {
                "the sign-in has expired".clone_into(&mut fault.message);
            } else if missing.iter().any(|part| fault.message.contains(part)) {
                "nobody is signed in".clone_into(&mut fault.message);
            }
            let command = if kind == ProfileKind::Sso {
                "sso login"
            } else {
                "login"
            };
            fault.next(format!("sign in with `aws {command} --profile {name}`"))
        }
        ProfileKind::Process => {
            let status = "Error retrieving credentials: external process exited with code ";
            if let Some(rest) = fault.message.strip_prefix(status) {
                let ended = rest.replacen(". Stderr:", ":", 1);
                fault.message = format!("its `credential_process` failed with {ended}");
            }
            fault.next("see what its `credential_process` prints")
        }
        ProfileKind::WebIdentity => fault.next("check its `web_identity_token_file`"),
        _ => fault,
    }
}

/// What in the environment, or in the configuration, kept the default chain from giving credentials.
fn of_environment(fault: AwsError, profiles: &Profiles) -> AwsError {
    let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    let configuration =
        |message: String| AwsError::new(&fault.doing, FaultKind::Configuration, message);
    let token = "AWS_WEB_IDENTITY_TOKEN_FILE";
    let container = [
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    ];
    if let Some(problem) = profiles.problems.first()
        && fault.message.contains("profile")
    {
        return configuration(format!("the configuration cannot be read: {problem}"));
    }
    if is_set(token) && fault.message.contains("os error 2") {
        return configuration(format!("the file that `{token}` names is not there"));
    }
    match container.into_iter().find(|name| is_set(name)) {
        Some(name) if fault.kind == FaultKind::Unreachable => {
            fault.next(format!("`{name}` says where to ask for credentials"))
        }
        _ => fault,
    }
}

#[cfg(test)]
impl Connection {
    /// A connection to a server of a test.
    pub(crate) fn to_test_server(url: &str) -> Self {
        let keys = aws_credential_types::Credentials::new("AKIA", "secret", None, None, "test");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(keys))
            .retry_config(clients::no_retries())
            .timeout_config(clients::timeouts())
            .build();
        let services = ["iam", "sts", "organizations", "s3"];
        let services = services.map(|name| (name.to_owned(), url.to_owned()));
        Connection {
            clients: Clients::new(&config, &BTreeMap::from(services)),
            caller: Caller {
                account: "123456789012".to_owned(),
                arn: "arn:aws:iam::123456789012:user/jane".to_owned(),
                user_id: "AIDAJANE".to_owned(),
            },
            chain: Vec::new(),
            region: "us-east-1".to_owned(),
            partition: "aws".to_owned(),
            expires: None,
            warnings: Vec::new(),
        }
    }
}
