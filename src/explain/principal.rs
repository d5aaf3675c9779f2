//! Principals in words.

use crate::iam::{Arn, PrincipalElement, PrincipalEntry, PrincipalType, PrincipalValue, Text};

use super::english::listed;
use super::{Fact, Line, Mark, Meaning, Page};

/// Who a principal element names: `the role admin of account 123456789012 and the service
/// ec2.amazonaws.com`.
pub fn principal_words(element: &PrincipalElement) -> Line {
    let entries = element.entries.iter();
    if element.entries.is_empty() {
        return if element.not {
            "everyone".into()
        } else {
            "nobody".into()
        };
    }
    if element.not {
        Line::new()
            .plain("everyone except ")
            .then(listed(entries.map(entry_words), "and"))
    } else {
        listed(entries.map(entry_words), "and")
    }
}

/// Who one value of a principal element names.
pub fn entry_words(entry: &PrincipalEntry) -> Line {
    let text = &entry.entry.text;
    match entry.kind {
        PrincipalType::Everyone => Line::new().with(Meaning::Warning, "anyone"),
        PrincipalType::Aws => aws_words(text),
        PrincipalType::Service => Line::new().plain("the service ").text(text),
        PrincipalType::Federated => federated_words(text),
        PrincipalType::CanonicalUser => Line::new()
            .plain("the account with the canonical user id ")
            .text(text),
    }
}

fn aws_words(text: &Text) -> Line {
    let Some(plain) = text.as_plain() else {
        return unresolved_words(text);
    };
    let named = |what: &'static str, arn: &str| {
        let line = Line::new().plain(what);
        match Arn::parse(arn) {
            Some(parsed) => line
                .code(name_with_path(parsed.resource))
                .plain(" of account ")
                .code(parsed.account.to_owned()),
            None => line.code(arn.to_owned()),
        }
    };
    match PrincipalValue::parse(plain) {
        PrincipalValue::Everyone => Line::new().with(Meaning::Warning, "anyone"),
        PrincipalValue::Account(id) => {
            let id = Arn::parse(id).map_or(id, |arn| arn.account);
            Line::new().plain("account ").code(id.to_owned())
        }
        PrincipalValue::User(arn) => named("the user ", arn),
        PrincipalValue::Role(arn) => named("the role ", arn),
        PrincipalValue::AssumedRole(arn) => named("the role session ", arn),
        PrincipalValue::FederatedUser(arn) => named("the federated user ", arn),
        PrincipalValue::UniqueId(id) => Line::new()
            .plain(if id.starts_with("AIDA") {
                "the deleted user "
            } else {
                "the deleted role "
            })
            .code(id.to_owned()),
        PrincipalValue::Group(arn) => {
            named("the group ", arn).with(Meaning::Warning, " (never a principal)")
        }
        PrincipalValue::Invalid(_) => Line::new()
            .code(plain.to_owned())
            .with(Meaning::Warning, " (no valid principal)"),
    }
}

/// A principal of which a part is unresolved: its shape says what it will be.
fn unresolved_words(text: &Text) -> Line {
    let shown = text.to_string();
    let what = if shown.ends_with(":root") {
        "the account of "
    } else if shown.contains(":role/") {
        "the role "
    } else if shown.contains(":user/") {
        "the user "
    } else if shown.contains(":assumed-role/") {
        "the role session "
    } else {
        ""
    };
    Line::new().plain(what).text(text)
}

fn federated_words(text: &Text) -> Line {
    let shown = text.to_string();
    let issuer = shown
        .split_once(":oidc-provider/")
        .map(|(_, issuer)| issuer);
    let saml = shown.split_once(":saml-provider/").map(|(_, name)| name);
    match (issuer, saml, shown.as_str()) {
        (Some(issuer), ..) if text.is_plain() => Line::new()
            .plain("web identities of ")
            .code(issuer.to_owned()),
        (_, Some(name), _) if text.is_plain() => Line::new()
            .plain("users of the SAML provider ")
            .code(name.to_owned()),
        (.., "cognito-identity.amazonaws.com") => Line::new().plain("identities of Amazon Cognito"),
        (.., "www.amazon.com") => Line::new().plain("users of Login with Amazon"),
        (.., "graph.facebook.com") => Line::new().plain("users of Facebook"),
        (.., "accounts.google.com") => Line::new().plain("users of Google"),
        _ => Line::new().plain("identities of ").text(text),
    }
}

/// What stands behind the type of a resource such as `role/path/name`: `path/name`.
fn name_with_path(resource: &str) -> String {
    resource
        .split_once('/')
        .map_or(resource, |(_, name)| name)
        .to_owned()
}

