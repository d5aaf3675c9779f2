//! Text of which parts may be unresolved: a template reference that nothing decides yet.
//!
//! It is never flattened before output: `${Bucket}` of a template and `${aws:username}` of a
//! policy would collide. IAM policy variables are ordinary literal text here; the compiler of
//! policies looks for them where the document's version says that they exist.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::{Place, SourceId};

/// What kind of reference stayed unresolved.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash)]
pub enum UnresolvedKind {
    /// A parameter or variable without a value.
    Parameter,
    /// An attribute of a resource that only its creation decides.
    Attribute,
    /// A value exported by another stack, or read from elsewhere.
    Import,
    /// The account, region or partition, left open.
    Pseudo,
    /// An expression that this program does not evaluate.
    Expression,
}

impl UnresolvedKind {
    /// Every kind.
    pub const ALL: [UnresolvedKind; 5] = [
        UnresolvedKind::Parameter,
        UnresolvedKind::Attribute,
        UnresolvedKind::Import,
        UnresolvedKind::Pseudo,
        UnresolvedKind::Expression,
    ];

    /// The name used in output.
    pub fn name(self) -> &'static str {
        match self {
            UnresolvedKind::Parameter => "parameter",
            UnresolvedKind::Attribute => "attribute",
            UnresolvedKind::Import => "import",
            UnresolvedKind::Pseudo => "pseudo",
            UnresolvedKind::Expression => "expression",
        }
    }
}

/// A reference that nothing decides yet. Two of the same source and name are the same value.
#[derive(Clone, Debug)]
pub struct Unresolved {
    /// The name to show, such as `Bucket`, `Bucket.Arn` or `var.bucket`.
    pub name: String,
    /// What kind of reference it is.
    pub kind: UnresolvedKind,
    /// Where it stands.
    pub place: Place,
}

impl Unresolved {
    fn identity(&self) -> (SourceId, &str) {
        (self.place.source, &self.name)
    }
}

impl PartialEq for Unresolved {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for Unresolved {}

impl std::hash::Hash for Unresolved {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

/// One part of a [`Text`].
#[derive(Clone, Debug, Eq, PartialEq, Hash)]
pub enum Part {
    /// Known characters.
    Literal(Box<str>),
    /// A reference whose value is not known.
    Unresolved(Arc<Unresolved>),
}

/// A string that may hold unresolved references.
#[derive(Clone, Eq, PartialEq, Hash)]
pub struct Text(Repr);

#[derive(Clone, Eq, PartialEq, Hash)]
enum Repr {
    Plain(Box<str>),
    // Invariant: holds at least one unresolved part, and no two literals stand side by side.
    Mixed(Box<[Part]>),
}

impl Text {
    /// Text that is wholly known.
    pub fn plain(text: impl Into<Box<str>>) -> Self {
        Text(Repr::Plain(text.into()))
    }

    /// Text that is one unresolved reference.
    pub fn unresolved(reference: Arc<Unresolved>) -> Self {
        Text(Repr::Mixed(Box::new([Part::Unresolved(reference)])))
    }

    /// Text of several parts; neighbouring literals are joined, empty ones dropped.
    pub fn from_parts(parts: impl IntoIterator<Item = Part>) -> Self {
        let mut joined: Vec<Part> = Vec::new();
        let mut literal = String::new();
        for part in parts {
            match part {
                Part::Literal(text) => literal.push_str(&text),
                Part::Unresolved(_) => {
                    if !literal.is_empty() {
                        joined.push(Part::Literal(std::mem::take(&mut literal).into()));
                    }
                    joined.push(part);
                }
            }
        }
        if joined.is_empty() {
            return Text::plain(literal);
        }
        if !literal.is_empty() {
            joined.push(Part::Literal(literal.into()));
        }
        Text(Repr::Mixed(joined.into()))
    }

    /// The known text, or `None` where a part is unresolved.
    pub fn as_plain(&self) -> Option<&str> {
        match &self.0 {
            Repr::Plain(text) => Some(text),
            Repr::Mixed(_) => None,
        }
    }

    /// The text as it is shown: an unresolved part as `${Name}`.
    pub fn shown(&self) -> Cow<'_, str> {
        match self.as_plain() {
            Some(text) => text.into(),
            None => self.to_string().into(),
        }
    }

    /// Whether every part is known.
    pub fn is_plain(&self) -> bool {
        self.as_plain().is_some()
    }

