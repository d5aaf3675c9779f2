//! Masks for private words, the same for the same word, so that patterns still match what they
//! matched.
//!
//! A text is cut into words at everything that is neither letter nor digit. A word next to a
//! wildcard is only the beginning or end of others: those are cut there too, and each piece gets a
//! mask of its own, so that `acm*` goes on matching `acme`. What AWS itself named stays: services,
//! regions, managed policies, the fixed parts of ARNs.

mod address;
mod arns;
mod names;

use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;
use std::str::FromStr;
use std::sync::OnceLock;

use ipnet::IpNet;
use regex::Regex;

use crate::catalog;
use names::{is_account, is_aws_word, letters, starts_word, unique_id};

/// Length of every mask of a word.
const LENGTH: usize = 6;

/// Hosts of identity providers that anybody may use; they name no customer.
const PUBLIC_HOSTS: [&str; 8] = [
    "token.actions.githubusercontent.com",
    "accounts.google.com",
    "graph.facebook.com",
    "www.amazon.com",
    "app.terraform.io",
    "gitlab.com",
    "agent.buildkite.com",
    "login.microsoftonline.com",
];

/// What a mask stands for.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub(super) enum Masked {
    Word,
    Account,
    UniqueId,
    Address,
}

impl Masked {
    pub(super) fn words(self) -> &'static str {
        match self {
            Masked::Word => "words of names, tags and values",
            Masked::Account => "account ids",
            Masked::UniqueId => "unique ids",
            Masked::Address => "IP addresses",
        }
    }
}

/// Gives masks out. Texts are shown to [`Masker::learn`] first, all of them, then to
/// [`Masker::mask`].
pub(super) struct Masker {
    starts: HashSet<String>,
    ends: HashSet<String>,
    words: HashMap<String, String>,
    others: HashMap<String, String>,
    // The key: what each mask stands for.
    originals: BTreeMap<String, (Masked, String)>,
    given: BTreeMap<Masked, usize>,
    variants: HashMap<String, usize>,
    next_word: usize,
    secret: RandomState,
    learning: bool,
    literals: HashMap<String, HashSet<String>>,
}

fn tokens() -> Option<&'static Regex> {
    static TOKENS: OnceLock<Option<Regex>> = OnceLock::new();
    TOKENS
        .get_or_init(|| {
            let hosts = PUBLIC_HOSTS.map(regex::escape).join("|");
            Regex::new(&format!(
                r#"(?x)
                (?P<variable>\$\{{[^}}]*\}})
              | (?P<arn>arn:[^\s"'`,;()\[\]{{}}]*(?:\$\{{[^}}]*\}}[^\s"'`,;()\[\]{{}}]*)*)
              | (?P<public>{hosts})
              | (?P<host>(?:[A-Za-z0-9_*-]+\.)+amazonaws\.com(?:\.cn)?)
              | (?P<ip>[0-9]{{1,3}}(?:\.[0-9]{{1,3}}){{3}}(?:/[0-9]{{1,2}})?)
              | (?P<region>(?:us|eu|ap|sa|ca|me|af|il|mx|cn)(?:-gov|-iso[a-z]?)?-(?:north|south|east|west|central|northeast|northwest|southeast|southwest)-[0-9])
              | (?P<word>[\p{{L}}\p{{N}}\p{{M}}]+)
                "#
            ))
            .ok()
        })
        .as_ref()
}

impl Masker {
    pub(super) fn new() -> Self {
        Masker {
            starts: HashSet::new(),
            ends: HashSet::new(),
            words: HashMap::new(),
            others: HashMap::new(),
            originals: BTreeMap::new(),
            given: BTreeMap::new(),
            variants: HashMap::new(),
            next_word: 0,
            secret: RandomState::new(),
            learning: true,
            literals: HashMap::new(),
        }
    }

    /// Ends learning: from here on texts are masked.
    pub(super) fn learned(&mut self) {
        self.learning = false;
    }

    /// How many different things of each kind got a mask.
    pub(super) fn counts(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for (kind, _) in self.originals.values() {
            *counts.entry(kind.words()).or_insert(0) += 1;
        }
        counts
    }

    /// Every mask and what it stands for.
    pub(super) fn key(&self) -> impl Iterator<Item = (&str, &str)> {
        self.originals
            .iter()
            .map(|(mask, (_, original))| (mask.as_str(), original.as_str()))
    }

