//! Random batch cases from small alphabets, so that their parts meet often. Seeded: a failing seed is
//! the whole report.

use serde_json::{Map, Value, json};

/// SplitMix64.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }

    /// One value, or a list of a few.
    fn some(&mut self, from: &[&str]) -> Value {
        if self.chance(50) {
            return json!(self.pick(from));
        }
        let count = 1 + self.below(3);
        (0..count).map(|_| json!(self.pick(from))).collect()
    }
}

const HERE: &str = "111122223333";
const THERE: &str = "444455556666";

const ACTIONS: [(&str, &str); 9] = [
    ("s3:GetObject", "arn:aws:s3:::bucket/alice/x"),
    ("s3:PutObject", "arn:aws:s3:::bucket/bob/y"),
    ("S3:listbucket", "arn:aws:s3:::bucket"),
    ("s3:ListAllMyBuckets", "*"),
    (
        "sqs:SendMessage",
        "arn:aws:sqs:us-east-1:111122223333:queue",
    ),
    ("kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:key/k1"),
    (
        "sts:AssumeRole",
        "arn:aws:iam::111122223333:role/path/target",
    ),
    (
        "ec2:StartInstances",
        "arn:aws:ec2:us-east-1:111122223333:instance/i-1",
    ),
    ("iam:ListRoles", "arn:aws:iam::111122223333:role/*"),
];

const ACTION_PATTERNS: [&str; 21] = [
    "*",
    "*",
    "*",
    "*",
    "*",
    "*",
    "s3:*",
    "s3:Get*",
    "s3:GetObject",
    "s3:?etObject",
    "S3:PUT*",
    "s3:List*",
    "sqs:*",
    "sqs:SendMessage",
    "kms:Decrypt",
    "kms:*",
    "sts:AssumeRole",
    "sts:*",
    "ec2:*",
    "iam:List*",
    "s3:*Object",
];

const RESOURCE_PATTERNS: [&str; 26] = [
    "*",
    "*",
    "*",
    "*",
    "*",
    "*",
    "*",
    "*",
    "*",
    "*",
    "arn:aws:s3:::bucket/*",
    "arn:aws:s3:::bucket",
    "arn:aws:s3:::b?cket/alice/*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::bucket/${aws:username}/*",
    "arn:aws:s3:::bucket/${aws:PrincipalTag/team, 'alice'}/*",
    "arn:aws:sqs:*:111122223333:queue",
    "arn:aws:sqs",
    "arn:*:sqs:us-east-1:*:q*",
    "arn:aws:kms:us-east-1:111122223333:key/*",
    "arn:aws:kms:*",
    "arn:aws:iam::111122223333:role/*",
    "arn:aws:iam::*:role/path/target",
    "arn:aws:iam::111122223333:role/target",
    "arn:aws:ec2:us-*:111122223333:instance/*",
    "arn:aws:s3:::${aws:PrincipalTag/none}",
];

const PRINCIPALS: [&str; 12] = [
    "*",
    HERE,
    THERE,
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::444455556666:root",
    "arn:aws:iam::111122223333:user/alice",
    "arn:aws:iam::111122223333:role/app/worker",
    "arn:aws:iam::111122223333:role/worker",
    "arn:aws:sts::111122223333:assumed-role/worker/one",
    "arn:aws:sts::111122223333:federated-user/fred",
    "AIDAALICEEXAMPLE00001",
    "arn:aws:iam::444455556666:user/eve",
];

fn principal(random: &mut Random) -> Value {
    let user = |account: &str, name: &str, id: &str| json!({"type": "user", "arn": format!("arn:aws:iam::{account}:user/{name}"), "account": account, "user_id": id, "tags": {"team": "alice"}});
    match random.below(10) {
        0..=2 => user(HERE, "alice", "AIDAALICEEXAMPLE00001"),
        3 => user(THERE, "eve", "AIDAEVEEXAMPLE0000003"),
        4..=6 => {
            json!({"type": "assumed-role", "arn": "arn:aws:sts::111122223333:assumed-role/worker/one", "role_arn": "arn:aws:iam::111122223333:role/app/worker", "account": HERE, "role_id": "AROAWORKEREXAMPLE0001"})
        }
        7 => json!({"type": "root", "arn": "arn:aws:iam::111122223333:root", "account": HERE}),
        8 => {
            json!({"type": "federated-user", "arn": "arn:aws:sts::111122223333:federated-user/fred", "issuer_arn": "arn:aws:iam::111122223333:user/alice", "account": HERE})
        }
        _ => match random.below(2) {
            0 => json!({"type": "service", "service": "config.amazonaws.com"}),
            _ => json!({"type": "anonymous"}),
        },
    }
}

