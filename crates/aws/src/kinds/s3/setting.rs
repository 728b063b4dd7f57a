//! What the settings of a bucket have in common: each is a resource of its own, read, put and taken away whole.

use async_trait::async_trait;
use engine::{CloudError, StepError};
use terraform::Attributes;

use super::{GONE, identity, name};
use crate::account::Account;
use crate::attributes::{differs, overlaid};
use crate::call::absent_if;
use crate::kind::Kind;

/// One setting of a bucket.
#[async_trait]
pub(crate) trait BucketSetting: Send + Sync {
    /// The arguments; if any differs, all are put.
    const ARGUMENTS: &'static [&'static str];

    /// Reads the arguments as they are; `None` where the bucket has no such setting.
    async fn get(account: &Account, bucket: &str) -> Result<Option<Attributes>, CloudError>;

    /// Puts the setting as planned, over what there is.
    async fn put(account: &Account, bucket: &str, planned: &Attributes) -> Result<(), CloudError>;

    /// The planned arguments as they are read back, with what S3 sets where they leave something out.
    fn completed(planned: &Attributes) -> Attributes {
        planned.clone()
    }

    /// Takes the setting away.
    async fn remove(account: &Account, bucket: &str) -> Result<(), CloudError>;
}

#[async_trait]
impl<S: BucketSetting> Kind for S {
    async fn read(&self, account: &Account, recorded: &Attributes) -> Result<Option<Attributes>, CloudError> {
        let bucket = name(recorded)?;
        Ok(S::get(account, bucket).await?.map(|setting| overlaid(&identity(bucket), &setting)))
    }

    async fn create(&self, account: &Account, planned: &Attributes) -> Result<Attributes, StepError> {
        let bucket = name(planned)?;
        S::put(account, bucket, planned).await?;
        Ok(overlaid(&S::completed(planned), &identity(bucket)))
    }

    async fn update(
        &self,
        account: &Account,
        prior: &Attributes,
        planned: &Attributes,
    ) -> Result<Attributes, StepError> {
        if S::ARGUMENTS.iter().any(|argument| differs(prior, planned, argument)) {
            S::put(account, name(planned)?, planned).await?;
        }
        Ok(overlaid(prior, &S::completed(planned)))
    }

    async fn delete(&self, account: &Account, prior: &Attributes) -> Result<Option<Attributes>, StepError> {
        absent_if(S::remove(account, name(prior)?).await, GONE)?;
        Ok(None)
    }
}
