//! Every read of the facts, one by one. The patterns name every field, so that a read which is added has to be added here.

use crate::facts::*;

/// Something that was read, whatever its type.
pub(crate) trait Refusable {
    /// As if the read had been refused.
    fn refuse(&mut self, refusal: Refusal);
}

impl<T> Refusable for Read<T> {
    fn refuse(&mut self, refusal: Refusal) {
        *self = Self::Refused(refusal);
    }
}

type Visit<'a> = &'a mut dyn FnMut(String, &mut dyn Refusable);

/// Visits every read, with a name for it.
pub(crate) fn each(facts: &mut Facts, visit: Visit<'_>) {
    let Facts {
        read_at: _,
        identity,
        connection: _,
        key,
        roles,
        callers,
        documents,
        instance_profile,
        registry,
        trail,
        log_bucket,
        access_log_bucket,
        state,
        alerts,
        history,
    } = facts;
    visit("identity".to_owned(), identity);
    of_key(key, visit);
    for (name, role) in roles.iter_mut().chain(callers) {
        of_role(name, role, visit);
    }
    for (arn, document) in documents {
        visit(format!("document {arn}"), document);
    }
    instance_profile.iter_mut().for_each(|read| visit("instance profile".to_owned(), read));
    let RegistryFacts { probe, repository_policy, endpoint_policy: _ } = registry;
    probe.iter_mut().for_each(|read| visit("probe".to_owned(), read));
    repository_policy.iter_mut().for_each(|read| visit("repository policy".to_owned(), read));
    let TrailFacts { trails, status, selectors } = trail;
    visit("trails".to_owned(), trails);
    visit("trail status".to_owned(), status);
    visit("selectors".to_owned(), selectors);
    log_bucket.iter_mut().for_each(|bucket| of_bucket("log bucket", bucket, visit));
    access_log_bucket.iter_mut().for_each(|bucket| of_bucket("target", bucket, visit));
    state.iter_mut().for_each(|state| of_state(state, visit));
    alerts.iter_mut().for_each(|alerts| of_alerts(alerts, visit));
    for (source, events) in history {
        visit(format!("history {source}"), events);
    }
}

fn of_key(key: &mut KeyFacts, visit: Visit<'_>) {
    let KeyFacts { metadata, alias_target, aliases, policy, rotation, grants, last_use } = key;
    let reads: [(&str, &mut dyn Refusable); 7] = [
        ("metadata", metadata),
        ("alias target", alias_target),
        ("aliases", aliases),
        ("policy", policy),
        ("rotation", rotation),
        ("grants", grants),
        ("last use", last_use),
    ];
    reads.into_iter().for_each(|(name, read)| visit(format!("key {name}"), read));
}

fn of_role(name: &str, role: &mut RoleFacts, visit: Visit<'_>) {
    let RoleFacts { name: _, record, attached, inline, instance_profiles } = role;
    if let Read::Found(documents) = inline {
        documents
            .iter_mut()
            .for_each(|(policy, document)| visit(format!("{name} inline {policy}"), document));
    }
    visit(format!("{name} record"), record);
    visit(format!("{name} attached"), attached);
    visit(format!("{name} inline"), inline);
    instance_profiles.iter_mut().for_each(|read| visit(format!("{name} instance profiles"), read));
}

fn of_bucket(whose: &str, bucket: &mut BucketFacts, visit: Visit<'_>) {
    let BucketFacts {
        name: _,
        region,
        policy,
        public_access,
        versioning,
        encryption,
        ownership,
        expirations,
        lock,
        logging,
        replication,
        acl,
    } = bucket;
    let reads: [(&str, &mut dyn Refusable); 11] = [
        ("region", region),
        ("policy", policy),
        ("public access", public_access),
        ("versioning", versioning),
        ("encryption", encryption),
        ("ownership", ownership),
        ("expirations", expirations),
        ("lock", lock),
        ("logging", logging),
        ("replication", replication),
        ("acl", acl),
    ];
    reads.into_iter().for_each(|(name, read)| visit(format!("{whose} {name}"), read));
}

fn of_state(state: &mut StateFacts, visit: Visit<'_>) {
    let StateFacts { place: _, record, bucket, locks, digests: _, earlier_versions, others } = state;
    visit("state record".to_owned(), record);
    bucket.iter_mut().for_each(|bucket| of_bucket("state bucket", bucket, visit));
    visit("state locks".to_owned(), locks);
    earlier_versions.iter_mut().for_each(|read| visit("state earlier versions".to_owned(), read));
    others.iter_mut().for_each(|read| visit("state others".to_owned(), read));
}

fn of_alerts(alerts: &mut AlertFacts, visit: Visit<'_>) {
    let AlertFacts { rules, topic, subscribers, alarms } = alerts;
    for (name, rule) in rules {
        if let Read::Found(RuleFacts { enabled: _, pattern: _, targets }) = rule {
            visit(format!("rule {name} targets"), targets);
        }
        visit(format!("rule {name}"), rule);
    }
    if let Read::Found(TopicFacts { policy: _, key: _, other_key }) = topic {
        other_key.iter_mut().for_each(|read| visit("topic key".to_owned(), read));
    }
    visit("topic".to_owned(), topic);
    visit("subscribers".to_owned(), subscribers);
    alarms.iter_mut().for_each(|(name, alarm)| visit(format!("alarm {name}"), alarm));
}
