//! YAML into nodes: places, comments, and tags such as `!Sub` written out as `Fn::Sub`.

use std::collections::{HashMap, HashSet};

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};

use super::comments::Comments;
use super::error::Fault;
use super::weight::weight;
use crate::iam::{Member, Node, Place, Problem, SourceId, Text, Value};

/// Weight that aliases may add to a document: far more than any template needs, far less than
/// an alias bomb makes.
const MAX_ALIASED: usize = 100_000;
/// Weight of all that is kept for aliases: anchors may stand inside anchors.
const MAX_ANCHORED: usize = 2_000_000;

/// A YAML document and what is odd about it.
pub(super) struct Yaml {
    pub root: Node,
    pub problems: Vec<Problem>,
}

/// Reads the first document of a YAML text.
pub(super) fn parse_yaml(text: &str, source: SourceId) -> Result<Yaml, Fault> {
    match parse(text, source) {
        Ok(yaml) => Ok(yaml),
        Err(fault) => match with_closing_quote_indented(text, fault.place.line) {
            Some(mended) => parse(&mended, source).map_err(|_| fault),
            None => Err(fault),
        },
    }
}

/// `PolicyDocument: !Sub '{ ... }'` whose closing `}'` stands no deeper than its key is common, and
/// CloudFormation reads it. Indenting that line keeps the folded value and makes it YAML.
fn with_closing_quote_indented(text: &str, line: u32) -> Option<String> {
    let line = usize::try_from(line).ok()?;
    let mut lines: Vec<&str> = text.split('\n').collect();
    // The scanner complains at the line itself or at the one before it.
    for at in [line.checked_sub(1)?, line] {
        let Some(found) = lines.get(at) else { continue };
        let trimmed = found.trim();
        if matches!(trimmed, "}'" | "}\"" | "'" | "\"") {
            let mended = format!("          {found}");
            lines[at] = &mended;
            return Some(lines.join("\n"));
        }
    }
    None
}

fn parse(text: &str, source: SourceId) -> Result<Yaml, Fault> {
    let mut builder = Builder::new(source);
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| builder.fault(&error))?;
        if builder.take(event, &span)? {
            break;
        }
    }
    let mut root = builder.root.ok_or_else(|| {
        Fault::new(
            Place::new(source, 1, 1),
            "the file holds no YAML document".to_owned(),
        )
    })?;
    builder.comments.attach(&mut root);
    Ok(Yaml {
        root,
        problems: builder.problems,
    })
}

/// A collection that is being filled.
struct Open {
    place: Place,
    tag: Option<(String, Place)>,
    anchor: usize,
    content: Content,
}

enum Content {
    List(Vec<Node>),
    Object(Vec<Member>, Option<(Text, Place)>),
}

struct Builder {
    source: SourceId,
    stack: Vec<Open>,
    root: Option<Node>,
    anchors: HashMap<usize, Node>,
    aliased: usize,
    anchored: usize,
    comments: Comments,
    problems: Vec<Problem>,
}

impl Builder {
    fn new(source: SourceId) -> Self {
        Builder {
            source,
            stack: Vec::new(),
            root: None,
            anchors: HashMap::new(),
            aliased: 0,
            anchored: 0,
            comments: Comments::default(),
            problems: Vec::new(),
        }
    }

    fn fault(&self, error: &ScanError) -> Fault {
        Fault::new(self.place(error.marker()), error.info())
    }

    fn place(&self, mark: &granit_parser::Marker) -> Place {
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        Place::new(
            self.source,
            number(mark.line()),
            number(mark.col().saturating_add(1)),
        )
    }

    fn tag(&self, tag: Option<&Tag>, span: &Span) -> Option<(String, Place)> {
        let tag = tag?;
        let place = self.place(&span.tag_start().unwrap_or(span.start));
        match (tag.original_handle(), tag.suffix()) {
            ("!", "") => None,
            ("!", name) => Some((intrinsic(name), place)),
            _ => None,
        }
    }

