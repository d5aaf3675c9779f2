//! Service and resource control policies of the levels above the account. Ordinary accounts mostly
//! may not read them; then what was denied is said and the rest goes on.

use aws_sdk_organizations::types::{ParentType, PolicyType};

use super::Connection;
use super::fault::{self, AwsError};
use super::retry::retrying;

/// A level: the root, an OU or the account, with its policies' names and texts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OrgLevelRead {
    /// Its id.
    pub id: String,
    /// Names and documents of the service control policies attached there.
    pub scps: Vec<(String, String)>,
    /// The same of resource control policies.
    pub rcps: Vec<(String, String)>,
}

/// What is known of the organisation.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Organisation {
    /// Its id.
    pub id: Option<String>,
    /// Its management account.
    pub management_account: Option<String>,
    /// The levels from the root to the account; `None` where they could not be read.
    pub levels: Option<Vec<OrgLevelRead>>,
    /// Why something is missing.
    pub missing: Option<AwsError>,
}

/// Reads the organisation of the account; `None` where the account is in none.
pub async fn organisation(connection: &Connection) -> Option<Organisation> {
    let mut read = Organisation::default();
    let client = &connection.clients.organizations;
    let described = retrying(|| async {
        let call = client.describe_organization().send().await;
        call.map_err(|error| fault::of_call("organizations:DescribeOrganization", &error))
    })
    .await;
    match described {
        Ok(answer) => {
            let organisation = answer.organization()?;
            read.id = organisation.id().map(str::to_owned);
            read.management_account = organisation.master_account_id().map(str::to_owned);
        }
        Err(error) if error.kind == super::FaultKind::NotFound => return None,
        Err(error) => {
            read.missing = Some(error);
            return Some(read);
        }
    }
    match levels(connection).await {
        Ok(levels) => read.levels = Some(levels),
        Err(error) => read.missing = Some(error),
    }
    Some(read)
}

async fn levels(connection: &Connection) -> Result<Vec<OrgLevelRead>, AwsError> {
    let client = &connection.clients.organizations;
    let mut levels = Vec::new();
    let mut target = connection.caller.account.clone();
    // AWS allows five levels of OUs; more is an answer that goes round in a circle.
    for _ in 0..16 {
        levels.push(OrgLevelRead {
            scps: policies(connection, &target, PolicyType::ServiceControlPolicy).await?,
            rcps: policies(connection, &target, PolicyType::ResourceControlPolicy).await?,
            id: target.clone(),
        });
        if target.starts_with("r-") {
            break;
        }
        let parents = retrying(|| async {
            let call = client.list_parents().child_id(&target).send().await;
            call.map_err(|error| fault::of_call("organizations:ListParents", &error))
        })
        .await?;
        let Some(parent) = parents.parents().first() else {
            break;
        };
        let known = matches!(
            parent.r#type(),
            Some(ParentType::Root | ParentType::OrganizationalUnit)
        );
        match parent.id().filter(|_| known) {
            Some(id) => target = id.to_owned(),
            None => break,
        }
    }
    levels.reverse();
    Ok(levels)
}

async fn policies(
    connection: &Connection,
    target: &str,
    kind: PolicyType,
) -> Result<Vec<(String, String)>, AwsError> {
    let client = &connection.clients.organizations;
    let mut all = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let page = retrying(|| async {
            let call = client
                .list_policies_for_target()
                .target_id(target)
                .filter(kind.clone())
                .set_next_token(token.clone())
                .send()
                .await;
            call.map_err(|error| fault::of_call("organizations:ListPoliciesForTarget", &error))
        })
        .await?;
        for summary in page.policies() {
            let id = summary.id().unwrap_or_default();
            let described = retrying(|| async {
                let call = client.describe_policy().policy_id(id).send().await;
                call.map_err(|error| fault::of_call("organizations:DescribePolicy", &error))
            })
            .await?;
            let content = described.policy().and_then(|policy| policy.content());
            let name = summary.name().unwrap_or(id).to_owned();
            all.push((name, content.unwrap_or_default().to_owned()));
        }
        token = page.next_token().map(str::to_owned);
        if token.is_none() {
            return Ok(all);
        }
    }
}
