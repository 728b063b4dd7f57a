//! What the settings of a bucket have in common: each is a resource of its own, read, put and taken away whole.

use async_trait::async_trait;
use engine::{CloudError, StepError};
use terraform::Attributes;

use super::Kind;
use super::s3_bucket::{GONE, identity, name};
use crate::attributes::{differs, overlaid};
use crate::call::unless;
use crate::cloud::AwsCloud;

/// One setting of a bucket.
#[async_trait]
pub trait BucketSetting: Send + Sync {
    /// The arguments; if any differs, all are put.
    const ARGUMENTS: &'static [&'static str];

    /// Reads the arguments as they are; `None` where the bucket has no such setting.
    async fn get(cloud: &AwsCloud, bucket: &str) -> Result<Option<Attributes>, CloudError>;

    /// Puts the setting as planned, over what there is.
    async fn put(cloud: &AwsCloud, bucket: &str, planned: &Attributes) -> Result<(), CloudError>;

    /// The planned arguments as they are read back, with what S3 sets where they leave something out.
    fn completed(planned: &Attributes) -> Attributes {
        planned.clone()
    }

    /// Takes the setting away.
    async fn remove(cloud: &AwsCloud, bucket: &str) -> Result<(), CloudError>;
}

#[async_trait]
impl<S: BucketSetting> Kind for S {
    async fn read(&self, cloud: &AwsCloud, recorded: &Attributes) -> Result<Option<Attributes>, CloudError> {
        let bucket = name(recorded)?;
        Ok(S::get(cloud, bucket).await?.map(|setting| overlaid(&identity(bucket), &setting)))
    }

    async fn create(&self, cloud: &AwsCloud, planned: &Attributes) -> Result<Attributes, StepError> {
        let bucket = name(planned)?;
        S::put(cloud, bucket, planned).await?;
        Ok(overlaid(&S::completed(planned), &identity(bucket)))
    }

    async fn update(
        &self,
        cloud: &AwsCloud,
        prior: &Attributes,
        planned: &Attributes,
    ) -> Result<Attributes, StepError> {
        if S::ARGUMENTS.iter().any(|argument| differs(prior, planned, argument)) {
            S::put(cloud, name(planned)?, planned).await?;
        }
        Ok(overlaid(prior, &S::completed(planned)))
    }

    async fn delete(&self, cloud: &AwsCloud, prior: &Attributes) -> Result<Option<Attributes>, StepError> {
        unless(S::remove(cloud, name(prior)?).await, GONE)?;
        Ok(None)
    }
}
