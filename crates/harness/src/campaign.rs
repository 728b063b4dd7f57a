//! The campaign: a run is broken at every one of its calls in every way, and the next plain run has to finish its work.

mod crew;
mod mishap;
mod reference;
mod scenario;
mod tally;
mod trial;

pub use crew::Setting;
pub use mishap::{MISHAPS, Mishap};
pub use reference::{CallName, Reference};
pub use scenario::Scenario;
pub use tally::Tally;
pub use trial::{Ending, Point, Trial};
