//! What a row of the tree says.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use crate::catalog;
use crate::explain::{Mark, Meaning, escape};
use crate::iam::{
    Arn, Effect, Inventory, Origin, PrincipalType, Severity, Statement, Text, UnresolvedKind,
};

use super::changes::Change;
use super::children::Forest;
use super::facts::Facts;
use super::findings::{self, Remarks};
use super::index::Index;
use super::item::{
    Entity, Item, Owner, Part, PolicyAt, ProblemAt, Slot, actions, conditions, principals, problem,
    resources,
};
use super::supposed::Suppositions;

/// A piece of a row.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Piece {
    /// A mark, drawn as a glyph.
    Mark(Mark),
    /// Words that say what kind of row it is, padded to a column.
    Tag(&'static str),
    /// What the row is about: the text that a search looks at.
    Name(Meaning, String),
    /// Other words.
    Words(Meaning, String),
}

/// What a row says: on the left, on the left if there is room, and on the right.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct RowText {
    /// On the left.
    pub left: Vec<Piece>,
    /// Behind it, where there is room.
    pub extra: String,
    /// On the right.
    pub right: Vec<Piece>,
}

impl RowText {
    /// What the row is about.
    pub fn name(&self) -> String {
        let mut names = self.left.iter().filter_map(|piece| match piece {
            Piece::Name(_, name) => Some(name.clone()),
            _ => None,
        });
        names.next().unwrap_or_default()
    }

    /// A short title of the row, for the breadcrumb.
    pub fn title(&self) -> String {
        let number = self.left.iter().find_map(|piece| match piece {
            Piece::Words(Meaning::Emphasis, number) => Some(format!("statement {number}")),
            _ => None,
        });
        let tag = self.left.iter().find_map(|piece| match piece {
            Piece::Tag("trust") => Some("trust".to_owned()),
            _ => None,
        });
        tag.or(number).unwrap_or_else(|| self.name())
    }
}

/// What rows are made from.
pub struct RowSource<'a> {
    /// What was loaded.
    pub inventory: &'a Inventory,
    /// What can be found in it.
    pub index: &'a Index,
    /// What documents hold, by where they are kept; filled as needed.
    pub facts: &'a mut HashMap<usize, Facts>,
    /// How many actions a role may use, where that is known.
    pub allowed: &'a HashMap<Entity, usize>,
    /// What is supposed to be otherwise than it was loaded.
    pub supposed: &'a Suppositions,
    /// What is remarkable about statements, where that is known.
    pub remarks: &'a Remarks,
}

