//! Finds who a denial is about among what was loaded: a session's role with its path, a user.

use crate::iam::{Account, Arn, Identity, Inventory, Principal, SessionKind, Text};
use crate::simulate::{Caller, Entity, SESSION_NAME};

use super::Denial;

/// Who asked, and what was assumed to know it.
#[derive(Clone, Debug)]
pub struct Seen<'a> {
    /// The caller.
    pub caller: Caller<'a>,
    /// What was assumed to come here, in sentences.
    pub assumed: Vec<String>,
}

/// The outcome of the search.
#[derive(Clone, Debug)]
pub enum Found<'a> {
    /// The caller, or one that has no policies of its own.
    Caller(Box<Seen<'a>>),
    /// Several entities fit equally well.
    Several(Vec<Seen<'a>>),
    /// Nobody that was loaded fits.
    Missing {
        /// The caller as far as the message tells, with no policies.
        caller: Option<Box<Seen<'a>>>,
        /// Entities that are called alike, or so in other accounts.
        alike: Vec<String>,
    },
}

/// Finds the caller of a denial.
pub fn find<'a>(denial: &Denial, inventory: &'a Inventory) -> Found<'a> {
    let Some(text) = denial.principal.as_deref() else {
        return unsigned(denial);
    };
    let Some(arn) = Arn::parse(text) else {
        return match text {
            "anonymous" => plain(Principal::anonymous()),
            service if service.contains(".amazonaws.com") => plain(Principal::service(service)),
            other => Found::Missing {
                caller: None,
                alike: alike(other, inventory),
            },
        };
    };
    match (arn.service, arn.resource.split_once('/')) {
        ("iam", None) if arn.resource == "root" => {
            let mut root = own(Principal::root(arn.partition, arn.account));
            root.caller.account = inventory
                .accounts
                .iter()
                .find(|account| account.id.value == arn.account);
            Found::Caller(Box::new(root))
        }
        ("iam", Some(("user", _))) => entity(denial, inventory, &arn, Wanted::User(text)),
        ("iam", Some(("role", _))) => {
            let wanted = Wanted::Role {
                name: arn.name(),
                arn: Some(text),
                session: SESSION_NAME,
            };
            entity(denial, inventory, &arn, wanted)
        }
        ("sts", Some(("assumed-role", rest))) => {
            let (name, session) = rest.split_once('/').unwrap_or((rest, SESSION_NAME));
            let wanted = Wanted::Role {
                name,
                arn: denial.role_arn.as_deref(),
                session,
            };
            entity(denial, inventory, &arn, wanted)
        }
        ("sts", Some(("federated-user", name))) => {
            let mut caller = own(Principal {
                kind: SessionKind::FederatedUser,
                arn: Some(text.to_owned()),
                account: Some(arn.account.to_owned()),
                ..Principal::default()
            });
            caller.assumed.push(format!(
                "the user who issued the session of `{name}` is not in the message: its policies are not evaluated"
            ));
            Found::Missing {
                caller: Some(Box::new(caller)),
                alike: Vec::new(),
            }
        }
        ("redshift", _) => plain(Principal::service("redshift.amazonaws.com")),
        _ => Found::Missing {
            caller: None,
            alike: alike(arn.name(), inventory),
        },
    }
}

/// Callers of STS without credentials: the trust policy alone knows them.
fn unsigned<'a>(denial: &Denial) -> Found<'a> {
    let action = denial.action.as_deref().unwrap_or_default();
    let kind = match action.to_ascii_lowercase().as_str() {
        "sts:assumerolewithwebidentity" => SessionKind::WebIdentity,
        "sts:assumerolewithsaml" => SessionKind::Saml,
        _ => {
            return Found::Missing {
                caller: None,
                alike: Vec::new(),
            };
        }
    };
    let issuer = denial
        .context
        .iter()
        .find_map(|fact| fact.key.strip_suffix(":sub"))
        .filter(|host| host.contains('.'));
    let home = denial.resource.as_deref().and_then(Arn::parse);
    let provider = issuer.zip(home).map(|(host, role)| {
        format!(
            "arn:{}:iam::{}:oidc-provider/{host}",
            role.partition, role.account
        )
    });
    plain(Principal {
        kind,
        provider,
        ..Principal::default()
    })
}

