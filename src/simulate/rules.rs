//! The rules that decisions name, each with the page of AWS's documentation that states it.

use super::{Rule, RuleStatus};

const fn documented(words: &'static str, page: &'static str) -> Rule {
    Rule {
        words,
        page,
        status: RuleStatus::Documented,
    }
}

const fn inferred(words: &'static str, page: &'static str) -> Rule {
    Rule {
        words,
        page,
        status: RuleStatus::Inferred,
    }
}

const fn contradicted(words: &'static str, page: &'static str) -> Rule {
    Rule {
        words,
        page,
        status: RuleStatus::Contradicted,
    }
}

const EVALUATION: &str = "IAM:reference_policies_evaluation-logic_policy-eval-denyallow";
const CROSS_ACCOUNT: &str = "IAM:reference_policies_evaluation-logic-cross-account";
const CREDENTIALS: &str = "IAM:id_credentials_sts-comparison";
const SCPS: &str = "ORG:orgs_manage_policies_scps_evaluation";
const RCPS: &str = "ORG:orgs_manage_policies_rcps";
const ENDPOINTS: &str = "VPC:vpc-endpoints-access";
const BOUNDARIES: &str = "IAM:access_policies_boundaries";
const SESSIONS: &str = "IAM:access_policies#policies_session";
const ROLES: &str = "IAM:id_roles_terms-and-concepts";
const PRINCIPAL: &str = "IAM:reference_policies_elements_principal";
const NOT_PRINCIPAL: &str = "IAM:reference_policies_elements_notprincipal";
const ACTION: &str = "IAM:reference_policies_elements_action";
const RESOURCE: &str = "IAM:reference_policies_elements_resource";
const OPERATORS: &str = "IAM:reference_policies_elements_condition_operators";
const SETS: &str = "IAM:reference_policies_condition-single-vs-multi-valued-context-keys";
const VARIABLES: &str = "IAM:reference_policies_variables";
const KEYS: &str = "IAM:reference_policies_condition-keys";

pub(super) const CREDENTIAL: Rule = documented(
    "some credentials may not call some operations of IAM and STS, whatever policies say",
    CREDENTIALS,
);
pub(super) const ALWAYS_ALLOWED: Rule = documented(
    "this operation needs no permission and no policy can forbid it",
    CREDENTIALS,
);
pub(super) const PARTITION: Rule =
    documented("nothing is delegated between partitions", CROSS_ACCOUNT);
pub(super) const RCP: Rule = documented(
    "resource control policies limit who may reach resources of member accounts; everything is \
     allowed by default, so that only their denials matter",
    RCPS,
);
pub(super) const SCP: Rule = documented(
    "at every level from the root to the account a service control policy has to allow, and none \
     may deny; none grants anything",
    SCPS,
);
pub(super) const SCP_MISSING: Rule = contradicted(
    "a level whose service control policies do not allow is an implicit denial",
    SCPS,
);
pub(super) const ENDPOINT: Rule = documented(
    "a VPC endpoint's policy limits what passes through it and grants nothing",
    ENDPOINTS,
);
pub(super) const RESOURCE_SAME_ACCOUNT: Rule = documented(
    "in its own account a resource-based policy that names the caller grants by itself; one that \
     names the account leaves it to identity-based policies",
    EVALUATION,
);
pub(super) const RESOURCE_OTHER_ACCOUNT: Rule = documented(
    "across accounts both the resource-based policy and the caller's own policies have to allow",
    CROSS_ACCOUNT,
);
pub(super) const RESOURCE_ALONE: Rule = documented(
    "a caller without policies of its own needs a grant of the resource-based policy",
    EVALUATION,
);
pub(super) const TRUST: Rule = documented(
    "a role can be assumed only by those whom its trust policy names",
    ROLES,
);
pub(super) const KEY_POLICY: Rule = documented(
    "identity-based policies have no effect on a KMS key unless its key policy lets them",
    "KMS:key-policy-default",
);
pub(super) const NO_RESOURCE_POLICY: Rule = documented(
    "IAM's own resources have no resource-based policy that is consulted here",
    "IAM:reference_aws-services-that-work-with-iam",
);
pub(super) const EXPLICIT_DENY: Rule = documented(
    "a statement that denies, in any policy that applies, decides",
    "IAM:reference_policies_evaluation-logic",
);
pub(super) const IDENTITY: Rule =
    documented("everything is denied unless a policy allows it", EVALUATION);
