//! What an author left to be filled in: `<YOUR-BUCKET>`, `REPLACE_ME`, an account of zeros. A parameter's
//! default is looked at as a whole; in the text of a policy the parts are found.

use std::ops::Range;

/// Whether a value looks like one.
pub(super) fn is_placeholder(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    is_bracketed(value)
        || MARKERS.iter().any(|marker| lower.contains(marker))
        || lower.split([':', '/']).any(is_invented)
}

/// Words that nobody leaves in a value that is meant.
const MARKERS: [&str; 14] = [
    "replace_me",
    "replace-me",
    "replaceme",
    "change_me",
    "change-me",
    "changeme",
    "your-",
    "your_",
    "placeholder",
    "todo",
    "fixme",
    "insert-",
    "xxxx",
    "example-bucket",
];

/// Kinds of things, whose names nobody leaves at that.
const KINDS: [&str; 17] = [
    "bucket",
    "queue",
    "topic",
    "table",
    "secret",
    "key",
    "role",
    "user",
    "cluster",
    "account",
    "function",
    "stack",
    "repository",
    "repo",
    "database",
    "domain",
    "vpc",
];

/// `<...>` or `{{...}}` around words.
fn is_bracketed(value: &str) -> bool {
    [("<", ">"), ("{{", "}}"), ("[[", "]]")]
        .iter()
        .any(|(open, close)| {
            value.split_once(open).is_some_and(|(_, rest)| {
                rest.split_once(close)
                    .is_some_and(|(inside, _)| inside.chars().any(char::is_alphabetic))
            })
        })
}

/// One field of an ARN, or a whole value, that names a kind of thing instead of a thing.
fn is_invented(field: &str) -> bool {
    let is_account = field.len() >= 10
        && field.bytes().all(|byte| byte.is_ascii_digit())
        && field
            .bytes()
            .all(|byte| field.as_bytes().first() == Some(&byte));
    let Some((kind, end)) = field.rsplit_once(['-', '_']) else {
        return is_account;
    };
    let words = kind.split(['-', '_']).count();
    let last = kind.rsplit(['-', '_']).next().unwrap_or(kind);
    // Longer names are somebody's own: `config_org_delivery_key_arn`.
    is_account || (words < 3 && matches!(end, "name" | "id" | "arn") && KINDS.contains(&last))
}

/// What opens and closes a name to be filled in.
const BRACKETS: [(&str, &str); 6] = [
    ("{{", "}}"),
    ("[[", "]]"),
    ("<", ">"),
    ("[", "]"),
    ("%", "%"),
    ("__", "__"),
];

/// Words that one in capitals is made of: `ACCOUNT_ID`.
const CAPITALS: [&str; 30] = [
    "ACCOUNT",
    "ACCOUNTID",
    "APP",
    "ARN",
    "AWS",
    "BUCKET",
    "BUCKETNAME",
    "CLUSTER",
    "DATABASE",
    "DB",
    "DOMAIN",
    "ENVIRONMENT",
    "EXTERNAL",
    "FUNCTION",
    "ID",
    "KEY",
    "KMS",
    "NAME",
    "NUMBER",
    "OIDC",
    "ORG",
    "ORGANIZATION",
    "PROVIDER",
    "QUEUE",
    "REGION",
    "ROLE",
    "S3",
    "SECRET",
    "TABLE",
    "TOPIC",
];

/// The parts of a policy's text that are left to be filled in, in order. `references` says whether
/// `${Name}` is one: where no template puts a value there, nothing does.
pub(super) fn placeholders(text: &str, references: bool) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if let Some(length) = enclosed(&text[at..], references) {
            found.push(at..at + length);
            at += length;
            continue;
        }
        let word = text[at..]
            .bytes()
            .take_while(|byte| is_of_word(*byte))
            .count();
        if word > 0 {
            let is_field = |byte: Option<u8>| byte.is_none_or(|byte| matches!(byte, b':' | b'/'));
            let before = at
                .checked_sub(1)
                .and_then(|before| text.as_bytes().get(before).copied());
            let after = text.as_bytes().get(at + word).copied();
            let is_whole = is_field(before) && is_field(after);
            if is_left(&text[at..at + word], is_whole) {
                found.push(at..at + word);
            }
        }
        let rest = text[at + word..].chars().next().filter(|_| word == 0);
        at += word + rest.map_or(0, char::len_utf8);
    }
    found
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// The length of a name in brackets that a text begins with.
fn enclosed(text: &str, references: bool) -> Option<usize> {
    if let Some(rest) = text.strip_prefix("${") {
        // Policy variables have a colon in them.
        let (name, _) = rest.split_once('}')?;
        let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic())
            && (!name.contains([':', ',', ' ']) || name.starts_with("AWS::"));
        return (references && is_name).then(|| name.len() + 3);
    }
    let (open, close) = BRACKETS.iter().find(|(open, _)| text.starts_with(open))?;
    let inside = &text[open.len()..];
    let name = &inside[..inside.find(close)?];
    let is_quiet = |byte: u8| is_of_word(byte) || matches!(byte, b' ' | b'.' | b':' | b'/');
    let is_name = (2..=60).contains(&name.len())
        && name.bytes().all(is_quiet)
        && name.bytes().any(|byte| byte.is_ascii_alphabetic());
    let is_loud = name.bytes().all(|byte| !byte.is_ascii_lowercase());
    let is_meant = match *open {
        "{{" => !name.starts_with("resolve:"),
        // Sets of characters, and what else is written so.
        "[" | "%" | "__" => {
            is_loud && name.len() > 2 && !name.contains("A-Z") && !name.contains("0-9")
        }
        _ => true,
    };
    (is_name && is_meant).then(|| open.len() + name.len() + close.len())
}

