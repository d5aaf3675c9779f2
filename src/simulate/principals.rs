//! Principal elements (IAM: reference_policies_elements_principal, ..._notprincipal).
//!
//! A match has a class: what a resource-based policy names decides which other policies still limit
//! the caller in its own account.

use crate::iam::{
    Arn, Glob, Guard, Principal, PrincipalElement, PrincipalType, PrincipalValue, SessionKind, Text,
};

use super::Missing;
use super::depends::{Depends, Tri};
use super::guards::Assignment;
use super::pattern::{compare, text_steps};
use super::steps;

/// How a resource-based policy names the caller, strongest first.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Ord, PartialOrd)]
pub(super) enum Class {
    /// The caller itself: no identity-based policy, boundary or session policy limits it.
    Direct,
    /// The role of the session: boundary and session policies still do.
    Role,
    /// The user who issued the federated session: boundary and session policies still do.
    Issuer,
    /// The account: identity-based policies have to grant too.
    Account,
}

/// A compiled `Principal` or `NotPrincipal`.
#[derive(Clone, Debug)]
pub(super) struct Principals {
    pub(super) not: bool,
    pub(super) entries: Box<[Entry]>,
}

#[derive(Clone, Debug)]
pub(super) struct Entry {
    named: Named,
    guard: Guard,
}

/// What an entry names.
#[derive(Clone, Debug)]
enum Named {
    Everyone,
    Account(Box<str>),
    User(Box<str>),
    Role(Box<str>),
    Session(Box<str>),
    FederatedUser(Box<str>),
    UniqueId(Box<str>),
    Service(Box<str>),
    Provider(Box<str>),
    CanonicalUser(Box<str>),
    /// Never a principal.
    Group,
    /// No form that AWS accepts; its wildcards tell at least whom it cannot mean.
    Invalid(PrincipalType, Glob),
    /// Left open by a template.
    Open(PrincipalType, Text),
}

/// The caller of a request, with what principals are compared with.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) principal: Principal,
    // What a key that is not given is taken for decides what an id that is not known is.
    pub(super) missing: Missing,
}

impl Principals {
    pub(super) fn new(element: &PrincipalElement) -> Self {
        let entries = element.entries.iter().map(|value| Entry {
            named: named(value.kind, &value.entry.text),
            guard: value.entry.guard.clone(),
        });
        Principals {
            not: element.not,
            entries: entries.collect(),
        }
    }

    /// Whether the element covers the caller, in whichever class.
    pub(super) fn covers<D: Depends>(
        &self,
        caller: &Caller,
        given: Assignment<'_>,
        has_boundary: bool,
    ) -> Tri<D> {
        if self.not {
            return self.escapes(caller, given, has_boundary).not();
        }
        let mut covered = Tri::no();
        each(&self.entries, caller, given, |_, matches| {
            covered = covered.clone().or(matches);
        });
        covered
    }

    /// Gives each class in which an entry grants to the caller. A grant of AssumeRoleWithWebIdentity or
    /// AssumeRoleWithSAML needs a federated principal (`federated_only`); a denial does not. A form that
    /// AWS does not accept grants to nobody, while a denial by one is unknown.
    pub(super) fn grants<D: Depends>(
        &self,
        caller: &Caller,
        given: Assignment<'_>,
        federated_only: bool,
        found: impl FnMut(Class, Tri<D>),
    ) {
        let entries = self.entries.iter().filter(|entry| {
            let invalid = matches!(entry.named, Named::Invalid(..));
            !(invalid || federated_only && entry.named.is_of_aws())
        });
        each(entries, caller, given, found);
    }

