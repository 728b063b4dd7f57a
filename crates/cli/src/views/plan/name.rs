//! What a person calls an object: its name in AWS rather than its address.

use foundation::kinds;
use terraform::{Address, Attributes, Value};

use super::value::bare;

/// The name in AWS of the object with these attributes, as far as it is known.
pub(crate) fn object(address: &Address, attributes: &Attributes) -> Option<String> {
    let titles = kinds::schema_of(address.resource_type())?.titles;
    titles.iter().find_map(|title| titled(title, attributes))
}

/// A title with the values that it shows; `None` when one of them is not known.
fn titled(title: &str, attributes: &Attributes) -> Option<String> {
    let Some((before, rest)) = title.split_once('{') else { return Some(title.to_owned()) };
    let (name, rest) = rest.split_once('}')?;
    let value = attributes.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(bare)?;
    Some(format!("{before}{}{}", managed_policy(&value), titled(rest, attributes)?))
}

/// `AmazonEKSClusterPolicy` for a policy of AWS's, the whole ARN for anybody else's.
pub(crate) fn managed_policy(arn: &str) -> &str {
    if arn.contains(":iam::aws:policy/") { arn.rsplit('/').next().unwrap_or(arn) } else { arn }
}
