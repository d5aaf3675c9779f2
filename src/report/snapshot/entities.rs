//! Entities of a snapshot and what is attached to them.

use serde_json::{Map, Value};

use super::layout::Object;
use super::{Writer, guard, list};
use crate::iam::{
    Attachment, FederatedProvider, Group, Identity, InlinePolicy, ManagedPolicy, ResourcePolicy,
    Role, User,
};

impl Writer {
    fn identity(&mut self, identity: &Identity) -> Object {
        let tags: Map<String, Value> = identity
            .tags
            .iter()
            .map(|(name, value)| (name.clone(), self.text(value)))
            .collect();
        Object::default()
            .with("name", self.text(&identity.name))
            .with("arn", self.text(&identity.arn))
            .with("path", self.text(&identity.path))
            .with("logical_id", identity.logical_id.as_deref())
            .with("friendly", identity.friendly.as_deref())
            .with("unique_id", identity.unique_id.as_deref())
            .with("description", identity.description.as_deref())
            .with("at", self.place(identity.place))
            .with("guard", guard(&identity.guard))
            .with("tags", tags)
            .with("comment", identity.comment.as_deref())
    }

    pub(super) fn role(&mut self, role: &Role) -> Value {
        self.identity(&role.identity)
            .with("trust", self.optional_document(role.trust.as_ref()))
            .with("boundary", self.optional_attachment(role.boundary.as_ref()))
            .with("managed", self.attachments(&role.managed))
            .with("inline", self.inline(&role.inline))
            .with("max_session_duration", role.max_session_duration)
            .with("last_used", role.last_used.as_deref())
            .with("instance_profiles", self.texts(&role.instance_profiles))
            .with("external", role.external)
            .done()
    }

    pub(super) fn user(&mut self, user: &User) -> Value {
        self.identity(&user.identity)
            .with("boundary", self.optional_attachment(user.boundary.as_ref()))
            .with("managed", self.attachments(&user.managed))
            .with("inline", self.inline(&user.inline))
            .with("groups", self.texts(&user.groups))
            .with("external", user.external)
            .done()
    }

    pub(super) fn group(&mut self, group: &Group) -> Value {
        self.identity(&group.identity)
            .with("managed", self.attachments(&group.managed))
            .with("inline", self.inline(&group.inline))
            .with("external", group.external)
            .done()
    }

    pub(super) fn policy(&mut self, policy: &ManagedPolicy) -> Value {
        let versions = list(&policy.versions, |version| {
            Object::default()
                .with("id", version.id.as_str())
                .with("default", version.is_default)
                .with("created", version.created.as_deref())
                .with("document", self.document(&version.document))
                .done()
        });
        self.identity(&policy.identity)
            .with("origin", policy.origin.name())
            .with("document", self.optional_document(policy.document.as_ref()))
            .with("versions", versions)
            .with("attached_to", self.texts(&policy.attached_to))
            .with("limits", self.texts(&policy.limits))
            .done()
    }

    fn attachments(&mut self, attachments: &[Attachment]) -> Value {
        list(attachments, |attachment| self.attachment(attachment))
    }

    fn optional_attachment(&mut self, attachment: Option<&Attachment>) -> Value {
        attachment.map_or(Value::Null, |attachment| self.attachment(attachment))
    }

    fn attachment(&mut self, attachment: &Attachment) -> Value {
        Object::default()
            .with("arn", self.text(&attachment.arn))
            .with("name", self.text(&attachment.name))
            .with("origin", attachment.origin.name())
            .with(
                "document",
                self.optional_document(attachment.document.as_ref()),
            )
            .with("at", self.place(attachment.place))
            .with("guard", guard(&attachment.guard))
            .done()
    }

    fn inline(&mut self, policies: &[InlinePolicy]) -> Value {
        list(policies, |policy| {
            Object::default()
                .with("name", self.text(&policy.name))
                .with("document", self.document(&policy.document))
                .with("at", self.place(policy.place))
                .with("logical_id", policy.logical_id.as_deref())
                .with("guard", guard(&policy.guard))
                .done()
        })
    }

    pub(super) fn resource_policy(&mut self, policy: &ResourcePolicy) -> Value {
        Object::default()
            .with("resource", self.text(&policy.resource))
            .with("type", policy.kind.as_str())
            .with("logical_id", policy.logical_id.as_deref())
            .with("at", self.place(policy.place))
            .with("guard", guard(&policy.guard))
            .with("document", self.document(&policy.document))
            .done()
    }

    pub(super) fn provider(&mut self, provider: &FederatedProvider) -> Value {
        Object::default()
            .with("arn", self.text(&provider.arn))
            .with("issuer", self.text(&provider.issuer))
            .with("saml", provider.saml)
            .with("at", self.place(provider.place))
            .with("logical_id", provider.logical_id.as_deref())
            .done()
    }
}