pub(super) const ROOT: Rule = documented(
    "the account's root user has full access to its own account",
    EVALUATION,
);
pub(super) const NO_IDENTITY: Rule = documented(
    "this kind of caller has no identity-based policies",
    EVALUATION,
);
pub(super) const BOUNDARY: Rule = documented(
    "a permissions boundary limits what identity-based policies grant, and grants nothing itself",
    BOUNDARIES,
);
pub(super) const SESSION: Rule = documented(
    "session policies limit what the session may do, and grant nothing themselves",
    SESSIONS,
);
pub(super) const FEDERATED_USER: Rule = documented(
    "a federated user has only what both its issuer and its session policies allow",
    "IAM:reference_policies_evaluation-logic_policy-eval-basics",
);

// What AWS's documentation leaves open, or contradicts itself about.

pub(super) const REFUSED_FIRST: Rule = inferred(
    "what credentials or a partition refuse is an implicit denial, even where a statement denies it too",
    CREDENTIALS,
);
pub(super) const OPENSEARCH: Rule = contradicted(
    "OpenSearch Service is listed under a prefix that its actions do not have; resource control \
     policies are taken to act on it",
    RCPS,
);
pub(super) const UNSIGNED: Rule = inferred(
    "calls of STS are signed, except those with a token of an identity provider, so that nobody \
     anonymous is granted any",
    "STS:API_AssumeRole",
);
pub(super) const REPAIRS_BUCKET: Rule = documented(
    "the root user of a bucket's account may read, replace and delete its policy whatever it says",
    "S3:API_PutBucketPolicy",
);
pub(super) const OWNER_ASSUMED: Rule = inferred(
    "a resource that no account is known for is taken for one of the caller's account",
    CROSS_ACCOUNT,
);
pub(super) const SESSION_OF_ROOT: Rule = inferred(
    "a root session with a policy of its own, as AssumeRoot makes them, may do what that policy allows",
    SESSIONS,
);
pub(super) const NO_SESSION_POLICY: Rule = inferred(
    "a grant to the user who issued a federated session does not make up for its session policy",
    EVALUATION,
);
pub(super) const ACTION_PREFIX: Rule = inferred(
    "a wildcard in the service prefix of an action matches like one in its name",
    ACTION,
);
pub(super) const FEDERATED_GRANT: Rule = inferred(
    "assuming a role with a token is granted to a `Federated` principal only; a denial of everyone \
     covers it",
    PRINCIPAL,
);
pub(super) const NOT_COMPLETED: Rule = inferred(
    "an ARN with fewer than six fields is completed in identity-based policies only",
    RESOURCE,
);
pub(super) const NOT_PRINCIPAL_CHAIN: Rule = inferred(
    "`NotPrincipal` spares a caller only if its account and its user, or role and session, are all \
     listed; AWS says that others might be denied",
    NOT_PRINCIPAL,
);
pub(super) const EVERYONE_AND_SERVICES: Rule = inferred(
    "everyone, as `\"*\"` or as `{\"AWS\": \"*\"}`, includes services",
    PRINCIPAL,
);
pub(super) const ACCOUNT_DELEGATES: Rule = inferred(
    "a resource-based policy that names its own account lets identity-based policies grant, and \
     grants nothing itself",
    PRINCIPAL,
);
pub(super) const ELEMENT_DECIDES: Rule = contradicted(
    "whether boundary and session policies limit a grant follows from its principal, not from a \
     condition on `aws:PrincipalArn`",
    EVALUATION,
);
pub(super) const ENDPOINT_ACCOUNT: Rule = inferred(
    "an endpoint policy that names an account is taken to cover everyone in it",
    ENDPOINTS,
);
pub(super) const RESOURCE_IMPLIED: Rule = inferred(
    "a statement without `Resource` is about the resource that its policy is attached to",
    RESOURCE,
);
pub(super) const LIST_BUCKETS: Rule = contradicted(
    "`arn:aws:s3:::*` matches s3:ListAllMyBuckets, although that has no resource",
    "IAM:reference_policies_elements_notaction",
);
pub(super) const RESOURCE_SERVICE: Rule = inferred(
    "a wildcard in the service of an ARN is not allowed, and matches like one elsewhere",
    RESOURCE,
);
pub(super) const TRAILING_STAR: Rule = inferred(
    "a `*` at the end of a field of an ARN runs over the colons behind it",
    RESOURCE,
);
pub(super) const SCP_RESOURCE: Rule = contradicted(
    "a service control policy may allow single resources; its page on syntax still asks for `*`",
    "ORG:orgs_manage_policies_scps_syntax",
);
pub(super) const FOR_ALL_NOT_LIKE: Rule = contradicted(
    "`ForAllValues:` with a negated operator holds if no value matches; a table of AWS's says the \
     reverse for `StringNotLike`",
    KEYS,
);
pub(super) const PLAIN_ON_LIST: Rule = inferred(
    "an operator without `ForAllValues:` or `ForAnyValue:` never holds for a key with a list of values",
    SETS,
);
pub(super) const EMPTY_LIST: Rule =
    inferred("a key with an empty list of values is an absent key", SETS);