const STRING_KEYS: [&str; 6] = [
    "aws:username",
    "aws:SourceVpce",
    "s3:prefix",
    "aws:PrincipalTag/team",
    "aws:PrincipalAccount",
    "AWS:requestedregion",
];
const STRINGS: [&str; 8] = [
    "alice",
    "bob",
    "al*",
    "vpce-1",
    "us-east-1",
    "${aws:username}",
    HERE,
    "",
];

fn condition(random: &mut Random) -> (String, Value) {
    let if_exists = if random.chance(25) { "IfExists" } else { "" };
    let set = match random.below(8) {
        0 => "ForAllValues:",
        1 => "ForAnyValue:",
        _ => "",
    };
    let (operator, key, values): (&str, &str, Value) = match random.below(8) {
        0..=2 => {
            let operator = random.pick(&[
                "StringEquals",
                "StringNotEquals",
                "StringLike",
                "StringNotLike",
                "StringEqualsIgnoreCase",
                "StringNotEqualsIgnoreCase",
            ]);
            (operator, random.pick(&STRING_KEYS), random.some(&STRINGS))
        }
        3 => {
            let operator = random.pick(&[
                "NumericLessThan",
                "NumericEquals",
                "NumericGreaterThanEquals",
                "NumericNotEquals",
            ]);
            (
                operator,
                "s3:max-keys",
                random.some(&["1", "10", "10.0", "100", "many"]),
            )
        }
        4 => (
            random.pick(&["Bool"]),
            random.pick(&["aws:SecureTransport", "aws:MultiFactorAuthPresent"]),
            random.some(&["true", "false", "TRUE"]),
        ),
        5 => {
            let operator = random.pick(&["IpAddress", "NotIpAddress"]);
            (
                operator,
                "aws:SourceIp",
                random.some(&[
                    "203.0.113.0/24",
                    "203.0.113.7",
                    "2001:db8::/32",
                    "0.0.0.0/0",
                    "nowhere",
                ]),
            )
        }
        6 => {
            let operator = random.pick(&["ArnLike", "ArnNotEquals", "ArnEquals"]);
            let arns = [
                "arn:aws:iam::111122223333:role/*",
                "arn:aws:iam::*:user/alice",
                "arn:aws:iam::111122223333:role/app/worker",
                "x",
            ];
            (operator, "aws:PrincipalArn", random.some(&arns))
        }
        _ => {
            let list = random.pick(&[
                "ForAllValues:StringEquals",
                "ForAnyValue:StringLike",
                "ForAllValues:StringNotEquals",
                "ForAnyValue:StringNotLike",
                "StringEquals",
                "Null",
            ]);
            if list == "Null" {
                return (
                    "Null".to_owned(),
                    json!({(random.pick(&["aws:TagKeys", "aws:SourceVpce", "s3:prefix"])): random.some(&["true", "false"])}),
                );
            }
            let suffix = if list == "StringEquals" {
                ""
            } else {
                if_exists
            };
            return (
                format!("{list}{suffix}"),
                json!({"aws:TagKeys": random.some(&["team", "cost", "t*"])}),
            );
        }
    };
    (
        format!("{set}{operator}{if_exists}"),
        json!({ key: values }),
    )
}

fn statement(random: &mut Random, with_principal: bool) -> Value {
    let mut statement = Map::new();
    let effect = if random.chance(82) { "Allow" } else { "Deny" };
    statement.insert("Effect".to_owned(), json!(effect));
    if with_principal {
        let not = effect == "Deny" && random.chance(30);
        // `NotPrincipal` of everyone is nobody's: nothing says what AWS makes of it.
        let named = if not {
            &PRINCIPALS[1..]
        } else {
            &PRINCIPALS[..]
        };
        let value = match random.below(6) {
            0 if !not => json!("*"),
            1 => json!({"Service": "config.amazonaws.com", "AWS": random.some(named)}),
            _ => json!({"AWS": random.some(named)}),
        };
        let element = if not { "NotPrincipal" } else { "Principal" };
        statement.insert(element.to_owned(), value);
    }
    let element = if random.chance(12) {
        "NotAction"
    } else {
        "Action"
    };
    statement.insert(element.to_owned(), random.some(&ACTION_PATTERNS));
    let element = if random.chance(12) {
        "NotResource"
    } else {
        "Resource"
    };
    statement.insert(element.to_owned(), random.some(&RESOURCE_PATTERNS));
    if random.chance(45) {
        let mut conditions = Map::new();
        for _ in 0..1 + random.below(2) {
            let (operator, tests) = condition(random);
            conditions.insert(operator, tests);
        }
        statement.insert("Condition".to_owned(), Value::Object(conditions));
    }
    Value::Object(statement)
}

