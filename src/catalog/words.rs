//! Words of names and descriptions.

/// The words of a name in camel case, in lower case: `ListAWSDefaultServiceQuotas` is
/// `list aws default service quotas`.
pub(super) fn split_name(name: &str) -> Vec<String> {
    let characters: Vec<char> = name.chars().collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for (at, character) in characters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| characters.get(at));
        let after = characters.get(at + 1);
        let begins = character.is_uppercase()
            && (before.is_some_and(|before| !before.is_uppercase())
                || after.is_some_and(|after| after.is_lowercase()));
        if (begins || !character.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if character.is_alphanumeric() {
            word.extend(character.to_lowercase());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// The words of a text, in lower case.
pub(super) fn split_text(text: &str) -> impl Iterator<Item = String> {
    let parts = text.split(|character: char| !character.is_alphanumeric());
    parts.filter(|part| !part.is_empty()).map(str::to_lowercase)
}

/// A word without the ending of its plural.
pub(super) fn singular(word: &str) -> String {
    if let Some(stem) = word.strip_suffix("ies")
        && stem.len() > 1
    {
        return format!("{stem}y");
    }
    match word.strip_suffix('s') {
        Some(stem) if stem.len() > 2 && !stem.ends_with(['s', 'u', 'i']) => stem.to_owned(),
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{singular, split_name, split_text};

    #[test]
    fn names_fall_into_words() {
        assert_eq!(split_name("DeleteCertificate"), ["delete", "certificate"]);
        assert_eq!(
            split_name("ListAWSDefaultServiceQuotas"),
            ["list", "aws", "default", "service", "quotas"]
        );
        assert_eq!(split_name("GetObjectV2"), ["get", "object", "v2"]);
        assert_eq!(split_name("POST"), ["post"]);
        assert_eq!(
            split_name("ec2-instance-connect"),
            ["ec2", "instance", "connect"]
        );
        assert!(split_name("").is_empty());
        assert_eq!(
            split_text("Grants the (AWS) user's key.").collect::<Vec<_>>(),
            ["grants", "the", "aws", "user", "s", "key"]
        );
    }

    #[test]
    fn plurals_lose_their_ending() {
        for (word, plain) in [
            ("certificates", "certificate"),
            ("policies", "policy"),
            ("access", "access"),
            ("status", "status"),
            ("analysis", "analysis"),
            ("acls", "acl"),
            ("as", "as"),
        ] {
            assert_eq!(singular(word), plain);
        }
    }
}
