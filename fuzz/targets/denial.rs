//! Any text as a pasted denial, and as the events of a trail.

#![no_main]

use iamscope::denial;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    denial::read(text);
    denial::read_all(text);
});
