//! `show`: a whole state in Terraform's layout.

use terraform::{State, Value};

use super::palette::{Label, Palette};
use super::state::{self, Keys};

/// All resources and outputs of a state; `None`: there is none.
pub(crate) fn render(state: Option<&State>, palette: Palette) -> String {
    let Some(state) = state else { return "No state.\n".to_owned() };
    let mut parts = state::objects(state, palette);
    if !state.outputs.is_empty() {
        let title = palette.paint(Label::Strong, "Outputs:");
        let outputs = state.outputs.iter().map(|(name, output)| {
            let value = state::literal(&output.value, &Value::from(output.sensitive), Keys::Bare, 0);
            format!("{name} = {value}\n")
        });
        parts.push(format!("\n{title}\n\n{}", outputs.collect::<String>()));
    }
    if parts.is_empty() {
        return "The state file is empty. No resources are represented.\n".to_owned();
    }
    parts.join("\n")
}

#[cfg(test)]
mod tests;