/// How a value names callers, on a page of its own. `trust`: in a role's trust policy.
pub fn principal_page(entry: &PrincipalEntry, trust: bool) -> Page {
    let text = &entry.entry.text;
    let mut page = Page::new(Line::new().plain("Principal ").text(text));
    page.say(
        Line::new()
            .plain("Names ")
            .then(entry_words(entry))
            .plain("."),
    );
    let plain = text.as_plain().unwrap_or_default();
    let aws = matches!(entry.kind, PrincipalType::Aws | PrincipalType::Everyone);
    match (entry.kind, PrincipalValue::parse(plain)) {
        (_, PrincipalValue::Everyone) if aws && trust => {
            page.mark(Mark::Problem, "Any principal of any AWS account: conditions are all that limits it. It does not let web identities or SAML users in: they need a Federated principal.");
        }
        (_, PrincipalValue::Everyone) if aws => {
            page.mark(Mark::Problem, "Any principal of any AWS account, unsigned requests and AWS services too: conditions are all that limits it.");
        }
        (PrincipalType::Aws, PrincipalValue::Account(_)) => {
            page.say("The account as a whole: which of its users and roles may, is for their own policies to say. Its root user is named directly.");
        }
        (PrincipalType::Aws, PrincipalValue::Role(_)) => {
            page.say("Every session of the role. A permissions boundary or session policy of it still limits what this allows.");
        }
        (PrincipalType::Aws, PrincipalValue::User(_)) => {
            page.say("This user alone. In its own account its identity policies need not allow too what this allows.");
        }
        (PrincipalType::Aws, PrincipalValue::AssumedRole(_)) => {
            page.say("This one session of the role, by its session name.");
        }
        (PrincipalType::Aws, PrincipalValue::FederatedUser(_)) => {
            page.say("A session of GetFederationToken of that name.");
        }
        (PrincipalType::Aws, PrincipalValue::UniqueId(_)) => {
            page.mark(Mark::Problem, "AWS shows a unique id where the user or role was deleted. One created anew under the same name is not meant by it.");
        }
        (PrincipalType::Aws, PrincipalValue::Invalid(reason)) if text.is_plain() => {
            page.mark(
                Mark::Problem,
                Line::new()
                    .plain("Not a principal: ")
                    .plain(reason)
                    .plain("."),
            );
        }
        (PrincipalType::Service, _) => {
            page.say("The AWS service itself, not users who call through it.");
        }
        (PrincipalType::Federated, _) => {
            page.say("Callers whom this identity provider vouches for; conditions on its claims say which of them.");
        }
        (PrincipalType::CanonicalUser, _) => {
            page.say("An account by its S3 canonical user id.");
        }
        _ => {}
    }
    page.facts(vec![
        Fact::new("Type", entry.kind.name()),
        Fact::new("Value", Line::new().text(text)),
    ]);
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::{Entry, Guard, Part, Place, Unresolved, UnresolvedKind};

    fn entry(kind: PrincipalType, text: impl Into<Text>) -> PrincipalEntry {
        PrincipalEntry {
            kind,
            entry: Entry {
                text: text.into(),
                place: Place::default(),
                guard: Guard::always(),
                comment: None,
            },
        }
    }

    #[test]
    fn every_form_has_words() {
        use PrincipalType::*;
        for (kind, text, words) in [
            (Everyone, "*", "anyone"),
            (Aws, "*", "anyone"),
            (Aws, "123456789012", "account 123456789012"),
            (
                Aws,
                "arn:aws:iam::123456789012:root",
                "account 123456789012",
            ),
            (
                Aws,
                "arn:aws:iam::123456789012:user/a/Bob",
                "the user a/Bob of account 123456789012",
            ),
            (
                Aws,
                "arn:aws:iam::123456789012:role/r",
                "the role r of account 123456789012",
            ),
            (
                Aws,
                "arn:aws:sts::123456789012:assumed-role/r/s",
                "the role session r/s of account 123456789012",
            ),
            (
                Aws,
                "AROAABCDEFGHIJKLMNOP",
                "the deleted role AROAABCDEFGHIJKLMNOP",
            ),
            (Aws, "nonsense", "nonsense (no valid principal)"),
            (
                Service,
                "ec2.amazonaws.com",
                "the service ec2.amazonaws.com",
            ),
            (
                Federated,
                "arn:aws:iam::123456789012:oidc-provider/api.gitpod.io/idp",
                "web identities of api.gitpod.io/idp",
            ),
            (
                Federated,
                "arn:aws:iam::123456789012:saml-provider/Okta",
                "users of the SAML provider Okta",
            ),
            (
                Federated,
                "cognito-identity.amazonaws.com",
                "identities of Amazon Cognito",
            ),
            (
                CanonicalUser,
                "abc",
                "the account with the canonical user id abc",
            ),
        ] {
            assert_eq!(entry_words(&entry(kind, text)).to_plain(), words);
        }
    }

    #[test]
    fn unresolved_accounts_and_roles_are_told_by_their_shape() {
        let account = Part::Unresolved(
            Unresolved {
                name: "Account".into(),
                kind: UnresolvedKind::Parameter,
                place: Place::default(),
            }
            .into(),
        );
        let text = |end: &str| {
            Text::from_parts([
                Part::Literal("arn:aws:iam::".into()),
                account.clone(),
                Part::Literal(end.into()),
            ])
        };
        let words = |end| entry_words(&entry(PrincipalType::Aws, text(end))).to_plain();
        assert_eq!(
            words(":root"),
            "the account of arn:aws:iam::${Account}:root"
        );
        assert_eq!(words(":role/x"), "the role arn:aws:iam::${Account}:role/x");
    }

    #[test]
    fn not_principal_names_the_others() {
        let element = PrincipalElement {
            not: true,
            entries: vec![entry(
                PrincipalType::Aws,
                "arn:aws:iam::123456789012:user/Bob",
            )],
            place: Place::default(),
        };
        assert_eq!(
            principal_words(&element).to_plain(),
            "everyone except the user Bob of account 123456789012"
        );
    }
}
