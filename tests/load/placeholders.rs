//! What authors leave to be filled in in the text of policies.

use iamscope::iam::Inventory;

use crate::{parameters, problems, read, read_with};

fn found(inventory: &Inventory) -> Vec<String> {
    let account = &inventory.accounts[0];
    let shown = account.placeholders.iter().map(|placeholder| {
        let value = placeholder.value.as_deref().unwrap_or("?");
        let place = inventory.describe(placeholder.place);
        format!(
            "{} = {value} at {place} in {}",
            placeholder.text,
            placeholder.used_by.join(" ")
        )
    });
    shown.collect()
}

#[test]
fn in_a_bare_policy_references_are_placeholders_too() {
    let text = r#"{
  "Version": "2012-10-17",
  "Statement": [{
    "Sid": "<not-this>", "Effect": "Allow", "Action": "s3:${Verb}Object",
    "Resource": ["arn:aws:s3:::${Bucket}/${aws:username}/*", "arn:aws:s3:::${Bucket}"],
    "Condition": {"StringEquals": {"<ISSUER>:sub": "system:<NAMESPACE>"}}
  }]
}"#;
    let inventory = read(text);
    assert_eq!(
        found(&inventory),
        [
            "${Bucket} = ? at input:5:18 in input",
            "<ISSUER> = ? at input:6:36 in input",
            "<NAMESPACE> = ? at input:6:52 in input",
        ]
    );
    let left = problems(&inventory).into_iter();
    let left = left.filter(|problem| problem.contains("left to be filled in"));
    assert_eq!(left.count(), 3);

    let settings = parameters(&[("${Bucket}", "acme"), ("<ISSUER>", "oidc.example.com")]);
    let inventory = read_with(text, &settings).unwrap();
    let document = inventory.accounts[0].policies[0].document.clone().unwrap();
    let json = document.json();
    assert_eq!(
        json["Statement"][0]["Resource"][0],
        "arn:aws:s3:::acme/${aws:username}/*"
    );
    assert_eq!(json["Statement"][0]["Resource"][1], "arn:aws:s3:::acme");
    let tests = &json["Statement"][0]["Condition"]["StringEquals"];
    assert_eq!(tests["oidc.example.com:sub"], "system:<NAMESPACE>");
    assert_eq!(
        found(&inventory)[0],
        "${Bucket} = acme at input:5:18 in input"
    );
    let left = problems(&inventory).into_iter();
    let left = left.filter(|problem| problem.contains("left to be filled in"));
    assert_eq!(left.count(), 1, "what is filled is not told again");
    assert!(
        !problems(&inventory)
            .iter()
            .any(|problem| problem.contains("no source has"))
    );
}

#[test]
fn in_a_template_they_stand_beside_its_parameters() {
    let text = r#"
Parameters:
  Bucket: {Type: String, Default: bucket-name}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Action: sts:AssumeRole, Principal: {AWS: "arn:aws:iam::<VENDOR_ACCOUNT>:root"}}]}
      Policies:
        - PolicyName: p
          PolicyDocument:
            Statement:
              - Effect: Allow
                Action: s3:GetObject
                Resource: [!Sub "arn:aws:s3:::${Bucket}/*", !Sub "arn:aws:s3:${AWS::Region}:REPLACE_ME:accesspoint/x"]
"#;
    assert_eq!(
        found(&read(text)),
        [
            "<VENDOR_ACCOUNT> = ? at input:8:103 in Role",
            "REPLACE_ME = ? at input:15:61 in Role",
        ],
        "the default of a parameter is filled by the parameter"
    );
    let settings = parameters(&[
        ("<VENDOR_ACCOUNT>", "210987654321"),
        ("REPLACE_ME", "123456789012"),
    ]);
    let inventory = read_with(text, &settings).unwrap();
    let role = &inventory.accounts[0].roles[0];
    let trust = role.trust.as_ref().unwrap().json_text().to_owned();
    assert!(trust.contains("arn:aws:iam::210987654321:root"), "{trust}");
    let policy = role.inline[0].document.json_text();
    assert!(
        policy.contains("us-east-1:123456789012:accesspoint"),
        "{policy}"
    );
}

#[test]
fn in_the_policies_of_terraform() {
    let text = r#"
variable "name" { default = "your-bucket" }
resource "aws_iam_role" "r" { name = "r" }
resource "aws_iam_role_policy" "p" {
  role = aws_iam_role.r.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow", Action = "s3:GetObject"
      Resource = ["arn:aws:s3:::<BUCKET>/*", "arn:aws:s3:::${var.name}/*", "arn:aws:s3:::mine/&{aws:username}"]
    }]
  })
}
"#;
    let inventory = read(text);
    assert_eq!(
        found(&inventory),
        ["<BUCKET> = ? at input:10:19 in aws_iam_role_policy.p"]
    );
    let settings = parameters(&[("<BUCKET>", "acme")]);
    let inventory = read_with(text, &settings).unwrap();
    assert_eq!(inventory.problems, []);
    let role = &inventory.accounts[0].roles[0];
    let json = role.inline[0].document.json();
    assert_eq!(json["Statement"][0]["Resource"][0], "arn:aws:s3:::acme/*");
    assert_eq!(found(&inventory).len(), 1);
}
