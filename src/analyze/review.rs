//! The findings about every policy of an account.

use std::collections::HashSet;
use std::sync::Arc;

use crate::iam::{Account, Attachment, Document, Origin, PolicyKind, Problem};

use super::findings;

/// What is remarkable about the statements of one document.
pub fn document_findings(document: &Document, kind: PolicyKind) -> Vec<Problem> {
    let statements = document.statements.iter();
    statements
        .flat_map(|statement| findings(statement, kind))
        .map(|finding| finding.problem)
        .collect()
}

/// What is remarkable about the statements of an account's own policies, each shared document once.
/// Policies that AWS maintains are left out: nobody but AWS can mend them.
pub fn finding_problems(account: &Account) -> Vec<Problem> {
    let mut review = Review {
        seen: HashSet::new(),
        problems: Vec::new(),
    };
    for role in &account.roles {
        if let Some(trust) = &role.trust {
            review.document(trust, PolicyKind::Trust);
        }
        review.attached(&role.managed);
        for policy in &role.inline {
            review.document(&policy.document, PolicyKind::Identity);
        }
    }
    for user in &account.users {
        review.attached(&user.managed);
        for policy in &user.inline {
            review.document(&policy.document, PolicyKind::Identity);
        }
    }
    for group in &account.groups {
        review.attached(&group.managed);
        for policy in &group.inline {
            review.document(&policy.document, PolicyKind::Identity);
        }
    }
    // A policy that is attached nowhere and set as a boundary only limits.
    let roles = account
        .roles
        .iter()
        .filter_map(|role| role.boundary.as_ref());
    let users = account
        .users
        .iter()
        .filter_map(|user| user.boundary.as_ref());
    for boundary in roles
        .chain(users)
        .filter(|policy| policy.origin != Origin::Aws)
    {
        if let Some(document) = &boundary.document {
            review.document(document, PolicyKind::Boundary);
        }
    }
    for policy in account
        .policies
        .iter()
        .filter(|policy| policy.origin != Origin::Aws)
    {
        if let Some(document) = &policy.document {
            review.document(document, PolicyKind::Identity);
        }
    }
    for policy in &account.resource_policies {
        review.document(&policy.document, policy.part());
    }
    let organisation = &account.organisation;
    for (levels, kind) in [
        (&organisation.scps, PolicyKind::Scp),
        (&organisation.rcps, PolicyKind::Rcp),
    ] {
        for (_, document) in levels.iter().flatten().flat_map(|level| &level.policies) {
            review.document(document, kind);
        }
    }
    review.problems
}

struct Review {
    seen: HashSet<*const Document>,
    problems: Vec<Problem>,
}

impl Review {
    fn attached(&mut self, managed: &[Attachment]) {
        for attached in managed.iter().filter(|policy| policy.origin != Origin::Aws) {
            if let Some(document) = &attached.document {
                self.document(document, PolicyKind::Identity);
            }
        }
    }

    fn document(&mut self, document: &Arc<Document>, kind: PolicyKind) {
        if !self.seen.insert(Arc::as_ptr(document)) {
            return;
        }
        self.problems.extend(document_findings(document, kind));
    }
}
