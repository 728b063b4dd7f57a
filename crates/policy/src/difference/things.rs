//! Resources that stand for all resources, as far as policies can tell them apart.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::cases::Case;
use super::family::Shape;
use super::frame::Frame;
use super::region::Points;
use super::samples::{Listed, by_text, samples};
use crate::pattern::{Glob, Token, tokens};
use crate::prepared::Rule;
use crate::statement::Element;

/// A resource.
pub(super) struct Thing {
    pub text: String,
    /// Whether it stands for whatever no pattern but `*` fits.
    pub is_open: bool,
    /// The patterns that it fits, by place among all.
    fitting: Vec<usize>,
    patterns: Rc<[Glob]>,
}

impl Thing {
    /// Whether another resource fits the same patterns.
    pub(super) fn stands_for(&self, text: &str) -> bool {
        fitting(&self.patterns, text) == self.fitting
    }
}

/// The axis of what something is done to, and the points on it of each item of each rule.
pub(super) struct Things {
    pub axis: Vec<Thing>,
    pub by_rule: Vec<Vec<Points>>,
}

impl Things {
    /// Of some rules, where variables have these values.
    pub(super) fn new(rules: &[&Rule], case: &Case<'_>, frame: Frame<'_>) -> Self {
        let mut patterns: Vec<Pattern<'_>> = Vec::new();
        let resources =
            rules.iter().map(|rule| rule.source.resource.as_ref().map_or(&[][..], Element::items));
        for (text, lists) in by_text(resources) {
            patterns.extend(tokens(text, case).map(|tokens| (text, tokens, lists)));
        }
        let (axis, fitting) = axis(&patterns, frame);
        let points = Points::by_pattern(&fitting, patterns.len());
        let points: HashMap<&str, Points> = patterns.iter().map(|(text, ..)| *text).zip(points).collect();
        let of = |text: &String| points.get(text.as_str()).cloned();
        let by_rule = rules.iter().map(|rule| items(rule, axis.len(), of)).collect();
        Self { axis, by_rule }
    }
}

/// A pattern as it is written and as it is read, and the places of the rules that have it.
type Pattern<'a> = (&'a str, Vec<Token>, Vec<usize>);

/// One resource for each choice of patterns that some resource fits, with these patterns by index.
fn axis(patterns: &[Pattern<'_>], frame: Frame<'_>) -> (Vec<Thing>, Vec<Vec<usize>>) {
    let listed =
        |(_, tokens, lists): &Pattern<'_>| Listed { shape: Shape::resource(tokens), lists: lists.clone() };
    let listed: Vec<Listed> = patterns.iter().map(listed).collect();
    let globs: Rc<[Glob]> = patterns.iter().map(|(_, tokens, _)| Glob::new(tokens.iter().copied())).collect();
    let mut known: HashSet<Vec<usize>> = HashSet::new();
    let (mut axis, mut fitting_by_point) = (Vec::new(), Vec::new());
    let word = &frame.filling.word;
    let others = [format!("arn:aws:s3:::{word}"), word.clone()];
    for text in samples(&listed, None, frame).into_iter().chain(others) {
        let fitting = fitting(&globs, &text);
        if known.insert(fitting.clone()) {
            let is_open = fitting.iter().all(|index| globs.get(*index) == Some(&Glob::Everything));
            axis.push(Thing { text, is_open, fitting: fitting.clone(), patterns: Rc::clone(&globs) });
            fitting_by_point.push(fitting);
        }
    }
    (axis, fitting_by_point)
}

/// The places of the patterns that a text fits.
fn fitting(patterns: &[Glob], text: &str) -> Vec<usize> {
    let fits = patterns.iter().enumerate().filter(|(_, glob)| glob.matches(text));
    fits.map(|(place, _)| place).collect()
}

/// The points of each resource of a rule, given those of each pattern that can be resolved.
fn items(rule: &Rule, size: usize, of: impl Fn(&String) -> Option<Points>) -> Vec<Points> {
    match &rule.source.resource {
        // An exclusion that cannot be resolved is about nothing.
        Some(Element::AllBut(items)) if items.iter().any(|text| of(text).is_none()) => {
            vec![Points::none(size)]
        }
        Some(element) => Points::of_element(Some(element), size, of),
        None => vec![Points::all(size)],
    }
}
