//! Small matters of English: counts, lists, plurals, gerunds.

use super::{Line, Meaning};

/// How many values a sentence names before it says how many more there are.
pub(super) const NAMED: usize = 6;

/// A number with thousands apart: `3,012`.
pub fn number(value: usize) -> String {
    let digits = value.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A count with its noun: `1 action`, `3,012 actions`.
pub fn count(value: usize, noun: &str) -> String {
    if value == 1 {
        format!("1 {noun}")
    } else {
        format!("{} {}", number(value), plural(noun))
    }
}

/// The plural of a noun.
pub fn plural(noun: &str) -> String {
    let stem = |cut: usize| &noun[..noun.len() - cut];
    let before_y = noun.chars().rev().nth(1);
    if noun.ends_with('y') && !matches!(before_y, Some('a' | 'e' | 'o' | 'u') | None) {
        format!("{}ies", stem(1))
    } else if ["s", "x", "z", "ch", "sh"]
        .iter()
        .any(|ending| noun.ends_with(ending))
    {
        format!("{noun}es")
    } else {
        format!("{noun}s")
    }
}

/// Items as one line: `a`, `a and b`, `a, b and c`; beyond [`NAMED`] of them, how many more.
pub fn listed(items: impl ExactSizeIterator<Item = Line>, last: &'static str) -> Line {
    let total = items.len();
    let named = if total > NAMED { NAMED - 1 } else { total };
    let mut line = Line::new();
    for (i, item) in items.take(named).enumerate() {
        if i > 0 {
            line = if i + 1 == total {
                line.plain(" ").plain(last).plain(" ")
            } else {
                line.plain(", ")
            };
        }
        line = line.then(item);
    }
    if total > named {
        line = line
            .plain(" ")
            .plain(last)
            .with(Meaning::Plain, format!(" {} more", number(total - named)));
    }
    line
}

/// The verb that a clause begins with as a gerund, the rest unchanged: `get an object` gives
/// `getting an object`. `None` where the first word is not all lower-case letters.
pub fn gerund(clause: &str) -> Option<String> {
    let end = clause.find(' ').unwrap_or(clause.len());
    let (verb, rest) = clause.split_at(end);
    if verb.len() < 2 || !verb.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return None;
    }
    Some(format!("{}{rest}", gerund_of(verb)))
}

/// Verbs of one stressed last syllable whose consonant doubles, as far as AWS's descriptions use them.
const DOUBLING: [&str; 27] = [
    "get", "put", "set", "run", "stop", "begin", "tag", "untag", "submit", "admit", "commit",
    "emit", "permit", "transmit", "transfer", "refer", "map", "unmap", "drop", "split", "plan",
    "pin", "unpin", "reset", "swap", "log", "program",
];

fn gerund_of(verb: &str) -> String {
    if DOUBLING.contains(&verb) {
        let last = &verb[verb.len() - 1..];
        return format!("{verb}{last}ing");
    }
    if let Some(stem) = verb.strip_suffix("ie") {
        return format!("{stem}ying");
    }
    match verb.strip_suffix('e') {
        Some(stem) if !stem.ends_with(['e', 'o', 'y']) && stem.len() > 1 => format!("{stem}ing"),
        _ => format!("{verb}ing"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_counts() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(3012), "3,012");
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(count(1, "policy"), "1 policy");
        assert_eq!(count(2, "policy"), "2 policies");
        assert_eq!(count(0, "key"), "0 keys");
        assert_eq!(plural("alias"), "aliases");
    }

    #[test]
    fn lists_end_in_a_word_and_are_bounded() {
        let list = |n: usize| {
            let items: Vec<Line> = (1..=n).map(|i| Line::from(i.to_string())).collect();
            listed(items.into_iter(), "or").to_plain()
        };
        assert_eq!(list(1), "1");
        assert_eq!(list(2), "1 or 2");
        assert_eq!(list(3), "1, 2 or 3");
        assert_eq!(list(6), "1, 2, 3, 4, 5 or 6");
        assert_eq!(list(9), "1, 2, 3, 4, 5 or 4 more");
    }

    #[test]
    fn gerunds() {
        for (verb, expected) in [
            ("get an object", "getting an object"),
            ("retrieve", "retrieving"),
            ("list keys", "listing keys"),
            ("see it", "seeing it"),
            ("tie", "tying"),
            ("create a bucket", "creating a bucket"),
            ("view", "viewing"),
            ("describe", "describing"),
        ] {
            assert_eq!(gerund(verb).as_deref(), Some(expected));
        }
        assert_eq!(gerund("PutObject is it"), None);
    }
}
