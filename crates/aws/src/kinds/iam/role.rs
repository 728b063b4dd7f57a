//! `aws_iam_role`.

use async_trait::async_trait;
use aws_sdk_iam::types::{InstanceProfile, Role};
use aws_smithy_types::date_time::Format;
use engine::{CloudError, StepError};
use serde_json::json;
use terraform::{Attributes, Value};

use super::policies::{attached, delete_inline, detach, inline, list_attached, list_inline};
use super::{GONE, document, iam_tags, in_other_letters, reported_tags, taken};
use crate::account::Account;
use crate::attributes::{differs, first_of, number, object, overlaid, owned, required, texts};
use crate::call::{absent_if, answered, call, has_code};
use crate::kind::{Kind, resume};
use crate::principals;
use crate::tags::{self, Tags, keys, retag_by};
use crate::waiting::{ENTITY_BUSY, ENTITY_HELD, ENTITY_NEW, TRUST_DOCUMENT};

/// A role with its trust policy.
pub(crate) struct IamRole;

#[async_trait]
impl Kind for IamRole {
    async fn read(&self, account: &Account, recorded: &Attributes) -> Result<Option<Attributes>, CloudError> {
        let name = first_of(recorded, &["name", "id"])?;
        let (role, attached, inline) =
            futures::join!(get_role(account, name), attached(account, name), inline(account, name));
        let Some(role) = role? else { return Ok(None) };
        let mut attributes = reported(&role);
        attributes.insert("managed_policy_arns".to_owned(), Value::from(attached?.unwrap_or_default()));
        attributes.insert("inline_policy_names".to_owned(), Value::from(inline?.unwrap_or_default()));
        Ok(Some(attributes))
    }

    async fn read_tags(
        &self,
        account: &Account,
        planned: &Attributes,
    ) -> Result<Option<Attributes>, CloudError> {
        Ok(get_role(account, required(planned, "name")?).await?.map(|role| reported(&role)))
    }

    async fn create(&self, account: &Account, planned: &Attributes) -> Result<Attributes, StepError> {
        let tags = iam_tags(&tags::of(planned))?;
        let create = || {
            account
                .services
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
        let trust = owned(planned, "assume_role_policy").unwrap_or_default();
        let attempt = || call("iam:CreateRole", create().send());
        match principals::send(account, &trust, TRUST_DOCUMENT, attempt).await {
            Ok(answer) => {
                let role = answered("iam:CreateRole", answer.role, "role")?;
                let described = overlaid(&object(json!({"description": ""})), planned);
                Ok(overlaid(&described, &decided(&role)))
            }
            Err(refusal) if has_code(&refusal, &["EntityAlreadyExists"]) => {
                // A list that is refused tells of none.
                let listed = account.services.iam.list_roles().into_paginator().items().send();
                let roles = listed.collect::<Result<Vec<_>, _>>().await.unwrap_or_default();
                let names = roles.iter().map(Role::role_name);
                match in_other_letters(names, required(planned, "name")?) {
                    Some(other) => Err(taken(refusal, "role", other).into()),
                    None => resume(self, account, planned, refusal).await,
                }
            }
            Err(refusal) => Err(refusal.into()),
        }
    }

    async fn update(
        &self,
        account: &Account,
        prior: &Attributes,
        planned: &Attributes,
    ) -> Result<Attributes, StepError> {
        let name = first_of(prior, &["name", "id"])?;
        update_settings(account, name, prior, planned).await?;
        for arn in beyond(prior, planned, "managed_policy_arns") {
            detach(account, name, &arn).await?;
        }
        for policy in beyond(prior, planned, "inline_policy_names") {
            delete_inline(account, name, &policy).await?;
        }
        retag(account, name, prior, planned).await
    }

    async fn delete(&self, account: &Account, prior: &Attributes) -> Result<Option<Attributes>, StepError> {
        let name = first_of(prior, &["name", "id"])?;
        let profiles = || {
            account
                .services
                .iam
                .list_instance_profiles_for_role()
                .role_name(name)
                .into_paginator()
                .items()
                .send()
        };
        let profiles = || profiles().collect::<Result<Vec<InstanceProfile>, _>>();
        let (attached, inline, profiles) = futures::join!(
            list_attached(account, name),
            list_inline(account, name),
            account.patience.call("iam:ListInstanceProfilesForRole", profiles),
        );
        for arn in attached?.unwrap_or_default() {
            detach(account, name, &arn).await?;
        }
        for policy in inline?.unwrap_or_default() {
            delete_inline(account, name, &policy).await?;
        }
        for profile in absent_if(profiles, GONE)?.unwrap_or_default() {
            let remove = || {
                let profile = profile.instance_profile_name();
                account
                    .services
                    .iam
                    .remove_role_from_instance_profile()
                    .instance_profile_name(profile)
                    .role_name(name)
            };
            let removed = account
                .patience
                .retry(ENTITY_HELD, || call("iam:RemoveRoleFromInstanceProfile", remove().send()))
                .await;
            absent_if(removed, GONE)?;
        }
        let delete = || account.services.iam.delete_role().role_name(name);
        let deleted = account.patience.retry(ENTITY_HELD, || call("iam:DeleteRole", delete().send())).await;
        absent_if(deleted, GONE)?;
        Ok(None)
    }
}

async fn get_role(account: &Account, name: &str) -> Result<Option<Role>, CloudError> {
    let answer =
        account.patience.call("iam:GetRole", || account.services.iam.get_role().role_name(name).send()).await;
    absent_if(answer, GONE)?.map(|answer| answered("iam:GetRole", answer.role, "role")).transpose()
}

/// What AWS decides about a role.
pub(crate) fn decided(role: &Role) -> Attributes {
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
    account: &Account,
    name: &str,
    prior: &Attributes,
    planned: &Attributes,
) -> Result<(), CloudError> {
    let patience = &account.patience;
    if differs(prior, planned, "assume_role_policy") {
        let document = owned(planned, "assume_role_policy").unwrap_or_default();
        let put =
            || account.services.iam.update_assume_role_policy().role_name(name).policy_document(&document);
        let attempt = || call("iam:UpdateAssumeRolePolicy", put().send());
        principals::send(account, &document, TRUST_DOCUMENT, attempt).await?;
    }
    if differs(prior, planned, "description") || differs(prior, planned, "max_session_duration") {
        let put = || {
            account
                .services
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
            let put = || {
                account
                    .services
                    .iam
                    .put_role_permissions_boundary()
                    .role_name(name)
                    .permissions_boundary(&arn)
            };
            patience.retry(ENTITY_BUSY, || call("iam:PutRolePermissionsBoundary", put().send())).await?;
        } else {
            let delete = || account.services.iam.delete_role_permissions_boundary().role_name(name);
            let deleted = patience
                .retry(ENTITY_HELD, || call("iam:DeleteRolePermissionsBoundary", delete().send()))
                .await;
            absent_if(deleted, GONE)?;
        }
    }
    Ok(())
}

async fn retag(
    account: &Account,
    name: &str,
    prior: &Attributes,
    planned: &Attributes,
) -> Result<Attributes, StepError> {
    let iam = &account.services.iam;
    let untag = |tags: &Tags| Ok(iam.untag_role().role_name(name).set_tag_keys(keys(tags)).send());
    let tag = |tags: &Tags| Ok(iam.tag_role().role_name(name).set_tags(Some(iam_tags(tags)?)).send());
    let change = (prior, planned);
    retag_by(&account.patience, ENTITY_NEW, change, ("iam:UntagRole", untag), ("iam:TagRole", tag)).await
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
}
