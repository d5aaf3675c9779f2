//! SAM: what its transform makes, as AWS's own translator (aws-sam-translator 1.115) makes it.

use std::fmt::Write;

use iamscope::iam::{Account, SourceKind};

use crate::{account, problems, read, resources, role};

const TEMPLATE: &str = include_str!("../fixtures/sam.yaml");

/// Roles with their managed policies and the statements of their inline ones.
fn summary(account: &Account) -> String {
    let mut text = String::new();
    for role in &account.roles {
        let identity = &role.identity;
        let id = identity.logical_id.as_deref().unwrap();
        writeln!(text, "{id} {} [{}]", identity.arn, identity.guard).unwrap();
        writeln!(text, "  trust {}", role.trust.as_ref().unwrap().json_text()).unwrap();
        if let Some(boundary) = &role.boundary {
            writeln!(text, "  boundary {}", boundary.arn).unwrap();
        }
        for managed in &role.managed {
            writeln!(text, "  managed {} [{}]", managed.arn, managed.guard).unwrap();
        }
        for inline in &role.inline {
            let policy = inline.document.json_text();
            writeln!(text, "  inline {} [{}] {policy}", inline.name, inline.guard).unwrap();
        }
    }
    for policy in &account.resource_policies {
        let id = policy.logical_id.as_deref().unwrap();
        let document = policy.document.json_text();
        writeln!(
            text,
            "{id} of {} [{}] {document}",
            policy.resource, policy.guard
        )
        .unwrap();
    }
    text
}

#[test]
fn everything_that_a_transform_makes() {
    let inventory = read(TEMPLATE);
    assert_eq!(inventory.sources[0].kind, SourceKind::Sam);
    insta::assert_snapshot!(summary(&inventory.accounts[0]));
}

#[test]
fn a_role_is_found_by_its_generated_id() {
    let text = r#"
Transform: AWS::Serverless-2016-10-31
Resources:
  Hello: {Type: AWS::Serverless::Function, Properties: {FunctionName: hello}}
  Boss:
    Type: AWS::IAM::User
    Properties:
      Policies: [{PolicyName: p, PolicyDocument: {Statement: [{Effect: Allow, Action: iam:PassRole, Resource: [!GetAtt HelloRole.Arn, !GetAtt Hello.Arn]}]}}]
"#;
    let account = account(text);
    assert_eq!(
        resources(&account.users[0].inline[0].document),
        [
            "arn:aws:iam::123456789012:role/${HelloRole}",
            "arn:aws:lambda:us-east-1:123456789012:function:hello",
        ]
    );
    let role = role(&account, "HelloRole");
    assert_eq!(
        role.identity.friendly.as_deref(),
        Some("role of function Hello")
    );
    assert_eq!(role.identity.place.line, 4);
}

#[test]
fn what_cannot_be_told_is_said() {
    let text = r#"
Transform: AWS::Serverless-2016-10-31
Resources:
  One:
    Type: AWS::Serverless::Function
    Properties:
      Policies:
        - NoSuchPolicy: {}
        - S3ReadPolicy: {Bucket: x}
        - NoSuchManagedPolicy
        - "{{resolve:ssm:policy}}"
  Conn: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: One}, Destination: {Id: Nowhere}, Permissions: [Read]}}
"#;
    let inventory = read(text);
    let found = problems(&inventory);
    for what in [
        "input:8:11: `NoSuchPolicy` is no policy template of SAM",
        "input:9:11: policy template `S3ReadPolicy` needs the parameter `BucketName`",
        "input:10:11: `NoSuchManagedPolicy` is neither an ARN nor the name",
        "input:12:3: what connector `Conn` grants cannot be told",
    ] {
        assert!(
            found.iter().any(|one| one.contains(what)),
            "{what}: {found:#?}"
        );
    }
    let managed = &role(&inventory.accounts[0], "OneRole").managed;
    assert_eq!(
        managed.last().unwrap().arn.to_string(),
        "${resolve:ssm:policy}"
    );
}

#[test]
fn what_gradual_deployment_queues_and_authorizers_bring() {
    let text = r#"
Transform: AWS::Serverless-2016-10-31
Globals: {Api: {Auth: {ResourcePolicy: {SourceVpcWhitelist: [vpc-1, vpce-1]}}}}
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: news}}
  Check: {Type: AWS::Serverless::Function, Properties: {FunctionName: check}}
  Door:
    Type: AWS::Serverless::Api
    Properties: {StageName: prod, Auth: {Authorizers: {Own: {FunctionArn: !GetAtt Check.Arn}}}}
  Work:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: work
      AutoPublishAlias: live
      DeploymentPreference: {Type: AllAtOnce}
      Events:
        Tick: {Type: EventBridgeRule, Properties: {Pattern: {source: [x]}, DeadLetterConfig: {Type: SQS}}}
        News: {Type: SNS, Properties: {Topic: !Ref Topic, SqsSubscription: true}}
"#;
    insta::assert_snapshot!(summary(&account(text)));
}
