//! `assets/tf_policy_attributes.tsv`: which attribute of which resource carries which kind of policy,
//! and which attribute says what the policy is about.

use std::sync::OnceLock;

const TEXT: &str = include_str!("../../../assets/tf_policy_attributes.tsv");

/// One attribute of a resource type.
pub(super) struct Row {
    pub kind: &'static str,
    pub attribute: &'static str,
    /// `trust`, `identity`, `resource`, ...
    pub policy: &'static str,
    pub about: &'static str,
}

pub(super) fn rows() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    ROWS.get_or_init(|| TEXT.lines().skip(1).filter_map(row).collect())
}

fn row(line: &'static str) -> Option<Row> {
    let mut fields = line.split('\t');
    Some(Row {
        kind: fields.next()?,
        attribute: fields.next()?,
        policy: fields.next()?,
        about: fields.next()?,
    })
}

/// Whether resources of a type grant or deny anything, or are named where something does.
pub(super) fn is_of_interest(kind: &str) -> bool {
    rows().iter().any(|row| row.kind == kind)
        || matches!(
            kind,
            "aws_iam_user" | "aws_iam_group" | "aws_ssoadmin_permission_set"
        )
        || !super::computed::attributes_of(kind).is_empty()
}

/// Whether resources of a type carry policies or put them on somebody.
pub(super) fn carries_policies(kind: &str) -> bool {
    rows().iter().any(|row| row.kind == kind) || matches!(kind, "aws_iam_user" | "aws_iam_group")
}
