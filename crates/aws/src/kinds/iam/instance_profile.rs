//! `aws_iam_instance_profile`: what hands a role to EC2 instances.

use async_trait::async_trait;
use aws_sdk_iam::types::InstanceProfile as Profile;
use aws_smithy_types::date_time::Format;
use engine::{CloudError, StepError};
use serde_json::json;
use terraform::{Attributes, Value};

use super::{GONE, iam_tags, in_other_letters, reported_tags, taken};
use crate::account::Account;
use crate::attributes::{differs, first_of, object, overlaid, owned, required};
use crate::call::{absent_if, answered, call, has_code};
use crate::kind::{Kind, resume};
use crate::tags::{self, Tags, keys, retag_by};
use crate::waiting::{ENTITY_BUSY, ENTITY_HELD, ENTITY_NEW};

/// A profile with one role.
pub(crate) struct InstanceProfile;

#[async_trait]
impl Kind for InstanceProfile {
    async fn read(&self, account: &Account, recorded: &Attributes) -> Result<Option<Attributes>, CloudError> {
        let get = account
            .services
            .iam
            .get_instance_profile()
            .instance_profile_name(first_of(recorded, &["name", "id"])?);
        let answer =
            absent_if(account.patience.call("iam:GetInstanceProfile", || get.clone().send()).await, GONE)?;
        let profile =
            answer.map(|answer| answered("iam:GetInstanceProfile", answer.instance_profile, "profile"));
        Ok(profile.transpose()?.map(|profile| reported(&profile)))
    }

    async fn create(&self, account: &Account, planned: &Attributes) -> Result<Attributes, StepError> {
        let name = required(planned, "name")?;
        let tags = iam_tags(&tags::of(planned))?;
        let create = || {
            account
                .services
                .iam
                .create_instance_profile()
                .instance_profile_name(name)
                .set_path(owned(planned, "path"))
                .set_tags(Some(tags.clone()))
        };
        let answer =
            account.patience.retry(ENTITY_BUSY, || call("iam:CreateInstanceProfile", create().send())).await;
        let profile = match answer {
            Ok(answer) => answer.instance_profile,
            Err(refusal) if has_code(&refusal, &["EntityAlreadyExists"]) => {
                // A list that is refused tells of none.
                let listed = account.services.iam.list_instance_profiles().into_paginator().items().send();
                let profiles = listed.collect::<Result<Vec<_>, _>>().await.unwrap_or_default();
                let names = profiles.iter().map(Profile::instance_profile_name);
                return match in_other_letters(names, name) {
                    Some(other) => Err(taken(refusal, "instance profile", other).into()),
                    None => resume(self, account, planned, refusal).await,
                };
            }
            Err(refusal) => return Err(refusal.into()),
        };
        let profile = answered("iam:CreateInstanceProfile", profile, "profile")?;
        let attributes = overlaid(planned, &decided(&profile));
        if let Some(role) = owned(planned, "role") {
            add(account, &attributes, &role).await.map_err(|error| StepError {
                usable: false,
                error,
                partial: Some(overlaid(&attributes, &object(json!({"role": null})))),
            })?;
        }
        Ok(attributes)
    }

    async fn update(
        &self,
        account: &Account,
        prior: &Attributes,
        planned: &Attributes,
    ) -> Result<Attributes, StepError> {
        let name = first_of(prior, &["name", "id"])?;
        if differs(prior, planned, "role") {
            remove(account, prior).await?;
            if let Some(role) = owned(planned, "role") {
                add(account, prior, &role).await?;
            }
        }
        retag(account, name, prior, planned).await
    }

    async fn delete(&self, account: &Account, prior: &Attributes) -> Result<Option<Attributes>, StepError> {
        remove(account, prior).await?;
        let name = first_of(prior, &["name", "id"])?;
        let delete = || account.services.iam.delete_instance_profile().instance_profile_name(name);
        let deleted =
            account.patience.retry(ENTITY_HELD, || call("iam:DeleteInstanceProfile", delete().send())).await;
        absent_if(deleted, GONE)?;
        Ok(None)
    }
}

async fn retag(
    account: &Account,
    name: &str,
    prior: &Attributes,
    planned: &Attributes,
) -> Result<Attributes, StepError> {
    let iam = &account.services.iam;
    let untag = |tags: &Tags| {
        Ok(iam.untag_instance_profile().instance_profile_name(name).set_tag_keys(keys(tags)).send())
    };
    let tag = |tags: &Tags| {
        Ok(iam.tag_instance_profile().instance_profile_name(name).set_tags(Some(iam_tags(tags)?)).send())
    };
    let change = (prior, planned);
    retag_by(
        &account.patience,
        ENTITY_NEW,
        change,
        ("iam:UntagInstanceProfile", untag),
        ("iam:TagInstanceProfile", tag),
    )
    .await
}

/// Puts a role into the profile. A profile takes one; if it is this one already, an answer was lost.
async fn add(account: &Account, profile: &Attributes, role: &str) -> Result<(), CloudError> {
    let name = first_of(profile, &["name", "id"])?;
    let add =
        || account.services.iam.add_role_to_instance_profile().instance_profile_name(name).role_name(role);
    match account.patience.retry(ENTITY_NEW, || call("iam:AddRoleToInstanceProfile", add().send())).await {
        Err(refusal) if has_code(&refusal, &["LimitExceeded"]) => {
            let present = account.patience.until(Option::is_some, || role_in(account, profile)).await?;
            if present.as_deref() == Some(role) { Ok(()) } else { Err(refusal) }
        }
        answer => answer.map(drop),
    }
}

/// Takes the role out of the profile, if it has one. If it is out after a failure, an answer was lost.
async fn remove(account: &Account, profile: &Attributes) -> Result<(), CloudError> {
    let Some(role) = owned(profile, "role") else { return Ok(()) };
    let name = first_of(profile, &["name", "id"])?;
    let remove = || {
        account.services.iam.remove_role_from_instance_profile().instance_profile_name(name).role_name(&role)
    };
    let removed =
        account.patience.retry(ENTITY_HELD, || call("iam:RemoveRoleFromInstanceProfile", remove().send()));
    match absent_if(removed.await, GONE) {
        Err(failure) => match role_in(account, profile).await {
            Ok(present) if present.as_ref() != Some(&role) => Ok(()),
            _ => Err(failure),
        },
        answer => answer.map(drop),
    }
}

/// The role that the profile holds now.
async fn role_in(account: &Account, profile: &Attributes) -> Result<Option<String>, CloudError> {
    let present = InstanceProfile.read(account, profile).await?;
    Ok(present.and_then(|present| owned(&present, "role")))
}

/// What AWS decides about a profile.
fn decided(profile: &Profile) -> Attributes {
    object(json!({
        "id": profile.instance_profile_name,
        "name": profile.instance_profile_name,
        "name_prefix": "",
        "arn": profile.arn,
        "unique_id": profile.instance_profile_id,
        "create_date": profile.create_date.fmt(Format::DateTime).ok(),
    }))
}

fn reported(profile: &Profile) -> Attributes {
    let mut attributes = decided(profile);
    attributes.insert("path".to_owned(), Value::from(profile.path.as_str()));
    attributes
        .insert("role".to_owned(), Value::from(profile.roles.first().map(|role| role.role_name.as_str())));
    tags::answer(&mut attributes, &reported_tags(profile.tags()));
    attributes
}
