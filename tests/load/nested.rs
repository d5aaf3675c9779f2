//! Nested stacks: what goes in and what comes out.

use std::fs;

use crate::{load_path, problems, resources, role};

const CHILD: &str = r#"
Parameters: {Bucket: {Type: String}, Free: {Type: String}}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: sts:AssumeRole}]}
      Policies:
        - PolicyName: p
          PolicyDocument: {Statement: [{Effect: Allow, Action: "s3:*", Resource: [!Ref Bucket, !Ref Free]}]}
Outputs:
  RoleArn: {Value: !GetAtt Role.Arn}
  Name: {Value: !Sub "out-${Bucket}"}
"#;

const PARENT: &str = r#"
Resources:
  Bucket: {Type: AWS::S3::Bucket}
  First: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./child.yaml, Parameters: {Bucket: !GetAtt Bucket.Arn}}}
  Second:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: !Sub "https://${Store}.s3.amazonaws.com/templates/child.yaml?x"
      Parameters: {Bucket: !GetAtt First.Outputs.Name}
  User:
    Type: AWS::IAM::User
    Properties:
      Policies:
        - PolicyName: p
          PolicyDocument: {Statement: [{Effect: Allow, Action: "sts:AssumeRole", Resource: [!GetAtt First.Outputs.RoleArn, !GetAtt First.Outputs.Gone]}]}
"#;

#[test]
fn values_go_in_and_outputs_come_out() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("child.yaml"), CHILD).unwrap();
    fs::write(folder.path().join("parent.yaml"), PARENT).unwrap();
    // The folder as a whole: the child is a part of its parent, not a template of its own.
    let inventory = load_path(folder.path().to_str().unwrap()).unwrap();
    assert_eq!(inventory.accounts.len(), 1);
    let account = &inventory.accounts[0];
    let friendly: Vec<_> = account
        .roles
        .iter()
        .map(|role| role.identity.friendly.as_deref().unwrap())
        .collect();
    assert_eq!(friendly, ["First/Role", "Second/Role"]);
    assert_eq!(
        resources(&account.roles[0].inline[0].document),
        ["arn:aws:s3:::${Bucket}", "${Free}"]
    );
    assert_eq!(
        resources(&account.roles[1].inline[0].document)[0],
        "out-arn:aws:s3:::${Bucket}"
    );
    // Two stacks of one template make two roles.
    assert_ne!(account.roles[0].identity.arn, account.roles[1].identity.arn);
    let user = &account.users[0].inline[0].document.statements[0]
        .resource
        .as_ref()
        .unwrap()
        .entries;
    assert_eq!(user[0].text, account.roles[0].identity.arn);
    assert_eq!(user[1].text.to_string(), "${First.Outputs.Gone}");
    assert_eq!(
        account.resources["First/Role"],
        account.roles[0].identity.arn
    );
    // Only what no template passes is for the user to fill.
    let open: Vec<&str> = account
        .parameters
        .iter()
        .map(|parameter| parameter.name.as_str())
        .collect();
    assert_eq!(open, ["Free"]);
    assert!(
        inventory
            .describe(role(account, "Role").identity.place)
            .contains("child.yaml:4:3")
    );
}

#[test]
fn stacks_that_contain_themselves() {
    let folder = tempfile::tempdir().unwrap();
    let stack = |file: &str| {
        format!(
            "Resources:\n  Inner: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {file}}}}}\n"
        )
    };
    fs::write(folder.path().join("a.yaml"), stack("b.yaml")).unwrap();
    fs::write(folder.path().join("b.yaml"), stack("a.yaml")).unwrap();
    let inventory = load_path(folder.path().join("a.yaml").to_str().unwrap()).unwrap();
    let found = problems(&inventory);
    assert!(
        found
            .iter()
            .any(|one| one.contains("nested stack `Inner` contains itself")),
        "{found:?}"
    );
}

#[test]
fn stacks_that_ask_each_other_for_outputs() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("child.yaml"), CHILD).unwrap();
    let parent = "Resources:\n  A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml, Parameters: {Bucket: !GetAtt B.Outputs.Name}}}\n  B: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml, Parameters: {Bucket: !GetAtt A.Outputs.Name}}}\n";
    fs::write(folder.path().join("parent.yaml"), parent).unwrap();
    let inventory = load_path(folder.path().join("parent.yaml").to_str().unwrap()).unwrap();
    assert_eq!(inventory.accounts[0].roles.len(), 2);
}
