//! `aws_iam_role`, and the lists of a role's policies that its parts share with it.

use std::collections::BTreeSet;

use async_trait::async_trait;
use aws_sdk_iam::types::{AttachedPolicy, InstanceProfile, Role, Tag};
use aws_smithy_types::date_time::Format;
use engine::{CloudError, Found, StepError};
use percent_encoding::percent_decode_str;
use serde_json::json;
use terraform::{Attributes, Value};

use super::{Kind, go_on};
use crate::attributes::{differs, first_of, number, object, overlaid, owned, required, texts};
use crate::call::{call, has_code, held, unless};
use crate::cloud::AwsCloud;
use crate::error::malformed;
use crate::tags::{self, Deployment, Tags};
use crate::waiting::{ENTITY_BUSY, ENTITY_HELD, ENTITY_NEW, TRUST_DOCUMENT};

/// IAM's name for what is not there.
pub const GONE: &[&str] = &["NoSuchEntity"];

/// A role with its trust policy.
pub struct IamRole;

#[async_trait]
impl Kind for IamRole {
    async fn read(&self, cloud: &AwsCloud, recorded: &Attributes) -> Result<Option<Attributes>, CloudError> {
        let name = first_of(recorded, &["name", "id"])?;
        let (role, attached, inline) =
            futures::join!(get_role(cloud, name), attached(cloud, name), inline(cloud, name));
        let Some(role) = role? else { return Ok(None) };
        let mut attributes = reported(&role);
        attributes.insert("managed_policy_arns".to_owned(), Value::from(attached?.unwrap_or_default()));
        attributes.insert("inline_policy_names".to_owned(), Value::from(inline?.unwrap_or_default()));
        Ok(Some(attributes))
    }

    async fn find(
        &self,
        cloud: &AwsCloud,
        planned: &Attributes,
        deployment: Option<&Deployment>,
    ) -> Result<Found, CloudError> {
        let Some(role) = self.read(cloud, planned).await? else { return Ok(Found::Nothing) };
        let tags = tags::of(&role);
        if deployment.is_some_and(|deployment| deployment.owns(&tags)) {
            return Ok(Found::Ours(role));
        }
        Ok(Found::Foreign(tags::foreign(required(&role, "arn")?, &tags)))
    }

    async fn create(&self, cloud: &AwsCloud, planned: &Attributes) -> Result<Attributes, StepError> {
        let tags = iam_tags(&tags::of(planned))?;
        let create = || {
            cloud
                .iam
                .create_role()
                .set_role_name(owned(planned, "name"))
                .set_path(owned(planned, "path"))
                .set_assume_role_policy_document(owned(planned, "assume_role_policy"))
                .set_description(owned(planned, "description"))
                .set_max_session_duration(number(planned, "max_session_duration"))
                .set_permissions_boundary(owned(planned, "permissions_boundary"))
                .set_tags(Some(tags.clone()))
        };
        match cloud.patience.retry(TRUST_DOCUMENT, || call("iam:CreateRole", create().send())).await {
            Ok(answer) => {
                let role = held("iam:CreateRole", answer.role, "role")?;
                let described = overlaid(&object(json!({"description": ""})), planned);
                Ok(overlaid(&described, &decided(&role)))
            }
            Err(refusal) if has_code(&refusal, &["EntityAlreadyExists"]) => {
                go_on(self, cloud, planned, refusal).await
            }
            Err(refusal) => Err(refusal.into()),
        }
    }

    async fn update(
        &self,
        cloud: &AwsCloud,
        prior: &Attributes,
        planned: &Attributes,
    ) -> Result<Attributes, StepError> {
        let name = first_of(prior, &["name", "id"])?;
        update_settings(cloud, name, prior, planned).await?;
        retag(cloud, name, prior, planned).await?;
        for arn in beyond(prior, planned, "managed_policy_arns") {
            detach(cloud, name, &arn).await?;
        }
        for policy in beyond(prior, planned, "inline_policy_names") {
            delete_inline(cloud, name, &policy).await?;
        }
        Ok(overlaid(prior, planned))
    }

