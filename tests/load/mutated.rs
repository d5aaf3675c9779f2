//! Templates, policies and dumps with random damage: whatever comes of it, it is an inventory or one
//! error, and every place is in the text. The damage is the same in every run.

use iamscope::iam::{Account, Inventory, Place};
use iamscope::load::{Progress, Settings, SourceSpec, load};
use iamscope::report::tree_json;

/// Damaged texts of each file.
const ROUNDS: usize = 150;

const FILES: [&str; 7] = [
    "tests/fixtures/templates/gitpod_oidc.yml",
    "tests/fixtures/templates/matillion_agent.yml",
    "tests/fixtures/templates/ownstak_minimal.yml",
    "tests/fixtures/templates/codepipeline_service_role.json",
    "tests/fixtures/templates/gitpod_enterprise.to_entries.json",
    "tests/fixtures/sam.yaml",
    "tests/fixtures/intrinsics.yaml",
];

/// What an editor's slip or a generator's mistake leaves.
const TOKENS: [&str; 24] = [
    "!Sub ",
    "!If ",
    "!GetAtt ",
    "!Ref AWS::NoValue",
    "Fn::ForEach::X: ",
    "Fn::If: ",
    "${",
    "}",
    "{",
    "[",
    "]",
    ": ",
    "- ",
    "\n",
    "\n        ",
    "\t",
    "&a ",
    "*a ",
    "\"",
    "'",
    "|\n",
    "\u{feff}",
    "\u{0}",
    "{{resolve:",
];

/// A generator of numbers that are the same in every run (xorshift64*).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(number).unwrap() % end.max(1)
    }
}

fn damage(bytes: &mut Vec<u8>, dice: &mut Dice) {
    let at = dice.below(bytes.len());
    let end = (at + dice.below(40)).min(bytes.len());
    match dice.below(7) {
        0 => bytes.truncate(at),
        1 => drop(bytes.drain(at..end)),
        2 => {
            let copy = bytes[at..end].to_vec();
            let to = dice.below(bytes.len());
            bytes.splice(to..to, copy);
        }
        3 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = u8::try_from(dice.below(256)).unwrap();
            }
        }
        4 => {
            let mut lines: Vec<Vec<u8>> = bytes
                .split(|byte| *byte == b'\n')
                .map(<[u8]>::to_vec)
                .collect();
            let (one, other) = (dice.below(lines.len()), dice.below(lines.len()));
            lines.swap(one, other);
            *bytes = lines.join(&b'\n');
        }
        _ => {
            let token = TOKENS[dice.below(TOKENS.len())];
            bytes.splice(at..at, token.bytes());
        }
    }
}

fn places(inventory: &Inventory) -> Vec<Place> {
    let accounts = || inventory.accounts.iter();
    let problems = accounts().flat_map(Account::all_problems);
    let problems = inventory.problems.iter().chain(problems);
    let problems = problems.map(|problem| problem.place);
    let statements = accounts()
        .flat_map(Account::documents)
        .flat_map(|document| &document.statements)
        .map(|statement| statement.place);
    let roles = accounts().flat_map(|account| &account.roles);
    let roles = roles.map(|role| role.identity.place);
    problems.chain(statements).chain(roles).collect()
}

#[test]
fn damaged_files_are_read_as_far_as_they_can_be() {
    let mut dice = Dice(0x1A75_C09E);
    let (mut read, mut refused) = (0, 0);
    for file in FILES {
        let whole = std::fs::read(file).unwrap();
        for round in 0..ROUNDS {
            let mut bytes = whole.clone();
            for _ in 0..=dice.below(4) {
                damage(&mut bytes, &mut dice);
            }
            let lines = bytes.iter().filter(|byte| **byte == b'\n').count() + 1;
            let spec = SourceSpec::Bytes {
                name: "damaged".to_owned(),
                bytes,
            };
            match load(&[spec], &Settings::default(), &Progress::default()) {
                Ok(inventory) => {
                    read += 1;
                    for place in places(&inventory) {
                        assert!(
                            place.line as usize <= lines,
                            "{file} {round}: {place:?} of {lines} lines"
                        );
                    }
                    assert!(tree_json(&inventory).is_object());
                }
                Err(error) => {
                    refused += 1;
                    assert!(
                        error.to_string().contains("damaged"),
                        "{file} {round}: {error}"
                    );
                }
            }
        }
    }
    // Damage that always or never leaves a file readable would test little.
    assert!(
        read > 100 && refused > 100,
        "{read} read, {refused} refused"
    );
}
