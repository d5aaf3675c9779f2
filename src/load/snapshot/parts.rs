//! A text of JSON taken apart: the items of its long lists stay text until each is read.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::Read;
use super::at::{At, NULL};
use crate::load::threads;
use crate::load::values::Scan;

/// Items that one thread reads in one go.
const BLOCK: usize = 64;

/// An object's text taken apart.
pub(super) struct Parts<'t> {
    /// Every member but the long lists.
    pub rest: Value,
    lists: HashMap<String, Vec<&'t str>>,
}

impl<'t> Parts<'t> {
    /// Takes apart a text that is JSON. Only an object has long lists.
    pub fn of(text: &'t str, long: &[&str]) -> serde_json::Result<Self> {
        let mut scan = Scan::new(text);
        let mut lists = HashMap::new();
        if !scan.enter(b'{') {
            let rest = serde_json::from_str(text)?;
            return Ok(Parts { rest, lists });
        }
        let slice = |range| text.get(range).unwrap_or_default();
        let mut rest = Map::new();
        while let Some(name) = scan.next() {
            let name: String = serde_json::from_str(slice(name))?;
            if long.contains(&name.as_str()) && scan.enter(b'[') {
                let items = std::iter::from_fn(|| scan.next()).map(slice).collect();
                scan.leave(b']');
                lists.insert(name, items);
            } else if let Some(value) = scan.next() {
                rest.insert(name, serde_json::from_str(slice(value))?);
            }
        }
        Ok(Parts {
            rest: Value::Object(rest),
            lists,
        })
    }

    /// Reads the items of a long list of the part that was taken apart, on all cores.
    pub fn all<T: Send>(
        &self,
        at: &At<'_>,
        name: &str,
        each: impl Fn(&At<'_>) -> Read<T> + Sync,
    ) -> Read<Vec<T>> {
        let list = at.member(name);
        let Some(items) = self.lists.get(name) else {
            return list.list(each);
        };
        let numbered: Vec<(usize, &str)> = items.iter().copied().enumerate().collect();
        let blocks: Vec<&[(usize, &str)]> = numbered.chunks(BLOCK).collect();
        let read = threads::map(&blocks, |block| {
            let items = block.iter().map(|(index, text)| {
                let value = serde_json::from_str(text)
                    .map_err(|error| list.item(*index, &NULL).not_json(&error))?;
                each(&list.item(*index, &value))
            });
            items.collect::<Read<Vec<T>>>()
        });
        let mut all = Vec::with_capacity(items.len());
        for block in read {
            all.append(&mut block?);
        }
        Ok(all)
    }

    /// Reads the items of a long list from their texts, one behind the other.
    pub fn each<T>(
        &self,
        at: &At<'_>,
        name: &str,
        mut each: impl FnMut(&At<'_>, &'t str) -> Read<T>,
    ) -> Read<Vec<T>> {
        let list = at.member(name);
        let Some(items) = self.lists.get(name) else {
            // Nothing, or no list: reading it says so.
            return list.list(|item| Err(item.wrong("an object")));
        };
        let numbered = items.iter().enumerate();
        numbered
            .map(|(index, text)| each(&list.item(index, &NULL), text))
            .collect()
    }
}
