//! What a live account is asked from the screen, beside loading it; and what leaves the screen.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use iamscope::app::{Action, AwsSaid, Choices, Effect, FetchedPolicy};
use iamscope::iam::{
    Guard, Place, PolicyKind, ResourcePolicy, SourceId, Text, parse_document_text,
};

use crate::living::{account, connected, loaded, profile, stage};
use crate::stage::Stage;

/// A live account whose first role is simulated reading an object.
fn simulated() -> Stage {
    let mut stage = stage(140, 40);
    stage.act(connected(Duration::from_secs(3_600)));
    stage.act(loaded(account(3)));
    stage.keys("j j s 's3:GetObject' tab 'arn:aws:s3:::foobar/key' tab tab");
    stage
}

fn said(decision: &str) -> AwsSaid {
    AwsSaid {
        resource: "arn:aws:s3:::foobar/key".to_owned(),
        decision: decision.to_owned(),
        matched: vec!["app-controller-policy".to_owned()],
        missing: Vec::new(),
    }
}

/// The ticket of the question to AWS that was asked last.
fn asked(stage: &Stage) -> u64 {
    let mut effects = stage.effects.iter().rev();
    let ticket = effects.find_map(|effect| match effect {
        Effect::AskAws {
            ticket,
            source,
            request,
        } => {
            assert_eq!(*source, profile("prod"));
            assert_eq!(request.action, "s3:GetObject");
            Some(*ticket)
        }
        _ => None,
    });
    ticket.unwrap()
}

#[test]
fn awss_own_simulator_is_asked_the_same_and_stands_beside_ours() {
    let mut stage = simulated();
    assert!(stage.text().contains("A ask aws"), "{}", stage.text());
    stage.keys("A");
    assert!(
        stage.text().contains("Asking AWS's own simulator"),
        "{}",
        stage.text()
    );
    let ticket = asked(&stage);
    stage.act(Action::AwsAnswered {
        ticket,
        result: Ok(vec![said("allowed")]),
    });
    let text = stage.text();
    for words in [
        "Beside AWS's own simulator",
        "allowed",
        "agree",
        "does not evaluate",
    ] {
        assert!(text.contains(words), "{words}:\n{text}");
    }
    insta::assert_snapshot!("live_beside_140x40", text);
    stage.keys("A");
    let ticket = asked(&stage);
    stage.act(Action::AwsAnswered {
        ticket,
        result: Ok(vec![said("implicitDeny")]),
    });
    assert!(stage.text().contains("differ"), "{}", stage.text());
    // Another request has another answer.
    stage.keys("tab tab ctrl-u 's3:PutObject'");
    assert!(!stage.text().contains("Beside AWS"), "{}", stage.text());
}

#[test]
fn a_question_to_aws_can_be_stopped_and_its_late_answer_is_dropped() {
    let mut stage = simulated();
    stage.keys("A");
    let ticket = asked(&stage);
    stage.keys("esc");
    assert!(matches!(stage.effects.last(), Some(Effect::StopAsking)));
    assert!(
        stage.text().contains("Simulate"),
        "the simulator stays open"
    );
    stage.act(Action::AwsAnswered {
        ticket,
        result: Ok(vec![said("allowed")]),
    });
    assert!(!stage.text().contains("Beside AWS"), "{}", stage.text());
    stage.keys("A");
    let ticket = asked(&stage);
    stage.act(Action::AwsAnswered {
        ticket,
        result: Err("iam:SimulatePrincipalPolicy: AccessDenied".to_owned()),
    });
    assert!(
        stage
            .text()
            .contains("! AWS's own simulator gives no answer"),
        "{}",
        stage.text()
    );
}

fn fetched(stage: &mut Stage, policy: Option<ResourcePolicy>, failed: Option<&str>) {
    let position = stage
        .effects
        .iter()
        .position(|effect| matches!(effect, Effect::FetchPolicy { .. }));
    let Effect::FetchPolicy {
        generation,
        source,
        arn,
    } = stage.effects.remove(position.unwrap())
    else {
        unreachable!()
    };
    assert_eq!(arn, "arn:aws:s3:::foobar/key");
    stage.act(Action::PolicyFetched {
        generation,
        source,
        arn,
        fetched: FetchedPolicy {
            policy: policy.map(Box::new),
            failed: failed.map(str::to_owned),
            supported: true,
        },
    });
}

fn is_fetching(stage: &Stage) -> bool {
    let mut effects = stage.effects.iter();
    effects.any(|effect| matches!(effect, Effect::FetchPolicy { .. }))
}

