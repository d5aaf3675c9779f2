//! The rules that decisions name, each with the page of AWS's documentation that states it.

use super::{Rule, RuleStatus};

const fn documented(words: &'static str, page: &'static str) -> Rule {
    Rule {
        words,
        page,
        status: RuleStatus::Documented,
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
pub(super) const SCP_MISSING: Rule = Rule {
    words: "a level whose service control policies do not allow is an implicit denial",
    page: SCPS,
    status: RuleStatus::Contradicted,
};
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
