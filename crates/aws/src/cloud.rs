//! An AWS account as the engine's cloud: finds the kind of a resource and lets it do the work.

use async_trait::async_trait;
use engine::{Cloud, CloudError, Found, Made, Search, StepError};
use foundation::Fact;
use foundation::premises::{Answer, Premise};
use foundation::review::topic::TopicFacts;
use terraform::{Address, Attributes};

use crate::account::{Account, Place};
use crate::error::malformed;
use crate::kind::Kind;
use crate::kinds;
use crate::premises;
use crate::review;
use crate::services::Services;
use crate::tags::Deployment;

#[cfg(test)]
mod tests;

/// The cloud that an account is.
#[derive(Debug)]
pub struct AwsCloud {
    account: Account,
}

impl AwsCloud {
    /// The account behind these clients, for one run.
    pub fn new(services: Services, place: Place) -> Self {
        Self { account: Account::new(services, place) }
    }
}

#[async_trait]
impl Cloud for AwsCloud {
    async fn read(&self, address: &Address, recorded: &Attributes) -> Result<Option<Attributes>, CloudError> {
        kind(address)?.read(&self.account, recorded).await
    }

    async fn find(&self, search: Search<'_>) -> Result<Found, CloudError> {
        let deployment = search.deployment.and_then(Deployment::recorded);
        kind(search.address)?.find(&self.account, search.planned, deployment.as_ref()).await
    }

    async fn list(&self, address: &Address, prefix: &str) -> Result<Vec<Attributes>, CloudError> {
        kind(address)?.list(&self.account, prefix).await
    }

    async fn review(&self, address: &Address, present: &Attributes) -> Result<Vec<Fact>, CloudError> {
        review::review(&self.account, address, present).await
    }

    async fn topic(&self, arn: &str) -> Result<TopicFacts, CloudError> {
        review::topic(&self.account, arn).await
    }

    async fn look_up(&self, premise: &Premise) -> Result<Answer, CloudError> {
        premises::look_up(&self.account, premise).await
    }

    async fn documents(
        &self,
        _: &Address,
        present: &Attributes,
        policies: &[String],
    ) -> Result<Vec<Fact>, CloudError> {
        review::documents(&self.account, present, policies).await
    }

    async fn create(&self, address: &Address, planned: &Attributes) -> Result<Made, StepError> {
        let kind = kind(address)?;
        let made = kind.create(&self.account, planned).await?;
        Ok(if kind.is_begun(&made, planned) { Made::Begun(made) } else { Made::Whole(made) })
    }

    async fn update(
        &self,
        address: &Address,
        prior: &Attributes,
        planned: &Attributes,
    ) -> Result<Attributes, StepError> {
        kind(address)?.update(&self.account, prior, planned).await
    }

    async fn delete(&self, address: &Address, prior: &Attributes) -> Result<Option<Attributes>, StepError> {
        kind(address)?.delete(&self.account, prior).await
    }
}

fn kind(address: &Address) -> Result<&'static dyn Kind, CloudError> {
    kinds::of(address.resource_type())
        .ok_or_else(|| malformed("record", format!("{address} is of no kind that this program knows")))
}
