//! Any bytes as a source: JSON, YAML and HCL by their content and name.

#![no_main]

use iamscope::load::{Progress, Settings, SourceSpec, load};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for name in ["input", "main.tf"] {
        let source = SourceSpec::Bytes {
            name: name.to_owned(),
            bytes: bytes.to_vec(),
        };
        let _ = load(&[source], &Settings::default(), &Progress::default());
    }
});