    /// The one reference that this text is as a whole, if it is one.
    pub fn as_reference(&self) -> Option<&Arc<Unresolved>> {
        match &self.0 {
            Repr::Mixed(parts) => match &**parts {
                [Part::Unresolved(reference)] => Some(reference),
                _ => None,
            },
            Repr::Plain(_) => None,
        }
    }

    /// The parts in order, literals as `Ok`, references as `Err`.
    pub fn pieces(&self) -> impl Iterator<Item = Result<&str, &Arc<Unresolved>>> {
        let (plain, mixed): (Option<&str>, &[Part]) = match &self.0 {
            Repr::Plain(text) => (Some(text), &[]),
            Repr::Mixed(parts) => (None, parts),
        };
        plain
            .map(Ok)
            .into_iter()
            .chain(mixed.iter().map(|part| match part {
                Part::Literal(text) => Ok(&**text),
                Part::Unresolved(reference) => Err(reference),
            }))
    }

    /// The parts as owned values, to build another text from.
    pub fn to_parts(&self) -> Vec<Part> {
        match &self.0 {
            Repr::Plain(text) => vec![Part::Literal(text.clone())],
            Repr::Mixed(parts) => parts.to_vec(),
        }
    }

    /// The unresolved references in order.
    pub fn references(&self) -> impl Iterator<Item = &Arc<Unresolved>> {
        self.pieces().filter_map(Result::err)
    }

    /// The known characters before the first unresolved part.
    pub fn known_prefix(&self) -> &str {
        match self.pieces().next() {
            Some(Ok(text)) => text,
            _ => "",
        }
    }

    /// What follows a prefix, where the text begins with it: the same known characters and the same
    /// references.
    pub fn after(&self, prefix: &Text) -> Option<Text> {
        let (own, wanted) = (self.to_parts(), prefix.to_parts());
        let mut rest = own.into_iter();
        for (at, part) in wanted.iter().enumerate() {
            let last = at + 1 == wanted.len();
            match (part, rest.next()) {
                (Part::Literal(wanted), _) if wanted.is_empty() => return Some(self.clone()),
                (part, Some(own)) if *part == own => {}
                (Part::Literal(wanted), Some(Part::Literal(own))) if last => {
                    let remainder = own.strip_prefix(&**wanted)?;
                    return Some(Text::from_parts(
                        std::iter::once(Part::Literal(remainder.into())).chain(rest),
                    ));
                }
                _ => return None,
            }
        }
        Some(Text::from_parts(rest))
    }

    /// What to call a thing of this name: the reference alone where the name is wholly one, such as the
    /// logical id of a template's resource that gets its name on creation.
    pub fn label(&self) -> String {
        match self.as_reference() {
            Some(reference) => reference.name.clone(),
            None => self.to_string(),
        }
    }

    /// Whether the text is known and empty.
    pub fn is_empty(&self) -> bool {
        self.as_plain().is_some_and(str::is_empty)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Text::plain(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Text::plain(text)
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_plain() == Some(other)
    }
}

/// For reading: an unresolved part is shown as `${Name}`.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in self.pieces() {
            match piece {
                Ok(text) => f.write_str(text)?,
                Err(reference) => write!(f, "${{{}}}", reference.name)?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mixed(parts: &[&str]) -> Text {
        Text::from_parts(parts.iter().map(|part| match part.strip_prefix('$') {
            Some(name) => Part::Unresolved(Arc::new(Unresolved {
                name: name.to_owned(),
                kind: UnresolvedKind::Parameter,
                place: Place::default(),
            })),
            None => Part::Literal((*part).into()),
        }))
    }

    #[test]
    fn what_follows_a_prefix() {
        let bucket = mixed(&["arn:aws:s3:::", "$Bucket"]);
        let object = mixed(&["arn:aws:s3:::", "$Bucket", "/key"]);
        assert_eq!(object.after(&bucket), Some(Text::plain("/key")));
        assert_eq!(bucket.after(&bucket), Some(Text::plain("")));
        assert_eq!(bucket.after(&object), None);
        assert_eq!(mixed(&["arn:aws:s3:::", "$Other"]).after(&bucket), None);
        assert_eq!(
            Text::plain("arn:b/key").after(&Text::plain("arn:b")),
            Some(Text::plain("/key"))
        );
        assert_eq!(
            Text::plain("arn:${Bucket}").after(&mixed(&["arn:", "$Bucket"])),
            None
        );
    }
}