    /// Whether a word has a mask already.
    pub(super) fn knows(&self, word: &str) -> bool {
        self.words.contains_key(word)
    }

    /// A text with its private words masked. `open` says whether something unknown stands right
    /// before and behind it.
    pub(super) fn mask(&mut self, text: &str, open: (bool, bool)) -> String {
        if text.contains(':') && (IpNet::from_str(text).is_ok() || IpAddr::from_str(text).is_ok()) {
            return self.address(text);
        }
        let Some(tokens) = tokens() else {
            return "x".repeat(LENGTH);
        };
        let mut masked = String::with_capacity(text.len());
        let mut end = 0;
        for found in tokens.captures_iter(text) {
            let Some(whole) = found.get(0) else { continue };
            masked.push_str(&text[end..whole.start()]);
            end = whole.end();
            let is = |name: &str| found.name(name).is_some();
            if is("variable") {
                masked.push_str(&self.variable(whole.as_str()));
            } else if is("arn") && starts_word(text, whole.start()) {
                masked.push_str(&self.arn(whole.as_str(), open.1 && end == text.len()));
            } else if is("arn") {
                // `warn:x` is no ARN.
                masked.push_str(&self.plain_words(whole.as_str()));
            } else if is("host") {
                masked.push_str(&self.host(whole.as_str()));
            } else if is("ip") {
                masked.push_str(&self.address(whole.as_str()));
            } else if is("word") {
                let before = text[..whole.start()].chars().next_back();
                let after = text[end..].chars().next();
                let starts_open = before.map_or(open.0, |c| matches!(c, '*' | '?' | '}'));
                let ends_open = after.map_or(open.1, |c| matches!(c, '*' | '?' | '$'));
                masked.push_str(&self.word(whole.as_str(), starts_open, ends_open));
            } else {
                masked.push_str(whole.as_str());
            }
        }
        masked.push_str(&text[end..]);
        masked
    }

    /// Text in which ARNs, account ids, addresses and unique ids are masked wherever they stand, and
    /// other words only where they have a mask: a sentence of this program or of AWS.
    pub(super) fn sentence(&mut self, text: &str) -> String {
        let Some(tokens) = tokens() else {
            return "x".repeat(LENGTH);
        };
        let mut masked = String::with_capacity(text.len());
        let mut end = 0;
        for found in tokens.captures_iter(text) {
            let Some(whole) = found.get(0) else { continue };
            masked.push_str(&text[end..whole.start()]);
            end = whole.end();
            let word = whole.as_str();
            let plain = found.name("word").is_some();
            if plain && !is_account(word) && unique_id(word).is_none() {
                let private = word.chars().count() > 2 && self.knows(word);
                masked.push_str(&if private {
                    self.word(word, false, false)
                } else {
                    word.to_owned()
                });
            } else {
                masked.push_str(&self.mask(word, (false, false)));
            }
        }
        masked.push_str(&text[end..]);
        masked
    }

    fn plain_words(&mut self, text: &str) -> String {
        let pieces: Vec<&str> = text
            .split_inclusive(|c: char| !c.is_alphanumeric())
            .collect();
        pieces
            .into_iter()
            .map(|piece| match piece.find(|c: char| !c.is_alphanumeric()) {
                Some(at) => self.word(&piece[..at], false, false) + &piece[at..],
                None => self.word(piece, false, false),
            })
            .collect()
    }

    /// `${aws:username}` stays; the tag in `${aws:PrincipalTag/team}` and anything else does not.
    fn variable(&mut self, text: &str) -> String {
        let inner = text.trim_start_matches("${").trim_end_matches('}');
        if matches!(inner, "*" | "?" | "$") {
            return text.to_owned();
        }
        let (key, default) = match inner.split_once(',') {
            Some((key, default)) => (key, Some(default)),
            None => (inner, None),
        };
        let key = self.condition_key(key);
        match default {
            Some(default) => format!("${{{key},{}}}", self.mask(default, (false, false))),
            None => format!("${{{key}}}"),
        }
    }