impl RowSource<'_> {
    /// What the row of an item says.
    pub fn row(&mut self, item: Item) -> RowText {
        let row = self.plain_row(item);
        let mut row = self.changed(item, row);
        if matches!(item, Item::Statement(..) | Item::Part(..))
            && self.remarkable(item) > 0
            && !row.right.contains(&Piece::Mark(Mark::Problem))
        {
            row.right.insert(0, Piece::Mark(Mark::Problem));
        }
        if matches!(item, Item::Policy(_) | Item::Statement(..))
            && self.supposed.touches(item, self.inventory)
        {
            let words = Piece::Words(Meaning::Warning, "what if".to_owned());
            row.right.insert(0, words);
        }
        row
    }

    fn remarkable(&self, item: Item) -> usize {
        findings::count(item, self.inventory, self.remarks)
    }

    fn plain_row(&mut self, item: Item) -> RowText {
        match item {
            Item::Source(account) => self.source(account),
            Item::Unread => RowText {
                left: vec![
                    Piece::Mark(Mark::Problem),
                    name(Meaning::Warning, "Could not be read"),
                ],
                right: count(self.inventory.problems.len()),
                ..RowText::default()
            },
            Item::Section(account, section) => RowText {
                left: vec![name(Meaning::Emphasis, section.title())],
                right: count(Forest::new(self.inventory, self.index).count(account, section)),
                ..RowText::default()
            },
            Item::Entity(entity) => self.entity(entity),
            Item::Membership(entity, index) => {
                let groups = entity.user(self.inventory).map(|user| &user.groups[..]);
                let group = groups.and_then(|groups| groups.get(index as usize));
                RowText {
                    left: vec![Piece::Tag("group"), text_name(group)],
                    ..RowText::default()
                }
            }
            Item::Policy(at) => self.policy(at),
            Item::Statement(at, index) => match at.statement(self.inventory, index) {
                Some(statement) => statement_row(statement),
                None => RowText::default(),
            },
            Item::Part(at, index, part) => match at.statement(self.inventory, index) {
                Some(statement) => part_row(statement, part),
                None => RowText::default(),
            },
            Item::Service(at, index, entry, service) => self.service(at, index, entry, service),
            Item::Covered(_, _, _, action) => covered_row(action),
            Item::Catalogue => RowText {
                left: vec![name(
                    Meaning::Emphasis,
                    "Actions of AWS, in policies or not",
                )],
                ..RowText::default()
            },
            Item::Known(action) => known_row(action),
            Item::Problem(at) | Item::Listed(at) => self.problem(at, item),
            Item::Gone(number) => {
                let gone = self.index.changes().gone(number);
                RowText {
                    left: gone
                        .map(|gone| name(Meaning::Muted, &gone.name))
                        .into_iter()
                        .collect(),
                    ..RowText::default()
                }
            }
        }
    }

    /// Says how a row has changed since it was loaded before.
    fn changed(&self, item: Item, mut row: RowText) -> RowText {
        if let Some(change) = self.index.changes().of(item) {
            let meaning = match change {
                Change::New => Meaning::Allow,
                Change::Changed => Meaning::Warning,
                Change::Gone => Meaning::Deny,
            };
            let sign = Piece::Words(meaning, change.glyph().to_owned());
            row.left.insert(0, sign);
            row.right
                .push(Piece::Words(meaning, change.word().to_owned()));
        }
        row
    }

    fn facts(&mut self, at: PolicyAt) -> Facts {
        let Some(document) = at.document(self.inventory) else {
            return Facts::default();
        };
        let address = Arc::as_ptr(document) as usize;
        *self
            .facts
            .entry(address)
            .or_insert_with(|| Facts::of(document))
    }

    fn source(&mut self, account: u32) -> RowText {
        let Some(found) = self.inventory.accounts.get(account as usize) else {
            return RowText::default();
        };
        let mut right = Vec::new();
        let problems = self.index.problems(account).iter();
        let bad = problems
            .filter_map(|at| problem(*at, self.inventory))
            .filter(|problem| problem.severity > Severity::Note)
            .count();
        if !found.unresolved.is_empty() {
            right.push(Piece::Mark(Mark::Unresolved));
            right.push(muted(found.unresolved.len().to_string()));
        }
        if bad > 0 {
            right.push(Piece::Mark(Mark::Problem));
            right.push(muted(bad.to_string()));
        }
        RowText {
            left: vec![name(Meaning::Emphasis, &found.name)],
            extra: String::new(),
            right,
        }
    }

    fn entity(&mut self, entity: Entity) -> RowText {
        let mut facts = Facts::default();
        for at in entity.policies(self.inventory) {
            let own = self.facts(at);
            facts = facts.with(own);
        }
        let mut row = RowText {
            left: vec![name(Meaning::Plain, &label(entity, self.inventory))],
            ..RowText::default()
        };
        if entity.boundary(self.inventory).is_some() {
            row.right.push(Piece::Mark(Mark::Limited));
        }
        let guarded = entity
            .identity(self.inventory)
            .is_some_and(|identity| !identity.guard.is_always());
        facts.problems += self.remarkable(Item::Entity(entity));
        push_marks(&mut row.right, facts, guarded);
        if let Some(role) = entity.role(self.inventory) {
            if role.external {
                "named by policies only".clone_into(&mut row.extra);
            } else if let Some(trust) = &role.trust {
                row.extra = trusted(&trust.statements);
            }
        }
        if let Some(allowed) = self.allowed.get(&entity).copied() {
            row.right.push(Piece::Mark(if allowed == 0 {
                Mark::ImplicitDeny
            } else {
                Mark::Allow
            }));
            row.right.push(muted(grouped(allowed)));
        }
        row
    }

    fn policy(&mut self, at: PolicyAt) -> RowText {
        let tag = match at.slot {
            Slot::Trust => "trust",
            Slot::Boundary => "boundary",
            Slot::Inline(_) => "inline",
            Slot::Managed(_) => match at.attachment(self.inventory).map(|found| found.origin) {
                Some(Origin::Aws) => "aws",
                Some(Origin::External) => "external",
                _ => "managed",
            },
            Slot::Own => match at.entity.owner {
                Owner::Scp(..) => "scp",
                Owner::Rcp(..) => "rcp",
                _ => "",
            },
        };
        let mut row = RowText::default();
        if !tag.is_empty() {
            row.left.push(Piece::Tag(tag));
        }
        let mut facts = self.facts(at);
        if at.slot == Slot::Trust {
            let document = at.document(self.inventory);
            let who = document.map(|document| trusted(&document.statements));
            row.left.push(Piece::Name(
                Meaning::Plain,
                who.unwrap_or_else(|| "not loaded".to_owned()),
            ));
            facts.problems += self.remarkable(Item::Policy(at));
            push_marks(&mut row.right, facts, false);
            return row;
        }
        let named = match at.slot {
            Slot::Own => label(at.entity, self.inventory),
            Slot::Boundary | Slot::Managed(_) | Slot::Inline(_) | Slot::Trust => {
                reference_name(&at.name(self.inventory)).to_owned()
            }
        };
        row.left.push(name(Meaning::Plain, &named));
        if let Some(own) = at.entity.resource(self.inventory)
            && at.slot == Slot::Own
        {
            row.extra.clone_from(&own.kind);
        } else if let Some(managed) = at.entity.managed(self.inventory) {
            row.extra = match &managed.attached_to[..] {
                [] => "attached to nothing".to_owned(),
                [one] => format!("on {}", plain(one)),
                [one, others @ ..] => format!("on {} +{}", plain(one), others.len()),
            };
        } else if let Some((level, ..)) = at.entity.organisation(self.inventory) {
            row.extra = format!("at {}", escape(level));
        }
        let guarded = at
            .attachment(self.inventory)
            .is_some_and(|attachment| !attachment.guard.is_always());
        facts.problems += self.remarkable(Item::Policy(at));
        push_marks(&mut row.right, facts, guarded);
        if at.document(self.inventory).is_none() {
            row.right.push(Piece::Mark(Mark::Depends));
            row.right.push(muted("not loaded"));
        }
        if facts.allow > 0 {
            row.right.push(Piece::Mark(Mark::Allow));
            row.right.push(muted(facts.allow.to_string()));
        }
        if facts.deny > 0 {
            row.right.push(Piece::Mark(Mark::ExplicitDeny));
            row.right.push(muted(facts.deny.to_string()));
        }
        row
    }

    fn service(&mut self, at: PolicyAt, statement: u32, entry: u32, service: u32) -> RowText {
        let Some(service) = catalog::index().services().get(service as usize) else {
            return RowText::default();
        };
        let all = service.actions().len();
        let pattern = at
            .statement(self.inventory, statement)
            .and_then(|statement| actions(statement).get(entry as usize))
            .and_then(|entry| catalog::Pattern::parse(entry.text.as_plain()?));
        let covered = pattern.map_or(0, |pattern| pattern.actions_of(service).count());
        RowText {
            left: vec![name(Meaning::Code, service.prefix())],
            extra: service.title().to_owned(),
            right: if covered == all {
                count(all)
            } else {
                vec![muted(format!("{covered} of {all}"))]
            },
        }
    }

    fn problem(&mut self, at: ProblemAt, item: Item) -> RowText {
        let Some(found) = problem(at, self.inventory) else {
            return RowText::default();
        };
        let meaning = match found.severity {
            Severity::Error => Meaning::Deny,
            Severity::Warning => Meaning::Warning,
            Severity::Note => Meaning::Muted,
        };
        let mut row = RowText {
            left: vec![
                Piece::Mark(Mark::Problem),
                Piece::Words(meaning, found.severity.name().to_owned()),
                name(Meaning::Plain, &found.message),
            ],
            ..RowText::default()
        };
        if matches!(item, Item::Listed(_)) && found.place.is_known() {
            row.extra = format!("line {}", found.place.line);
        }
        row
    }
}

