//! Intrinsic functions, conditions, parameters and attachments of CloudFormation templates.

use iamscope::iam::{Account, Effect, Origin, ParameterFrom, PolicyKind, Severity};
use iamscope::load::Settings;

use crate::{account, only_account, parameters, problems, read, read_with, resources, role};

/// A template with one role, whose policy has one statement on the given resource.
fn template(head: &str, resource: &str) -> String {
    format!(
        r#"{head}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {{Version: "2012-10-17", Statement: [{{Effect: Allow, Principal: {{Service: ec2.amazonaws.com}}, Action: sts:AssumeRole}}]}}
      Policies:
        - PolicyName: p
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: s3:GetObject
                Resource: {resource}
  Bucket: {{Type: AWS::S3::Bucket}}
  Named: {{Type: AWS::S3::Bucket, Properties: {{BucketName: acme}}}}
  Queue: {{Type: AWS::SQS::Queue, Properties: {{QueueName: work}}}}
  Logs: {{Type: AWS::Logs::LogGroup, Properties: {{LogGroupName: /app}}}}
  Topic: {{Type: AWS::SNS::Topic}}
"#
    )
}

fn rendered_with(head: &str, resource: &str, settings: &Settings) -> Vec<String> {
    let inventory = read_with(&template(head, resource), settings).unwrap();
    resources(&only_account(inventory).roles[0].inline[0].document)
}

fn rendered(resource: &str) -> Vec<String> {
    let head = "Mappings: {Map: {us-east-1: {name: mapped, list: [one, two]}}}\n\
        Parameters: {Name: {Type: String}, Given: {Type: String, Default: given}, \
        List: {Type: CommaDelimitedList, Default: 'a, b'}, Stored: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /x}}";
    rendered_with(head, resource, &Settings::default())
}

fn one(resource: &str) -> String {
    let all = rendered(resource);
    assert_eq!(all.len(), 1, "{all:?}");
    all[0].clone()
}

#[test]
fn references() {
    assert_eq!(one("!Ref Given"), "given");
    assert_eq!(one("!Ref Name"), "${Name}");
    assert_eq!(one("!Ref Named"), "acme");
    assert_eq!(one("!Ref Bucket"), "${Bucket}");
    assert_eq!(one("!Ref Stored"), "${Stored}");
    assert_eq!(
        one("!Ref Queue"),
        "https://sqs.us-east-1.amazonaws.com/123456789012/work"
    );
    assert_eq!(
        one("!Ref Topic"),
        "arn:aws:sns:us-east-1:123456789012:${Topic}"
    );
    assert_eq!(one("!Ref AWS::Partition"), "aws");
    assert_eq!(one("!Ref AWS::StackName"), "${AWS::StackName}");
    assert_eq!(rendered("!Ref List"), ["a", "b"]);
}

#[test]
fn attributes() {
    assert_eq!(one("!GetAtt Named.Arn"), "arn:aws:s3:::acme");
    assert_eq!(one("!GetAtt [Bucket, Arn]"), "arn:aws:s3:::${Bucket}");
    assert_eq!(
        one("!GetAtt Queue.Arn"),
        "arn:aws:sqs:us-east-1:123456789012:work"
    );
    assert_eq!(one("!GetAtt Queue.QueueName"), "work");
    assert_eq!(
        one("!GetAtt Logs.Arn"),
        "arn:aws:logs:us-east-1:123456789012:log-group:/app:*"
    );
    assert_eq!(one("!GetAtt Bucket.DomainName"), "${Bucket.DomainName}");
    assert_eq!(one("!GetAtt Gone.Some.Where"), "${Gone.Some.Where}");
}

