//! Account details, in the forms in which they come.

use iamscope::iam::{Origin, SourceKind};

use crate::{only_account, problems, read, read_with};

const DUMP: &str = r#"{
  "UserDetailList": [
    {"Path": "/", "UserName": "ann", "UserId": "AIDA1", "Arn": "arn:aws:iam::111122223333:user/ann",
     "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}}],
     "GroupList": ["devs"], "AttachedManagedPolicies": [], "Tags": [{"Key": "team", "Value": "a"}]}
  ],
  "GroupDetailList": [
    {"Path": "/", "GroupName": "devs", "Arn": "arn:aws:iam::111122223333:group/devs", "GroupPolicyList": [],
     "AttachedManagedPolicies": [{"PolicyName": "ReadOnlyAccess", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}]}
  ],
  "RoleDetailList": [
    {"Path": "/x/", "RoleName": "app", "RoleId": "AROA1", "Arn": "arn:aws:iam::111122223333:role/x/app",
     "AssumeRolePolicyDocument": "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22ec2.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D",
     "InstanceProfileList": [{"InstanceProfileName": "prof"}],
     "RolePolicyList": [],
     "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": "arn:aws:iam::111122223333:policy/limit"},
     "AttachedManagedPolicies": [{"PolicyName": "limit", "PolicyArn": "arn:aws:iam::111122223333:policy/limit"}],
     "RoleLastUsed": {"LastUsedDate": "2024-01-01T00:00:00Z"}}
  ],
  "Policies": [
    {"PolicyName": "limit", "PolicyId": "ANPA1", "Arn": "arn:aws:iam::111122223333:policy/limit", "Path": "/", "DefaultVersionId": "v2",
     "PolicyVersionList": [
       {"VersionId": "v2", "IsDefaultVersion": true, "CreateDate": "2024", "Document": {"Version": "2012-10-17", "Statement": [{"Sid": "New", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}},
       {"VersionId": "v1", "IsDefaultVersion": false, "Document": {"Version": "2012-10-17", "Statement": [{"Sid": "Old", "Effect": "Allow", "Action": "*", "Resource": "*"}]}}
     ]}
  ]
}"#;

#[test]
fn everything_of_an_account() {
    let inventory = read(DUMP);
    assert_eq!(inventory.sources[0].kind, SourceKind::AccountDetails);
    assert_eq!(problems(&inventory), Vec::<String>::new());
    let account = only_account(inventory);
    assert_eq!(
        (account.id.value.as_str(), account.id.assumed),
        ("111122223333", false)
    );
    let role = &account.roles[0];
    assert_eq!(role.identity.arn, *"arn:aws:iam::111122223333:role/x/app");
    assert_eq!(role.identity.place.line, 12);
    let trust = role.trust.as_ref().unwrap();
    assert_eq!(trust.statements[0].place.line, 13);
    assert_eq!(
        trust.statements[0].principal.as_ref().unwrap().entries[0]
            .entry
            .text,
        *"ec2.amazonaws.com"
    );
    assert_eq!(role.instance_profiles[0], *"prof");
    assert_eq!(role.last_used.as_deref(), Some("2024-01-01T00:00:00Z"));
    // The version in force, although the policies come last.
    let boundary = role.boundary.as_ref().unwrap().document.as_ref().unwrap();
    assert_eq!(boundary.statements[0].reference(), "New");
    assert_eq!(role.managed[0].origin, Origin::Customer);
    let policy = &account.policies[0];
    assert_eq!(policy.versions.len(), 2);
    assert_eq!(policy.attached_to[0], *"app");
    assert_eq!(account.users[0].groups[0], *"devs");
    assert_eq!(account.users[0].identity.tags["team"], *"a");
    let group = &account.groups[0].managed[0];
    assert_eq!(group.origin, Origin::Aws);
    assert_eq!(group.document.as_ref().unwrap().statements.len(), 3);
}

#[test]
fn a_dump_that_ends_too_soon_is_an_error_where_it_ends() {
    // Inside an entity, between entities, behind the last list.
    let third = DUMP
        .find("\"Arn\": \"arn:aws:iam::111122223333:role")
        .unwrap();
    for length in [400, third, DUMP.len() - 1] {
        let cut = &DUMP[..length];
        let error = read_with(cut, &Default::default()).unwrap_err().to_string();
        let line = cut.trim_end().lines().count();
        assert!(
            error.starts_with(&format!("input:{line}:")),
            "{length} {line}: {error}"
        );
    }
}

#[test]
fn pages_of_a_dump_are_read_one_behind_the_other() {
    let next = r#"{"RoleDetailList": [{"RoleName": "late", "Arn": "arn:aws:iam::111122223333:role/late",
        "AttachedManagedPolicies": [{"PolicyName": "limit", "PolicyArn": "arn:aws:iam::111122223333:policy/limit"}]}]}"#;
    let account = only_account(read(&format!("{DUMP}\n{next}")));
    let late = &account.roles[1];
    assert_eq!(late.identity.name, *"late");
    // The policy is on the page before.
    assert_eq!(late.managed[0].origin, Origin::Customer);
    assert_eq!(late.identity.place.line as usize, DUMP.lines().count() + 1);
}

#[test]
fn what_stands_where_nothing_should_is_an_error() {
    for (text, column) in [
        (r#"{"UserDetailList": [}"#, 21),
        (r#"{"UserDetailList": []} x"#, 24),
    ] {
        let error = read_with(text, &Default::default())
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with(&format!("input:1:{column}: "))
                && error.ends_with("is not expected here"),
            "{error}"
        );
    }
}

#[test]
fn accounts_of_an_organisation_stay_apart() {
    let other = DUMP.replace("111122223333", "444455556666");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("one.json"), DUMP).unwrap();
    std::fs::write(folder.path().join("two.json"), other).unwrap();
    let inventory = crate::load_path(folder.path().to_str().unwrap()).unwrap();
    let ids: Vec<&str> = inventory
        .accounts
        .iter()
        .map(|account| account.id.value.as_str())
        .collect();
    assert_eq!(ids, ["111122223333", "444455556666"]);
    assert_eq!(inventory.accounts[0].name, "one.json");
}

#[test]
fn accounts_in_one_text_stay_apart() {
    let other = DUMP.replace("111122223333", "444455556666");
    let inventory = read(&format!("{DUMP}\n{other}"));
    let ids: Vec<&str> = inventory
        .accounts
        .iter()
        .map(|account| account.id.value.as_str())
        .collect();
    assert_eq!(ids, ["111122223333", "444455556666"]);
    for account in &inventory.accounts {
        assert_eq!(
            (
                account.roles.len(),
                account.users.len(),
                account.groups.len()
            ),
            (1, 1, 1)
        );
        let managed = &account.roles[0].managed[0];
        assert_eq!(managed.origin, Origin::Customer);
        assert!(managed.arn.to_string().contains(&account.id.value));
        assert!(managed.document.is_some());
    }
}

#[test]
fn a_policy_without_a_name_has_that_of_its_arn() {
    let text = r#"{"Policies": [{"Arn": "arn:aws:iam::111122223333:policy/path/limit", "PolicyVersionList": []}], "RoleDetailList": []}"#;
    let account = only_account(read(text));
    assert_eq!(account.policies[0].identity.name, *"limit");
}
