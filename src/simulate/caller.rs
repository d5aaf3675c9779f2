//! Who asks, found in what was loaded.

use crate::iam::{Account, Arn, Inventory, Principal, Role, SessionKind, Text, User};

/// The session name of a role that is named without a session.
pub const SESSION_NAME: &str = "iamscope";

/// A caller, and what the inventory knows of it.
#[derive(Clone, Debug)]
pub struct Caller<'a> {
    /// Who asks.
    pub principal: Principal,
    /// The account whose policies reach the caller, where it is among those loaded.
    pub account: Option<&'a Account>,
    /// The role or user, where it is among those loaded.
    pub entity: Option<Entity<'a>>,
}

/// The entity behind a caller.
#[derive(Clone, Copy, Debug)]
pub enum Entity<'a> {
    /// A role; the caller is a session of it.
    Role(&'a Role),
    /// A user.
    User(&'a User),
}

/// Why a caller cannot be found.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum CallerError {
    /// Nothing of that name.
    #[error("no role or user `{name}` in the source{}", nearest.as_ref().map(|near| format!("; is it `{near}`?")).unwrap_or_default())]
    NotFound {
        /// What was asked for.
        name: String,
        /// The name most like it.
        nearest: Option<String>,
    },
    /// Several of that name.
    #[error("`{name}` names several: {}", among.join(", "))]
    Ambiguous {
        /// What was asked for.
        name: String,
        /// The ARNs of all that have the name.
        among: Vec<String>,
    },
    /// An account is needed and none is loaded.
    #[error("`root` needs a source with an account, or the account's root ARN")]
    NoAccount,
}

impl<'a> Caller<'a> {
    /// A session of a role.
    pub fn role(account: &'a Account, role: &'a Role, session: &str) -> Self {
        let arn = &role.identity.arn;
        let mut principal = Principal::role_session(&arn.to_string(), session);
        principal.symbolic_arn = (!arn.is_plain()).then(|| arn.clone());
        principal
            .account
            .get_or_insert_with(|| account.id.value.clone());
        principal.role_id.clone_from(&role.identity.unique_id);
        principal.tags = plain_tags(&role.identity.tags);
        Caller {
            principal,
            account: Some(account),
            entity: Some(Entity::Role(role)),
        }
    }

    /// A user.
    pub fn user(account: &'a Account, user: &'a User) -> Self {
        let arn = &user.identity.arn;
        let mut principal = Principal::user(&arn.to_string());
        principal.symbolic_arn = (!arn.is_plain()).then(|| arn.clone());
        principal
            .account
            .get_or_insert_with(|| account.id.value.clone());
        principal.user_id.clone_from(&user.identity.unique_id);
        principal.tags = plain_tags(&user.identity.tags);
        Caller {
            principal,
            account: Some(account),
            entity: Some(Entity::User(user)),
        }
    }

    /// Somebody of whom the inventory knows no policies.
    pub fn outsider(principal: Principal) -> Self {
        Caller {
            principal,
            account: None,
            entity: None,
        }
    }

    /// Finds a caller by what a user writes: the ARN of a role, user, session, federated user or root, a
    /// name, logical id or construct path of the source, `service:NAME`, an identity provider for the
    /// bearer of one of its tokens, `root`, `anonymous`.
    ///
    /// # Errors
    /// Nothing, or more than one thing, has that name.
    pub fn find(inventory: &'a Inventory, name: &str) -> Result<Self, CallerError> {
        if let Some(service) = name.strip_prefix("service:") {
            return Ok(Caller::outsider(Principal::service(service)));
        }
        if let Some(principal) = bearer(name) {
            return Ok(Caller::outsider(principal));
        }
        match name {
            "anonymous" => return Ok(Caller::outsider(Principal::anonymous())),
            "root" => {
                let account = inventory.accounts.first().ok_or(CallerError::NoAccount)?;
                let principal = Principal::root(&account.partition.value, &account.id.value);
                return Ok(Caller {
                    principal,
                    account: Some(account),
                    entity: None,
                });
            }
            _ => {}
        }
        let mut found: Vec<Caller<'a>> = Vec::new();
        for account in &inventory.accounts {
            for role in &account.roles {
                if let Some(session) = session_of(role, name) {
                    found.push(Caller::role(account, role, session));
                }
            }
            let users = account
                .users
                .iter()
                .filter(|user| is_named(&user.identity, name));
            found.extend(users.map(|user| Caller::user(account, user)));
        }
        if found.len() > 1 {
            let among = found.iter().filter_map(|caller| {
                caller
                    .principal
                    .role_arn
                    .clone()
                    .or(caller.principal.arn.clone())
            });
            return Err(CallerError::Ambiguous {
                name: name.to_owned(),
                among: among.collect(),
            });
        }
        match found.pop() {
            Some(caller) => Ok(caller),
            None => Caller::by_arn(inventory, name).ok_or_else(|| CallerError::NotFound {
                name: name.to_owned(),
                nearest: nearest(inventory, name),
            }),
        }
    }

