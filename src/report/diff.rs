//! What changes between two texts, line by line, as `diff -u` writes it.

use std::path::Path;

/// Lines of context around a change.
const CONTEXT: usize = 3;
/// Texts with more lines than this are shown as wholly replaced.
const MOST_LINES: usize = 3_000;

/// The unified difference of two texts; empty where they are the same.
pub fn unified(name: &str, before: &str, after: &str) -> String {
    headed(name, name, before, after)
}

/// The difference of a file, as `git apply` and `patch -p1` take it where the path starts; empty where
/// the texts are the same.
pub fn unified_file(path: &Path, before: &str, after: &str) -> String {
    let path = path.display();
    // What follows the tab is not part of the name, so that a name may have spaces.
    headed(
        &format!("a/{path}\t"),
        &format!("b/{path}\t"),
        before,
        after,
    )
}

fn headed(from: &str, to: &str, before: &str, after: &str) -> String {
    let hunks = hunks(before, after);
    if hunks.is_empty() {
        return hunks;
    }
    format!("--- {from}\n+++ {to}\n{hunks}")
}

fn hunks(before: &str, after: &str) -> String {
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let new: Vec<&str> = after.split_inclusive('\n').collect();
    let edits = edits(&old, &new);
    let mut out = String::new();
    let changed: Vec<usize> = (0..edits.len()).filter(|at| edits[*at].0 != ' ').collect();
    let Some(first) = changed.first() else {
        return out;
    };
    let mut start = first.saturating_sub(CONTEXT);
    let mut hunk_end = first + 1;
    let mut hunks = Vec::new();
    for at in &changed[1..] {
        if *at > hunk_end + 2 * CONTEXT {
            hunks.push((start, (hunk_end + CONTEXT).min(edits.len())));
            start = at.saturating_sub(CONTEXT);
        }
        hunk_end = at + 1;
    }
    hunks.push((start, (hunk_end + CONTEXT).min(edits.len())));
    for (from, to) in hunks {
        let count = |sign: char, range: &[(char, &str)]| {
            range
                .iter()
                .filter(|(own, _)| *own == ' ' || *own == sign)
                .count()
        };
        let (old_from, new_from) = (count('-', &edits[..from]), count('+', &edits[..from]));
        let hunk = &edits[from..to];
        out.push_str(&format!(
            "@@ -{},{} +{},{} @@\n",
            old_from + 1,
            count('-', hunk),
            new_from + 1,
            count('+', hunk)
        ));
        for (sign, line) in hunk {
            out.push(*sign);
            out.push_str(line);
            if !line.ends_with('\n') {
                out.push_str("\n\\ No newline at end of file\n");
            }
        }
    }
    out
}

/// Every line with its sign, by the longest common subsequence.
fn edits<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<(char, &'t str)> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (&old[head..], &new[head..]);
    let tail = old_rest
        .iter()
        .rev()
        .zip(new_rest.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let (old_mid, same_tail) = old_rest.split_at(old_rest.len() - tail);
    let new_mid = &new_rest[..new_rest.len() - tail];
    let mut all: Vec<(char, &str)> = old[..head].iter().map(|line| (' ', *line)).collect();
    if old_mid.len() > MOST_LINES || new_mid.len() > MOST_LINES {
        all.extend(old_mid.iter().map(|line| ('-', *line)));
        all.extend(new_mid.iter().map(|line| ('+', *line)));
    } else {
        common(old_mid, new_mid, &mut all);
    }
    all.extend(same_tail.iter().map(|line| (' ', *line)));
    all
}

fn common<'t>(old: &[&'t str], new: &[&'t str], all: &mut Vec<(char, &'t str)>) {
    let width = new.len() + 1;
    let mut lengths = vec![0_u32; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            lengths[i * width + j] = if old[i] == new[j] {
                lengths[(i + 1) * width + j + 1] + 1
            } else {
                lengths[(i + 1) * width + j].max(lengths[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < old.len() && j < new.len() {
        if old[i] == new[j] {
            all.push((' ', old[i]));
            (i, j) = (i + 1, j + 1);
        } else if lengths[(i + 1) * width + j] >= lengths[i * width + j + 1] {
            all.push(('-', old[i]));
            i += 1;
        } else {
            all.push(('+', new[j]));
            j += 1;
        }
    }
    all.extend(old[i..].iter().map(|line| ('-', *line)));
    all.extend(new[j..].iter().map(|line| ('+', *line)));
}

#[cfg(test)]
mod tests {
    use super::{unified, unified_file};
    use std::path::Path;

    #[test]
    fn a_changed_line_in_the_middle() {
        let before = "a\nb\nc\nd\ne\nf\ng\n";
        let after = before.replace('d', "D\nD2");
        assert_eq!(
            unified("x", before, &after),
            "--- x\n+++ x\n@@ -1,7 +1,8 @@\n a\n b\n c\n-d\n+D\n+D2\n e\n f\n g\n"
        );
    }

    #[test]
    fn changes_far_apart_are_hunks_of_their_own() {
        let before: String = (0..30).map(|n| format!("{n}\n")).collect();
        let after = before.replacen("2\n", "two\n", 1).replace("27\n", "");
        let diff = unified("x", &before, &after);
        assert_eq!(diff.matches("@@ -").count(), 2);
        assert!(diff.contains("-27\n"));
    }

    #[test]
    fn ends_of_lines_and_of_files_are_kept() {
        assert_eq!(
            unified_file(Path::new("x y"), "a\r\nb", "a\r\nc\r\nb"),
            "--- a/x y\t\n+++ b/x y\t\n@@ -1,2 +1,3 @@\n a\r\n+c\r\n b\n\\ No newline at end of file\n"
        );
        assert_eq!(
            unified("x", "a", "a\nb\n"),
            "--- x\n+++ x\n@@ -1,1 +1,2 @@\n-a\n\\ No newline at end of file\n+a\n+b\n"
        );
    }

    #[test]
    fn equal_texts_have_none() {
        assert_eq!(unified("x", "a\nb\n", "a\nb\n"), "");
    }
}