    /// Whether `NotPrincipal` lists the whole chain of the caller; one with a boundary never escapes.
    fn escapes<D: Depends>(
        &self,
        caller: &Caller,
        given: Assignment<'_>,
        has_boundary: bool,
    ) -> Tri<D> {
        let principal = &caller.principal;
        let listed = |wanted: &dyn Fn(&Named) -> Tri<D>| -> Tri<D> {
            Tri::any(self.entries.iter().map(|entry| {
                let lists = match &entry.named {
                    Named::Everyone => Tri::yes(),
                    named => wanted(named),
                };
                given.holds(&entry.guard).and(lists)
            }))
        };
        let in_class = |class: Class| -> Tri<D> {
            listed(&|named| {
                let mut lists = Tri::no();
                named.each(caller, &mut |found, matches: Tri<D>| {
                    if found == class {
                        lists = lists.clone().or(matches);
                    }
                });
                lists
            })
        };
        let account = || -> Tri<D> {
            let root = Caller {
                principal: Principal {
                    kind: SessionKind::Root,
                    arn: None,
                    account: principal.account.clone(),
                    canonical_user_id: principal.canonical_user_id.clone(),
                    ..Principal::default()
                },
                ..caller.clone()
            };
            listed(&|named| {
                let mut lists = Tri::no();
                named.each(&root, &mut |_, matches: Tri<D>| {
                    lists = lists.clone().or(matches);
                });
                lists
            })
        };
        match principal.kind {
            SessionKind::User | SessionKind::AssumedRole if has_boundary => Tri::no(),
            SessionKind::User => account().and(in_class(Class::Direct)),
            SessionKind::AssumedRole => account()
                .and(in_class(Class::Role))
                .and(in_class(Class::Direct)),
            SessionKind::FederatedUser => account()
                .and(in_class(Class::Issuer))
                .and(in_class(Class::Direct)),
            SessionKind::Root
            | SessionKind::Service
            | SessionKind::Anonymous
            | SessionKind::WebIdentity
            | SessionKind::Saml => in_class(Class::Direct),
        }
    }

    /// Whether an entry has no form that AWS accepts.
    pub(super) fn has_invalid(&self) -> bool {
        self.entries
            .iter()
            .any(|entry| matches!(entry.named, Named::Invalid(..)))
    }
}

/// Gives each class in which an entry names the caller.
fn each<'e, D: Depends>(
    entries: impl IntoIterator<Item = &'e Entry>,
    caller: &Caller,
    given: Assignment<'_>,
    mut found: impl FnMut(Class, Tri<D>),
) {
    for entry in entries {
        entry.named.each(caller, &mut |class, matches: Tri<D>| {
            if !matches.is_no() {
                found(class, given.holds(&entry.guard).and(matches));
            }
        });
    }
}

fn named(kind: PrincipalType, text: &Text) -> Named {
    let Some(plain) = text.as_plain() else {
        return Named::Open(kind, text.clone());
    };
    let invalid = || Named::Invalid(kind, Glob::new(plain));
    match kind {
        PrincipalType::Everyone => Named::Everyone,
        PrincipalType::Aws => match PrincipalValue::parse(plain) {
            PrincipalValue::Everyone => Named::Everyone,
            PrincipalValue::Account(id) => Named::Account(id.into()),
            PrincipalValue::User(arn) => Named::User(arn.into()),
            PrincipalValue::Role(arn) => Named::Role(arn.into()),
            PrincipalValue::AssumedRole(arn) => Named::Session(arn.into()),
            PrincipalValue::FederatedUser(arn) => Named::FederatedUser(arn.into()),
            PrincipalValue::UniqueId(id) => Named::UniqueId(id.into()),
            PrincipalValue::Group(_) => Named::Group,
            PrincipalValue::Invalid(_) => invalid(),
        },
        _ if plain.contains(['*', '?']) => invalid(),
        PrincipalType::Service => Named::Service(plain.into()),
        PrincipalType::Federated => Named::Provider(plain.into()),
        PrincipalType::CanonicalUser => Named::CanonicalUser(plain.into()),
    }
}

/// `account` for a caller of an account, `direct` for its root.
fn of_account(kind: SessionKind) -> Option<Class> {
    match kind {
        SessionKind::Root => Some(Class::Direct),
        SessionKind::User | SessionKind::AssumedRole | SessionKind::FederatedUser => {
            Some(Class::Account)
        }
        _ => None,
    }
}

impl Named {
    /// Whether it is of the `AWS` type, the bare `*` included.
    fn is_of_aws(&self) -> bool {
        !matches!(
            self,
            Named::Service(_)
                | Named::Provider(_)
                | Named::Invalid(PrincipalType::Federated | PrincipalType::Service, _)
                | Named::Open(PrincipalType::Federated | PrincipalType::Service, _)
        )
    }

