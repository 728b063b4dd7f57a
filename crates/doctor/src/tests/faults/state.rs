//! Faults of the state, its bucket and its lock.

use serde_json::json;

use super::{Fault, fault};
use crate::facts::*;
use crate::sample::{KEY, World, refusal};

fn lock(world: &mut World, silence_seconds: u64, over: bool) {
    world.state().locks = Read::Found(vec![Lock {
        place: "s3://artos-terraform-state/x.tflock".to_owned(),
        id: Some("875b93c4".to_owned()),
        who: Some("ci@runner-7".to_owned()),
        operation: Some("OperationTypeApply".to_owned()),
        created: None,
        silence_seconds: Some(silence_seconds),
        alive: false,
        over,
    }]);
}

/// The lock table is asked before the state is read.
fn without_table(world: &mut World, code: &str) {
    let asked =
        Refusal { kind: RefusalKind::Other, code: Some(code.to_owned()), ..refusal("dynamodb:GetItem") };
    world.state().record = Read::Refused(asked.clone());
    world.state().locks = Read::Refused(asked);
}

pub(super) fn faults() -> Vec<Fault> {
    const BUCKET: &[&str] = &["state.versioning", "state.encryption", "state.private", "state.tls"];
    vec![
        fault(
            "no state bucket",
            &["state bucket"],
            |world| world.state_bucket().region = Read::Absent,
            "state.region",
        )
        .hiding(BUCKET),
        fault(
            "a state bucket in another region",
            &["state bucket"],
            |world| world.state_bucket().region = Read::Found("eu-west-1".to_owned()),
            "state.region",
        ),
        fault(
            "a state bucket without versions",
            &["state versioning"],
            |world| world.state_bucket().versioning = Read::Absent,
            "state.versioning",
        ),
        fault(
            "a state bucket without encryption",
            &["state encryption"],
            |world| world.state_bucket().encryption = Read::Absent,
            "state.encryption",
        ),
        fault(
            "a state bucket that could be public",
            &["state public"],
            |world| world.state_bucket().public_access = Read::Absent,
            "state.private",
        ),
        fault(
            "a state that everyone reads",
            &["state public", "state policy"],
            |world| {
                world.state_bucket().public_access = Read::Absent;
                World::statements(&mut world.state_bucket().policy, |statements| {
                    statements.push(json!({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::artos-terraform-state/*"}));
                });
            },
            "state.private",
        ),
        fault(
            "a state that is read without TLS",
            &["state policy"],
            |world| world.state_bucket().policy = Read::Absent,
            "state.tls",
        ),
        fault(
            "no lock, as in the document's sample",
            &["state lock"],
            |world| {
                let Place::S3 { lockfile, table, .. } = &mut world.state().place else { panic!() };
                (*lockfile, *table) = (false, None);
            },
            "state.lock",
        ),
        fault(
            "no lock table",
            &["state lock", "state digest", "state locked"],
            |world| without_table(world, "ResourceNotFoundException"),
            "state.lock",
        )
        .hiding(&["state.record", "state.locked", "state.digest"]),
        fault(
            "a lock table with another key",
            &["state lock", "state digest", "state locked"],
            |world| without_table(world, "ValidationException"),
            "state.lock",
        )
        .hiding(&["state.record", "state.locked", "state.digest"]),
        fault(
            "a digest of another state",
            &["state digest"],
            |world| {
                world.state().digests =
                    Some(Digests::Differ { table: "aa".to_owned(), state: "bb".to_owned() });
                let mut refused = refusal("reading the state");
                refused.kind = RefusalKind::Other;
                world.state().record = Read::Refused(refused);
            },
            "state.digest",
        ),
        fault(
            "another state of the same key",
            &["state others"],
            |world| {
                world.state().others = Some(Read::Found(vec![RecordedState {
                    place: "s3://artos-terraform-state/global/production/us-east-1/global.tfstate".to_owned(),
                    key_id: KEY.to_owned(),
                }]));
            },
            "state.others",
        ),
        fault("a lock of yesterday", &["state locked"], |world| lock(world, 90_000, false), "state.locked"),
        fault("a lock of a minute ago", &["state locked"], |world| lock(world, 60, false), "state.locked"),
        fault(
            "a lock that the next run takes over",
            &["state locked"],
            |world| lock(world, 600, true),
            "state.locked",
        ),
    ]
}

#[test]
fn a_lock_that_nobody_can_read_is_looked_at_first_and_removed_when_it_is_old() {
    for (silence, command) in [
        (60, "aws s3 cp s3://artos-terraform-state/x.tflock -"),
        (90_000, "aws s3 rm s3://artos-terraform-state/x.tflock"),
    ] {
        let mut world = World::new(&crate::sample::everything());
        lock(&mut world, silence, false);
        let Read::Found(locks) = &mut world.state().locks else { panic!() };
        (locks[0].id, locks[0].who) = (None, None);
        let report = world.report();
        let check = report.checks.iter().find(|check| check.id == "state.locked").unwrap();
        assert_eq!(check.remedy.last().unwrap(), command);
    }
}

#[test]
fn only_a_lock_of_yesterday_is_to_be_removed_by_force() {
    for (silence, over, forced) in [(90_000, false, true), (86_000, false, false), (90_000, true, false)] {
        let mut world = World::new(&crate::sample::everything());
        lock(&mut world, silence, over);
        let report = world.report();
        let check = report.checks.iter().find(|check| check.id == "state.locked").unwrap();
        let commands = check.remedy.join("\n");
        assert_eq!(commands.contains("underpin force-unlock -force 875b93c4"), forced, "{commands}");
    }
}
