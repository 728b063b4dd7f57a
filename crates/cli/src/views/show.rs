//! `show`: a whole state in Terraform's layout.

use terraform::State;

use super::palette::{Label, Palette};
use super::state;

/// All resources and outputs of a state; `None`: there is none.
pub fn render(state: Option<&State>, palette: Palette) -> String {
    let Some(state) = state else { return "No state.\n".to_owned() };
    let mut resources: Vec<_> = state.resources.iter().collect();
    resources.sort_by_key(|resource| resource.address());
    let mut parts: Vec<String> =
        resources.into_iter().flat_map(|resource| state::resource(resource, palette)).collect();
    if !state.outputs.is_empty() {
        let title = palette.paint(Label::Strong, "Outputs:");
        let outputs = state.outputs.iter().map(|(name, output)| {
            let value = if output.sensitive {
                "(sensitive value)".to_owned()
            } else {
                state::literal(&output.value, 0)
            };
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
