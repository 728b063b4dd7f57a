//! Which instances are given a role. Its policies are attributes of its own.

use aws_sdk_iam::types::InstanceProfile;
use engine::CloudError;
use foundation::Fact;
use terraform::Attributes;

use super::{day, seen};
use crate::account::Account;
use crate::attributes::first_of;
use crate::call::absent_if;

/// Reads the instance profiles that hold a role.
pub(super) async fn review(account: &Account, present: &Attributes) -> Result<Vec<Fact>, CloudError> {
    let role = first_of(present, &["name", "id"])?;
    let pages = || {
        account.services.iam.list_instance_profiles_for_role().role_name(role).into_paginator().items().send()
    };
    let profiles = || pages().collect::<Result<Vec<InstanceProfile>, _>>();
    let profiles = account.patience.call("iam:ListInstanceProfilesForRole", profiles).await;
    seen(absent_if(profiles, &["NoSuchEntity"]), "which instance profiles hold a role", |profiles| {
        let profile = |profile: InstanceProfile| Fact::InstanceProfile {
            created: day(&profile.create_date),
            name: profile.instance_profile_name,
        };
        Ok(profiles.unwrap_or_default().into_iter().map(profile).collect())
    })
}
