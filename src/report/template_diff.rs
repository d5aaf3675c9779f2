//! A proposal as a difference of the very file that a policy stands in.
//!
//! Only where the place is plain to see: the list's last entry, or the last statement, stands on
//! lines of its own in JSON or YAML. Everything else stays a difference of the document.

use serde_json::Value;

use crate::analyze::Edit;
use crate::iam::Place;

use super::diff::unified;

/// The unified difference of a file's text that carries an edit out; `None` where the text does not
/// show plainly how.
pub fn template_diff(path: &str, text: &str, edit: &Edit) -> Option<String> {
    let anchor = edit.anchor?;
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let at = usize::try_from(anchor.line.checked_sub(1)?).ok()?;
    let inserted = match &edit.entry {
        Some(entry) => beside_entry(&lines, at, entry),
        None => behind_statement(&lines, at, anchor, edit.after.as_ref()?),
    }?;
    if let Some((line, comma)) = inserted.comma {
        lines.get_mut(line)?.insert(comma, ',');
    }
    for (offset, new) in inserted.lines.into_iter().enumerate() {
        lines.insert(inserted.before + offset, new);
    }
    let mut after = lines.join("\n");
    if text.ends_with('\n') {
        after.push('\n');
    }
    let diff = unified(path, text, &after);
    (!diff.is_empty()).then_some(diff)
}

/// Lines to insert, and a comma that the line before them needs.
struct Inserted {
    before: usize,
    lines: Vec<String>,
    /// A line, and the byte at which a comma goes in.
    comma: Option<(usize, usize)>,
}

/// Puts an entry below the last one of its list.
fn beside_entry(lines: &[String], at: usize, entry: &str) -> Option<Inserted> {
    let line = lines.get(at)?;
    let content = line.trim();
    let indent = &line[..line.len() - line.trim_start().len()];
    let quoted = serde_json::to_string(entry).ok()?;
    if content.starts_with('"') && content.trim_end_matches(',').ends_with('"') {
        // JSON: one string on the line, the last of its list.
        serde_json::from_str::<String>(content.trim_end_matches(',')).ok()?;
        let comma = (!content.ends_with(',')).then(|| (at, line.trim_end().len()));
        return Some(Inserted {
            before: at + 1,
            lines: vec![format!("{indent}{quoted}")],
            comma,
        });
    }
    let value = content.strip_prefix("- ")?.trim();
    // A YAML entry that is one scalar: no tag, no mapping, no continuation.
    let plain = value
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "\"'*:/-_.?${}@+=,".contains(c));
    let mapping = value.contains(": ") || value.ends_with(':');
    (plain && !mapping).then(|| Inserted {
        before: at + 1,
        lines: vec![format!("{indent}- {quoted}")],
        comma: None,
    })
}

/// Puts a statement behind the last one.
fn behind_statement(
    lines: &[String],
    at: usize,
    anchor: Place,
    statement: &Value,
) -> Option<Inserted> {
    let line = lines.get(at)?;
    let indent = &line[..line.len() - line.trim_start().len()];
    let content = line.trim_start();
    if content.starts_with('{') {
        let end = json_end(lines, at)?;
        let text = serde_json::to_string_pretty(statement).ok()?;
        let text = text.lines().map(|own| format!("{indent}{own}"));
        return Some(Inserted {
            before: end + 1,
            lines: text.collect(),
            comma: Some((end, lines.get(end)?.trim_end().len())),
        });
    }
    // YAML: the statement is an item of a list, and begins behind the dash.
    let column = usize::try_from(anchor.column.checked_sub(1)?).ok()?;
    let dash = line.find("- ")?;
    (line[..dash].trim().is_empty() && column >= dash).then_some(())?;
    let inside = |own: &String| own.trim().is_empty() || own.len() - own.trim_start().len() > dash;
    let mut end = at + 1;
    while lines.get(end).is_some_and(inside) {
        end += 1;
    }
    while end > at + 1 && lines[end - 1].trim().is_empty() {
        end -= 1;
    }
    let text = yaml_item(statement, dash)?;
    Some(Inserted {
        before: end,
        lines: text,
        comma: None,
    })
}