/// Whether a word is no name that somebody has chosen; a whole field of an ARN is looked at more closely.
fn is_left(word: &str, is_whole: bool) -> bool {
    let lower = word.to_ascii_lowercase();
    let mut parts = word.split(['-', '_']);
    let is_yours = |part: &str| {
        part.eq_ignore_ascii_case("your")
            || part
                .strip_prefix("Your")
                .or_else(|| part.strip_prefix("your"))
                .is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase()))
    };
    const NAMES: [&str; 4] = [
        "doc-example-bucket",
        "example-bucket",
        "examplebucket",
        "amzn-s3-demo-",
    ];
    const SAYS: [&str; 9] = [
        "replace_me",
        "replace-me",
        "replaceme",
        "change_me",
        "change-me",
        "changeme",
        "placeholder",
        "fixme",
        "xxxx",
    ];
    if SAYS.iter().any(|says| lower.contains(says))
        || NAMES.iter().any(|name| lower.starts_with(name))
        || parts.clone().any(is_yours)
        || parts.clone().any(|part| part == "TODO")
    {
        return true;
    }
    let is_capital = parts.all(|part| CAPITALS.contains(&part));
    let first = ["my-", "my_", "the-", "some-", "example-"];
    let bare = first
        .iter()
        .find_map(|first| lower.strip_prefix(first))
        .unwrap_or(&lower);
    is_whole
        && (word == "000000000000"
            || (is_capital && word.len() > 3)
            || (bare != lower && KINDS.contains(&bare))
            || (is_invented(bare) && bare.split(['-', '_']).count() == 2))
}

#[cfg(test)]
mod tests {
    use super::{is_placeholder, placeholders};

    #[test]
    fn finds_what_vendors_leave() {
        for value in [
            "bucket-name",
            "arn:aws:secretsmanager:eu-west-1:000000000000:secret:platform-key-name",
            "<YOUR-BUCKET>",
            "arn:aws:s3:::<bucket>/*",
            "REPLACE_ME",
            "your-org-id",
            "{{ account_id }}",
        ] {
            assert!(is_placeholder(value), "{value}");
        }
    }

    #[test]
    fn leaves_real_values_alone() {
        for value in [
            "",
            "acme-staging",
            "ownstak",
            "sts.amazonaws.com",
            "api.gitpod.io/idp",
            "https://github.com/example-org/*",
            "arn:aws:iam::123456789012:role/admin",
            "0",
            "10",
            "true",
        ] {
            assert!(!is_placeholder(value), "{value}");
        }
    }

    fn found(text: &str, references: bool) -> Vec<&str> {
        let ranges = placeholders(text, references).into_iter();
        ranges.map(|range| &text[range]).collect()
    }

    #[test]
    fn finds_the_parts_of_a_text() {
        for (text, expected) in [
            ("arn:aws:s3:::YOUR-BUCKET-NAME/*", &["YOUR-BUCKET-NAME"][..]),
            (
                "arn:aws:iam::<account-id>:role/<ROLE NAME>",
                &["<account-id>", "<ROLE NAME>"],
            ),
            ("arn:aws:s3:::{{ bucket }}/x", &["{{ bucket }}"]),
            (
                "arn:aws:s3:::[BUCKET]/[PREFIX]/*",
                &["[BUCKET]", "[PREFIX]"],
            ),
            ("arn:aws:iam::ACCOUNT_ID:root", &["ACCOUNT_ID"]),
            (
                "arn:aws:sqs:REGION:000000000000:QUEUE_NAME",
                &["REGION", "000000000000", "QUEUE_NAME"],
            ),
            ("arn:aws:s3:::REPLACE_ME", &["REPLACE_ME"]),
            ("%BUCKET% and __TABLE__", &["%BUCKET%", "__TABLE__"]),
            ("vpc-xxxxxxxx", &["vpc-xxxxxxxx"]),
            ("arn:aws:s3:::bucket-name/*", &["bucket-name"]),
            ("arn:aws:s3:::my-bucket", &["my-bucket"]),
            ("yourAccountId", &["yourAccountId"]),
        ] {
            assert_eq!(found(text, false), expected, "{text}");
        }
        let reference = "arn:aws:s3:::${Bucket}/${aws:username}/${AWS::Region}";
        assert_eq!(found(reference, true), ["${Bucket}", "${AWS::Region}"]);
        assert_eq!(found(reference, false), Vec::<&str>::new());
    }

    #[test]
    fn leaves_what_is_meant_alone() {
        for text in [
            "*",
            "",
            "arn:aws:iam::123456789012:role/admin",
            "arn:aws:iam::111122223333:root",
            "arn:aws:s3:::acme-key-name-store/*",
            "arn:aws:ssm:*:*:parameter/prod/DB_PASSWORD",
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:DB",
            "arn:aws:codestar-connections:*:*:connection/*",
            "{{resolve:ssm:/x}}",
            "[a-z]",
            "[A-Z0-9]",
            "AWSServiceRoleForECS",
            "arn:aws:logs:*:*:log-group:/aws/lambda/*",
            "a<b",
            "100%",
            "bucket-owner-full-control",
            "\u{e9}<\u{e9}>",
        ] {
            assert_eq!(found(text, true), Vec::<&str>::new(), "{text}");
        }
    }
}
