//! A live account on the screen: in parts, kept, changed, ended.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use iamscope::app::{Action, Effect, LiveFailure, LiveSession, SignIn, SourceSpec};
use iamscope::iam::{Assumed, Inventory, Place, Problem, Source, SourceKind};
use iamscope::ui::Look;

use crate::sample;
use crate::stage::Stage;

pub fn profile(name: &str) -> SourceSpec {
    SourceSpec::Profile {
        name: Some(name.to_owned()),
        region: None,
    }
}

pub fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)
}

pub fn session(left: Duration) -> LiveSession {
    LiveSession {
        source: "profile prod".to_owned(),
        profile: Some("prod".to_owned()),
        account: "123456789012".to_owned(),
        caller: "arn:aws:sts::123456789012:assumed-role/DebugRole/me".to_owned(),
        chain: vec!["arn:aws:iam::123456789012:user/jane".to_owned()],
        asked_region: None,
        region: "eu-west-1".to_owned(),
        expires: Some(now() + left),
    }
}

/// The account with its first roles, or with all of them.
pub fn account(roles: usize) -> Inventory {
    let mut inventory = sample::inventory();
    inventory.sources = vec![Source {
        path: "profile prod".to_owned(),
        kind: SourceKind::Live,
    }];
    let account = &mut inventory.accounts[0];
    account.name = "acme-prod".to_owned();
    account.id = Assumed {
        value: "123456789012".to_owned(),
        assumed: false,
    };
    account.roles.truncate(roles);
    for number in account.roles.len()..roles {
        let line = u32::try_from(number).unwrap();
        account
            .roles
            .push(sample::role(&format!("role-{number:05}"), line));
    }
    inventory
}

pub fn connected(left: Duration) -> Action {
    Action::Connected {
        generation: 1,
        session: session(left),
    }
}

pub fn arrived(inventory: Inventory) -> Action {
    Action::Arrived {
        generation: 1,
        inventory: Arc::new(inventory),
        taken: None,
    }
}

pub fn loaded(inventory: Inventory) -> Action {
    Action::Loaded {
        generation: 1,
        result: Ok(Arc::new(inventory)),
    }
}

/// A screen that is connecting.
pub fn stage(columns: u16, rows: u16) -> Stage {
    let mut stage = Stage::empty(columns, rows, vec![profile("prod")]);
    stage.act(Action::Clock(now()));
    stage
}

pub fn header(stage: &Stage) -> String {
    stage.text().lines().next().unwrap().to_owned()
}

#[test]
fn the_states_of_a_live_account() {
    for (columns, rows) in [(80, 24), (120, 20)] {
        let picture = |stage: &Stage, name: &str| {
            insta::assert_snapshot!(format!("live_{name}_{columns}x{rows}"), stage.text());
        };
        let mut stage = stage(columns, rows);
        stage.act(Action::LoadProgress {
            generation: 1,
            words: "connecting, profile prod".to_owned(),
        });
        picture(&stage, "connecting");
        stage.act(connected(Duration::from_secs(50 * 60)));
        stage.act(Action::LoadProgress {
            generation: 1,
            words: "loading 2 roles".to_owned(),
        });
        stage.act(arrived(account(2)));
        picture(&stage, "partial");
        stage.act(loaded(account(3)));
        picture(&stage, "complete");
        stage.act(Action::Clock(now() + Duration::from_secs(41 * 60)));
        picture(&stage, "ending");
        stage.act(Action::Clock(now() + Duration::from_secs(51 * 60)));
        picture(&stage, "ended");
    }
}

#[test]
fn the_most_important_is_said_at_80_columns() {
    let mut stage = stage(80, 24);
    stage.act(connected(Duration::from_secs(47 * 60 + 3)));
    stage.act(loaded(account(3)));
    let line = header(&stage);
    for words in [
        "acme-prod 123456789012",
        "DebugRole",
        "47 min left",
        "read-only",
    ] {
        assert!(line.contains(words), "{words}: {line}");
    }
    let mut wide = self::stage(120, 24);
    wide.act(connected(Duration::from_secs(47 * 60 + 3)));
    wide.act(loaded(account(3)));
    let line = header(&wide);
    for words in ["profile prod", "as jane › DebugRole", "47 min left"] {
        assert!(line.contains(words), "{words}: {line}");
    }
}

