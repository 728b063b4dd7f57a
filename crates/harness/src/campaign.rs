//! The campaign: a run is broken at every one of its calls in every way, and the next plain run has to finish its work.

mod crew;
mod mishap;
mod reference;
mod scenario;
mod setting;
mod tally;
mod trial;

pub use mishap::{MISHAPS, Mishap};
pub use reference::{CallName, Reference};
pub use scenario::Scenario;
pub use setting::Setting;
pub use tally::Tally;
pub use trial::{Ending, Point, Trial};
