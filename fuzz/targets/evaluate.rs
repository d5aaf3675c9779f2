//! Random policies and requests, their text then changed here and there: a decision is the same with
//! and without its reasons.

#![no_main]

use iamscope::report::Case;
use iamscope::simulate::Policies;
use libfuzzer_sys::fuzz_target;

#[path = "../../tests/simulate/random.rs"]
mod random;

fuzz_target!(|input: (u64, Vec<(u16, u8)>)| {
    let (seed, changes) = input;
    let mut text = random::case(&mut random::Random::new(seed))
        .to_string()
        .into_bytes();
    for (at, byte) in changes {
        let at = usize::from(at) % text.len();
        text[at] = byte;
    }
    let Ok(case) = Case::read(&String::from_utf8_lossy(&text)) else {
        return;
    };
    let policies = Policies::compile(&case.policies);
    let decision = policies.evaluate(&case.request);
    let prepared = policies.prepare(&case.request);
    assert_eq!(policies.decide(&prepared), decision.outcome);
});
