//! `show`: a whole state.

use terraform::State;

use super::palette::Palette;

/// All resources and outputs of a state; `None`: there is none.
pub fn render(_state: Option<&State>, _palette: Palette) -> String {
    String::new()
}
