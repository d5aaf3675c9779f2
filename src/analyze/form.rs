//! Whether a resource pattern can match any ARN of a resource type.
//!
//! Both are languages: `arn:aws:s3:::logs/*` and `arn:${Partition}:s3:::${BucketName}`. The
//! question is whether they have a text in common. Where AWS does not say which characters a
//! placeholder takes, it takes all, so that "cannot" is certain and "can" is not.

use crate::catalog::Service;
use crate::iam::Text;

/// One step of a language: one character of a kind, or any number of them.
#[derive(Clone, Copy, Debug)]
struct Step {
    kind: Kind,
    many: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Exactly(char),
    /// Any character but these two (the same twice, or `\0`, where fewer are left out).
    Except(char, char),
}

const ANY: Kind = Kind::Except('\0', '\0');

impl Kind {
    fn meets(self, other: Kind) -> bool {
        match (self, other) {
            (Kind::Exactly(one), Kind::Exactly(two)) => one == two,
            (Kind::Exactly(one), Kind::Except(a, b)) | (Kind::Except(a, b), Kind::Exactly(one)) => {
                one != a && one != b
            }
            (Kind::Except(..), Kind::Except(..)) => true,
        }
    }
}

fn one(kind: Kind) -> Step {
    Step { kind, many: false }
}

fn many(kind: Kind) -> Step {
    Step { kind, many: true }
}

/// Longer patterns are not examined: no ARN is as long (S3 keys have 1,024 characters).
const LONGEST: usize = 2_048;

/// A resource pattern of a statement.
#[derive(Clone, Debug)]
pub struct ResourcePattern {
    steps: Vec<Step>,
    /// The service field, where it is known.
    service: Option<String>,
    /// Whether it may match anything, or is no ARN of six fields and not examined.
    open: bool,
    /// Whether it is the lone `*`.
    everything: bool,
    /// Whether its sixth field is the lone `*`.
    every_name: bool,
}

impl ResourcePattern {
    /// Reads a pattern. Unresolved parts and policy variables may be any text.
    pub fn new(text: &Text) -> Self {
        let tokens = tokens(text);
        let known: String = tokens.iter().map(|token| token.shown()).collect();
        let fields: Vec<&str> = known.splitn(6, ':').collect();
        let service = fields.get(2).filter(|name| !name.contains(['*', '?']));
        ResourcePattern {
            open: fields.len() < 6 || !known.starts_with("arn:") || tokens.len() > LONGEST,
            service: service.map(|name| (*name).to_owned()),
            every_name: fields.get(5) == Some(&"*"),
            everything: !known.is_empty() && known.chars().all(|character| character == '*'),
            steps: steps(&tokens, is_aligned(&fields)),
        }
    }

    /// Whether it is the lone `*`, which alone matches actions without resource types.
    pub fn is_everything(&self) -> bool {
        self.everything
    }

    /// Whether its service is known, and the pattern is a whole ARN.
    pub fn service(&self) -> Option<&str> {
        if self.open {
            return None;
        }
        self.service.as_deref()
    }

    /// Whether it is every name of a service without region and account: `arn:aws:s3:::*`.
    pub fn is_every_name(&self, service: &str) -> bool {
        self.every_name && self.service() == Some(service)
    }

    /// Whether it can match an ARN of the form.
    pub fn can_match(&self, form: &Form) -> bool {
        if self.open {
            return true;
        }
        form.alternatives.iter().any(|alternative| {
            let other_service = self
                .service
                .as_ref()
                .is_some_and(|service| *service != alternative.service);
            !other_service && intersect(&self.steps, &alternative.steps)
        })
    }
}

/// A piece of a pattern.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Token {
    Character(char),
    Run,
    Single,
}

impl Token {
    fn shown(self) -> char {
        match self {
            Token::Character(character) => character,
            Token::Run => '*',
            Token::Single => '?',
        }
    }
}

fn tokens(text: &Text) -> Vec<Token> {
    let mut tokens = Vec::new();
    for piece in text.pieces() {
        let Ok(mut rest) = piece else {
            tokens.push(Token::Run);
            continue;
        };
        while let Some(next) = rest.chars().next() {
            if let Some(end) = rest.starts_with("${").then(|| rest.find('}')).flatten() {
                tokens.push(Token::Run);
                rest = &rest[end + 1..];
                continue;
            }
            tokens.push(match next {
                '*' => Token::Run,
                '?' => Token::Single,
                other => Token::Character(other),
            });
            rest = &rest[next.len_utf8()..];
        }
    }
    tokens
}

