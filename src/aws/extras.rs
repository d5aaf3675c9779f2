//! What an account has beside users, roles and policies: its alias and its identity providers.

use super::Connection;
use super::fault::{self, AwsError};
use super::retry::retrying;

/// Alias and identity providers.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Extras {
    /// The account's alias.
    pub alias: Option<String>,
    /// ARNs of OIDC providers.
    pub oidc_providers: Vec<String>,
    /// ARNs of SAML providers.
    pub saml_providers: Vec<String>,
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
    let (aliases, oidc, saml) = tokio::join!(aliases, oidc, saml);
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