#[test]
fn substitutions() {
    assert_eq!(one("!Sub '${Named.Arn}/*'"), "arn:aws:s3:::acme/*");
    assert_eq!(
        one("!Sub 'arn:aws:s3:::${Name}/${!aws:username}/*'"),
        "arn:aws:s3:::${Name}/${aws:username}/*"
    );
    assert_eq!(
        one("!Sub ['${Named}-${V}', {V: !Ref Given, Named: shadow}]"),
        "shadow-given"
    );
    assert_eq!(
        one("{'Fn::Sub': 'x-${AWS::Region}-${AWS::AccountId}'}"),
        "x-us-east-1-123456789012"
    );
    assert_eq!(
        one("!Join ['/', [!GetAtt Named.Arn, !Ref 'AWS::NoValue', '*']]"),
        "arn:aws:s3:::acme/*"
    );
    assert_eq!(one("!Join ['-', !Ref List]"), "a-b");
}

#[test]
fn lists_and_maps() {
    assert_eq!(one("!Select [1, !Ref List]"), "b");
    assert_eq!(one("!Select ['0', !Split ['/', 'x/y']]"), "x");
    assert_eq!(
        rendered("!Split ['|', !Sub 'a|${Name}b|c']"),
        ["a", "${Name}b", "c"]
    );
    assert_eq!(one("!FindInMap [Map, !Ref AWS::Region, name]"), "mapped");
    assert_eq!(
        rendered("!FindInMap [Map, us-east-1, list]"),
        ["one", "two"]
    );
    assert_eq!(
        one("!FindInMap [Map, none, name, {DefaultValue: other}]"),
        "other"
    );
    assert_eq!(
        one("!FindInMap [Map, !Ref Name, name]"),
        "${FindInMap(Map, Name, name)}"
    );
    assert_eq!(one("!Base64 hello"), "aGVsbG8=");
    assert_eq!(one("!Sub ['${N}', {N: {'Fn::Length': !Ref List}}]"), "2");
    assert_eq!(
        one("{'Fn::ToJsonString': {a: [!Ref Given, 1]}}"),
        r#"{"a":["given",1]}"#
    );
}

#[test]
fn imports_and_unknown_functions_are_named_by_what_they_say() {
    assert_eq!(one("!ImportValue shared-bucket"), "${shared-bucket}");
    // Two expressions that differ are not taken for the same value.
    let both =
        rendered("[!Select [0, !Split ['/', !Ref Name]], !Select [1, !Split ['/', !Ref Name]]]");
    assert_eq!(
        both,
        [
            "${Select(0, Split(/, Name))}",
            "${Select(1, Split(/, Name))}"
        ]
    );
    let document = account(&template(
        "Parameters: {Name: {Type: String}}",
        "[!Ref Name, !Sub '${Name}']",
    ));
    let entries = &document.roles[0].inline[0].document.statements[0]
        .resource
        .as_ref()
        .unwrap()
        .entries;
    assert_eq!(entries[0].text, entries[1].text);
}

const CONDITIONS: &str = "Parameters: {Env: {Type: String}, Known: {Type: String, Default: prod}}\n\
    Conditions:\n  IsProd: !Equals [!Ref Env, prod]\n  NotProd: !Not [!Condition IsProd]\n  \
    Yes: !Equals [!Ref Known, prod]\n  Both: !And [!Condition Yes, !Condition IsProd]\n  \
    Either: !Or [!Condition Yes, !Condition IsProd]\n  Same: !Equals [!Ref Env, !Ref Env]\n  \
    Circle: !Not [!Condition Circle]";

fn conditional(resource: &str) -> Vec<String> {
    rendered_with(CONDITIONS, resource, &Settings::default())
}

#[test]
fn decided_conditions_leave_one_branch() {
    assert_eq!(conditional("!If [Yes, a, b]"), ["a"]);
    assert_eq!(conditional("!If [Either, a, b]"), ["a"]);
    assert_eq!(conditional("!If [Same, a, b]"), ["a"]);
    let decided = |value: &str| {
        rendered_with(
            CONDITIONS,
            "!If [IsProd, a, b]",
            &parameters(&[("Env", value)]),
        )
    };
    assert_eq!(decided("prod"), ["a"]);
    assert_eq!(decided("dev"), ["b"]);
    let settings = Settings {
        conditions: [("IsProd".to_owned(), false)].into(),
        ..Settings::default()
    };
    assert_eq!(
        rendered_with(CONDITIONS, "!If [NotProd, a, b]", &settings),
        ["a"]
    );
}

