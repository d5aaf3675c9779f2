//! Large inputs for the benchmarks, the same on every run and on every machine.

use std::fmt::Write;

use serde_json::{Value, json};

const ACCOUNT: &str = "111122223333";
const SERVICES: [(&str, [&str; 6]); 8] = [
    (
        "s3",
        [
            "GetObject",
            "PutObject",
            "ListBucket",
            "DeleteObject",
            "GetBucketLocation",
            "GetObjectTagging",
        ],
    ),
    (
        "dynamodb",
        [
            "GetItem",
            "PutItem",
            "Query",
            "UpdateItem",
            "DeleteItem",
            "BatchGetItem",
        ],
    ),
    (
        "sqs",
        [
            "SendMessage",
            "ReceiveMessage",
            "DeleteMessage",
            "GetQueueAttributes",
            "GetQueueUrl",
            "ChangeMessageVisibility",
        ],
    ),
    (
        "logs",
        [
            "CreateLogGroup",
            "CreateLogStream",
            "PutLogEvents",
            "DescribeLogStreams",
            "GetLogEvents",
            "FilterLogEvents",
        ],
    ),
    (
        "kms",
        [
            "Decrypt",
            "Encrypt",
            "GenerateDataKey",
            "DescribeKey",
            "ReEncryptFrom",
            "ReEncryptTo",
        ],
    ),
    (
        "secretsmanager",
        [
            "GetSecretValue",
            "DescribeSecret",
            "ListSecretVersionIds",
            "PutSecretValue",
            "UpdateSecret",
            "TagResource",
        ],
    ),
    (
        "ec2",
        [
            "DescribeInstances",
            "DescribeSubnets",
            "DescribeVpcs",
            "RunInstances",
            "CreateTags",
            "TerminateInstances",
        ],
    ),
    (
        "ssm",
        [
            "GetParameter",
            "GetParameters",
            "GetParametersByPath",
            "PutParameter",
            "DescribeParameters",
            "DeleteParameter",
        ],
    ),
];
const TRUSTED: [&str; 8] = [
    "lambda.amazonaws.com",
    "ec2.amazonaws.com",
    "ecs-tasks.amazonaws.com",
    "states.amazonaws.com",
    "events.amazonaws.com",
    "codebuild.amazonaws.com",
    "glue.amazonaws.com",
    "cloudformation.amazonaws.com",
];
const AWS_MANAGED: [&str; 6] = [
    "service-role/AWSLambdaBasicExecutionRole",
    "AmazonSSMManagedInstanceCore",
    "CloudWatchAgentServerPolicy",
    "AmazonEC2ContainerRegistryReadOnly",
    "AWSXRayDaemonWriteAccess",
    "ReadOnlyAccess",
];

/// What `aws iam get-account-authorization-details` gives of an account with so many roles: about
/// 5 kB a role.
pub fn dump(roles: usize) -> String {
    let policies = roles / 16;
    let mut text = String::from("{\n");
    list(&mut text, "UserDetailList", roles / 20, user);
    text.push_str(",\n");
    list(&mut text, "GroupDetailList", roles / 200, group);
    text.push_str(",\n");
    list(&mut text, "RoleDetailList", roles, |number| {
        role(number, policies)
    });
    text.push_str(",\n");
    list(&mut text, "Policies", policies, policy);
    text.push_str("\n}\n");
    text
}

/// A CloudFormation template of about so many bytes, in YAML.
pub fn template(bytes: usize) -> String {
    let mut text = String::from(
        "AWSTemplateFormatVersion: '2010-09-09'\nParameters:\n  Bucket:\n    Type: String\nResources:\n",
    );
    let mut number = 0;
    while text.len() < bytes {
        let mut dice = Dice::new(number);
        let (service, names) = dice.of(&SERVICES);
        let written = write!(
            text,
            "  Role{number}:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Sub '${{AWS::StackName}}-worker-{number}'
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Principal:
              Service: {trusted}
            Action: sts:AssumeRole
      ManagedPolicyArns:
        - !Sub arn:${{AWS::Partition}}:iam::aws:policy/{managed}
      Policies:
        - PolicyName: own
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - Sid: Objects
                Effect: Allow
                Action:
                  - s3:GetObject
                  - s3:PutObject
                Resource: !Sub 'arn:${{AWS::Partition}}:s3:::${{Bucket}}/team-{number}/*'
              - Effect: Allow
                Action:
                  - {service}:{first}
                  - {service}:{second}
                Resource: !Join ['', ['arn:', !Ref 'AWS::Partition', ':{service}:', !Ref 'AWS::Region', ':*:thing-{number}']]
                Condition:
                  StringEquals:
                    aws:RequestedRegion: !Ref AWS::Region
",
            trusted = dice.of(&TRUSTED),
            managed = dice.of(&AWS_MANAGED),
            first = dice.of(names),
            second = dice.of(names),
        );
        if written.is_err() {
            break;
        }
        number += 1;
    }
    text
}

fn list(text: &mut String, name: &str, count: usize, item: impl Fn(usize) -> Value) {
    let _ = write!(text, "    \"{name}\": [");
    for number in 0..count {
        if number > 0 {
            text.push(',');
        }
        // As the CLI writes it: four spaces a level.
        let mut bytes = Vec::new();
        let indent = serde_json::ser::PrettyFormatter::with_indent(b"    ");
        let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, indent);
        if serde::Serialize::serialize(&item(number), &mut serializer).is_ok() {
            for line in String::from_utf8_lossy(&bytes).lines() {
                text.push_str("\n        ");
                text.push_str(line);
            }
        }
    }
    text.push_str("\n    ]");
}