#[test]
fn the_resources_policy_is_read_behind_the_answer_and_then_decides() {
    let mut stage = simulated();
    let text = stage.text();
    assert!(
        text.contains("Loading the policy of arn:aws:s3:::foobar/key"),
        "{text}"
    );
    assert!(
        text.contains("✓ Allowed"),
        "the answer does not wait: {text}"
    );
    let deny = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::foobar/*"}}"#;
    let policy = ResourcePolicy {
        resource: Text::plain("arn:aws:s3:::foobar"),
        kind: "AWS::S3::BucketPolicy".to_owned(),
        logical_id: None,
        place: Place::whole(SourceId(0)),
        guard: Guard::always(),
        document: Arc::new(parse_document_text(deny, SourceId(0), PolicyKind::Resource).unwrap()),
    };
    fetched(&mut stage, Some(policy), None);
    let text = stage.text();
    assert!(text.contains("was read from AWS"), "{text}");
    assert!(
        text.contains("✗ Explicitly denied: statement 1 of resource"),
        "{text}"
    );
    // It is among what was loaded, and is not asked for again.
    stage.keys("esc");
    assert!(
        stage.text().contains("Resource policies"),
        "{}",
        stage.text()
    );
    stage.keys("S");
    assert!(!is_fetching(&stage));
    stage.keys("F");
    assert!(is_fetching(&stage));
}

#[test]
fn a_resource_without_a_policy_and_one_that_may_not_be_read_are_told_apart() {
    let mut stage = simulated();
    fetched(&mut stage, None, None);
    assert!(
        stage.text().contains("has no resource policy: AWS says so"),
        "{}",
        stage.text()
    );
    stage.keys("F");
    fetched(&mut stage, None, Some("s3:GetBucketPolicy: AccessDenied"));
    assert!(
        stage
            .text()
            .contains("! The resource's policy could not be read: s3:GetBucketPolicy"),
        "{}",
        stage.text()
    );
}

#[test]
fn no_policy_is_read_while_its_resource_is_typed() {
    let mut stage = stage(140, 40);
    stage.act(connected(Duration::from_secs(3_600)));
    stage.act(loaded(account(3)));
    stage.keys("j j s 's3:GetObject' tab 'arn:aws:s3:::foobar/key'");
    assert!(!is_fetching(&stage));
    stage.keys("tab tab");
    assert!(is_fetching(&stage));
}

#[test]
fn one_role_is_read_again_and_what_changed_is_marked() {
    let mut stage = stage(120, 24);
    stage.act(connected(Duration::from_secs(3_600)));
    stage.act(loaded(account(3)));
    stage.keys("j j ctrl-r");
    let Some(Effect::ReadRole {
        generation,
        arn,
        source,
        account: position,
        ..
    }) = stage.effects.pop()
    else {
        panic!("no role is read");
    };
    assert_eq!(
        (arn.as_str(), position),
        ("arn:aws:iam::123456789012:role/app-controller", 0)
    );
    assert_eq!(source, profile("prod"));
    let mut fresh = account(3);
    fresh.accounts[0].roles[0].inline.clear();
    // Read by another call, which gives an id, too: that is no change.
    let mut roles = fresh.accounts[0].roles.iter_mut();
    let limited = roles.find(|role| role.identity.name == *"limited").unwrap();
    assert_eq!(limited.identity.unique_id, None);
    limited.identity.unique_id = Some("AROALIMITED".to_owned());
    stage.act(Action::Loaded {
        generation,
        result: Ok(Arc::new(fresh)),
    });
    let text = stage.text();
    assert!(text.contains("~ app-controller"), "{text}");
    assert!(
        text.contains("inline policy app-controller-policy is gone"),
        "{text}"
    );
    assert!(!text.contains("~ limited"), "{text}");
}

#[test]
fn other_profiles_are_a_key_away_and_can_be_opened_beside() {
    let mut stage = stage(120, 30);
    stage.act(connected(Duration::from_secs(3_600)));
    stage.act(loaded(account(3)));
    stage.keys("O");
    assert!(matches!(stage.effects.last(), Some(Effect::FindChoices)));
    stage.act(Action::Choices(Choices {
        profiles: vec![
            ("dev".to_owned(), "sso".to_owned()),
            ("prod".to_owned(), "role".to_owned()),
        ],
        recent: vec!["/tmp/template.json".to_owned()],
    }));
    let text = stage.text();
    for words in [
        "Open in place",
        "demo",
        "/tmp/template.json",
        "profile, sso",
        "profile, role",
    ] {
        assert!(text.contains(words), "{words}:\n{text}");
    }
    stage.keys("esc B 'dev' enter");
    let Some(Effect::Load(request)) = stage.effects.last() else {
        panic!("nothing is loaded");
    };
    assert_eq!(request.sources, [profile("prod"), profile("dev")]);
    assert!(!request.anew, "what is open is not read again");
    stage.keys("O 'dev' enter");
    let Some(Effect::Load(request)) = stage.effects.last() else {
        panic!("nothing is loaded");
    };
    assert_eq!(request.sources, [profile("dev")]);
    assert!(request.anew);
}

#[test]
fn two_accounts_stand_apart_in_the_tree_and_the_header_follows_the_selection() {
    let mut stage = stage(120, 30);
    stage.keys("esc");
    let mut both = account(2);
    let mut other = account(1);
    other.accounts[0].name = "acme-dev".to_owned();
    other.accounts[0].id.value = "999999999999".to_owned();
    other.accounts[0].roles[0].identity.place = Place::whole(SourceId(1));
    both.sources.extend(other.sources);
    both.sources[1].path = "profile dev".to_owned();
    both.accounts.extend(other.accounts);
    let mut stage = Stage::empty(120, 30, vec![profile("prod"), profile("dev")]);
    stage.act(connected(Duration::from_secs(3_600)));
    let Action::Connected { mut session, .. } = connected(Duration::from_secs(60)) else {
        unreachable!()
    };
    session.source = "profile dev".to_owned();
    session.profile = Some("dev".to_owned());
    session.account = "999999999999".to_owned();
    session.caller = "arn:aws:iam::999999999999:user/joe".to_owned();
    session.chain.clear();
    stage.act(Action::Connected {
        generation: 1,
        session,
    });
    stage.act(loaded(both));
    let header = |stage: &Stage| stage.text().lines().next().unwrap().to_owned();
    assert!(
        header(&stage).contains("acme-prod 123456789012"),
        "{}",
        header(&stage)
    );
    stage.keys("G");
    assert!(
        header(&stage).contains("acme-dev 999999999999"),
        "{}",
        header(&stage)
    );
    assert!(header(&stage).contains("as joe"), "{}", header(&stage));
    assert!(stage.text().contains("▾ acme-prod"), "{}", stage.text());
}

/// What is written, by the names of the files.
fn written(stage: &mut Stage) -> Vec<(String, String)> {
    let effects = std::mem::take(&mut stage.effects).into_iter();
    let files = effects.filter_map(|effect| match effect {
        Effect::WriteFile { path, text, .. } => {
            let name = Path::new(&path).file_name().unwrap();
            Some((name.to_str().unwrap().to_owned(), text))
        }
        _ => None,
    });
    files.collect()
}

#[test]
fn a_snapshot_is_written_from_the_screen_redacted_when_asked_for() {
    let mut stage = simulated();
    stage.keys("esc X 'snapshot' enter");
    assert!(
        stage.text().contains("acme-prod.snapshot.json"),
        "{}",
        stage.text()
    );
    stage.keys("enter");
    let [(name, text)] = &written(&mut stage)[..] else {
        panic!("not one file");
    };
    assert_eq!(name, "acme-prod.snapshot.json");
    assert!(text.contains("app-controller"));
    stage.keys("X 'its key' enter enter");
    let files = written(&mut stage);
    let [(key_name, key), (name, redacted)] = &files[..] else {
        panic!("not two files: {files:?}");
    };
    assert_eq!(
        (name.as_str(), key_name.as_str()),
        ("iamscope.redacted.json", "iamscope.redacted.key.json")
    );
    for private in ["app-controller", "acme-prod", "123456789012"] {
        assert!(!redacted.contains(private), "{private}: {redacted}");
    }
    for known in ["iamscope-redaction-key", "controller", "123456789012"] {
        assert!(key.contains(known), "{known}: {key}");
    }
}

#[test]
fn a_support_report_tells_what_was_simulated_and_looked_at() {
    let mut stage = simulated();
    stage.keys("A");
    let ticket = asked(&stage);
    stage.act(Action::AwsAnswered {
        ticket,
        result: Ok(vec![said("allowed")]),
    });
    stage.keys("esc");
    stage.act(Action::Paste(
        "User: arn:aws:sts::123456789012:assumed-role/app-controller/i is not authorized to perform: \
         s3:PutObject on resource: \"arn:aws:s3:::foobar/x\" because no identity-based policy allows \
         the s3:PutObject action"
            .to_owned(),
    ));
    stage.keys("esc X 'markdown' enter");
    assert!(
        stage.text().contains("app-controller.support.md"),
        "{}",
        stage.text()
    );
    stage.keys("enter");
    let files = written(&mut stage);
    let (_, report) = &files[0];
    for words in [
        "# Support report: role `app-controller`",
        "## Simulated",
        "| s3:GetObject | arn:aws:s3:::foobar/key | allow |",
        "AWS's simulator: allowed (agree)",
        "## Denied by AWS",
        "| s3:PutObject |",
    ] {
        assert!(report.contains(words), "{words}:\n{report}");
    }
    stage.keys("X 'json' enter enter");
    let files = written(&mut stage);
    let json: serde_json::Value = serde_json::from_str(&files[0].1).unwrap();
    assert_eq!(json["simulations"][0]["action"], "s3:GetObject");
    assert_eq!(json["simulations"][0]["aws"][0]["verdict"], "agree");
    assert_eq!(json["denials"][0]["action"], "s3:PutObject");
    stage.keys("X 'clipboard' enter");
    let effect = stage.effects.last();
    assert!(matches!(effect, Some(Effect::Copy(text)) if text.starts_with("# Support report")));
}

#[test]
fn without_a_live_account_aws_is_not_asked() {
    let mut stage = Stage::new(account(3), 140, 40);
    stage.keys("j j s 's3:GetObject' tab 'arn:aws:s3:::foobar/key' tab tab A");
    assert!(
        stage.text().contains("a live account only"),
        "{}",
        stage.text()
    );
    assert!(!is_fetching(&stage));
    assert!(
        !stage
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::AskAws { .. }))
    );
}
