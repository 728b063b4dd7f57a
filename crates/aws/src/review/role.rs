//! Which instances are given a role. Its policies are attributes of its own.

use aws_sdk_iam::types::InstanceProfile;
use engine::{CloudError, CloudErrorKind};
use foundation::Fact;
use terraform::Attributes;

use super::{day, seen};
use crate::account::Account;
use crate::attributes::first_of;
use crate::call::{absent_if, answered};
use crate::kinds::iam::document;

/// The most profiles of one answer (IAM API reference, `ListInstanceProfiles`); an account may have as many by default.
const PAGE: i32 = 1000;

/// Reads the instance profiles that hold a role.
pub(super) async fn review(account: &Account, present: &Attributes) -> Result<Vec<Fact>, CloudError> {
    let role = first_of(present, &["name", "id"])?;
    let profiles = match account.profiles.get("", all(account)).await? {
        Some(profiles) => Ok(profiles.into_iter().filter(|profile| holds(profile, role)).collect()),
        None => of_role(account, role).await,
    };
    seen(profiles, "which instance profiles hold a role", |profiles: Vec<InstanceProfile>| {
        let profile = |profile: InstanceProfile| Fact::InstanceProfile {
            created: day(&profile.create_date),
            name: profile.instance_profile_name,
        };
        Ok(profiles.into_iter().map(profile).collect())
    })
}

fn holds(profile: &InstanceProfile, role: &str) -> bool {
    profile.roles().iter().any(|held| held.role_name().eq_ignore_ascii_case(role))
}

/// All profiles of the account, for all roles at once; `None` where each role has to be asked about.
async fn all(account: &Account) -> Result<Option<Vec<InstanceProfile>>, CloudError> {
    let list = || account.services.iam.list_instance_profiles().max_items(PAGE).send();
    match account.patience.call("iam:ListInstanceProfiles", list).await {
        Ok(answer) => Ok(Some(answer.instance_profiles).filter(|_| !answer.is_truncated)),
        Err(error) if matches!(error.kind, CloudErrorKind::AccessDenied | CloudErrorKind::Refused) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

async fn of_role(account: &Account, role: &str) -> Result<Vec<InstanceProfile>, CloudError> {
    let pages = || {
        account.services.iam.list_instance_profiles_for_role().role_name(role).into_paginator().items().send()
    };
    let profiles = || pages().collect::<Result<Vec<InstanceProfile>, _>>();
    let profiles = account.patience.call("iam:ListInstanceProfilesForRole", profiles).await;
    Ok(absent_if(profiles, &["NoSuchEntity"])?.unwrap_or_default())
}

/// Reads what a role's policies say: inline ones by name, managed ones by ARN.
pub(super) async fn documents(
    account: &Account,
    present: &Attributes,
    policies: &[String],
) -> Result<Vec<Fact>, CloudError> {
    let role = first_of(present, &["name", "id"])?;
    let read = async |policy: &String| {
        let answer = match policy.starts_with("arn:") {
            true => managed(account, policy).await,
            false => inline(account, role, policy).await,
        };
        let hides = format!("what the policy `{policy}` on role `{role}` allows");
        seen(absent_if(answer, &["NoSuchEntity"]), &hides, |document| {
            let fact = |document| Fact::RolePolicy { policy: policy.clone(), document };
            Ok(document.map(fact).into_iter().collect())
        })
    };
    let answers = futures::future::try_join_all(policies.iter().map(read)).await?;
    Ok(answers.into_iter().flatten().collect())
}

async fn inline(account: &Account, role: &str, policy: &str) -> Result<String, CloudError> {
    let get = || account.services.iam.get_role_policy().role_name(role).policy_name(policy).send();
    let answer = account.patience.call("iam:GetRolePolicy", get).await?;
    Ok(document(&answer.policy_document))
}

/// The document of the version that counts.
async fn managed(account: &Account, arn: &str) -> Result<String, CloudError> {
    let iam = &account.services.iam;
    let answer = account.patience.call("iam:GetPolicy", || iam.get_policy().policy_arn(arn).send()).await?;
    let policy = answered("iam:GetPolicy", answer.policy, "policy")?;
    default_document(account, arn, policy.default_version_id()).await
}

/// What a version of a managed policy says.
pub(crate) async fn default_document(
    account: &Account,
    arn: &str,
    version: Option<&str>,
) -> Result<String, CloudError> {
    const OPERATION: &str = "iam:GetPolicyVersion";
    let version = version.unwrap_or_default();
    let get = || account.services.iam.get_policy_version().policy_arn(arn).version_id(version).send();
    let answer = account.patience.call(OPERATION, get).await?;
    let version = answered(OPERATION, answer.policy_version, "policy version")?;
    Ok(document(&answered(OPERATION, version.document, "document")?))
}
