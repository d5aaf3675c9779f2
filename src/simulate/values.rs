//! Typed values of conditions: exact decimals, instants, addresses.
//!
//! Nothing here allocates to compare, and no value costs more than its own length: an exponent is
//! compared, never multiplied out.

use std::cmp::Ordering;
use std::net::IpAddr;

use ipnet::IpNet;

/// An exact decimal: `0.DIGITS` times ten to the power of `magnitude`. `T` is the text it is read
/// from, borrowed or owned.
#[derive(Clone, Debug)]
pub(super) struct Decimal<T> {
    negative: bool,
    magnitude: i64,
    // The digits without leading and trailing zeros, in two parts; both empty for zero.
    whole: T,
    fraction: T,
}

/// Exponents beyond this are taken for no number: nothing that a policy could mean.
const LARGEST_EXPONENT: i64 = 1_000_000_000_000;

impl<'a> Decimal<&'a str> {
    /// Reads an integer or decimal, with an exponent as JSON numbers may have one.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let (negative, unsigned) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
            Some(at) => (
                &unsigned[..at],
                unsigned[at + 1..]
                    .parse::<i64>()
                    .ok()
                    .filter(|exponent| exponent.abs() <= LARGEST_EXPONENT)?,
            ),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() && fraction.is_empty() || !digits(whole) || !digits(fraction) {
            return None;
        }
        let whole = whole.trim_start_matches('0');
        let significant = fraction.trim_end_matches('0');
        let length = |text: &str| i64::try_from(text.len()).unwrap_or(i64::MAX / 4);
        let (magnitude, whole, fraction) = if whole.is_empty() {
            let stripped = significant.trim_start_matches('0');
            let zeros = length(significant) - length(stripped);
            (exponent - zeros, "", stripped)
        } else if significant.is_empty() {
            (exponent + length(whole), whole.trim_end_matches('0'), "")
        } else {
            (exponent + length(whole), whole, significant)
        };
        Some(Decimal {
            negative,
            magnitude,
            whole,
            fraction,
        })
    }

    /// The same number on its own.
    pub(super) fn to_owned(&self) -> Decimal<Box<str>> {
        Decimal {
            negative: self.negative,
            magnitude: self.magnitude,
            whole: self.whole.into(),
            fraction: self.fraction.into(),
        }
    }
}

impl<T: AsRef<str>> Decimal<T> {
    fn digits(&self) -> impl Iterator<Item = u8> {
        self.whole
            .as_ref()
            .bytes()
            .chain(self.fraction.as_ref().bytes())
    }

    fn is_zero(&self) -> bool {
        self.whole.as_ref().is_empty() && self.fraction.as_ref().is_empty()
    }

    /// The order of two numbers.
    pub(super) fn compare<U: AsRef<str>>(&self, other: &Decimal<U>) -> Ordering {
        match (self.is_zero(), other.is_zero()) {
            (true, true) => return Ordering::Equal,
            (true, false) => {
                return if other.negative {
                    Ordering::Greater
                } else {
                    Ordering::Less
                };
            }
            (false, true) => {
                return if self.negative {
                    Ordering::Less
                } else {
                    Ordering::Greater
                };
            }
            (false, false) => {}
        }
        if self.negative != other.negative {
            return if self.negative {
                Ordering::Less
            } else {
                Ordering::Greater
            };
        }
        let size = self
            .magnitude
            .cmp(&other.magnitude)
            .then_with(|| self.digits().cmp(other.digits()));
        if self.negative { size.reverse() } else { size }
    }
}

/// A point in time: seconds since 1970 and the digits of a fraction without trailing zeros.
#[derive(Clone, Debug)]
pub(super) struct Instant<T> {
    pub(super) seconds: i64,
    fraction: T,
}

impl<'a> Instant<&'a str> {
    /// Reads the W3C subset of ISO 8601 (IAM: reference_policies_elements_condition_operators, "Date
    /// condition operators") or seconds since 1970. Missing parts are the first of; a time without
    /// zone is UTC; four digits alone are a year.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let bytes = text.as_bytes();
        if !bytes.is_empty() && bytes.len() != 4 && bytes.iter().all(u8::is_ascii_digit) {
            return Some(Instant {
                seconds: text.parse().ok()?,
                fraction: "",
            });
        }
        let (date, time) = match text.split_once('T') {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let mut parts = date.split('-');
        let year = number(parts.next()?, 4)?;
        let month = parts.next().map_or(Some(1), |part| number(part, 2))?;
        let day = parts.next().map_or(Some(1), |part| number(part, 2))?;
        if parts.next().is_some() || time.is_some() && date.len() != 10 {
            return None;
        }
        if !(1..=12).contains(&month) || !(1..=days_in(year, month)).contains(&day) {
            return None;
        }
        let (of_day, fraction) = time.map_or(Some((0, "")), time_of_day)?;
        Some(Instant {
            seconds: days_since_1970(year, month, day) * 86_400 + of_day,
            fraction,
        })
    }

    /// The same instant on its own.
    pub(super) fn to_owned(&self) -> Instant<Box<str>> {
        Instant {
            seconds: self.seconds,
            fraction: self.fraction.into(),
        }
    }
}

impl<T: AsRef<str>> Instant<T> {
    /// The order of two instants.
    pub(super) fn compare<U: AsRef<str>>(&self, other: &Instant<U>) -> Ordering {
        self.seconds
            .cmp(&other.seconds)
            .then_with(|| self.fraction.as_ref().cmp(other.fraction.as_ref()))
    }
}

