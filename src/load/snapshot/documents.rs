//! Policy documents of a snapshot.

use super::at::{At, NULL};
use super::{Read, Reader};
use crate::iam::{
    ActionElement, Condition, Document, Effect, Entry, Guard, Operator, Place, PrincipalElement,
    PrincipalEntry, PrincipalType, ResourceElement, Statement, Version,
};

impl Reader {
    pub(super) fn document(&self, at: &At<'_>) -> Read<Document> {
        let mut document = Document::default();
        document.version = at.member("version").one_of(|name| match name {
            "2012-10-17" => Some(Version::V2012),
            "2008-10-17" => Some(Version::V2008),
            _ => None,
        })?;
        document.id = self.optional_text(&at.member("id"))?;
        document.statements = at.member("statements").list(|one| self.statement(one))?;
        document.problems = self.problems(&at.member("problems"))?;
        document.place = self.place(&at.member("at"))?;
        document.unreadable = at.member("unreadable").flag()?;
        Ok(document.with_json(at.member("policy").value))
    }

    fn statement(&self, at: &At<'_>) -> Read<Statement> {
        let effect = at.member("effect");
        let effect = match effect.is_null() {
            true => None,
            false => Some(effect.one_of(|name| match name {
                "Allow" => Some(Effect::Allow),
                "Deny" => Some(Effect::Deny),
                _ => None,
            })?),
        };
        let principal = at.member("principal");
        let principal = match principal.is_null() {
            true => None,
            false => Some(PrincipalElement {
                not: principal.member("not").flag()?,
                entries: principal.member("values").list(|one| self.principal(one))?,
                place: self.place(&principal.member("at"))?,
            }),
        };
        let action = self.element(&at.member("action"))?;
        let resource = self.element(&at.member("resource"))?;
        Ok(Statement {
            number: at.member("number").number()?,
            place: self.place(&at.member("at"))?,
            guard: self.guard(&at.member("guard"))?,
            sid: self.optional_text(&at.member("sid"))?,
            effect,
            principal,
            action: action.map(|(not, entries, place)| ActionElement {
                not,
                entries,
                place,
            }),
            resource: resource.map(|(not, entries, place)| ResourceElement {
                not,
                entries,
                place,
            }),
            conditions: at.member("conditions").list(|one| self.condition(one))?,
            unreadable: at.member("unreadable").flag()?,
            comment: at.member("comment").optional_string()?.map(Into::into),
        })
    }

    fn element(&self, at: &At<'_>) -> Read<Option<(bool, Vec<Entry>, Place)>> {
        if at.is_null() {
            return Ok(None);
        }
        let entries = at.member("values").list(|one| self.entry(one))?;
        let place = self.place(&at.member("at"))?;
        Ok(Some((at.member("not").flag()?, entries, place)))
    }

    fn principal(&self, at: &At<'_>) -> Read<PrincipalEntry> {
        let [kind, entry] = at.value.as_array().map_or([&NULL, &NULL], |pair| {
            [pair.first().unwrap_or(&NULL), pair.get(1).unwrap_or(&NULL)]
        });
        let inside = |value, name| At {
            value,
            name,
            index: None,
            parent: Some(at),
        };
        let known = [
            PrincipalType::Everyone,
            PrincipalType::Aws,
            PrincipalType::Service,
            PrincipalType::Federated,
            PrincipalType::CanonicalUser,
        ];
        Ok(PrincipalEntry {
            kind: inside(kind, "0")
                .one_of(|name| known.into_iter().find(|kind| kind.name() == name))?,
            entry: self.entry(&inside(entry, "1"))?,
        })
    }

    fn condition(&self, at: &At<'_>) -> Read<Condition> {
        let operator_text = at.member("operator").string()?;
        Ok(Condition {
            operator: Operator::parse(&operator_text),
            operator_text,
            key: self.text(&at.member("key"))?,
            values: at.member("values").list(|one| self.entry(one))?,
            place: self.place(&at.member("at"))?,
        })
    }

    fn entry(&self, at: &At<'_>) -> Read<Entry> {
        if !at.value.is_object() {
            return Ok(Entry {
                text: self.text(at)?,
                place: self.place(&at.member("at"))?,
                guard: Guard::always(),
                comment: None,
            });
        }
        Ok(Entry {
            text: self.text(&at.member("text"))?,
            place: self.place(&at.member("at"))?,
            guard: self.guard(&at.member("guard"))?,
            comment: at.member("comment").optional_string()?.map(Into::into),
        })
    }
}
