//! Foundations of which nothing is wrong.

use super::*;

/// Facts that a healthy foundation has: its own parts, and what AWS's services put beside them.
fn healthy_facts(blueprint: &Blueprint) -> BTreeMap<Address, Vec<Fact>> {
    let caller = &blueprint.caller;
    let (account, partition) = (caller.account_id.as_str(), caller.partition);
    let grantees = [
        format!("rds.{}.{}", blueprint.region, partition.dns_suffix()),
        format!("arn:{partition}:sts::{account}:assumed-role/aws:ec2-infrastructure/i-0123456789abcdef0"),
        format!(
            "arn:{partition}:iam::{account}:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS"
        ),
        format!("arn:{partition}:iam::{account}:role/{NODE}"),
    ];
    let grant = |grantee: String| {
        Fact::Grant(Grant {
            id: "0f1e".to_owned(),
            grantee,
            operations: vec!["Decrypt".to_owned()],
            ..Grant::default()
        })
    };
    let named = |resource_type: &str, attribute: &str| -> Option<String> {
        let resource = blueprint.only(resource_type)?;
        Some(resource.arguments.get(attribute)?.as_str()?.to_owned())
    };
    let mut key: Vec<Fact> = grantees.into_iter().map(grant).collect();
    key.extend(named("aws_kms_alias", "name").map(Fact::Alias));
    let mut bucket =
        vec![Fact::BlockedEncryption(vec!["SSE-C".to_owned()]), Fact::LifecycleRule(rule("uploads"))];
    if let Some(target) = named("aws_s3_bucket_logging", "target_bucket") {
        bucket.push(Fact::AccessLogging { bucket: target, prefix: "x/".to_owned() });
    }
    if blueprint.only("aws_s3_bucket_lifecycle_configuration").is_some() {
        let expires = LifecycleRule { expiration: Some(Age::Days(400)), ..rule("expire-logs") };
        bucket.push(Fact::LifecycleRule(expires));
    }
    if blueprint.only("aws_s3_bucket_object_lock_configuration").is_some() {
        bucket.push(Fact::Retention { mode: "GOVERNANCE".to_owned(), period: "30 days".to_owned() });
    }
    let profile = named("aws_iam_instance_profile", "name")
        .map(|name| Fact::InstanceProfile { name, created: Some("2026-01-01".to_owned()) });
    [
        ("aws_kms_key.main", key),
        ("aws_s3_bucket.cloudtrail", bucket),
        ("aws_iam_role.eks_node_group", profile.into_iter().collect()),
    ]
    .map(|(address, facts)| (address.parse().unwrap(), facts))
    .into()
}

/// The objects of a blueprint as AWS answers them; taken over ones carry no mark.
fn healthy_objects(blueprint: &Blueprint, adopted: bool) -> BTreeMap<Address, Attributes> {
    let mut objects = BTreeMap::new();
    for resource in &blueprint.resources {
        let mut object = resource.arguments.clone();
        if resource.address.resource_type() == "aws_iam_role" {
            let name = object.get("name").cloned();
            let parts = |resource_type: &str, attribute: &str| -> Value {
                let of_role = blueprint.resources.iter().filter(|part| {
                    part.address.resource_type() == resource_type
                        && part.arguments.get("role") == name.as_ref()
                });
                of_role.filter_map(|part| part.arguments.get(attribute).cloned()).collect()
            };
            object.insert(
                "managed_policy_arns".to_owned(),
                parts("aws_iam_role_policy_attachment", "policy_arn"),
            );
            object.insert("inline_policy_names".to_owned(), parts("aws_iam_role_policy", "name"));
        }
        if adopted {
            object.remove("tags");
        }
        objects.insert(resource.address.clone(), object);
    }
    objects
}

#[test]
fn healthy_foundations_have_no_findings() {
    let switches: [(&str, Value); 6] = [
        ("profile", json!("document")),
        ("artos_ecr_aws_account", json!("210987654321")),
        ("create_node_instance_profile", json!(true)),
        ("cloudtrail_log_retention_days", json!(400)),
        ("cloudtrail_object_lock", json!({"mode": "GOVERNANCE", "days": 30})),
        ("cloudtrail_access_log_bucket", json!("access-logs")),
    ];
    let mut variants = 0;
    for (partition, region) in [
        (Partition::Aws, "us-east-1"),
        (Partition::AwsCn, "cn-north-1"),
        (Partition::AwsUsGov, "us-gov-west-1"),
    ] {
        for chosen in 0..(1_u32 << switches.len()) {
            let mut changes = json!({"aws_region": region, "cloudtrail_bucket_suffix": "x"});
            for (index, (name, value)) in switches.iter().enumerate() {
                if chosen & (1 << index) != 0 {
                    changes[*name] = value.clone();
                }
            }
            let caller = Caller { account_id: ACCOUNT.parse().unwrap(), partition };
            let blueprint = blueprint(&settings(changes.clone()), &caller);
            for adopted in [false, true] {
                let objects = healthy_objects(&blueprint, adopted);
                let facts = healthy_facts(&blueprint);
                let seen = Reviewed {
                    observed: &objects,
                    recorded: &objects,
                    facts: Some(&facts),
                    today: None,
                    adopted: &BTreeMap::new(),
                };
                let review = review(&blueprint, &seen);
                assert_eq!(review.findings, [], "{partition} {changes} adopted: {adopted}");
                assert_eq!(review.ordinary_grants, 4);
                variants += 1;
            }
        }
    }
    assert_eq!(variants, 384);
}
