//! Who was denied a call on the key, or is asked about.

use serde_json::json;

use super::{Fault, fault};
use crate::Status;
use crate::facts::{Event, Grant, Read};
use crate::sample::{ACCOUNT, World, causes, denied, everything};

const CALLS: &[&str] = &["kms history", "callers"];
const NO_POLICY: &str = "because no identity-based policy allows the kms:Encrypt action";

/// A role of the account that is none of the foundation's.
fn app(world: &mut World, name: &str, inline: &[(&str, &str)]) -> String {
    let arn = format!("arn:aws:iam::{ACCOUNT}:role/{name}");
    let mut facts = world.facts.roles["eks_service"].clone();
    facts.name = name.to_owned();
    if let Read::Found(record) = &mut facts.record {
        record.arn.clone_from(&arn);
    }
    facts.attached = Read::Found(Vec::new());
    let inline = inline.iter().map(|(name, text)| ((*name).to_owned(), Read::Found((*text).to_owned())));
    facts.inline = Read::Found(inline.collect());
    world.facts.callers.insert(arn.clone(), facts);
    arn
}

pub(super) fn faults() -> Vec<Fault> {
    vec![
        fault(
            "an application without permission",
            &["kms history", "callers"],
            |world| {
                let arn = app(world, "app", &[]);
                let event = denied(
                    "kms:Encrypt",
                    &arn,
                    "because no identity-based policy allows the kms:Encrypt action",
                );
                world.history("kms.amazonaws.com", vec![event]);
            },
            "kms.denied/app",
        ),
        fault(
            "an application whose own policy denies",
            &["kms history", "callers"],
            |world| {
                let deny = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"},{"Effect":"Deny","Action":"kms:Encrypt","Resource":"*"}]}"#;
                let arn = app(world, "batch", &[("no-kms", deny)]);
                let event = denied("kms:Encrypt", &arn, "with an explicit deny in an identity-based policy");
                world.history("kms.amazonaws.com", vec![event.clone(), event]);
            },
            "kms.denied/batch",
        ),
        fault(
            "a principal that was asked about",
            &["asked", "callers"],
            |world| {
                let arn = app(world, "asked", &[]);
                world.asks.request = Some((arn, "kms:Encrypt".to_owned()));
            },
            "kms.use/asked",
        ),
        fault(
            "a user without permission",
            CALLS,
            |world| {
                app(world, "eve", &[]);
                let facts = world.facts.callers.remove(&format!("arn:aws:iam::{ACCOUNT}:role/eve")).unwrap();
                let arn = format!("arn:aws:iam::{ACCOUNT}:user/eve");
                let Read::Found(mut record) = facts.record.clone() else { panic!() };
                record.arn.clone_from(&arn);
                world
                    .facts
                    .callers
                    .insert(arn.clone(), crate::facts::RoleFacts { record: Read::Found(record), ..facts });
                world.history("kms.amazonaws.com", vec![denied("kms:Encrypt", &arn, NO_POLICY)]);
            },
            "kms.denied/eve",
        ),
        fault(
            "a session whose own policy is narrower",
            CALLS,
            |world| {
                let arn = app(world, "narrow", &[("all", ALL_OF_KMS)]);
                let why = "because no session policy allows the kms:Encrypt action";
                world.history("kms.amazonaws.com", vec![denied("kms:Encrypt", &arn, why)]);
            },
            "kms.denied/narrow",
        ),
        fault(
            "an endpoint that lets no keys through",
            CALLS,
            |world| {
                let arn = app(world, "remote", &[("all", ALL_OF_KMS)]);
                let why = "because no VPC endpoint policy allows the kms:Encrypt action";
                world.history("kms.amazonaws.com", vec![denied("kms:Encrypt", &arn, why)]);
            },
            "kms.denied/remote",
        ),
        fault(
            "an application that is denied by way of a service alone",
            CALLS,
            |world| {
                let guard = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"},
                    {"Effect":"Deny","Action":"kms:*","Resource":"*","Condition":{"StringLike":{"kms:ViaService":"secretsmanager.*"}}}]}"#;
                let arn = app(world, "secrets", &[("guard", guard)]);
                let why = "with an explicit deny in an identity-based policy";
                let by_way =
                    vec![("kms:ViaService".to_owned(), "secretsmanager.us-east-1.amazonaws.com".to_owned())];
                let event = Event { context: by_way, ..denied("kms:Encrypt", &arn, why) };
                world.history("kms.amazonaws.com", vec![event]);
            },
            "kms.denied/secrets",
        ),
        fault(
            "more callers than are looked at",
            CALLS,
            |world| {
                let arn = format!("arn:aws:iam::{ACCOUNT}:role/fourth");
                world.history("kms.amazonaws.com", vec![denied("kms:Encrypt", &arn, NO_POLICY)]);
            },
            "kms.denied/others",
        ),
    ]
}

const ALL_OF_KMS: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}"#;

