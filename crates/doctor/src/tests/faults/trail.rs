//! Faults of the trail, its bucket, and where the access logs go.

use serde_json::json;
use time::macros::datetime;

use super::{Fault, fault};
use crate::facts::*;
use crate::sample::World;

const POLICY: &[&str] = &["bucket policy"];

pub(super) fn faults() -> Vec<Fault> {
    let mut all = of_the_trail();
    all.extend(of_its_recording());
    all.extend(of_its_selectors());
    all.extend(of_the_bucket());
    all.extend(of_its_keeping());
    all.extend(of_access_logs());
    all.extend(of_others());
    all
}

const TRAIL: &[&str] = &[
    "trail.regions",
    "trail.global",
    "trail.validation",
    "trail.key",
    "trail.target",
    "trail.logging",
    "trail.delivery",
    "trail.digest",
    "trail.notification",
    "trail.logs",
    "trail.selectors",
    "settings.unmade",
    "trail.quota",
    "trail.others",
];

fn of_the_trail() -> Vec<Fault> {
    vec![
        fault("no trail", &["trail"], |world| world.trails().clear(), "trail.present").hiding(TRAIL),
        fault(
            "a trail of that name at home elsewhere",
            &["trail", "trails"],
            |world| {
                world.trail().home_region = "eu-west-1".to_owned();
            },
            "trail.present",
        )
        .hiding(TRAIL),
        fault(
            "a trail of that name of the organization",
            &["trail", "trails"],
            |world| {
                world.trail().organization = true;
            },
            "trail.present",
        )
        .hiding(TRAIL),
        fault("one region", &["trail regions"], |world| world.trail().multi_region = false, "trail.regions"),
        fault(
            "no global services",
            &["trail global"],
            |world| world.trail().global_events = false,
            "trail.global",
        ),
        fault("no digests", &["validation"], |world| world.trail().validation = false, "trail.validation")
            .hiding(&["trail.digest"]),
        fault(
            "another key",
            &["trail key"],
            |world| world.trail().kms_key = Some("arn:aws:kms:us-east-1:123456789012:key/other".to_owned()),
            "trail.key",
        ),
        fault("no key", &["trail key"], |world| world.trail().kms_key = None, "trail.key"),
        fault(
            "another bucket",
            &["trail target"],
            |world| world.trail().bucket = "elsewhere".to_owned(),
            "trail.target",
        ),
    ]
}

fn of_its_recording() -> Vec<Fault> {
    vec![
        fault(
            "stopped",
            &["logging", "delivery", "digest"],
            |world| {
                world.status().logging = false;
                world.status().stopped = Some(datetime!(2026-11-28 09:00 UTC));
            },
            "trail.logging",
        ),
        fault(
            "undelivered for a reason that AWS does not say",
            &["delivery"],
            |world| {
                world.status().delivery_error = Some("InternalError".to_owned());
            },
            "trail.delivery",
        )
        .hiding(&[
            "trail.bucket",
            "trail.target",
            "trail.bucket-policy",
            "kms.key",
            "kms.state",
            "kms.policy/",
            "trail.lock",
            "trail.key",
            "trail.digest",
        ]),
        fault(
            "undelivered because the key is disabled",
            &["delivery", "key state"],
            |world| {
                world.key().state = "Disabled".to_owned();
                world.status().delivery_error = Some("KMS.DisabledException".to_owned());
            },
            "kms.state",
        )
        .hiding(&["kms.use/", "kms.denied/"]),
        fault(
            "undelivered because the bucket is gone",
            &["delivery", "bucket"],
            |world| {
                world.bucket().region = Read::Absent;
                world.status().delivery_error = Some("NoSuchBucket".to_owned());
            },
            "trail.bucket",
        )
        .hiding(BUCKET),
        fault(
            "undelivered because the bucket's policy is gone",
            &["delivery", "bucket policy", "bucket"],
            |world| {
                world.bucket().policy = Read::Absent;
                world.status().delivery_error = Some("AccessDenied".to_owned());
            },
            "trail.bucket-policy",
        ),
        fault(
            "silent for two days",
            &["delivery"],
            |world| {
                world.status().delivered = Some(datetime!(2026-11-26 00:00 UTC));
            },
            "trail.delivery",
        ),
        fault(
            "no digest any more",
            &["digest", "validation"],
            |world| {
                world.status().digest_delivered = Some(datetime!(2026-11-27 00:00 UTC));
            },
            "trail.digest",
        ),
        fault(
            "digests cannot be written",
            &["digest", "validation", "delivery"],
            |world| {
                world.status().digest_error = Some("InternalError".to_owned());
            },
            "trail.digest",
        )
        .hiding(&[
            "trail.bucket",
            "trail.target",
            "trail.bucket-policy",
            "kms.key",
            "kms.state",
            "kms.policy/",
            "trail.lock",
            "trail.key",
        ]),
        fault(
            "notifications fail",
            &["notification"],
            |world| {
                world.status().notification_error = Some("AuthorizationError".to_owned());
            },
            "trail.notification",
        )
        .hiding(&["kms.state", "kms.key", "kms.policy/"]),
        fault(
            "CloudWatch Logs gets nothing",
            &["logs"],
            |world| {
                world.status().logs_error = Some("AccessDenied".to_owned());
            },
            "trail.logs",
        )
        .hiding(&["kms.state", "kms.key", "kms.policy/"]),
    ]
}