fn own<'a>(principal: Principal) -> Seen<'a> {
    Seen {
        caller: Caller::outsider(principal),
        assumed: Vec::new(),
    }
}

fn plain<'a>(principal: Principal) -> Found<'a> {
    Found::Caller(Box::new(own(principal)))
}

/// What to look for.
#[derive(Clone, Copy)]
enum Wanted<'a> {
    /// A user by its ARN.
    User(&'a str),
    /// A role by its name, and by its ARN where that is known.
    Role {
        name: &'a str,
        arn: Option<&'a str>,
        session: &'a str,
    },
}

/// How well an entity fits, the best last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// A name that may become this one, in a template.
    Possible,
    /// The name, in an account whose id was only assumed.
    NameOnly,
    /// Account and name.
    Name,
    /// The whole ARN.
    Arn,
}

fn entity<'a>(
    denial: &Denial,
    inventory: &'a Inventory,
    arn: &Arn<'_>,
    wanted: Wanted<'_>,
) -> Found<'a> {
    let mut fits: Vec<(Fit, &'a Account, Entity<'a>)> = Vec::new();
    for account in &inventory.accounts {
        let mut consider = |identity: &Identity, entity: Entity<'a>| {
            if let Some(fit) = fit(identity, account, arn, wanted) {
                fits.push((fit, account, entity));
            }
        };
        match wanted {
            Wanted::User(_) => {
                for user in &account.users {
                    consider(&user.identity, Entity::User(user));
                }
            }
            Wanted::Role { .. } => {
                for role in &account.roles {
                    consider(&role.identity, Entity::Role(role));
                }
            }
        }
    }
    let Some(best) = fits.iter().map(|(fit, ..)| *fit).max() else {
        let name = match wanted {
            Wanted::User(_) => arn.name(),
            Wanted::Role { name, .. } => name,
        };
        return Found::Missing {
            caller: Some(Box::new(stranger(denial, inventory, arn, wanted))),
            alike: alike(name, inventory),
        };
    };
    let mut seen: Vec<Seen<'a>> = fits
        .into_iter()
        .filter(|(fit, ..)| *fit == best)
        .map(|(fit, account, entity)| known(account, entity, arn, wanted, fit))
        .collect();
    match seen.len() {
        1 => Found::Caller(Box::new(seen.remove(0))),
        _ => Found::Several(seen),
    }
}

fn fit(identity: &Identity, account: &Account, arn: &Arn<'_>, wanted: Wanted<'_>) -> Option<Fit> {
    let (name, whole) = match wanted {
        Wanted::User(text) => (arn.name(), Some(text)),
        Wanted::Role { name, arn, .. } => (name, arn),
    };
    if whole.is_some_and(|whole| identity.arn.as_plain() == Some(whole)) {
        return Some(Fit::Arn);
    }
    let masked = arn.account.contains('*');
    let same_account = account.id.value == arn.account;
    if !same_account && !account.id.assumed && !masked {
        return None;
    }
    if identity.name.as_plain() == Some(name) {
        let certain = same_account && !account.id.assumed;
        return Some(if certain { Fit::Name } else { Fit::NameOnly });
    }
    (could_become(&identity.name, name) || generated(identity, name)).then_some(Fit::Possible)
}

/// Whether a name with unresolved parts can become this one.
fn could_become(name: &Text, wanted: &str) -> bool {
    let mut literal = 0;
    let mut rest = wanted;
    let mut open = false;
    let mut pieces = name.pieces().peekable();
    if name.is_plain() {
        return false;
    }
    while let Some(piece) = pieces.next() {
        let Ok(text) = piece else {
            open = true;
            continue;
        };
        literal += text.len();
        let last = pieces.peek().is_none();
        rest = match (open, last) {
            (true, true) => return literal >= 4 && rest.ends_with(text),
            (true, false) => match rest.split_once(text) {
                Some((_, after)) => after,
                None => return false,
            },
            (false, _) => match rest.strip_prefix(text) {
                Some(after) => after,
                None => return false,
            },
        };
        open = false;
    }
    // A name that is unresolved but for a few letters says too little.
    literal >= 4 && (open || rest.is_empty())
}

