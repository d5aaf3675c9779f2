//! Masks in ARNs and in hosts of AWS: the parts that AWS fixed stay.

use super::Masker;
use super::names::segment_end;
use crate::catalog;
use crate::iam::Arn;

/// Words of IAM paths and ARNs that AWS fixed, beside those in the catalogue's ARN forms.
const FIXED: [&str; 16] = [
    "root",
    "assumed-role",
    "federated-user",
    "aws-service-role",
    "service-role",
    "aws-reserved",
    "sso.amazonaws.com",
    "oidc-provider",
    "saml-provider",
    "aws",
    "o",
    "r",
    "ou",
    "organization",
    "account",
    "*",
];

impl Masker {
    pub(super) fn arn(&mut self, text: &str, open_end: bool) -> String {
        let Some(arn) = Arn::parse(text) else {
            return format!(
                "arn:{}",
                self.mask(&text["arn:".len()..], (false, open_end))
            );
        };
        if arn.account == "aws" && (catalog::managed_policy(text).is_some() || text.contains('*')) {
            return text.to_owned();
        }
        let known_service = catalog::index().service(arn.service).is_some();
        let wild = |field: &str| field.is_empty() || field.contains(['*', '?']);
        let service = match known_service || wild(arn.service) {
            true => arn.service.to_owned(),
            false => self.mask(arn.service, (false, false)),
        };
        let account = self.mask(arn.account, (false, false));
        let region = self.mask(arn.region, (false, false));
        let partition = match arn.partition {
            "aws" | "aws-cn" | "aws-us-gov" => arn.partition.to_owned(),
            other => self.mask(other, (false, false)),
        };
        let resource = self.arn_resource(arn.service, arn.resource, open_end);
        format!("arn:{partition}:{service}:{region}:{account}:{resource}")
    }

    /// The last field: words that the service's ARN forms fix stay where a `/` or `:` bounds them.
    fn arn_resource(&mut self, service: &str, resource: &str, open_end: bool) -> String {
        let mut masked = String::new();
        let mut rest = resource;
        // An AWS service's own role is wholly AWS's own name.
        if service == "iam" && rest.starts_with("role/aws-service-role/") {
            return rest.to_owned();
        }
        loop {
            let end = segment_end(rest);
            let (segment, after) = rest.split_at(end);
            if self.is_fixed(service, segment) {
                masked.push_str(segment);
            } else {
                masked.push_str(&self.mask(segment, (false, open_end && after.is_empty())));
            }
            let Some(separator) = after.chars().next() else {
                return masked;
            };
            masked.push(separator);
            rest = &after[separator.len_utf8()..];
        }
    }

    fn is_fixed(&mut self, service: &str, segment: &str) -> bool {
        if FIXED.contains(&segment) || catalog::index().service(segment).is_some() {
            return true;
        }
        if !self.literals.contains_key(service) {
            let forms = catalog::index().service(service).into_iter();
            let literals = forms
                .flat_map(|service| service.resource_types())
                .filter_map(|(_, form)| form.splitn(6, ':').nth(5))
                .flat_map(|resource| resource.split(['/', ':']))
                .filter(|segment| !segment.contains('$') && !segment.is_empty())
                .map(str::to_owned)
                .collect();
            self.literals.insert(service.to_owned(), literals);
        }
        self.literals
            .get(service)
            .is_some_and(|literals| literals.contains(segment))
    }

    /// A host of AWS: services and regions stay, the labels of a customer do not.
    pub(super) fn host(&mut self, host: &str) -> String {
        let Some(at) = host.rfind(".amazonaws.com") else {
            return self.plain_words(host);
        };
        let (labels, tail) = host.split_at(at);
        let labels: Vec<&str> = labels.split('.').collect();
        let last = labels.len().saturating_sub(1);
        let masked: Vec<String> = labels
            .iter()
            .enumerate()
            .map(|(index, label)| {
                let own = index == last
                    || catalog::index().service(label).is_some()
                    || matches!(*label, "oidc" | "dkr" | "ecs-tasks" | "replication" | "ops");
                if own {
                    (*label).to_owned()
                } else {
                    self.mask(label, (false, false))
                }
            })
            .collect();
        format!("{}{tail}", masked.join("."))
    }
}
