//! Faults of credentials, place and organization.

use super::{Fault, fault};
use crate::facts::*;
use crate::sample::{World, denied, empty, refusal};

/// Everything is refused with one code, as it is without good credentials.
fn refused(world: &mut World, kind: RefusalKind, code: &str) {
    let refused = |operation: &str| {
        let mut refused = refusal(operation);
        refused.kind = kind;
        refused.code = Some(code.to_owned());
        refused
    };
    world.facts.identity = Read::Refused(refused("sts:GetCallerIdentity"));
    world.facts.key.metadata = Read::Refused(refused("kms:DescribeKey"));
    for facts in world.facts.roles.values_mut() {
        facts.record = Read::Refused(refused("iam:GetRole"));
    }
    world.facts.trail.trails = Read::Refused(refused("cloudtrail:DescribeTrails"));
    world.bucket().region = Read::Refused(refused("s3:ListBucket"));
    world.state_bucket().region = Read::Refused(refused("s3:ListBucket"));
    world.facts.instance_profile = Some(Read::Refused(refused("iam:GetInstanceProfile")));
    world.state().locks = Read::Refused(refused("s3:GetObject"));
}

const ALL: &[&str] = &["kms.", "ecr.", "trail.", "roles.", "state.", "settings."];

/// Nothing is there, as before the first apply or in another region.
fn nothing(world: &mut World) {
    let bucket = world.bucket().name.clone();
    let bare = empty(&bucket, "us-east-1");
    world.facts.key = bare.key;
    world.facts.trail = bare.trail;
    world.facts.trail.trails = Read::Found(Vec::new());
    for facts in world.facts.roles.values_mut() {
        facts.record = Read::Absent;
    }
    world.facts.instance_profile = Some(Read::Absent);
    world.bucket().region = Read::Absent;
}

const EVERYWHERE: &[&str] = &["everything"];

pub(super) fn faults() -> Vec<Fault> {
    vec![
        fault(
            "credentials that are no longer valid",
            EVERYWHERE,
            |world| refused(world, RefusalKind::Credentials, "ExpiredToken"),
            "settings.credentials",
        )
        .hiding(ALL),
        fault(
            "AWS cannot be reached",
            EVERYWHERE,
            |world| refused(world, RefusalKind::Unreachable, ""),
            "settings.credentials",
        )
        .hiding(ALL),
        fault(
            "a clock that is refused",
            EVERYWHERE,
            |world| refused(world, RefusalKind::Clock, "RequestExpired"),
            "settings.clock",
        )
        .hiding(ALL),
        fault(
            "a clock that is ten minutes ahead",
            &["clock"],
            |world| world.facts.connection.clock_ahead_seconds = Some(600),
            "settings.clock",
        ),
        fault(
            "a profile that needs MFA",
            EVERYWHERE,
            |world| {
                refused(world, RefusalKind::Credentials, "AccessDenied");
                world.facts.connection.mfa_serial = Some("arn:aws:iam::123456789012:mfa/me".to_owned());
            },
            "settings.mfa",
        )
        .hiding(ALL),
        fault(
            "a region that is not enabled",
            EVERYWHERE,
            |world| {
                world.settings.aws_region = "ap-east-1".parse().unwrap();
                refused(world, RefusalKind::Credentials, "InvalidClientTokenId");
            },
            "settings.region",
        )
        .hiding(ALL),
        fault(
            "another account",
            EVERYWHERE,
            |world| {
                nothing(world);
                let Read::Found(identity) = &mut world.facts.identity else { panic!() };
                identity.account_id = "111122223333".to_owned();
            },
            "settings.account",
        )
        .hiding(ALL),
        fault(
            "another region",
            EVERYWHERE,
            |world| {
                nothing(world);
                let Read::Found(record) = &mut world.state().record else { panic!() };
                record.region = Some("eu-west-1".to_owned());
            },
            "settings.region",
        )
        .hiding(ALL),
        fault("nothing was made yet", EVERYWHERE, nothing, "settings.unmade").hiding(ALL),
        fault(
            "the organization refuses",
            &["iam history"],
            |world| {
                let event = denied(
                    "iam:CreateRole",
                    "arn:aws:iam::123456789012:role/ci",
                    "with an explicit deny in a service control policy",
                );
                world.history("iam.amazonaws.com", vec![event]);
            },
            "settings.scp/iam-createrole",
        ),
    ]
}

#[test]
fn tokens_of_the_global_endpoint_are_a_warning_in_opt_in_regions_alone() {
    for (region, expected) in [("ap-east-1", vec!["settings.sts"]), ("us-east-1", vec![])] {
        let mut world =
            World::new(&serde_json::json!({"aws_region": region, "cloudtrail_bucket_suffix": "0123abcd"}));
        world.facts.connection.global_sts = true;
        assert_eq!(crate::sample::causes(&world.report()), expected);
    }
}

#[test]
fn a_later_success_clears_what_the_organization_refused() {
    let mut world = World::new(&crate::sample::everything());
    let event = denied(
        "iam:CreateRole",
        "arn:aws:iam::123456789012:role/ci",
        "with an explicit deny in a service control policy",
    );
    let mut later = event.clone();
    later.at += time::Duration::minutes(5);
    later.error_code = None;
    world.history("iam.amazonaws.com", vec![later, event]);
    assert_eq!(crate::sample::causes(&world.report()), Vec::<String>::new());
}
