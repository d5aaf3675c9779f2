//! `iamscope tree` for people: everything loaded as an outline, in plain text or Markdown.

use std::fmt::Write;

use crate::explain::{Mark, condition_words, escape, principal_words};
use crate::iam::{
    Account, Attachment, Document, Effect, Entry, Identity, InlinePolicy, Inventory, Origin, Place,
    Problem, Statement, Text,
};

/// The inventory as indented lines.
pub fn tree_text(inventory: &Inventory) -> String {
    let mut text = String::new();
    for row in rows(inventory) {
        let indent = "  ".repeat(row.depth);
        let line = format!("{indent}{}", row.text);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", escape(line.trim_end()));
    }
    text
}

/// The inventory as nested Markdown lists under a heading for each source.
pub fn tree_markdown(inventory: &Inventory) -> String {
    let mut text = String::new();
    for row in rows(inventory) {
        let line = escape(&row.text);
        let _ = match row.depth {
            0 => writeln!(
                text,
                "{}# {}\n",
                if text.is_empty() { "" } else { "\n" },
                literal(&line)
            ),
            depth => writeln!(text, "{}- {}", "  ".repeat(depth - 1), literal(&line)),
        };
    }
    text
}

/// Text in which Markdown finds nothing to mark up.
pub(super) fn literal(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(
            character,
            '*' | '_' | '`' | '[' | ']' | '<' | '>' | '\\' | '#' | '|'
        ) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

struct Row {
    depth: usize,
    text: String,
}

fn rows(inventory: &Inventory) -> Vec<Row> {
    let mut outline = Outline {
        inventory,
        rows: Vec::new(),
    };
    for account in &inventory.accounts {
        outline.account(account);
    }
    outline.problems(&inventory.problems.iter().collect::<Vec<_>>(), 0);
    outline.rows
}

struct Outline<'a> {
    inventory: &'a Inventory,
    rows: Vec<Row>,
}