/// Whether a name is what CloudFormation makes of a logical id: `STACK-LOGICALID-RANDOM`.
fn generated(identity: &Identity, wanted: &str) -> bool {
    let (Some(logical), false) = (&identity.logical_id, identity.name.is_plain()) else {
        return false;
    };
    let Some((rest, random)) = wanted.rsplit_once('-') else {
        return false;
    };
    let Some((_, middle)) = rest.rsplit_once('-') else {
        return false;
    };
    let random_like =
        (8..=14).contains(&random.len()) && random.bytes().all(|byte| byte.is_ascii_alphanumeric());
    // Long logical ids are cut so that the name keeps within 64 characters.
    random_like && middle.len() >= 8.min(logical.len()) && logical.starts_with(middle)
}

fn known<'a>(
    account: &'a Account,
    entity: Entity<'a>,
    arn: &Arn<'_>,
    wanted: Wanted<'_>,
    fit: Fit,
) -> Seen<'a> {
    let session = match wanted {
        Wanted::User(_) => SESSION_NAME,
        Wanted::Role { session, .. } => session,
    };
    let (caller, identity, what) = match entity {
        Entity::Role(role) => (Caller::role(account, role, session), &role.identity, "role"),
        Entity::User(user) => (Caller::user(account, user), &user.identity, "user"),
    };
    let assumed = match fit {
        Fit::NameOnly if account.id.value != arn.account => Some(format!(
            "`{}` is taken for the account {} of the message",
            account.name, arn.account
        )),
        Fit::Possible => Some(format!(
            "the {what} `{}` of the source, called `{}`, is taken for the one of the message",
            identity.logical_id.as_deref().unwrap_or(&account.name),
            identity.name,
        )),
        Fit::Arn | Fit::Name | Fit::NameOnly => None,
    };
    Seen {
        caller,
        assumed: assumed.into_iter().collect(),
    }
}

/// The caller as the message tells, of whom nothing was loaded.
fn stranger<'a>(
    denial: &Denial,
    inventory: &'a Inventory,
    arn: &Arn<'_>,
    wanted: Wanted<'_>,
) -> Seen<'a> {
    let mut seen = match wanted {
        Wanted::User(text) => own(Principal::user(text)),
        Wanted::Role { name, session, .. } => {
            let guessed = format!("arn:{}:iam::{}:role/{name}", arn.partition, arn.account);
            let known = denial.role_arn.clone();
            let role = known.as_deref().unwrap_or(&guessed);
            let mut seen = own(Principal::role_session(role, session));
            if known.is_none() {
                seen.assumed.push(format!(
                    "the path of the role `{name}` is not known: policies that name it with one may not match"
                ));
            }
            seen
        }
    };
    seen.caller.account = inventory
        .accounts
        .iter()
        .find(|account| account.id.value == arn.account && !account.id.assumed);
    seen
}

/// Names of entities that resemble one, nearest first.
fn alike(name: &str, inventory: &Inventory) -> Vec<String> {
    let lower = name.to_ascii_lowercase();
    let mut found: Vec<String> = inventory
        .accounts
        .iter()
        .flat_map(|account| {
            let roles = account.roles.iter().map(|role| &role.identity);
            roles.chain(account.users.iter().map(|user| &user.identity))
        })
        .filter(|identity| {
            let other = identity.name.to_string().to_ascii_lowercase();
            other == lower
                || (lower.len() >= 4 && (other.contains(&lower) || lower.contains(&other)))
        })
        .map(|identity| identity.arn.to_string())
        .take(8)
        .collect();
    found.dedup();
    found
}
