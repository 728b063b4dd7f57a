//! The campaign: a run is broken at every one of its calls in every way, and the next plain run has to finish its work.

mod crew;
mod mishap;
mod reference;
mod scenario;
mod tally;
mod trial;

pub use mishap::{MISHAPS, Mishap};
pub use reference::{CallName, Reference};
pub use scenario::Scenario;
pub use tally::Tally;
pub use trial::{Ending, Point, Trial};

use crate::oracles::Oracles;
use crate::tool::Tool;
use crate::world::Baseline;

/// Everything that a campaign's trials have in common.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// The tools of others.
    pub oracles: &'a Oracles,
    /// What is broken.
    pub tool: &'a Tool,
    /// Doing what.
    pub scenario: Scenario,
    /// From where.
    pub baseline: &'a Baseline,
    /// How it goes undisturbed.
    pub reference: &'a Reference,
}
