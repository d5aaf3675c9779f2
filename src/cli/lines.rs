//! JSON Lines in, JSON Lines out, in the same order.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};

use serde_json::{Value, json};

use super::Failure;

/// Most bytes of one line: more is reported as a bad line, so that memory stays bounded.
const LONGEST_LINE: u64 = 64 << 20;

/// Most bytes of a text that is read at once.
const LARGEST_TEXT: u64 = 1 << 30;

/// Opens a file, or standard input for `-`.
pub(super) fn open(path: &str) -> Result<Box<dyn BufRead>, Failure> {
    if path == "-" {
        return Ok(Box::new(BufReader::new(io::stdin())));
    }
    match File::open(path) {
        Ok(file) => Ok(Box::new(BufReader::new(file))),
        Err(error) => Err(Failure::input(format!("cannot read `{path}`: {error}"))),
    }
}

/// All of a file's text, or of standard input for `-`.
pub(super) fn whole(path: &str) -> Result<String, Failure> {
    let mut text = String::new();
    let read = io::Read::read_to_string(&mut io::Read::take(open(path)?, LARGEST_TEXT), &mut text);
    read.map_err(|error| Failure::input(format!("cannot read `{path}`: {error}")))?;
    Ok(text)
}

/// Calls `each` with every line that is not blank. A line that is no JSON, or of which `each` says
/// what is wrong, becomes `{"line": N, "error": "..."}` in the output; the rest goes on.
pub(super) fn each_line(
    path: &str,
    out: &mut dyn Write,
    mut each: impl FnMut(Value) -> Result<Option<Value>, String>,
) -> Result<(), Failure> {
    let mut input = open(path)?;
    let mut number = 0usize;
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        number += 1;
        let read = io::Read::take(&mut input, LONGEST_LINE)
            .read_until(b'\n', &mut bytes)
            .map_err(|error| Failure::input(format!("cannot read `{path}`: {error}")))?;
        if read == 0 {
            break;
        }
        let answer = if bytes.last() != Some(&b'\n') && read as u64 == LONGEST_LINE {
            skip_line(&mut *input)
                .map_err(|error| Failure::input(format!("cannot read `{path}`: {error}")))?;
            Err(format!(
                "the line is longer than {} MiB",
                LONGEST_LINE >> 20
            ))
        } else {
            let line = bytes
                .strip_prefix(b"\xef\xbb\xbf")
                .filter(|_| number == 1)
                .unwrap_or(&bytes);
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            serde_json::from_slice(line)
                .map_err(|error| format!("not JSON: {error}"))
                .and_then(&mut each)
        };
        match answer {
            Ok(Some(value)) => writeln!(out, "{value}")?,
            Ok(None) => {}
            Err(error) => writeln!(out, "{}", json!({ "line": number, "error": error }))?,
        }
    }
    Ok(())
}

fn skip_line(input: &mut dyn BufRead) -> io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        match buffer.iter().position(|byte| *byte == b'\n') {
            Some(end) => {
                input.consume(end + 1);
                return Ok(());
            }
            None => {
                let length = buffer.len();
                input.consume(length);
            }
        }
    }
}
