//! Paths as a person types or drops them into a line: spaces separate them, quotes and backslashes
//! keep a space within one.

/// The paths of a line.
pub fn split(line: &str) -> Vec<String> {
    let mut paths = Vec::new();
    let mut path = String::new();
    let mut is_path = false;
    let mut quote = None;
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, quote) {
            (own, Some(open)) if own == open => quote = None,
            ('\'' | '"', None) => {
                quote = Some(letter);
                is_path = true;
            }
            // Anything else behind a backslash is a path of Windows.
            ('\\', None) if letters.peek().is_some_and(|next| " '\"\\".contains(*next)) => {
                path.extend(letters.next());
                is_path = true;
            }
            (space, None) if space.is_whitespace() => {
                if std::mem::take(&mut is_path) {
                    paths.push(std::mem::take(&mut path));
                }
            }
            _ => {
                path.push(letter);
                is_path = true;
            }
        }
    }
    if is_path {
        paths.push(path);
    }
    paths.retain(|path| !path.is_empty());
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_separate_unless_they_are_kept() {
        assert_eq!(split("  a.yml  b/ "), ["a.yml", "b/"]);
        assert_eq!(split("'my file.yml' b"), ["my file.yml", "b"]);
        assert_eq!(split(r#""my file".yml"#), ["my file.yml"]);
        assert_eq!(split(r"my\ file.yml it\'s"), ["my file.yml", "it's"]);
        assert_eq!(split(r"C:\roles\a.json"), [r"C:\roles\a.json"]);
        assert_eq!(split("'not closed.yml"), ["not closed.yml"]);
        assert!(split(" '' ").is_empty());
    }
}
