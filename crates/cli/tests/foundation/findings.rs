//! What others do to our objects is named by what it does, kept or repaired, and accepted by the entry that is printed.

use harness::World;
use serde_json::{Value, json};

use crate::support::account::{NAME, moto, run, set, succeed, text};

/// Calls of another client: service, operation, arguments.
type Calls = Vec<(&'static str, &'static str, Value)>;

const EVERYTHING: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
/// Found by every plan and left alone by every apply.
const KEPT: bool = true;
/// Repaired by apply.
const REPAIRED: bool = false;

/// The names of the foundation's objects.
struct Names {
    key: String,
    logs: String,
    trail: String,
    node: String,
}

fn names(world: &World) -> Names {
    let output = |name: &str| succeed(world, &["output", "-raw", name]);
    Names {
        key: output("kms_key_id"),
        logs: output("cloudtrail_bucket_name"),
        trail: format!("{NAME}-cloudtrail"),
        node: format!("{NAME}-eks-node-group-role"),
    }
}

/// What a plan prints as the entries that accept what it found.
fn printed_entries(shown: &str) -> String {
    let line = shown.lines().find_map(|line| line.trim().strip_prefix("accepted = "));
    line.unwrap_or_else(|| panic!("no entries in\n{shown}")).to_owned()
}

/// What boto3 sees, without what moto itself writes into the bucket that gets the access logs.
fn inventory(world: &mut World) -> Value {
    let mut seen = world.aws().inventory().unwrap();
    seen["buckets"]["stranger-bucket"]["objects"] = Value::Null;
    seen
}

/// A fresh foundation that others did something to: the plan ends with 2 and says the words, in every form; the last lines
/// count it; and with the printed entries in the settings it ends with 0, and apply leaves it alone.
fn assert_found(settings: &str, kept: bool, meddle: impl FnOnce(&Names) -> Calls, words: &[&str]) {
    let mut world = moto();
    set(world.directory(), settings);
    succeed(&world, &["apply", "-auto-approve"]);
    let names = names(&world);
    let stranger = json!({"Bucket": "stranger-bucket", "ACL": "log-delivery-write"});
    world.aws().call("s3", "create_bucket", stranger).unwrap();
    let versioned = json!({"Bucket": "stranger-bucket", "VersioningConfiguration": {"Status": "Enabled"}});
    world.aws().call("s3", "put_bucket_versioning", versioned).unwrap();
    succeed(&world, &["plan", "-detailed-exitcode"]);
    for (service, operation, arguments) in meddle(&names) {
        world.aws().call(service, operation, arguments).unwrap();
    }
    let meddled = inventory(&mut world);

    let shown = found(&world, &["plan", "-detailed-exitcode"], words);
    let last = if kept { "No changes of ours, but " } else { "Beside that, findings: " };
    assert!(shown.contains(last), "{shown}");
    found(&world, &["plan", "-detailed-exitcode", "-json"], words);
    found(&world, &["plan", "-detailed-exitcode", "-compact-warnings", "-out=p.plan"], words);
    let document: Value = serde_json::from_str(&succeed(&world, &["show", "-json", "p.plan"])).unwrap();
    assert!(document["findings"].as_array().is_some_and(|findings| !findings.is_empty()), "{document}");
    assert_eq!(document["applyable"], json!(!kept));
    if kept {
        let applied = succeed(&world, &["apply", "p.plan"]);
        assert!(applied.contains("0 added, 0 changed, 0 destroyed"), "{applied}");
        assert_eq!(inventory(&mut world), meddled);
    }

    let entries = printed_entries(&shown);
    set(world.directory(), &format!("{settings}\naccepted = {entries}\n"));
    let accepted = succeed(&world, &["plan", "-detailed-exitcode"]);
    assert!(accepted.contains("accepted by the settings and kept"), "{accepted}");
    succeed(&world, &["apply", "-auto-approve"]);
    assert_eq!(inventory(&mut world), meddled, "what is accepted is kept");

    set(world.directory(), settings);
    succeed(&world, &["apply", "-auto-approve"]);
    let code = run(&world, &["plan", "-detailed-exitcode"]).status.code();
    assert_eq!(code, Some(if kept { 2 } else { 0 }), "after an apply without the entries");
}

/// Runs a plan that must end with 2 and say the words.
fn found(world: &World, arguments: &[&str], words: &[&str]) -> String {
    let plan = run(world, arguments);
    let shown = text(&plan.stdout);
    assert_eq!(plan.status.code(), Some(2), "{arguments:?}\n{shown}\n{}", text(&plan.stderr));
    for word in words {
        assert!(shown.contains(word), "`{word}` is missing in\n{shown}");
    }
    shown
}

