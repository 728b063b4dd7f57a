//! `terraform_data`: what is generated once and kept in the state alone. No AWS.

use async_trait::async_trait;
use engine::{CloudError, Found, StepError};
use serde_json::json;
use terraform::{Attributes, Value};

use crate::account::Account;
use crate::attributes::{object, overlaid};
use crate::kind::Kind;
use crate::tags::Deployment;

/// The deployment's identity (a UUID) and the suffix of the log bucket's name (8 hexadecimal digits, unless set), or the
/// whole name of a log bucket that was taken over.
pub(super) struct DeploymentRecord;

#[async_trait]
impl Kind for DeploymentRecord {
    async fn read(&self, _: &Account, recorded: &Attributes) -> Result<Option<Attributes>, CloudError> {
        Ok(Some(recorded.clone()))
    }

    async fn find(&self, _: &Account, _: &Attributes, _: Option<&Deployment>) -> Result<Found, CloudError> {
        Ok(Found::Nothing)
    }

    async fn create(&self, _: &Account, planned: &Attributes) -> Result<Attributes, StepError> {
        let chosen = planned.get("input").filter(|input| !input.is_null()).cloned();
        let input = chosen.unwrap_or_else(|| format!("{:08x}", rand::random::<u32>()).into());
        let id = uuid::Uuid::new_v4().to_string();
        Ok(object(json!({"id": id, "input": input, "output": input, "triggers_replace": null})))
    }

    async fn update(
        &self,
        _: &Account,
        prior: &Attributes,
        planned: &Attributes,
    ) -> Result<Attributes, StepError> {
        let mut attributes = overlaid(prior, planned);
        let input = attributes.get("input").cloned().unwrap_or(Value::Null);
        attributes.insert("output".to_owned(), input);
        Ok(attributes)
    }

    async fn delete(&self, _: &Account, _: &Attributes) -> Result<Option<Attributes>, StepError> {
        Ok(None)
    }
}
