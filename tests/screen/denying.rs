//! A denial, pasted.

use std::time::Duration;

use iamscope::app::overlay::Overlay;
use iamscope::app::{Action, Effect};
use iamscope::denial::{self, Trail};
use serde_json::{Value, json};

use crate::living;
use crate::sample;
use crate::stage::Stage;

const DENIED: &str = "An error occurred (AccessDenied) when calling the PutObject operation: User: \
    arn:aws:sts::123456789012:assumed-role/app-controller/session is not authorized to perform: \
    s3:PutObject on resource: \"arn:aws:s3:::foobar/key\" because no identity-based policy allows \
    the s3:PutObject action";

fn stage() -> Stage {
    Stage::new(sample::inventory(), 140, 50)
}

#[test]
fn a_pasted_message_is_answered_and_fills_the_simulator() {
    let mut stage = stage();
    stage.keys("p");
    assert!(stage.text().contains("Paste an AccessDenied message"));
    stage.act(Action::Paste(DENIED.to_owned()));
    let text = stage.text();
    assert!(text.contains("s3:PutObject"), "{text}");
    assert!(text.contains("app-controller"), "{text}");
    stage.keys("y");
    let copied = stage.effects.last();
    assert!(matches!(copied, Some(Effect::Copy(text)) if text.contains("s3:PutObject")));
    stage.keys("s");
    let text = stage.text();
    assert!(text.contains("action    s3:PutObject"), "{text}");
    assert!(text.contains("resource  arn:aws:s3:::foobar/key"), "{text}");
    assert!(text.contains('∅'), "{text}");
    stage.keys("esc esc");
    assert!(stage.state.overlays.is_empty(), "{text}");
}

#[test]
fn the_answer_begins_with_the_verdict_at_every_size() {
    for (columns, rows) in [(80, 24), (120, 40)] {
        let mut stage = Stage::new(sample::inventory(), columns, rows);
        stage.act(Action::Paste(DENIED.to_owned()));
        insta::assert_snapshot!(format!("answer_{columns}x{rows}"), stage.text());
    }
}

#[test]
fn a_paste_beside_any_field_is_a_denial() {
    let mut stage = stage();
    stage.act(Action::Paste(DENIED.to_owned()));
    assert!(stage.text().contains("s3:PutObject"), "{}", stage.text());
}

#[test]
fn text_without_a_denial_is_said_to_be_none() {
    let mut stage = stage();
    stage.act(Action::Paste("good morning".to_owned()));
    assert!(
        stage.text().contains("no AccessDenied message"),
        "{}",
        stage.text()
    );
}

fn event(role: &str, action: &str, minute: u32) -> Value {
    json!({
        "userIdentity": {
            "type": "AssumedRole",
            "arn": format!("arn:aws:sts::123456789012:assumed-role/{role}/s{minute}"),
            "sessionContext": { "sessionIssuer": { "arn": format!("arn:aws:iam::123456789012:role/{role}") } }
        },
        "eventTime": format!("2026-09-01T10:{minute:02}:00Z"),
        "eventSource": "s3.amazonaws.com",
        "eventName": action,
        "errorCode": "AccessDenied",
        "errorMessage": "Access Denied",
        "requestParameters": { "bucketName": "foobar", "key": "key" }
    })
}

fn events() -> String {
    let mut all: Vec<Value> = (0..12)
        .map(|at| event("app-controller", "PutObject", at))
        .collect();
    all.push(event("app-controller", "DeleteObject", 20));
    all.push(event("stranger", "GetObject", 30));
    json!({ "Records": all }).to_string()
}

