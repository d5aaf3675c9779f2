//! Files of CloudTrail events, however large: read as a stream, each event dropped once it is
//! counted, so that memory grows with the number of distinct denials only, and that is bounded.
//!
//! Understood are `{"Records": [...]}`, arrays, JSON Lines and concatenated JSON, the output of
//! `aws cloudtrail lookup-events`, EventBridge and CloudWatch Logs wrappings, and all of these
//! compressed with gzip, as CloudTrail delivers them.

use std::collections::HashMap;
use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::rc::Rc;

use flate2::bufread::MultiGzDecoder;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::iam::Arn;

use super::super::types::{Denial, PolicyType};
use super::Event;
use super::counted::{Count, Counted};

/// Distinct denials that are kept apart; further ones are counted together.
const MOST_GROUPS: usize = 10_000;
/// Distinct resources named for one denial.
const MOST_RESOURCES: usize = 20;
/// Deepest nesting of wrappers around events.
const MOST_NESTED: usize = 8;
/// How many events pass between two reports of progress.
const PROGRESS_EVERY: u64 = 256;
/// Longest line of JSON Lines that is tried as one event.
const LONGEST_LINE: u64 = 4 << 20;
/// Most bytes from one event to the next: an event has a megabyte at most, and what does not end may
/// be a few bytes of a compressed file.
const LARGEST_EVENT: u64 = 16 << 20;

/// How far reading has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes read.
    pub bytes: u64,
    /// Events read.
    pub events: u64,
    /// Denials among them.
    pub denials: u64,
}

/// Why a file of events could not be read to its end.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The reader failed.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The caller no longer wants the answer.
    #[error("cancelled")]
    Cancelled,
    /// The folder has no file that could hold events.
    #[error("the folder holds no file that ends with .json, .jsonl, .ndjson or .gz")]
    NoFiles,
    /// The file holds no JSON.
    #[error("not JSON: {0}")]
    NotJson(serde_json::Error),
}

/// One denial, as often as it occurred: a principal and an action.
#[derive(Debug, Clone)]
pub struct Group {
    /// The role, user or service; sessions of one role are one principal.
    pub principal: Option<String>,
    /// The action.
    pub action: Option<String>,
    /// How often.
    pub count: u64,
    /// The time of the earliest, as events write it.
    pub first: Option<String>,
    /// The time of the latest.
    pub last: Option<String>,
    /// The policy types that AWS named, with how often.
    pub policy_types: Vec<(PolicyType, u64)>,
    /// The resources, with how often; the first ones met.
    pub resources: Vec<(String, u64)>,
    /// How many denials were about resources not listed.
    pub other_resources: u64,
    /// The latest of them.
    pub sample: Denial,
}

/// The denials of a file.
#[derive(Debug, Clone, Default)]
pub struct Trail {
    /// Distinct denials, the most frequent first.
    pub groups: Vec<Group>,
    /// What was read.
    pub read: Progress,
    /// Denials beyond the number of groups kept.
    pub ungrouped: u64,
    /// Lines or values that could not be read.
    pub unreadable: u64,
    /// Why reading ended before the end of the file.
    pub truncated: Option<String>,
}

/// Reads events and groups their denials. `progress` is called now and then; once `wanted` says no,
/// the work ends at the next event.
pub fn scan(
    reader: impl BufRead,
    wanted: &dyn Fn() -> bool,
    progress: &mut dyn FnMut(Progress),
) -> Result<Trail, ScanError> {
    let mut tally = Tally::new(wanted, progress);
    tally.read(reader)?;
    tally.finish()
}

/// The first line, without reading more than a line may hold.
fn first_line(reader: &mut impl BufRead) -> Result<Vec<u8>, ScanError> {
    let mut line = Vec::new();
    reader.take(LONGEST_LINE).read_until(b'\n', &mut line)?;
    if line.starts_with(b"\xef\xbb\xbf") {
        line.drain(..3);
    }
    Ok(line)
}

/// Whether the file has a value on each line: its first is one, and another may follow.
fn is_one_value(line: &[u8]) -> bool {
    line.ends_with(b"\n") && serde_json::from_slice::<IgnoredAny>(line).is_ok()
}

fn by_line(
    head: Vec<u8>,
    reader: &mut impl BufRead,
    tally: &mut Tally<'_>,
) -> Result<(), ScanError> {
    let mut line = head;
    while !line.is_empty() {
        if tally.is_cancelled() {
            return Ok(());
        }
        let cut = line.len() as u64 == LONGEST_LINE && !line.ends_with(b"\n");
        if !line.iter().all(u8::is_ascii_whitespace) {
            match serde_json::from_slice::<Value>(&line) {
                Ok(value) => tally.value(&value, 0),
                Err(_) => tally.trail.unreadable += 1,
            }
        }
        while cut && skip_to_line_end(reader)? {}
        line.clear();
        reader.take(LONGEST_LINE).read_until(b'\n', &mut line)?;
    }
    Ok(())
}

