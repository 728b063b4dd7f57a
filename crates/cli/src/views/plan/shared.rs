//! Lines that are the same for many objects, told once.

use std::collections::BTreeMap;

use terraform::Address;

use super::rows::table;

/// From how many objects on a line is told once.
const MANY: usize = 3;

/// An attribute and what becomes of it.
type Row = (String, String);

/// The rows that many objects have alike.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// The rows of the same objects together, in the order of their first appearance.
    groups: Vec<(Vec<Address>, Vec<Row>)>,
}

impl Shared {
    /// What the objects with these rows share. A count of permissions means something else for each.
    pub(super) fn of<'a>(objects: impl Iterator<Item = (&'a Address, Vec<Row>)>) -> Self {
        let mut order: Vec<Row> = Vec::new();
        let mut owners: BTreeMap<Row, Vec<Address>> = BTreeMap::new();
        for (address, rows) in objects {
            for row in rows.into_iter().filter(|(_, text)| !text.contains("(see Permissions)")) {
                let owners = owners.entry(row.clone()).or_default();
                if owners.is_empty() {
                    order.push(row);
                }
                owners.push(address.clone());
            }
        }
        let mut groups: Vec<(Vec<Address>, Vec<Row>)> = Vec::new();
        for row in order {
            let Some(addresses) = owners.remove(&row).filter(|addresses| addresses.len() >= MANY) else {
                continue;
            };
            match groups.iter_mut().find(|(known, _)| *known == addresses) {
                Some((_, rows)) => rows.push(row),
                None => groups.push((addresses, vec![row])),
            }
        }
        Self { groups }
    }

    /// The rows that are not told once for many.
    pub(super) fn without(&self, mut rows: Vec<Row>) -> Vec<Row> {
        rows.retain(|row| !self.groups.iter().any(|(_, shared)| shared.contains(row)));
        rows
    }

    /// The shared rows, and whose they are.
    pub(super) fn block(&self) -> String {
        let block = |(addresses, rows): &(Vec<Address>, Vec<Row>)| {
            let tags = rows.iter().all(|(name, _)| name == "tags" || name.starts_with("tags."));
            let what = if tags { "Tags of" } else { "The same for" };
            let names: Vec<String> = addresses.iter().map(Address::to_string).collect();
            let heading = format!("{what} {} objects: {}", addresses.len(), names.join(", "));
            format!("\n    {heading}\n{}", table(rows.clone()))
        };
        self.groups.iter().map(block).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_many_objects_have_alike_is_told_once() {
        let row = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        let addresses: Vec<Address> =
            ["a.a", "b.b", "c.c"].iter().map(|text| text.parse().unwrap()).collect();
        let rows = vec![row("tags.x", "1 -> 2"), row("policy", "+1 (see Permissions)")];
        let shared = Shared::of(addresses.iter().map(|address| (address, rows.clone())));
        assert_eq!(shared.without(rows.clone()), [row("policy", "+1 (see Permissions)")]);
        assert_eq!(shared.block(), "\n    Tags of 3 objects: a.a, b.b, c.c\n      tags.x  1 -> 2\n");
        let two = Shared::of(addresses.iter().take(2).map(|address| (address, rows.clone())));
        assert_eq!((two.without(rows.clone()), two.block()), (rows, String::new()));
    }
}