#[test]
fn undecided_conditions_keep_both_branches() {
    assert_eq!(
        conditional("!If [IsProd, a, b]"),
        ["a if IsProd", "b if not IsProd"]
    );
    assert_eq!(
        conditional("!If [NotProd, a, b]"),
        ["a if not IsProd", "b if IsProd"]
    );
    assert_eq!(
        conditional("!If [Both, a, b]"),
        ["a if IsProd", "b if not IsProd"]
    );
    assert_eq!(
        conditional("[!If [IsProd, a, !Ref AWS::NoValue], c]"),
        ["a if IsProd", "c"]
    );
    assert_eq!(
        conditional("!If [IsProd, [a, b], c]"),
        ["a if IsProd", "b if IsProd", "c if not IsProd"]
    );
    assert_eq!(
        conditional("!Sub ['x/${V}', {V: !If [IsProd, a, b]}]"),
        ["x/a if IsProd", "x/b if not IsProd"]
    );
    // The same condition twice has only two outcomes.
    assert_eq!(
        conditional("!Join ['', [!If [IsProd, a, b], !If [NotProd, c, d]]]"),
        ["ad if IsProd", "bc if not IsProd"]
    );
    assert_eq!(
        conditional("!If [Circle, a, b]"),
        ["a if Circle", "b if not Circle"]
    );
}

#[test]
fn undecided_conditions_are_listed_once() {
    let account = account(&template(
        CONDITIONS,
        "[!If [IsProd, a, b], !If [NotProd, c, d]]",
    ));
    let undecided: Vec<_> = account
        .undecided
        .iter()
        .map(|one| (one.condition.as_str(), one.place.line))
        .collect();
    assert_eq!(undecided, [("IsProd", 3)]);
}

#[test]
fn conditions_around_statements_policies_resources_and_principals() {
    let text = r#"
Parameters: {Env: {Type: String}}
Conditions: {IsProd: !Equals [!Ref Env, prod]}
Resources:
  Role:
    Type: AWS::IAM::Role
    Condition: IsProd
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - Effect: Allow
            Action: sts:AssumeRole
            Principal: !If [IsProd, {Service: ec2.amazonaws.com}, {AWS: "*"}]
      ManagedPolicyArns: !If [IsProd, [arn:aws:iam::aws:policy/ReadOnlyAccess], !Ref AWS::NoValue]
      Policies:
        - !If
          - IsProd
          - PolicyName: only-prod
            PolicyDocument:
              Statement:
                - !If [IsProd, {Effect: Allow, Action: "s3:*", Resource: "*"}, !Ref "AWS::NoValue"]
                - Effect: !If [IsProd, Deny, Allow]
                  Action: iam:*
                  Resource: "*"
                  Condition: !If [IsProd, {Bool: {"aws:SecureTransport": "false"}}, !Ref "AWS::NoValue"]
          - !Ref AWS::NoValue
"#;
    let account = account(text);
    let role = role(&account, "Role");
    assert_eq!(role.identity.guard.to_string(), "IsProd");
    assert_eq!(role.managed[0].guard.to_string(), "IsProd");
    assert_eq!(role.managed[0].origin, Origin::Aws);
    let principals = &role.trust.as_ref().unwrap().statements[0]
        .principal
        .as_ref()
        .unwrap()
        .entries;
    let principals: Vec<String> = principals
        .iter()
        .map(|one| format!("{} if {}", one.entry.text, one.entry.guard))
        .collect();
    assert_eq!(
        principals,
        ["ec2.amazonaws.com if IsProd", "* if not IsProd"]
    );
    let inline = &role.inline[0];
    assert_eq!(inline.guard.to_string(), "IsProd");
    let statements: Vec<String> = inline
        .document
        .statements
        .iter()
        .map(|statement| {
            format!(
                "{:?} {} {}",
                statement.effect,
                statement.conditions.len(),
                statement.guard
            )
        })
        .collect();
    // An effect cannot be a list: the statement is there once for each.
    assert_eq!(
        statements,
        [
            "Some(Allow) 0 IsProd",
            "Some(Deny) 1 IsProd",
            "Some(Allow) 0 not IsProd",
        ]
    );
    assert!(role.trust.as_ref().unwrap().is_valid());
}

