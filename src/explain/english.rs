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

/// The verb that a clause begins with as a gerund, with verbs joined to it, the rest unchanged:
/// `get an object` gives `getting an object`. `None` where the first word is no verb known here.
pub fn gerund(clause: &str) -> Option<String> {
    let (verb, mut rest) = first_word(clause);
    let mut changed = gerund_of(verb)?;
    while let Some((joint, after)) = [" and ", " or "]
        .iter()
        .find_map(|joint| Some((joint, rest.strip_prefix(joint)?)))
    {
        let (verb, behind) = first_word(after);
        let Some(next) = gerund_of(verb) else { break };
        changed.push_str(joint);
        changed.push_str(&next);
        rest = behind;
    }
    changed.push_str(rest);
    Some(changed)
}

fn first_word(text: &str) -> (&str, &str) {
    text.split_at(text.find(' ').unwrap_or(text.len()))
}

/// The verbs that AWS's descriptions of actions begin with, but for its typing mistakes.
const VERBS: &str = "\
    abort accept access acknowledge activate add adjust allocate allow alter annotate \
    apply approve archive assign associate assume attach attempt authenticate authorize \
    begin bundle calculate call cancel change check claim clear close collect commit \
    compare complete compose configure confirm connect continue convert copy count \
    create deactivate decline decrease decrypt define delete deliver deny deploy \
    deprecate deprovision deregister describe designate detach detect determine disable \
    disassociate disconnect discover display distribute download drop edit enable \
    encrypt end establish evaluate exchange exclude execute expand export extend fail \
    fetch filter find forget generate geocode get give grant handle import include \
    increase indicate inform ingest initialize initiate inject insert invalidate invite \
    invoke issue join launch link list load lock log look maintain make manage mark \
    merge migrate modify mount move notify obtain open override overwrite pass pause \
    perform populate post predict prepare preview process promote provide provision \
    publish pull purchase push put query read reboot receive reconfigure record recreate \
    redact redeem refresh register reject release reload remove rename render renew \
    reorder replace replicate report request reschedule resend reserve reset resolve \
    respond restart restore restrict resume retrieve retry return reverse revoke rotate \
    run save scan schedule search see send set share show sign simulate specify start \
    stop store stream submit subscribe suspend switch synchronize synthesize tag \
    terminate test toggle transfer transform transition translate trigger try turn \
    unarchive unassign unauthorize undeprecate unlink unlock unshare unsubscribe untag \
    update upgrade upload use validate verify view withdraw write";

/// Those of them whose last consonant doubles.
const DOUBLING: &str = "begin commit drop forget get log map put reset run scan set split stop submit \
    swap tag transfer untag";

fn gerund_of(verb: &str) -> Option<String> {
    let known = |list: &str| list.split_whitespace().any(|listed| listed == verb);
    if !known(VERBS) {
        return None;
    }
    if known(DOUBLING) {
        let last = &verb[verb.len() - 1..];
        return Some(format!("{verb}{last}ing"));
    }
    Some(match verb.strip_suffix('e') {
        Some(stem) if !stem.ends_with(['e', 'o', 'y']) => format!("{stem}ing"),
        _ => format!("{verb}ing"),
    })
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
            ("create a bucket", "creating a bucket"),
            ("create or update it", "creating or updating it"),
            ("list and the rest", "listing and the rest"),
            ("view", "viewing"),
            ("describe", "describing"),
        ] {
            assert_eq!(gerund(verb).as_deref(), Some(expected));
        }
        assert_eq!(gerund("PutObject is it"), None);
        assert_eq!(gerund("the specified key"), None);
    }
}
