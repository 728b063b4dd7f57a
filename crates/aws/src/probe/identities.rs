//! Users and groups of IAM, as far as their policies decide what they may do: a user has those of its groups, too.

use std::collections::BTreeMap;

use doctor::facts::{Read, Refusal, RoleFacts, RoleRecord};
use futures::future::join_all;

use super::{read, then};
use crate::account::Account;
use crate::kinds::iam::{GONE, document};

/// The policies of a user or group: ARNs of managed ones, and inline ones by name.
type Policies = (Read<Vec<String>>, Read<BTreeMap<String, Read<String>>>);

/// A user, with what its groups give it.
pub(super) async fn user(account: &Account, name: &str) -> RoleFacts {
    let iam = &account.services.iam;
    let listed = iam.list_groups_for_user().user_name(name).into_paginator().items().send();
    let (record, own, groups) = futures::join!(
        read("iam:GetUser", GONE, iam.get_user().user_name(name).send()),
        of_user(account, name),
        read("iam:ListGroupsForUser", GONE, listed.collect::<Result<Vec<_>, _>>()),
    );
    let groups =
        then(groups, |groups| Some(groups.into_iter().map(|group| group.group_name).collect::<Vec<_>>()));
    let of_groups = match &groups {
        Read::Found(names) => join_all(names.iter().map(|group| of_group(account, group))).await,
        Read::Absent => Vec::new(),
        Read::Refused(refusal) => vec![(Read::Refused(refusal.clone()), Read::Refused(refusal.clone()))],
    };
    let (attached, inline) = of_groups.into_iter().fold(own, joined);
    let record = then(record, |answer| {
        let user = answer.user?;
        let boundary = user.permissions_boundary.and_then(|boundary| boundary.permissions_boundary_arn);
        Some(RoleRecord { arn: user.arn, unique_id: user.user_id, trust: String::new(), boundary })
    });
    RoleFacts { name: name.to_owned(), record, attached, inline, instance_profiles: None }
}

/// A group.
pub(super) async fn group(account: &Account, name: &str) -> RoleFacts {
    let get = account.services.iam.get_group().group_name(name).max_items(1).send();
    let (record, (attached, inline)) =
        futures::join!(read("iam:GetGroup", GONE, get), of_group(account, name));
    let record = then(record, |answer| {
        let group = answer.group?;
        Some(RoleRecord { arn: group.arn, unique_id: group.group_id, trust: String::new(), boundary: None })
    });
    RoleFacts { name: name.to_owned(), record, attached, inline, instance_profiles: None }
}

async fn of_user(account: &Account, name: &str) -> Policies {
    let iam = &account.services.iam;
    let attached = iam.list_attached_user_policies().user_name(name).into_paginator().items().send();
    let listed = iam.list_user_policies().user_name(name).into_paginator().items().send();
    let (attached, listed) = futures::join!(
        read("iam:ListAttachedUserPolicies", GONE, attached.collect::<Result<Vec<_>, _>>()),
        read("iam:ListUserPolicies", GONE, listed.collect::<Result<Vec<_>, _>>()),
    );
    let documents = documents(listed, |policy| async move {
        let get = iam.get_user_policy().user_name(name).policy_name(&policy).send();
        let answer = read("iam:GetUserPolicy", GONE, get).await;
        (policy, then(answer, |answer| Some(document(answer.policy_document()))))
    });
    (arns(attached), documents.await)
}

async fn of_group(account: &Account, name: &str) -> Policies {
    let iam = &account.services.iam;
    let attached = iam.list_attached_group_policies().group_name(name).into_paginator().items().send();
    let listed = iam.list_group_policies().group_name(name).into_paginator().items().send();
    let (attached, listed) = futures::join!(
        read("iam:ListAttachedGroupPolicies", GONE, attached.collect::<Result<Vec<_>, _>>()),
        read("iam:ListGroupPolicies", GONE, listed.collect::<Result<Vec<_>, _>>()),
    );
    let documents = documents(listed, |policy| async move {
        let get = iam.get_group_policy().group_name(name).policy_name(&policy).send();
        let answer = read("iam:GetGroupPolicy", GONE, get).await;
        // Another of the user's policies may have this name.
        (format!("{name}/{policy}"), then(answer, |answer| Some(document(answer.policy_document()))))
    });
    (arns(attached), documents.await)
}

fn arns(attached: Read<Vec<aws_sdk_iam::types::AttachedPolicy>>) -> Read<Vec<String>> {
    then(attached, |policies| Some(policies.into_iter().filter_map(|policy| policy.policy_arn).collect()))
}

async fn documents<F>(
    listed: Read<Vec<String>>,
    get: impl Fn(String) -> F,
) -> Read<BTreeMap<String, Read<String>>>
where
    F: Future<Output = (String, Read<String>)>,
{
    match listed {
        Read::Found(names) => Read::Found(join_all(names.into_iter().map(get)).await.into_iter().collect()),
        Read::Absent => Read::Absent,
        Read::Refused(refusal) => Read::Refused(refusal),
    }
}

/// Both; what of either may not be read is not known of both.
fn joined((attached, inline): Policies, (more, further): Policies) -> Policies {
    (both(attached, more), both(inline, further))
}

fn both<T, C>(one: Read<C>, other: Read<C>) -> Read<C>
where
    C: IntoIterator<Item = T> + Extend<T>,
{
    let refused = |refusal: Refusal| Read::Refused(refusal);
    match (one, other) {
        (Read::Refused(refusal), _) | (_, Read::Refused(refusal)) => refused(refusal),
        (Read::Found(mut one), Read::Found(other)) => {
            one.extend(other);
            Read::Found(one)
        }
        (found, Read::Absent) | (Read::Absent, found) => found,
    }
}
