//! What the one call for the account leaves out: its alias, its identity providers, and what only
//! `ListRoles` tells of roles.

use super::Connection;
use super::fault::{self, AwsError};
use super::retry::retrying;

/// What only `ListRoles` tells of a role.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RoleExtra {
    /// The role's ARN.
    pub arn: String,
    /// The longest session, in seconds.
    pub longest_session: Option<i32>,
    /// Its description.
    pub description: Option<String>,
}

/// Alias, identity providers, and more of roles.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Extras {
    /// The account's alias.
    pub alias: Option<String>,
    /// ARNs of OIDC providers.
    pub oidc_providers: Vec<String>,
    /// ARNs of SAML providers.
    pub saml_providers: Vec<String>,
    /// More of roles.
    pub roles: Vec<RoleExtra>,
    /// What could not be read.
    pub missing: Vec<AwsError>,
}

/// Reads them; what is denied is said in the result.
pub async fn extras(connection: &Connection) -> Extras {
    let iam = &connection.clients.iam;
    let mut extras = Extras::default();
    let aliases = retrying(|| async {
        let call = iam.list_account_aliases().send().await;
        call.map_err(|error| fault::of_call("iam:ListAccountAliases", &error))
    });
    let oidc = retrying(|| async {
        let call = iam.list_open_id_connect_providers().send().await;
        call.map_err(|error| fault::of_call("iam:ListOpenIDConnectProviders", &error))
    });
    let saml = retrying(|| async {
        let call = iam.list_saml_providers().send().await;
        call.map_err(|error| fault::of_call("iam:ListSAMLProviders", &error))
    });
    let (aliases, oidc, saml, roles) = tokio::join!(aliases, oidc, saml, roles(connection));
    match roles {
        Ok(roles) => extras.roles = roles,
        Err(error) => extras.missing.push(error),
    }
    match aliases {
        Ok(answer) => extras.alias = answer.account_aliases().first().cloned(),
        Err(error) => extras.missing.push(error),
    }
    match oidc {
        Ok(answer) => {
            let list = answer.open_id_connect_provider_list().iter();
            extras.oidc_providers = list
                .filter_map(|one| one.arn().map(str::to_owned))
                .collect();
        }
        Err(error) => extras.missing.push(error),
    }
    match saml {
        Ok(answer) => {
            let list = answer.saml_provider_list().iter();
            extras.saml_providers = list
                .filter_map(|one| one.arn().map(str::to_owned))
                .collect();
        }
        Err(error) => extras.missing.push(error),
    }
    extras
}

async fn roles(connection: &Connection) -> Result<Vec<RoleExtra>, AwsError> {
    let mut all = Vec::new();
    let mut marker: Option<String> = None;
    loop {
        let page = retrying(|| async {
            let call = connection.clients.iam.list_roles().max_items(1_000);
            let answer = call.set_marker(marker.clone()).send().await;
            answer.map_err(|error| fault::of_call("iam:ListRoles", &error))
        })
        .await?;
        all.extend(page.roles().iter().map(|role| RoleExtra {
            arn: role.arn().to_owned(),
            longest_session: role.max_session_duration(),
            description: role.description().map(str::to_owned),
        }));
        match page.marker() {
            Some(next) if page.is_truncated() => marker = Some(next.to_owned()),
            _ => return Ok(all),
        }
    }
}
