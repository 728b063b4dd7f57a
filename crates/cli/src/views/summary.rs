//! How an apply or a destroy went.

use std::collections::BTreeMap;

use engine::{Plan, Report, StoreError};
use terraform::state::Output;

use super::palette::Palette;

/// A finished apply or destroy (`plan.goal` tells which).
#[derive(Clone, Copy, Debug)]
pub struct Summary<'a> {
    /// What was to be done.
    pub plan: &'a Plan,
    /// What was done.
    pub report: &'a Report,
    /// All outputs as recorded now.
    pub outputs: &'a BTreeMap<String, Output>,
    /// Today in UTC, for the date from which logs are unreadable.
    pub today: Option<time::Date>,
    /// Set when the state could not be written.
    pub unsaved: Option<Unsaved<'a>>,
}

/// A state that could not be written, and where it was put instead.
#[derive(Clone, Copy, Debug)]
pub struct Unsaved<'a> {
    /// Why.
    pub error: &'a StoreError,
    /// Where it belongs: `s3://bucket/key`.
    pub place: &'a str,
    /// The file that holds it now, `errored.tfstate`; `None` when that failed too and the text was printed.
    pub rescue: Option<&'a str>,
}

impl Summary<'_> {
    /// For stdout.
    pub fn output(&self, _palette: Palette) -> String {
        String::new()
    }

    /// For stderr; empty when everything went well.
    pub fn errors(&self, _palette: Palette, _width: Option<usize>) -> String {
        String::new()
    }
}
