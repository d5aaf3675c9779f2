//! `rds-db:connect` names a database by its resource id (`db-ABC...`), which no `Ref` gives
//! (RDS: UsingWithRDS.IAMDBAuth.IAMPolicy).

use crate::catalog::Action;
use crate::iam::{Glob, Problem, Statement, Text};

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
        let identifier = identifier(&entry.text)?;
        Some(
            Problem::warning(
                entry.place,
                format!(
                    "`rds-db:connect` matches a database by its resource id (`db-...`), and `{identifier}` is not one: it matches no database"
                ),
            )
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
                .all(|entry| identifier(&entry.text).is_some())
    })
}

/// What stands in the place of the resource id, where it can be none.
fn identifier(text: &Text) -> Option<String> {
    let shown = text.to_string();
    let (_, rest) = shown.split_once(":dbuser:")?;
    let id = rest.split('/').next()?;
    if let Some(reference) = id.strip_prefix("${").and_then(|id| id.strip_suffix('}')) {
        // The value of `Ref` is the identifier; a parameter or another attribute may be anything.
        let of_resource = text.references().any(|unresolved| {
            unresolved.name == reference
                && unresolved.kind == crate::iam::UnresolvedKind::Attribute
                && !reference.contains('.')
        });
        return of_resource.then(|| id.to_owned());
    }
    let known = id.split(['*', '?', '$']).next()?;
    let possible = PREFIXES
        .iter()
        .any(|prefix| prefix.starts_with(known) || known.starts_with(prefix));
    (!possible).then(|| id.to_owned())
}