#[test]
fn an_end_that_is_near_is_warned_of_in_words_and_with_a_glyph() {
    let mut stage = stage(120, 24);
    stage.act(connected(Duration::from_secs(599)));
    stage.act(loaded(account(3)));
    assert!(
        header(&stage).contains("! 9 min left"),
        "{}",
        header(&stage)
    );
    stage.assert_look("! 9 min left", Look::Warning);
    stage.act(Action::Clock(now() + Duration::from_secs(577)));
    assert!(header(&stage).contains("! 22 s left"), "{}", header(&stage));
    stage.act(Action::Clock(now() + Duration::from_secs(600)));
    assert!(
        header(&stage).contains("! credentials ended"),
        "{}",
        header(&stage)
    );
}

#[test]
fn what_arrives_moves_neither_the_selection_nor_what_is_open() {
    let mut stage = stage(120, 30);
    stage.act(connected(Duration::from_secs(3_600)));
    stage.act(arrived(account(1)));
    assert!(stage.text().contains("Roles 1 · "), "{}", stage.text());
    assert!(stage.text().contains("more is coming"), "{}", stage.text());
    // The first role, opened; its inline policy, opened.
    stage.keys("j j l j j j j l j");
    let selected = stage.state.selected().unwrap();
    // Pages need not come in the order of what came before.
    let mut next = account(3);
    next.accounts[0].roles.reverse();
    stage.act(arrived(next));
    let moved = stage.state.selected().unwrap();
    assert_ne!(moved, selected, "the role stands elsewhere now");
    let name = |item: iamscope::app::item::Item| stage.state.text_of(item).unwrap().title();
    assert_eq!(name(moved), "statement 1");
    let crumbs: Vec<String> = stage.state.crumbs().into_iter().map(name).collect();
    assert_eq!(
        crumbs,
        [
            "acme-prod",
            "Roles",
            "app-controller",
            "app-controller-policy",
            "statement 1"
        ]
    );
    assert_eq!(
        stage.state.tree.rows()[stage.state.tree.cursor()].item,
        moved
    );
    stage.act(loaded(account(3)));
    assert_eq!(stage.state.selected(), Some(selected));
    assert!(!stage.text().contains("coming"), "{}", stage.text());
}

#[test]
fn a_search_goes_on_while_more_arrives() {
    let mut stage = stage(120, 30);
    stage.act(arrived(account(1)));
    stage.keys("/ 'limit'");
    assert!(stage.text().contains("nothing matches"), "{}", stage.text());
    stage.act(arrived(account(3)));
    assert!(stage.state.find.typing);
    assert!(stage.text().contains("limited"), "{}", stage.text());
    stage.keys("'ed' enter");
    stage.act(loaded(account(40)));
    assert!(stage.state.find.is_filtering());
    assert!(stage.text().contains("for limited"), "{}", stage.text());
}

#[test]
fn a_what_if_is_not_taken_away_by_what_arrives() {
    let mut stage = stage(120, 30);
    stage.act(arrived(account(2)));
    stage.keys("/ 'everything' enter E");
    let Some(Effect::EditText { purpose, .. }) = stage.effects.pop() else {
        panic!("nothing was edited");
    };
    let text =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#;
    stage.act(Action::TextRead {
        purpose,
        result: Ok(text.to_owned()),
    });
    stage.act(loaded(account(3)));
    stage.keys("esc");
    let text = stage.text();
    assert!(text.contains("Roles 3"), "{text}");
    assert!(text.contains("what if"), "{text}");
    stage.keys("U");
    let text = stage.text();
    assert!(
        text.contains("Roles 3") && !text.contains("what if:"),
        "{text}"
    );
}

