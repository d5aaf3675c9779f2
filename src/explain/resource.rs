//! Resource patterns in words: `the bucket logs`, `any table`, `objects under run/ of the bucket b`.

use crate::analyze::{Form, ResourcePattern};
use crate::catalog::{self, Action, Service};
use crate::iam::{Arn, PolicyKind, ResourceElement, Text};

use super::english::{listed, plural};
use super::masked::Masked;
use super::{Fact, Item, Line, Mark, Meaning, Page};

/// A resource type of a service: its name and ARN form.
type Type = (&'static str, &'static str);

/// What a resource element lists. `of`: the actions it stands beside, to tell types apart.
pub fn resource_words(element: &ResourceElement, of: &[&'static Action], kind: PolicyKind) -> Line {
    let words = listed(
        element
            .entries
            .iter()
            .map(|entry| pattern_words(&entry.text, of, kind)),
        if element.not { "or" } else { "and" },
    );
    match (element.not, element.entries.is_empty()) {
        (false, true) => "no resource at all".into(),
        (false, false) => words,
        (true, true) => "everything".into(),
        (true, false) => Line::new().plain("everything except ").then(words),
    }
}

/// What one pattern matches.
pub fn pattern_words(text: &Text, of: &[&'static Action], kind: PolicyKind) -> Line {
    let pattern = ResourcePattern::new(text);
    if pattern.is_everything() {
        return match kind {
            PolicyKind::Resource => "this resource".into(),
            _ => "every resource".into(),
        };
    }
    let masked = Masked::new(text);
    let Some(arn) = Arn::parse(masked.as_str()) else {
        return Line::new().text(text);
    };
    if pattern.service() == Some("s3") && arn.region.is_empty() && arn.account.is_empty() {
        return s3_words(&masked, arn.resource, of);
    }
    match resource_type(&pattern, arn.resource, of) {
        Some(found) => typed_words(&masked, arn.resource, found),
        None => Line::new().text(text),
    }
}

/// The type that a pattern means: of those that it can match, the one of the actions beside it, and of
/// these the shortest, since a `*` at the end of a table's name also matches its indexes.
fn resource_type(
    pattern: &ResourcePattern,
    resource: &str,
    of: &[&'static Action],
) -> Option<Type> {
    let service = pattern.service().and_then(service_of_arns)?;
    let fits = |(_, arn): &Type| {
        resource.starts_with(literal(arn)) && pattern.can_match(&Form::new(arn, service))
    };
    let shortest = |types: Vec<Type>| {
        types
            .into_iter()
            .filter(fits)
            .min_by_key(|(_, arn)| arn.len())
    };
    let of_actions: Vec<Type> = of
        .iter()
        .take(8)
        .flat_map(|action| action.resource_forms())
        .map(|(name, arn, _)| (name, arn))
        .collect();
    shortest(of_actions).or_else(|| shortest(service.resource_types().collect()))
}

/// The service whose types have ARNs of a service field; they mostly have the same name.
fn service_of_arns(name: &str) -> Option<&'static Service> {
    catalog::index().service(name)
}

/// What stands before the first placeholder in the last field of an ARN form: `table/`.
fn literal(form: &str) -> &str {
    let resource = Arn::parse(form).map_or("", |form| form.resource);
    let end = resource.find(['$', '*']).unwrap_or(resource.len());
    &resource[..end]
}

/// Words for an ARN of a known type: `the table orders`, `any role`, `functions api-*`.
fn typed_words(masked: &Masked, resource: &str, (name, form): Type) -> Line {
    let rest = resource.strip_prefix(literal(form)).unwrap_or(resource);
    let kind = type_words(name);
    if let Some((parent, own)) = parts_of_two(resource, form) {
        let (parent_kind, parent) = parent;
        let begin = match own {
            "*" => Line::new().plain(plural(&kind)),
            _ => named(&kind, masked, own),
        };
        return begin
            .plain(" of ")
            .then(named(&parent_kind, masked, parent));
    }
    // The ARN of a log group is also written with a trailing `:*`.
    let rest = if name == "log-group" {
        rest.strip_suffix(":*").unwrap_or(rest)
    } else {
        rest
    };
    named(&kind, masked, rest)
}

/// The parts of a resource whose form has two names: `table/orders/index/*` is the index `*` of the table
/// `orders`. The parent's type is what stands before its name.
fn parts_of_two<'a>(resource: &'a str, form: &str) -> Option<((String, &'a str), &'a str)> {
    if form.contains(":dbuser:") {
        let (database, user) = resource.strip_prefix("dbuser:")?.split_once('/')?;
        return Some((("database".to_owned(), database), user));
    }
    let before = literal(form);
    let (_, behind) = Arn::parse(form)?.resource.split_once('}')?;
    let end = behind.find("${")?;
    let (middle, last) = behind.split_at(end);
    // Two names and no more, with a word between them.
    let word = middle.len() > 2 && last.matches("${").count() == 1 && last.ends_with('}');
    let kind = before.trim_end_matches(['/', ':']);
    if !word || kind.is_empty() {
        return None;
    }
    let rest = resource.strip_prefix(before)?;
    let (parent, own) = match rest.split_once(middle) {
        Some(parts) => parts,
        // `log-group:x:*` means every stream of the group.
        None => (rest.strip_suffix(&format!("{}*", &middle[..1]))?, "*"),
    };
    Some(((type_words(kind), parent), own))
}

fn named(kind: &str, masked: &Masked, name: &str) -> Line {
    if name == "*" {
        Line::new().plain(format!("any {kind}"))
    } else if name.is_empty() {
        Line::new().plain(format!("the {kind}"))
    } else if name.contains(['*', '?']) {
        Line::new()
            .plain(format!("{} ", plural(kind)))
            .then(masked.line(name))
    } else {
        Line::new()
            .plain(format!("the {kind} "))
            .then(masked.line(name))
    }
}

/// Buckets and objects, whose ARNs have no type.
fn s3_words(masked: &Masked, resource: &str, of: &[&'static Action]) -> Line {
    let acts_on = |kind: &str| {
        of.iter()
            .any(|action| action.resource_forms().any(|(name, ..)| name == kind))
    };
    let Some((bucket, key)) = resource.split_once('/') else {
        return match (resource, resource.ends_with('*')) {
            ("*", _) if acts_on("object") && acts_on("bucket") => "any bucket and object".into(),
            ("*", _) if acts_on("object") => "any object".into(),
            ("*", _) if acts_on("bucket") => "any bucket".into(),
            ("*", _) => "any bucket and object".into(),
            (_, true) if acts_on("object") && !acts_on("bucket") => Line::new()
                .plain("objects of buckets ")
                .then(masked.line(resource)),
            (_, true) if !acts_on("bucket") || acts_on("object") => Line::new()
                .plain("buckets ")
                .then(masked.line(resource))
                .plain(" and their objects"),
            _ => named("bucket", masked, resource),
        };
    };
    let bucket_words = if bucket.contains(['*', '?']) {
        Line::new().plain("buckets ").then(masked.line(bucket))
    } else {
        Line::new().plain("the bucket ").then(masked.line(bucket))
    };
    let objects = match key.strip_suffix('*') {
        Some("") => Line::from("objects"),
        Some(prefix) if !prefix.contains(['*', '?']) && prefix.ends_with('/') => Line::new()
            .plain("objects under ")
            .then(masked.line(prefix)),
        _ if key.contains(['*', '?']) => Line::new().plain("objects ").then(masked.line(key)),
        _ => Line::new().plain("the object ").then(masked.line(key)),
    };
    objects.plain(" of ").then(bucket_words)
}

/// The name of a resource type in words: `log-group` is `log group`, `StateMachine` `state machine`.
pub(super) fn type_words(name: &str) -> String {
    // AWS writes this one without a seam.
    if name == "statemachine" {
        return "state machine".to_owned();
    }
    let mut words = String::with_capacity(name.len() + 4);
    let mut before_lower = false;
    for character in name.chars() {
        if matches!(character, '-' | '_' | ' ') {
            words.push(' ');
        } else if character.is_uppercase() && before_lower {
            words.push(' ');
            words.extend(character.to_lowercase());
        } else {
            words.extend(character.to_lowercase());
        }
        before_lower = character.is_lowercase();
    }
    words
}

/// A resource pattern on a page of its own, beside the actions of its statement.
pub fn resource_page(text: &Text, not: bool, of: &[&'static Action], kind: PolicyKind) -> Page {
    let element = if not { "NotResource " } else { "Resource " };
    let mut page = Page::new(Line::new().plain(element).text(text));
    let words = pattern_words(text, of, kind);
    page.say(
        Line::new()
            .plain(if not { "Leaves out " } else { "Means " })
            .then(words)
            .plain("."),
    );
    let pattern = ResourcePattern::new(text);
    let masked = Masked::new(text);
    if let Some(arn) = Arn::parse(masked.as_str()) {
        let field = |value: &str, empty: &'static str| match value {
            "" => Line::new().muted(empty),
            "*" => Line::new().code("*").muted(" any"),
            _ => masked.line(value),
        };
        page.facts(vec![
            Fact::new("Partition", field(arn.partition, "empty")),
            Fact::new("Service", field(arn.service, "empty")),
            Fact::new("Region", field(arn.region, "none: its ARNs have no region")),
            Fact::new(
                "Account",
                field(arn.account, "none: its ARNs have no account"),
            ),
            Fact::new("Name", masked.line(arn.resource)),
        ]);
    }
    unresolved_facts(text, &mut page);
    types_matched(&pattern, &mut page);
    page
}

/// The resource types of the service that a pattern can match.
fn types_matched(pattern: &ResourcePattern, page: &mut Page) {
    const MOST: usize = 12;
    let Some(service) = pattern.service().and_then(service_of_arns) else {
        return;
    };
    let types: Vec<Type> = service
        .resource_types()
        .filter(|(_, arn)| pattern.can_match(&Form::new(arn, service)))
        .collect();
    if types.is_empty() {
        page.mark(
            Mark::Problem,
            format!(
                "No resource type of {} has ARNs of this form, as far as AWS's reference of {} says.",
                service.title(),
                catalog::data_date()
            ),
        );
        return;
    }
    page.heading(Line::new().plain("Can be"));
    let mut items: Vec<Item> = types
        .iter()
        .take(MOST)
        .map(|(name, arn)| {
            Item::new(
                Line::new()
                    .plain(type_words(name))
                    .plain(" ")
                    .muted(crate::analyze::readable_form(arn)),
            )
        })
        .collect();
    if types.len() > MOST {
        items.push(Item::new(
            Line::new().muted(format!("and {} more types", types.len() - MOST)),
        ));
    }
    page.list(items);
}

/// What is not known yet of a text.
pub(super) fn unresolved_facts(text: &Text, page: &mut Page) {
    for reference in text.references() {
        page.mark(
            Mark::Unresolved,
            Line::new()
                .with(Meaning::Unknown, format!("${{{}}}", reference.name))
                .plain(" is not known yet: ")
                .plain(unresolved_kind(reference.kind)),
        );
    }
}

/// What kind of reference stayed unresolved, in words.
pub(super) fn unresolved_kind(kind: crate::iam::UnresolvedKind) -> &'static str {
    use crate::iam::UnresolvedKind::*;
    match kind {
        Parameter => "a parameter without a value",
        Attribute => "an attribute that only the creation of the resource decides",
        Import => "a value that comes from elsewhere",
        Pseudo => "the account, region or partition of the deployment",
        Expression => "an expression that is not evaluated here",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::index;

    fn words(arn: &str, actions: &[&str]) -> String {
        let of: Vec<&'static Action> = actions
            .iter()
            .map(|name| index().find(name).unwrap())
            .collect();
        pattern_words(&Text::plain(arn), &of, PolicyKind::Identity).to_plain()
    }

    #[test]
    fn buckets_and_objects() {
        for (arn, expected) in [
            ("arn:aws:s3:::b", "the bucket b"),
            ("arn:aws:s3:::b/*", "objects of the bucket b"),
            ("arn:aws:s3:::b/a/*", "objects under a/ of the bucket b"),
            ("arn:aws:s3:::b/a.csv", "the object a.csv of the bucket b"),
            ("arn:aws:s3:::b/*.csv", "objects *.csv of the bucket b"),
            ("arn:aws:s3:::b-*/*", "objects of buckets b-*"),
            ("arn:aws:s3:::b-*", "buckets b-* and their objects"),
            ("arn:aws:s3:::*", "any bucket and object"),
            ("*", "every resource"),
        ] {
            assert_eq!(words(arn, &[]), expected);
        }
        assert_eq!(words("arn:aws:s3:::b-*", &["s3:ListBucket"]), "buckets b-*");
        assert_eq!(words("arn:aws:s3:::*", &["s3:GetObject"]), "any object");
        assert_eq!(
            words("arn:aws:s3:::${aws:username}/*", &[]),
            "objects of the bucket ${aws:username}"
        );
    }

    #[test]
    fn other_types() {
        let arn = |rest: &str| rest.replace("RA", "eu-west-1:123456789012");
        for (written, expected) in [
            ("arn:aws:dynamodb:RA:table/orders", "the table orders"),
            ("arn:aws:dynamodb:RA:table/*", "any table"),
            ("arn:aws:dynamodb:RA:table/or*", "tables or*"),
            (
                "arn:aws:dynamodb:RA:table/orders/index/*",
                "indexes of the table orders",
            ),
            (
                "arn:aws:dynamodb:RA:table/orders/index/d",
                "the index d of the table orders",
            ),
            ("arn:aws:logs:RA:log-group:/aws/x", "the log group /aws/x"),
            ("arn:aws:logs:RA:log-group:/aws/x:*", "the log group /aws/x"),
            ("arn:aws:iam::123456789012:role/a/b", "the role a/b"),
            ("arn:aws:kms:RA:alias/x", "the alias x"),
            ("arn:aws:sqs:RA:jobs", "the queue jobs"),
            ("arn:aws:ec2:*:*:instance/*", "any instance"),
            ("arn:aws:lambda:*:function:x", "arn:aws:lambda:*:function:x"),
            ("arn:aws:ssm:RA:parameter/cell/*", "parameters cell/*"),
            ("arn:aws:nope:RA:x", "arn:aws:nope:eu-west-1:123456789012:x"),
            (
                "arn:aws:rds-db:RA:dbuser:db-A/app",
                "the db user app of the database db-A",
            ),
        ] {
            assert_eq!(words(&arn(written), &[]), expected, "{written}");
        }
        assert_eq!(
            words(
                &arn("arn:aws:logs:RA:log-group:/aws/x:*"),
                &["logs:PutLogEvents"]
            ),
            "log streams of the log group /aws/x"
        );
    }
}
