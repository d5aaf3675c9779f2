//! Where a request is made, as far as it says so itself.

use crate::iam::Arn;

/// What a template is to be rendered for, so that its names are those of a request.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Home {
    /// The caller's account.
    pub account: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The partition.
    pub partition: Option<String>,
}

impl Home {
    /// Reads it off the ARNs of the caller and the resource, and off the region that was asked for.
    pub fn of(principal: Option<&str>, resource: Option<&str>, region: Option<&str>) -> Self {
        let caller = principal.and_then(Arn::parse);
        let resource = resource.and_then(Arn::parse);
        let given = |text: &str| {
            let known = !text.is_empty() && !text.contains(['*', '?', '$']);
            known.then(|| text.to_owned())
        };
        Home {
            account: caller.and_then(|arn| given(arn.account)),
            region: region
                .or_else(|| resource.map(|arn| arn.region))
                .and_then(given),
            partition: caller.or(resource).and_then(|arn| given(arn.partition)),
        }
    }
}
