//! Policy variables in a text (IAM: reference_policies_variables). Whether they mean anything
//! depends on the document's version and on where they stand.

/// A piece of a text that may hold policy variables.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fragment<'a> {
    /// Ordinary text, in which `*` and `?` are wildcards.
    Literal(&'a str),
    /// `${key}` or `${key, 'default'}`.
    Variable {
        /// The context key.
        key: &'a str,
        /// What is used when the key is absent.
        default: Option<&'a str>,
    },
    /// `${*}`, `${?}` or `${$}`: the character itself, never a wildcard.
    Escaped(char),
    /// `${` that begins no variable: ordinary text.
    Malformed(&'a str),
}

/// Splits a text into literal pieces and variables, in order.
pub fn fragments(text: &str) -> Vec<Fragment<'_>> {
    let mut all = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, from) = rest.split_at(at);
        if !before.is_empty() {
            all.push(Fragment::Literal(before));
        }
        let Some(end) = closing_brace(from) else {
            all.push(Fragment::Malformed(from));
            return all;
        };
        let (whole, after) = from.split_at(end + 1);
        all.push(variable(&whole[2..end]).unwrap_or(Fragment::Malformed(whole)));
        rest = after;
    }
    if !rest.is_empty() {
        all.push(Fragment::Literal(rest));
    }
    all
}

/// The brace that ends a variable: one in a quoted default does not.
fn closing_brace(text: &str) -> Option<usize> {
    let mut quoted = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'\'' => quoted = !quoted,
            b'}' if !quoted => return Some(at),
            _ => {}
        }
    }
    // An apostrophe that quotes nothing: the first brace ends it after all.
    text.find('}')
}

fn variable(inner: &str) -> Option<Fragment<'_>> {
    match inner {
        "*" => return Some(Fragment::Escaped('*')),
        "?" => return Some(Fragment::Escaped('?')),
        "$" => return Some(Fragment::Escaped('$')),
        _ => {}
    }
    let (key, default) = match inner.split_once(',') {
        Some((key, default)) => {
            let default = default.trim().strip_prefix('\'')?.strip_suffix('\'')?;
            (key, Some(default))
        }
        None => (inner, None),
    };
    let key = key.trim();
    let well_formed = key.split_once(':').is_some_and(|(prefix, name)| {
        let part = |text: &str| !text.is_empty() && !text.contains(['$', '{', '*', '?', '\'']);
        part(prefix) && part(name)
    });
    well_formed.then_some(Fragment::Variable { key, default })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_variables_defaults_and_escapes() {
        assert_eq!(
            fragments("a/${aws:username}/${aws:PrincipalTag/team, 'com}pany'}${*}-${x}"),
            [
                Fragment::Literal("a/"),
                Fragment::Variable {
                    key: "aws:username",
                    default: None
                },
                Fragment::Literal("/"),
                Fragment::Variable {
                    key: "aws:PrincipalTag/team",
                    default: Some("com}pany")
                },
                Fragment::Escaped('*'),
                Fragment::Literal("-"),
                Fragment::Malformed("${x}"),
            ]
        );
        assert_eq!(
            fragments("${aws:username"),
            [Fragment::Malformed("${aws:username")]
        );
    }
}