#[test]
fn events_are_a_ranked_list_each_one_key_from_its_answer() {
    let mut stage = stage();
    stage.act(Action::Paste(events()));
    let text = stage.text();
    assert!(
        text.contains("14 denials in 14 events, 3 distinct"),
        "{text}"
    );
    assert!(text.contains("12 s3:PutObject"), "{text}");
    assert!(
        text.contains("2026-09-01 10:00 to 2026-09-01 10:11"),
        "{text}"
    );
    stage.keys("enter");
    let text = stage.text();
    assert!(
        text.contains("s3:PutObject on arn:aws:s3:::foobar/key"),
        "{text}"
    );
    assert!(text.contains("1 of 3"), "{text}");
    // On to the next and back, without the list.
    stage.keys("n n");
    assert!(stage.text().contains("3 of 3"), "{}", stage.text());
    stage.keys("n");
    assert!(
        stage.text().contains("no further denial"),
        "{}",
        stage.text()
    );
    stage.keys("N");
    assert!(stage.text().contains("2 of 3"), "{}", stage.text());
    // Back to the list, the answered one selected; then out of it.
    stage.keys("esc");
    assert!(stage.text().contains("3 distinct"), "{}", stage.text());
    stage.keys("'stranger' enter");
    assert!(stage.text().contains("s3:GetObject"), "{}", stage.text());
    stage.keys("esc esc esc");
    assert!(stage.state.overlays.is_empty(), "{}", stage.text());
}

#[test]
fn a_file_is_read_with_progress_until_it_is_no_longer_wanted() {
    let mut stage = stage();
    stage.keys("p '~/trail.json.gz' enter");
    let Some(Effect::ReadEvents { path, ticket }) = stage.effects.last() else {
        panic!("{:?}", stage.effects);
    };
    assert_eq!(path.to_str(), Some("~/trail.json.gz"));
    let ticket = ticket.clone();
    let progress = denial::Progress {
        bytes: 1,
        events: 12_345,
        denials: 67,
    };
    stage.act(Action::EventsProgress(progress));
    let text = stage.text();
    assert!(
        text.contains("12,345 events, 67 denials; esc stops"),
        "{text}"
    );
    assert!(ticket.is_current());
    stage.keys("esc");
    assert!(!ticket.is_current());
    // What comes after all is dropped.
    stage.act(Action::EventsRead(Ok(Trail::default())));
    assert!(stage.state.overlays.is_empty(), "{}", stage.text());

    stage.act(Action::Paste("/tmp/trail.json".to_owned()));
    let trail = denial::scan(events().as_bytes(), &|| true, &mut |_| {}).unwrap();
    stage.act(Action::EventsRead(Ok(trail)));
    assert!(stage.text().contains("3 distinct"), "{}", stage.text());
    stage.act(Action::Paste("ignored in the list".to_owned()));
    stage.keys("esc esc p './x' enter");
    stage.act(Action::EventsRead(Err("`./x`: no such file".to_owned())));
    assert!(stage.text().contains("no such file"), "{}", stage.text());
}

#[test]
fn an_answer_leaves_the_screen_as_text_and_as_a_difference() {
    let mut stage = stage();
    stage.act(Action::Paste(DENIED.to_owned()));
    stage.keys("Y");
    let text = stage.text();
    for entry in [
        "Markdown",
        "JSON",
        "policy text of proposal 1",
        "difference of proposal 1",
    ] {
        assert!(text.contains(entry), "{text}");
    }
    stage.keys("'policy text of proposal 1' enter");
    let copied = stage.effects.last();
    assert!(
        matches!(copied, Some(Effect::Copy(text)) if text.starts_with('{') && text.contains("s3:PutObject")),
        "{copied:?}"
    );
    stage.keys("Y 'difference of proposal 1' enter");
    let difference = stage.effects.last();
    assert!(
        matches!(difference, Some(Effect::Difference { path: None, proposal, .. }) if !proposal.edits.is_empty()),
        "{difference:?}"
    );
    // The end of the name says what is written.
    stage.keys("w");
    assert!(
        stage.text().contains("denied-s3-PutObject.md"),
        "{}",
        stage.text()
    );
    stage.keys("enter");
    let written = stage.effects.last();
    assert!(
        matches!(written, Some(Effect::WriteFile { text, .. }) if text.contains("What would allow it")),
        "{written:?}"
    );
    stage.keys("w ctrl-u 'a.json' enter");
    let written = stage.effects.last();
    assert!(
        matches!(written, Some(Effect::WriteFile { text, .. }) if text.contains("\"proposals\"")),
        "{written:?}"
    );
    stage.keys("w ctrl-u 'a.diff' enter");
    let written = stage.effects.last();
    assert!(
        matches!(written, Some(Effect::Difference { path: Some(path), .. }) if path.ends_with("a.diff")),
        "{written:?}"
    );
    stage.keys("w ctrl-u 'a.xyz' enter");
    assert!(
        stage.text().contains("the end of the name"),
        "{}",
        stage.text()
    );
}

