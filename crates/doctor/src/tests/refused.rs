//! Reads that are refused: the rest is still judged, and the refusal is named.

use crate::Status;
use crate::facts::{Digests, Read};
use crate::sample::{World, each_read, everything, refusal};

type Refuse = fn(&mut World);

const READS: [(&str, Refuse); 27] = [
    ("kms:DescribeKey", |world| world.facts.key.metadata = Read::Refused(refusal("kms:DescribeKey"))),
    ("kms:GetKeyLastUsage", |world| {
        world.facts.key.last_use = Read::Refused(refusal("kms:GetKeyLastUsage"));
    }),
    ("kms:GetKeyPolicy", |world| world.facts.key.policy = Read::Refused(refusal("kms:GetKeyPolicy"))),
    ("kms:GetKeyRotationStatus", |world| {
        world.facts.key.rotation = Read::Refused(refusal("kms:GetKeyRotationStatus"))
    }),
    ("kms:ListAliases", |world| world.facts.key.aliases = Read::Refused(refusal("kms:ListAliases"))),
    ("kms:ListGrants", |world| world.facts.key.grants = Read::Refused(refusal("kms:ListGrants"))),
    ("iam:GetRole", |world| world.role("eks_node_group").record = Read::Refused(refusal("iam:GetRole"))),
    ("iam:ListAttachedRolePolicies", |world| {
        world.role("eks_node_group").attached = Read::Refused(refusal("iam:ListAttachedRolePolicies"))
    }),
    ("iam:ListRolePolicies", |world| {
        world.role("eks_fargate").inline = Read::Refused(refusal("iam:ListRolePolicies"))
    }),
    ("iam:GetRolePolicy", |world| {
        world
            .inline("eks_fargate")
            .insert("cross-account-ecr".to_owned(), Read::Refused(refusal("iam:GetRolePolicy")));
    }),
    ("iam:GetPolicyVersion", |world| {
        let arn = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly".to_owned();
        world.facts.documents.insert(arn, Read::Refused(refusal("iam:GetPolicyVersion")));
    }),
    ("iam:GetInstanceProfile", |world| {
        world.facts.instance_profile = Some(Read::Refused(refusal("iam:GetInstanceProfile")))
    }),
    ("cloudtrail:DescribeTrails", |world| {
        world.facts.trail.trails = Read::Refused(refusal("cloudtrail:DescribeTrails"))
    }),
    ("cloudtrail:GetTrailStatus", |world| {
        world.facts.trail.status = Read::Refused(refusal("cloudtrail:GetTrailStatus"))
    }),
    ("cloudtrail:GetEventSelectors", |world| {
        world.facts.trail.selectors = Read::Refused(refusal("cloudtrail:GetEventSelectors"))
    }),
    ("cloudtrail:LookupEvents", |world| {
        world
            .facts
            .history
            .insert("kms.amazonaws.com".to_owned(), Read::Refused(refusal("cloudtrail:LookupEvents")));
    }),
    ("s3:GetBucketPolicy", |world| world.bucket().policy = Read::Refused(refusal("s3:GetBucketPolicy"))),
    ("s3:GetBucketVersioning", |world| {
        world.bucket().versioning = Read::Refused(refusal("s3:GetBucketVersioning"))
    }),
    ("s3:GetEncryptionConfiguration", |world| {
        world.bucket().encryption = Read::Refused(refusal("s3:GetEncryptionConfiguration"))
    }),
    ("s3:GetLifecycleConfiguration", |world| {
        world.bucket().expirations = Read::Refused(refusal("s3:GetLifecycleConfiguration"))
    }),
    ("s3:GetBucketLogging", |world| world.bucket().logging = Read::Refused(refusal("s3:GetBucketLogging"))),
    ("events:ListRules", |world| {
        world.alerts().rules.insert("trail".to_owned(), Read::Refused(refusal("events:ListRules")));
    }),
    ("events:ListTargetsByRule", |world| {
        world.rule("key").targets = Read::Refused(refusal("events:ListTargetsByRule"));
    }),
    ("sns:GetTopicAttributes", |world| {
        world.alerts().topic = Read::Refused(refusal("sns:GetTopicAttributes"));
    }),
    ("sns:ListSubscriptionsByTopic", |world| {
        world.alerts().subscribers = Read::Refused(refusal("sns:ListSubscriptionsByTopic"));
    }),
    ("cloudwatch:DescribeAlarms", |world| {
        for alarm in world.alerts().alarms.values_mut() {
            *alarm = Read::Refused(refusal("cloudwatch:DescribeAlarms"));
        }
    }),
    ("s3:GetObject", |world| world.state().record = Read::Refused(refusal("s3:GetObject"))),
];