    /// Gives each class in which the caller is named.
    fn each<D: Depends>(&self, caller: &Caller, found: &mut impl FnMut(Class, Tri<D>)) {
        use SessionKind::*;
        let principal = &caller.principal;
        let kind = principal.kind;
        let is =
            |value: &Option<String>, wanted: &str| Tri::known(value.as_deref() == Some(wanted));
        match self {
            Named::Everyone => found(Class::Direct, Tri::yes()),
            Named::Account(id) => {
                if let Some(class) = of_account(kind) {
                    found(class, is(&principal.account, id));
                }
            }
            Named::User(arn) => match kind {
                User => found(Class::Direct, caller.is_arn(arn)),
                FederatedUser => found(Class::Issuer, is(&principal.issuer_arn, arn)),
                _ => {}
            },
            Named::Role(arn) if kind == AssumedRole => found(Class::Role, caller.is_arn(arn)),
            Named::Session(arn) if kind == AssumedRole => {
                found(Class::Direct, is(&principal.arn, arn));
            }
            Named::FederatedUser(arn) if kind == FederatedUser => {
                found(Class::Direct, is(&principal.arn, arn));
            }
            Named::UniqueId(id) => match kind {
                User => found(Class::Direct, caller.has_id(&principal.user_id, id, "AIDA")),
                FederatedUser => found(Class::Issuer, is(&principal.user_id, id)),
                AssumedRole => found(Class::Role, caller.has_id(&principal.role_id, id, "AROA")),
                _ => {}
            },
            Named::Service(name) if kind == Service => {
                found(Class::Direct, is(&principal.service, name));
            }
            Named::Provider(name) if matches!(kind, WebIdentity | Saml) => {
                found(Class::Direct, is(&principal.provider, name));
            }
            Named::CanonicalUser(id) => {
                if let Some(class) = of_account(kind) {
                    found(class, is(&principal.canonical_user_id, id));
                }
            }
            Named::Invalid(kind, glob) => {
                for (class, of, name) in caller.names() {
                    if of == *kind && (!glob.is_wild() || glob.matches(&name)) {
                        // What it does is unknown with the statement that holds it, which AWS rejects.
                        found(class, Tri::yes());
                    }
                }
            }
            Named::Open(kind, text) => caller.open(*kind, text, found),
            _ => {}
        }
    }
}

impl Caller {
    /// The caller for reading: its ARN, or what else names it.
    pub(super) fn describe(&self) -> String {
        let principal = &self.principal;
        match principal.kind {
            SessionKind::Anonymous => "anonymous".to_owned(),
            SessionKind::Service => {
                let name = principal.service.as_deref().unwrap_or("of unknown name");
                format!("the service {name}")
            }
            SessionKind::WebIdentity | SessionKind::Saml => {
                let name = principal
                    .provider
                    .as_deref()
                    .unwrap_or("an unknown provider");
                format!("an identity of {name}")
            }
            SessionKind::AssumedRole => match (&principal.arn, &principal.role_arn) {
                (Some(session), Some(role)) => format!("{session} (a session of {role})"),
                (Some(session), None) => format!("{session} (a role whose path is not known)"),
                (None, Some(role)) => format!("a session of {role}"),
                (None, None) => "a session of an unknown role".to_owned(),
            },
            _ => principal
                .arn
                .clone()
                .unwrap_or_else(|| format!("an unknown {}", principal.kind.name())),
        }
    }

    /// Whether it is a session of GetFederationToken.
    pub(super) fn is_federated_user(&self) -> bool {
        self.principal.kind == SessionKind::FederatedUser
    }