    /// A condition key: AWS's own stay, less the name of a tag; the issuer of an OIDC provider and
    /// what nobody documents are masked.
    pub(super) fn condition_key(&mut self, key: &str) -> String {
        if catalog::condition_key(key).is_some() {
            return match key.split_once('/') {
                Some((prefix, tag)) => format!("{prefix}/{}", self.tag_name(tag)),
                None => key.to_owned(),
            };
        }
        if key.starts_with("AWS::") {
            return key.to_owned();
        }
        match key.rsplit_once(':') {
            Some((
                issuer,
                claim @ ("sub" | "aud" | "amr" | "iss" | "oaud" | "doc" | "namequalifier"),
            )) => {
                format!("{}:{claim}", self.mask(issuer, (false, false)))
            }
            _ => self.mask(key, (false, false)),
        }
    }

    /// The name of a tag: those that AWS sets stay.
    pub(super) fn tag_name(&mut self, name: &str) -> String {
        if name.starts_with("aws:") {
            return name.to_owned();
        }
        self.mask(name, (false, false))
    }

    fn word(&mut self, word: &str, starts_open: bool, ends_open: bool) -> String {
        if word.is_empty() || is_aws_word(word) {
            return word.to_owned();
        }
        if is_account(word) {
            return self.account(word);
        }
        if let Some(prefix) = unique_id(word) {
            return self.unique_id(word, prefix);
        }
        if self.learning {
            if ends_open {
                self.starts.insert(word.to_owned());
            }
            if starts_open {
                self.ends.insert(word.to_owned());
            }
            self.words.entry(word.to_owned()).or_default();
            return String::new();
        }
        if let Some(mask) = self.words.get(word)
            && !mask.is_empty()
        {
            return mask.clone();
        }
        let cuts: Vec<usize> = word
            .char_indices()
            .map(|(at, _)| at)
            .filter(|at| {
                *at > 0 && (self.starts.contains(&word[..*at]) || self.ends.contains(&word[*at..]))
            })
            .chain([word.len()])
            .collect();
        let mut mask = String::new();
        let mut from = 0;
        for cut in cuts {
            mask.push_str(&self.piece(&word[from..cut]));
            from = cut;
        }
        self.words.insert(word.to_owned(), mask.clone());
        mask
    }

    /// The mask of a piece: letters from a counter, upper and lower case telling apart pieces that
    /// differ in case only, so that comparing without regard to case gives the same answer.
    fn piece(&mut self, piece: &str) -> String {
        let key = format!("piece {piece}");
        if let Some(mask) = self.others.get(&key) {
            return mask.clone();
        }
        let lower = format!("lower {}", piece.to_lowercase());
        let base = match self.others.get(&lower) {
            Some(base) => base.clone(),
            None => {
                let base = letters(self.next_word, LENGTH - 1);
                self.next_word += 1;
                self.others.insert(lower, base.clone());
                base
            }
        };
        let variant = self.variants.entry(base.clone()).or_insert(0);
        let mask: String = format!("x{base}")
            .chars()
            .enumerate()
            .map(|(at, c)| {
                if *variant >> at & 1 == 1 {
                    c.to_ascii_uppercase()
                } else {
                    c
                }
            })
            .collect();
        *variant += 1;
        self.remember(Masked::Word, key, piece, mask)
    }

    fn remember(&mut self, kind: Masked, key: String, original: &str, mask: String) -> String {
        self.others.insert(key, mask.clone());
        let original = (kind, original.to_owned());
        if self.originals.insert(mask.clone(), original).is_none() {
            *self.given.entry(kind).or_default() += 1;
        }
        mask
    }

    /// How many things of a kind have a mask.
    fn given(&self, kind: Masked) -> usize {
        self.given.get(&kind).copied().unwrap_or_default()
    }

    fn account(&mut self, id: &str) -> String {
        if let Some(mask) = self.others.get(id) {
            return mask.clone();
        }
        let count = self.given(Masked::Account);
        // Twelve digits, so that it is still read as an account id; 9999 in front marks a mask.
        let mask = format!("9999{:08}", count + 1);
        self.remember(Masked::Account, id.to_owned(), id, mask)
    }

    fn unique_id(&mut self, id: &str, prefix: &str) -> String {
        if let Some(mask) = self.others.get(id) {
            return mask.clone();
        }
        let count = self.given(Masked::UniqueId);
        let tail = letters(count, 17).to_ascii_uppercase();
        self.remember(
            Masked::UniqueId,
            id.to_owned(),
            id,
            format!("{prefix}{tail}"),
        )
    }
}
