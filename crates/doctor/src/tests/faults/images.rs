//! Faults of pulls: policies of the roles, the image, its owner, the endpoint, the instance profile.

use serde_json::json;

use super::{Fault, fault};
use crate::facts::Read;
use crate::sample::{World, refusal};

const IMAGE: &str = "999988887777.dkr.ecr.us-east-1.amazonaws.com/development/api:1";

/// Asks about an image, which alone is no fault.
fn ask(world: &mut World, image: &str) {
    world.asks.image = Some(image.parse().unwrap());
}

pub(super) fn faults() -> Vec<Fault> {
    let mut all = of_the_roles();
    all.extend(of_the_image());
    all
}

fn of_the_roles() -> Vec<Fault> {
    vec![
        fault(
            "wrong repository ARNs of nodes",
            &["node inline"],
            |world| {
                let policy = world.inline("eks_node_group").get_mut("cross-account-ecr").unwrap();
                World::statements(policy, |statements| {
                    statements[1]["Resource"] = json!("arn:aws:ecr:*:111122223333:repository/x/*")
                });
            },
            "ecr.inline/eks_node_group",
        ),
        fault(
            "no inline policy on Fargate",
            &["fargate inline"],
            |world| {
                world.inline("eks_fargate").clear();
            },
            "ecr.inline/eks_fargate",
        ),
        fault(
            "an inline policy that is not understood",
            &["node inline"],
            |world| {
                world
                    .inline("eks_node_group")
                    .insert("cross-account-ecr".to_owned(), Read::Found("{".to_owned()));
            },
            "ecr.inline/eks_node_group",
        )
        .hiding(&["roles.foreign/eks_node_group"]),
        fault(
            "no instance profile",
            &["profile"],
            |world| world.facts.instance_profile = Some(Read::Absent),
            "ecr.instance-profile",
        ),
        fault(
            "an instance profile of another role",
            &["profile"],
            |world| {
                world.facts.instance_profile = Some(Read::Found(vec!["other".to_owned()]));
            },
            "ecr.instance-profile",
        ),
        fault(
            "an instance profile without a role",
            &["profile"],
            |world| {
                world.facts.instance_profile = Some(Read::Found(Vec::new()));
            },
            "ecr.instance-profile",
        ),
    ]
}

fn of_the_image() -> Vec<Fault> {
    vec![
        fault(
            "an image of another registry",
            &["image", "asked"],
            |world| {
                ask(world, &IMAGE.replace("999988887777", "111122223333"));
            },
            "ecr.image",
        )
        .hiding(&["ecr.owner", "ecr.endpoint", "ecr.inline/"]),
        fault(
            "an image of another region",
            &["image"],
            |world| ask(world, &IMAGE.replace("us-east-1", "eu-west-1")),
            "ecr.image",
        ),
        fault(
            "an image below no prefix",
            &["image"],
            |world| ask(world, &IMAGE.replace("development", "staging")),
            "ecr.image",
        ),
        fault(
            "no such tag",
            &["image"],
            |world| {
                ask(world, IMAGE);
                world.facts.registry.probe = Some(Read::Absent);
            },
            "ecr.probe",
        ),
        fault(
            "no such repository",
            &["image"],
            |world| {
                ask(world, IMAGE);
                let mut refused = refusal("ecr:BatchGetImage");
                refused.kind = crate::facts::RefusalKind::Other;
                refused.code = Some("RepositoryNotFoundException".to_owned());
                world.facts.registry.probe = Some(Read::Refused(refused));
            },
            "ecr.probe",
        ),
        fault(
            "the owner refuses the probe",
            &["image", "owner"],
            |world| {
                ask(world, IMAGE);
                world.facts.registry.probe = Some(Read::Refused(refusal("ecr:BatchGetImage")));
            },
            "ecr.probe",
        ),
        fault(
            "the owner's policy is for others",
            &["owner"],
            |world| {
                let policy = json!({"Version": "2012-10-17", "Statement": [{"Sid": "Other", "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "ecr:*"}]});
                world.facts.registry.repository_policy = Some(Read::Found(policy.to_string()));
            },
            "ecr.owner",
        ),
        fault(
            "the owner's policy denies",
            &["owner"],
            |world| {
                let policy = json!({"Version": "2012-10-17", "Statement": [
                {"Sid": "All", "Effect": "Allow", "Principal": "*", "Action": "ecr:*"},
                {"Sid": "NotThem", "Effect": "Deny", "Principal": {"AWS": "123456789012"}, "Action": "ecr:BatchGetImage"}]});
                world.facts.registry.repository_policy = Some(Read::Found(policy.to_string()));
            },
            "ecr.owner",
        ),
        fault(
            "the owner has no policy",
            &["owner"],
            |world| {
                world.facts.registry.repository_policy = Some(Read::Absent);
            },
            "ecr.owner",
        ),
        fault(
            "the endpoint lets less through",
            &["endpoint"],
            |world| {
                world.facts.registry.endpoint_policy = Some(json!({"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Principal": "*", "Action": "ecr:*", "Resource": "arn:aws:ecr:us-east-1:123456789012:repository/*"},
                {"Effect": "Allow", "Principal": "*", "Action": "ecr:GetAuthorizationToken", "Resource": "*"}]}).to_string());
            },
            "ecr.endpoint",
        ),
        fault(
            "a role that was asked about cannot pull",
            &["asked", "callers"],
            |world| {
                let arn = world.record("rds_enhanced_monitoring").arn.clone();
                world.asks.request = Some((arn, "ecr:BatchGetImage".to_owned()));
            },
            "ecr.asked",
        ),
    ]
}

#[test]
fn an_owner_and_an_endpoint_that_let_images_through_are_no_faults() {
    let mut world = World::new(&crate::sample::everything());
    ask(&mut world, IMAGE);
    let all = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]});
    world.facts.registry.endpoint_policy = Some(all.to_string());
    let ours = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}]});
    world.facts.registry.repository_policy = Some(Read::Found(ours.to_string()));
    assert_eq!(crate::sample::causes(&world.report()), Vec::<String>::new());
}
