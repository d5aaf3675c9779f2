//! Bare documents and the output of single calls.

use iamscope::iam::{Origin, SourceKind};
use iamscope::load::{Progress, Settings, SourceSpec, load};

use crate::{only_account, read};

#[test]
fn a_bare_policy_is_told_by_its_principals() {
    let inventory = read(
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#,
    );
    assert_eq!(inventory.sources[0].kind, SourceKind::Policy);
    let account = only_account(inventory);
    assert_eq!(account.policies[0].identity.name, *"input");
    assert_eq!(
        account.policies[0]
            .document
            .as_ref()
            .unwrap()
            .statements
            .len(),
        1
    );

    let trust = read(
        r#"{"Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"#,
    );
    let trust = only_account(trust);
    assert_eq!(trust.resource_policies[0].kind, "trust policy");
    assert!(
        trust.resource_policies[0].document.is_valid(),
        "{:?}",
        trust.all_problems()
    );

    let resource = read(
        r#"{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"}]}"#,
    );
    assert_eq!(
        only_account(resource).resource_policies[0].kind,
        "resource policy"
    );
}

#[test]
fn calls_about_one_role_make_one_role() {
    let pieces = [
        (
            "attached.json",
            r#"{"AttachedPolicies": [{"PolicyName": "ReadOnlyAccess", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}]}"#,
        ),
        (
            "inline.json",
            r#"{"RoleName": "app", "PolicyName": "in", "PolicyDocument": {"Version": "2012-10-17", "Statement": []}}"#,
        ),
        (
            "role.json",
            r#"{"Role": {"Path": "/", "RoleName": "app", "RoleId": "AROA1", "Arn": "arn:aws:iam::111122223333:role/app", "MaxSessionDuration": 7200, "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}}"#,
        ),
        (
            "version.json",
            r#"{"PolicyVersion": {"VersionId": "v1", "IsDefaultVersion": true, "Document": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}}}"#,
        ),
    ];
    let specs = pieces.map(|(name, text)| SourceSpec::Bytes {
        name: name.to_owned(),
        bytes: text.as_bytes().to_vec(),
    });
    let inventory = load(&specs, &Settings::default(), &Progress::default()).unwrap();
    assert!(
        inventory
            .sources
            .iter()
            .all(|source| source.kind == SourceKind::CliOutput)
    );
    let account = only_account(inventory);
    assert_eq!(account.id.value, "111122223333");
    let [role] = account.roles.as_slice() else {
        panic!("{:#?}", account.roles)
    };
    assert_eq!(role.max_session_duration, Some(7200));
    assert_eq!(role.inline[0].name, *"in");
    assert_eq!(role.managed[0].origin, Origin::Aws);
    assert!(role.managed[0].document.is_some());
    assert_eq!(account.policies[0].identity.name, *"version");
}

#[test]
fn an_inline_policy_alone_shows_its_role_as_external() {
    let account = only_account(read(
        r#"{"RoleName": "app", "PolicyName": "in", "PolicyDocument": {"Version": "2012-10-17", "Statement": []}}"#,
    ));
    assert!(account.roles[0].external);
    assert_eq!(account.roles[0].inline.len(), 1);
}

#[test]
fn policies_of_resources_come_as_text() {
    let account = only_account(read(
        r#"{"Policy": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::a/*\"}]}"}"#,
    ));
    assert_eq!(account.resource_policies[0].document.statements.len(), 1);
}

#[test]
fn items_in_a_list_or_a_stream() {
    let item = |id: &str| {
        format!(
            r#"{{"key": "{id}", "value": {{"Type": "AWS::IAM::User", "Properties": {{"UserName": "{id}"}}}}}}"#
        )
    };
    for text in [
        format!("{}\n{}", item("A"), item("B")),
        format!("[{}, {}]", item("A"), item("B")),
    ] {
        let inventory = read(&text);
        assert_eq!(inventory.sources[0].kind, SourceKind::TemplateItems);
        assert_eq!(only_account(inventory).users.len(), 2);
    }
    assert_eq!(only_account(read(&item("A"))).users.len(), 1);
}
