//! The latest events: of the key, and those that changed something. Two pages at most of a source, three calls in all.

use std::collections::BTreeMap;

use aws_sdk_cloudtrail::config::Builder;
use aws_sdk_cloudtrail::config::retry::RetryConfig;
use aws_sdk_cloudtrail::types::{LookupAttribute, LookupAttributeKey};
use doctor::facts::{Event, History, Read, Refusal};

use super::{moment, refusal};
use crate::account::Account;
use crate::error::cloud_error;

const OPERATION: &str = "cloudtrail:LookupEvents";

/// What is looked up: the name it gets, the attribute and its value, and how many pages.
const LOOKUPS: [(&str, LookupAttributeKey, &str, usize); 2] = [
    ("kms.amazonaws.com", LookupAttributeKey::EventSource, "kms.amazonaws.com", 2),
    ("changes", LookupAttributeKey::ReadOnly, "false", 1),
];

pub(super) async fn lookup(account: &Account) -> BTreeMap<String, Read<History>> {
    let lookups = LOOKUPS.map(async |(name, key, value, pages)| {
        let history = match events(account, key, value, pages).await {
            Ok(history) => Read::Found(history),
            Err(refusal) => Read::Refused(refusal),
        };
        (name.to_owned(), history)
    });
    futures::future::join_all(lookups).await.into_iter().collect()
}

async fn events(
    account: &Account,
    key: LookupAttributeKey,
    value: &str,
    pages: usize,
) -> Result<History, Refusal> {
    let attribute = LookupAttribute::builder().attribute_key(key).attribute_value(value).build();
    let attribute =
        attribute.map_err(|error| refusal(&crate::error::malformed(OPERATION, error.to_string())))?;
    let once = Builder::new().retry_config(RetryConfig::standard().with_max_attempts(2));
    let (mut events, mut token, mut more) = (Vec::new(), None, false);
    for _ in 0..pages {
        let sending = account
            .services
            .cloudtrail
            .lookup_events()
            .lookup_attributes(attribute.clone())
            .max_results(50)
            .set_next_token(token.take())
            .customize()
            .config_override(once.clone())
            .send();
        let answer = sending.await.map_err(|error| refusal(&cloud_error(OPERATION, error)))?;
        events.extend(answer.events().iter().filter_map(event));
        token = answer.next_token;
        more = token.is_some();
        if !more {
            break;
        }
    }
    let reaches_back_to = more.then(|| events.last().map(|event| event.at)).flatten();
    Ok(History { events, reaches_back_to, source: OPERATION.to_owned() })
}

fn event(event: &aws_sdk_cloudtrail::types::Event) -> Option<Event> {
    let mut read = Event::parse(event.cloud_trail_event()?)?;
    read.at = moment(event.event_time()).unwrap_or(read.at);
    Some(read)
}