    /// A caller of whom only the ARN is known.
    fn by_arn(inventory: &'a Inventory, name: &str) -> Option<Self> {
        let arn = Arn::parse(name)?;
        let account = inventory
            .accounts
            .iter()
            .find(|account| account.id.value == arn.account);
        let kind = arn.resource_type().map_or(arn.resource, |(kind, _)| kind);
        let principal = match (arn.service, kind) {
            ("iam", "root") => Principal::root(arn.partition, arn.account),
            // A role or user of an account that was loaded would have been found there.
            ("iam", "user" | "role") | ("sts", "assumed-role") if account.is_some() => return None,
            ("iam", "user") => Principal::user(name),
            ("iam", "role") => Principal::role_session(name, SESSION_NAME),
            ("sts", "assumed-role") => Principal {
                kind: SessionKind::AssumedRole,
                arn: Some(name.to_owned()),
                account: Some(arn.account.to_owned()),
                ..Principal::default()
            },
            ("sts", "federated-user") => Principal {
                kind: SessionKind::FederatedUser,
                arn: Some(name.to_owned()),
                account: Some(arn.account.to_owned()),
                ..Principal::default()
            },
            _ => return None,
        };
        Some(Caller {
            principal,
            account,
            entity: None,
        })
    }
}

/// Providers of web identities that have no ARN
/// (IAM: reference_policies_elements_principal#principal-federated-web-identity).
const WEB_PROVIDERS: [&str; 4] = [
    "accounts.google.com",
    "cognito-identity.amazonaws.com",
    "graph.facebook.com",
    "www.amazon.com",
];

/// Who has a token of an identity provider and no credentials of AWS yet.
fn bearer(provider: &str) -> Option<Principal> {
    let kind = if WEB_PROVIDERS.contains(&provider) {
        SessionKind::WebIdentity
    } else {
        let arn = Arn::parse(provider).filter(|arn| arn.service == "iam")?;
        match arn.resource_type()?.0 {
            "oidc-provider" => SessionKind::WebIdentity,
            "saml-provider" => SessionKind::Saml,
            _ => return None,
        }
    };
    Some(Principal {
        kind,
        provider: Some(provider.to_owned()),
        ..Principal::default()
    })
}

/// The session name by which a name means a role.
fn session_of<'n>(role: &Role, name: &'n str) -> Option<&'n str> {
    if is_named(&role.identity, name) {
        return Some(SESSION_NAME);
    }
    // A session's ARN has the role's name without its path.
    let session = Arn::parse(name).filter(|arn| arn.service == "sts")?;
    let (role_name, session_name) = session
        .resource
        .strip_prefix("assumed-role/")?
        .split_once('/')?;
    let same_account = match role.identity.arn.as_plain().and_then(Arn::parse) {
        Some(arn) => arn.account == session.account,
        None => true,
    };
    (same_account && role.identity.name == *role_name).then_some(session_name)
}

fn is_named(identity: &crate::iam::Identity, name: &str) -> bool {
    let reads = |text: &Text| match text.as_plain() {
        Some(text) => text == name,
        None => {
            let shown = text.to_string();
            shown == name
        }
    };
    reads(&identity.arn)
        || reads(&identity.name)
        || identity.logical_id.as_deref() == Some(name)
        || identity
            .friendly
            .as_deref()
            .is_some_and(|path| path == name || path.rsplit('/').next() == Some(name))
}

fn plain_tags(
    tags: &std::collections::BTreeMap<String, Text>,
) -> std::collections::BTreeMap<String, String> {
    tags.iter()
        .filter_map(|(key, value)| Some((key.clone(), value.as_plain()?.to_owned())))
        .collect()
}

/// The name most like the one asked for: one that contains it, or that it contains.
fn nearest(inventory: &Inventory, name: &str) -> Option<String> {
    let wanted = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    let all = inventory.accounts.iter().flat_map(|account| {
        let roles = account.roles.iter().map(|role| &role.identity);
        roles.chain(account.users.iter().map(|user| &user.identity))
    });
    all.flat_map(|identity| {
        let last = |path: &String| path.rsplit('/').next().unwrap_or(path).to_owned();
        let name = identity.name.as_plain().map(str::to_owned);
        [
            name,
            identity.logical_id.clone(),
            identity.friendly.as_ref().map(last),
        ]
    })
    .flatten()
    .filter(|known| {
        let known = known.to_ascii_lowercase();
        !wanted.is_empty() && (known.contains(&wanted) || wanted.contains(&known))
    })
    .min_by_key(|known| known.len().abs_diff(wanted.len()))
}