fn basic(world: &mut World) -> &mut BasicSelector {
    let Read::Found(Selectors::Basic(selectors)) = &mut world.facts.trail.selectors else { panic!() };
    selectors.first_mut().unwrap()
}

fn advanced(fields: &[(&str, &str, bool)]) -> AdvancedSelector {
    let field = |(field, value, narrowed): &(&str, &str, bool)| AdvancedField {
        field: (*field).to_owned(),
        equals: vec![(*value).to_owned()],
        narrowed: *narrowed,
    };
    AdvancedSelector { name: None, fields: fields.iter().map(field).collect() }
}

fn of_its_selectors() -> Vec<Fault> {
    const AT: &[&str] = &["selectors"];
    vec![
        fault("no management events", AT, |world| basic(world).management = false, "trail.selectors"),
        fault(
            "writes alone",
            AT,
            |world| basic(world).read_write = "WriteOnly".to_owned(),
            "trail.selectors",
        ),
        fault(
            "without KMS",
            AT,
            |world| basic(world).excluded.push("kms.amazonaws.com".to_owned()),
            "trail.selectors",
        ),
        fault("no objects", AT, |world| basic(world).data.clear(), "trail.selectors"),
        fault(
            "advanced without management",
            AT,
            |world| {
                let data = advanced(&[
                    ("eventCategory", "Data", false),
                    ("resources.type", "AWS::S3::Object", false),
                ]);
                world.facts.trail.selectors = Read::Found(Selectors::Advanced(vec![data]));
            },
            "trail.selectors",
        ),
        fault(
            "advanced management of writes alone",
            AT,
            |world| {
                let management =
                    advanced(&[("eventCategory", "Management", false), ("readOnly", "false", false)]);
                let data = advanced(&[
                    ("eventCategory", "Data", false),
                    ("resources.type", "AWS::S3::Object", false),
                ]);
                world.facts.trail.selectors = Read::Found(Selectors::Advanced(vec![management, data]));
            },
            "trail.selectors",
        ),
    ]
}

const BUCKET: &[&str] = &[
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

fn another(world: &mut World, name: &str) {
    let mut other = world.trail().clone();
    other.name = name.to_owned();
    other.arn = format!("arn:aws:cloudtrail:us-east-1:123456789012:trail/{name}");
    world.trails().push(other);
}

fn of_others() -> Vec<Fault> {
    vec![
        fault("a second trail", &["trails"], |world| another(world, "old"), "trail.others"),
        fault(
            "five trails",
            &["trails"],
            |world| ["a", "b", "c", "d"].iter().for_each(|name| another(world, name)),
            "trail.others",
        ),
    ]
}
