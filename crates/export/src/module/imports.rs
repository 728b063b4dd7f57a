//! `import` blocks, for a state that knows nothing of the foundation yet.

use terraform::{Address, Attributes, State, Value};

use super::Provider;
use crate::hcl::{Body, Expression};
use crate::pattern::Pattern;

/// One block for each resource that is recorded.
pub(super) fn blocks(state: &State, pattern: &Pattern, provider: Provider) -> Body {
    let introduction = "For a state that does not record the foundation yet. With the state of underpin nothing needs to be imported: delete\nthis file.";
    let recorded = pattern.resources.iter().filter_map(|resource| {
        let attributes = &state.instance(&resource.address)?.attributes;
        Some((&resource.address, id(&resource.address, attributes, provider)?))
    });
    recorded.fold(Body::new().remark(introduction), |body, (address, id)| {
        let import = Body::new()
            .attribute("to", Expression::verbatim(address.to_string()))
            .attribute("id", Expression::text(&id));
        body.block(&["import"], import)
    })
}

/// What the provider imports an object by.
fn id(address: &Address, attributes: &Attributes, provider: Provider) -> Option<String> {
    let text = |name: &str| attributes.get(name).and_then(Value::as_str);
    let joined =
        |one: &str, separator: &str, other: &str| Some(format!("{}{separator}{}", text(one)?, text(other)?));
    match address.resource_type() {
        "aws_iam_role_policy_attachment" => joined("role", "/", "policy_arn"),
        "aws_iam_role_policy" => joined("role", ":", "name"),
        "aws_iam_service_linked_role" => text("arn").map(str::to_owned),
        "aws_cloudtrail" if provider == Provider::Current => text("arn").map(str::to_owned),
        _ => text("id").map(str::to_owned),
    }
}
