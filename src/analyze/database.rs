//! `rds-db:connect` names a database by its resource id (`db-ABC...`), which no `Ref` gives
//! (RDS: UsingWithRDS.IAMDBAuth.IAMPolicy).

use crate::catalog::Action;
use crate::iam::{Glob, Problem, Statement, Text, UnresolvedKind};

/// What the resource ids of instances, clusters and proxies begin with.
const PREFIXES: [&str; 3] = ["db-", "cluster-", "prx-"];

/// A grant of `rds-db:connect` on an identifier instead of a resource id.
pub(super) fn problem(statement: &Statement) -> Option<Problem> {
    let connects = statement.action.as_ref().is_some_and(|element| {
        !element.not
            && element.entries.iter().any(|entry| {
                entry.text.as_plain().is_some_and(|text| {
                    Glob::new(&text.to_ascii_lowercase()).matches("rds-db:connect")
                })
            })
    });
    if !connects {
        return None;
    }
    let resources = statement.resource.as_ref().filter(|element| !element.not)?;
    resources.entries.iter().find_map(|entry| {
        let problem = match identifier(&entry.text)? {
            Identifier::Wrong(id) => Problem::warning(
                entry.place,
                format!(
                    "`rds-db:connect` matches a database by its resource id (`db-...`), and `{id}` is not one: it matches no database"
                ),
            ),
            Identifier::Doubtful(id) => Problem::warning(
                entry.place,
                format!(
                    "`rds-db:connect` matches a database by its resource id (`db-...`): `{id}` has to be one, and the `Ref` of a database instance is not"
                ),
            ),
        };
        Some(
            problem
                .hint("use the attribute `DbiResourceId`, or `DBClusterResourceId` of a cluster")
                .page("RDS:UsingWithRDS.IAMDBAuth.IAMPolicy"),
        )
    })
}

/// Whether an action is `rds-db:connect`.
pub(super) fn is_connect(action: &Action) -> bool {
    action.lower() == "rds-db:connect"
}

/// Whether every resource of a statement is a database user whose database is no resource id, so that
/// `rds-db:connect` matches none.
pub(super) fn matches_none(statement: &Statement) -> bool {
    statement.resource.as_ref().is_some_and(|element| {
        !element.not
            && !element.entries.is_empty()
            && element
                .entries
                .iter()
                .all(|entry| matches!(identifier(&entry.text), Some(Identifier::Wrong(_))))
    })
}

/// What stands in the place of a resource id.
enum Identifier {
    /// It can be none.
    Wrong(String),
    /// A reference of which that is not known.
    Doubtful(String),
}

/// What stands in the place of the resource id, where it is none or may be none.
fn identifier(text: &Text) -> Option<Identifier> {
    let shown = text.to_string();
    let (_, rest) = shown.split_once(":dbuser:")?;
    let id = rest.split('/').next()?;
    if let Some(name) = id.strip_prefix("${").and_then(|id| id.strip_suffix('}')) {
        // The value of `Ref` is the identifier; another attribute may be anything.
        let reference = text.references().find(|own| own.name == name)?;
        let names_it = name.to_ascii_lowercase().contains("resourceid");
        return match reference.kind {
            UnresolvedKind::Attribute if !name.contains('.') => {
                Some(Identifier::Wrong(id.to_owned()))
            }
            UnresolvedKind::Parameter if !names_it => Some(Identifier::Doubtful(id.to_owned())),
            _ => None,
        };
    }
    let known = id.split(['*', '?', '$']).next()?;
    let possible = PREFIXES
        .iter()
        .any(|prefix| prefix.starts_with(known) || known.starts_with(prefix));
    (!possible).then(|| Identifier::Wrong(id.to_owned()))
}
