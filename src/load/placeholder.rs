//! Values that an author left to be filled in: `<YOUR-BUCKET>`, `REPLACE_ME`, an account of zeros.

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
    let Some((kind, end)) = field.rsplit_once(['-', '_']) else {
        return is_account;
    };
    let last = kind.rsplit(['-', '_']).next().unwrap_or(kind);
    is_account || (matches!(end, "name" | "id" | "arn") && KINDS.contains(&last))
}

#[cfg(test)]
mod tests {
    use super::is_placeholder;

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
}