/// The line on which a JSON object ends that begins a line, where nothing follows it there.
fn json_end(lines: &[String], at: usize) -> Option<usize> {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for (number, line) in lines.iter().enumerate().skip(at) {
        for (offset, c) in line.char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' if in_string => escaped = true,
                '"' => in_string = !in_string,
                '{' | '[' if !in_string => depth += 1,
                '}' | ']' if !in_string => {
                    depth = depth.checked_sub(1)?;
                    if depth == 0 {
                        let alone = line[offset + 1..].trim().is_empty();
                        return alone.then_some(number);
                    }
                }
                _ => {}
            }
        }
    }
    None
}

/// A statement as an item of a YAML list; strings are quoted, so that nothing is read otherwise.
fn yaml_item(statement: &Value, dash: usize) -> Option<Vec<String>> {
    let mut lines = Vec::new();
    for (at, (name, value)) in statement.as_object()?.iter().enumerate() {
        let head = match at {
            0 => format!("{}- ", " ".repeat(dash)),
            _ => " ".repeat(dash + 2),
        };
        // Flow style is YAML as well as JSON.
        lines.push(format!("{head}{name}: {value}"));
    }
    Some(lines)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    fn applied(text: &str, inserted: Option<Inserted>) -> String {
        let inserted = inserted.unwrap();
        let mut lines = lines(text);
        if let Some((line, comma)) = inserted.comma {
            lines[line].insert(comma, ',');
        }
        for (offset, new) in inserted.lines.into_iter().enumerate() {
            lines.insert(inserted.before + offset, new);
        }
        lines.join("\n")
    }

    #[test]
    fn an_entry_is_added_below_the_last_of_a_json_list() {
        let text = "[\n  \"s3:Get*\",\n  \"s3:List*\"\n]";
        let after = applied(text, beside_entry(&lines(text), 2, "s3:PutObject"));
        assert_eq!(
            after,
            "[\n  \"s3:Get*\",\n  \"s3:List*\",\n  \"s3:PutObject\"\n]"
        );
    }

    #[test]
    fn an_entry_is_added_below_the_last_of_a_yaml_list() {
        let text = "Action:\n  - s3:Get*\n  - 's3:List*'\nResource: '*'";
        let after = applied(text, beside_entry(&lines(text), 2, "s3:PutObject"));
        assert_eq!(
            after,
            "Action:\n  - s3:Get*\n  - 's3:List*'\n  - \"s3:PutObject\"\nResource: '*'"
        );
    }

    #[test]
    fn what_is_not_plain_is_left_alone() {
        for text in [
            "Action: s3:Get*",
            "- !Sub '${A}'",
            "- Fn::Sub: x",
            "\"a\", \"b\"",
        ] {
            assert!(beside_entry(&lines(text), 0, "x").is_none(), "{text}");
        }
    }

    #[test]
    fn a_statement_is_added_behind_the_last() {
        let statement = json!({ "Effect": "Allow", "Action": "s3:GetObject" });
        let text = "{\n \"Statement\": [\n  {\n   \"Sid\": \"{x\"\n  }\n ]\n}";
        let place = Place::new(Default::default(), 3, 3);
        let after = applied(text, behind_statement(&lines(text), 2, place, &statement));
        let json: Value = serde_json::from_str(&after).unwrap();
        assert_eq!(json["Statement"][1], statement);

        let text = "Statement:\n  - Effect: Deny\n    Action: a:b\n\nOther: x";
        let place = Place::new(Default::default(), 2, 5);
        let after = applied(text, behind_statement(&lines(text), 1, place, &statement));
        assert_eq!(
            after,
            "Statement:\n  - Effect: Deny\n    Action: a:b\n  - Effect: \"Allow\"\n    Action: \"s3:GetObject\"\n\nOther: x"
        );
    }
}
