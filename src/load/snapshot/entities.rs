//! Entities of a snapshot and what is attached to them.

use super::at::At;
use super::{Read, Reader};
use crate::iam::{
    Attachment, FederatedProvider, Group, Identity, InlinePolicy, ManagedPolicy, Origin,
    PolicyVersion, ResourcePolicy, Role, User,
};

impl Reader {
    fn identity(&self, at: &At<'_>) -> Read<Identity> {
        Ok(Identity {
            name: self.text(&at.member("name"))?,
            arn: self.text(&at.member("arn"))?,
            path: self.text(&at.member("path"))?,
            logical_id: at.member("logical_id").optional_string()?,
            friendly: at.member("friendly").optional_string()?,
            unique_id: at.member("unique_id").optional_string()?,
            description: at.member("description").optional_string()?,
            place: self.place(&at.member("at"))?,
            guard: self.guard(&at.member("guard"))?,
            tags: self.text_map(&at.member("tags"))?,
            comment: at.member("comment").optional_string()?.map(Into::into),
        })
    }

    pub(super) fn role(&self, at: &At<'_>) -> Read<Role> {
        let duration = at.member("max_session_duration");
        let duration = match duration.is_null() {
            true => None,
            false => {
                Some(u32::try_from(duration.number()?).map_err(|_| duration.wrong("a duration"))?)
            }
        };
        Ok(Role {
            identity: self.identity(at)?,
            trust: self.optional_document(&at.member("trust"))?,
            boundary: self.boundary(at)?,
            managed: self.attachments(at)?,
            inline: self.inline(at)?,
            max_session_duration: duration,
            last_used: at.member("last_used").optional_string()?,
            instance_profiles: self.texts(&at.member("instance_profiles"))?,
            external: at.member("external").flag()?,
        })
    }

    pub(super) fn user(&self, at: &At<'_>) -> Read<User> {
        Ok(User {
            identity: self.identity(at)?,
            boundary: self.boundary(at)?,
            managed: self.attachments(at)?,
            inline: self.inline(at)?,
            groups: self.texts(&at.member("groups"))?,
            external: at.member("external").flag()?,
        })
    }

    pub(super) fn group(&self, at: &At<'_>) -> Read<Group> {
        Ok(Group {
            identity: self.identity(at)?,
            managed: self.attachments(at)?,
            inline: self.inline(at)?,
            external: at.member("external").flag()?,
        })
    }

    pub(super) fn policy(&self, at: &At<'_>) -> Read<ManagedPolicy> {
        Ok(ManagedPolicy {
            identity: self.identity(at)?,
            origin: at.member("origin").one_of(origin)?,
            document: self.optional_document(&at.member("document"))?,
            versions: at.member("versions").list(|version| {
                Ok(PolicyVersion {
                    id: version.member("id").string()?,
                    is_default: version.member("default").flag()?,
                    created: version.member("created").optional_string()?,
                    document: self.document_of(&version.member("document"))?,
                })
            })?,
            attached_to: self.texts(&at.member("attached_to"))?,
            limits: self.texts(&at.member("limits"))?,
        })
    }

    fn boundary(&self, entity: &At<'_>) -> Read<Option<Attachment>> {
        let at = entity.member("boundary");
        if at.is_null() {
            return Ok(None);
        }
        self.attachment(&at).map(Some)
    }

    fn attachments(&self, entity: &At<'_>) -> Read<Vec<Attachment>> {
        entity.member("managed").list(|at| self.attachment(at))
    }

    fn attachment(&self, at: &At<'_>) -> Read<Attachment> {
        Ok(Attachment {
            arn: self.text(&at.member("arn"))?,
            name: self.text(&at.member("name"))?,
            origin: at.member("origin").one_of(origin)?,
            document: self.optional_document(&at.member("document"))?,
            place: self.place(&at.member("at"))?,
            guard: self.guard(&at.member("guard"))?,
        })
    }

    fn inline(&self, entity: &At<'_>) -> Read<Vec<InlinePolicy>> {
        entity.member("inline").list(|at| {
            Ok(InlinePolicy {
                name: self.text(&at.member("name"))?,
                document: self.document_of(&at.member("document"))?,
                place: self.place(&at.member("at"))?,
                logical_id: at.member("logical_id").optional_string()?,
                guard: self.guard(&at.member("guard"))?,
            })
        })
    }

    pub(super) fn resource_policy(&self, at: &At<'_>) -> Read<ResourcePolicy> {
        Ok(ResourcePolicy {
            resource: self.text(&at.member("resource"))?,
            kind: at.member("type").string()?,
            logical_id: at.member("logical_id").optional_string()?,
            place: self.place(&at.member("at"))?,
            guard: self.guard(&at.member("guard"))?,
            document: self.document_of(&at.member("document"))?,
        })
    }

    pub(super) fn provider(&self, at: &At<'_>) -> Read<FederatedProvider> {
        Ok(FederatedProvider {
            arn: self.text(&at.member("arn"))?,
            issuer: self.text(&at.member("issuer"))?,
            saml: at.member("saml").flag()?,
            place: self.place(&at.member("at"))?,
            logical_id: at.member("logical_id").optional_string()?,
        })
    }
}

fn origin(name: &str) -> Option<Origin> {
    [Origin::Aws, Origin::Customer, Origin::External]
        .into_iter()
        .find(|origin| origin.name() == name)
}
