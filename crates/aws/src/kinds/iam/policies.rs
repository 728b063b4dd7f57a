//! The policies of a role: listed once a run for all that ask, taken off one by one.

use std::collections::BTreeSet;

use aws_sdk_iam::types::AttachedPolicy;
use engine::CloudError;

use super::GONE;
use crate::account::Account;
use crate::call::{absent_if, call};
use crate::waiting::ENTITY_HELD;

/// The ARNs of a role's managed policies, sorted, asked for once a run; `None`: there is no such role.
pub(super) async fn attached(account: &Account, role: &str) -> Result<Option<Vec<String>>, CloudError> {
    account.attached.get(role, list_attached(account, role)).await
}

/// The names of a role's inline policies, sorted, asked for once a run; `None`: there is no such role.
pub(super) async fn inline(account: &Account, role: &str) -> Result<Option<Vec<String>>, CloudError> {
    account.inline.get(role, list_inline(account, role)).await
}

/// Detaches a managed policy; one that is not attached is no error.
pub(super) async fn detach(account: &Account, role: &str, arn: &str) -> Result<(), CloudError> {
    let detach = || account.services.iam.detach_role_policy().role_name(role).policy_arn(arn);
    let detached =
        account.patience.retry(ENTITY_HELD, || call("iam:DetachRolePolicy", detach().send())).await;
    absent_if(detached, GONE).map(drop)
}

/// Deletes an inline policy; one that is not there is no error.
pub(super) async fn delete_inline(account: &Account, role: &str, policy: &str) -> Result<(), CloudError> {
    let delete = || account.services.iam.delete_role_policy().role_name(role).policy_name(policy);
    let deleted = account.patience.retry(ENTITY_HELD, || call("iam:DeleteRolePolicy", delete().send())).await;
    absent_if(deleted, GONE).map(drop)
}

/// Asks for the ARNs of a role's managed policies.
pub(super) async fn list_attached(account: &Account, role: &str) -> Result<Option<Vec<String>>, CloudError> {
    let pages =
        || account.services.iam.list_attached_role_policies().role_name(role).into_paginator().items().send();
    let policies = || pages().collect::<Result<Vec<AttachedPolicy>, _>>();
    let policies = account.patience.call("iam:ListAttachedRolePolicies", policies).await;
    Ok(absent_if(policies, GONE)?
        .map(|policies| sorted(policies.into_iter().filter_map(|policy| policy.policy_arn))))
}

/// Asks for the names of a role's inline policies.
pub(super) async fn list_inline(account: &Account, role: &str) -> Result<Option<Vec<String>>, CloudError> {
    let pages = || account.services.iam.list_role_policies().role_name(role).into_paginator().items().send();
    let names = || pages().collect::<Result<Vec<String>, _>>();
    let names = account.patience.call("iam:ListRolePolicies", names).await;
    Ok(absent_if(names, GONE)?.map(sorted))
}

fn sorted(items: impl IntoIterator<Item = String>) -> Vec<String> {
    items.into_iter().collect::<BTreeSet<_>>().into_iter().collect()
}