/// Whether the fields of a pattern are those of the ARNs it matches: the fifth looks like an account.
/// In `arn:aws:lambda:*:function:x` they are not, since the `*` runs over region and account.
fn is_aligned(fields: &[&str]) -> bool {
    let account = |field: &&str| {
        field
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '*' | '?'))
    };
    fields.len() == 6 && fields.get(4).is_some_and(account)
}

fn steps(tokens: &[Token], aligned: bool) -> Vec<Step> {
    let mut colons = 0;
    let mut steps = Vec::with_capacity(tokens.len());
    for token in tokens {
        let any = if aligned && colons < 5 {
            Kind::Except(':', ':')
        } else {
            ANY
        };
        steps.push(match token {
            Token::Run => many(any),
            Token::Single => one(any),
            Token::Character(character) => {
                colons += usize::from(*character == ':');
                one(Kind::Exactly(*character))
            }
        });
    }
    steps
}

/// The ARN form of a resource type.
#[derive(Clone, Debug)]
pub struct Form {
    alternatives: Vec<Alternative>,
}

#[derive(Clone, Debug)]
struct Alternative {
    service: String,
    steps: Vec<Step>,
}

/// Forms that AWS still accepts and its reference no longer lists: ARNs of ECS without the cluster
/// (ECS: ecs-account-settings).
const OLDER_FORMS: [(&str, &str); 3] = [
    (
        "arn:${Partition}:ecs:${Region}:${Account}:service/${ClusterName}/${ServiceName}",
        "arn:${Partition}:ecs:${Region}:${Account}:service/${ServiceName}",
    ),
    (
        "arn:${Partition}:ecs:${Region}:${Account}:task/${ClusterName}/${TaskId}",
        "arn:${Partition}:ecs:${Region}:${Account}:task/${TaskId}",
    ),
    (
        "arn:${Partition}:ecs:${Region}:${Account}:container-instance/${ClusterName}/${ContainerInstanceId}",
        "arn:${Partition}:ecs:${Region}:${Account}:container-instance/${ContainerInstanceId}",
    ),
];

impl Form {
    /// Reads the ARN form of a type of a service, such as `arn:${Partition}:s3:::${BucketName}`.
    pub fn new(arn: &str, service: &'static Service) -> Self {
        let mut alternatives: Vec<Alternative> = arn
            .split(", ")
            .map(|form| alternative(form, service))
            .collect();
        if let Some((_, older)) = OLDER_FORMS.iter().find(|(newer, _)| *newer == arn) {
            alternatives.push(alternative(older, service));
        }
        Form { alternatives }
    }
}

fn alternative(form: &str, service: &'static Service) -> Alternative {
    let mut steps = Vec::new();
    let mut rest = form;
    while let Some(next) = rest.chars().next() {
        if let Some(end) = rest.starts_with("${").then(|| rest.find('}')).flatten() {
            rest = &rest[end + 1..];
            let kind = match rest.chars().next() {
                Some(behind @ ('/' | ':')) => Kind::Except(behind, ':'),
                Some(_) => ANY,
                None => last_kind(form, service),
            };
            // A field is not empty; what stands last may be (the root path of an API).
            if !rest.is_empty() {
                steps.push(one(kind));
            }
            steps.push(many(kind));
            continue;
        }
        steps.push(match next {
            '*' => many(ANY),
            other => one(Kind::Exactly(other)),
        });
        rest = &rest[next.len_utf8()..];
    }
    Alternative {
        service: form.split(':').nth(2).unwrap_or_default().to_owned(),
        steps,
    }
}

/// The characters of a last placeholder: where another type of the service has the same form with
/// more behind a separator, this one does not hold that separator (a bucket's name has no `/`).
fn last_kind(form: &str, service: &'static Service) -> Kind {
    // The ARN of a log group is also written with a trailing `:*`.
    if form.contains(":log-group:") {
        return ANY;
    }
    let longer = |separator: char| {
        service.resource_types().any(|(_, other)| {
            other
                .split(", ")
                .filter_map(|other| other.strip_prefix(form))
                .any(|behind| behind.starts_with(separator))
        })
    };
    match (longer('/'), longer(':')) {
        (true, true) => Kind::Except('/', ':'),
        (true, false) => Kind::Except('/', '/'),
        (false, true) => Kind::Except(':', ':'),
        (false, false) => ANY,
    }
}

