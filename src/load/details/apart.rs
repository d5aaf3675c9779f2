//! Dumps of several accounts in one text: whose each entity is stands in its ARN.

use std::collections::HashSet;

use crate::iam::{Account, Arn, Identity, ManagedPolicy, Origin, Text};

/// The accounts that entities are of, in the order in which they come; one where there is no telling.
/// AWS's own policies are everybody's.
pub(super) fn accounts(mut all: Account) -> Vec<Account> {
    let ids = ids(&all);
    if ids.len() < 2 {
        return vec![all];
    }
    let (aws, own): (Vec<ManagedPolicy>, Vec<ManagedPolicy>) = std::mem::take(&mut all.policies)
        .into_iter()
        .partition(|policy| policy.origin == Origin::Aws);
    all.policies = own;
    let mut accounts = Vec::new();
    for (at, id) in ids.iter().enumerate() {
        // What names no account stays with the first.
        let is_of = |identity: &Identity| match account_of(identity) {
            Some(own) => own == *id,
            None => at == 0,
        };
        let mut account = Account::new("");
        account.roles = all
            .roles
            .extract_if(.., |one| is_of(&one.identity))
            .collect();
        account.users = all
            .users
            .extract_if(.., |one| is_of(&one.identity))
            .collect();
        account.groups = all
            .groups
            .extract_if(.., |one| is_of(&one.identity))
            .collect();
        account.policies = all
            .policies
            .extract_if(.., |one| is_of(&one.identity))
            .collect();
        let attached = attached(&account);
        let used = aws
            .iter()
            .filter(|policy| attached.contains(&policy.identity.arn));
        let used: Vec<ManagedPolicy> = used.cloned().collect();
        account.policies.extend(used);
        accounts.push(account);
    }
    if let Some(first) = accounts.first_mut() {
        first.problems = all.problems;
    }
    accounts
}

/// The ids that entities have, in order.
fn ids(all: &Account) -> Vec<String> {
    let roles = all.roles.iter().map(|one| &one.identity);
    let users = all.users.iter().map(|one| &one.identity);
    let groups = all.groups.iter().map(|one| &one.identity);
    let own = |policy: &&ManagedPolicy| policy.origin != Origin::Aws;
    let policies = all.policies.iter().filter(own).map(|one| &one.identity);
    let mut seen = HashSet::new();
    let found = roles.chain(users).chain(groups).chain(policies);
    let found = found.filter_map(account_of);
    found
        .filter(|id| seen.insert(*id))
        .map(str::to_owned)
        .collect()
}

fn account_of(identity: &Identity) -> Option<&str> {
    let arn = Arn::parse(identity.arn.as_plain()?)?;
    Arn::is_account_id(arn.account).then_some(arn.account)
}

/// The ARNs of all managed policies that entities have.
fn attached(account: &Account) -> HashSet<Text> {
    let roles = account.roles.iter();
    let roles = roles.flat_map(|one| one.managed.iter().chain(&one.boundary));
    let users = account.users.iter();
    let users = users.flat_map(|one| one.managed.iter().chain(&one.boundary));
    let groups = account.groups.iter().flat_map(|one| &one.managed);
    let all = roles.chain(users).chain(groups);
    all.map(|attachment| attachment.arn.clone()).collect()
}
