//! Answers of work in the background that come late, or in another order than they were asked for.

use std::sync::Arc;

use iamscope::app::{Action, Effect, Job, Key, Lane, Setup, SourceSpec, State, update};

use crate::sample;

#[test]
fn a_search_that_is_quicker_than_the_index_is_repeated() {
    let (mut state, _) = State::new(Setup {
        sources: vec![SourceSpec::Demo],
        size: (120, 40),
        ..Setup::default()
    });
    let mut jobs: Vec<Job> = Vec::new();
    let act = |state: &mut State, jobs: &mut Vec<Job>, action: Action| {
        for effect in update(state, action) {
            if let Effect::Compute(job) = effect {
                jobs.push(job);
            }
        }
    };
    let result = Ok(Arc::new(sample::inventory()));
    let generation = 1;
    act(&mut state, &mut jobs, Action::Loaded { generation, result });
    for key in ["/", "t", "a", "b", "l", "e", "s", "enter"] {
        act(&mut state, &mut jobs, Action::Key(Key::parse(key).unwrap()));
    }
    // The searches first, then the index, then whatever that leads to.
    jobs.sort_by_key(|job| job.lane() != Lane::Search);
    while !jobs.is_empty() {
        let job = jobs.remove(0);
        act(&mut state, &mut jobs, Action::Found(job.run()));
    }
    let matches = state.find.matches.as_ref().unwrap();
    assert_eq!(matches.query, "tables");
    assert!(matches.total > 0);
    assert!(state.find.is_filtering());
    assert_eq!(state.selected(), matches.best);
}