    /// Whether the caller is the user, or a session of the role, of an ARN. A role's path cannot be told
    /// from the session's ARN.
    fn is_arn<D: Depends>(&self, arn: &str) -> Tri<D> {
        let principal = &self.principal;
        if let Some(symbolic) = &principal.symbolic_arn {
            return compare(&steps::of_text(arn), &text_steps(symbolic));
        }
        match principal.kind {
            SessionKind::AssumedRole => match (&principal.role_arn, &principal.arn) {
                (Some(role), _) => Tri::known(role == arn),
                (None, Some(session)) => {
                    let could = match (Arn::parse(arn), Arn::parse(session)) {
                        (Some(role), Some(session)) => {
                            let name = session.resource.split('/').nth(1);
                            role.account == session.account
                                && role.partition == session.partition
                                && Some(role.name()) == name
                        }
                        _ => false,
                    };
                    match could {
                        true => Tri::unknown(|| "aws:PrincipalArn".to_owned()),
                        false => Tri::no(),
                    }
                }
                (None, None) => Tri::no(),
            },
            _ => Tri::known(principal.arn.as_deref() == Some(arn)),
        }
    }

    /// Whether the caller has a unique id: equality only. One that is not known could be any of its kind.
    fn has_id<D: Depends>(&self, own: &Option<String>, wanted: &str, prefix: &str) -> Tri<D> {
        match own {
            Some(own) => Tri::known(own == wanted),
            None if self.missing == Missing::Unknown && wanted.starts_with(prefix) => {
                Tri::unknown(|| "aws:userid".to_owned())
            }
            None => Tri::no(),
        }
    }

    /// Everything by which a principal element can name the caller.
    fn names(&self) -> Vec<(Class, PrincipalType, String)> {
        use SessionKind::*;
        let principal = &self.principal;
        let mut names = Vec::new();
        let mut add = |class, kind, name: Option<&String>| {
            names.extend(name.map(|name| (class, kind, name.clone())));
        };
        let aws = PrincipalType::Aws;
        match principal.kind {
            User => {
                add(Class::Direct, aws, principal.arn.as_ref());
                add(Class::Direct, aws, principal.user_id.as_ref());
            }
            AssumedRole => {
                add(Class::Direct, aws, principal.arn.as_ref());
                add(Class::Role, aws, principal.role_arn.as_ref());
                add(Class::Role, aws, principal.role_id.as_ref());
            }
            FederatedUser => {
                add(Class::Direct, aws, principal.arn.as_ref());
                add(Class::Issuer, aws, principal.issuer_arn.as_ref());
            }
            Root => add(Class::Direct, aws, principal.arn.as_ref()),
            Service => add(
                Class::Direct,
                PrincipalType::Service,
                principal.service.as_ref(),
            ),
            WebIdentity | Saml => add(
                Class::Direct,
                PrincipalType::Federated,
                principal.provider.as_ref(),
            ),
            Anonymous => {}
        }
        if let (Some(class), Some(account)) = (of_account(principal.kind), &principal.account) {
            add(class, aws, Some(account));
            let partition = [&principal.arn, &principal.role_arn]
                .into_iter()
                .flatten()
                .find_map(|arn| Arn::parse(arn))
                .map_or("aws", |arn| arn.partition);
            add(
                class,
                aws,
                Some(&format!("arn:{partition}:iam::{account}:root")),
            );
            add(
                class,
                PrincipalType::CanonicalUser,
                principal.canonical_user_id.as_ref(),
            );
        }
        names
    }

    /// Gives each class in which an entry that a template leaves open could name the caller.
    fn open<D: Depends>(
        &self,
        kind: PrincipalType,
        text: &Text,
        found: &mut impl FnMut(Class, Tri<D>),
    ) {
        let pattern = text_steps(text);
        let symbolic = self.principal.symbolic_arn.as_ref();
        if let (PrincipalType::Aws, Some(own)) = (kind, symbolic) {
            let class = match self.principal.kind {
                SessionKind::AssumedRole => Class::Role,
                _ => Class::Direct,
            };
            let matches: Tri<D> = compare(&pattern, &text_steps(own));
            let certain = matches.is_yes();
            found(class, matches);
            if certain {
                return;
            }
        }
        for (class, of, name) in self.names() {
            // Names that are only for reading are left out.
            if of == kind && (symbolic.is_none() || class == Class::Account) {
                found(class, compare(&pattern, &steps::of_text(&name)));
            }
        }
    }
}