#[test]
fn condition_inside_a_statement_is_the_iam_element() {
    let text = template(
        "",
        "'*'\n                Condition: {StringEquals: {aws:PrincipalOrgID: !Ref Bucket, aws:x: [a, !Ref AWS::NoValue]}}",
    );
    let account = account(&text);
    let conditions = &account.roles[0].inline[0].document.statements[0].conditions;
    assert_eq!(conditions.len(), 2);
    assert_eq!(conditions[0].values[0].text.to_string(), "${Bucket}");
    assert_eq!(conditions[1].values.len(), 1);
}

#[test]
fn parameters_say_where_their_value_is_from_and_who_uses_it() {
    let head = "Parameters:\n  Env: {Type: String, AllowedValues: [dev, prod], Default: dev, Description: where}\n  Key: {Type: String, NoEcho: true}\n  List: {Type: 'List<Number>', Default: '1,2'}";
    let text = template(head, "!Sub '${Env}-x'");
    let inventory = read_with(&text, &parameters(&[("Env", "test"), ("Typo", "x")])).unwrap();
    let account = &inventory.accounts[0];
    let [env, key, list] = account.parameters.as_slice() else {
        panic!("{:#?}", account.parameters)
    };
    assert_eq!(
        (env.value.as_deref(), env.from),
        (Some("test"), Some(ParameterFrom::Given))
    );
    assert_eq!((env.default.as_deref(), env.place.line), (Some("dev"), 2));
    assert_eq!(env.used_by, ["Role"]);
    assert_eq!(
        (key.value.as_deref(), key.from, key.secret),
        (None, None, true)
    );
    assert_eq!(list.value.as_deref(), Some("1,2"));
    let found = problems(&inventory);
    assert!(
        found
            .iter()
            .any(|one| one.contains("parameter `Env` cannot be `test`")),
        "{found:?}"
    );
    assert!(
        found
            .iter()
            .any(|one| one.contains("no source has a parameter `Typo`")),
        "{found:?}"
    );
}

#[test]
fn the_account_region_and_partition_can_be_given() {
    let settings = Settings {
        account: Some("999988887777".to_owned()),
        region: Some("cn-north-1".to_owned()),
        ..Settings::default()
    };
    let inventory = read_with(&template("", "!GetAtt Queue.Arn"), &settings).unwrap();
    let account = only_account(inventory);
    assert_eq!(
        resources(&account.roles[0].inline[0].document),
        ["arn:aws-cn:sqs:cn-north-1:999988887777:work"]
    );
    assert!(!account.id.assumed && !account.region.assumed);
    assert_eq!(
        account.roles[0].identity.arn.to_string(),
        "arn:aws-cn:iam::999988887777:role/${Role}"
    );
}