    async fn delete(&self, cloud: &AwsCloud, prior: &Attributes) -> Result<Option<Attributes>, StepError> {
        let name = first_of(prior, &["name", "id"])?;
        let profiles =
            || cloud.iam.list_instance_profiles_for_role().role_name(name).into_paginator().items().send();
        let profiles = || profiles().collect::<Result<Vec<InstanceProfile>, _>>();
        let (attached, inline, profiles) = futures::join!(
            list_attached(cloud, name),
            list_inline(cloud, name),
            cloud.patience.call("iam:ListInstanceProfilesForRole", profiles),
        );
        for arn in attached?.unwrap_or_default() {
            detach(cloud, name, &arn).await?;
        }
        for policy in inline?.unwrap_or_default() {
            delete_inline(cloud, name, &policy).await?;
        }
        for profile in unless(profiles, GONE)?.unwrap_or_default() {
            let remove = || {
                let profile = profile.instance_profile_name();
                cloud.iam.remove_role_from_instance_profile().instance_profile_name(profile).role_name(name)
            };
            let removed = cloud
                .patience
                .retry(ENTITY_HELD, || call("iam:RemoveRoleFromInstanceProfile", remove().send()))
                .await;
            unless(removed, GONE)?;
        }
        let delete = || cloud.iam.delete_role().role_name(name);
        let deleted = cloud.patience.retry(ENTITY_HELD, || call("iam:DeleteRole", delete().send())).await;
        unless(deleted, GONE)?;
        Ok(None)
    }
}

/// The ARNs of a role's managed policies, sorted, asked for once a run; `None`: there is no such role.
pub async fn attached(cloud: &AwsCloud, role: &str) -> Result<Option<Vec<String>>, CloudError> {
    cloud.attached.get(role, list_attached(cloud, role)).await
}

/// The names of a role's inline policies, sorted, asked for once a run; `None`: there is no such role.
pub async fn inline(cloud: &AwsCloud, role: &str) -> Result<Option<Vec<String>>, CloudError> {
    cloud.inline.get(role, list_inline(cloud, role)).await
}

/// Detaches a managed policy; one that is not attached is no error.
pub async fn detach(cloud: &AwsCloud, role: &str, arn: &str) -> Result<(), CloudError> {
    let detach = || cloud.iam.detach_role_policy().role_name(role).policy_arn(arn);
    let detached = cloud.patience.retry(ENTITY_HELD, || call("iam:DetachRolePolicy", detach().send())).await;
    unless(detached, GONE).map(drop)
}

/// Deletes an inline policy; one that is not there is no error.
pub async fn delete_inline(cloud: &AwsCloud, role: &str, policy: &str) -> Result<(), CloudError> {
    let delete = || cloud.iam.delete_role_policy().role_name(role).policy_name(policy);
    let deleted = cloud.patience.retry(ENTITY_HELD, || call("iam:DeleteRolePolicy", delete().send())).await;
    unless(deleted, GONE).map(drop)
}

/// A policy document as it was written: IAM answers it URL-encoded.
pub fn document(encoded: &str) -> String {
    percent_decode_str(encoded).decode_utf8_lossy().into_owned()
}

/// Tags as IAM takes them.
pub fn iam_tags(tags: &Tags) -> Result<Vec<Tag>, CloudError> {
    tags.iter()
        .map(|(key, value)| {
            let tag = Tag::builder().key(key).value(value).build();
            tag.map_err(|error| malformed("iam:Tag", error.to_string()))
        })
        .collect()
}

/// Tags as IAM answers them.
pub fn reported_tags(tags: &[Tag]) -> Tags {
    tags::reported(tags.iter().map(|tag| (tag.key(), tag.value())))
}

async fn list_attached(cloud: &AwsCloud, role: &str) -> Result<Option<Vec<String>>, CloudError> {
    let pages = || cloud.iam.list_attached_role_policies().role_name(role).into_paginator().items().send();
    let policies = || pages().collect::<Result<Vec<AttachedPolicy>, _>>();
    let policies = cloud.patience.call("iam:ListAttachedRolePolicies", policies).await;
    Ok(unless(policies, GONE)?
        .map(|policies| sorted(policies.into_iter().filter_map(|policy| policy.policy_arn))))
}

async fn list_inline(cloud: &AwsCloud, role: &str) -> Result<Option<Vec<String>>, CloudError> {
    let pages = || cloud.iam.list_role_policies().role_name(role).into_paginator().items().send();
    let names = || pages().collect::<Result<Vec<String>, _>>();
    let names = cloud.patience.call("iam:ListRolePolicies", names).await;
    Ok(unless(names, GONE)?.map(sorted))
}

fn sorted(items: impl IntoIterator<Item = String>) -> Vec<String> {
    items.into_iter().collect::<BTreeSet<_>>().into_iter().collect()
}

async fn get_role(cloud: &AwsCloud, name: &str) -> Result<Option<Role>, CloudError> {
    let answer = cloud.patience.call("iam:GetRole", || cloud.iam.get_role().role_name(name).send()).await;
    unless(answer, GONE)?.map(|answer| held("iam:GetRole", answer.role, "role")).transpose()
}