pub(super) const EMPTY_STRINGS: Rule = inferred(
    "empty strings in a list count for nothing; a list of nothing else is empty",
    SETS,
);
pub(super) const NULL_OF_EMPTY: Rule = inferred(
    "a key with one empty value is there, as far as `Null` asks",
    OPERATORS,
);
pub(super) const ANY_IF_EXISTS: Rule = inferred(
    "`ForAnyValue:` with `IfExists` holds where the key is absent",
    OPERATORS,
);
pub(super) const V6_PREFIX: Rule = contradicted(
    "an IPv6 address without a prefix length is one address, not a /32",
    OPERATORS,
);
pub(super) const HOST_BITS: Rule = inferred(
    "bits of an address behind its prefix length are ignored",
    OPERATORS,
);
pub(super) const OTHER_FAMILY: Rule = inferred(
    "no IPv4 address is in an IPv6 range, nor the reverse",
    OPERATORS,
);
pub(super) const VARIABLE_IN_BOOL: Rule = contradicted(
    "policy variables are not resolved in values of `Bool`",
    VARIABLES,
);
pub(super) const BOOL_CASE: Rule = inferred(
    "`true` and `false` are read without regard to case",
    OPERATORS,
);
pub(super) const ARN_FORM: Rule = inferred(
    "a value that is no ARN of six fields never matches an ARN operator, negated or not",
    OPERATORS,
);
pub(super) const DATE_OF_DIGITS: Rule = inferred(
    "four digits are a year, more of them seconds since 1970",
    OPERATORS,
);
pub(super) const DATE_WITHOUT_ZONE: Rule = inferred("a time without a zone is UTC", OPERATORS);
pub(super) const VARIABLE_OF_EMPTY: Rule = inferred(
    "a variable whose key has an empty value has no value",
    VARIABLES,
);
pub(super) const VARIABLE_LITERAL: Rule = inferred(
    "wildcards in the value of a variable are ordinary characters",
    VARIABLES,
);
pub(super) const VARIABLE_BESIDE_OTHERS: Rule = contradicted(
    "a variable without a value fails its own entry only, not those beside it",
    VARIABLES,
);
pub(super) const ARN_OF_SESSIONS: Rule = contradicted(
    "for a session of a role `aws:PrincipalArn` is the role's ARN, not the session's",
    KEYS,
);
pub(super) const NULL_OF_MFA: Rule = contradicted(
    "`Null` asks whether `aws:MultiFactorAuthPresent` is there, which is another question than \
     whether it is false",
    KEYS,
);
pub(super) const ADDRESS_FORWARDED: Rule = contradicted(
    "whether `aws:SourceIp` survives a service's call on the caller's behalf is said both ways; the \
     request decides",
    "IAM:access_forward_access_sessions",
);
pub(super) const SERVICE_NAME_OF_OTHERS: Rule = contradicted(
    "a denial by `...IfExists` on `aws:PrincipalServiceName` that is meant for services denies \
     everyone else too, who does not have the key",
    KEYS,
);
pub(super) const TYPE_OF_SERVICES: Rule = inferred("services have no `aws:PrincipalType`", KEYS);