#[test]
fn every_way_a_role_gets_its_policies() {
    let document = "{Statement: [{Effect: Allow, Action: 's3:*', Resource: '*'}]}";
    let text = format!(
        r#"
Resources:
  Role: {{Type: AWS::IAM::Role, Properties: {{RoleName: app, Path: /x/, AssumeRolePolicyDocument: {document}, PermissionsBoundary: !Ref Limit, ManagedPolicyArns: [!Ref Own, 'arn:aws:iam::111122223333:policy/theirs']}}}}
  Own: {{Type: AWS::IAM::ManagedPolicy, Properties: {{PolicyDocument: {document}}}}}
  Limit: {{Type: AWS::IAM::ManagedPolicy, Properties: {{ManagedPolicyName: limit, PolicyDocument: {document}}}}}
  Pushed: {{Type: AWS::IAM::ManagedPolicy, Properties: {{ManagedPolicyName: pushed, Roles: [app, elsewhere], PolicyDocument: {document}}}}}
  Inline: {{Type: AWS::IAM::Policy, Properties: {{PolicyName: in, Roles: [!Ref Role], Users: [!Ref User], Groups: [admins], PolicyDocument: {document}}}}}
  Single: {{Type: AWS::IAM::RolePolicy, Properties: {{PolicyName: single, RoleName: !Ref Role, PolicyDocument: {document}}}}}
  Profile: {{Type: AWS::IAM::InstanceProfile, Properties: {{InstanceProfileName: prof, Roles: [!Ref Role]}}}}
  User: {{Type: AWS::IAM::User, Properties: {{UserName: ann, Groups: [devs]}}}}
  Member: {{Type: AWS::IAM::UserToGroupAddition, Properties: {{GroupName: admins, Users: [ann]}}}}
"#
    );
    let inventory = read(&text);
    let account = &inventory.accounts[0];
    let app = role(account, "Role");
    assert_eq!(
        app.identity.arn.to_string(),
        "arn:aws:iam::123456789012:role/x/app"
    );
    let managed: Vec<_> = app
        .managed
        .iter()
        .map(|one| (one.name.to_string(), one.origin))
        .collect();
    assert_eq!(
        managed,
        [
            ("${Own}".to_owned(), Origin::Customer),
            ("theirs".to_owned(), Origin::External),
            ("pushed".to_owned(), Origin::Customer),
        ]
    );
    let inline: Vec<String> = app.inline.iter().map(|one| one.name.to_string()).collect();
    assert_eq!(inline, ["in", "single"]);
    assert_eq!(app.boundary.as_ref().unwrap().name.to_string(), "limit");
    assert!(app.boundary.as_ref().unwrap().document.is_some());
    assert_eq!(app.instance_profiles[0], *"prof");
    // Named, but not in the file: shown, never dropped.
    let elsewhere = account.roles.iter().find(|role| role.external).unwrap();
    assert_eq!(elsewhere.identity.name, *"elsewhere");
    assert_eq!(elsewhere.managed.len(), 1);
    let user = &account.users[0];
    let groups: Vec<String> = user.groups.iter().map(ToString::to_string).collect();
    assert_eq!(groups, ["devs", "admins"]);
    assert_eq!(user.inline.len(), 1);
    assert!(
        account
            .groups
            .iter()
            .any(|group| group.identity.name == *"admins" && group.inline.len() == 1)
    );
    let pushed = account
        .policies
        .iter()
        .find(|policy| policy.identity.name == *"pushed")
        .unwrap();
    assert_eq!(pushed.attached_to.len(), 2);
    assert!(
        problems(&inventory)
            .iter()
            .any(|one| one.contains("policy/theirs` is not in what was loaded"))
    );
}

