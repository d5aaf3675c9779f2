//! Loading an account from the stub: paging, throttling, denials, slow answers.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use iamscope::aws::{Feature, OPERATIONS};

use super::account::{account, details, is_details, single};
use super::program::{json_of, problems, tree};
use super::stub::{Reply, Stub, ordinary};

#[test]
fn every_page_arrives_and_is_read_like_a_dump() {
    let stub = Stub::start(account(350));
    let json = json_of(&tree(&stub).run());
    let roles = json["roles"].as_array().unwrap();
    assert_eq!(roles.len(), 350);
    let one = roles
        .iter()
        .find(|role| role["name"] == "role-249")
        .unwrap();
    assert_eq!(one["arn"], "arn:aws:iam::123456789012:role/team/role-249");
    assert_eq!(one["path"], "/team/");
    assert_eq!(one["tags"]["number"], "249");
    assert_eq!(one["max_session_duration"], 7200);
    assert_eq!(one["last_used"], "2026-02-03T04:05:06Z");
    assert_eq!(one["unique_id"], "AROA00000000000000249");
    assert_eq!(one["description"], "Role number 249");
    assert_eq!(
        one["trust"]["Statement"][0]["Principal"]["Service"],
        "lambda.amazonaws.com"
    );
    assert_eq!(one["inline"][0]["policy"]["Statement"]["Action"], "s3:Get*");
    assert_eq!(one["managed"][0]["origin"], "aws");
    assert!(
        one["managed"][0]["policy"]["Statement"].is_array(),
        "the text of an AWS managed policy"
    );
    assert_eq!(json["sources"][0]["kind"], "live");
    // Four pages of roles, one each of the others, side by side.
    assert_eq!(stub.count("GetAccountAuthorizationDetails"), 4 + 4);
}

#[test]
fn only_permitted_operations_are_called() {
    let stub = Stub::start(account(3));
    json_of(&tree(&stub).run());
    let calls = stub.calls();
    assert!(calls.len() > 5);
    for call in calls {
        assert!(
            OPERATIONS.iter().any(|one| one.name == call.action),
            "{}",
            call.action
        );
    }
}

#[test]
fn throttling_by_rate_and_at_random_loses_nothing() {
    // No more than one call in 25 ms.
    let last = Mutex::new(Instant::now());
    let by_rate = Stub::start(move |call| {
        let mut last = last.lock().unwrap();
        if is_details(call) && last.elapsed() < Duration::from_millis(25) {
            return Reply::error(400, "Throttling", "Rate exceeded");
        }
        *last = Instant::now();
        drop(last);
        ordinary(call).unwrap_or_else(|| details(call, 200, 10))
    });
    assert_eq!(
        json_of(&tree(&by_rate).run())["roles"]
            .as_array()
            .unwrap()
            .len(),
        200
    );
    // Two of five calls, in no order that callers could follow.
    let count = AtomicUsize::new(0);
    let at_random = Stub::start(move |call| {
        let number = count.fetch_add(1, Ordering::Relaxed);
        match number * 7919 % 5 {
            0 => Reply::error(400, "Throttling", "Rate exceeded"),
            1 => Reply::error(503, "ServiceUnavailable", "try again"),
            _ => ordinary(call).unwrap_or_else(|| details(call, 200, 10)),
        }
    });
    assert_eq!(
        json_of(&tree(&at_random).run())["roles"]
            .as_array()
            .unwrap()
            .len(),
        200
    );
    assert!(at_random.calls().len() > 30);
}

#[test]
fn where_the_one_call_is_denied_single_calls_give_the_same() {
    let stub = Stub::start(|call| single(call, ""));
    let json = json_of(&tree(&stub).run());
    let roles = json["roles"].as_array().unwrap();
    assert_eq!(roles.len(), 20);
    let one = &roles[3];
    assert_eq!(one["max_session_duration"], 7200);
    assert_eq!(one["tags"]["k"], "v");
    assert_eq!(
        one["instance_profiles"][0],
        format!("for-{}", one["name"].as_str().unwrap())
    );
    assert_eq!(
        one["inline"][0]["policy"]["Statement"]["Action"],
        "s3:GetObject"
    );
    assert_eq!(
        one["managed"][0]["policy"]["Statement"]["Action"],
        "sqs:SendMessage"
    );
    assert_eq!(
        one["boundary"]["arn"],
        "arn:aws:iam::aws:policy/PowerUserAccess"
    );
    assert_eq!(json["users"][0]["groups"][0], "admins");
    assert!(problems(&json).contains("iam:GetAccountAuthorizationDetails"));
}

