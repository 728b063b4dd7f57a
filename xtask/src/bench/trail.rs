//! `trail verify` beside inflating and hashing alone, and beside `aws cloudtrail validate-logs`.

use crate::Outcome;
use crate::cargo::{cargo, run as run_command};
use crate::setup::judges;

/// Runs the measurement of crate `mirror`. Its arguments: how many logs, and how large each is.
pub(super) fn run(arguments: &[String]) -> Outcome {
    let aws = judges::install()?.join("aws");
    let example = ["run", "--release", "-p", "mirror", "--example", "speed", "--"];
    run_command(cargo(&example).args(arguments).env("UNDERPIN_AWSCLI", aws))
}