#[test]
fn policies_written_as_text_are_pointed_into() {
    let text = r#"
Parameters: {Bucket: {Type: String}}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: '{"Statement": []}'
      Policies:
        - PolicyName: literal
          PolicyDocument: !Sub |
            {
              "Statement": [{
                "Effect": "Allow",
                "Action": "s3:GetObject",
                "Resource": "arn:aws:s3:::${Bucket}/${!aws:username}"
              }]
            }
        - PolicyName: broken
          PolicyDocument: !Sub |
            {
              "Statement": [{"Effect": "Allow" "Action": "s3:*"}]
            }
        - PolicyName: unknown
          PolicyDocument: !Ref Bucket
"#;
    let inventory = read(text);
    let account = &inventory.accounts[0];
    let inline = &role(account, "Role").inline;
    assert_eq!(
        resources(&inline[0].document),
        ["arn:aws:s3:::${Bucket}/${aws:username}"]
    );
    let statement = &inline[0].document.statements[0];
    let resource = &statement.resource.as_ref().unwrap().entries[0];
    assert_eq!((statement.place.line, statement.place.column), (12, 29));
    assert_eq!((resource.place.line, resource.place.column), (15, 29));
    assert_eq!(resource.text.references().count(), 1);

    let broken = &inline[1].document;
    assert!(broken.unreadable);
    let problem = &broken.problems[0];
    assert_eq!(
        (problem.place.line, problem.severity),
        (21, Severity::Error)
    );
    let unknown = &inline[2].document;
    assert!(unknown.unreadable);
    assert!(unknown.problems[0].message.contains("${Bucket}"));
}

#[test]
fn policies_of_resources_are_about_their_resources() {
    let text = r#"
Resources:
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: acme}}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument: {Statement: [{Effect: Deny, Principal: "*", Action: "s3:*", Resource: !Sub "${Bucket.Arn}/*"}]}
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy: {Statement: [{Effect: Allow, Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}, Action: "kms:*", Resource: "*"}]}
  Queue: {Type: AWS::SQS::Queue}
  QueuePolicy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Queue, "https://sqs.us-east-1.amazonaws.com/123456789012/other"]
      PolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: s3.amazonaws.com}, Action: "sqs:SendMessage", Resource: "*"}]}
  Logs:
    Type: AWS::OpenSearchService::Domain
    Properties:
      DomainName: search
      AccessPolicies: '{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "es:*", "Resource": "*"}]}'
  Function: {Type: AWS::Lambda::Function, Properties: {FunctionName: work}}
  Permission:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !GetAtt Function.Arn
      Action: lambda:InvokeFunction
      Principal: s3.amazonaws.com
      SourceArn: !GetAtt Bucket.Arn
      SourceAccount: !Ref AWS::AccountId
"#;
    let account = account(text);
    let found: Vec<(String, &str)> = account
        .resource_policies
        .iter()
        .map(|policy| (policy.resource.to_string(), policy.kind.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            ("arn:aws:s3:::acme".to_owned(), "AWS::S3::BucketPolicy"),
            (
                "arn:aws:kms:us-east-1:123456789012:key/${Key}".to_owned(),
                "AWS::KMS::Key"
            ),
            (
                "arn:aws:sqs:us-east-1:123456789012:${Queue}".to_owned(),
                "AWS::SQS::QueuePolicy"
            ),
            (
                "arn:aws:sqs:us-east-1:123456789012:other".to_owned(),
                "AWS::SQS::QueuePolicy"
            ),
            (
                "arn:aws:es:us-east-1:123456789012:domain/search".to_owned(),
                "AWS::OpenSearchService::Domain"
            ),
            (
                "arn:aws:lambda:us-east-1:123456789012:function:work".to_owned(),
                "AWS::Lambda::Permission"
            ),
        ]
    );
    assert!(
        account
            .resource_policies
            .iter()
            .all(|policy| policy.document.is_valid()),
        "{:#?}",
        account.all_problems()
    );
    let permission = &account.resource_policies[5].document.statements[0];
    assert_eq!(permission.effect, Some(Effect::Allow));
    let conditions: Vec<String> = permission
        .conditions
        .iter()
        .map(|condition| {
            format!(
                "{} {} {}",
                condition.operator_text, condition.key, condition.values[0].text
            )
        })
        .collect();
    assert_eq!(
        conditions,
        [
            "ArnLike AWS:SourceArn arn:aws:s3:::acme",
            "StringEquals AWS:SourceAccount 123456789012"
        ]
    );
}

#[test]
fn loops_make_members() {
    let text = r#"
Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList, Default: "one,two-2"}}
Resources:
  Fn::ForEach::Roles:
    - Name
    - !Ref Names
    - Role&{Name}:
        Type: AWS::IAM::Role
        Properties:
          RoleName: !Sub "app-${Name}"
          AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: sts:AssumeRole}]}
