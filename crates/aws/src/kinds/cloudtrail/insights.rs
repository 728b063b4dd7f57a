//! The Insights of a trail: written whole, and an error where there are none.

use aws_sdk_cloudtrail::types::{InsightSelector, InsightType};
use engine::{CloudError, CloudErrorKind};
use serde_json::json;
use terraform::{Attributes, Value};

use super::GONE;
use crate::account::Account;
use crate::attributes::{blocks, text};
use crate::call::{call, has_code};
use crate::waiting::TRAIL_NEW;

/// The provider's name for them.
pub(super) const ATTRIBUTE: &str = "insight_selector";

/// CloudTrail's words for a trail that makes no Insights, also where a partition has none.
const NONE: &[&str] = &["InsightNotEnabledException", "UnsupportedOperationException"];

/// The types of a trail's Insights, asked for once a run.
pub(crate) async fn insights(account: &Account, arn: &str) -> Result<Vec<String>, CloudError> {
    account.insights.get(arn, get(account, arn)).await
}

async fn get(account: &Account, arn: &str) -> Result<Vec<String>, CloudError> {
    let get = || account.services.cloudtrail.get_insight_selectors().trail_name(arn).send();
    let selectors = match account.patience.call("cloudtrail:GetInsightSelectors", get).await {
        Err(error) if has_code(&error, NONE) || has_code(&error, GONE) => Vec::new(),
        answer => answer?.insight_selectors.unwrap_or_default(),
    };
    let types = selectors.iter().filter_map(InsightSelector::insight_type);
    Ok(types.map(ToString::to_string).collect())
}

/// The attribute of the answer; none where the read is denied or refused, which the review says.
pub(super) fn shape(answer: Result<Vec<String>, CloudError>) -> Result<Option<Value>, CloudError> {
    match answer {
        Ok(types) => Ok(Some(types.into_iter().map(|kind| json!({"insight_type": kind})).collect())),
        Err(error) if matches!(error.kind, CloudErrorKind::AccessDenied | CloudErrorKind::Refused) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Puts the planned ones in the place of all that there are.
pub(super) async fn put(account: &Account, name: &str, planned: &Attributes) -> Result<(), CloudError> {
    let selectors: Vec<InsightSelector> = blocks(planned, ATTRIBUTE)
        .filter_map(|block| text(block, "insight_type"))
        .map(|kind| InsightSelector::builder().insight_type(InsightType::from(kind)).build())
        .collect();
    let put = || {
        let put = account.services.cloudtrail.put_insight_selectors().trail_name(name);
        put.set_insight_selectors(Some(selectors.clone()))
    };
    account.patience.retry(TRAIL_NEW, || call("cloudtrail:PutInsightSelectors", put().send())).await.map(drop)
}
