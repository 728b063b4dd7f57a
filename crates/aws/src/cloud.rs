//! An AWS account as the engine's cloud: finds the kind of a resource and lets it do the work.

use async_trait::async_trait;
use engine::{Cloud, CloudError, Found, Search, StepError};
use foundation::{Caller, Partition};
use terraform::{Address, Attributes};

use crate::error::malformed;
use crate::kinds::{self, Kind};
use crate::shared::Shared;
use crate::tags::Deployment;
use crate::waiting::Patience;

/// The clients of the services that hold the foundation.
#[derive(Clone, Debug)]
pub struct Services {
    /// Of the trail's home region.
    pub cloudtrail: aws_sdk_cloudtrail::Client,
    /// Global.
    pub iam: aws_sdk_iam::Client,
    /// Of the key's region.
    pub kms: aws_sdk_kms::Client,
    /// Of the log bucket's region.
    pub s3: aws_sdk_s3::Client,
}

/// The account and region behind the clients.
#[derive(Clone, Debug)]
pub struct Place {
    pub(crate) account_id: String,
    pub(crate) partition: Partition,
    pub(crate) region: String,
}

impl Place {
    /// The caller's account, and the region of everything regional.
    pub fn new(caller: &Caller, region: impl Into<String>) -> Self {
        Self { account_id: caller.account_id.to_string(), partition: caller.partition, region: region.into() }
    }
}

/// An AWS account. One value serves one run: reads share answers, and nothing forgets them.
#[derive(Debug)]
pub struct AwsCloud {
    pub(crate) cloudtrail: aws_sdk_cloudtrail::Client,
    pub(crate) iam: aws_sdk_iam::Client,
    pub(crate) kms: aws_sdk_kms::Client,
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) place: Place,
    pub(crate) patience: Patience,
    /// The ARNs of the managed policies of a role; `None`: there is no such role.
    pub(crate) attached: Shared<Option<Vec<String>>>,
    /// The names of the inline policies of a role; `None`: there is no such role.
    pub(crate) inline: Shared<Option<Vec<String>>>,
}

impl AwsCloud {
    /// The account behind these clients.
    pub fn new(services: Services, place: Place) -> Self {
        Self {
            cloudtrail: services.cloudtrail,
            iam: services.iam,
            kms: services.kms,
            s3: services.s3,
            place,
            patience: Patience::default(),
            attached: Shared::default(),
            inline: Shared::default(),
        }
    }

    /// Schedules the deletion of a recorded KMS key and answers when it takes effect. One that is scheduled already keeps its date.
    ///
    /// # Errors
    /// The call failed, or the record names no key.
    pub async fn schedule_key_deletion(&self, prior: &Attributes) -> Result<time::OffsetDateTime, StepError> {
        kinds::kms_key::schedule_deletion(self, prior).await
    }
}

#[async_trait]
impl Cloud for AwsCloud {
    async fn read(&self, address: &Address, recorded: &Attributes) -> Result<Option<Attributes>, CloudError> {
        kind(address)?.read(self, recorded).await
    }

    async fn find(&self, search: Search<'_>) -> Result<Found, CloudError> {
        let deployment = search.deployment.and_then(Deployment::recorded);
        kind(search.address)?.find(self, search.planned, deployment.as_ref()).await
    }

    async fn called(&self, address: &Address, beginning: &str) -> Result<Vec<Attributes>, CloudError> {
        kind(address)?.called(self, beginning).await
    }

    async fn create(&self, address: &Address, planned: &Attributes) -> Result<Attributes, StepError> {
        kind(address)?.create(self, planned).await
    }

    async fn update(
        &self,
        address: &Address,
        prior: &Attributes,
        planned: &Attributes,
    ) -> Result<Attributes, StepError> {
        kind(address)?.update(self, prior, planned).await
    }

    async fn delete(&self, address: &Address, prior: &Attributes) -> Result<Option<Attributes>, StepError> {
        kind(address)?.delete(self, prior).await
    }
}

fn kind(address: &Address) -> Result<&'static dyn Kind, CloudError> {
    kinds::of(address.resource_type())
        .ok_or_else(|| malformed("record", format!("{address} is of no kind that this program knows")))
}
