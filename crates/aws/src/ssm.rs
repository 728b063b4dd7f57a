//! Parameters of SSM: values under names, for readers that are not to see a whole state.

use std::collections::BTreeMap;

use aws_config::SdkConfig;
use aws_sdk_ssm::Client;
use aws_sdk_ssm::error::BuildError;
use aws_sdk_ssm::types::{ParameterType, Tag};
use engine::CloudError;

use crate::call::{call, has_code};
use crate::error::malformed;
use crate::waiting::Patience;

/// SSM: two changes of one parameter at once.
const BUSY: &[&str] = &["TooManyUpdates"];

/// What became of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// It is new.
    Created,
    /// It had another value.
    Changed,
    /// It had this value already; nothing was written.
    Unchanged,
}

/// A client.
pub fn client(config: &SdkConfig) -> Client {
    Client::new(config)
}

/// Puts a text under a name. Tags are given to a new parameter only, because AWS takes none when it overwrites.
///
/// # Errors
/// What AWS refuses.
pub async fn put(
    client: &Client,
    name: &str,
    value: &str,
    tags: &BTreeMap<String, String>,
) -> Result<Written, CloudError> {
    const PUT: &str = "ssm:PutParameter";
    let invalid = |error: BuildError| malformed(PUT, error.to_string());
    let tags: Result<Vec<Tag>, BuildError> =
        tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect();
    let request = || client.put_parameter().name(name).value(value).r#type(ParameterType::String);
    let creation = request().overwrite(false).set_tags(Some(tags.map_err(invalid)?));
    let patience = Patience::default();
    match patience.retry(BUSY, || call(PUT, creation.clone().send())).await {
        Ok(_) => return Ok(Written::Created),
        Err(error) if has_code(&error, &["ParameterAlreadyExists"]) => {}
        Err(error) => return Err(error),
    }
    let get = || client.get_parameter().name(name).send();
    let present = patience.call("ssm:GetParameter", get).await?;
    if present.parameter().and_then(|parameter| parameter.value()) == Some(value) {
        return Ok(Written::Unchanged);
    }
    patience.retry(BUSY, || call(PUT, request().overwrite(true).send())).await?;
    Ok(Written::Changed)
}
