//! `aws_kms_alias`. An alias has no tags: it belongs to whom its key belongs to. The recorded key is ours, tagged or not.

use async_trait::async_trait;
use aws_sdk_kms::types::AliasListEntry;
use engine::{CloudError, Found, StepError};
use serde_json::json;
use terraform::Attributes;

use super::key;
use crate::account::Account;
use crate::attributes::{differs, first_of, object, overlaid, required, text};
use crate::call::{absent_if, call, has_code};
use crate::kind::Kind;
use crate::tags::{self, Deployment};
use crate::waiting::KEY_NEW;

/// A name for a key.
pub(crate) struct KmsAlias;

#[async_trait]
impl Kind for KmsAlias {
    async fn read(&self, account: &Account, recorded: &Attributes) -> Result<Option<Attributes>, CloudError> {
        let name = first_of(recorded, &["name", "id"])?;
        if let Some(alias) = of_key(account, name, recorded).await {
            return Ok(Some(alias));
        }
        let Some(key) = key::describe(account, name).await? else { return Ok(None) };
        let key_arn = key.arn.unwrap_or_default();
        Ok(Some(overlaid(
            &object(json!({"name": name, "target_key_id": key.key_id})),
            &decided(name, &key_arn),
        )))
    }

    async fn find(
        &self,
        account: &Account,
        planned: &Attributes,
        deployment: Option<&Deployment>,
    ) -> Result<Found, CloudError> {
        let Some(alias) = self.read(account, planned).await? else { return Ok(Found::Nothing) };
        let target = required(&alias, "target_key_id")?;
        if text(planned, "target_key_id") == Some(target) {
            return Ok(Found::Ours(alias));
        }
        let tags = key::list_tags(account, target).await?;
        let is_ours = deployment.is_some_and(|deployment| deployment.owns(&tags));
        Ok(tags::whose(alias, "name", &tags, is_ours))
    }

    async fn create(&self, account: &Account, planned: &Attributes) -> Result<Attributes, StepError> {
        let (name, target) = (required(planned, "name")?, required(planned, "target_key_id")?);
        let create = || account.services.kms.create_alias().alias_name(name).target_key_id(target);
        if let Err(refusal) =
            account.patience.retry(KEY_NEW, || call("kms:CreateAlias", create().send())).await
        {
            let present = match has_code(&refusal, &["AlreadyExistsException"]) {
                true => account.patience.until(Option::is_some, || self.read(account, planned)).await?,
                false => None,
            };
            return match present {
                Some(present) if !differs(&present, planned, "target_key_id") => {
                    Ok(overlaid(&present, planned))
                }
                _ => Err(refusal.into()),
            };
        }
        let key_arn = format!(
            "arn:{}:kms:{}:{}:key/{target}",
            account.place.partition, account.place.region, &account.place.account_id
        );
        Ok(overlaid(planned, &decided(name, &key_arn)))
    }

    async fn update(
        &self,
        account: &Account,
        prior: &Attributes,
        planned: &Attributes,
    ) -> Result<Attributes, StepError> {
        if !differs(prior, planned, "target_key_id") {
            return Ok(overlaid(prior, planned));
        }
        let (name, target) = (first_of(prior, &["name", "id"])?, required(planned, "target_key_id")?);
        let update = || account.services.kms.update_alias().alias_name(name).target_key_id(target);
        account.patience.retry(KEY_NEW, || call("kms:UpdateAlias", update().send())).await?;
        let prefix = text(prior, "target_key_arn")
            .and_then(|arn| arn.rsplit_once('/'))
            .map_or("", |(prefix, _)| prefix);
        Ok(overlaid(&overlaid(prior, planned), &decided(name, &format!("{prefix}/{target}"))))
    }

    async fn delete(&self, account: &Account, prior: &Attributes) -> Result<Option<Attributes>, StepError> {
        let delete = account.services.kms.delete_alias().alias_name(first_of(prior, &["name", "id"])?);
        absent_if(
            account.patience.call("kms:DeleteAlias", || delete.clone().send()).await,
            &["NotFoundException"],
        )?;
        Ok(None)
    }
}

/// The aliases of a key, asked for once a run.
pub(crate) async fn aliases(account: &Account, key: &str) -> Result<Vec<AliasListEntry>, CloudError> {
    let pages = || account.services.kms.list_aliases().key_id(key).into_paginator().items().send();
    let aliases = || pages().collect::<Result<Vec<_>, _>>();
    let asking = async {
        let aliases = account.patience.call("kms:ListAliases", aliases).await;
        Ok(absent_if(aliases, &["NotFoundException"])?.unwrap_or_default())
    };
    account.aliases.get(key, asking).await
}

/// The alias, where the recorded key still has it. Otherwise, and where the list is refused, its name tells.
async fn of_key(account: &Account, name: &str, recorded: &Attributes) -> Option<Attributes> {
    let aliases = aliases(account, text(recorded, "target_key_id")?).await.ok()?;
    let alias = aliases.into_iter().find(|alias| alias.alias_name() == Some(name))?;
    let (arn, key) = (alias.alias_arn()?, alias.target_key_id()?);
    let key_arn = format!("{}key/{key}", arn.strip_suffix(name)?);
    Some(overlaid(&object(json!({"name": name, "target_key_id": key})), &decided(name, &key_arn)))
}

/// What follows from an alias's name and its key's ARN.
fn decided(name: &str, key_arn: &str) -> Attributes {
    let region = key_arn.rsplit_once(":key/").map_or(key_arn, |(region, _)| region);
    object(
        json!({"id": name, "arn": format!("{region}:{name}"), "name_prefix": "", "target_key_arn": key_arn}),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_lives_where_its_key_lives() {
        let decided = decided("alias/a", "arn:aws-cn:kms:cn-north-1:123456789012:key/k");
        assert_eq!(text(&decided, "arn"), Some("arn:aws-cn:kms:cn-north-1:123456789012:alias/a"));
        assert_eq!(text(&decided, "id"), Some("alias/a"));
    }
}
