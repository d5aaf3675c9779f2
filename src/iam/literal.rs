//! The forms that condition operators expect of their values (evaluation of them is elsewhere).

use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Arn, BaseOperator};

/// What an operator expects, where a value has another form; `None` where the form is right.
pub(super) fn expected_form(operator: BaseOperator, text: &str) -> Option<&'static str> {
    use BaseOperator::*;
    let (good, expected) = match operator {
        NumericEquals
        | NumericNotEquals
        | NumericLessThan
        | NumericLessThanEquals
        | NumericGreaterThan
        | NumericGreaterThanEquals => (is_number(text), "a number"),
        DateEquals
        | DateNotEquals
        | DateLessThan
        | DateLessThanEquals
        | DateGreaterThan
        | DateGreaterThanEquals => (is_date(text), "a date (ISO 8601 or epoch seconds)"),
        Bool | Null => (
            text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false"),
            "`true` or `false`",
        ),
        BinaryEquals => (STANDARD.decode(text).is_ok(), "base64"),
        IpAddress | NotIpAddress => (is_ip(text), "an IP address or CIDR block"),
        ArnEquals | ArnNotEquals | ArnLike | ArnNotLike => (
            Arn::parse(text).is_some() || text.starts_with("${"),
            "an ARN of six fields",
        ),
        StringEquals
        | StringNotEquals
        | StringEqualsIgnoreCase
        | StringNotEqualsIgnoreCase
        | StringLike
        | StringNotLike => (true, ""),
    };
    (!good).then_some(expected)
}

/// Whether a value of a date operator has a time of day and no zone.
pub(super) fn is_zoneless_time(operator: BaseOperator, text: &str) -> bool {
    operator.name().starts_with("Date")
        && text
            .split_once('T')
            .is_some_and(|(_, time)| !time.ends_with('Z') && !time.contains(['+', '-']))
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    !(whole.is_empty() && fraction.is_empty())
        && whole
            .bytes()
            .chain(fraction.bytes())
            .all(|byte| byte.is_ascii_digit())
}

fn is_ip(text: &str) -> bool {
    std::net::IpAddr::from_str(text).is_ok() || ipnet::IpNet::from_str(text).is_ok()
}

/// The W3C subset of ISO 8601, or epoch seconds.
fn is_date(text: &str) -> bool {
    let all_digits =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if all_digits(text) {
        return true;
    }
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let parts: Vec<&str> = date.split('-').collect();
    let lengths = [4, 2, 2];
    let date_good = parts.len() <= 3
        && parts
            .iter()
            .zip(lengths)
            .all(|(part, length)| part.len() == length && all_digits(part));
    let time_good = time.is_none_or(|time| {
        let clock = time.trim_end_matches('Z');
        let clock = clock.split(['+', '-']).next().unwrap_or(clock);
        let mut fields = clock.split(':');
        let hour_minute = fields
            .by_ref()
            .take(2)
            .filter(|field| field.len() == 2 && all_digits(field))
            .count();
        let seconds_good = fields.all(|field| field.split('.').all(all_digits));
        parts.len() == 3 && hour_minute == 2 && seconds_good
    });
    date_good && time_good
}
