//! The order of an apply: which step waits for which. Pure.

use std::collections::{BTreeMap, BTreeSet};

use terraform::Address;

use crate::plan::{Action, Change};

/// One of the two halves of a change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Node {
    /// Whose.
    pub address: Address,
    /// Which half.
    pub phase: Phase,
}

/// A replacement first removes, then makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// The object goes.
    Remove,
    /// The object is made, changed, or only recorded.
    Make,
}

/// Nodes with the nodes each waits for.
#[derive(Debug, Default)]
pub struct Graph {
    waits: BTreeMap<Node, BTreeSet<Node>>,
    /// Where each is on its longest way.
    places: BTreeMap<Node, Place>,
}

/// How many nodes there are on the longest way through a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Place {
    /// Before it.
    above: usize,
    /// After it.
    below: usize,
}

impl Graph {
    /// The graph of a plan's changes.
    pub fn of(changes: &[Change]) -> Self {
        let phases: BTreeMap<&Address, Vec<Phase>> =
            changes.iter().map(|change| (&change.address, phases(change))).collect();
        let has = |address: &Address, phase: Phase| {
            phases.get(address).is_some_and(|phases| phases.contains(&phase))
        };
        let node = |address: &Address, phase: Phase| Node { address: address.clone(), phase };
        let mut graph = Self::default();
        for change in changes {
            let address = &change.address;
            if has(address, Phase::Make) {
                let mut waits: BTreeSet<Node> = change
                    .depends_on
                    .iter()
                    .filter(|dependency| has(dependency, Phase::Make))
                    .map(|dependency| node(dependency, Phase::Make))
                    .collect();
                if has(address, Phase::Remove) {
                    waits.insert(node(address, Phase::Remove));
                }
                graph.waits.insert(node(address, Phase::Make), waits);
            }
            if has(address, Phase::Remove) {
                let gone_for_good = !has(address, Phase::Make);
                let dependents = change.dependents.iter().chain(
                    changes
                        .iter()
                        .filter(|other| other.depends_on.contains(address))
                        .map(|other| &other.address),
                );
                let mut waits = BTreeSet::new();
                for dependent in dependents {
                    if has(dependent, Phase::Remove) {
                        waits.insert(node(dependent, Phase::Remove));
                    } else if gone_for_good && has(dependent, Phase::Make) {
                        waits.insert(node(dependent, Phase::Make));
                    }
                }
                graph.waits.insert(node(address, Phase::Remove), waits);
            }
        }
        graph.places = places(&graph.waits);
        graph
    }

    /// Puts those first that are on the longest way, so that it is gone without a pause.
    pub fn order(&self, ready: &mut [Node]) {
        let way = |node: &Node| self.places.get(node).map(|place| place.above + place.below);
        ready.sort_by_key(|node| std::cmp::Reverse(way(node)));
    }

    /// Whether others wait for a node, or did.
    pub fn is_waited_for(&self, node: &Node) -> bool {
        self.places.get(node).is_some_and(|place| place.below > 0)
    }

    /// Takes out the nodes that wait for nothing.
    pub fn take_ready(&mut self) -> Vec<Node> {
        let ready: Vec<Node> =
            self.waits.iter().filter(|(_, waits)| waits.is_empty()).map(|(node, _)| node.clone()).collect();
        for node in &ready {
            self.waits.remove(node);
        }
        ready
    }

    /// Notes that `done` ended well.
    pub fn complete(&mut self, done: &Node) {
        for waits in self.waits.values_mut() {
            waits.remove(done);
        }
    }

    /// Takes out everything that waits, directly or not, for `failed`.
    pub fn fail(&mut self, failed: &Node) -> Vec<Node> {
        let mut skipped = Vec::new();
        let mut causes = vec![failed.clone()];
        while let Some(cause) = causes.pop() {
            let waiting: Vec<Node> = self
                .waits
                .iter()
                .filter(|(_, waits)| waits.contains(&cause))
                .map(|(node, _)| node.clone())
                .collect();
            for node in waiting {
                self.waits.remove(&node);
                causes.push(node.clone());
                skipped.push(node);
            }
        }
        skipped
    }

    /// What has not been taken out.
    pub fn rest(&self) -> impl Iterator<Item = &Node> {
        self.waits.keys()
    }
}

/// The place of each node on the longest way through it. Nodes that wait in a circle end it.
fn places(waits: &BTreeMap<Node, BTreeSet<Node>>) -> BTreeMap<Node, Place> {
    let mut places: BTreeMap<Node, Place> =
        waits.keys().map(|node| (node.clone(), Place::default())).collect();
    for _ in 0..waits.len() {
        let before = places.clone();
        let pairs = waits.iter().flat_map(|(node, needed)| needed.iter().map(move |needed| (needed, node)));
        for (needed, node) in pairs {
            let of = |node| before.get(node).copied().unwrap_or_default();
            let (above, below) = (of(needed).above + 1, of(node).below + 1);
            if let Some(place) = places.get_mut(node) {
                place.above = place.above.max(above);
            }
            if let Some(place) = places.get_mut(needed) {
                place.below = place.below.max(below);
            }
        }
        if places == before {
            break;
        }
    }
    places
}

fn phases(change: &Change) -> Vec<Phase> {
    match change.action {
        Action::NoOp | Action::Retain | Action::Forget | Action::Create | Action::Update => vec![Phase::Make],
        Action::Delete => vec![Phase::Remove],
        Action::Replace if change.retain || change.before.is_none() => vec![Phase::Make],
        Action::Replace => vec![Phase::Remove, Phase::Make],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(name: &str) -> Node {
        Node { address: Address::new("t", name), phase: Phase::Make }
    }

    #[test]
    fn what_is_on_the_longest_way_goes_first() {
        let mut graph = Graph::default();
        for (name, needed) in
            [("a", ""), ("b", ""), ("c", "a"), ("d", "b"), ("e", "d"), ("f", "e"), ("g", "d"), ("x", "x")]
        {
            graph.waits.insert(node(name), needed.split_terminator(' ').map(node).collect());
        }
        graph.places = places(&graph.waits);
        let mut all: Vec<Node> = ["a", "b", "c", "d", "e", "f", "g"].map(node).to_vec();
        graph.order(&mut all);
        let order: String = all.iter().map(|node| node.address.name()).collect();
        assert_eq!(order, "bdefgac");
        assert_eq!(
            ["a", "e", "f", "g"].map(|name| graph.is_waited_for(&node(name))),
            [true, true, false, false]
        );
    }
}