/// What AWS decides about a role.
pub fn decided(role: &Role) -> Attributes {
    object(json!({
        "id": role.role_name,
        "name": role.role_name,
        "name_prefix": "",
        "arn": role.arn,
        "unique_id": role.role_id,
        "create_date": role.create_date.fmt(Format::DateTime).ok(),
    }))
}

fn reported(role: &Role) -> Attributes {
    let boundary =
        role.permissions_boundary.as_ref().and_then(|boundary| boundary.permissions_boundary_arn());
    let set = object(json!({
        "path": role.path,
        "assume_role_policy": role.assume_role_policy_document().map(document),
        "description": role.description.as_deref().unwrap_or_default(),
        "max_session_duration": role.max_session_duration.unwrap_or(3600),
        "permissions_boundary": boundary,
    }));
    let mut attributes = overlaid(&decided(role), &set);
    tags::answer(&mut attributes, &reported_tags(role.tags()));
    attributes
}

async fn update_settings(
    cloud: &AwsCloud,
    name: &str,
    prior: &Attributes,
    planned: &Attributes,
) -> Result<(), CloudError> {
    let patience = &cloud.patience;
    if differs(prior, planned, "assume_role_policy") {
        let document = owned(planned, "assume_role_policy");
        let put =
            || cloud.iam.update_assume_role_policy().role_name(name).set_policy_document(document.clone());
        patience.retry(TRUST_DOCUMENT, || call("iam:UpdateAssumeRolePolicy", put().send())).await?;
    }
    if differs(prior, planned, "description") || differs(prior, planned, "max_session_duration") {
        let put = || {
            cloud
                .iam
                .update_role()
                .role_name(name)
                .description(owned(planned, "description").unwrap_or_default())
                .set_max_session_duration(number(planned, "max_session_duration"))
        };
        patience.retry(ENTITY_NEW, || call("iam:UpdateRole", put().send())).await?;
    }
    if differs(prior, planned, "permissions_boundary") {
        if let Some(arn) = owned(planned, "permissions_boundary") {
            let put = || cloud.iam.put_role_permissions_boundary().role_name(name).permissions_boundary(&arn);
            patience.retry(ENTITY_BUSY, || call("iam:PutRolePermissionsBoundary", put().send())).await?;
        } else {
            let delete = || cloud.iam.delete_role_permissions_boundary().role_name(name);
            let deleted = patience
                .retry(ENTITY_HELD, || call("iam:DeleteRolePermissionsBoundary", delete().send()))
                .await;
            unless(deleted, GONE)?;
        }
    }
    Ok(())
}

async fn retag(
    cloud: &AwsCloud,
    name: &str,
    prior: &Attributes,
    planned: &Attributes,
) -> Result<(), CloudError> {
    let change = tags::retagging(prior, planned);
    if !change.removed.is_empty() {
        let untag = || cloud.iam.untag_role().role_name(name).set_tag_keys(Some(change.removed.clone()));
        cloud.patience.retry(ENTITY_NEW, || call("iam:UntagRole", untag().send())).await?;
    }
    if !change.set.is_empty() {
        let set = iam_tags(&change.set)?;
        let tag = || cloud.iam.tag_role().role_name(name).set_tags(Some(set.clone()));
        cloud.patience.retry(ENTITY_NEW, || call("iam:TagRole", tag().send())).await?;
    }
    Ok(())
}

/// The members of a list that is planned to have no others than the planned ones.
fn beyond(prior: &Attributes, planned: &Attributes, name: &str) -> Vec<String> {
    if !planned.get(name).is_some_and(Value::is_array) {
        return Vec::new();
    }
    let allowed = texts(planned, name);
    texts(prior, name).into_iter().filter(|member| !allowed.contains(member)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_planned_list_has_members_beyond_it() {
        let prior = object(json!({"managed_policy_arns": ["a", "b", "c"]}));
        let cases = [
            (json!({"managed_policy_arns": ["b", "x"]}), vec!["a", "c"]),
            (json!({"managed_policy_arns": []}), vec!["a", "b", "c"]),
            (json!({"managed_policy_arns": null}), vec![]),
            (json!({}), vec![]),
        ];
        for (planned, expected) in cases {
            assert_eq!(beyond(&prior, &object(planned), "managed_policy_arns"), expected);
        }
    }

    #[test]
    fn documents_are_decoded() {
        assert_eq!(document("%7B%22a%22%3A%20%22b%2Bc+d%22%7D"), r#"{"a": "b+c+d"}"#);
    }
}