#[test]
fn each_refused_read_is_named_and_hides_no_other_fault() {
    for (operation, refuse) in READS {
        let mut world = World::new(&everything());
        world.trail().multi_region = false;
        world.state().digests = Some(Digests::Differ { table: "aa".to_owned(), state: "bb".to_owned() });
        refuse(&mut world);
        let report = world.report();
        let unknown: Vec<_> = report.checks.iter().filter(|check| check.status == Status::Unknown).collect();
        assert!(unknown.iter().any(|check| check.title.contains(operation)), "{operation}: {unknown:#?}");
        assert!(unknown.iter().all(|check| check.cause.contains("req-1")), "{operation}: {unknown:#?}");
        // One call is one cause; what the digest explains is none.
        assert!(report.causes(Status::Unknown).count() <= 1, "{operation}: {unknown:#?}");
        let failing: Vec<&str> = report.causes(Status::Fail).map(|check| check.id.as_str()).collect();
        assert_eq!(failing, ["state.digest"], "{operation}");
        let warned = report.causes(Status::Warn).any(|check| check.id == "trail.regions");
        assert!(warned || operation == "cloudtrail:DescribeTrails", "{operation}");
    }
}

#[test]
fn what_one_refused_call_leaves_undecided_hangs_on_one_cause() {
    let refusals: [(&str, usize, Refuse); 3] = [
        ("iam:GetRolePolicy", 3, |world| {
            for role in ["eks_fargate", "eks_node_group"] {
                for document in world.inline(role).values_mut() {
                    *document = Read::Refused(refusal("iam:GetRolePolicy"));
                }
            }
        }),
        ("iam:GetRole", 3, |world| {
            for role in world.facts.roles.values_mut() {
                role.record = Read::Refused(refusal("iam:GetRole"));
            }
        }),
        ("s3:GetBucketPolicy", 1, |world| {
            world.bucket().policy = Read::Refused(refusal("s3:GetBucketPolicy"));
            world.state_bucket().policy = Read::Refused(refusal("s3:GetBucketPolicy"));
        }),
    ];
    for (operation, least, refuse) in refusals {
        let mut world = World::new(&everything());
        refuse(&mut world);
        let report = world.report();
        let causes: Vec<_> = report.causes(Status::Unknown).collect();
        let [cause] = causes.as_slice() else { panic!("{operation}: {causes:#?}") };
        let symptoms: Vec<&str> = report.symptoms(cause).map(|symptom| symptom.id.as_str()).collect();
        assert!(symptoms.len() >= least, "{operation}: {symptoms:?}");
        assert!(cause.remedy.iter().any(|line| line.contains(operation)), "{cause:#?}");
    }
}

#[test]
fn a_failure_wins_over_what_is_undecided_and_that_over_a_warning() {
    let mut world = World::new(&everything());
    assert_eq!(world.report().verdict(), Status::Pass);
    world.trail().multi_region = false;
    assert_eq!(world.report().verdict(), Status::Warn);
    world.facts.key.grants = Read::Refused(refusal("kms:ListGrants"));
    assert_eq!(world.report().verdict(), Status::Unknown);
    world.key().state = "Disabled".to_owned();
    assert_eq!(world.report().verdict(), Status::Fail);
}

/// What no probe reads of buckets that are not ours, and what counts only where a policy leaves it open.
const UNREAD: [&str; 13] = [
    "target public access",
    "target versioning",
    "target ownership",
    "target expirations",
    "target logging",
    "target replication",
    "target acl",
    "state bucket ownership",
    "state bucket expirations",
    "state bucket lock",
    "state bucket logging",
    "state bucket replication",
    "state bucket acl",
];

/// The names of all reads of a world.
fn reads(world: &World) -> Vec<String> {
    let mut names = Vec::new();
    each_read(&mut world.clone().facts, &mut |name, _| names.push(name));
    names
}

#[test]
fn every_read_that_is_refused_is_named() {
    let whole = World::new(&everything());
    let names = reads(&whole);
    let mut silent = Vec::new();
    for wanted in &names {
        let mut world = whole.clone();
        each_read(&mut world.facts, &mut |name, read| {
            if name == *wanted {
                read.refuse(refusal(&format!("read:{name}")));
            }
        });
        let operation = format!("read:{wanted}");
        let report = world.report();
        let mut told = report.checks.iter().filter(|check| check.status != Status::Pass);
        if !told.any(|check| format!("{check:?}").contains(&operation)) && !UNREAD.contains(&wanted.as_str())
        {
            silent.push(wanted.as_str());
        }
    }
    assert_eq!(silent, Vec::<&str>::new(), "of {} reads", names.len());
}
