//! Accounts that the stub answers with.

use super::stub::{Call, Reply, ordinary};

pub const TRUST: &str = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22lambda.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D";

pub fn role(number: usize) -> String {
    format!(
        "<member><Path>/team/</Path><RoleName>role-{number}</RoleName><RoleId>AROA{number:017}</RoleId>\
         <Arn>arn:aws:iam::123456789012:role/team/role-{number}</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate>\
         <AssumeRolePolicyDocument>{TRUST}</AssumeRolePolicyDocument>\
         <RolePolicyList><member><PolicyName>inline</PolicyName><PolicyDocument>%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3AGet%2A%22%2C%22Resource%22%3A%22%2A%22%7D%7D</PolicyDocument></member></RolePolicyList>\
         <AttachedManagedPolicies><member><PolicyName>ReadOnlyAccess</PolicyName><PolicyArn>arn:aws:iam::aws:policy/ReadOnlyAccess</PolicyArn></member></AttachedManagedPolicies>\
         <Tags><member><Key>number</Key><Value>{number}</Value></member></Tags>\
         <RoleLastUsed><LastUsedDate>2026-02-03T04:05:06Z</LastUsedDate><Region>eu-west-1</Region></RoleLastUsed></member>"
    )
}

/// An account of so many roles, so many on each page.
pub fn details(call: &Call, roles: usize, on_page: usize) -> Reply {
    if call.action == "ListRoles" {
        return list(call, roles, on_page);
    }
    let mut list = String::new();
    let mut rest = "<IsTruncated>false</IsTruncated>".to_owned();
    if call.field("Filter.member.1") == "Role" {
        let from: usize = call.field("Marker").parse().unwrap_or(0);
        let to = (from + on_page).min(roles);
        list = (from..to).map(role).collect();
        if to < roles {
            rest = format!("<IsTruncated>true</IsTruncated><Marker>{to}</Marker>");
        }
    }
    Reply::xml(
        "GetAccountAuthorizationDetails",
        &format!("<RoleDetailList>{list}</RoleDetailList>{rest}"),
    )
}

/// What `ListRoles` says of the same roles.
fn list(call: &Call, roles: usize, on_page: usize) -> Reply {
    let from: usize = call.field("Marker").parse().unwrap_or(0);
    let to = (from + on_page).min(roles);
    let list: String = (from..to)
        .map(|number| {
            format!(
                "<member><Path>/team/</Path><RoleName>role-{number}</RoleName><RoleId>AROA{number:017}</RoleId>\
                 <Arn>arn:aws:iam::123456789012:role/team/role-{number}</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate>\
                 <Description>Role number {number}</Description><MaxSessionDuration>7200</MaxSessionDuration></member>"
            )
        })
        .collect();
    let rest = match to < roles {
        true => format!("<IsTruncated>true</IsTruncated><Marker>{to}</Marker>"),
        false => "<IsTruncated>false</IsTruncated>".to_owned(),
    };
    Reply::xml("ListRoles", &format!("<Roles>{list}</Roles>{rest}"))
}

pub fn is_details(call: &Call) -> bool {
    call.action == "GetAccountAuthorizationDetails"
}

pub fn account(roles: usize) -> impl Fn(&Call) -> Reply + Send + Sync {
    move |call| ordinary(call).unwrap_or_else(|| details(call, roles, 100))
}

/// The answers of the single calls, `denied` refused.
pub fn single(call: &Call, denied: &str) -> Reply {
    if is_details(call) || call.action == denied {
        return Reply::denied(&call.action);
    }
    if let Some(reply) = ordinary(call) {
        return reply;
    }
    let name = call.field("RoleName");
    let bare = |name: &str| {
        format!(
            "<Path>/team/</Path><RoleName>{name}</RoleName><RoleId>AROA00000000000000001</RoleId>\
             <Arn>arn:aws:iam::123456789012:role/team/{name}</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate>\
             <AssumeRolePolicyDocument>{TRUST}</AssumeRolePolicyDocument><MaxSessionDuration>7200</MaxSessionDuration>"
        )
    };
    let more = "<IsTruncated>false</IsTruncated>";
    let result = match call.action.as_str() {
        "ListRoles" => {
            let roles: String = (0..20).map(|n| format!("<member>{}</member>", bare(&format!("role-{n}")))).collect();
            format!("<Roles>{roles}</Roles>{more}")
        }
        "GetRole" => format!(
            "<Role>{}<Tags><member><Key>k</Key><Value>v</Value></member></Tags><PermissionsBoundary><PermissionsBoundaryType>Policy</PermissionsBoundaryType><PermissionsBoundaryArn>arn:aws:iam::aws:policy/PowerUserAccess</PermissionsBoundaryArn></PermissionsBoundary></Role>",
            bare(name)
        ),
        "ListRolePolicies" => format!("<PolicyNames><member>inline</member></PolicyNames>{more}"),
        "GetRolePolicy" => format!(
            "<RoleName>{name}</RoleName><PolicyName>inline</PolicyName><PolicyDocument>%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3AGetObject%22%2C%22Resource%22%3A%22%2A%22%7D%7D</PolicyDocument>"
        ),
        "ListAttachedRolePolicies" => format!(
            "<AttachedPolicies><member><PolicyName>own</PolicyName><PolicyArn>arn:aws:iam::123456789012:policy/own</PolicyArn></member></AttachedPolicies>{more}"
        ),
        "ListInstanceProfilesForRole" => format!(
            "<InstanceProfiles><member><Path>/</Path><InstanceProfileName>for-{name}</InstanceProfileName><InstanceProfileId>AIPA00000000000000001</InstanceProfileId><Arn>arn:aws:iam::123456789012:instance-profile/for-{name}</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate><Roles></Roles></member></InstanceProfiles>{more}"
        ),
        "ListUsers" => format!(
            "<Users><member><Path>/</Path><UserName>jane</UserName><UserId>AIDA00000000000000001</UserId><Arn>arn:aws:iam::123456789012:user/jane</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate></member></Users>{more}"
        ),
        "GetUser" => "<User><Path>/</Path><UserName>jane</UserName><UserId>AIDA00000000000000001</UserId><Arn>arn:aws:iam::123456789012:user/jane</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate></User>".to_owned(),
        "ListAttachedUserPolicies" | "ListAttachedGroupPolicies" => format!("<AttachedPolicies></AttachedPolicies>{more}"),
        "ListUserPolicies" | "ListGroupPolicies" => format!("<PolicyNames></PolicyNames>{more}"),
        "ListGroupsForUser" | "ListGroups" => format!(
            "<Groups><member><Path>/</Path><GroupName>admins</GroupName><GroupId>AGPA00000000000000001</GroupId><Arn>arn:aws:iam::123456789012:group/admins</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate></member></Groups>{more}"
        ),
        "ListPolicies" => format!(
            "<Policies><member><PolicyName>own</PolicyName><PolicyId>ANPA00000000000000001</PolicyId><Arn>arn:aws:iam::123456789012:policy/own</Arn><Path>/</Path><DefaultVersionId>v2</DefaultVersionId></member></Policies>{more}"
        ),
        "GetPolicyVersion" => "<PolicyVersion><Document>%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22sqs%3ASendMessage%22%2C%22Resource%22%3A%22%2A%22%7D%7D</Document><VersionId>v2</VersionId><IsDefaultVersion>true</IsDefaultVersion></PolicyVersion>".to_owned(),
        other => return Reply::error(400, "InvalidAction", other),
    };
    Reply::xml(&call.action, &result)
}
