//! `.tf` text into expressions. `hcl-edit` parses it with the place of every part.
//!
//! The evaluator of `hcl-rs` is not used: its values have neither places nor unresolved parts, and
//! here both must reach the statements of a policy.

use std::ops::Range;

use hcl_edit::Span;
use hcl_edit::expr::{Expression, ObjectKey, TraversalOperator, UnaryOperator};
use hcl_edit::structure::{BlockLabel, Structure};
use hcl_edit::template::{Directive, Element, Strip, Template};

use super::expression::{
    Attribute, Block, Body, Expr, ExprKind, ForExpr, ForSegment, Segment, Step,
};
use super::literal::{self, Notation};
use crate::iam::{Place, SourceId};
use crate::load::comments::Comments;
use crate::load::error::Fault;

/// The longest file that is read; whole configurations rarely have as much.
const MAX_BYTES: usize = 4 << 20;

/// Where the bytes of a text stand.
pub(super) struct Locator<'a> {
    pub text: &'a str,
    source: SourceId,
    /// The first byte of every line, and whether the line is ASCII only.
    lines: Vec<(usize, bool)>,
    /// Stands for every place, where the text is itself written inside another file.
    fixed: Option<Place>,
}

impl<'a> Locator<'a> {
    pub fn new(text: &'a str, source: SourceId) -> Self {
        let mut lines = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            lines.push((start, line.is_ascii()));
            start += line.len();
        }
        Locator {
            text,
            source,
            lines,
            fixed: None,
        }
    }

    /// A text of which every part stands at one place.
    pub fn fixed(text: &'a str, place: Place) -> Self {
        Locator {
            fixed: Some(place),
            ..Locator::new(text, place.source)
        }
    }

    pub fn is_fixed(&self) -> bool {
        self.fixed.is_some()
    }

    pub fn place(&self, offset: usize) -> Place {
        if let Some(place) = self.fixed {
            return place;
        }
        let line = self.lines.partition_point(|(start, _)| *start <= offset);
        let (start, ascii) = line
            .checked_sub(1)
            .and_then(|line| self.lines.get(line))
            .copied()
            .unwrap_or((0, true));
        let bytes = offset.saturating_sub(start);
        // Counting the characters of an endless line again and again would take for ever.
        let column = match self.text.get(start..offset) {
            Some(before) if !ascii && bytes < 10_000 => before.chars().count(),
            _ => bytes,
        };
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        Place::new(self.source, number(line.max(1)), number(column + 1))
    }
}

/// Reads a file.
pub(super) fn parse(text: &str, source: SourceId) -> Result<Body, Fault> {
    if text.len() > MAX_BYTES {
        let message = format!("larger than {} MB", MAX_BYTES >> 20);
        return Err(Fault::new(Place::whole(source), message));
    }
    let locator = Locator::new(text, source);
    let parsed = hcl_edit::parser::parse_body(text).map_err(|error| fault(&error, &locator))?;
    let mut body = Reader { locator: &locator }.body(&parsed);
    let mut comments = literal::comments(&locator);
    give_comments(&mut body, &mut comments);
    Ok(body)
}

/// Reads an expression, such as the value of a variable.
pub(super) fn parse_expression(locator: &Locator<'_>) -> Result<Expr, Fault> {
    let parsed =
        hcl_edit::parser::parse_expr(locator.text).map_err(|error| fault(&error, locator))?;
    Ok(Reader { locator }.expression(&parsed))
}

/// Reads the text of a template file, or of a string in `.tf.json`.
pub(super) fn parse_template(locator: &Locator<'_>) -> Result<Vec<Segment>, Fault> {
    let parsed =
        hcl_edit::parser::parse_template(locator.text).map_err(|error| fault(&error, locator))?;
    Ok(Reader { locator }.template(&parsed, Notation::Raw))
}

fn fault(error: &hcl_edit::parser::Error, locator: &Locator<'_>) -> Fault {
    let message = format!("not Terraform's language: {}", error.message());
    Fault::new(locator.place(error.location().offset()), message)
}

fn give_comments(body: &mut Body, comments: &mut Comments) {
    for attribute in &mut body.attributes {
        comments.give(attribute.place.line, &mut attribute.value);
    }
    for block in &mut body.blocks {
        block.comment = comments.above(block.place.line).map(Into::into);
        give_comments(&mut block.body, comments);
    }
}

struct Reader<'a> {
    locator: &'a Locator<'a>,
}

