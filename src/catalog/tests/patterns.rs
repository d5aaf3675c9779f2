//! What patterns stand for.

use super::*;

/// A matcher that tries everything, to compare the real one with.
fn naive(pattern: &[u8], text: &[u8]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some((b'*', rest)) => (0..=text.len()).any(|at| naive(rest, &text[at..])),
        Some((b'?', rest)) => !text.is_empty() && naive(rest, &text[1..]),
        Some((byte, rest)) => {
            text.first()
                .is_some_and(|first| first.eq_ignore_ascii_case(byte))
                && naive(rest, &text[1..])
        }
    }
}

fn naive_expand(pattern: &str) -> Vec<&'static str> {
    let matches = |action: &&Action| match pattern.split_once(':') {
        None => pattern == "*",
        Some((prefix, name)) => {
            naive(prefix.as_bytes(), action.service().prefix().as_bytes())
                && naive(name.as_bytes(), action.name().as_bytes())
        }
    };
    index()
        .actions()
        .iter()
        .filter(matches)
        .map(Action::canonical)
        .collect()
}

#[test]
fn expansion_agrees_with_a_naive_matcher() {
    for pattern in [
        "*",
        "*:*",
        "s3:*",
        "S3:get*",
        "s3:Get*Acl",
        "ec2:Describe*",
        "ec2:*Instance*",
        "*:List*",
        "iam:?et*",
        "e*:CreateTag?",
        "s3*:*Object",
        "iam:PassRole",
        "iam:passRole",
        "s3:*:*",
        "s3",
        "",
        ":",
        "s3:",
        "nope:*",
        "?:*",
        "a*c*:*e*t*",
        "*:*a*a*a*a*a*a*",
    ] {
        let found: Vec<_> = expand(pattern).into_iter().map(Action::canonical).collect();
        assert_eq!(found, naive_expand(pattern), "{pattern}");
        let set = ActionSet::of_patterns([pattern]);
        let of_set: Vec<_> = set.iter().map(Action::canonical).collect();
        assert_eq!(of_set, found, "{pattern}");
        assert_eq!(set.len(), found.len());
        assert_eq!(
            set.complement().len(),
            index().actions().len() - found.len()
        );
    }
}

#[test]
fn summaries_add_up() {
    let summary = index().summarize("*");
    assert_eq!(summary.total, index().actions().len());
    assert_eq!(summary.by_level.iter().sum::<usize>(), summary.total);
    assert_eq!(summary.by_service.len(), index().services().len());
    for counted in &summary.by_service {
        assert_eq!(counted.count, counted.of());
        assert_eq!(counted.by_level.iter().sum::<usize>(), counted.count);
    }
    let describe = index().summarize("ec2:Describe*");
    assert_eq!(describe.by_service.len(), 1);
    assert_eq!(describe.at(AccessLevel::PermissionsManagement), 0);
    assert!(describe.total > 100);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(24))]

    /// Pieces of real names with wildcards between them match what a naive matcher says.
    #[test]
    fn random_patterns_agree_with_a_naive_matcher(
        at in 0usize..20_000,
        cuts in proptest::collection::vec((0usize..24, 0usize..4), 1..4),
        wild in proptest::collection::vec(proptest::sample::select(vec!["*", "?", "??", "*?"]), 4),
        upper in proptest::bool::ANY,
    ) {
        let mut pattern = index().actions()[at].canonical().to_owned();
        for ((place, removed), wild) in cuts.into_iter().zip(wild) {
            let start = place.min(pattern.len());
            let end = (start + removed).min(pattern.len());
            pattern.replace_range(start..end, wild);
        }
        if upper {
            pattern = pattern.to_ascii_uppercase();
        }
        let found: Vec<_> = expand(&pattern).into_iter().map(Action::canonical).collect();
        proptest::prop_assert_eq!(found, naive_expand(&pattern), "{}", pattern);
    }
}