#[test]
fn each_denied_call_is_named_with_its_permission_and_leaves_the_rest() {
    // Only reading one role again asks for these.
    let of_refresh = ["GetPolicy", "ListPolicyVersions"];
    // Nobody has such policies in this account.
    let of_inline = ["GetUserPolicy", "GetGroupPolicy"];
    let mut tried = 0;
    for operation in OPERATIONS {
        let denied = operation.name;
        let loads = matches!(operation.feature, Feature::Account | Feature::Fallback);
        if !loads || of_refresh.contains(&denied) || of_inline.contains(&denied) {
            continue;
        }
        let stub = Stub::start(move |call| single(call, denied));
        let json = json_of(&tree(&stub).run());
        let roles = if denied == "ListRoles" { 0 } else { 20 };
        assert_eq!(json["roles"].as_array().unwrap().len(), roles, "{denied}");
        let problems = problems(&json);
        assert!(problems.contains(operation.action), "{denied}: {problems}");
        tried += 1;
    }
    assert!(tried >= 18, "{tried}");
}

#[test]
fn what_could_not_be_read_is_unknown_and_not_nothing() {
    for denied in [
        "GetRolePolicy",
        "ListRolePolicies",
        "ListAttachedRolePolicies",
        "GetRole",
    ] {
        let stub = Stub::start(move |call| single(call, denied));
        let json = json_of(&tree(&stub).run());
        let role = &json["roles"][0];
        let stands_for_it = match denied {
            "GetRole" => role["boundary"].to_string(),
            "ListAttachedRolePolicies" => role["managed"].to_string(),
            _ => role["inline"].to_string(),
        };
        assert!(
            stands_for_it.contains("denied") || stands_for_it.contains("inline"),
            "{denied}: {stands_for_it}"
        );
    }
}

#[test]
fn slow_answers_are_waited_for_side_by_side() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (waiting, highest) = (now.clone(), most.clone());
    let stub = Stub::start(move |call| {
        let count = waiting.fetch_add(1, Ordering::SeqCst) + 1;
        highest.fetch_max(count, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(400));
        waiting.fetch_sub(1, Ordering::SeqCst);
        ordinary(call).unwrap_or_else(|| details(call, 10, 100))
    });
    let json = json_of(&tree(&stub).run());
    assert_eq!(json["roles"].as_array().unwrap().len(), 10);
    // Five kinds of entities, the alias, providers of both kinds, the organisation.
    assert!(
        most.load(Ordering::SeqCst) >= 6,
        "{most:?} at the same time"
    );
}

#[test]
fn an_organisation_that_may_not_be_read_is_named_and_unknown() {
    for denied in [
        "DescribeOrganization",
        "ListPoliciesForTarget",
        "ListParents",
        "DescribePolicy",
    ] {
        let stub = Stub::start(move |call| {
            if call.action == denied {
                return Reply::text(
                    400,
                    "{\"__type\":\"AccessDeniedException\",\"Message\":\"You don't have permissions to access this resource.\"}",
                );
            }
            match call.action.as_str() {
                "DescribeOrganization" => Reply::text(
                    200,
                    "{\"Organization\":{\"Id\":\"o-abcdefghij\",\"MasterAccountId\":\"999999999999\"}}",
                ),
                "ListPoliciesForTarget" => Reply::text(
                    200,
                    "{\"Policies\":[{\"Id\":\"p-FullAWSAccess\",\"Name\":\"FullAWSAccess\"}]}",
                ),
                "DescribePolicy" => Reply::text(
                    200,
                    "{\"Policy\":{\"Content\":\"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[]}\"}}",
                ),
                "ListParents" => {
                    Reply::text(200, "{\"Parents\":[{\"Id\":\"r-ab12\",\"Type\":\"ROOT\"}]}")
                }
                _ => ordinary(call).unwrap_or_else(|| details(call, 3, 100)),
            }
        });
        let json = json_of(&tree(&stub).run());
        let problems = problems(&json);
        assert!(
            problems.contains(&format!("organizations:{denied}")),
            "{denied}: {problems}"
        );
        assert!(problems.contains("it needs"), "{denied}: {problems}");
        assert_eq!(json["roles"].as_array().unwrap().len(), 3, "{denied}");
    }
}
