//! Actions that deserve a second look, and whether a statement limits them to some resources.

use crate::catalog::{self, AccessLevel, Action};
use crate::iam::{Arn, Effect, Statement};

use super::Covered;

/// Why an action deserves a second look.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Sensitive {
    /// It hands a role to a service, and with it all that the role may do.
    PassesRole,
    /// It changes who may do what.
    ManagesPermissions {
        /// Whether AWS's access level calls it something milder.
        hidden: bool,
    },
    /// Its answer holds credentials.
    ExposesCredentials,
}

impl Sensitive {
    /// Why an action deserves a second look, if it does.
    pub fn of(action: &Action) -> Option<Sensitive> {
        if action.lower() == "iam:passrole" {
            Some(Sensitive::PassesRole)
        } else if catalog::credential_exposing(action) {
            Some(Sensitive::ExposesCredentials)
        } else if action.effective_level() == AccessLevel::PermissionsManagement {
            Some(Sensitive::ManagesPermissions {
                hidden: action.hides_permissions_management(),
            })
        } else {
            None
        }
    }

    /// The reason, as a clause about the action.
    pub fn reason(self) -> &'static str {
        match self {
            Sensitive::PassesRole => {
                "hands a role to a service: whoever runs that service's code acts with the role's permissions"
            }
            Sensitive::ManagesPermissions { hidden: false } => "changes who may do what",
            Sensitive::ManagesPermissions { hidden: true } => {
                "changes who may do what, although AWS's access level does not say so"
            }
            Sensitive::ExposesCredentials => {
                "answers with credentials, or with what serves as such"
            }
        }
    }
}

/// The sensitive actions that a statement grants on every resource, by reason.
#[derive(Clone, Debug, Default)]
pub struct Unscoped {
    /// Whether `iam:PassRole` is granted on every role.
    pub passes_any_role: bool,
    /// Whether a condition on `iam:PassedToService` says to which services.
    pub limits_service: bool,
    /// Actions that manage permissions, on every resource.
    pub permissions: Vec<&'static Action>,
    /// Actions that answer with credentials, on every resource.
    pub credentials: Vec<&'static Action>,
    /// Whether it grants every action on every resource.
    pub everything: bool,
}

/// What a statement of an identity policy grants on every resource that could be limited to some.
pub fn unscoped(statement: &Statement, covered: &Covered) -> Unscoped {
    let mut found = Unscoped::default();
    if statement.effect != Some(Effect::Allow) {
        return found;
    }
    found.passes_any_role = catalog::index()
        .find("iam:PassRole")
        .is_some_and(|action| covered.actions.contains(action.id()))
        && (on_everything(statement) || on_every_role(statement));
    found.everything = on_everything(statement)
        && statement.action.as_ref().is_some_and(|element| {
            !element.not
                && element
                    .entries
                    .iter()
                    .any(|entry| entry.text.as_plain().is_some_and(is_every_action))
        });
    found.limits_service = statement.conditions.iter().any(|condition| {
        condition
            .key
            .as_plain()
            .is_some_and(|key| key.eq_ignore_ascii_case("iam:PassedToService"))
    });
    if !on_everything(statement) {
        return found;
    }
    for action in covered.actions.iter() {
        // What cannot be limited to resources is no oversight.
        if !action.has_resource_types() {
            continue;
        }
        match Sensitive::of(action) {
            Some(Sensitive::ManagesPermissions { .. }) => found.permissions.push(action),
            Some(Sensitive::ExposesCredentials) => found.credentials.push(action),
            Some(Sensitive::PassesRole) | None => {}
        }
    }
    found
}

/// Whether a statement's resources are every role: `arn:aws:iam::123456789012:role/*`.
fn on_every_role(statement: &Statement) -> bool {
    statement.resource.as_ref().is_some_and(|element| {
        !element.not
            && element.entries.iter().any(|entry| {
                let shown = entry.text.to_string();
                Arn::parse(&shown).is_some_and(|arn| {
                    arn.service == "iam" && matches!(arn.resource, "*" | "role/*")
                })
            })
    })
}

/// Whether a statement's resources are everything: the lone `*`, alone or among others.
pub fn on_everything(statement: &Statement) -> bool {
    statement.resource.as_ref().is_some_and(|element| {
        !element.not
            && element.entries.iter().any(|entry| {
                entry
                    .text
                    .as_plain()
                    .is_some_and(|text| !text.is_empty() && text.bytes().all(|byte| byte == b'*'))
            })
    })
}

fn is_every_action(text: &str) -> bool {
    match text.split_once(':') {
        Some((prefix, name)) => is_every_action(prefix) && is_every_action(name),
        None => !text.is_empty() && text.bytes().all(|byte| byte == b'*'),
    }
}
