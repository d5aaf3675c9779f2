//! Counts roles, policies and statements by the words in a text, knowing nothing of how templates are
//! read: what the loader finds must be as many.

use std::collections::HashSet;
use std::sync::Arc;

use iamscope::iam::Account;

#[derive(Debug, Default, Eq, PartialEq)]
pub struct Counted {
    pub roles: usize,
    pub users: usize,
    pub managed_policies: usize,
    /// Documents, those inside text too.
    pub documents: usize,
    pub statements: usize,
}

impl Counted {
    /// Counts in a template whose policies are all conditional on nothing.
    pub fn of(text: &str) -> Self {
        let types = |kind: &str| {
            let quotes: [&str; 2] = ["\"", ""];
            let lines = text.lines().map(str::trim);
            lines
                .filter(|line| {
                    quotes.iter().any(|quote| {
                        line.trim_end_matches(',')
                            == format!("{quote}Type{quote}: {quote}{kind}{quote}")
                    })
                })
                .count()
        };
        let lines = || text.lines().map(str::trim);
        let has = |word: &str| lines().filter(|line| line.starts_with(word)).count();
        Counted {
            roles: types("AWS::IAM::Role"),
            users: types("AWS::IAM::User"),
            managed_policies: types("AWS::IAM::ManagedPolicy"),
            documents: has("\"Statement\":") + has("Statement:"),
            // Every statement has one effect, and nothing else has.
            statements: lines()
                .filter(|line| {
                    let line = line.strip_prefix("- ").unwrap_or(line);
                    line.starts_with("\"Effect\":") || line.starts_with("Effect:")
                })
                .count(),
        }
    }

    /// The same of what was loaded, AWS's own policies and shared documents left out.
    pub fn found(account: &Account) -> Self {
        let mut seen = HashSet::new();
        let own = account
            .documents()
            .filter(|document| document.place.is_known());
        let own: Vec<_> = own
            .filter(|document| seen.insert(Arc::as_ptr(document)))
            .collect();
        Counted {
            roles: account.roles.len(),
            users: account.users.len(),
            managed_policies: account.policies.len(),
            documents: own.len(),
            statements: own.iter().map(|document| document.statements.len()).sum(),
        }
    }
}
