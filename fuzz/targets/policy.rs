//! Any text as a policy of every kind: it is read or refused, and what was read compiles.

#![no_main]

use std::sync::Arc;

use iamscope::iam::{PolicyKind, SourceId, parse_document_text};
use iamscope::simulate::CompiledDocument;
use libfuzzer_sys::fuzz_target;

const KINDS: [PolicyKind; 8] = [
    PolicyKind::Identity,
    PolicyKind::Boundary,
    PolicyKind::Session,
    PolicyKind::Resource,
    PolicyKind::Trust,
    PolicyKind::Scp,
    PolicyKind::Rcp,
    PolicyKind::Vpce,
];

fuzz_target!(|text: &str| {
    for kind in KINDS {
        if let Ok(document) = parse_document_text(text, SourceId(0), kind) {
            // What is shown of it is JSON whatever it was read from.
            assert!(serde_json::from_str::<serde_json::Value>(document.json_text()).is_ok());
            CompiledDocument::new(Arc::new(document), kind);
        }
    }
});
