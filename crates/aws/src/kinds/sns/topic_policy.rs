//! `aws_sns_topic_policy`. A topic always has a policy: the one that it is born with counts as none.

use async_trait::async_trait;
use engine::{CloudError, StepError};
use serde_json::json;
use terraform::{Attributes, Value};

use super::{GONE, set_attribute, topic_attributes};
use crate::account::Account;
use crate::attributes::{differs, first_of, object, overlaid, required};
use crate::call::absent_if;
use crate::kind::Kind;

/// Who may publish to a topic.
pub(crate) struct TopicPolicy;

const POLICY: &str = "Policy";
/// The id of the policy that a topic is born with (SNS API reference, `GetTopicAttributes`).
const BORN_WITH: &str = "__default_policy_ID";

#[async_trait]
impl Kind for TopicPolicy {
    async fn read(&self, account: &Account, recorded: &Attributes) -> Result<Option<Attributes>, CloudError> {
        let arn = first_of(recorded, &["arn", "id"])?;
        let Some(reported) = topic_attributes(account, arn).await? else { return Ok(None) };
        let set = reported.get(POLICY).filter(|policy| !is_born_with(policy));
        Ok(set.map(|policy| {
            let owner = reported.get("Owner");
            overlaid(&identity(arn), &object(json!({"policy": policy, "owner": owner})))
        }))
    }

    async fn create(&self, account: &Account, planned: &Attributes) -> Result<Attributes, StepError> {
        let arn = required(planned, "arn")?;
        set_attribute(account, arn, POLICY, required(planned, "policy")?).await?;
        let owner = object(json!({"owner": account.place.account_id}));
        Ok(overlaid(&overlaid(planned, &identity(arn)), &owner))
    }

    async fn update(
        &self,
        account: &Account,
        prior: &Attributes,
        planned: &Attributes,
    ) -> Result<Attributes, StepError> {
        if differs(prior, planned, "policy") {
            set_attribute(account, first_of(prior, &["arn", "id"])?, POLICY, required(planned, "policy")?)
                .await?;
        }
        Ok(overlaid(prior, planned))
    }

    /// Leaves the topic with the policy that it was born with: the account's own principals and nobody else.
    async fn delete(&self, account: &Account, prior: &Attributes) -> Result<Option<Attributes>, StepError> {
        let arn = first_of(prior, &["arn", "id"])?;
        let policy = born_with(arn, &account.place.account_id).to_string();
        absent_if(set_attribute(account, arn, POLICY, &policy).await, GONE)?;
        Ok(None)
    }
}

fn identity(arn: &str) -> Attributes {
    object(json!({"arn": arn, "id": arn}))
}

fn is_born_with(policy: &str) -> bool {
    let policy: Value = serde_json::from_str(policy).unwrap_or_default();
    policy.get("Id").and_then(Value::as_str) == Some(BORN_WITH)
}

fn born_with(arn: &str, account: &str) -> Value {
    json!({
        "Version": "2008-10-17",
        "Id": BORN_WITH,
        "Statement": [{
            "Sid": "__default_statement_ID",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": [
                "SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:AddPermission", "SNS:RemovePermission",
                "SNS:DeleteTopic", "SNS:Subscribe", "SNS:ListSubscriptionsByTopic", "SNS:Publish",
            ],
            "Resource": arn,
            "Condition": {"StringEquals": {"AWS:SourceOwner": account}},
        }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_policy_that_a_topic_is_born_with_counts_as_none() {
        assert!(is_born_with(&born_with("arn:aws:sns:us-east-1:1:t", "1").to_string()));
        for policy in [r#"{"Statement": []}"#, r#"{"Id": "mine", "Statement": []}"#, "no policy"] {
            assert!(!is_born_with(policy), "{policy}");
        }
    }
}
