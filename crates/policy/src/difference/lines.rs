//! What a statement gains or loses, as far as it is told in one sentence.

use super::covered::maximal;
use super::region::Region;
use crate::statement::{Element, Statement};

/// Some principals, actions and resources of a statement together.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub statement: Statement,
    pub sids: Vec<String>,
    /// The statements it is of.
    pub sources: Vec<usize>,
    /// In each case that is about one of these, in order.
    pub reached: Vec<Reached>,
}

/// Whom a line reaches in a case.
#[derive(Clone, Debug)]
pub(super) struct Reached {
    pub case: usize,
    /// Whomever it may.
    pub any: Region,
    /// Those whom it reaches by itself.
    pub direct: Region,
}

impl Line {
    pub(super) fn is_within(&self, other: &Self) -> bool {
        let is_there = |mine: &Reached| match other.in_case(mine.case) {
            Some(theirs) => {
                (mine.any.is_empty() || mine.any.is_within(&theirs.any))
                    && (mine.direct.is_empty() || mine.direct.is_within(&theirs.direct))
            }
            None => mine.any.is_empty() && mine.direct.is_empty(),
        };
        self.reached.iter().all(is_there)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.reached.iter().all(|reached| reached.any.is_empty())
    }

    pub(super) fn in_case(&self, case: usize) -> Option<&Reached> {
        let place = self.reached.binary_search_by_key(&case, |reached| reached.case).ok()?;
        self.reached.get(place)
    }

    /// Adds a line that is the same but on one axis.
    fn join(&mut self, other: Self) {
        for sid in other.sids {
            if !self.sids.contains(&sid) {
                self.sids.push(sid);
            }
        }
        self.sources.extend(other.sources);
        for theirs in other.reached {
            match self.reached.binary_search_by_key(&theirs.case, |reached| reached.case) {
                Ok(place) => {
                    if let Some(mine) = self.reached.get_mut(place) {
                        mine.any.join(&theirs.any);
                        mine.direct.join(&theirs.direct);
                    }
                }
                Err(place) => self.reached.insert(place, theirs),
            }
        }
    }
}

/// Those that no other one includes.
pub(super) fn without_covered(lines: Vec<Line>) -> Vec<Line> {
    maximal(&lines, Line::is_within).into_iter().cloned().collect()
}

/// Lines that differ in one element only, put together.
pub(super) fn grouped(lines: Vec<Line>) -> Vec<Line> {
    let lines = merge(lines, |statement| &mut statement.action);
    let lines = merge(lines, |statement| &mut statement.resource);
    merge(lines, |statement| &mut statement.principal)
}

/// Joins the lines that are the same but for the items of one element.
fn merge<T: Ord>(lines: Vec<Line>, element: fn(&mut Statement) -> &mut Option<Element<T>>) -> Vec<Line> {
    let mut merged: Vec<(Line, Option<Element<T>>)> = Vec::new();
    for mut line in lines {
        let items = element(&mut line.statement).take();
        let same = merged.iter_mut().find(|(known, known_items)| {
            known.statement == line.statement
                && matches!((known_items, &items), (Some(Element::Only(_)), Some(Element::Only(_))))
        });
        match (same, items) {
            (Some((known, Some(Element::Only(known_items)))), Some(Element::Only(items))) => {
                known_items.extend(items);
                known_items.sort();
                known_items.dedup();
                known.join(line);
            }
            (_, items) => merged.push((line, items)),
        }
    }
    let restore = |(mut line, items): (Line, Option<Element<T>>)| {
        *element(&mut line.statement) = items;
        line
    };
    merged.into_iter().map(restore).collect()
}
