//! The module's outputs.

use super::expression;
use crate::hcl::Body;
use crate::pattern::Pattern;

/// One block an output, null ones included.
pub(super) fn outputs(pattern: &Pattern) -> Body {
    pattern.outputs.iter().fold(Body::new(), |body, (name, value)| {
        body.block(&["output", name], Body::new().attribute("value", expression::of(value)))
    })
}
