//! Roles, users and groups alike: what policies can be put on. Every source that names them in one
//! place and gives them policies in another goes through here.

use std::collections::HashMap;

use crate::iam::{
    Account, Attachment, Group, Guard, Identity, InlinePolicy, Place, Role, Text, User,
};
use crate::load::aws_managed;

/// The kinds of entity that policies are put on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum HolderKind {
    Role,
    User,
    Group,
}

impl HolderKind {
    /// The word in ARNs.
    pub fn name(self) -> &'static str {
        match self {
            HolderKind::Role => "role",
            HolderKind::User => "user",
            HolderKind::Group => "group",
        }
    }
}

/// One of them.
pub(super) struct Holder<'a> {
    pub identity: &'a Identity,
    pub managed: &'a mut Vec<Attachment>,
    pub inline: &'a mut Vec<InlinePolicy>,
    /// Groups have none.
    pub boundary: Option<&'a mut Option<Attachment>>,
}

/// All of a kind.
pub(super) fn holders(account: &mut Account, kind: HolderKind) -> Vec<Holder<'_>> {
    match kind {
        HolderKind::Role => account
            .roles
            .iter_mut()
            .map(|role| Holder {
                identity: &role.identity,
                managed: &mut role.managed,
                inline: &mut role.inline,
                boundary: Some(&mut role.boundary),
            })
            .collect(),
        HolderKind::User => account
            .users
            .iter_mut()
            .map(|user| Holder {
                identity: &user.identity,
                managed: &mut user.managed,
                inline: &mut user.inline,
                boundary: Some(&mut user.boundary),
            })
            .collect(),
        HolderKind::Group => account
            .groups
            .iter_mut()
            .map(|group| Holder {
                identity: &group.identity,
                managed: &mut group.managed,
                inline: &mut group.inline,
                boundary: None,
            })
            .collect(),
    }
}

/// Those that a name means. It should be a name; some sources write the ARN.
pub(super) fn holders_named<'a>(
    account: &'a mut Account,
    kind: HolderKind,
    name: &Text,
) -> Vec<Holder<'a>> {
    let mut found = holders(account, kind);
    found.retain(|holder| holder.identity.name == *name || holder.identity.arn == *name);
    found
}

/// Makes sure that somebody has a name: one that only policies name is shown as external.
pub(super) fn ensure_named(
    account: &mut Account,
    kind: HolderKind,
    name: &Text,
    place: Place,
    arn: impl FnOnce() -> Text,
) {
    if !holders_named(account, kind, name).is_empty() {
        return;
    }
    let identity = Identity::new(name.clone(), arn(), place);
    match kind {
        HolderKind::Role => account.roles.push(Role {
            external: true,
            ..empty_role(identity)
        }),
        HolderKind::User => account.users.push(User {
            external: true,
            ..empty_user(identity)
        }),
        HolderKind::Group => account.groups.push(Group {
            external: true,
            ..empty_group(identity)
        }),
    }
}

/// A role without policies.
pub(super) fn empty_role(identity: Identity) -> Role {
    Role {
        identity,
        trust: None,
        boundary: None,
        managed: Vec::new(),
        inline: Vec::new(),
        max_session_duration: None,
        last_used: None,
        instance_profiles: Vec::new(),
        external: false,
    }
}

/// A user without policies.
pub(super) fn empty_user(identity: Identity) -> User {
    User {
        identity,
        boundary: None,
        managed: Vec::new(),
        inline: Vec::new(),
        groups: Vec::new(),
        external: false,
    }
}

/// A group without policies.
pub(super) fn empty_group(identity: Identity) -> Group {
    Group {
        identity,
        managed: Vec::new(),
        inline: Vec::new(),
        external: false,
    }
}

/// The managed policy of an ARN: one of the source, one of AWS, or one that is not here.
pub(super) fn attachment(account: &Account, arn: Text, place: Place, guard: Guard) -> Attachment {
    let mut policies = account.policies.iter();
    let own = policies.find(|policy| policy.identity.arn == arn);
    let (name, origin, document) = match own {
        Some(policy) => (
            policy.identity.name.clone(),
            policy.origin,
            policy.document.clone(),
        ),
        None => aws_managed::resolve(&arn),
    };
    Attachment {
        arn,
        name,
        origin,
        document,
        place,
        guard,
    }
}

/// Says at every managed policy of the source to whom it is attached and whom it limits.
pub(super) fn note_attachments(account: &mut Account) {
    let mut attached: HashMap<Text, Vec<Text>> = HashMap::new();
    let mut limited: HashMap<Text, Vec<Text>> = HashMap::new();
    for kind in [HolderKind::Role, HolderKind::User, HolderKind::Group] {
        for holder in holders(account, kind) {
            for attachment in holder.managed.iter() {
                let names = attached.entry(attachment.arn.clone()).or_default();
                if names.last() != Some(&holder.identity.name) {
                    names.push(holder.identity.name.clone());
                }
            }
            if let Some(Some(boundary)) = &holder.boundary {
                let names = limited.entry(boundary.arn.clone()).or_default();
                names.push(holder.identity.name.clone());
            }
        }
    }
    for policy in &mut account.policies {
        if let Some(names) = attached.get(&policy.identity.arn) {
            policy.attached_to.clone_from(names);
        }
        if let Some(names) = limited.get(&policy.identity.arn) {
            policy.limits.clone_from(names);
        }
    }
}
