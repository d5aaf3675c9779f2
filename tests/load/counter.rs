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

/// The same for Terraform's configuration without `count`, `for_each` and dynamic blocks, whose
/// documents are `jsonencode` and `aws_iam_policy_document`.
#[derive(Debug, Default, Eq, PartialEq)]
pub struct CountedHcl {
    pub roles: usize,
    pub users: usize,
    pub groups: usize,
    pub managed_policies: usize,
    pub providers: usize,
    pub statements: usize,
}

impl CountedHcl {
    /// Counts in the files of a folder and those in it, each of which is used once.
    pub fn of(folder: &str) -> Self {
        let mut counted = CountedHcl::default();
        let mut open = vec![std::path::PathBuf::from(folder)];
        while let Some(path) = open.pop() {
            if path.is_dir() {
                let entries = std::fs::read_dir(path).unwrap();
                open.extend(entries.map(|entry| entry.unwrap().path()));
                continue;
            }
            for line in std::fs::read_to_string(path).unwrap().lines() {
                counted.line(line.trim());
            }
        }
        counted
    }

    fn line(&mut self, line: &str) {
        let resource = |kind: &str| line.starts_with(&format!("resource \"{kind}\" "));
        self.roles += usize::from(resource("aws_iam_role"));
        self.users += usize::from(resource("aws_iam_user"));
        self.groups += usize::from(resource("aws_iam_group"));
        self.managed_policies += usize::from(resource("aws_iam_policy"));
        self.providers += usize::from(
            resource("aws_iam_openid_connect_provider") || resource("aws_iam_saml_provider"),
        );
        // Permissions are statements of their own.
        let is_permission = line.starts_with("resource ") && line.contains("_permission\"");
        let is_block = line == "statement {";
        let is_encoded = line.starts_with("Effect ") || line.starts_with("\"Effect\"");
        self.statements += usize::from(is_permission || is_block || is_encoded);
    }

    pub fn found(account: &Account) -> Self {
        Counted::found(account).into_hcl(account)
    }
}

impl Counted {
    fn into_hcl(self, account: &Account) -> CountedHcl {
        CountedHcl {
            roles: account.roles.iter().filter(|role| !role.external).count(),
            users: account.users.iter().filter(|user| !user.external).count(),
            groups: account
                .groups
                .iter()
                .filter(|group| !group.external)
                .count(),
            managed_policies: account.policies.len(),
            providers: account.providers.len(),
            statements: self.statements,
        }
    }
}