"#;
    let account = account(text);
    let names: Vec<_> = account
        .roles
        .iter()
        .map(|role| {
            (
                role.identity.logical_id.clone().unwrap(),
                role.identity.name.to_string(),
            )
        })
        .collect();
    assert_eq!(
        names,
        [
            ("Roleone".into(), "app-one".into()),
            ("Roletwo2".into(), "app-two-2".into())
        ]
    );
}

#[test]
fn json_and_yaml_oddities() {
    // Comments, merges and aliases; repeated names; a quote that closes at the column of its key.
    let text = r#"
Shared: &statement
  Effect: Allow
  Action: s3:*
Resources:
  Role:
    Type: AWS::IAM::Role
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: !Sub '
        {"Statement": []
      }'
      Policies:
        - PolicyName: p
          PolicyDocument:
            Statement:
              - <<: *statement
                Resource: "*"
"#;
    let inventory = read(text);
    let account = &inventory.accounts[0];
    let statement = &role(account, "Role").inline[0].document.statements[0];
    assert_eq!(statement.effect, Some(Effect::Allow));
    assert_eq!(statement.action.as_ref().unwrap().entries[0].text, *"s3:*");
    let found = problems(&inventory);
    assert!(
        found
            .iter()
            .any(|one| one.contains("input:8:5: `Type` occurs twice")),
        "{found:?}"
    );
    assert!(
        found
            .iter()
            .any(|one| one.contains("input:17:21: a YAML alias")),
        "{found:?}"
    );
}

#[test]
fn comments_say_what_an_action_is_for() {
    let text = template("", "'*'").replace(
        "                Action: s3:GetObject\n",
        "                Action:\n                  # Reads the\n                  # configuration\n                  - s3:GetObject\n                  - s3:PutObject # writes results\n                  # - s3:Old\n                  - s3:ListBucket\n",
    );
    let account = account(&text);
    let entries = &account.roles[0].inline[0].document.statements[0]
        .action
        .as_ref()
        .unwrap()
        .entries;
    let comments: Vec<Option<&str>> = entries
        .iter()
        .map(|entry| entry.comment.as_deref())
        .collect();
    assert_eq!(
        comments,
        [
            Some("Reads the configuration"),
            Some("writes results"),
            None
        ]
    );
}

#[test]
fn what_is_wrong_is_said_where_it_is() {
    let text = "Resources:\n  A: {Type: AWS::IAM::Role}\n  B: {Properties: {}}\n  C: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref Nobody}}\n  D: {Type: AWS::IAM::User, Properties: {UserName: !Ref D}}\n";
    let inventory = read(text);
    let found = problems(&inventory);
    let has = |what: &str| {
        assert!(
            found.iter().any(|one| one.contains(what)),
            "{what}: {found:#?}"
        )
    };
    has("input:2:3: role `A` has no trust policy");
    has("input:3:3: resource `B` has no `Type`");
    has("input:4:55: `Nobody` is neither a parameter nor a resource");
    has("`D.UserName` refers to itself");
}

#[test]
fn arns_by_logical_id() {
    let account: Account = account(&template("", "'*'"));
    let arn = |id: &str| account.resources[id].to_string();
    assert_eq!(arn("Named"), "arn:aws:s3:::acme");
    assert_eq!(arn("Bucket"), "arn:aws:s3:::${Bucket}");
    assert_eq!(arn("Role"), "arn:aws:iam::123456789012:role/${Role}");
}