// The parser bounds the nesting of what it reads, and so these recursions.
impl Reader<'_> {
    fn at(&self, part: &impl Span) -> Place {
        self.locator.place(start(part))
    }

    fn body(&self, parsed: &hcl_edit::structure::Body) -> Body {
        let mut body = Body::default();
        for structure in parsed {
            match structure {
                Structure::Attribute(attribute) => body.attributes.push(Attribute {
                    name: attribute.key.to_string(),
                    place: self.at(&attribute.key),
                    value: self.expression(&attribute.value),
                }),
                Structure::Block(block) => {
                    let labels = block.labels.iter().map(|label| match label {
                        BlockLabel::Ident(label) => label.to_string(),
                        BlockLabel::String(label) => label.value().clone(),
                    });
                    body.blocks.push(Block {
                        kind: block.ident.to_string(),
                        labels: labels.collect(),
                        place: self.at(&block.ident),
                        comment: None,
                        body: self.body(&block.body),
                    });
                }
            }
        }
        body
    }

    fn boxed(&self, parsed: &Expression) -> Box<Expr> {
        Box::new(self.expression(parsed))
    }

    fn expression(&self, parsed: &Expression) -> Expr {
        let kind = match parsed {
            Expression::Parenthesis(inner) => return self.expression(inner.inner()),
            Expression::Null(_) => ExprKind::Null,
            Expression::Bool(value) => ExprKind::Bool(*value.value()),
            Expression::Number(number) => {
                ExprKind::Number(number.value().as_f64().unwrap_or_default())
            }
            Expression::String(_) => {
                let span = parsed.span().unwrap_or_default();
                let inside = span.start + 1..span.end.saturating_sub(1);
                let pieces = literal::pieces(self.locator, inside, Notation::Quoted);
                ExprKind::Template(vec![Segment::Literal(pieces)])
            }
            Expression::StringTemplate(template) => {
                ExprKind::Template(self.segments(template.iter(), Notation::Quoted))
            }
            Expression::HeredocTemplate(heredoc) => {
                let span = parsed.span().unwrap_or_default();
                let opened = self.locator.text.get(span).unwrap_or_default();
                let mut segments = self.template(&heredoc.template, Notation::Raw);
                if opened.starts_with("<<-") {
                    literal::dedent(&mut segments);
                }
                ExprKind::Template(segments)
            }
            Expression::Array(items) => {
                ExprKind::List(items.iter().map(|item| self.expression(item)).collect())
            }
            Expression::Object(object) => {
                let member = |(key, value): (&ObjectKey, &hcl_edit::expr::ObjectValue)| {
                    let key = match key {
                        ObjectKey::Ident(name) => self.text(self.at(name), name.as_str()),
                        // A bare word is a name; in parentheses it is a variable.
                        ObjectKey::Expression(Expression::Variable(name)) => {
                            self.text(self.at(name), name.as_str())
                        }
                        ObjectKey::Expression(key) => self.expression(key),
                    };
                    (key, self.expression(value.expr()))
                };
                ExprKind::Object(object.iter().map(member).collect())
            }
            Expression::Variable(name) => ExprKind::Variable(name.to_string()),
            Expression::Conditional(parts) => ExprKind::Conditional(Box::new([
                self.expression(&parts.cond_expr),
                self.expression(&parts.true_expr),
                self.expression(&parts.false_expr),
            ])),
            Expression::FuncCall(call) => {
                let scope = call.name.namespace.iter();
                let mut names: Vec<String> = scope.map(|name| name.to_string()).collect();
                names.push(call.name.name.to_string());
                let arguments = call.args.iter().map(|item| self.expression(item));
                ExprKind::Call(
                    names.join("::"),
                    arguments.collect(),
                    call.args.expand_final(),
                )
            }
            Expression::Traversal(traversal) => {
                let steps = traversal.operators.iter();
                let steps = steps.map(|operator| self.step(operator.value())).collect();
                ExprKind::Traversal(self.boxed(&traversal.expr), steps)
            }
            Expression::UnaryOp(operation) => match operation.operator.value() {
                UnaryOperator::Neg => ExprKind::Negate(self.boxed(&operation.expr)),
                UnaryOperator::Not => ExprKind::Not(self.boxed(&operation.expr)),
            },
            Expression::BinaryOp(operation) => ExprKind::Binary(
                self.boxed(&operation.lhs_expr),
                *operation.operator.value(),
                self.boxed(&operation.rhs_expr),
            ),
            Expression::ForExpr(parsed_for) => {
                let intro = &parsed_for.intro;
                let key_expr = parsed_for.key_expr.as_ref();
                let condition = parsed_for.cond.as_ref();
                let span = parsed.span().unwrap_or_default();
                ExprKind::For(Box::new(ForExpr {
                    key_name: intro.key_var.as_ref().map(|name| name.to_string()),
                    value_name: intro.value_var.to_string(),
                    collection: self.expression(&intro.collection_expr),
                    key: key_expr.map(|key| self.expression(key)),
                    result: self.expression(&parsed_for.value_expr),
                    grouping: parsed_for.grouping,
                    condition: condition.map(|test| self.expression(&test.expr)),
                    text: one_line(self.locator.text.get(span).unwrap_or_default()),
                }))
            }
        };
        Expr::new(self.at(parsed), kind)
    }

    fn text(&self, place: Place, text: &str) -> Expr {
        let pieces = vec![literal::inserted(text, place)];
        Expr::new(place, ExprKind::Template(vec![Segment::Literal(pieces)]))
    }

    fn step(&self, operator: &TraversalOperator) -> Step {
        match operator {
            TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => Step::Splat,
            TraversalOperator::GetAttr(name) => Step::Attribute(name.to_string()),
            TraversalOperator::Index(index) => Step::Index(self.expression(index)),
            TraversalOperator::LegacyIndex(index) => {
                let number = index.to_string().parse().unwrap_or_default();
                Step::Index(Expr::new(self.at(index), ExprKind::Number(number)))
            }
        }
    }

    fn template(&self, template: &Template, notation: Notation) -> Vec<Segment> {
        self.segments(template.iter(), notation)
    }

    fn segments<'t>(
        &self,
        elements: impl Iterator<Item = &'t Element>,
        notation: Notation,
    ) -> Vec<Segment> {
        let mut segments = Vec::new();
        let mut trim_next = false;
        for element in elements {
            let (before, after) = match element {
                Element::Literal(_) => (false, false),
                Element::Interpolation(part) => sides(part.strip, part.strip),
                Element::Directive(directive) => match &**directive {
                    Directive::If(part) => sides(part.if_expr.strip, part.endif_expr.strip),
                    Directive::For(part) => sides(part.for_expr.strip, part.endfor_expr.strip),
                },
            };
            if before && let Some(Segment::Literal(pieces)) = segments.last_mut() {
                literal::trim_end(pieces);
            }
            let segment = match element {
                Element::Literal(text) => {
                    let span = text.span().unwrap_or_default();
                    let mut pieces = literal::pieces(self.locator, span, notation);
                    if trim_next {
                        literal::trim_start(&mut pieces);
                    }
                    Segment::Literal(pieces)
                }
                Element::Interpolation(part) => Segment::Value(self.expression(&part.expr)),
                Element::Directive(directive) => self.directive(directive, notation),
            };
            segments.push(segment);
            trim_next = after;
        }
        segments
    }

    fn directive(&self, directive: &Directive, notation: Notation) -> Segment {
        match directive {
            Directive::If(part) => {
                let (then, other) = (&part.if_expr, part.else_expr.as_ref());
                let end = part.endif_expr.strip;
                let after_then = other.map_or(end, |other| other.strip);
                let condition = self.expression(&then.cond_expr);
                let mut yes = self.template(&then.template, notation);
                trim_inside(&mut yes, then.strip, after_then);
                let mut no = Vec::new();
                if let Some(other) = other {
                    no = self.template(&other.template, notation);
                    trim_inside(&mut no, other.strip, end);
                }
                Segment::If(Box::new((condition, yes, no)))
            }
            Directive::For(part) => {
                let intro = &part.for_expr;
                let mut body = self.template(&intro.template, notation);
                trim_inside(&mut body, intro.strip, part.endfor_expr.strip);
                Segment::For(Box::new(ForSegment {
                    key_name: intro.key_var.as_ref().map(|name| name.to_string()),
                    value_name: intro.value_var.to_string(),
                    collection: self.expression(&intro.collection_expr),
                    body,
                }))
            }
        }
    }
}

fn start(part: &impl Span) -> usize {
    let span: Range<usize> = part.span().unwrap_or_default();
    span.start
}

/// Whether white space goes before the first mark of a part, and behind its last.
fn sides(first: Strip, last: Strip) -> (bool, bool) {
    (
        matches!(first, Strip::Start | Strip::Both),
        matches!(last, Strip::End | Strip::Both),
    )
}

/// White space behind the mark that opens a body, and before the one that ends it.
fn trim_inside(body: &mut [Segment], opening: Strip, ending: Strip) {
    if matches!(opening, Strip::End | Strip::Both)
        && let Some(Segment::Literal(pieces)) = body.first_mut()
    {
        literal::trim_start(pieces);
    }
    if matches!(ending, Strip::Start | Strip::Both)
        && let Some(Segment::Literal(pieces)) = body.last_mut()
    {
        literal::trim_end(pieces);
    }
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}
