//! The cloud with its reads of recorded objects told, as Terraform tells them in its messages.

use async_trait::async_trait;
use engine::{Cloud, CloudError, Found, Made, Search, StepError};
use foundation::Fact;
use foundation::premises::{Answer, Premise};
use foundation::review::topic::TopicFacts;
use terraform::{Address, Attributes, Value, ui_stream};

use crate::views::Terminal;

/// A cloud whose reads are told.
pub(super) struct RefreshMessages<'a> {
    /// The account.
    pub cloud: &'a dyn Cloud,
    /// Who is told, if it takes messages.
    pub terminal: &'a Terminal,
}

#[async_trait]
impl Cloud for RefreshMessages<'_> {
    async fn read(&self, address: &Address, recorded: &Attributes) -> Result<Option<Attributes>, CloudError> {
        let id = recorded.get("id").and_then(Value::as_str).filter(|_| self.terminal.takes_messages());
        if let Some(id) = id {
            self.terminal.send(&[ui_stream::refresh_start(address, id)]);
        }
        let found = self.cloud.read(address, recorded).await?;
        self.terminal.waits().has_read();
        if let Some(id) = id {
            self.terminal.send(&[ui_stream::refresh_complete(address, id)]);
        }
        Ok(found)
    }

    async fn find(&self, search: Search<'_>) -> Result<Found, CloudError> {
        let found = self.cloud.find(search).await?;
        self.terminal.waits().has_read();
        Ok(found)
    }

    async fn list(&self, address: &Address, prefix: &str) -> Result<Vec<Attributes>, CloudError> {
        self.cloud.list(address, prefix).await
    }

    async fn review(&self, address: &Address, present: &Attributes) -> Result<Vec<Fact>, CloudError> {
        self.cloud.review(address, present).await
    }

    async fn topic(&self, arn: &str) -> Result<TopicFacts, CloudError> {
        self.cloud.topic(arn).await
    }

    async fn look_up(&self, premise: &Premise) -> Result<Answer, CloudError> {
        self.cloud.look_up(premise).await
    }

    async fn documents(
        &self,
        address: &Address,
        present: &Attributes,
        policies: &[String],
    ) -> Result<Vec<Fact>, CloudError> {
        self.cloud.documents(address, present, policies).await
    }

    async fn create(&self, address: &Address, planned: &Attributes) -> Result<Made, StepError> {
        self.cloud.create(address, planned).await
    }

    async fn update(
        &self,
        address: &Address,
        prior: &Attributes,
        planned: &Attributes,
    ) -> Result<Attributes, StepError> {
        self.cloud.update(address, prior, planned).await
    }

    async fn delete(&self, address: &Address, prior: &Attributes) -> Result<Option<Attributes>, StepError> {
        self.cloud.delete(address, prior).await
    }
}
