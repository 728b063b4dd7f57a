//! What a kind of resource can do in an account.

use async_trait::async_trait;
use engine::{CloudError, Found, StepError};
use terraform::Attributes;

use crate::account::Account;
use crate::tags::{self, Deployment};

/// What a kind can do; the meaning of each is that of [`engine::Cloud`].
#[async_trait]
pub(crate) trait Kind: Send + Sync {
    /// Reads a recorded object.
    async fn read(&self, account: &Account, recorded: &Attributes) -> Result<Option<Attributes>, CloudError>;

    /// Reads of an object its tags, and no more than has to be read with them.
    async fn read_tags(
        &self,
        account: &Account,
        planned: &Attributes,
    ) -> Result<Option<Attributes>, CloudError> {
        self.read(account, planned).await
    }

    /// Looks for an object that is not recorded: on a first run nothing can be ours, and only whose it is counts. What has tags is ours by them; what has none is a part of another object,
    /// and belongs to whom that belongs to.
    async fn find(
        &self,
        account: &Account,
        planned: &Attributes,
        deployment: Option<&Deployment>,
    ) -> Result<Found, CloudError> {
        let found = match deployment {
            Some(_) => self.read(account, planned).await?,
            None => self.read_tags(account, planned).await?,
        };
        // What is planned has no tags before the deployment has an identity; what is found tells.
        Ok(match found {
            Some(found) if found.contains_key("tags") => tags::whose_by_tags(Some(found), deployment),
            found => found.map_or(Found::Nothing, Found::Ours),
        })
    }

    /// The objects whose names begin with `prefix`, where a kind is listed by name.
    async fn list(&self, _account: &Account, _prefix: &str) -> Result<Vec<Attributes>, CloudError> {
        Ok(Vec::new())
    }

    /// Whether an object that was just made is not yet what is planned, and others may use it all the same: an update does the
    /// rest while they do.
    fn is_begun(&self, _made: &Attributes, _planned: &Attributes) -> bool {
        false
    }

    /// Makes an object.
    async fn create(&self, account: &Account, planned: &Attributes) -> Result<Attributes, StepError>;

    /// Changes an object.
    async fn update(
        &self,
        account: &Account,
        prior: &Attributes,
        planned: &Attributes,
    ) -> Result<Attributes, StepError>;

    /// Removes an object and answers what is left of it.
    async fn delete(&self, account: &Account, prior: &Attributes) -> Result<Option<Attributes>, StepError>;
}

/// Goes on from an object that a create found in its way: ours, if its answer was lost, and otherwise the refusal stands.
/// One that was made a moment ago may not be seen yet.
pub(crate) async fn resume(
    kind: &dyn Kind,
    account: &Account,
    planned: &Attributes,
    refusal: CloudError,
) -> Result<Attributes, StepError> {
    let deployment = Deployment::planned(planned);
    let look = || kind.find(account, planned, deployment.as_ref());
    match account.patience.until(|found| *found != Found::Nothing, look).await? {
        Found::Ours(found) => kind.update(account, &found, planned).await,
        Found::Nothing | Found::Foreign(_) => Err(refusal.into()),
    }
}
