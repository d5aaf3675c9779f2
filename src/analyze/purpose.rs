//! Why a permission is there: comments beside actions, or a table that an author publishes.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::catalog;
use crate::iam::{Account, Document, Effect, Glob, Place, Problem, SourceId, Statement};

use super::permission::purpose_of;

/// One line of a table of purposes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Purpose {
    /// The heading that it stands under, where the table has three columns.
    pub section: Option<String>,
    /// The permission as written: `iam:passRole`.
    pub permission: String,
    /// What it is for.
    pub text: String,
    /// Where the line stands.
    pub place: Place,
}

/// A table of purposes.
#[derive(Clone, Debug, Default)]
pub struct Purposes {
    /// Its lines in order.
    pub all: Vec<Purpose>,
    /// Positions by the permission in lower case.
    by_permission: HashMap<String, usize>,
}

/// The columns of a table, by what they hold.
#[derive(Clone, Copy)]
struct Columns {
    section: Option<usize>,
    permission: usize,
    purpose: usize,
}

const TWO: Columns = Columns {
    section: None,
    permission: 0,
    purpose: 1,
};

const THREE: Columns = Columns {
    section: Some(0),
    permission: 1,
    purpose: 2,
};

impl Purposes {
    /// Reads a table whose columns are separated by tabs: permission and purpose, or section,
    /// permission and purpose. A first line may name the columns; lines that begin with `#` and empty
    /// ones are skipped. What cannot be read is among the problems.
    pub fn parse(text: &str, source: SourceId) -> (Self, Vec<Problem>) {
        let mut purposes = Purposes::default();
        let mut problems = Vec::new();
        let mut columns = None;
        for (number, line) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
            let place = Place::new(source, number, 1);
            let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            if purposes.all.is_empty()
                && columns.is_none()
                && let Some(named) = header(&cells)
            {
                columns = Some(named);
                continue;
            }
            let own = columns.unwrap_or(if cells.len() >= 3 { THREE } else { TWO });
            match (cells.get(own.permission), cells.get(own.purpose)) {
                (Some(permission), Some(text)) if is_permission(permission) => {
                    let section = own.section.and_then(|at| cells.get(at));
                    purposes.add(
                        Purpose {
                            section: section.filter(|s| !s.is_empty()).map(|s| (*s).to_owned()),
                            permission: (*permission).to_owned(),
                            text: (*text).to_owned(),
                            place,
                        },
                        &mut problems,
                    );
                }
                (Some(permission), Some(_)) => problems.push(Problem::error(
                    place,
                    format!("expected a permission such as `s3:GetObject`, found `{permission}`"),
                )),
                _ => problems.push(
                    Problem::error(
                        place,
                        "expected a permission and its purpose, separated by a tab",
                    )
                    .hint("write `s3:GetObject<TAB>Reads the customer's files`"),
                ),
            }
        }
        (purposes, problems)
    }

    fn add(&mut self, purpose: Purpose, problems: &mut Vec<Problem>) {
        let lower = purpose.permission.to_ascii_lowercase();
        if let Some(first) = self.by_permission.get(&lower) {
            let first = self.all.get(*first).map_or(0, |first| first.place.line);
            problems.push(Problem::warning(
                purpose.place,
                format!(
                    "`{}` is already in line {first}: that purpose is shown",
                    purpose.permission
                ),
            ));
        } else {
            self.by_permission.insert(lower, self.all.len());
        }
        self.all.push(purpose);
    }

    /// The purpose of a permission, an action or a pattern, whatever its case: that of its name, else
    /// of the first pattern in the table that matches it.
    pub fn of(&self, permission: &str) -> Option<&Purpose> {
        let lower = permission.to_ascii_lowercase();
        if let Some(position) = self.by_permission.get(&lower) {
            return self.all.get(*position);
        }
        self.all.iter().find(|purpose| {
            purpose.permission.contains(['*', '?'])
                && Glob::new(&purpose.permission.to_ascii_lowercase()).matches(&lower)
        })
    }

    /// The lines whose permission none of the statements names, nor covers by a pattern.
    pub fn without_permission<'a, 's>(
        &'a self,
        statements: impl IntoIterator<Item = &'s Statement>,
    ) -> Vec<&'a Purpose> {
        let mut named: Vec<Glob> = Vec::new();
        for statement in statements {
            let element = statement.action.iter().filter(|element| !element.not);
            for entry in element.flat_map(|element| &element.entries) {
                named.push(Glob::new(&entry.text.to_string().to_ascii_lowercase()));
            }
        }
        let granted = |purpose: &&Purpose| {
            let lower = purpose.permission.to_ascii_lowercase();
            named
                .iter()
                .any(|glob| glob.as_str() == lower || glob.matches(&lower))
        };
        self.all
            .iter()
            .filter(|purpose| !granted(purpose))
            .collect()
    }
}

/// Which permissions of policies nobody gave a purpose, and which purposes nothing needs.
#[derive(Debug)]
pub struct PurposeReview<'a> {
    /// How many permissions have a purpose.
    pub with_purpose: usize,
    /// Permissions without one, each once, in the order in which they stand.
    pub without_purpose: Vec<String>,
    /// Lines of the table whose permission no policy has.
    pub without_permission: Vec<&'a Purpose>,
}