fn lifecycle(rule: Value) -> impl FnOnce(&Names) -> Calls {
    move |names: &Names| {
        let configuration = json!({"Bucket": names.logs, "LifecycleConfiguration": {"Rules": [rule]}});
        vec![("s3", "put_bucket_lifecycle_configuration", configuration)]
    }
}

#[test]
fn a_rule_that_deletes_logs_is_repaired() {
    let rule =
        json!({"ID": "cleanup", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}});
    assert_found(
        "",
        REPAIRED,
        lifecycle(rule),
        &["lifecycle rule `cleanup`", "deletes every log after 1 day"],
    );
}

#[test]
fn a_rule_that_deletes_old_versions_is_repaired_beside_retention() {
    let ours = json!({"ID": "expire-logs", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 400},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 400}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}});
    let theirs = json!({"ID": "sweep", "Status": "Enabled", "Filter": {"Prefix": "AWSLogs/"},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 1}});
    let meddle = |names: &Names| {
        let configuration =
            json!({"Bucket": names.logs, "LifecycleConfiguration": {"Rules": [ours, theirs]}});
        vec![("s3", "put_bucket_lifecycle_configuration", configuration)]
    };
    assert_found("cloudtrail_log_retention_days = 400", REPAIRED, meddle, &["`sweep`", "deletes for good"]);
}

#[test]
fn a_rule_that_moves_logs_is_kept() {
    let transition = json!({"Days": 30, "StorageClass": "DEEP_ARCHIVE"});
    let rule =
        json!({"ID": "cold", "Status": "Enabled", "Filter": {"Prefix": ""}, "Transitions": [transition]});
    assert_found("", KEPT, lifecycle(rule), &["`cold`", "moves every log into DEEP_ARCHIVE after 30 days"]);
}

