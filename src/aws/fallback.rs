//! Loading an account entity by entity, where the one call for all is denied.
//!
//! What cannot be read is never left out in silence: a policy that is not here might deny. Its place
//! is taken by one without a text, which makes decisions depend on it, and the permission that was
//! missing is reported with the number of entities.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Mutex, PoisonError};

use futures::stream::{self, StreamExt};

use crate::iam::{Arn, Node, Place, SourceId};

use super::Connection;
use super::details::AccountPart;
use super::fault::{self, AwsError, FaultKind};
use super::nodes::{Nodes, Object};
use super::retry::retrying;

/// How many entities are read at a time.
const AT_A_TIME: usize = 8;

type Arrived<'a> = &'a (dyn Fn(AccountPart) + Send + Sync);

pub(super) async fn load(
    connection: &Connection,
    source: SourceId,
    denied: AwsError,
    arrived: Arrived<'_>,
) -> Result<(), AwsError> {
    let reader = Reader {
        connection,
        nodes: Nodes(source),
        missing: Mutex::default(),
        arrived,
    };
    reader.miss(
        "the account in one go",
        "iam:GetAccountAuthorizationDetails",
        denied,
    );
    let roles = reader.roles().await;
    if let Err(error) = roles {
        stop_unless_denied(&error)?;
        reader.miss("the list of roles", "iam:ListRoles", error);
        reader.own_role().await;
    }
    for (result, what, permission) in [
        (reader.users().await, "the list of users", "iam:ListUsers"),
        (
            reader.groups().await,
            "the list of groups",
            "iam:ListGroups",
        ),
        (
            reader.policies().await,
            "the list of managed policies",
            "iam:ListPolicies",
        ),
    ] {
        if let Err(error) = result {
            stop_unless_denied(&error)?;
            reader.miss(what, permission, error);
        }
    }
    reader.report();
    Ok(())
}

/// Credentials that ended, or no connection: going on would only fail again.
fn stop_unless_denied(error: &AwsError) -> Result<(), AwsError> {
    match error.kind {
        FaultKind::Denied | FaultKind::Other | FaultKind::NotFound => Ok(()),
        _ => Err(error.clone()),
    }
}

struct Reader<'a> {
    connection: &'a Connection,
    nodes: Nodes,
    // By what and permission: how often, and the first error.
    missing: Mutex<BTreeMap<(String, String), (usize, AwsError)>>,
    arrived: Arrived<'a>,
}

/// One page of names or entities, and where the next begins.
type Page<T> = Result<(Vec<T>, Option<String>), AwsError>;