    /// Takes one event; true when the first document is complete.
    fn take(&mut self, event: Event<'_>, span: &Span) -> Result<bool, Fault> {
        let place = self.place(&span.start);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let is_str = tag
                    .as_deref()
                    .is_some_and(|tag| tag.is_yaml_core_schema_tag("str"));
                let value = if style == ScalarStyle::Plain && !is_str {
                    plain_scalar(&text)
                } else {
                    Value::String(Text::plain(&*text))
                };
                let tag = self.tag(tag.as_deref(), span);
                let node = tagged(Node::new(place, value), tag);
                self.add(node, anchor)?;
            }
            Event::SequenceStart(_, anchor, tag) => {
                let tag = self.tag(tag.as_deref(), span);
                self.open(place, tag, anchor, Content::List(Vec::new()));
            }
            Event::MappingStart(_, anchor, tag) => {
                let tag = self.tag(tag.as_deref(), span);
                self.open(place, tag, anchor, Content::Object(Vec::new(), None));
            }
            Event::SequenceEnd | Event::MappingEnd => self.close()?,
            Event::Alias(id) => self.alias(id, place)?,
            Event::Comment(text, placement) => {
                let behind = placement == granit_parser::Placement::Right;
                self.comments.add(place.line, behind, &text);
            }
            Event::DocumentEnd => return Ok(true),
            _ => {}
        }
        Ok(false)
    }

    fn open(
        &mut self,
        place: Place,
        tag: Option<(String, Place)>,
        anchor: usize,
        content: Content,
    ) {
        self.stack.push(Open {
            place,
            tag,
            anchor,
            content,
        });
    }

    fn close(&mut self) -> Result<(), Fault> {
        let Some(open) = self.stack.pop() else {
            return Ok(());
        };
        let value = match open.content {
            Content::List(items) => Value::List(items),
            Content::Object(members, _) => Value::Object(merged(members)),
        };
        let node = tagged(Node::new(open.place, value), open.tag);
        self.add(node, open.anchor)
    }

    fn alias(&mut self, id: usize, place: Place) -> Result<(), Fault> {
        let Some(node) = self.anchors.get(&id) else {
            return Err(Fault::new(
                place,
                "an alias inside the very value that it stands for",
            ));
        };
        self.aliased = self.aliased.saturating_add(weight(node, 1));
        if self.aliased > MAX_ALIASED {
            return Err(Fault::new(
                place,
                format!("aliases expand to more than {MAX_ALIASED} values"),
            ));
        }
        let node = node.clone();
        self.problems.push(
            Problem::warning(
                place,
                "a YAML alias: CloudFormation itself does not accept them",
            )
            .hint("`aws cloudformation package` and SAM write them out"),
        );
        self.add(node, 0)
    }

    fn add(&mut self, node: Node, anchor: usize) -> Result<(), Fault> {
        if anchor > 0 {
            self.anchored = self.anchored.saturating_add(weight(&node, 1));
            if self.anchored > MAX_ANCHORED {
                return Err(Fault::new(
                    node.place,
                    format!("anchors stand for more than {MAX_ANCHORED} values"),
                ));
            }
            self.anchors.insert(anchor, node.clone());
        }
        let Some(open) = self.stack.last_mut() else {
            self.root.get_or_insert(node);
            return Ok(());
        };
        match &mut open.content {
            Content::List(items) => items.push(node),
            Content::Object(members, key) => match key.take() {
                Some((key, place)) => members.push(Member {
                    key,
                    place,
                    value: node,
                }),
                None => {
                    let Some(text) = node
                        .scalar()
                        .or_else(|| matches!(node.value, Value::Null).then(|| Text::plain("null")))
                    else {
                        return Err(Fault::new(
                            node.place,
                            format!("the name of a member is {}", node.kind_name()),
                        ));
                    };
                    *key = Some((text, node.place));
                }
            },
        }
        Ok(())
    }
}

/// The long spelling of a short one: `!Sub` is `Fn::Sub`, `!Ref` and `!Condition` lose only the `!`.
fn intrinsic(tag: &str) -> String {
    match tag {
        "Ref" | "Condition" => tag.to_owned(),
        _ if tag.starts_with("Fn::") => tag.to_owned(),
        _ => format!("Fn::{tag}"),
    }
}

fn tagged(node: Node, tag: Option<(String, Place)>) -> Node {
    match tag {
        None => node,
        Some((name, place)) => Node::new(
            place,
            Value::Object(vec![Member {
                key: Text::plain(name),
                place,
                value: node,
            }]),
        ),
    }
}

/// Members with those of `<<` behind them, which a member of the mapping itself shadows.
fn merged(members: Vec<Member>) -> Vec<Member> {
    if !members.iter().any(|member| member.key == *"<<") {
        return members;
    }
    let (merges, mut own): (Vec<Member>, Vec<Member>) =
        members.into_iter().partition(|member| member.key == *"<<");
    let mut present: HashSet<Text> = own.iter().map(|member| member.key.clone()).collect();
    for merge in merges {
        for source in merge.value.one_or_many() {
            for member in source.members() {
                if present.insert(member.key.clone()) {
                    own.push(member.clone());
                }
            }
        }
    }
    own
}

/// `null`, booleans and numbers of the YAML core schema; everything else is text, `yes` too. A number
/// keeps its text: account ids begin with zeros.
fn plain_scalar(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ if is_number(text) => Value::Number(text.into()),
        _ => Value::String(Text::plain(text)),
    }
}

fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa_ok = match mantissa.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(mantissa),
    };
    let exponent_ok = exponent
        .is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)));
    mantissa_ok && exponent_ok
}
