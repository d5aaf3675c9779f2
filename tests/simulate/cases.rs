//! Cases that are written for a batch: read again, each decides as it did.

use iamscope::report::{BatchOptions, Case, case_line, case_name, run_batch};
use iamscope::simulate::Policies;

const DECISIONS: &str = include_str!("../vectors/decisions.jsonl");
const DEPENDS: &str = include_str!("../vectors/depends.jsonl");

#[test]
fn every_vector_that_is_written_again_is_met() {
    let mut batch = String::new();
    let mut written = 0;
    for line in DECISIONS.lines().chain(DEPENDS.lines()) {
        let case = Case::read(line).unwrap();
        let decision = Policies::compile(&case.policies).evaluate(&case.request);
        let name = case_name(&case.request);
        let again = case_line(&name, &case.request, &case.policies, &decision)
            .unwrap_or_else(|error| panic!("{:?}: {error}", case.name));
        batch.push_str(&again);
        batch.push('\n');
        written += 1;
    }
    let options = BatchOptions {
        check: true,
        ..BatchOptions::default()
    };
    let mut output = Vec::new();
    let summary = run_batch(batch.as_bytes(), &mut output, options).unwrap();
    assert_eq!(
        (summary.cases, summary.differ, summary.errors),
        (written, 0, 0)
    );
}
