//! What all trials of a campaign have in common.

use crate::oracles::Oracles;
use crate::tool::Tool;
use crate::world::Baseline;

use super::reference::Reference;
use super::scenario::Scenario;

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
