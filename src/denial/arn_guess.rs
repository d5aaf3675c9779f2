//! Makes ARNs of the bare names and addresses that some services write, where the message
//! says enough. What was made is marked as a guess, and the original is kept.

use super::types::{Denial, Field};

/// Completes the resource of a denial.
pub(super) fn complete(denial: &mut Denial) {
    let Some(raw) = denial.resource.clone() else {
        return;
    };
    if raw.starts_with("arn:") || raw == "*" {
        return;
    }
    if let Some(arn) = raw
        .split_whitespace()
        .nth(1)
        .filter(|word| word.starts_with("arn:"))
        .filter(|_| kind_and_name(&raw).is_some())
    {
        // `policy arn:...`: the kind says nothing that the ARN does not.
        denial.resource = Some(arn.to_owned());
        denial.raw_resource = Some(raw);
        return;
    }
    let Some(arn) = guess(denial, &raw) else {
        return;
    };
    denial.resource = Some(arn);
    denial.raw_resource = Some(raw);
    denial.guess(Field::Resource);
}

fn guess(denial: &Denial, raw: &str) -> Option<String> {
    let service = denial
        .action
        .as_deref()
        .and_then(|action| action.split_once(':'))
        .map(|(service, _)| service.to_ascii_lowercase());
    if let Some(arn) = queue_url(raw).or_else(|| s3_uri(raw)) {
        return Some(arn);
    }
    match service.as_deref() {
        Some("iam" | "sts") => {
            let (kind, name) = kind_and_name(raw)?;
            let (partition, account) = home(denial.principal.as_deref()?)?;
            Some(format!("arn:{partition}:iam::{account}:{kind}/{name}"))
        }
        Some("s3") => {
            let bucket = raw.split('/').next()?;
            bucket_name(bucket).then(|| format!("arn:aws:s3:::{raw}"))
        }
        _ => None,
    }
}

/// IAM's `role NAME`, `instance profile NAME` and the like.
fn kind_and_name(raw: &str) -> Option<(&'static str, &str)> {
    let kinds = [
        ("instance profile", "instance-profile"),
        ("server certificate", "server-certificate"),
        ("saml provider", "saml-provider"),
        ("oidc provider", "oidc-provider"),
        ("mfa device", "mfa"),
        ("role", "role"),
        ("user", "user"),
        ("group", "group"),
        ("policy", "policy"),
    ];
    kinds.into_iter().find_map(|(words, kind)| {
        let head = raw.get(..words.len())?;
        let name = raw[words.len()..].strip_prefix(' ')?.trim();
        (head.eq_ignore_ascii_case(words) && !name.is_empty() && !name.contains(' '))
            .then_some((kind, name))
    })
}

/// The partition and account of an ARN.
fn home(arn: &str) -> Option<(&str, &str)> {
    let mut fields = arn.splitn(6, ':');
    let (Some("arn"), Some(partition)) = (fields.next(), fields.next()) else {
        return None;
    };
    let account = fields.nth(2)?;
    (account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()))
        .then_some((partition, account))
}

/// `https://sqs.REGION.amazonaws.com/ACCOUNT/NAME`, the older
/// `https://REGION.queue.amazonaws.com/...` and `https://queue.amazonaws.com/...`.
/// <https://docs.aws.amazon.com/general/latest/gr/sqs-service.html>
fn queue_url(raw: &str) -> Option<String> {
    let rest = raw
        .strip_prefix("https://")
        .or_else(|| raw.strip_prefix("http://"))?;
    let (host, path) = rest.split_once('/')?;
    let (account, name) = path.trim_end_matches('/').split_once('/')?;
    let host = host.strip_suffix(".cn").unwrap_or(host);
    let host = host.strip_suffix(".amazonaws.com")?;
    let region = match host.strip_prefix("sqs.") {
        Some(region) => region,
        None if host == "queue" => "us-east-1",
        None => host.strip_suffix(".queue")?,
    };
    let account_ok = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    let partition = partition_of(region);
    (account_ok && !name.is_empty() && !name.contains('/'))
        .then(|| format!("arn:{partition}:sqs:{region}:{account}:{name}"))
}

/// The partition that a region is in.
pub(super) fn partition_of(region: &str) -> &'static str {
    if region.starts_with("cn-") {
        "aws-cn"
    } else if region.starts_with("us-gov-") {
        "aws-us-gov"
    } else {
        "aws"
    }
}

/// `s3://BUCKET/KEY`.
fn s3_uri(raw: &str) -> Option<String> {
    let path = raw.strip_prefix("s3://")?;
    let path = path
        .strip_suffix('/')
        .filter(|p| !p.contains('/'))
        .unwrap_or(path);
    bucket_name(path.split('/').next()?).then(|| format!("arn:aws:s3:::{path}"))
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
fn bucket_name(name: &str) -> bool {
    (3..=63).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.')
}