fn user(number: usize) -> Value {
    let mut dice = Dice::new(number + 1_000_000);
    json!({
        "Path": "/",
        "UserName": format!("user-{number:04}"),
        "UserId": format!("AIDAEXAMPLE{number:010}"),
        "Arn": format!("arn:aws:iam::{ACCOUNT}:user/user-{number:04}"),
        "CreateDate": "2024-03-05T10:11:12+00:00",
        "GroupList": [format!("group-{:02}", number % 50)],
        "UserPolicyList": [inline(&mut dice, number, "user")],
        "AttachedManagedPolicies": [],
        "Tags": []
    })
}

fn group(number: usize) -> Value {
    json!({
        "Path": "/",
        "GroupName": format!("group-{number:02}"),
        "GroupId": format!("AGPAEXAMPLE{number:010}"),
        "Arn": format!("arn:aws:iam::{ACCOUNT}:group/group-{number:02}"),
        "CreateDate": "2024-03-05T10:11:12+00:00",
        "GroupPolicyList": [],
        "AttachedManagedPolicies": [attached("arn:aws:iam::aws:policy/ReadOnlyAccess")]
    })
}

fn role(number: usize, policies: usize) -> Value {
    let mut dice = Dice::new(number);
    let mut attachments = vec![attached(&format!(
        "arn:aws:iam::aws:policy/{}",
        dice.of(&AWS_MANAGED)
    ))];
    if policies > 0 {
        let own = dice.below(policies);
        attachments.push(attached(&format!(
            "arn:aws:iam::{ACCOUNT}:policy/policy-{own:04}"
        )));
    }
    json!({
        "Path": "/service/",
        "RoleName": format!("role-{number:05}"),
        "RoleId": format!("AROAEXAMPLE{number:010}"),
        "Arn": format!("arn:aws:iam::{ACCOUNT}:role/service/role-{number:05}"),
        "CreateDate": "2024-03-05T10:11:12+00:00",
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": {"Service": dice.of(&TRUSTED)},
                "Action": "sts:AssumeRole"
            }]
        },
        "InstanceProfileList": [],
        "RolePolicyList": (0..1 + dice.below(2)).map(|at| inline(&mut dice, number, ["own", "more"][at % 2])).collect::<Vec<_>>(),
        "AttachedManagedPolicies": attachments,
        "Tags": [
            {"Key": "team", "Value": format!("team-{}", dice.below(40))},
            {"Key": "environment", "Value": dice.of(&["dev", "test", "prod"])}
        ],
        "RoleLastUsed": {"LastUsedDate": "2025-10-01T08:00:00+00:00", "Region": "eu-central-1"}
    })
}

fn policy(number: usize) -> Value {
    let mut dice = Dice::new(number + 2_000_000);
    let versions = 1 + dice.below(3);
    let versions: Vec<Value> = (0..versions)
        .map(|version| {
            json!({
                "Document": document(&mut dice, number),
                "VersionId": format!("v{}", versions - version),
                "IsDefaultVersion": version == 0,
                "CreateDate": "2024-03-05T10:11:12+00:00"
            })
        })
        .collect();
    json!({
        "PolicyName": format!("policy-{number:04}"),
        "PolicyId": format!("ANPAEXAMPLE{number:010}"),
        "Arn": format!("arn:aws:iam::{ACCOUNT}:policy/policy-{number:04}"),
        "Path": "/",
        "DefaultVersionId": format!("v{}", versions.len()),
        "AttachmentCount": 10,
        "IsAttachable": true,
        "CreateDate": "2024-03-05T10:11:12+00:00",
        "UpdateDate": "2024-03-05T10:11:12+00:00",
        "PolicyVersionList": versions
    })
}

fn attached(arn: &str) -> Value {
    json!({"PolicyName": arn.rsplit('/').next(), "PolicyArn": arn})
}

fn inline(dice: &mut Dice, number: usize, name: &str) -> Value {
    json!({"PolicyName": name, "PolicyDocument": document(dice, number)})
}

fn document(dice: &mut Dice, number: usize) -> Value {
    let statements: Vec<Value> = (0..1 + dice.below(3))
        .map(|at| {
            let (service, names) = dice.of(&SERVICES);
            let count = 1 + dice.below(5);
            let actions: Vec<String> = names.iter().take(count).map(|name| format!("{service}:{name}")).collect();
            let mut statement = json!({
                "Sid": format!("Statement{at}"),
                "Effect": if dice.below(12) == 0 { "Deny" } else { "Allow" },
                "Action": actions,
                "Resource": [
                    format!("arn:aws:{service}:eu-central-1:{ACCOUNT}:thing/app-{number}"),
                    format!("arn:aws:{service}:eu-central-1:{ACCOUNT}:thing/app-{number}/*")
                ]
            });
            if dice.below(4) == 0 {
                statement["Condition"] = json!({"StringEquals": {"aws:ResourceTag/team": format!("team-{}", dice.below(40))}});
            }
            statement
        })
        .collect();
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// Numbers that look random and are not (splitmix64).
struct Dice(u64);

impl Dice {
    fn new(seed: usize) -> Self {
        Dice(seed as u64)
    }

    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ mixed >> 31) as usize % end
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        let at = self.below(all.len());
        &all[at]
    }
}
