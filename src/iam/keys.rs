//! Condition keys that AWS defines for all services, or that credentials carry to any service
//! (IAM: reference_policies_condition-keys).

use std::sync::OnceLock;

use serde::Deserialize;

/// The type of a condition key's values.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Deserialize)]
pub enum KeyType {
    /// Text.
    String,
    /// An ARN.
    #[serde(rename = "ARN")]
    Arn,
    /// `true` or `false`.
    Bool,
    /// A number.
    Numeric,
    /// A point in time.
    Date,
    /// An address or a range of them.
    #[serde(rename = "IPAddress")]
    IpAddress,
    /// Bytes.
    Binary,
}

impl KeyType {
    /// AWS's name of it: `ARN`, `String`.
    pub fn name(self) -> &'static str {
        match self {
            KeyType::String => "String",
            KeyType::Arn => "ARN",
            KeyType::Bool => "Bool",
            KeyType::Numeric => "Numeric",
            KeyType::Date => "Date",
            KeyType::IpAddress => "IPAddress",
            KeyType::Binary => "Binary",
        }
    }

    /// Reads AWS's name of a type, `ArrayOfString` among them: the type and whether the key may
    /// have several values.
    pub(crate) fn parse(text: &str) -> Option<(KeyType, bool)> {
        let (name, multi) = match text.strip_prefix("ArrayOf") {
            Some(name) => (name, true),
            None => (text, false),
        };
        let all = [
            KeyType::String,
            KeyType::Arn,
            KeyType::Bool,
            KeyType::Numeric,
            KeyType::Date,
            KeyType::IpAddress,
            KeyType::Binary,
        ];
        let found = all.into_iter().find(|kind| kind.name() == name)?;
        Some((found, multi))
    }
}

/// Who can tell a simulation the value of a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash)]
pub enum SuppliedBy {
    /// It follows from caller, resource and organisation.
    Derived,
    /// It is assumed unless given: the time, TLS.
    Default,
    /// Only the person asking knows.
    Asked,
    /// It is a parameter of calls to its own service, and of no other request.
    Parameter,
}

/// What is known of a condition key that no single service defines.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct GlobalKey {
    /// Its canonical spelling, `${TagKey}` where a name is to be filled in.
    pub name: &'static str,
    /// The type of its values.
    pub kind: KeyType,
    /// Whether a request may hold several values of it.
    pub many: bool,
    /// Who supplies its value.
    pub supplied_by: SuppliedBy,
    /// When a request holds it, in words.
    pub present: &'static str,
    /// What it holds, in words.
    pub meaning: &'static str,
}

impl GlobalKey {
    /// One line of the table.
    fn parse(line: &'static str) -> Option<Self> {
        let mut fields = line.split(" | ");
        let (name, kind, who) = (fields.next()?, fields.next()?, fields.next()?);
        let (kind, many) = KeyType::parse(kind)?;
        let supplied_by = match who {
            "derive" => SuppliedBy::Derived,
            "default" => SuppliedBy::Default,
            "ask" => SuppliedBy::Asked,
            "parameter" => SuppliedBy::Parameter,
            _ => return None,
        };
        Some(GlobalKey {
            name,
            kind,
            many,
            supplied_by,
            present: fields.next()?,
            meaning: fields.next()?,
        })
    }

    /// Its name up to what is to be filled in: `aws:PrincipalTag/`.
    pub fn stem(&self) -> &'static str {
        self.name.split("${").next().unwrap_or(self.name)
    }

    /// Whether a name is this key's. Keys that begin with what is to be filled in, the claims of an
    /// OIDC issuer, are not told by their name alone.
    fn is_called(&self, name: &str) -> bool {
        let stem = self.stem();
        if stem.len() == self.name.len() {
            return name.eq_ignore_ascii_case(stem);
        }
        let start = name.get(..stem.len());
        !stem.is_empty() && start.is_some_and(|start| start.eq_ignore_ascii_case(stem))
    }
}

/// Every key that AWS defines for all services, those of credentials and tokens, and the parameters
/// of STS.
pub fn global_keys() -> &'static [GlobalKey] {
    static KEYS: OnceLock<Vec<GlobalKey>> = OnceLock::new();
    KEYS.get_or_init(|| {
        let table = include_str!("../../assets/global_condition_keys.txt");
        table.lines().filter_map(GlobalKey::parse).collect()
    })
}

/// The global key of a name, whatever its case; tag keys are found by their prefix.
pub fn global_key(name: &str) -> Option<&'static GlobalKey> {
    global_keys().iter().find(|key| key.is_called(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_a_key() {
        let table = include_str!("../../assets/global_condition_keys.txt");
        let lines = table
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        assert_eq!(lines.count(), global_keys().len());
    }

    #[test]
    fn keys_are_found_in_any_case_and_tags_by_what_comes_before_them() {
        let found = |name: &str| global_key(name).map(|key| (key.stem(), key.many));
        assert_eq!(found("AWS:SOURCEIP"), Some(("aws:SourceIp", false)));
        assert_eq!(
            found("aws:requesttag/Team"),
            Some(("aws:RequestTag/", false))
        );
        assert_eq!(
            found("sts:transitivetagkeys"),
            Some(("sts:TransitiveTagKeys", true))
        );
        assert_eq!(found("aws:SourceI"), None);
        assert_eq!(found("token.example.com:sub"), None);
    }
}
