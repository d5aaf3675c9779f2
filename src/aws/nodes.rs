//! What the SDK gives as nodes in the form of the AWS CLI's JSON, so that a live account is read by
//! the same code as a dump of one.

use aws_sdk_iam::types::{
    AttachedPermissionsBoundary, AttachedPolicy, GroupDetail, ManagedPolicyDetail, PolicyDetail,
    PolicyVersion, RoleDetail, RoleLastUsed, Tag, UserDetail,
};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

use crate::iam::{Member, Node, Place, SourceId, Text, Value};

/// An object under construction; what is `None` is left out.
pub(super) struct Object {
    place: Place,
    members: Vec<Member>,
}

impl Object {
    pub fn new(source: SourceId) -> Self {
        Object {
            place: Place::whole(source),
            members: Vec::new(),
        }
    }

    pub fn node(mut self, name: &str, value: Option<Node>) -> Self {
        if let Some(value) = value {
            self.members.push(Member {
                key: Text::plain(name),
                place: self.place,
                value,
            });
        }
        self
    }

    pub fn text(self, name: &str, value: Option<&str>) -> Self {
        let node = value.map(|value| Node::string(self.place, value));
        self.node(name, node)
    }

    pub fn date(self, name: &str, value: Option<&DateTime>) -> Self {
        let text = value.and_then(|date| date.fmt(Format::DateTime).ok());
        self.text(name, text.as_deref())
    }

    pub fn flag(self, name: &str, value: bool) -> Self {
        let node = Node::new(self.place, Value::Bool(value));
        self.node(name, Some(node))
    }

    pub fn number(self, name: &str, value: Option<i32>) -> Self {
        let place = self.place;
        let node = value.map(|value| Node::new(place, Value::Number(value.to_string().into())));
        self.node(name, node)
    }

    pub fn list<T>(self, name: &str, items: &[T], each: impl Fn(&T) -> Node) -> Self {
        let list = Node::new(self.place, Value::List(items.iter().map(each).collect()));
        self.node(name, Some(list))
    }

    pub fn done(self) -> Node {
        Node::new(self.place, Value::Object(self.members))
    }
}

/// Makes nodes of one source.
#[derive(Clone, Copy)]
pub(super) struct Nodes(pub SourceId);

impl Nodes {
    pub fn object(self) -> Object {
        Object::new(self.0)
    }

    fn tags(self, object: Object, tags: &[Tag]) -> Object {
        object.list("Tags", tags, |tag| {
            let pair = self.object().text("Key", Some(tag.key()));
            pair.text("Value", Some(tag.value())).done()
        })
    }

    fn inline(self, policy: &PolicyDetail) -> Node {
        self.object()
            .text("PolicyName", policy.policy_name())
            .text("PolicyDocument", policy.policy_document())
            .done()
    }

    pub fn attached(self, policy: &AttachedPolicy) -> Node {
        self.object()
            .text("PolicyName", policy.policy_name())
            .text("PolicyArn", policy.policy_arn())
            .done()
    }

    pub fn boundary(self, boundary: Option<&AttachedPermissionsBoundary>) -> Option<Node> {
        let arn = boundary?.permissions_boundary_arn()?;
        Some(
            self.object()
                .text("PermissionsBoundaryArn", Some(arn))
                .done(),
        )
    }

    fn last_used(self, used: Option<&RoleLastUsed>) -> Option<Node> {
        let used = used?;
        let date = self.object().date("LastUsedDate", used.last_used_date());
        Some(date.text("Region", used.region()).done())
    }

    pub fn role(self, role: &RoleDetail) -> Node {
        let object = self
            .object()
            .text("Path", role.path())
            .text("RoleName", role.role_name())
            .text("RoleId", role.role_id())
            .text("Arn", role.arn())
            .date("CreateDate", role.create_date())
            .text(
                "AssumeRolePolicyDocument",
                role.assume_role_policy_document(),
            )
            .list(
                "InstanceProfileList",
                role.instance_profile_list(),
                |profile| {
                    let name = profile.instance_profile_name();
                    self.object().text("InstanceProfileName", Some(name)).done()
                },
            )
            .list("RolePolicyList", role.role_policy_list(), |policy| {
                self.inline(policy)
            })
            .list(
                "AttachedManagedPolicies",
                role.attached_managed_policies(),
                |policy| self.attached(policy),
            )
            .node(
                "PermissionsBoundary",
                self.boundary(role.permissions_boundary()),
            )
            .node("RoleLastUsed", self.last_used(role.role_last_used()));
        self.tags(object, role.tags()).done()
    }

    pub fn user(self, user: &UserDetail) -> Node {
        let object = self
            .object()
            .text("Path", user.path())
            .text("UserName", user.user_name())
            .text("UserId", user.user_id())
            .text("Arn", user.arn())
            .date("CreateDate", user.create_date())
            .list("UserPolicyList", user.user_policy_list(), |policy| {
                self.inline(policy)
            })
            .list("GroupList", user.group_list(), |name| {
                Node::string(Place::whole(self.0), name.as_str())
            })
            .list(
                "AttachedManagedPolicies",
                user.attached_managed_policies(),
                |policy| self.attached(policy),
            )
            .node(
                "PermissionsBoundary",
                self.boundary(user.permissions_boundary()),
            );
        self.tags(object, user.tags()).done()
    }

    pub fn group(self, group: &GroupDetail) -> Node {
        self.object()
            .text("Path", group.path())
            .text("GroupName", group.group_name())
            .text("GroupId", group.group_id())
            .text("Arn", group.arn())
            .list("GroupPolicyList", group.group_policy_list(), |policy| {
                self.inline(policy)
            })
            .list(
                "AttachedManagedPolicies",
                group.attached_managed_policies(),
                |policy| self.attached(policy),
            )
            .done()
    }

    pub fn policy(self, policy: &ManagedPolicyDetail) -> Node {
        self.object()
            .text("PolicyName", policy.policy_name())
            .text("PolicyId", policy.policy_id())
            .text("Arn", policy.arn())
            .text("Path", policy.path())
            .text("DefaultVersionId", policy.default_version_id())
            .text("Description", policy.description())
            .list(
                "PolicyVersionList",
                policy.policy_version_list(),
                |version| self.version(version),
            )
            .done()
    }

    pub fn version(self, version: &PolicyVersion) -> Node {
        self.object()
            .text("VersionId", version.version_id())
            .flag("IsDefaultVersion", version.is_default_version())
            .date("CreateDate", version.create_date())
            .text("Document", version.document())
            .done()
    }

    /// The members that only `GetRole` and `ListRoles` have.
    pub fn role_only(self, object: Object, role: &aws_sdk_iam::types::Role) -> Object {
        let object = object
            .text("Path", Some(role.path()))
            .text("RoleName", Some(role.role_name()))
            .text("RoleId", Some(role.role_id()))
            .text("Arn", Some(role.arn()))
            .date("CreateDate", Some(role.create_date()))
            .text(
                "AssumeRolePolicyDocument",
                role.assume_role_policy_document(),
            )
            .text("Description", role.description())
            .number("MaxSessionDuration", role.max_session_duration())
            .node("RoleLastUsed", self.last_used(role.role_last_used()));
        self.tags(object, role.tags())
    }

    /// The members that only `GetUser` and `ListUsers` have.
    pub fn user_only(self, object: Object, user: &aws_sdk_iam::types::User) -> Object {
        let object = object
            .text("Path", Some(user.path()))
            .text("UserName", Some(user.user_name()))
            .text("UserId", Some(user.user_id()))
            .text("Arn", Some(user.arn()));
        self.tags(object, user.tags())
    }
}