/// Skips what is buffered up to the end of the line; whether the line goes on.
fn skip_to_line_end(reader: &mut impl BufRead) -> Result<bool, ScanError> {
    let buffer = reader.fill_buf()?;
    let end = buffer.iter().position(|byte| *byte == b'\n');
    let length = end.map_or(buffer.len(), |end| end + 1);
    let goes_on = end.is_none() && !buffer.is_empty();
    reader.consume(length);
    Ok(goes_on)
}

/// One value after the other, arrays of events element by element.
fn as_stream(
    head: Vec<u8>,
    reader: &mut impl BufRead,
    tally: &mut Tally<'_>,
) -> Result<(), ScanError> {
    let mut deserializer =
        serde_json::Deserializer::from_reader(std::io::Cursor::new(head).chain(reader));
    let mut values = 0u64;
    let begun = tally.trail.read.events;
    loop {
        let before = tally.trail.read.events;
        let seed = Walk { tally, depth: 0 };
        match seed.deserialize(&mut deserializer) {
            Ok(()) => values += 1,
            Err(_) if tally.is_cancelled() => return Ok(()),
            Err(error) if error.is_io() => return Err(ScanError::Io(error.into())),
            // The end, where a further value might have begun.
            Err(error) if error.is_eof() && values > 0 && before == tally.trail.read.events => {
                return Ok(());
            }
            Err(error) if values == 0 && tally.trail.read.events == begun => {
                return Err(ScanError::NotJson(error));
            }
            Err(error) => {
                tally.trail.truncated = Some(error.to_string());
                return Ok(());
            }
        }
    }
}

/// Counts denials as events pass, of one file after the other.
pub(super) struct Tally<'a> {
    wanted: &'a dyn Fn() -> bool,
    progress: &'a mut dyn FnMut(Progress),
    trail: Trail,
    /// Where the group of a principal and an action is.
    at: HashMap<(Option<String>, Option<String>), usize>,
    count: Rc<Count>,
}

impl<'a> Tally<'a> {
    pub fn new(wanted: &'a dyn Fn() -> bool, progress: &'a mut dyn FnMut(Progress)) -> Self {
        Tally {
            wanted,
            progress,
            trail: Trail::default(),
            at: HashMap::new(),
            count: Rc::default(),
        }
    }

    /// Reads one file, compressed or not.
    pub fn read(&mut self, mut reader: impl BufRead) -> Result<(), ScanError> {
        if reader.fill_buf()?.starts_with(&[0x1f, 0x8b]) {
            return self.read_plain(BufReader::new(MultiGzDecoder::new(reader)));
        }
        self.read_plain(reader)
    }

    fn read_plain(&mut self, reader: impl BufRead) -> Result<(), ScanError> {
        self.count.begin();
        let mut reader = Counted::new(reader, Rc::clone(&self.count), LARGEST_EVENT);
        let head = first_line(&mut reader)?;
        let before = self.trail.read.events;
        let result = if is_one_value(&head) {
            by_line(head, &mut reader, self)
        } else {
            as_stream(head, &mut reader, self)
        };
        match result {
            // What was read before stays.
            Err(ScanError::Io(error)) if self.trail.read.events > before => {
                self.trail.truncated = Some(error.to_string());
                Ok(())
            }
            result => result,
        }
    }

    /// Counts a file that could not be read, and goes on.
    pub fn skip(&mut self) {
        self.trail.unreadable += 1;
    }

    /// What was read so far.
    pub fn so_far(&self) -> Progress {
        self.trail.read
    }

    /// The denials, ranked.
    pub fn finish(self) -> Result<Trail, ScanError> {
        if self.is_cancelled() {
            return Err(ScanError::Cancelled);
        }
        let mut trail = self.trail;
        trail.read.bytes = self.count.all();
        (self.progress)(trail.read);
        trail.groups.sort_by(|a, b| {
            b.count
                .cmp(&a.count)
                .then_with(|| b.last.cmp(&a.last))
                .then_with(|| a.principal.cmp(&b.principal))
                .then_with(|| a.action.cmp(&b.action))
        });
        Ok(trail)
    }

    pub fn is_cancelled(&self) -> bool {
        !(self.wanted)()
    }