fn number(text: &str, digits: usize) -> Option<i64> {
    if text.len() != digits || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// Seconds since midnight UTC, and the fraction of a second.
fn time_of_day(text: &str) -> Option<(i64, &str)> {
    let (clock, offset) = match text.find(['Z', '+', '-']) {
        None => (text, 0),
        Some(at) => {
            let (clock, zone) = text.split_at(at);
            let offset = if zone == "Z" {
                0
            } else {
                let (sign, rest) = zone.split_at(1);
                let (hours, minutes) = rest.split_once(':')?;
                let (hours, minutes) = (number(hours, 2)?, number(minutes, 2)?);
                if hours > 23 || minutes > 59 {
                    return None;
                }
                let seconds = hours * 3600 + minutes * 60;
                if sign == "-" { -seconds } else { seconds }
            };
            (clock, offset)
        }
    };
    let mut parts = clock.splitn(3, ':');
    let hours = number(parts.next()?, 2)?;
    let minutes = number(parts.next()?, 2)?;
    let (seconds, fraction) = match parts.next() {
        None => (0, ""),
        Some(part) => match part.split_once('.') {
            None => (number(part, 2)?, ""),
            Some((seconds, fraction)) => {
                if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
                    return None;
                }
                (number(seconds, 2)?, fraction.trim_end_matches('0'))
            }
        },
    };
    if hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    Some((hours * 3600 + minutes * 60 + seconds - offset, fraction))
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a date of the Gregorian calendar.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let before = year - 1;
    let leap_days = before / 4 - before / 100 + before / 400;
    let months: i64 = (1..month).map(|month| days_in(year, month)).sum();
    // 719,162 days lie between 0001-01-01 and 1970-01-01.
    before * 365 + leap_days + months + day - 1 - 719_162
}

/// Reads `true` or `false`, in any case.
pub(super) fn parse_bool(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// Reads an address or a range; one address is a range of its own, bits of the host are ignored.
pub(super) fn parse_network(text: &str) -> Option<IpNet> {
    if text.contains('/') {
        text.parse().ok()
    } else {
        text.parse::<IpAddr>().ok().map(IpNet::from)
    }
}

/// The bytes of base64 text.
pub(super) fn parse_bytes(text: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(left: &str, right: &str) -> Ordering {
        Decimal::parse(left)
            .unwrap()
            .compare(&Decimal::parse(right).unwrap())
    }

    #[test]
    fn decimals_compare_exactly() {
        for (left, right, expected) in [
            ("10", "10.0", Ordering::Equal),
            ("10", "9.999999999999999999999999999999", Ordering::Greater),
            ("0.1", "0.10", Ordering::Equal),
            ("0.05", "0.5", Ordering::Less),
            ("-1", "1", Ordering::Less),
            ("-2", "-10", Ordering::Greater),
            ("-0", "0", Ordering::Equal),
            ("0.000", "-0.001", Ordering::Greater),
            ("1e3", "1000", Ordering::Equal),
            ("1E-2", "0.01", Ordering::Equal),
            ("100", "99", Ordering::Greater),
            ("9007199254740993", "9007199254740992", Ordering::Greater),
            ("1e999999999", "9", Ordering::Greater),
            ("-1e999999999", "-1e999999998", Ordering::Less),
        ] {
            assert_eq!(order(left, right), expected, "{left} and {right}");
            assert_eq!(order(right, left), expected.reverse(), "{right} and {left}");
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in [
            "",
            "-",
            "+",
            ".",
            "10abc",
            "1 ",
            "0x10",
            "1e",
            "1e1.5",
            "--1",
            "١",
            "1,000",
            "NaN",
            "1e99999999999999999999",
        ] {
            assert!(Decimal::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn instants_of_every_form() {
        let at = |text: &str| Instant::parse(text).map(|instant| instant.seconds);
        assert_eq!(at("2026-04-01T00:00:00Z"), Some(1_775_001_600));
        assert_eq!(at("2026-04"), Some(1_775_001_600));
        assert_eq!(at("2026-04-01T02:00+02:00"), Some(1_775_001_600));
        assert_eq!(at("2026-03-31T19:30:00-04:30"), Some(1_775_001_600));
        assert_eq!(at("1775001600"), Some(1_775_001_600));
        assert_eq!(at("1970"), Some(0));
        assert_eq!(at("0"), Some(0));
        assert_eq!(at("1969-12-31T23:59:59Z"), Some(-1));
        assert_eq!(at("2024-02-29"), Some(1_709_164_800));
        for text in [
            "",
            "2026-4-1",
            "2026-13",
            "2026-02-29",
            "2026-04-01T25:00Z",
            "2026-04-01T00Z",
            "2026-04T00:00Z",
            "2026-04-01 00:00:00Z",
            "2026-04-01T00:00:00.Z",
            "yesterday",
            "2026-04-01T00:00:00+2:00",
            "2026-04-01T00:00:60Z",
            "99999999999999999999",
        ] {
            assert_eq!(at(text), None, "{text}");
        }
    }

    #[test]
    fn fractions_of_a_second_count() {
        let order = |left: &str, right: &str| {
            let prefix = "2026-04-01T00:00:00";
            let (left, right) = (format!("{prefix}{left}Z"), format!("{prefix}{right}Z"));
            Instant::parse(&left)
                .unwrap()
                .compare(&Instant::parse(&right).unwrap())
        };
        assert_eq!(order(".25", ".250"), Ordering::Equal);
        assert_eq!(order(".25", ".3"), Ordering::Less);
        assert_eq!(order("", ".000000000001"), Ordering::Less);
    }
}
