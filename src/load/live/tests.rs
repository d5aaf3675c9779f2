//! Loading in parts, what stays when it breaks off, and one role read again.

use std::sync::Mutex;

use super::{LiveProgress, load_from, refresh_role};
use crate::aws::{Connection, FaultKind};
use crate::iam::{Account, SourceId};
use stub::{Call, Reply, Stub, ordinary};

#[path = "../../../tests/live/account.rs"]
#[allow(dead_code)] // not every fixture is used here
mod account;
#[path = "../../../tests/live/stub.rs"]
#[allow(dead_code)] // likewise
mod stub;

async fn loaded(stub: &Stub) -> Account {
    let connection = Connection::to_test_server(&stub.url);
    load_from(&connection, SourceId(0), &|_| {}).await.unwrap()
}

#[tokio::test]
async fn what_had_arrived_stays_when_credentials_end() {
    let stub = Stub::start(|call| {
        if account::is_details(call) && call.field("Marker") == "30" {
            return Reply::error(403, "ExpiredToken", "The security token is expired");
        }
        ordinary(call).unwrap_or_else(|| account::details(call, 200, 10))
    });
    let parts: Mutex<Vec<usize>> = Mutex::default();
    let progress = |event: LiveProgress| {
        if let LiveProgress::Partial(account) = event {
            // Usable: attached policies are in their places.
            let managed = &account.roles[0].managed[0];
            assert!(managed.document.is_some());
            parts.lock().unwrap().push(account.roles.len());
        }
    };
    let connection = Connection::to_test_server(&stub.url);
    let error = load_from(&connection, SourceId(0), &progress).await;
    assert_eq!(error.unwrap_err().kind, FaultKind::Expired);
    let parts = parts.into_inner().unwrap();
    assert_eq!(parts.first(), Some(&10), "the first page at once");
    assert_eq!(parts.last(), Some(&30), "everything before the end");
}

/// The account by single calls, in which role 3 has another policy since.
fn changed(call: &Call) -> Reply {
    let name = call.field("RoleName");
    match call.action.as_str() {
        "GetRolePolicy" if name == "role-3" => Reply::xml(
            "GetRolePolicy",
            "<RoleName>role-3</RoleName><PolicyName>inline</PolicyName><PolicyDocument>%7B%22Statement%22%3A%7B%22Effect%22%3A%22Deny%22%2C%22Action%22%3A%22sqs%3A%2A%22%2C%22Resource%22%3A%22%2A%22%7D%7D</PolicyDocument>",
        ),
        "GetPolicy" => Reply::xml(
            "GetPolicy",
            "<Policy><PolicyName>own</PolicyName><PolicyId>ANPA00000000000000001</PolicyId><Arn>arn:aws:iam::123456789012:policy/own</Arn><Path>/</Path><DefaultVersionId>v2</DefaultVersionId><Description>of us</Description></Policy>",
        ),
        "ListPolicyVersions" => Reply::xml(
            "ListPolicyVersions",
            "<Versions><member><VersionId>v2</VersionId><IsDefaultVersion>true</IsDefaultVersion></member><member><VersionId>v1</VersionId><IsDefaultVersion>false</IsDefaultVersion></member></Versions><IsTruncated>false</IsTruncated>",
        ),
        "GetPolicyVersion" => {
            let id = call.field("VersionId");
            let is_default = id == "v2";
            Reply::xml(
                "GetPolicyVersion",
                &format!(
                    "<PolicyVersion><Document>%7B%22Statement%22%3A%5B%5D%7D</Document><VersionId>{id}</VersionId><IsDefaultVersion>{is_default}</IsDefaultVersion></PolicyVersion>"
                ),
            )
        }
        _ => account::single(call, ""),
    }
}

const ROLE: &str = "arn:aws:iam::123456789012:role/team/role-3";

fn role(account: &Account) -> Option<&crate::iam::Role> {
    let mut roles = account.roles.iter();
    roles.find(|role| role.identity.arn == *ROLE)
}

#[tokio::test]
async fn one_role_is_read_again_with_its_policies() {
    let before = loaded(&Stub::start(|call| account::single(call, ""))).await;
    let stub = Stub::start(changed);
    let connection = Connection::to_test_server(&stub.url);
    let after = refresh_role(&connection, &before, ROLE, SourceId(0)).await;
    let after = after.unwrap();
    let policy_of = |account| role(account).unwrap().inline[0].document.json();
    assert!(!policy_of(&before).to_string().contains("sqs"));
    assert!(policy_of(&after).to_string().contains("sqs:*"));
    assert_eq!(after.roles.len(), before.roles.len());
    // Its managed policy has come with all versions, and is attached where it was.
    let own = &after.policies[0];
    let versions: Vec<_> = own
        .versions
        .iter()
        .map(|one| (one.id.as_str(), one.is_default))
        .collect();
    assert_eq!(versions, [("v2", true), ("v1", false)]);
    assert_eq!(own.attached_to.len(), before.policies[0].attached_to.len());
    // No list was read again.
    for list in ["ListRoles", "ListUsers", "GetAccountAuthorizationDetails"] {
        assert_eq!(stub.count(list), 0, "{list}");
    }
}

#[tokio::test]
async fn a_role_that_is_gone_is_taken_out_and_one_that_may_not_be_read_stays() {
    let before = loaded(&Stub::start(|call| account::single(call, ""))).await;
    let gone = Stub::start(|call| match call.action.as_str() {
        "GetRole" => Reply::error(404, "NoSuchEntity", "The role cannot be found."),
        _ => account::single(call, ""),
    });
    let connection = Connection::to_test_server(&gone.url);
    let after = refresh_role(&connection, &before, ROLE, SourceId(0)).await;
    let after = after.unwrap();
    assert!(role(&after).is_none() && after.roles.len() + 1 == before.roles.len());
    let denied = Stub::start(|call| account::single(call, "GetRole"));
    let connection = Connection::to_test_server(&denied.url);
    let error = refresh_role(&connection, &before, ROLE, SourceId(0)).await;
    assert!(
        error
            .unwrap_err()
            .to_string()
            .contains("it needs `iam:GetRole`")
    );
}

#[tokio::test]
async fn versions_that_may_not_be_listed_are_named_and_the_one_in_force_stays() {
    let before = loaded(&Stub::start(|call| account::single(call, ""))).await;
    let stub = Stub::start(|call| match call.action.as_str() {
        "ListPolicyVersions" => Reply::denied("ListPolicyVersions"),
        _ => changed(call),
    });
    let connection = Connection::to_test_server(&stub.url);
    let after = refresh_role(&connection, &before, ROLE, SourceId(0)).await;
    let after = after.unwrap();
    assert_eq!(after.policies[0].versions.len(), 1);
    let mut problems = after.problems.iter().map(|problem| &problem.message);
    assert!(problems.any(|words| words.contains("iam:ListPolicyVersions")));
}
