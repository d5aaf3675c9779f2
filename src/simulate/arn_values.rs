//! Values of ARN operators: six fields, each matched on its own
//! (IAM: reference_policies_elements_condition_operators, "Amazon Resource Name condition operators").

use crate::iam::{Text, Version};

use super::context::Keys;
use super::depends::{Depends, Tri};
use super::pattern::{Pattern, Style, Subject, compare, label_of};
use super::steps::{self, Hole, Step};

/// A compiled value of an ARN operator.
#[derive(Clone, Debug)]
pub(super) struct ArnValue {
    // The whole, for what is not known until the request.
    whole: Pattern,
    // The fields, where all of the value is known.
    fields: Option<Box<[Pattern]>>,
}

impl ArnValue {
    /// `None` for a known value that has not six fields, a lone `*` among them.
    pub(super) fn new(text: &Text, version: Version) -> Option<Self> {
        let whole = Pattern::new(text, Style::Free, version);
        let open = matches!(&whole, Pattern::Atoms(_));
        let fields = match text.as_plain() {
            Some(plain) if !open => {
                let fields: Box<[Pattern]> = plain
                    .splitn(6, ':')
                    .map(|field| Pattern::new(&field.into(), Style::Free, Version::V2008))
                    .collect();
                if fields.len() < 6 {
                    return None;
                }
                Some(fields)
            }
            _ => None,
        };
        Some(ArnValue { whole, fields })
    }

    /// The value as one pattern.
    pub(super) fn pattern(&self) -> &Pattern {
        &self.whole
    }

    /// Whether an ARN matches.
    pub(super) fn matches<D: Depends>(&self, subject: Subject<'_>, keys: &Keys) -> Tri<D> {
        if let (Some(fields), Some(plain)) = (&self.fields, subject.plain()) {
            let mut found = plain.splitn(6, ':');
            return Tri::known(fields.iter().all(|field| {
                found
                    .next()
                    .is_some_and(|found| field.matches::<()>(Subject::Plain(found), keys).is_yes())
            }));
        }
        match self.whole.steps(keys) {
            Ok(pattern) => match_fields(&pattern, &subject.steps()),
            Err(_) => Tri::no(),
        }
    }
}

/// Matches field by field. Where an unknown part may be a whole ARN, the fields are not known either.
fn match_fields<D: Depends>(pattern: &[Step], text: &[Step]) -> Tri<D> {
    if let (Some(wanted), Some(found)) = (split(pattern), split(text)) {
        return Tri::all(
            wanted
                .into_iter()
                .zip(found)
                .map(|(wanted, found)| compare(wanted, found)),
        );
    }
    let open = |step: &Step| matches!(step, Step::Hole(_));
    if !pattern.iter().any(open) && !text.iter().any(open) {
        return Tri::no();
    }
    // Fields only narrow what a match of the whole allows; certain is then only what is equal.
    let loose = compare::<D>(pattern, text);
    let literal = |step: &Step| matches!(step, Step::Char(_) | Step::Hole(Hole::Reference(_)));
    let mut labels = steps::holes(pattern, text)
        .filter_map(|hole| match hole {
            Hole::Reference(reference) => Some(label_of(reference)),
            Hole::Key(_) => None,
        })
        .peekable();
    if loose.is_yes() && labels.peek().is_some() && !pattern.iter().all(literal) {
        return Tri::all(labels.map(|label| Tri::unknown(|| label)));
    }
    loose
}

/// The six fields, if there are as many colons in front of the last.
fn split(steps: &[Step]) -> Option<Vec<&[Step]>> {
    let fields: Vec<&[Step]> = steps
        .splitn(6, |step| matches!(step, Step::Char(':')))
        .collect();
    (fields.len() == 6).then_some(fields)
}
