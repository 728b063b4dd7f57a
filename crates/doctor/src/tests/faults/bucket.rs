//! Faults of the log bucket, and of where its access logs go.

use serde_json::json;

use super::{Fault, fault};
use crate::facts::*;
use crate::sample::World;

const POLICY: &[&str] = &["bucket policy"];

pub(super) fn faults() -> Vec<Fault> {
    let mut all = of_the_bucket();
    all.extend(of_its_keeping());
    all.extend(of_access_logs());
    all
}

pub(super) const BUCKET: &[&str] = &[
    "trail.bucket-policy",
    "trail.encryption",
    "trail.public-access",
    "trail.ownership",
    "trail.acl",
    "trail.versioning",
    "trail.lifecycle",
    "trail.lock",
    "trail.replication",
    "trail.access-logs",
];

fn of_the_bucket() -> Vec<Fault> {
    vec![
        fault("no log bucket", &["bucket"], |world| world.bucket().region = Read::Absent, "trail.bucket")
            .hiding(BUCKET),
        fault(
            "a log bucket in another region",
            &["bucket"],
            |world| world.bucket().region = Read::Found("eu-west-1".to_owned()),
            "trail.bucket",
        ),
        fault(
            "no bucket policy",
            POLICY,
            |world| world.bucket().policy = Read::Absent,
            "trail.bucket-policy",
        ),
        fault(
            "a bucket policy for another trail",
            POLICY,
            |world| {
                World::statements(&mut world.bucket().policy, |statements| {
                    statements[1]["Condition"]["StringEquals"]["aws:SourceArn"] =
                        json!("arn:aws:cloudtrail:us-east-1:123456789012:trail/old");
                })
            },
            "trail.bucket-policy",
        ),
        fault(
            "a bucket policy that denies writing",
            POLICY,
            |world| {
                World::statements(&mut world.bucket().policy, |statements| {
                    statements.push(json!({"Sid": "NoWrites", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
                "Resource": "arn:aws:s3:::genai-artos-production-cloudtrail-logs-0123abcd/*"}));
                })
            },
            "trail.bucket-policy",
        ),
        fault(
            "no denial without TLS",
            POLICY,
            |world| {
                World::statements(&mut world.bucket().policy, |statements| {
                    statements.pop();
                })
            },
            "trail.bucket-policy",
        ),
        fault(
            "a bucket policy that lets everyone read",
            POLICY,
            |world| {
                World::statements(&mut world.bucket().policy, |statements| {
                    statements.push(
                        json!({"Sid": "Open", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
                "Resource": "arn:aws:s3:::genai-artos-production-cloudtrail-logs-0123abcd/*"}),
                    );
                })
            },
            "trail.bucket-policy",
        ),
        fault(
            "a bucket policy that is not understood",
            POLICY,
            |world| world.bucket().policy = Read::Found("x".to_owned()),
            "trail.bucket-policy",
        ),
        fault(
            "SSE-S3",
            &["bucket encryption"],
            |world| {
                world.bucket().encryption =
                    Read::Found(Encryption { algorithm: "AES256".to_owned(), key: None });
            },
            "trail.encryption",
        ),
        fault(
            "the bucket's own key",
            &["bucket encryption"],
            |world| {
                world.bucket().encryption = Read::Found(Encryption {
                    algorithm: "aws:kms".to_owned(),
                    key: Some("arn:aws:kms:us-east-1:123456789012:key/x".to_owned()),
                });
            },
            "trail.encryption",
        ),
        fault(
            "no public access block",
            &["bucket public"],
            |world| world.bucket().public_access = Read::Absent,
            "trail.public-access",
        ),
        fault(
            "half a public access block",
            &["bucket public"],
            |world| {
                world.bucket().public_access =
                    Read::Found(PublicAccess { restrict: false, ..PublicAccess::ALL });
            },
            "trail.public-access",
        ),
        fault(
            "ACLs count",
            &["bucket ownership"],
            |world| world.bucket().ownership = Read::Found("ObjectWriter".to_owned()),
            "trail.ownership",
        ),
        fault(
            "a public ACL",
            &["bucket acl"],
            |world| {
                world.bucket().acl =
                    Read::Found(vec!["http://acs.amazonaws.com/groups/global/AllUsers".to_owned()]);
            },
            "trail.acl",
        ),
    ]
}

