//! The configuration language as this program evaluates it: `.tf` and `.tf.json` are read into it.

use crate::iam::Place;
use crate::load::comments::Commented;
use crate::load::json_text::Piece;

pub(super) use hcl_edit::expr::BinaryOperator;

/// What a file or a block holds.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub attributes: Vec<Attribute>,
    pub blocks: Vec<Block>,
}

impl Body {
    pub fn attribute(&self, name: &str) -> Option<&Expr> {
        let mut attributes = self.attributes.iter();
        let found = attributes.find(|attribute| attribute.name == name);
        found.map(|attribute| &attribute.value)
    }

    pub fn blocks_of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Block> {
        self.blocks.iter().filter(move |block| block.kind == kind)
    }
}

#[derive(Debug)]
pub(super) struct Attribute {
    pub name: String,
    pub place: Place,
    pub value: Expr,
}

#[derive(Debug)]
pub(super) struct Block {
    pub kind: String,
    pub labels: Vec<String>,
    pub place: Place,
    pub comment: Option<Box<str>>,
    pub body: Body,
}

/// An expression, where it begins, and the comment above or behind it.
#[derive(Debug)]
pub(super) struct Expr {
    pub place: Place,
    pub comment: Option<Box<str>>,
    pub kind: ExprKind,
}

#[derive(Debug)]
pub(super) enum ExprKind {
    Null,
    Bool(bool),
    Number(f64),
    /// A string, quoted or a heredoc.
    Template(Vec<Segment>),
    List(Vec<Expr>),
    Object(Vec<(Expr, Expr)>),
    Variable(String),
    Traversal(Box<Expr>, Vec<Step>),
    /// Name, arguments, and whether the last argument is a list of arguments.
    Call(String, Vec<Expr>, bool),
    Not(Box<Expr>),
    Negate(Box<Expr>),
    Binary(Box<Expr>, BinaryOperator, Box<Expr>),
    Conditional(Box<[Expr; 3]>),
    For(Box<ForExpr>),
}

#[derive(Debug)]
pub(super) enum Step {
    Attribute(String),
    Index(Expr),
    Splat,
}

/// `[for key, value in collection : result if condition]`, an object where it has a key.
#[derive(Debug)]
pub(super) struct ForExpr {
    pub key_name: Option<String>,
    pub value_name: String,
    pub collection: Expr,
    pub key: Option<Expr>,
    pub result: Expr,
    pub grouping: bool,
    pub condition: Option<Expr>,
    /// As written, in one line.
    pub text: String,
}

/// A part of a string.
#[derive(Debug)]
pub(super) enum Segment {
    Literal(Vec<Piece>),
    Value(Expr),
    If(Box<(Expr, Vec<Segment>, Vec<Segment>)>),
    For(Box<ForSegment>),
}

#[derive(Debug)]
pub(super) struct ForSegment {
    pub key_name: Option<String>,
    pub value_name: String,
    pub collection: Expr,
    pub body: Vec<Segment>,
}

impl Expr {
    pub fn new(place: Place, kind: ExprKind) -> Self {
        Expr {
            place,
            comment: None,
            kind,
        }
    }

    /// The text of a string without expressions in it.
    pub fn as_literal(&self) -> Option<String> {
        match &self.kind {
            ExprKind::Template(segments) => segments
                .iter()
                .map(|segment| match segment {
                    Segment::Literal(pieces) => crate::load::json_text::joined(pieces)
                        .as_plain()
                        .map(str::to_owned),
                    _ => None,
                })
                .collect(),
            _ => None,
        }
    }
}

impl Commented for Expr {
    fn line(&self) -> u32 {
        self.place.line
    }

    fn is_scalar(&self) -> bool {
        match &self.kind {
            ExprKind::List(_) | ExprKind::Object(_) => false,
            ExprKind::Call(_, arguments, _) => arguments.iter().all(Commented::is_scalar),
            ExprKind::Conditional(parts) => parts.iter().all(Commented::is_scalar),
            _ => true,
        }
    }

    fn comment(&mut self) -> &mut Option<Box<str>> {
        &mut self.comment
    }

    fn parts(&mut self) -> Vec<(u32, &mut Self)> {
        fn each(items: &mut [Expr]) -> Vec<(u32, &mut Expr)> {
            let lines = items.iter_mut().map(|item| (item.place.line, item));
            lines.collect()
        }
        match &mut self.kind {
            ExprKind::List(items) | ExprKind::Call(_, items, _) => each(items),
            ExprKind::Conditional(parts) => each(parts.as_mut_slice()),
            ExprKind::Object(members) => members
                .iter_mut()
                .map(|(key, value)| (key.place.line, value))
                .collect(),
            _ => Vec::new(),
        }
    }
}
