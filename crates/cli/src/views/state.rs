//! `state list` and `state show`.

use terraform::state::Instance;
use terraform::{Address, State};

use super::palette::Palette;

/// All addresses, one a line, as Terraform lists them.
pub fn list(_state: &State) -> String {
    String::new()
}

/// One resource as Terraform's language.
pub fn show(_address: &Address, _instance: &Instance, _palette: Palette) -> String {
    String::new()
}