#[test]
fn copies_access_logs_and_locks_are_kept() {
    let meddle = |names: &Names| {
        let destination = json!({"Bucket": "arn:aws:s3:::stranger-bucket"});
        let rule = json!({"ID": "copy", "Status": "Enabled", "Priority": 1, "Filter": {"Prefix": ""},
            "DeleteMarkerReplication": {"Status": "Disabled"}, "Destination": destination});
        let replication = json!({"Role": "arn:aws:iam::123456789012:role/x", "Rules": [rule]});
        let logging = json!({"LoggingEnabled": {"TargetBucket": "stranger-bucket", "TargetPrefix": "x"}});
        let retention = json!({"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 3650}});
        let lock = json!({"ObjectLockEnabled": "Enabled", "Rule": retention});
        vec![
            (
                "s3",
                "put_bucket_replication",
                json!({"Bucket": names.logs, "ReplicationConfiguration": replication}),
            ),
            ("s3", "put_bucket_logging", json!({"Bucket": names.logs, "BucketLoggingStatus": logging})),
            (
                "s3",
                "put_object_lock_configuration",
                json!({"Bucket": names.logs, "ObjectLockConfiguration": lock}),
            ),
        ]
    };
    let words = [
        "copies the logs into the bucket `stranger-bucket`",
        "who reads the logs is written into the bucket `stranger-bucket`",
        "locked for 3650 days in mode COMPLIANCE",
        "replication:stranger-bucket",
    ];
    assert_found("", KEPT, meddle, &words);
}

#[test]
fn inventories_and_acls_of_others_are_kept() {
    let meddle = |names: &Names| {
        let destination =
            json!({"S3BucketDestination": {"Bucket": "arn:aws:s3:::stranger-bucket", "Format": "CSV"}});
        let inventory = json!({"Destination": destination, "IsEnabled": true, "Id": "list", "IncludedObjectVersions": "All",
            "Schedule": {"Frequency": "Daily"}});
        vec![(
            "s3",
            "put_bucket_inventory_configuration",
            json!({"Bucket": names.logs, "Id": "list", "InventoryConfiguration": inventory}),
        )]
    };
    assert_found("", KEPT, meddle, &["inventory `list`", "stranger-bucket"]);
}

#[test]
fn a_public_acl_is_repaired_in_the_profile_of_the_document() {
    let meddle =
        |names: &Names| vec![("s3", "put_bucket_acl", json!({"Bucket": names.logs, "ACL": "public-read"}))];
    assert_found(r#"profile = "document""#, REPAIRED, meddle, &["everyone may", "acl:AllUsers/READ"]);
}

#[test]
fn grants_and_aliases_are_kept() {
    let meddle = |names: &Names| {
        let foreign = json!({"KeyId": names.key, "GranteePrincipal": "arn:aws:iam::999988887777:root",
            "Operations": ["Decrypt", "GenerateDataKey", "CreateGrant"]});
        let ordinary = json!({"KeyId": names.key, "GranteePrincipal": "rds.us-east-1.amazonaws.com", "Operations": ["Decrypt"]});
        let alias = json!({"AliasName": "alias/another", "TargetKeyId": names.key});
        vec![
            ("kms", "create_grant", foreign),
            ("kms", "create_grant", ordinary),
            ("kms", "create_alias", alias),
        ]
    };
    let words =
        ["999988887777", "Decrypt, GenerateDataKey, CreateGrant", "it can hand the key on", "alias/another"];
    assert_found("", KEPT, meddle, &words);
}

fn on_the_node_role(names: &Names) -> Calls {
    let node = &names.node;
    let attach = json!({"RoleName": node, "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"});
    let put = json!({"RoleName": node, "PolicyName": "backdoor", "PolicyDocument": EVERYTHING});
    vec![("iam", "attach_role_policy", attach), ("iam", "put_role_policy", put)]
}

#[test]
fn policies_boundaries_and_instance_profiles_of_others_are_kept() {
    let meddle = |names: &Names| {
        let node = &names.node;
        let boundary =
            json!({"RoleName": node, "PermissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess"});
        let held = json!({"InstanceProfileName": "stranger-nodes", "RoleName": node});
        let mut calls = on_the_node_role(names);
        calls.extend([
            ("iam", "put_role_permissions_boundary", boundary),
            ("iam", "create_instance_profile", json!({"InstanceProfileName": "stranger-nodes"})),
            ("iam", "add_role_to_instance_profile", held),
        ]);
        calls
    };
    let words = [
        "role_policy:arn:aws:iam::aws:policy/AdministratorAccess",
        "role_policy:backdoor",
        "boundary:arn:aws:iam::aws:policy/ReadOnlyAccess",
        "instance_profile:stranger-nodes",
    ];
    assert_found("", KEPT, meddle, &words);
}

#[test]
fn an_exclusive_role_keeps_the_policies_that_are_accepted() {
    assert_found(
        "exclusive_role_policies = true",
        REPAIRED,
        on_the_node_role,
        &["AdministratorAccess", "backdoor"],
    );
}

#[test]
fn what_the_trail_does_for_others_is_kept() {
    let meddle = |names: &Names| {
        let trail = &names.trail;
        let insights =
            json!({"TrailName": trail, "InsightSelectors": [{"InsightType": "ApiCallRateInsight"}]});
        let group = json!({"Name": trail,
            "CloudWatchLogsLogGroupArn": "arn:aws:logs:us-east-1:123456789012:log-group:audit:*",
            "CloudWatchLogsRoleArn": "arn:aws:iam::123456789012:role/x"});
        vec![
            ("cloudtrail", "put_insight_selectors", insights),
            ("logs", "create_log_group", json!({"logGroupName": "audit"})),
            ("cloudtrail", "update_trail", group),
        ]
    };
    assert_found("", KEPT, meddle, &["insights:ApiCallRateInsight", "log_group:audit"]);
}

/// Advanced selectors: management events, and those of a data event type.
fn advanced(trail: &str, resource_type: &str) -> Value {
    let equals = |field: &str, value: &str| json!({"Field": field, "Equals": [value]});
    json!({"TrailName": trail, "AdvancedEventSelectors": [
        {"Name": "all", "FieldSelectors": [equals("eventCategory", "Management")]},
        {"Name": "theirs", "FieldSelectors": [equals("eventCategory", "Data"), equals("resources.type", resource_type)]},
    ]})
}

#[test]
fn selectors_of_others_are_kept_beside_ours_which_are_then_advanced_too() {
    let mut world = moto();
    succeed(&world, &["apply", "-auto-approve"]);
    let names = names(&world);
    let put = advanced(&names.trail, "AWS::Lambda::Function");
    world.aws().call("cloudtrail", "put_event_selectors", put).unwrap();
    found(
        &world,
        &["plan", "-detailed-exitcode"],
        &["selector `theirs`", "AWS::Lambda::Function", "event_selector"],
    );
    succeed(&world, &["apply", "-auto-approve"]);
    let arguments = json!({"TrailName": names.trail});
    let present = world.aws().call("cloudtrail", "get_event_selectors", arguments).unwrap().to_string();
    for part in ["AWS::Lambda::Function", "theirs", "AWS::S3::Object", "Management"] {
        assert!(present.contains(part), "`{part}` is missing in {present}");
    }
    found(
        &world,
        &["plan", "-detailed-exitcode"],
        &["No changes of ours, but 1 of others", "selector:theirs"],
    );
}

#[test]
fn retention_is_set_beside_the_rules_of_others() {
    let mut world = moto();
    succeed(&world, &["apply", "-auto-approve"]);
    let names = names(&world);
    let cleanup =
        json!({"ID": "cleanup", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}});
    let cold = json!({"ID": "cold", "Status": "Enabled", "Filter": {"Prefix": ""},
        "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}]});
    let put = json!({"Bucket": names.logs, "LifecycleConfiguration": {"Rules": [cleanup, cold]}});
    world.aws().call("s3", "put_bucket_lifecycle_configuration", put).unwrap();
    set(world.directory(), "cloudtrail_log_retention_days = 400");
    let shown = found(&world, &["plan", "-detailed-exitcode"], &["`cleanup`", "1 to add, 1 to change"]);
    assert!(!shown.contains("to import"), "{shown}");
    succeed(&world, &["apply", "-auto-approve"]);
    let present = json!({"Bucket": names.logs});
    let present = world.aws().call("s3", "get_bucket_lifecycle_configuration", present).unwrap();
    let rules: Vec<&str> =
        present["Rules"].as_array().unwrap().iter().filter_map(|rule| rule["ID"].as_str()).collect();
    assert_eq!(rules, ["cold", "expire-logs"]);
    set(world.directory(), "");
    succeed(&world, &["apply", "-auto-approve"]);
    let present =
        world.aws().call("s3", "get_bucket_lifecycle_configuration", json!({"Bucket": names.logs})).unwrap();
    assert_eq!(present["Rules"].as_array().map(Vec::len), Some(1), "{present}");
}

#[test]
fn a_scheduled_deletion_is_told_with_its_date_and_that_apply_cancels_it() {
    let mut world = moto();
    succeed(&world, &["apply", "-auto-approve"]);
    let key = names(&world).key;
    let schedule = json!({"KeyId": key, "PendingWindowInDays": 7});
    world.aws().call("kms", "schedule_key_deletion", schedule).unwrap();
    found(
        &world,
        &["plan", "-detailed-exitcode"],
        &["the key's deletion is scheduled for 20", "this cancels it"],
    );
    found(&world, &["plan", "-detailed-exitcode", "-json"], &["the key's deletion is scheduled for 20"]);
    succeed(&world, &["apply", "-auto-approve"]);
    succeed(&world, &["plan", "-detailed-exitcode"]);
}

#[test]
fn what_goes_with_a_role_is_named_before_it_goes() {
    let mut world = moto();
    succeed(&world, &["apply", "-auto-approve"]);
    let names = names(&world);
    let held = json!({"InstanceProfileName": "stranger-nodes", "RoleName": names.node});
    let mut calls = on_the_node_role(&names);
    calls.extend([
        ("iam", "create_instance_profile", json!({"InstanceProfileName": "stranger-nodes"})),
        ("iam", "add_role_to_instance_profile", held),
    ]);
    for (service, operation, arguments) in calls {
        world.aws().call(service, operation, arguments).unwrap();
    }
    let words = ["taken out of the instance profile `stranger-nodes`", "AdministratorAccess", "backdoor"];
    let shown = found(&world, &["plan", "-detailed-exitcode", "-destroy"], &words);
    assert!(!shown.contains("aws iam detach-role-policy"), "{shown}");
    let replaced = ["plan", "-detailed-exitcode", "-replace=aws_iam_role.eks_node_group"];
    found(&world, &replaced, &["`stranger-nodes`, and the new one is not put in"]);
}

#[test]
fn entries_that_name_nothing_and_reads_that_are_not_made_are_told() {
    let world = moto();
    set(world.directory(), r#"accepted = ["alias:alias/gone"]"#);
    succeed(&world, &["apply", "-auto-approve"]);
    let shown = succeed(&world, &["plan", "-detailed-exitcode"]);
    assert!(shown.contains("`alias:alias/gone` names nothing"), "{shown}");
    let shown = succeed(&world, &["plan", "-refresh=false"]);
    assert!(!shown.contains("names nothing"), "{shown}");
}