#[test]
fn a_denial_that_is_history_is_counted_and_no_failure() {
    let mut world = World::new(&crate::sample::everything());
    let allow =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*"}]}"#;
    let arn = app(&mut world, "app", &[("kms", allow)]);
    let event = denied("kms:Decrypt", &arn, "because no identity-based policy allows the kms:Decrypt action");
    world.history("kms.amazonaws.com", vec![event]);
    let report = world.report();
    assert_eq!(crate::sample::causes(&report), Vec::<String>::new());
    let check = report.checks.iter().find(|check| check.id == "kms.denied").unwrap();
    assert_eq!(check.evidence[1], "1 denied calls that would be allowed now");
}

/// What is counted of an event, and that nothing is told of it.
fn assert_past(world: &World, reason: &str) {
    let report = world.report();
    assert_eq!(causes(&report), Vec::<String>::new());
    let check = report.checks.iter().find(|check| check.id == "kms.denied").unwrap();
    assert!(check.evidence[1].contains(reason), "{check:#?}");
}

#[test]
fn what_others_were_denied_and_who_is_gone_is_history() {
    let stranger = "arn:aws:iam::999988887777:role/app";
    let mut world = World::new(&everything());
    world.history("kms.amazonaws.com", vec![denied("kms:Encrypt", stranger, NO_POLICY)]);
    assert_past(&world, "of other accounts");
    let arn = app(&mut world, "gone", &[]);
    world.facts.callers.get_mut(&arn).unwrap().record = Read::Absent;
    world.history("kms.amazonaws.com", vec![denied("kms:Encrypt", &arn, NO_POLICY)]);
    assert_past(&world, "who are gone");
    let arn = app(&mut world, "narrow", &[("all", ALL_OF_KMS)]);
    let denial = denied("kms:Encrypt", &arn, "because no session policy allows the kms:Encrypt action");
    let later = Event { at: denial.at + time::Duration::minutes(1), error_code: None, ..denial.clone() };
    world.history("kms.amazonaws.com", vec![later, denial]);
    assert_past(&world, "would be allowed now");
}

#[test]
fn a_grant_lets_whoever_was_denied_before_it_was_made() {
    let mut world = World::new(&everything());
    let arn = app(&mut world, "granted", &[]);
    world.history("kms.amazonaws.com", vec![denied("kms:Encrypt", &arn, NO_POLICY)]);
    assert_eq!(causes(&world.report()), ["kms.denied/granted"]);
    let grant = Grant {
        id: "g-1".to_owned(),
        name: None,
        grantee: arn,
        issuer: None,
        operations: vec!["Encrypt".to_owned()],
        context: Vec::new(),
        is_exact: false,
        created: None,
    };
    world.facts.key.grants = Read::Found(vec![grant.clone()]);
    assert_past(&world, "would be allowed now");
    let of_others = Grant { context: vec![("app".to_owned(), "other".to_owned())], ..grant };
    world.facts.key.grants = Read::Found(vec![of_others]);
    assert_eq!(causes(&world.report()), ["kms.denied/granted"]);
}

#[test]
fn a_record_tells_the_context_of_its_call() {
    let record = |region: &str| {
        json!({
            "eventTime": "2026-11-28T11:30:00Z", "eventSource": "kms.amazonaws.com", "eventName": "Decrypt", "awsRegion": region,
            "sourceIPAddress": "203.0.113.7", "vpcEndpointId": "vpce-1",
            "userIdentity": {"arn": "arn:aws:iam::123456789012:user/eve", "invokedBy": "secretsmanager.amazonaws.com"},
            "requestParameters": {"encryptionContext": {"SecretARN": "x"}},
        })
    };
    for (region, via) in [
        ("eu-west-1", "secretsmanager.eu-west-1.amazonaws.com"),
        ("us-gov-west-1", "secretsmanager.us-gov-west-1.amazonaws.com"),
        ("cn-north-1", "secretsmanager.cn-north-1.amazonaws.com.cn"),
        ("eusc-de-east-1", "secretsmanager.eusc-de-east-1.amazonaws.eu"),
    ] {
        let context = Event::of_record(&record(region)).unwrap().context;
        let value = |key: &str| context.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
        for (key, expected) in [
            ("aws:SourceIp", "203.0.113.7"),
            ("aws:SourceVpce", "vpce-1"),
            ("kms:ViaService", via),
            ("aws:ViaAWSService", "true"),
            ("kms:EncryptionContext:SecretARN", "x"),
        ] {
            assert_eq!(value(key), Some(expected), "{key}");
        }
    }
}

#[test]
fn only_so_many_callers_are_told_apart_by_name() {
    let mut world = World::new(&everything());
    let arn = format!("arn:aws:iam::{ACCOUNT}:role/fourth");
    world.history("kms.amazonaws.com", vec![denied("kms:Encrypt", &arn, NO_POLICY)]);
    let report = world.report();
    let check = report.checks.iter().find(|check| check.id == "kms.denied/others").unwrap();
    assert_eq!(check.status, Status::Warn);
    assert_eq!(check.remedy[1], format!("underpin doctor kms -principal={arn} -action=kms:Encrypt"));
}
