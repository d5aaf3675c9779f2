//! A denial, pasted.

use iamscope::app::{Action, Effect};

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