/// What to call an entity: its name, or what its author calls it where the name is not known yet.
pub fn label(entity: Entity, inventory: &Inventory) -> String {
    let identity = entity.identity(inventory);
    let open = identity.filter(|identity| !identity.name.is_plain());
    // A construct's path begins with the stack, which is the same for all.
    let construct = open
        .and_then(|identity| identity.friendly.as_deref())
        .map(|path| path.split_once('/').map_or(path, |(_, rest)| rest));
    match construct {
        Some(path) => path.to_owned(),
        None => address(entity, inventory),
    }
}

/// The name by which a request finds an entity: its own, or that in the template.
pub fn address(entity: Entity, inventory: &Inventory) -> String {
    let identity = entity.identity(inventory);
    let open = identity.filter(|identity| !identity.name.is_plain());
    let own = open.and_then(|identity| identity.logical_id.as_ref());
    own.cloned().unwrap_or_else(|| entity.name(inventory))
}

fn name(meaning: Meaning, text: &str) -> Piece {
    Piece::Name(meaning, escape(text).into_owned())
}

fn text_name(text: Option<&Text>) -> Piece {
    let meaning = match text {
        Some(text) if !text.is_plain() => Meaning::Unknown,
        _ => Meaning::Plain,
    };
    name(
        meaning,
        &text
            .map(|text| plain(text).into_owned())
            .unwrap_or_default(),
    )
}

