//! What an alert says, in sentences (EventBridge user guide, "Input transformation": every line in quotes).

use serde_json::json;

use crate::kinds::events::target::Message;

/// The words for `what` of a deployment. A part that an event lacks is left empty by EventBridge.
pub(super) fn message(deployment: &str, what: &str) -> Message {
    let lines = [
        format!("{what} was touched in account <account>, deployment {deployment}: <action>."),
        "Who: <who> (<type>), from <address>, with <agent>. A user agent with app/underpin is a run of underpin.".to_owned(),
        "When: <time>, in <region>. The error, if AWS refused it: <error>".to_owned(),
        "See what differs now: underpin plan".to_owned(),
        "See the whole event: aws cloudtrail lookup-events --region <region> --lookup-attributes AttributeKey=EventId,AttributeValue=<id>"
            .to_owned(),
    ];
    Message {
        paths: json!({
            "account": "$.account",
            "action": "$.detail.eventName",
            "address": "$.detail.sourceIPAddress",
            "agent": "$.detail.userAgent",
            "error": "$.detail.errorCode",
            "id": "$.detail.eventID",
            "region": "$.detail.awsRegion",
            "time": "$.detail.eventTime",
            "type": "$.detail.userIdentity.type",
            "who": "$.detail.userIdentity.arn",
        }),
        template: lines.map(|line| format!("\"{line}\"")).join("\n"),
    }
}
