//! Trying again what may pass: throttling, faults and lost connections, a bounded number of times
//! with growing pauses of random length.
//!
//! The SDK's own strategies are switched off: standard mode gives up when many calls share its
//! quota, adaptive mode comes to a halt when calls are throttled at random.

use std::collections::hash_map::RandomState;
use std::future::Future;
use std::hash::BuildHasher;
use std::time::Duration;

use super::{AwsError, FaultKind};

/// How often a call is tried at most.
const TRIES: u32 = 10;
/// How often where nothing of AWS answers: mostly that does not pass.
const TRIES_UNREACHABLE: u32 = 3;
/// The longest pause before the second try; it doubles with every further one.
const FIRST_PAUSE: u64 = 100;
/// The longest pause of all.
const LONGEST_PAUSE: u64 = 5_000;

/// The answer of a call that is tried until it gives one, or a failure that will not pass.
pub(super) async fn retrying<T, F>(mut call: impl FnMut() -> F) -> Result<T, AwsError>
where
    F: Future<Output = Result<T, AwsError>>,
{
    let mut tried = 1;
    loop {
        match call().await {
            Err(error) if error.is_passing() && tried < tries(&error) => {
                tokio::time::sleep(pause(tried)).await;
                tried += 1;
            }
            Err(mut error) if error.is_passing() => {
                error.message = format!("{} (tried {tried} times)", error.message);
                return Err(error);
            }
            answer => return answer,
        }
    }
}

fn tries(error: &AwsError) -> u32 {
    match error.kind {
        FaultKind::Throttled => TRIES,
        _ => TRIES_UNREACHABLE,
    }
}

fn pause(tried: u32) -> Duration {
    let longest = (FIRST_PAUSE << tried.min(16)).min(LONGEST_PAUSE);
    // Keyed anew for each use: random enough to keep callers from marching in step.
    let random = RandomState::new().hash_one(tried) % longest;
    Duration::from_millis(random + 1)
}
