//! Finds who a denial is about among what was loaded: a session's role with its path, a user.

use crate::iam::{Account, Arn, Identity, Inventory, Principal, SessionKind, Text};

use super::Denial;

/// An entity of an account, by its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entity {
    /// In [`Account::roles`].
    Role(usize),
    /// In [`Account::users`].
    User(usize),
}

/// Who asked, for a request.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The caller as requests name it.
    pub principal: Principal,
    /// Its account among the loaded ones.
    pub account: Option<usize>,
    /// The role or user among the loaded ones.
    pub entity: Option<Entity>,
    /// What was assumed to come here, in sentences.
    pub assumed: Vec<String>,
}

/// The outcome of the search.
#[derive(Clone, Debug)]
pub enum Found {
    /// The caller, or one that needs no policies of its own.
    Caller(Box<Caller>),
    /// Several entities fit equally well.
    Several(Vec<Caller>),
    /// Nobody that was loaded fits.
    Missing {
        /// The caller as far as the message tells, with no policies.
        caller: Option<Box<Caller>>,
        /// Names of entities that are spelled alike, or that are in other accounts.
        alike: Vec<String>,
    },
}

/// Finds the caller of a denial.
pub fn find(denial: &Denial, inventory: &Inventory) -> Found {
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
            root.account = inventory
                .accounts
                .iter()
                .position(|account| account.id.value == arn.account);
            Found::Caller(Box::new(root))
        }
        ("iam", Some(("user", _))) => entity(denial, inventory, &arn, Wanted::User(text)),
        ("iam", Some(("role", _))) => {
            let wanted = Wanted::Role {
                name: arn.name(),
                arn: Some(text),
                session: "iamscope",
            };
            entity(denial, inventory, &arn, wanted)
        }
        ("sts", Some(("assumed-role", rest))) => {
            let (name, session) = rest.split_once('/').unwrap_or((rest, "iamscope"));
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
fn unsigned(denial: &Denial) -> Found {
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

fn own(principal: Principal) -> Caller {
    Caller {
        principal,
        account: None,
        entity: None,
        assumed: Vec::new(),
    }
}

fn plain(principal: Principal) -> Found {
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

fn entity(denial: &Denial, inventory: &Inventory, arn: &Arn<'_>, wanted: Wanted<'_>) -> Found {
    let mut fits: Vec<(Fit, usize, Entity)> = Vec::new();
    for (at, account) in inventory.accounts.iter().enumerate() {
        let mut consider = |identity: &Identity, entity: Entity| {
            if let Some(fit) = fit(identity, account, arn, wanted) {
                fits.push((fit, at, entity));
            }
        };
        match wanted {
            Wanted::User(_) => {
                for (number, user) in account.users.iter().enumerate() {
                    consider(&user.identity, Entity::User(number));
                }
            }
            Wanted::Role { .. } => {
                for (number, role) in account.roles.iter().enumerate() {
                    consider(&role.identity, Entity::Role(number));
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
            caller: Some(Box::new(stranger(denial, arn, wanted))),
            alike: alike(name, inventory),
        };
    };
    let mut callers: Vec<Caller> = fits
        .into_iter()
        .filter(|(fit, ..)| *fit == best)
        .filter_map(|(fit, at, entity)| known(inventory, at, entity, arn, wanted, fit))
        .collect();
    match callers.len() {
        1 => Found::Caller(Box::new(callers.remove(0))),
        _ => Found::Several(callers),
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

fn known(
    inventory: &Inventory,
    at: usize,
    entity: Entity,
    arn: &Arn<'_>,
    wanted: Wanted<'_>,
    fit: Fit,
) -> Option<Caller> {
    let account = inventory.accounts.get(at)?;
    let identity = match entity {
        Entity::Role(number) => &account.roles.get(number)?.identity,
        Entity::User(number) => &account.users.get(number)?.identity,
    };
    let own_arn = identity.arn.as_plain();
    let mut principal = match wanted {
        Wanted::User(text) => Principal::user(own_arn.unwrap_or(text)),
        Wanted::Role { name, session, .. } => {
            let written = format!("arn:{}:iam::{}:role/{name}", arn.partition, arn.account);
            Principal::role_session(own_arn.unwrap_or(&written), session)
        }
    };
    if own_arn.is_none() {
        principal.symbolic_arn = Some(identity.arn.clone());
    }
    match entity {
        Entity::Role(_) => principal.role_id.clone_from(&identity.unique_id),
        Entity::User(_) => principal.user_id.clone_from(&identity.unique_id),
    }
    principal.tags = identity
        .tags
        .iter()
        .filter_map(|(key, value)| Some((key.clone(), value.as_plain()?.to_owned())))
        .collect();
    let mut assumed = Vec::new();
    match fit {
        Fit::Arn | Fit::Name => {}
        Fit::NameOnly if account.id.value == arn.account => {}
        Fit::NameOnly => assumed.push(format!(
            "`{}` is taken for the account {} of the message",
            account.name, arn.account
        )),
        Fit::Possible => assumed.push(format!(
            "`{}` is taken for the {} of the message: its name there is `{}`",
            identity.logical_id.as_deref().unwrap_or(&account.name),
            if matches!(entity, Entity::Role(_)) {
                "role"
            } else {
                "user"
            },
            identity.name,
        )),
    }
    Some(Caller {
        principal,
        account: Some(at),
        entity: Some(entity),
        assumed,
    })
}

/// The caller as the message tells, of whom nothing was loaded.
fn stranger(denial: &Denial, arn: &Arn<'_>, wanted: Wanted<'_>) -> Caller {
    match wanted {
        Wanted::User(text) => own(Principal::user(text)),
        Wanted::Role { name, session, .. } => {
            let guessed = format!("arn:{}:iam::{}:role/{name}", arn.partition, arn.account);
            let known = denial.role_arn.clone();
            let mut caller = own(Principal::role_session(
                known.as_deref().unwrap_or(&guessed),
                session,
            ));
            if known.is_none() {
                caller.assumed.push(format!(
                    "the path of the role `{name}` is not known: policies that name it with one may not match"
                ));
            }
            caller
        }
    }
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