#[test]
fn a_template_is_filled_for_the_account_of_the_denial() {
    let mut inventory = sample::inventory();
    inventory.accounts[0].id.assumed = true;
    let mut stage = Stage::new(inventory.clone(), 140, 50);
    stage.act(Action::Paste(
        DENIED.replace("123456789012", "210987654321"),
    ));
    let Some(Effect::Load(request)) = stage.effects.last() else {
        panic!("{:?}", stage.effects);
    };
    assert_eq!(request.settings.account.as_deref(), Some("210987654321"));
    let text = stage.text();
    assert!(
        text.contains("filling the template for 210987654321"),
        "{text}"
    );
    let generation = request.generation;
    inventory.accounts[0].id.value = "210987654321".to_owned();
    inventory.accounts[0].id.assumed = false;
    stage.act(Action::Loaded {
        generation,
        result: Ok(std::sync::Arc::new(inventory)),
    });
    assert!(matches!(stage.state.overlays.as_slice(), [Overlay::Denial]));
    let text = stage.text();
    assert!(text.contains("What would allow it"), "{text}");
    // What was filled for one denial is nobody's choice: the next one fills it anew.
    stage.act(Action::Paste(
        DENIED.replace("123456789012", "555555555555"),
    ));
    let Some(Effect::Load(request)) = stage.effects.last() else {
        panic!("{:?}", stage.effects);
    };
    assert_eq!(request.settings.account.as_deref(), Some("555555555555"));
}

/// From the pasted line to the policy that lacks the statement: `p`, the paste, Enter.
#[test]
fn enter_goes_to_where_the_statement_is_missing() {
    let mut stage = stage();
    stage.keys("p");
    stage.act(Action::Paste(DENIED.to_owned()));
    stage.keys("enter");
    assert!(stage.state.overlays.is_empty(), "{}", stage.text());
    let crumbs = stage.text().lines().nth(1).unwrap_or_default().to_owned();
    assert!(crumbs.contains("app-controller-policy"), "{crumbs}");
}

const ENCODED: &str = "An error occurred (UnauthorizedOperation) when calling the RunInstances operation: \
    You are not authorized to perform this operation. User: \
    arn:aws:sts::123456789012:assumed-role/app-controller/session is not authorized to perform: \
    ec2:RunInstances on resource: arn:aws:ec2:us-east-1:123456789012:instance/* with an explicit deny \
    in a service control policy. Encoded authorization failure message: abcDEF-123_xyz";

#[test]
fn an_encoded_message_is_asked_for_or_decoded_by_a_live_account() {
    let mut stage = stage();
    stage.act(Action::Paste(ENCODED.to_owned()));
    let text = stage.text();
    assert!(text.contains("decode-authorization-message"), "{text}");
    let decodes = |effect: &Effect| matches!(effect, Effect::Decode { .. });
    assert!(!stage.effects.iter().any(decodes));

    stage
        .state
        .live
        .sessions
        .push(living::session(Duration::from_secs(3600)));
    stage.act(Action::Paste(ENCODED.to_owned()));
    let asked = stage.effects.iter().filter(|effect| decodes(effect));
    assert_eq!(asked.count(), 1);
    let message = json!({
        "allowed": false,
        "explicitDeny": true,
        "context": {
            "principal": { "arn": "arn:aws:sts::123456789012:assumed-role/app-controller/session" },
            "action": "ec2:RunInstances",
            "resource": "arn:aws:ec2:us-east-1:123456789012:volume/*",
            "conditions": { "items": [
                { "key": "ec2:Encrypted", "values": { "items": [{ "value": "false" }] } }
            ] }
        }
    });
    stage.act(Action::Decoded {
        encoded: "abcDEF-123_xyz".to_owned(),
        result: Ok(message.to_string()),
    });
    let text = stage.text();
    assert!(text.contains(":volume/*"), "{text}");
    // What only the message says stays.
    assert!(
        text.contains("explicit deny in a service control policy"),
        "{text}"
    );
    assert!(!text.contains("decode-authorization-message"), "{text}");
}
