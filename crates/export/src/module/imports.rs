//! `import` blocks, for a state that knows nothing of the foundation yet.

use terraform::State;

use super::{Provider, kinds};
use crate::hcl::{Body, Expression};
use crate::pattern::Pattern;

/// One block for each resource that is recorded.
pub(super) fn blocks(state: &State, pattern: &Pattern, provider: Provider) -> Body {
    let introduction = "For a state that does not record the foundation yet. With the state of underpin nothing needs to be imported: delete\nthis file.";
    let recorded = pattern.resources.iter().filter_map(|resource| {
        let attributes = &state.instance(&resource.address)?.attributes;
        let kind = kinds::kind_of(resource.address.resource_type())?;
        Some((&resource.address, kind.import.id(attributes, provider)?))
    });
    recorded.fold(Body::new().remark(introduction), |body, (address, id)| {
        let import = Body::new()
            .attribute("to", Expression::verbatim(address.to_string()))
            .attribute("id", Expression::text(&id));
        body.block(&["import"], import)
    })
}