#[test]
fn loading_is_stopped_and_what_is_here_stays() {
    let mut stage = stage(120, 24);
    stage.act(arrived(account(2)));
    stage.keys("esc");
    assert!(matches!(stage.effects.last(), Some(Effect::CancelLoad)));
    assert!(
        stage.text().contains("not the whole account"),
        "{}",
        stage.text()
    );
    assert!(stage.text().contains("· not all"), "{}", stage.text());
    stage.act(arrived(account(3)));
    assert!(stage.text().contains("Roles 2"), "{}", stage.text());
}

#[test]
fn what_was_kept_is_shown_with_its_age_and_what_changed_is_marked() {
    let mut stage = stage(120, 24);
    stage.act(Action::Arrived {
        generation: 1,
        inventory: Arc::new(account(4)),
        taken: Some(now() - Duration::from_secs(3 * 3_600)),
    });
    stage.act(connected(Duration::from_secs(3_600)));
    assert!(
        header(&stage).contains("as of 3 h 0 min ago"),
        "{}",
        header(&stage)
    );
    // Parts of what is read behind do not replace what is whole.
    let mut fresh = account(3);
    let roles = &mut fresh.accounts[0].roles;
    roles[0].inline[0].document = roles[1].inline[0].document.clone();
    roles.push(sample::role("brand-new", 90));
    stage.act(loaded(fresh));
    assert!(!header(&stage).contains("as of"), "{}", header(&stage));
    stage.keys("j j");
    insta::assert_snapshot!("live_changed_120x24", stage.text());
    stage.assert_look("~ ", Look::Warning);
    stage.keys("C");
    let text = stage.text();
    for words in ["+ brand-new", "changed", "role-00003"] {
        assert!(!text.contains(words), "{words}:\n{text}");
    }
}

#[test]
fn credentials_that_end_are_said_in_one_line_with_the_key_that_signs_in() {
    let mut stage = stage(120, 24);
    stage.act(connected(Duration::from_secs(3_600)));
    stage.act(arrived(account(2)));
    let sign_in = SignIn {
        command: ["aws", "sso", "login", "--profile", "prod"]
            .map(str::to_owned)
            .to_vec(),
    };
    stage.act(Action::SourceFailed {
        generation: 1,
        failure: LiveFailure {
            words: "iam:GetAccountAuthorizationDetails: ExpiredToken".to_owned(),
            broken: true,
            sign_in: Some(sign_in.clone()),
        },
    });
    let mut rest = account(2);
    let problem = Problem::error(Place::default(), "loading ended before everything was read");
    rest.accounts[0].problems.push(problem);
    stage.act(loaded(rest));
    let text = stage.text();
    assert!(text.contains("Roles 2 · Policies 1 · not all"), "{text}");
    let last = text.lines().last().unwrap();
    assert!(
        last.contains("! I signs in (aws sso login --profile prod): iam:GetAcc"),
        "{last}"
    );
    insta::assert_snapshot!("live_signed_out_120x24", text);
    // It is said for as long as it lasts, whatever else is done.
    stage.keys("j j");
    assert!(stage.text().contains("I signs in"));
    stage.keys("I");
    assert!(matches!(stage.effects.last(), Some(Effect::SignIn(own)) if *own == sign_in));
    stage.keys("r");
    assert!(!stage.text().contains("I signs in"), "{}", stage.text());
}

#[test]
fn reading_anew_after_a_failure_keeps_what_is_here_until_there_is_more() {
    let mut stage = stage(120, 24);
    stage.act(arrived(account(30)));
    stage.keys("esc r");
    let again = |roles| Action::Arrived {
        generation: 3,
        inventory: Arc::new(account(roles)),
        taken: None,
    };
    stage.act(again(10));
    assert!(stage.text().contains("Roles 30"), "{}", stage.text());
    stage.act(again(40));
    assert!(stage.text().contains("Roles 40"), "{}", stage.text());
}

#[test]
fn a_large_account_is_taken_over_behind_the_screen() {
    let mut stage = stage(120, 24);
    stage.act(arrived(account(2_000)));
    stage.keys("G");
    stage.act(arrived(account(4_000)));
    stage.act(loaded(account(5_000)));
    assert!(stage.text().contains("Roles 5,000") || stage.text().contains("Roles 5000"));
}