impl Outline<'_> {
    fn add(&mut self, depth: usize, text: impl Into<String>) {
        self.rows.push(Row {
            depth,
            text: text.into(),
        });
    }

    fn account(&mut self, account: &Account) {
        let assumed = if account.id.assumed { " (assumed)" } else { "" };
        let name = &account.name;
        self.add(0, format!("{name}  account {}{assumed}", account.id.value));
        self.section("Roles", account.roles.len());
        for role in &account.roles {
            self.entity(&role.identity, role.external);
            if let Some(trust) = &role.trust {
                self.add(3, "trust");
                self.document(trust, 4);
            }
            self.policies(role.boundary.as_ref(), &role.managed, &role.inline);
        }
        self.section("Users", account.users.len());
        for user in &account.users {
            self.entity(&user.identity, user.external);
            for group in &user.groups {
                self.add(3, format!("group  {group}"));
            }
            self.policies(user.boundary.as_ref(), &user.managed, &user.inline);
        }
        self.section("Groups", account.groups.len());
        for group in &account.groups {
            self.entity(&group.identity, group.external);
            self.policies(None, &group.managed, &group.inline);
        }
        self.section("Managed policies", account.policies.len());
        for policy in &account.policies {
            self.entity(&policy.identity, false);
            if let Some(document) = &policy.document {
                self.document(document, 3);
            }
        }
        self.section("Resource policies", account.resource_policies.len());
        for policy in &account.resource_policies {
            let place = self.inventory.describe(policy.place);
            let when = when(&policy.guard);
            self.add(
                2,
                format!("{}  {}  {place}{when}", policy.resource, policy.kind),
            );
            self.document(&policy.document, 3);
        }
        self.section("Parameters", account.parameters.len());
        for parameter in &account.parameters {
            let value = match &parameter.value {
                _ if parameter.secret => "(secret)".to_owned(),
                Some(value) => format!("= {value}"),
                None => format!("{} no value", Mark::Unresolved.glyph()),
            };
            let from = parameter.from.map_or("", |from| from.name());
            let placeholder = if parameter.placeholder {
                "  a placeholder to be filled in"
            } else {
                ""
            };
            self.add(
                2,
                format!("{}  {value}  {from}{placeholder}", parameter.name),
            );
        }
        self.section("Placeholders", account.placeholders.len());
        for placeholder in &account.placeholders {
            let value = match &placeholder.value {
                Some(value) => format!("= {value}"),
                None => format!("{} to be filled in", Mark::Unresolved.glyph()),
            };
            let place = self.inventory.describe(placeholder.place);
            self.add(2, format!("{}  {value}  {place}", placeholder.text));
        }
        self.section("Undecided conditions", account.undecided.len());
        for undecided in &account.undecided {
            let place = self.inventory.describe(undecided.place);
            self.add(
                2,
                format!("{} {}  {place}", Mark::Depends.glyph(), undecided.condition),
            );
        }
        self.problems(&account.all_problems(), 1);
    }

    fn section(&mut self, title: &str, count: usize) {
        if count > 0 {
            self.add(1, format!("{title} {count}"));
        }
    }

    fn entity(&mut self, identity: &Identity, external: bool) {
        let mut line = format!(
            "{}  {}",
            identity.name,
            self.inventory.describe(identity.place)
        );
        if let Some(friendly) = &identity.friendly {
            let _ = write!(line, "  {friendly}");
        }
        line.push_str(&when(&identity.guard));
        if external {
            line.push_str("  not in the source: only policies name it");
        }
        self.add(2, line);
    }

    fn policies(
        &mut self,
        boundary: Option<&Attachment>,
        managed: &[Attachment],
        inline: &[InlinePolicy],
    ) {
        if let Some(boundary) = boundary {
            let when = when(&boundary.guard);
            self.add(
                3,
                format!(
                    "{} boundary  {}{when}",
                    Mark::Limited.glyph(),
                    boundary.name
                ),
            );
            // Its statements stand under the managed policy, where that is in the source.
        }
        for attached in managed {
            let origin = match attached.origin {
                Origin::Aws => "aws",
                Origin::Customer => "managed",
                Origin::External => "external",
            };
            self.add(
                3,
                format!("{origin}  {}{}", attached.name, when(&attached.guard)),
            );
        }
        for policy in inline {
            self.add(3, format!("inline  {}{}", policy.name, when(&policy.guard)));
            self.document(&policy.document, 4);
        }
    }

    fn document(&mut self, document: &Document, depth: usize) {
        if document.statements.is_empty() {
            self.add(depth, format!("{} no statements", Mark::Problem.glyph()));
        }
        for statement in &document.statements {
            self.add(depth, statement_line(statement));
        }
    }

    fn problems(&mut self, problems: &[&Problem], depth: usize) {
        if problems.is_empty() {
            return;
        }
        self.add(depth, format!("Problems {}", problems.len()));
        for problem in problems {
            let place = self.place(problem.place);
            let severity = problem.severity.name();
            let mark = Mark::Problem.glyph();
            self.add(
                depth + 1,
                format!("{mark} {severity}  {place}{}", problem.message),
            );
        }
    }

    fn place(&self, place: Place) -> String {
        match self.inventory.path_of(place) {
            Some(_) => format!("{}  ", self.inventory.describe(place)),
            None => String::new(),
        }
    }
}

fn when(guard: &crate::iam::Guard) -> String {
    if guard.is_always() {
        String::new()
    } else {
        format!("  {} if {guard}", Mark::Depends.glyph())
    }
}

/// A statement in one line: effect, what it is called, who, what, on what, when.
fn statement_line(statement: &Statement) -> String {
    let (mark, effect) = match statement.effect {
        Some(Effect::Allow) => (Mark::Allow, "Allow"),
        Some(Effect::Deny) => (Mark::ExplicitDeny, "Deny"),
        None => (Mark::Depends, "?"),
    };
    let mut line = format!("{} {effect} {}", mark.glyph(), statement.reference());
    if let Some(principal) = &statement.principal {
        let _ = write!(line, "  to {}", principal_words(principal).to_plain());
    }
    if let Some(action) = &statement.action {
        let not = if action.not { "everything but " } else { "" };
        let _ = write!(line, "  {not}{}", listed(&action.entries));
    }
    if let Some(resource) = &statement.resource {
        let not = if resource.not { "everything but " } else { "" };
        let _ = write!(line, "  on {not}{}", listed(&resource.entries));
    }
    for condition in &statement.conditions {
        let _ = write!(line, "  when {}", condition_words(condition).to_plain());
    }
    line.push_str(&when(&statement.guard));
    line
}

fn listed(entries: &[Entry]) -> String {
    let text = |entry: &Entry| -> String {
        let text: &Text = &entry.text;
        match entry.guard.is_always() {
            true => text.to_string(),
            false => format!("{text} (if {})", entry.guard),
        }
    };
    let texts: Vec<String> = entries.iter().map(text).collect();
    texts.join(", ")
}