/// Whether two languages have a text in common, by stepping through both at once.
fn intersect(one: &[Step], two: &[Step]) -> bool {
    // row[j]: the first `i` steps of one and the first `j` of two can be through.
    let mut row = vec![false; two.len() + 1];
    row[0] = true;
    for i in 0..=one.len() {
        let mut next = vec![false; two.len() + 1];
        for j in 0..=two.len() {
            if !row[j] {
                continue;
            }
            let (a, b) = (one.get(i), two.get(j));
            if b.is_some_and(|b| b.many) {
                row[j + 1] = true;
            }
            if a.is_some_and(|a| a.many) {
                next[j] = true;
            }
            let (Some(a), Some(b)) = (a, b) else { continue };
            if !a.kind.meets(b.kind) {
                continue;
            }
            match (a.many, b.many) {
                (false, false) => next[j + 1] = true,
                (false, true) => next[j] = true,
                (true, false) => row[j + 1] = true,
                (true, true) => {}
            }
        }
        if i == one.len() {
            return row[two.len()];
        }
        row = next;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::index;

    fn can(pattern: &str, service: &str, kind: &str) -> bool {
        let service = index().service(service).unwrap();
        let (_, arn) = service
            .resource_types()
            .find(|(name, _)| *name == kind)
            .unwrap();
        ResourcePattern::new(&Text::plain(pattern)).can_match(&Form::new(arn, service))
    }

    #[test]
    fn buckets_are_not_objects() {
        assert!(can("arn:aws:s3:::foobar", "s3", "bucket"));
        assert!(!can("arn:aws:s3:::foobar/*", "s3", "bucket"));
        assert!(can("arn:aws:s3:::foobar/*", "s3", "object"));
        assert!(!can("arn:aws:s3:::foobar", "s3", "object"));
        assert!(can("arn:aws:s3:::foobar*", "s3", "bucket"));
        assert!(can("arn:aws:s3:::foobar*", "s3", "object"));
        assert!(can("*", "s3", "object"));
        assert!(can("arn:aws:s3:::*", "s3", "bucket"));
        assert!(can("arn:aws:s3:::${aws:username}/x", "s3", "object"));
        assert!(!can(
            "arn:aws:s3:us-east-1:123456789012:foobar",
            "s3",
            "bucket"
        ));
        assert!(can("arn:aws:s3:*:*:foobar", "s3", "bucket"));
        assert!(!can("arn:aws:sqs:::foobar", "s3", "bucket"));
    }

    #[test]
    fn types_of_other_services() {
        let table = "arn:aws:dynamodb:us-east-1:123456789012:table/t";
        assert!(can(table, "dynamodb", "table"));
        assert!(!can(&format!("{table}/index/*"), "dynamodb", "table"));
        assert!(can(&format!("{table}/index/*"), "dynamodb", "index"));
        assert!(can(&format!("{table}*"), "dynamodb", "index"));
        assert!(!can(table, "dynamodb", "index"));
        let key = "arn:aws:kms:eu-west-1:123456789012:alias/x";
        assert!(!can(key, "kms", "key"));
        assert!(can(key, "kms", "alias"));
        let group = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/x:*";
        assert!(can(group, "logs", "log-group"));
        assert!(can(group, "logs", "log-stream"));
        let service = "arn:aws:ecs:eu-west-1:123456789012:service/web";
        assert!(can(service, "ecs", "service"));
        assert!(!can(
            "arn:aws:ecs:eu-west-1:123456789012:cluster/web",
            "ecs",
            "service"
        ));
        assert!(can("arn:aws:ec2:*:*:instance/*", "ec2", "instance"));
        assert!(!can("arn:aws:ec2:*:*:instance/*", "ec2", "volume"));
        assert!(can("arn:aws:lambda:*:function:x", "lambda", "function"));
        assert!(can("arn:aws:iam::123456789012:role/a/b/c", "iam", "role"));
        assert!(!can(
            "arn:aws:iam:us-east-1:123456789012:role/a",
            "iam",
            "role"
        ));
        let stage = "arn:aws:apigateway:eu-west-1::/restapis/abc/authorizers";
        assert!(can(stage, "apigateway", "Authorizers"));
    }

    #[test]
    fn what_is_no_whole_arn_is_left_alone() {
        for pattern in ["arn:aws:s3", "execute-api:/prod/*", "", "arn:aws:s3*"] {
            assert!(can(pattern, "kms", "key"), "{pattern}");
        }
        let hostile = "*a".repeat(1_500);
        assert!(can(&format!("arn:aws:kms:::{hostile}"), "kms", "key"));
    }

    #[test]
    fn every_form_matches_itself() {
        for service in index().services() {
            for (name, arn) in service.resource_types() {
                let form = Form::new(arn, service);
                let first = arn.split(", ").next().unwrap();
                let pattern = ResourcePattern::new(&Text::plain(first));
                assert!(pattern.can_match(&form), "{name} {arn}");
            }
        }
    }
}
