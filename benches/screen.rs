//! One frame at 200x60 with 1,000, 10,000 and 100,000 open rows, and from a key to its paint in an
//! account of 10,000 roles. `cargo bench --bench screen`

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use iamscope::app::{Action, Effect, Key, Setup, SourceSpec, State, update};
use iamscope::iam::{
    Account, Guard, Identity, InlinePolicy, Inventory, Place, PolicyKind, Role, Source, SourceId,
    SourceKind, parse_document_text,
};
use iamscope::ui::{self, Theme};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Action":["s3:GetObject","s3:List*"],"Resource":"arn:aws:s3:::bucket/*"},
    {"Effect":"Deny","Action":"iam:*","Resource":"*"}]}"#;

fn inventory(roles: usize) -> Inventory {
    let Ok(document) = parse_document_text(POLICY, SourceId(0), PolicyKind::Identity) else {
        return Inventory::default();
    };
    let document = Arc::new(document);
    let mut account = Account::new("bench");
    account.roles = (0..roles)
        .map(|number| {
            let name = format!("role-{number:05}");
            let arn = format!("arn:aws:iam::123456789012:role/{name}");
            Role {
                identity: Identity::new(name, arn, Place::whole(SourceId(0))),
                trust: None,
                boundary: None,
                managed: Vec::new(),
                inline: vec![InlinePolicy {
                    name: "policy".into(),
                    document: document.clone(),
                    place: Place::whole(SourceId(0)),
                    logical_id: None,
                    guard: Guard::always(),
                }],
                max_session_duration: None,
                last_used: None,
                instance_profiles: Vec::new(),
                external: false,
            }
        })
        .collect();
    Inventory {
        sources: vec![Source {
            path: "bench".to_owned(),
            kind: SourceKind::AccountDetails,
        }],
        accounts: vec![account],
        problems: Vec::new(),
    }
}

/// Lets something happen and does the work that it asks for.
fn act(state: &mut State, action: Action) {
    let mut waiting = vec![action];
    while let Some(action) = waiting.pop() {
        for effect in update(state, action) {
            if let Effect::Compute(job) = effect {
                waiting.push(Action::Found(job.run()));
            }
        }
    }
}

fn state(roles: usize) -> State {
    let (mut state, _) = State::new(Setup {
        sources: vec![SourceSpec::Demo],
        size: (200, 60),
        ..Setup::default()
    });
    let result = Ok(Arc::new(inventory(roles)));
    act(
        &mut state,
        Action::Loaded {
            generation: 1,
            result,
        },
    );
    state
}

fn frames(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("frame at 200x60, open rows");
    let Ok(mut terminal) = Terminal::new(TestBackend::new(200, 60));
    let theme = Theme::default();
    // Ten rows a role when all is open.
    for rows in [1_000, 10_000, 100_000] {
        let mut state = state(rows / 10);
        act(&mut state, Action::Key(Key::char('+')));
        act(&mut state, Action::Key(Key::char('G')));
        group.bench_function(
            BenchmarkId::from_parameter(state.tree.rows().len()),
            |bench| {
                bench.iter(|| {
                    let Ok(frame) = terminal.draw(|frame| {
                        black_box(ui::draw(&state, &theme, frame));
                    });
                    black_box(frame.count)
                });
            },
        );
    }
    group.finish();
}

fn key_to_paint(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("key to paint, 10,000 roles");
    let Ok(mut terminal) = Terminal::new(TestBackend::new(200, 60));
    let theme = Theme::default();
    for (name, keys) in [
        ("down and up", "jk"),
        ("open and close", " "),
        ("page", "\u{6}\u{2}"),
    ] {
        let mut state = state(10_000);
        act(&mut state, Action::Key(Key::char('j')));
        act(&mut state, Action::Key(Key::char('j')));
        let keys: Vec<Key> = keys
            .chars()
            .map(|key| match key {
                '\u{6}' => Key {
                    ctrl: true,
                    ..Key::char('f')
                },
                '\u{2}' => Key {
                    ctrl: true,
                    ..Key::char('b')
                },
                other => Key::char(other),
            })
            .collect();
        let mut turn = keys.into_iter().cycle();
        group.bench_function(name, |bench| {
            bench.iter(|| {
                // Work in the background is for other threads.
                if let Some(key) = turn.next() {
                    black_box(update(&mut state, Action::Key(key)));
                }
                let Ok(frame) = terminal.draw(|frame| {
                    black_box(ui::draw(&state, &theme, frame));
                });
                black_box(frame.count)
            });
        });
    }
    group.finish();
}

criterion_group!(benches, frames, key_to_paint);
criterion_main!(benches);
