//! Service and resource control policies of a live account.

use std::sync::Arc;

use crate::aws::{Connection, OrgLevelRead, Organisation};
use crate::iam::{
    Account, Arn, Document, OrgLevel, OrgPolicies, Place, PolicyKind, Problem, parse_document_text,
};

/// Adds what was read of the organisation; `None` where the account is in none.
pub(super) fn add_organisation(
    account: &mut Account,
    organisation: Option<Organisation>,
    connection: &Connection,
    place: Place,
) {
    let Some(organisation) = organisation else {
        // In no organisation: no SCPs are in force, and that is known.
        account.organisation.scps = Some(Vec::new());
        account.organisation.rcps = Some(Vec::new());
        return;
    };
    if let Some(error) = organisation.missing {
        let message = format!("service and resource control policies are not known: {error}");
        let hint = "decisions assume that none denies";
        account
            .problems
            .push(Problem::warning(place, message).hint(hint));
    }
    let mut known = OrgPolicies {
        is_management: organisation.management_account.as_deref()
            == Some(&connection.caller.account),
        org_id: organisation.id,
        ..OrgPolicies::default()
    };
    if let Some(levels) = organisation.levels {
        if let Some(org_id) = &known.org_id {
            let above = levels
                .iter()
                .filter(|level| Arn::is_account_id(&level.id).eq(&false));
            let path: String = above.map(|level| format!("{}/", level.id)).collect();
            known.org_path = Some(format!("{org_id}/{path}"));
        }
        let of_kind = |pick: fn(&OrgLevelRead) -> &Vec<(String, String)>, kind: PolicyKind| {
            levels
                .iter()
                .map(|level| OrgLevel {
                    name: level.id.clone(),
                    policies: pick(level)
                        .iter()
                        .map(|(name, text)| {
                            (name.clone(), Arc::new(document_of(text, kind, place)))
                        })
                        .collect(),
                })
                .collect::<Vec<_>>()
        };
        known.scps = Some(of_kind(|level| &level.scps, PolicyKind::Scp));
        known.rcps = Some(of_kind(|level| &level.rcps, PolicyKind::Rcp));
    }
    account.organisation = known;
}

pub(super) fn document_of(text: &str, kind: PolicyKind, place: Place) -> Document {
    parse_document_text(text, place.source, kind).unwrap_or_else(|error| {
        let mut document = Document::default();
        document.unreadable = true;
        document.problems = vec![Problem::error(
            place,
            format!("the policy is not JSON: {error}"),
        )];
        document
    })
}