#[test]
fn policies_of_an_organisation_are_about_their_targets() {
    let text = r#"
Resources:
  Guard:
    Type: AWS::Organizations::Policy
    Properties:
      Name: guard
      Type: SERVICE_CONTROL_POLICY
      TargetIds: [ou-ab12-11111111, "210987654321"]
      Content: {Version: "2012-10-17", Statement: [{Effect: Deny, Action: "iam:*", Resource: "*"}]}
  Fence:
    Type: AWS::Organizations::Policy
    Properties:
      Name: fence
      Type: RESOURCE_CONTROL_POLICY
      Content: '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}]}'
  Tags:
    Type: AWS::Organizations::Policy
    Properties: {Name: tags, Type: TAG_POLICY, Content: {tags: {team: {}}}}
"#;
    let inventory = read(text);
    assert_eq!(problems(&inventory), Vec::<String>::new());
    let policies = inventory.accounts[0].resource_policies.iter();
    let found: Vec<_> = policies
        .map(|policy| (policy.resource.to_string(), policy.part()))
        .collect();
    assert_eq!(
        found,
        [
            ("ou-ab12-11111111".to_owned(), PolicyKind::Scp),
            ("210987654321".to_owned(), PolicyKind::Scp),
            ("${Fence}".to_owned(), PolicyKind::Rcp),
        ]
    );
}

#[test]
fn what_comes_from_elsewhere_is_said() {
    let text = r#"
Transform: [AWS::Serverless-2016-10-31, TheirMacro]
Resources:
  Inner: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: "https://s3.amazonaws.com/b/t.yaml"}}
  Everywhere: {Type: AWS::CloudFormation::StackSet, Properties: {StackSetName: s, TemplateURL: "https://s3.amazonaws.com/b/t.yaml"}}
  Shop: {Type: AWS::Serverless::Application, Properties: {Location: {ApplicationId: a, SemanticVersion: 1.0.0}}}
  Nobody: {Type: AWS::IAM::Policy, Properties: {PolicyName: p, PolicyDocument: {Statement: []}}}
  Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://b/t}}
  Half: {Type: AWS::S3::Bucket, Properties: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://b/t}}}}
"#;
    assert_eq!(
        problems(&read(text)),
        [
            "input:2:41: transform `TheirMacro` changes the template when it is deployed",
            "input:8:3: `Fn::Transform` brings in resources that are not in this file",
            "input:9:61: `Fn::Transform` adds properties to `Half` that are not in this file",
            "input:7:3: policy `Nobody` is put on no role, user or group",
            "input:4:3: the template of nested stack `Inner` is not here",
            "input:5:3: the template of stack set `Everywhere` is not here",
            "input:6:3: the template of application `Shop` is not here",
        ]
    );
}

#[test]
fn items_of_a_list_parameter_stand_where_they_are_used() {
    let text = template(
        "Parameters: {Buckets: {Type: CommaDelimitedList, Default: 'arn:aws:s3:::a, arn:aws:s3:::b'}}",
        "!Ref Buckets",
    );
    let account = account(&text);
    let entries = &account.roles[0].inline[0].document.statements[0];
    let entries = &entries.resource.as_ref().unwrap().entries;
    let used = text.lines().position(|line| line.contains("!Ref Buckets"));
    for entry in entries {
        assert_eq!(Some(entry.place.line as usize - 1), used);
    }
    assert_eq!(entries.len(), 2);
}

#[test]
fn versions_and_aliases_of_functions() {
    let text = r#"
Resources:
  Work: {Type: AWS::Lambda::Function, Properties: {FunctionName: work}}
  One: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref Work}}
  Live: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !GetAtt Work.Arn, FunctionVersion: !GetAtt One.Version, Name: live}}
  Boss:
    Type: AWS::IAM::User
    Properties:
      Policies: [{PolicyName: p, PolicyDocument: {Statement: [{Effect: Allow, Action: lambda:InvokeFunction, Resource: [!Ref One, !Ref Live]}]}}]
"#;
    assert_eq!(
        resources(&account(text).users[0].inline[0].document),
        [
            "arn:aws:lambda:us-east-1:123456789012:function:work:${One}",
            "arn:aws:lambda:us-east-1:123456789012:function:work:live",
        ]
    );
}
