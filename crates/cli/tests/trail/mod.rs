//! `trail`: from the bucket, from a copy, and with what a third person has.

mod bucket;
mod copies;
mod judge;
pub(crate) mod place;
mod proof;
mod recorded;
