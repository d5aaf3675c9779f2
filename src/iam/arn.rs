//! Amazon Resource Names.

/// The six fields of an ARN, borrowed: split at the first five colons, so that the sixth may hold
/// colons and slashes (IAM: reference-arns).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Arn<'a> {
    /// `aws`, `aws-cn`, `aws-us-gov`, ...
    pub partition: &'a str,
    /// The service's namespace.
    pub service: &'a str,
    /// Empty for global resources.
    pub region: &'a str,
    /// Twelve digits, or empty.
    pub account: &'a str,
    /// The rest.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// The fields of an ARN; `None` where there are not six or the first is not `arn`.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut fields = text.splitn(6, ':');
        if fields.next()? != "arn" {
            return None;
        }
        Some(Arn {
            partition: fields.next()?,
            service: fields.next()?,
            region: fields.next()?,
            account: fields.next()?,
            resource: fields.next()?,
        })
    }

    /// The type and the rest of a resource such as `role/path/name`.
    pub fn resource_type(&self) -> Option<(&'a str, &'a str)> {
        self.resource.split_once('/')
    }

    /// The part of the resource behind its last `/`: a role's or user's name without its path.
    pub fn name(&self) -> &'a str {
        self.resource.rsplit('/').next().unwrap_or(self.resource)
    }

    /// Whether a text is an account id: twelve digits.
    pub fn is_account_id(text: &str) -> bool {
        text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
    }
}