fn muted(text: impl Into<String>) -> Piece {
    Piece::Words(Meaning::Muted, text.into())
}

fn count(value: usize) -> Vec<Piece> {
    vec![muted(grouped(value))]
}

/// A number with its thousands apart: `7,018`.
pub fn grouped(value: usize) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn push_marks(right: &mut Vec<Piece>, facts: Facts, guarded: bool) {
    if facts.unresolved || guarded {
        right.push(Piece::Mark(Mark::Unresolved));
    }
    if facts.problems > 0 {
        right.push(Piece::Mark(Mark::Problem));
        right.push(muted(facts.problems.to_string()));
    }
}

fn plain(text: &Text) -> Cow<'static, str> {
    Cow::Owned(escape(&text.to_string()).into_owned())
}

/// Who a trust policy lets in, in a few words.
pub fn trusted(statements: &[Statement]) -> String {
    let mut names: Vec<String> = Vec::new();
    for statement in statements
        .iter()
        .filter(|statement| statement.effect != Some(Effect::Deny))
    {
        for principal in principals(statement) {
            let name = short_principal(principal.kind, &principal.entry.text);
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    match &names[..] {
        [] => "nobody".to_owned(),
        [one] => one.clone(),
        [one, others @ ..] => format!("{one} +{}", others.len()),
    }
}

fn short_principal(kind: PrincipalType, text: &Text) -> String {
    match kind {
        PrincipalType::Everyone => "everyone".to_owned(),
        PrincipalType::Service | PrincipalType::CanonicalUser => plain(text).into_owned(),
        PrincipalType::Aws | PrincipalType::Federated => match text.as_plain() {
            Some("*") => "everyone".to_owned(),
            Some(known) => match Arn::parse(known) {
                Some(arn) if arn.resource == "root" => format!("account {}", escape(arn.account)),
                Some(arn) => escape(arn.resource).into_owned(),
                None if Arn::is_account_id(known) => format!("account {known}"),
                None => escape(known).into_owned(),
            },
            None => short_text(text),
        },
    }
}

fn statement_row(statement: &Statement) -> RowText {
    let mark = match statement.effect {
        Some(Effect::Allow) => Mark::Allow,
        Some(Effect::Deny) => Mark::ExplicitDeny,
        None => Mark::Depends,
    };
    let mut row = RowText {
        left: vec![Piece::Mark(mark)],
        ..RowText::default()
    };
    let sid = statement.sid.as_ref().filter(|sid| !sid.is_empty());
    row.left.push(match sid {
        Some(sid) => name(Meaning::Emphasis, &sid.to_string()),
        None => Piece::Words(Meaning::Emphasis, statement.number.to_string()),
    });
    row.left.push(Piece::Words(
        Meaning::Plain,
        escape(&what(statement)).into_owned(),
    ));
    if statement.is_open() {
        row.right.push(Piece::Mark(Mark::Unresolved));
    }
    if statement.unreadable {
        row.right.push(Piece::Mark(Mark::Problem));
    }
    row
}

/// A name that is one reference is known by what it refers to.
pub fn reference_name(text: &str) -> &str {
    let inner = text
        .strip_prefix("${")
        .and_then(|text| text.strip_suffix('}'));
    inner
        .filter(|inner| !inner.contains(['$', '}']))
        .unwrap_or(text)
}

/// What a statement is about, in one line.
pub fn what(statement: &Statement) -> String {
    let mut words = String::new();
    if let Some(element) = &statement.principal {
        let names: Vec<String> = element
            .entries
            .iter()
            .map(|principal| short_principal(principal.kind, &principal.entry.text))
            .collect();
        if element.not {
            words.push_str("all but ");
        }
        words.push_str(&first_of(&names));
        words.push(' ');
    }
    match &statement.action {
        Some(element) => {
            let names: Vec<String> = element
                .entries
                .iter()
                .map(|entry| entry.text.to_string())
                .collect();
            let all = names.iter().any(|name| name == "*");
            words.push_str(&match (element.not, all) {
                (false, true) => "every action".to_owned(),
                (true, true) => "no action".to_owned(),
                (false, false) => first_of(&names),
                (true, false) => format!("all but {}", first_of(&names)),
            });
        }
        None => words.push_str("no action"),
    }
    if let Some(element) = &statement.resource {
        let names: Vec<String> = element
            .entries
            .iter()
            .map(|entry| short_text(&entry.text))
            .collect();
        words.push_str(if element.not { " on all but " } else { " on " });
        words.push_str(&first_of(&names));
    }
    let keys: Vec<String> = conditions(statement)
        .iter()
        .map(|condition| condition.key.to_string())
        .collect();
    if !keys.is_empty() {
        words.push_str(" when ");
        words.push_str(&first_of(&keys));
    }
    words
}

fn first_of(names: &[String]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [one, others @ ..] => format!("{one} +{}", others.len()),
    }
}

/// An ARN without what is the same in most of them; a reference by its name alone.
pub fn short_text(text: &Text) -> String {
    if let Some(reference) = text.as_reference() {
        return match reference.kind {
            UnresolvedKind::Expression => "~expression".to_owned(),
            _ => format!("~{}", reference.name),
        };
    }
    let whole = text.to_string();
    match Arn::parse(&whole) {
        Some(arn) if !arn.resource.is_empty() => {
            if matches!(arn.service, "s3" | "iam") || arn.resource.contains(['/', ':']) {
                arn.resource.to_owned()
            } else {
                format!("{}:{}", arn.service, arn.resource)
            }
        }
        _ => whole,
    }
}

fn part_row(statement: &Statement, part: Part) -> RowText {
    let mut row = RowText::default();
    match part {
        Part::Principal(index) => {
            let element = statement.principal.as_ref();
            let not = element.is_some_and(|element| element.not);
            row.left
                .push(Piece::Tag(if not { "not from" } else { "from" }));
            if let Some(principal) = principals(statement).get(index as usize) {
                if principal.kind != PrincipalType::Everyone {
                    row.left.push(Piece::Words(
                        Meaning::Muted,
                        principal.kind.name().to_owned(),
                    ));
                }
                row.left.push(entry_name(&principal.entry.text));
            }
        }
        Part::Action(index) => {
            let not = statement.action.as_ref().is_some_and(|element| element.not);
            row.left
                .push(Piece::Tag(if not { "not action" } else { "action" }));
            if let Some(entry) = actions(statement).get(index as usize) {
                row.left.push(entry_name(&entry.text));
                action_facts(entry.text.as_plain(), &mut row);
                push_guard(entry.guard.is_always(), &mut row);
            }
        }
        Part::Resource(index) => {
            let element = statement.resource.as_ref();
            let not = element.is_some_and(|element| element.not);
            row.left
                .push(Piece::Tag(if not { "not on" } else { "resource" }));
            if let Some(entry) = resources(statement).get(index as usize) {
                row.left.push(entry_name(&entry.text));
                push_guard(entry.guard.is_always(), &mut row);
            }
        }
        Part::Condition(index) => {
            row.left.push(Piece::Tag("when"));
            if let Some(condition) = conditions(statement).get(index as usize) {
                row.left
                    .push(name(Meaning::Key, &condition.key.to_string()));
                row.left.push(Piece::Words(
                    Meaning::Muted,
                    escape(&condition.operator_text).into_owned(),
                ));
                let values: Vec<String> = condition
                    .values
                    .iter()
                    .map(|value| value.text.to_string())
                    .collect();
                row.left.push(Piece::Words(
                    Meaning::Code,
                    escape(&first_of(&values)).into_owned(),
                ));
            }
        }
    }
    row
}

fn entry_name(text: &Text) -> Piece {
    let meaning = if text.is_plain() {
        Meaning::Code
    } else {
        Meaning::Unknown
    };
    name(meaning, &text.to_string())
}

fn push_guard(always: bool, row: &mut RowText) {
    if !always {
        row.right.push(Piece::Mark(Mark::Unresolved));
    }
}

// The access level of an action, or how many a pattern stands for.
fn action_facts(text: Option<&str>, row: &mut RowText) {
    let Some(text) = text else {
        row.right.push(Piece::Mark(Mark::Unresolved));
        return;
    };
    match catalog::Pattern::parse(text) {
        Some(pattern) if pattern.is_wild() => {
            let covered = pattern.actions().count();
            row.right.push(muted(grouped(covered)));
        }
        _ => match catalog::index().find(text) {
            Some(action) => row.extra = action.level().name().to_owned(),
            None => {
                row.right.push(Piece::Mark(Mark::Problem));
                row.right.push(muted("unknown"));
            }
        },
    }
}

fn known_row(action: u32) -> RowText {
    let mut row = covered_row(action);
    if let Some(action) = catalog::index().actions().get(action as usize) {
        row.extra = format!("{}  {}", action.level().name(), action.service().title());
    }
    row
}

fn covered_row(action: u32) -> RowText {
    match catalog::index().actions().get(action as usize) {
        Some(action) => RowText {
            left: vec![name(Meaning::Code, action.canonical())],
            extra: action.level().name().to_owned(),
            right: Vec::new(),
        },
        None => RowText::default(),
    }
}