    /// Takes a value that is small enough to be held: an event, or a wrapper of events.
    fn value(&mut self, value: &Value, depth: usize) {
        self.count.begin();
        if depth > MOST_NESTED || self.is_cancelled() {
            return;
        }
        if let Some(event) = Event::read(value) {
            self.event(&event);
            return;
        }
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.value(item, depth + 1)),
            Value::Object(members) => members
                .values()
                .for_each(|member| self.value(member, depth + 1)),
            // `lookup-events` and log lines hold events as text.
            Value::String(text) if text.trim_start().starts_with('{') => {
                if let Ok(value) = serde_json::from_str(text) {
                    self.value(&value, depth + 1);
                }
            }
            _ => {}
        }
    }

    fn event(&mut self, event: &Event) {
        self.trail.read.events += 1;
        if self.trail.read.events.is_multiple_of(PROGRESS_EVERY) {
            self.trail.read.bytes = self.count.all();
            (self.progress)(self.trail.read);
        }
        if event.is_denial() {
            self.trail.read.denials += 1;
            self.denial(event.denial());
        }
    }

    fn denial(&mut self, denial: Denial) {
        let principal = principal(&denial);
        let key = (principal, denial.action.clone());
        let groups = &mut self.trail.groups;
        let at = match self.at.get(&key) {
            Some(at) => *at,
            None if groups.len() >= MOST_GROUPS => {
                self.trail.ungrouped += 1;
                return;
            }
            None => {
                self.at.insert(key, groups.len());
                groups.push(Group::new(&denial));
                groups.len() - 1
            }
        };
        if let Some(group) = groups.get_mut(at) {
            group.add(denial);
        }
    }
}

impl Trail {
    /// The denials of a message, each by itself.
    pub fn of(denials: Vec<Denial>) -> Self {
        let groups = denials.into_iter().map(|denial| {
            let mut group = Group::new(&denial);
            group.add(denial);
            group
        });
        Trail {
            groups: groups.collect(),
            ..Trail::default()
        }
    }
}

/// Who a denial is counted for: sessions of one role are one principal.
fn principal(denial: &Denial) -> Option<String> {
    denial.role_arn.clone().or_else(|| {
        let principal = denial.principal.as_deref()?;
        Some(without_session(principal))
    })
}

impl Group {
    fn new(denial: &Denial) -> Self {
        Group {
            principal: principal(denial),
            action: denial.action.clone(),
            count: 0,
            first: None,
            last: None,
            policy_types: Vec::new(),
            resources: Vec::new(),
            other_resources: 0,
            sample: denial.clone(),
        }
    }

    fn add(&mut self, denial: Denial) {
        self.count += 1;
        if let Some(kind) = denial.policy_type {
            bump(&mut self.policy_types, kind, usize::MAX);
        }
        if let Some(resource) = denial.resource.clone()
            && !bump(&mut self.resources, resource, MOST_RESOURCES)
        {
            self.other_resources += 1;
        }
        // Times are of one form, ISO 8601 in UTC: their order is that of their text.
        if let Some(time) = &denial.time {
            if self.first.as_ref().is_none_or(|first| time < first) {
                self.first = Some(time.clone());
            }
            if self.last.as_ref().is_none_or(|last| time >= last) {
                self.last = Some(time.clone());
                self.sample = denial;
            }
        }
    }
}

/// Counts an item; `false` where the list is full and the item is not on it.
fn bump<T: PartialEq>(list: &mut Vec<(T, u64)>, item: T, most: usize) -> bool {
    if let Some((_, count)) = list.iter_mut().find(|(other, _)| *other == item) {
        *count += 1;
    } else if list.len() < most {
        list.push((item, 1));
    } else {
        return false;
    }
    true
}

/// The role of a session's ARN, as far as the ARN tells: `assumed-role/NAME`.
fn without_session(principal: &str) -> String {
    match Arn::parse(principal) {
        Some(arn) if arn.resource.starts_with("assumed-role/") => principal
            .rsplit_once('/')
            .map_or(principal, |(role, _)| role)
            .to_owned(),
        _ => principal.to_owned(),
    }
}

/// Walks JSON as it is read: elements of arrays one at a time, everything else as a whole.
struct Walk<'a, 'b> {
    tally: &'a mut Tally<'b>,
    depth: usize,
}

/// Members that hold arrays of events.
const LISTS: [&str; 5] = ["Records", "Events", "events", "logEvents", "records"];

impl<'de> DeserializeSeed<'de> for Walk<'_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CloudTrail events")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(value) = items.next_element::<Value>()? {
            self.tally.value(&value, self.depth + 1);
            if self.tally.is_cancelled() {
                return Err(A::Error::custom("cancelled"));
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        // A map with a list of events is walked, any other is an event or holds one.
        let mut others = serde_json::Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if LISTS.contains(&name.as_str()) && self.depth < MOST_NESTED {
                members.next_value_seed(Walk {
                    tally: self.tally,
                    depth: self.depth + 1,
                })?;
            } else {
                others.insert(name, members.next_value()?);
            }
        }
        self.tally.value(&Value::Object(others), self.depth);
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.tally.value(&Value::from(text), self.depth);
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
}