impl<'a> PurposeReview<'a> {
    /// Looks through documents.
    pub fn of(documents: &[Arc<Document>], purposes: Option<&'a Purposes>) -> Self {
        let statements = || documents.iter().flat_map(|document| &document.statements);
        let mut review = PurposeReview {
            with_purpose: 0,
            without_purpose: Vec::new(),
            without_permission: purposes
                .map(|purposes| purposes.without_permission(statements()))
                .unwrap_or_default(),
        };
        let mut seen = HashSet::new();
        let allows = statements().filter(|own| own.effect == Some(Effect::Allow));
        let elements = allows.flat_map(|own| &own.action).filter(|own| !own.not);
        for entry in elements.flat_map(|element| &element.entries) {
            let written = entry.text.to_string();
            if purpose_of(entry, &written, purposes).is_some() {
                review.with_purpose += 1;
            } else if seen.insert(canonical(&written).to_owned()) {
                review.without_purpose.push(canonical(&written).to_owned());
            }
        }
        review
    }
}

/// The policies that an account's own people wrote, each once: managed ones, then inline ones.
pub fn own_documents(account: &Account) -> Vec<Arc<Document>> {
    let managed = account.policies.iter();
    let managed = managed.filter_map(|policy| policy.document.as_ref());
    let roles = account.roles.iter().flat_map(|role| &role.inline);
    let users = account.users.iter().flat_map(|user| &user.inline);
    let groups = account.groups.iter().flat_map(|group| &group.inline);
    let inline = roles.chain(users).chain(groups).map(|own| &own.document);
    let mut seen = HashSet::new();
    managed
        .chain(inline)
        .filter(|document| seen.insert(Arc::as_ptr(document)))
        .cloned()
        .collect()
}

/// The columns that a first line names, if it names any.
fn header(cells: &[&str]) -> Option<Columns> {
    let find = |names: &[&str]| {
        cells
            .iter()
            .position(|cell| names.iter().any(|name| cell.eq_ignore_ascii_case(name)))
    };
    Some(Columns {
        section: find(&["section", "service", "group"]),
        permission: find(&["permission", "action"])?,
        purpose: find(&["purpose", "reason", "description", "why"])?,
    })
}

fn is_permission(text: &str) -> bool {
    text == "*"
        || text
            .split_once(':')
            .is_some_and(|(prefix, name)| !prefix.is_empty() && !name.is_empty())
}

/// The canonical spelling of an action, or the text as written.
pub fn canonical(permission: &str) -> &str {
    catalog::index()
        .find(permission)
        .map_or(permission, |action| action.canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::{PolicyKind, parse_document_text};

    const TABLE: &str = "section\tpermission\tpurpose\n\
        EC2\tec2:RunInstances\tCreates instances\n\
        \n\
        # a remark\n\
        IAM\tiam:passRole\tPasses roles\n\
        S3\ts3:Get*\tReads\n";

    #[test]
    fn tables_of_three_and_two_columns() {
        let (purposes, problems) = Purposes::parse(TABLE, SourceId(0));
        assert_eq!(problems, []);
        assert_eq!(purposes.all.len(), 3);
        let pass = purposes.of("iam:PassRole").unwrap();
        assert_eq!(pass.text, "Passes roles");
        assert_eq!(pass.section.as_deref(), Some("IAM"));
        assert_eq!(pass.place.line, 5);
        assert_eq!(purposes.of("s3:GetObject").unwrap().text, "Reads");
        assert_eq!(purposes.of("s3:PutObject"), None);

        let (two, problems) = Purposes::parse("s3:GetObject\tReads files", SourceId(0));
        assert_eq!(problems, []);
        assert_eq!(two.of("S3:getobject").unwrap().text, "Reads files");
        assert_eq!(canonical("iam:passRole"), "iam:PassRole");
    }

    #[test]
    fn lines_that_cannot_be_read_are_problems_and_the_rest_is_kept() {
        let text = "s3:GetObject\tReads\nno tab\nnothing\tx\ns3:getobject\tAgain";
        let (purposes, problems) = Purposes::parse(text, SourceId(0));
        assert_eq!(purposes.of("s3:GetObject").unwrap().text, "Reads");
        let lines: Vec<u32> = problems.iter().map(|problem| problem.place.line).collect();
        assert_eq!(lines, [2, 3, 4]);
    }

    #[test]
    fn purposes_without_a_permission() {
        let (purposes, _) = Purposes::parse(TABLE, SourceId(0));
        let document = parse_document_text(
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["ec2:Run*", "s3:GetObject"], "Resource": "*"}]}"#,
            SourceId(0),
            PolicyKind::Identity,
        )
        .unwrap();
        let left: Vec<&str> = purposes
            .without_permission(&document.statements)
            .into_iter()
            .map(|purpose| purpose.permission.as_str())
            .collect();
        assert_eq!(left, ["iam:passRole", "s3:Get*"]);
    }
}
