//! Problems in words: what is wrong, where, what would mend it.

use crate::iam::{Inventory, Problem, Severity};

use super::{Fact, Item, Line, Link, Mark, Meaning, Page, Span};

/// A problem as an item: the message, what would mend it below.
pub fn problem_item(problem: &Problem) -> Item {
    let item = Item::marked(Mark::Problem, quoted(&problem.message)).about(problem.place);
    match &problem.hint {
        Some(hint) => item.below(Item::new(Line::new().muted("mend: ").then(quoted(hint)))),
        None => item,
    }
}

/// A problem on a page of its own.
pub fn problem_page(problem: &Problem, inventory: &Inventory) -> Page {
    let mut page = Page::new(match problem.severity {
        Severity::Error => "Error: AWS would not accept this, or it cannot be read",
        Severity::Warning => "Warning: AWS accepts this, and it is probably not what was meant",
        Severity::Note => "Note",
    });
    page.mark(Mark::Problem, sentence(&problem.message));
    let mut facts = vec![Fact::new(
        "Where",
        Line::from(
            Span::new(Meaning::Plain, inventory.describe(problem.place))
                .to(Link::Place(problem.place)),
        ),
    )];
    if let Some(hint) = &problem.hint {
        facts.push(Fact::new("Mend", sentence(hint)));
    }
    if let Some(name) = problem.page {
        facts.push(Fact::new("AWS says so", aws_page(name)));
    }
    page.facts(facts);
    page
}

/// Text whose parts in backticks are literals.
pub fn quoted(text: &str) -> Line {
    let mut line = Line::new();
    let mut code = false;
    let mut pieces = text.split('`').peekable();
    while let Some(piece) = pieces.next() {
        // A last backtick without a partner is itself.
        if code && pieces.peek().is_none() {
            line = line.plain("`").plain(piece.to_owned());
        } else if code {
            line = line.code(piece.to_owned());
        } else {
            line = line.plain(piece.to_owned());
        }
        code = !code;
    }
    line
}

/// A message as a sentence: it begins in upper case and ends in a full stop.
fn sentence(text: &str) -> Line {
    super::condition::capitalised(quoted(text)).plain(".")
}

/// The guides of AWS that pages are named by: short name, title, path.
const GUIDES: [(&str, &str, &str); 7] = [
    ("IAM", "IAM User Guide", "IAM/latest/UserGuide"),
    (
        "ORG",
        "Organizations User Guide",
        "organizations/latest/userguide",
    ),
    ("KMS", "KMS Developer Guide", "kms/latest/developerguide"),
    ("VPC", "PrivateLink Guide", "vpc/latest/privatelink"),
    ("STS", "STS API Reference", "STS/latest/APIReference"),
    ("RDS", "RDS User Guide", "AmazonRDS/latest/UserGuide"),
    ("S3", "S3 API Reference", "AmazonS3/latest/API"),
];

/// The title of a guide and the address of a page of it, from a name as evaluation rules have it:
/// `IAM:reference_policies_grammar`.
fn locate(name: &str) -> Option<(&'static str, String)> {
    let (guide, page) = name.split_once(':')?;
    let (_, title, path) = GUIDES.iter().find(|(short, ..)| *short == guide)?;
    let (file, anchor) = page.split_once('#').unwrap_or((page, ""));
    let hash = if anchor.is_empty() { "" } else { "#" };
    let url = format!("https://docs.aws.amazon.com/{path}/{file}.html{hash}{anchor}");
    Some((title, url))
}

/// The address of a page of AWS's documentation; the name itself where it is in no guide that is known.
pub fn page_address(name: &str) -> String {
    locate(name).map_or_else(|| name.to_owned(), |(_, url)| url)
}

/// An AWS documentation page named as in evaluation rules, with its address.
pub fn aws_page(name: &str) -> Line {
    match locate(name) {
        Some((title, url)) => {
            let page = name.split_once(':').map_or(name, |(_, page)| page);
            Line::from(Span::new(Meaning::Plain, format!("{title}, {page}")).to(Link::Url(url)))
        }
        None => Line::new().plain(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::Place;

    #[test]
    fn backticks_are_literals() {
        let line = quoted("`a` is no `b` here");
        let meanings: Vec<_> = line.spans.iter().map(|span| span.meaning).collect();
        use Meaning::{Code, Plain};
        assert_eq!(meanings, [Code, Plain, Code, Plain]);
        assert_eq!(line.to_plain(), "a is no b here");
        assert_eq!(quoted("one ` alone").to_plain(), "one ` alone");
    }

    #[test]
    fn a_problem_says_what_where_and_what_would_mend_it() {
        let problem = Problem::warning(Place::default(), "`x` is odd")
            .hint("write `y`")
            .page("IAM:reference_policies_grammar");
        let page = problem_page(&problem, &Inventory::default());
        let text = crate::explain::Block::Paragraph(Item::marked(
            Mark::Problem,
            Line::new().code("x").plain(" is odd."),
        ));
        assert_eq!(page.blocks[0], text);
        let crate::explain::Block::Facts(facts) = &page.blocks[1] else {
            panic!("expected facts");
        };
        let labels: Vec<&str> = facts.iter().map(|fact| &*fact.label).collect();
        assert_eq!(labels, ["Where", "Mend", "AWS says so"]);
        assert_eq!(
            facts[2].values[0].line.spans[0].link,
            Some(Link::Url(
                "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html"
                    .into()
            ))
        );
    }
}