impl Reader<'_> {
    fn iam(&self) -> &aws_sdk_iam::Client {
        &self.connection.clients.iam
    }

    fn miss(&self, what: &str, permission: &str, error: AwsError) {
        let mut missing = self.missing.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = missing.entry((what.to_owned(), permission.to_owned()));
        entry.or_insert((0, error)).0 += 1;
    }

    fn report(&self) {
        let missing = self.missing.lock().unwrap_or_else(PoisonError::into_inner);
        for ((what, permission), (count, error)) in missing.iter() {
            (self.arrived)(AccountPart::Missing {
                what: what.clone(),
                count: *count,
                permission: permission.clone(),
                error: error.clone(),
            });
        }
    }

    /// All pages of a list.
    async fn all<T, F>(&self, page: impl Fn(Option<String>) -> F) -> Result<Vec<T>, AwsError>
    where
        F: Future<Output = Page<T>>,
    {
        let mut all = Vec::new();
        let mut marker = None;
        loop {
            let (items, next) = retrying(|| page(marker.clone())).await?;
            all.extend(items);
            match next {
                Some(next) => marker = Some(next),
                None => return Ok(all),
            }
        }
    }

    async fn roles(&self) -> Result<(), AwsError> {
        let mut marker: Option<String> = None;
        loop {
            let page = retrying(|| async {
                let call = self
                    .iam()
                    .list_roles()
                    .max_items(1_000)
                    .set_marker(marker.clone());
                call.send()
                    .await
                    .map_err(|error| fault::of_call("iam:ListRoles", &error))
            })
            .await?;
            let mut roles = stream::iter(page.roles())
                .map(|role| self.role(role))
                .buffer_unordered(AT_A_TIME);
            while let Some(role) = roles.next().await {
                (self.arrived)(AccountPart::Roles(vec![role?]));
            }
            drop(roles);
            match page.marker() {
                Some(next) if page.is_truncated() => marker = Some(next.to_owned()),
                _ => return Ok(()),
            }
        }
    }

    /// The caller's own role, where not even the list can be read.
    async fn own_role(&self) {
        let arn = &self.connection.caller.arn;
        let Some(name) = Arn::parse(arn)
            .and_then(|arn| arn.resource.strip_prefix("assumed-role/"))
            .and_then(|rest| rest.split('/').next())
        else {
            return;
        };
        let own = retrying(|| async {
            let call = self.iam().get_role().role_name(name).send().await;
            call.map_err(|error| fault::of_call("iam:GetRole", &error))
        })
        .await;
        match own {
            Ok(answer) => {
                if let Some(role) = answer.role()
                    && let Ok(role) = self.role(role).await
                {
                    (self.arrived)(AccountPart::Roles(vec![role]));
                }
            }
            Err(error) => self.miss("the caller's own role", "iam:GetRole", error),
        }
    }

    /// A role with its policies; an error only where going on makes no sense.
    async fn role(&self, listed: &aws_sdk_iam::types::Role) -> Result<Node, AwsError> {
        let name = listed.role_name();
        let iam = self.iam();
        let whole = retrying(|| async {
            let call = iam.get_role().role_name(name).send().await;
            call.map_err(|error| fault::of_call("iam:GetRole", &error))
        })
        .await;
        let (whole, boundary) = match &whole {
            Ok(answer) => {
                let role = answer.role().unwrap_or(listed);
                (role, self.nodes.boundary(role.permissions_boundary()))
            }
            Err(error) => {
                stop_unless_denied(error)?;
                self.miss("boundary and tags of roles", "iam:GetRole", error.clone());
                (listed, Some(self.unknown_boundary("iam:GetRole")))
            }
        };
        let attached = self
            .all(|marker| async move {
                let call = iam
                    .list_attached_role_policies()
                    .role_name(name)
                    .set_marker(marker);
                let answer = call.send().await;
                let page = answer
                    .map_err(|error| fault::of_call("iam:ListAttachedRolePolicies", &error))?;
                let next = page
                    .marker()
                    .filter(|_| page.is_truncated())
                    .map(str::to_owned);
                Ok((page.attached_policies().to_vec(), next))
            })
            .await;
        let names = self
            .all(|marker| async move {
                let call = iam.list_role_policies().role_name(name).set_marker(marker);
                let answer = call.send().await;
                let page =
                    answer.map_err(|error| fault::of_call("iam:ListRolePolicies", &error))?;
                let next = page
                    .marker()
                    .filter(|_| page.is_truncated())
                    .map(str::to_owned);
                Ok((page.policy_names().to_vec(), next))
            })
            .await;
        let inline = self
            .inline(
                names,
                ["iam:ListRolePolicies", "iam:GetRolePolicy"],
                "roles",
                |policy| async move {
                    let call = iam
                        .get_role_policy()
                        .role_name(name)
                        .policy_name(&policy)
                        .send()
                        .await;
                    let answer =
                        call.map_err(|error| fault::of_call("iam:GetRolePolicy", &error))?;
                    Ok(answer.policy_document().to_owned())
                },
            )
            .await?;
        let object = self.nodes.role_only(self.nodes.object(), whole);
        let object = self.attached(object, attached, "iam:ListAttachedRolePolicies", "roles")?;
        Ok(object
            .node("PermissionsBoundary", boundary)
            .list("RolePolicyList", &inline, Node::clone)
            .done())
    }

    async fn users(&self) -> Result<(), AwsError> {
        let iam = self.iam();
        let users = self
            .all(|marker| async move {
                let answer = iam
                    .list_users()
                    .max_items(1_000)
                    .set_marker(marker)
                    .send()
                    .await;
                let page = answer.map_err(|error| fault::of_call("iam:ListUsers", &error))?;
                let next = page
                    .marker()
                    .filter(|_| page.is_truncated())
                    .map(str::to_owned);
                Ok((page.users().to_vec(), next))
            })
            .await?;
        let mut users = stream::iter(&users)
            .map(|user| self.user(user))
            .buffer_unordered(AT_A_TIME);
        while let Some(user) = users.next().await {
            (self.arrived)(AccountPart::Users(vec![user?]));
        }
        Ok(())
    }

    async fn user(&self, listed: &aws_sdk_iam::types::User) -> Result<Node, AwsError> {
        let name = listed.user_name();
        let iam = self.iam();
        let whole = retrying(|| async {
            let call = iam.get_user().user_name(name).send().await;
            call.map_err(|error| fault::of_call("iam:GetUser", &error))
        })
        .await;
        let (whole, boundary) = match &whole {
            Ok(answer) => {
                let user = answer.user().unwrap_or(listed);
                (user, self.nodes.boundary(user.permissions_boundary()))
            }
            Err(error) => {
                stop_unless_denied(error)?;
                self.miss("boundary and tags of users", "iam:GetUser", error.clone());
                (listed, Some(self.unknown_boundary("iam:GetUser")))
            }
        };
        let attached = self
            .all(|marker| async move {
                let call = iam
                    .list_attached_user_policies()
                    .user_name(name)
                    .set_marker(marker);
                let answer = call.send().await;
                let page = answer
                    .map_err(|error| fault::of_call("iam:ListAttachedUserPolicies", &error))?;
                let next = page
                    .marker()
                    .filter(|_| page.is_truncated())
                    .map(str::to_owned);
                Ok((page.attached_policies().to_vec(), next))
            })
            .await;
        let names = self
            .all(|marker| async move {
                let answer = iam
                    .list_user_policies()
                    .user_name(name)
                    .set_marker(marker)
                    .send()
                    .await;
                let page =
                    answer.map_err(|error| fault::of_call("iam:ListUserPolicies", &error))?;
                let next = page
                    .marker()
                    .filter(|_| page.is_truncated())
                    .map(str::to_owned);
                Ok((page.policy_names().to_vec(), next))
            })
            .await;
        let inline = self
            .inline(
                names,
                ["iam:ListUserPolicies", "iam:GetUserPolicy"],
                "users",
                |policy| async move {
                    let call = iam
                        .get_user_policy()
                        .user_name(name)
                        .policy_name(&policy)
                        .send()
                        .await;
                    let answer =
                        call.map_err(|error| fault::of_call("iam:GetUserPolicy", &error))?;
                    Ok(answer.policy_document().to_owned())
                },
            )
            .await?;
        let groups = self
            .all(|marker| async move {
                let answer = iam
                    .list_groups_for_user()
                    .user_name(name)
                    .set_marker(marker)
                    .send()
                    .await;
                let page =
                    answer.map_err(|error| fault::of_call("iam:ListGroupsForUser", &error))?;
                let next = page
                    .marker()
                    .filter(|_| page.is_truncated())
                    .map(str::to_owned);
                let names = page
                    .groups()
                    .iter()
                    .map(|group| group.group_name().to_owned());
                Ok((names.collect(), next))
            })
            .await;
        let object = self.nodes.user_only(self.nodes.object(), whole);
        let mut object =
            self.attached(object, attached, "iam:ListAttachedUserPolicies", "users")?;
        let mut inline = inline;
        match groups {
            Ok(groups) => {
                let place = Place::whole(self.nodes.0);
                object = object.list("GroupList", &groups, |name| {
                    Node::string(place, name.as_str())
                });
            }
            Err(error) => {
                stop_unless_denied(&error)?;
                self.miss("groups of users", "iam:ListGroupsForUser", error);
                inline
                    .push(self.unknown_inline("policies of groups: iam:ListGroupsForUser denied"));
            }
        }
        Ok(object
            .node("PermissionsBoundary", boundary)
            .list("UserPolicyList", &inline, Node::clone)
            .done())
    }

    async fn groups(&self) -> Result<(), AwsError> {
        let iam = self.iam();
        let groups = self
            .all(|marker| async move {
                let answer = iam
                    .list_groups()
                    .max_items(1_000)
                    .set_marker(marker)
                    .send()
                    .await;
                let page = answer.map_err(|error| fault::of_call("iam:ListGroups", &error))?;
                let next = page
                    .marker()
                    .filter(|_| page.is_truncated())
                    .map(str::to_owned);
                Ok((page.groups().to_vec(), next))
            })
            .await?;
        let mut groups = stream::iter(&groups)
            .map(|group| self.group(group))
            .buffer_unordered(AT_A_TIME);
        while let Some(group) = groups.next().await {
            (self.arrived)(AccountPart::Groups(vec![group?]));
        }
        Ok(())
    }

    async fn group(&self, group: &aws_sdk_iam::types::Group) -> Result<Node, AwsError> {
        let name = group.group_name();
        let iam = self.iam();
        let attached = self
            .all(|marker| async move {
                let call = iam
                    .list_attached_group_policies()
                    .group_name(name)
                    .set_marker(marker);
                let answer = call.send().await;
                let page = answer
                    .map_err(|error| fault::of_call("iam:ListAttachedGroupPolicies", &error))?;
                let next = page
                    .marker()
                    .filter(|_| page.is_truncated())
                    .map(str::to_owned);
                Ok((page.attached_policies().to_vec(), next))
            })
            .await;
        let names = self
            .all(|marker| async move {
                let answer = iam
                    .list_group_policies()
                    .group_name(name)
                    .set_marker(marker)
                    .send()
                    .await;
                let page =
                    answer.map_err(|error| fault::of_call("iam:ListGroupPolicies", &error))?;
                let next = page
                    .marker()
                    .filter(|_| page.is_truncated())
                    .map(str::to_owned);
                Ok((page.policy_names().to_vec(), next))
            })
            .await;
        let inline = self
            .inline(
                names,
                ["iam:ListGroupPolicies", "iam:GetGroupPolicy"],
                "groups",
                |policy| async move {
                    let call = iam
                        .get_group_policy()
                        .group_name(name)
                        .policy_name(&policy)
                        .send()
                        .await;
                    let answer =
                        call.map_err(|error| fault::of_call("iam:GetGroupPolicy", &error))?;
                    Ok(answer.policy_document().to_owned())
                },
            )
            .await?;
        let object = self
            .nodes
            .object()
            .text("Path", Some(group.path()))
            .text("GroupName", Some(name))
            .text("GroupId", Some(group.group_id()))
            .text("Arn", Some(group.arn()));
        let object = self.attached(object, attached, "iam:ListAttachedGroupPolicies", "groups")?;
        Ok(object.list("GroupPolicyList", &inline, Node::clone).done())
    }

    async fn policies(&self) -> Result<(), AwsError> {
        let iam = self.iam();
        let policies = self
            .all(|marker| async move {
                let call = iam
                    .list_policies()
                    .scope(aws_sdk_iam::types::PolicyScopeType::Local);
                let answer = call.max_items(1_000).set_marker(marker).send().await;
                let page = answer.map_err(|error| fault::of_call("iam:ListPolicies", &error))?;
                let next = page
                    .marker()
                    .filter(|_| page.is_truncated())
                    .map(str::to_owned);
                Ok((page.policies().to_vec(), next))
            })
            .await?;
        let mut policies = stream::iter(&policies)
            .map(|policy| self.policy(policy))
            .buffer_unordered(AT_A_TIME);
        while let Some(policy) = policies.next().await {
            (self.arrived)(AccountPart::Policies(vec![policy?]));
        }
        Ok(())
    }

    async fn policy(&self, policy: &aws_sdk_iam::types::Policy) -> Result<Node, AwsError> {
        let arn = policy.arn().unwrap_or_default();
        let version = policy.default_version_id().unwrap_or("v1");
        let iam = self.iam();
        let read = retrying(|| async {
            let call = iam
                .get_policy_version()
                .policy_arn(arn)
                .version_id(version)
                .send()
                .await;
            call.map_err(|error| fault::of_call("iam:GetPolicyVersion", &error))
        })
        .await;
        let mut versions = Vec::new();
        match &read {
            Ok(answer) => {
                versions.extend(
                    answer
                        .policy_version()
                        .map(|version| self.nodes.version(version)),
                );
            }
            Err(error) => {
                stop_unless_denied(error)?;
                self.miss(
                    "texts of managed policies",
                    "iam:GetPolicyVersion",
                    error.clone(),
                );
            }
        }
        Ok(self
            .nodes
            .object()
            .text("PolicyName", policy.policy_name())
            .text("PolicyId", policy.policy_id())
            .text("Arn", policy.arn())
            .text("Path", policy.path())
            .text("DefaultVersionId", Some(version))
            .list("PolicyVersionList", &versions, Node::clone)
            .done())
    }

    /// The attached policies, or one that stands for those that could not be listed.
    fn attached(
        &self,
        object: Object,
        attached: Result<Vec<aws_sdk_iam::types::AttachedPolicy>, AwsError>,
        permission: &str,
        of: &str,
    ) -> Result<Object, AwsError> {
        match attached {
            Ok(attached) => Ok(object.list("AttachedManagedPolicies", &attached, |policy| {
                self.nodes.attached(policy)
            })),
            Err(error) => {
                stop_unless_denied(&error)?;
                self.miss(&format!("managed policies of {of}"), permission, error);
                let text = format!("managed policies: {permission} denied");
                let unknown = self
                    .nodes
                    .object()
                    .text("PolicyName", Some(&text))
                    .text("PolicyArn", Some(&text))
                    .done();
                Ok(object.list("AttachedManagedPolicies", &[unknown], Node::clone))
            }
        }
    }

    /// The inline policies; one without a text stands for each that could not be read.
    async fn inline<F>(
        &self,
        names: Result<Vec<String>, AwsError>,
        [list, get]: [&str; 2],
        of: &str,
        document: impl Fn(String) -> F,
    ) -> Result<Vec<Node>, AwsError>
    where
        F: Future<Output = Result<String, AwsError>>,
    {
        let names = match names {
            Ok(names) => names,
            Err(error) => {
                stop_unless_denied(&error)?;
                self.miss(&format!("inline policies of {of}"), list, error);
                return Ok(vec![
                    self.unknown_inline(&format!("inline policies: {list} denied")),
                ]);
            }
        };
        let mut policies = Vec::new();
        for name in names {
            let read = retrying(|| document(name.clone())).await;
            let text = match read {
                Ok(text) => text,
                Err(error) => {
                    stop_unless_denied(&error)?;
                    self.miss(&format!("texts of inline policies of {of}"), get, error);
                    UNREADABLE.to_owned()
                }
            };
            let object = self.nodes.object().text("PolicyName", Some(&name));
            policies.push(object.text("PolicyDocument", Some(&text)).done());
        }
        Ok(policies)
    }

    fn unknown_inline(&self, name: &str) -> Node {
        let object = self.nodes.object().text("PolicyName", Some(name));
        object.text("PolicyDocument", Some(UNREADABLE)).done()
    }

    fn unknown_boundary(&self, permission: &str) -> Node {
        let text = format!("boundary: {permission} denied");
        self.nodes
            .object()
            .text("PermissionsBoundaryArn", Some(&text))
            .done()
    }
}

/// Stands for a text that could not be read; it is no policy, so what it decides is unknown.
const UNREADABLE: &str = "could not be read";
