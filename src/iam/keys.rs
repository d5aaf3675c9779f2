//! Global condition keys (IAM: reference_policies_condition-keys).

/// The type of a condition key's value.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash)]
pub enum KeyType {
    /// Text.
    String,
    /// An ARN.
    Arn,
    /// `true` or `false`.
    Bool,
    /// A date or epoch seconds.
    Date,
    /// An IP address.
    Ip,
    /// A number.
    Numeric,
}

/// A global condition key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct GlobalKey {
    /// Its canonical spelling; ends in `/` where a tag key follows.
    pub name: &'static str,
    /// The type of its value.
    pub kind: KeyType,
    /// Whether it has several values.
    pub many: bool,
}

const fn key(name: &'static str, kind: KeyType, many: bool) -> GlobalKey {
    GlobalKey { name, kind, many }
}

/// Every global key that AWS documents, and the keys of STS and EC2 credentials beside them.
pub const GLOBAL_KEYS: [GlobalKey; 66] = [
    key("aws:AssumedRoot", KeyType::Bool, false),
    key("aws:CalledVia", KeyType::String, true),
    key("aws:CalledViaAWSMCP", KeyType::String, false),
    key("aws:CalledViaFirst", KeyType::String, false),
    key("aws:CalledViaLast", KeyType::String, false),
    key("aws:ChatbotSourceArn", KeyType::Arn, false),
    key("aws:CurrentTime", KeyType::Date, false),
    key("aws:Ec2InstanceSourcePrivateIPv4", KeyType::Ip, false),
    key("aws:Ec2InstanceSourceVpc", KeyType::String, false),
    key("aws:EpochTime", KeyType::Date, false),
    key("aws:FederatedProvider", KeyType::String, false),
    key("aws:IsMcpServiceAction", KeyType::Bool, false),
    key("aws:MultiFactorAuthAge", KeyType::Numeric, false),
    key("aws:MultiFactorAuthPresent", KeyType::Bool, false),
    key("aws:PrincipalAccount", KeyType::String, false),
    key("aws:PrincipalArn", KeyType::Arn, false),
    key("aws:PrincipalIsAWSService", KeyType::Bool, false),
    key("aws:PrincipalOrgID", KeyType::String, false),
    key("aws:PrincipalOrgPaths", KeyType::String, true),
    key("aws:PrincipalServiceName", KeyType::String, false),
    key("aws:PrincipalServiceNamesList", KeyType::String, true),
    key("aws:PrincipalTag/", KeyType::String, false),
    key("aws:PrincipalType", KeyType::String, false),
    key("aws:referer", KeyType::String, false),
    key("aws:RequestedRegion", KeyType::String, false),
    key("aws:RequestTag/", KeyType::String, false),
    key("aws:ResourceAccount", KeyType::String, false),
    key("aws:ResourceOrgID", KeyType::String, false),
    key("aws:ResourceOrgPaths", KeyType::String, true),
    key("aws:ResourceTag/", KeyType::String, false),
    key("aws:SecureTransport", KeyType::Bool, false),
    key("aws:SignInSessionArn", KeyType::Arn, false),
    key("aws:SourceAccount", KeyType::String, false),
    key("aws:SourceArn", KeyType::Arn, false),
    key("aws:SourceIdentity", KeyType::String, false),
    key("aws:SourceIp", KeyType::Ip, false),
    key("aws:SourceOrgID", KeyType::String, false),
    key("aws:SourceOrgPaths", KeyType::String, true),
    key("aws:SourceVpc", KeyType::String, false),
    key("aws:SourceVpcArn", KeyType::Arn, false),
    key("aws:SourceVpce", KeyType::String, false),
    key("aws:TagKeys", KeyType::String, true),
    key("aws:TokenIssueTime", KeyType::Date, false),
    key("aws:UserAgent", KeyType::String, false),
    key("aws:userid", KeyType::String, false),
    key("aws:username", KeyType::String, false),
    key("aws:ViaAWSMCPService", KeyType::Bool, false),
    key("aws:ViaAWSService", KeyType::Bool, false),
    key("aws:ViaCustomerDomain", KeyType::String, false),
    key("aws:VpceAccount", KeyType::String, false),
    key("aws:VpceOrgID", KeyType::String, false),
    key("aws:VpceOrgPaths", KeyType::String, true),
    key("aws:VpcSourceIp", KeyType::Ip, false),
    key("codebuild:BuildArn", KeyType::Arn, false),
    key("codebuild:ProjectArn", KeyType::Arn, false),
    key("ec2:RoleDelivery", KeyType::Numeric, false),
    key("ec2:SourceInstanceArn", KeyType::Arn, false),
    key("glue:CredentialIssuingService", KeyType::String, false),
    key("glue:RoleAssumedBy", KeyType::String, false),
    key("identitystore:UserId", KeyType::String, false),
    key("lambda:SourceFunctionArn", KeyType::Arn, false),
    key("ssm:SourceInstanceArn", KeyType::Arn, false),
    key("sts:ExternalId", KeyType::String, false),
    key("sts:RoleSessionName", KeyType::String, false),
    key("sts:SourceIdentity", KeyType::String, false),
    key("sts:TransitiveTagKeys", KeyType::String, true),
];

/// The global key of a name, whatever its case; tag keys are found by their prefix.
pub fn global_key(name: &str) -> Option<&'static GlobalKey> {
    GLOBAL_KEYS.iter().find(|key| {
        if key.name.ends_with('/') {
            name.get(..key.name.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(key.name))
        } else {
            name.eq_ignore_ascii_case(key.name)
        }
    })
}