fn of_its_keeping() -> Vec<Fault> {
    vec![
        fault(
            "versioning suspended",
            &["bucket versioning"],
            |world| world.bucket().versioning = Read::Found("Suspended".to_owned()),
            "trail.versioning",
        ),
        fault(
            "a rule that deletes after a day",
            &["bucket lifecycle"],
            |world| {
                let Read::Found(rules) = &mut world.bucket().expirations else { panic!() };
                rules.push(Expiration {
                    id: "cleanup".to_owned(),
                    enabled: true,
                    prefix: String::new(),
                    days: Some(1),
                    date: None,
                    noncurrent_days: None,
                });
            },
            "trail.lifecycle",
        ),
        fault(
            "no rule",
            &["bucket lifecycle"],
            |world| world.bucket().expirations = Read::Absent,
            "trail.lifecycle",
        ),
        fault("no Object Lock", &["bucket lock"], |world| world.bucket().lock = Read::Absent, "trail.lock"),
        fault(
            "another Object Lock",
            &["bucket lock"],
            |world| {
                world.bucket().lock =
                    Read::Found(ObjectLockDefault { mode: Some("COMPLIANCE".to_owned()), days: 3650 });
            },
            "trail.lock",
        ),
        fault(
            "copied elsewhere",
            &["bucket replication"],
            |world| {
                world.bucket().replication =
                    Read::Found(vec![Replication { id: "copy".to_owned(), bucket: "stranger".to_owned() }]);
            },
            "trail.replication",
        ),
    ]
}

fn of_access_logs() -> Vec<Fault> {
    const AT: &[&str] = &["access logs"];
    const HIDES: &[&str] = &[];
    vec![
        fault("no access logs", AT, |world| world.bucket().logging = Read::Absent, "trail.access-logs")
            .hiding(HIDES),
        fault(
            "access logs to a stranger",
            AT,
            |world| {
                world.bucket().logging =
                    Read::Found(LoggingTarget { bucket: "stranger".to_owned(), prefix: String::new() });
            },
            "trail.access-logs",
        ),
        fault("no target", AT, |world| world.target().region = Read::Absent, "trail.access-logs"),
        fault(
            "a target in another region",
            AT,
            |world| world.target().region = Read::Found("eu-west-1".to_owned()),
            "trail.access-logs",
        ),
        fault(
            "a target with SSE-KMS",
            AT,
            |world| {
                world.target().encryption =
                    Read::Found(Encryption { algorithm: "aws:kms".to_owned(), key: None });
            },
            "trail.access-logs",
        ),
        fault(
            "a target with a default retention",
            AT,
            |world| {
                world.target().lock =
                    Read::Found(ObjectLockDefault { mode: Some("GOVERNANCE".to_owned()), days: 1 });
            },
            "trail.access-logs",
        ),
        fault(
            "a target that does not let S3 write",
            AT,
            |world| world.target().policy = Read::Absent,
            "trail.access-logs",
        ),
    ]
}

#[test]
fn a_rule_counts_where_the_logs_are_and_ends_them_by_days_by_a_date_or_by_versions() {
    let rule = Expiration {
        id: "cleanup".to_owned(),
        enabled: true,
        prefix: String::new(),
        days: None,
        date: None,
        noncurrent_days: None,
    };
    let date = Some(time::macros::datetime!(2027-01-01 00:00 UTC));
    for (rule, title) in [
        (Expiration { days: Some(1), ..rule.clone() }, Some("Audit logs are deleted after 1 day")),
        (Expiration { date, ..rule.clone() }, Some("Audit logs are deleted on 2027-01-01T00:00:00Z")),
        (
            Expiration { noncurrent_days: Some(1), ..rule.clone() },
            Some("Audit logs that somebody deletes can be brought back for 1 day alone"),
        ),
        (
            Expiration { days: Some(1), prefix: "AWSLogs/123456789012/".to_owned(), ..rule.clone() },
            Some("Audit logs are deleted after 1 day"),
        ),
        (Expiration { days: Some(1), prefix: "tmp/".to_owned(), ..rule.clone() }, None),
        (Expiration { days: Some(1), enabled: false, ..rule.clone() }, None),
        (rule, None),
    ] {
        let mut world = World::new(&json!({"cloudtrail_bucket_suffix": "0123abcd"}));
        world.bucket().expirations = Read::Found(vec![rule.clone()]);
        let report = world.report();
        let check = report.checks.iter().find(|check| check.id == "trail.lifecycle").unwrap();
        let told = (check.status != crate::Status::Pass).then_some(check.title.as_str());
        assert_eq!(told, title, "{rule:?}");
    }
}

#[test]
fn every_rule_that_ends_logs_is_named_and_the_others_stay() {
    let rule = |id: &str| Expiration {
        id: id.to_owned(),
        enabled: true,
        prefix: String::new(),
        days: None,
        date: None,
        noncurrent_days: None,
    };
    let mut world = World::new(&json!({"cloudtrail_bucket_suffix": "0123abcd"}));
    world.bucket().expirations = Read::Found(vec![
        Expiration { noncurrent_days: Some(3), ..rule("versions") },
        rule("uploads"),
        Expiration { days: Some(2), ..rule("cleanup") },
    ]);
    let report = world.report();
    let check = report.checks.iter().find(|check| check.id == "trail.lifecycle").unwrap();
    assert_eq!(check.title, "Audit logs are deleted after 2 days");
    assert!(check.cause.contains("`cleanup`"), "{check:#?}");
    assert!(check.evidence[0].contains("`versions`"), "{check:#?}");
    assert_eq!(
        check.remedy,
        ["underpin apply"],
        "a command that replaces all rules would take `uploads` away"
    );
}