fn policy(random: &mut Random, with_principal: bool) -> Value {
    let statements: Vec<Value> = (0..1 + random.below(3))
        .map(|_| statement(random, with_principal))
        .collect();
    let version = if random.chance(85) {
        "2012-10-17"
    } else {
        "2008-10-17"
    };
    json!({"Version": version, "Statement": statements})
}

fn named(random: &mut Random, with_principal: bool) -> Value {
    (0..1 + random.below(2))
        .map(|i| json!({"name": format!("p{i}"), "policy": policy(random, with_principal)}))
        .collect()
}

fn maybe(random: &mut Random, percent: usize, make: impl FnOnce(&mut Random) -> Value) -> Value {
    if random.chance(percent) {
        make(random)
    } else {
        Value::Null
    }
}

/// A session policy that STS would accept: no ARN is incomplete.
fn session(random: &mut Random) -> Value {
    let text = policy(random, false).to_string();
    let whole = text
        .replace("\"arn:aws:sqs\"", "\"*\"")
        .replace("\"arn:aws:kms:*\"", "\"*\"");
    json!([serde_json::from_str::<Value>(&whole).unwrap()])
}

/// A trust policy that IAM would accept.
fn trust(random: &mut Random) -> Value {
    let mut policy = policy(random, true);
    for statement in policy["Statement"].as_array_mut().unwrap() {
        let members = statement.as_object_mut().unwrap();
        for element in ["Resource", "NotResource", "NotAction"] {
            members.remove(element);
        }
        if let Some(named) = members.remove("NotPrincipal") {
            members.insert("Principal".to_owned(), named);
        }
        let action = random.pick(&["sts:AssumeRole", "sts:*", "sts:TagSession"]);
        members.insert("Action".to_owned(), json!(action));
    }
    policy
}

/// A whole case, everything known.
pub fn case(random: &mut Random) -> Value {
    let (action, resource) = random.pick(&ACTIONS);
    let mut context = Map::new();
    let possible = [
        ("aws:SourceVpce", json!("vpce-1")),
        (
            "aws:SourceIp",
            json!(random.pick(&["203.0.113.7", "198.51.100.1", "2001:db8::1", "junk"])),
        ),
        ("s3:prefix", json!(random.pick(&["alice", "bob", ""]))),
        ("s3:max-keys", json!(random.pick(&["1", "10", "50.5", "x"]))),
        (
            "aws:MultiFactorAuthPresent",
            json!(random.pick(&["true", "false"])),
        ),
        ("aws:RequestedRegion", json!("us-east-1")),
        (
            "aws:TagKeys",
            random.pick(&[
                json!(["team"]),
                json!(["team", "cost"]),
                json!([]),
                json!([""]),
            ]),
        ),
        ("aws:SecureTransport", json!("false")),
    ];
    for (key, value) in possible {
        if random.chance(40) {
            context.insert(key.to_owned(), value);
        }
    }
    let scps = maybe(random, 25, |random| {
        (0..1 + random.below(3))
            .map(|_| named(random, false))
            .collect()
    });
    let rcps = maybe(random, 20, |random| {
        let mut deny = policy(random, false);
        deny["Version"] = json!("2012-10-17");
        for statement in deny["Statement"].as_array_mut().unwrap() {
            // What AWS would not accept is unknown, and no case for two values.
            let prefixed = random.some(&ACTION_PATTERNS[6..]);
            let members = statement.as_object_mut().unwrap();
            members.remove("NotAction");
            members.insert("Action".to_owned(), prefixed);
            members.insert("Effect".to_owned(), json!("Deny"));
            members.insert("Principal".to_owned(), json!("*"));
        }
        json!([[{"name": "p0", "policy": deny}]])
    });
    // IAM's own resources have no policy that their actions consult.
    let resource_policy = match action.split(':').next() {
        Some("iam") => Value::Null,
        Some("sts") => maybe(random, 75, trust),
        _ => maybe(random, 55, |random| policy(random, true)),
    };
    let mut caller = principal(random);
    while caller["type"] == "anonymous" && action.starts_with("sts:") {
        caller = principal(random);
    }
    json!({
        "name": "random",
        "principal": caller,
        "action": action,
        "resource": resource,
        "resource_account": random.pick(&[HERE, HERE, HERE, THERE]),
        "context": context,
        "identity_policies": named(random, false),
        "resource_policy": resource_policy,
        "boundary": maybe(random, 25, |random| policy(random, false)),
        "session_policies": maybe(random, 20, session),
        "scps": scps,
        "rcps": rcps,
        "vpce_policy": maybe(random, 15, |random| policy(random, true)),
        "org": {},
    })
}
