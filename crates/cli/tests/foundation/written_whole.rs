//! Where a call replaces a configuration whole, what others wrote is written back member for member; a member that nobody knows
//! stops that write, and is named.

use std::sync::{Arc, Mutex};

use harness::{Answer, Verdict, World};
use serde_json::{Value, json};

use crate::support::account::{moto, refuse, run, set, succeed, text};

fn bucket(world: &World) -> String {
    succeed(world, &["output", "-raw", "cloudtrail_bucket_name"])
}

/// Answers an action with a body instead of asking.
fn answered(world: &World, action: &'static str, content_type: &'static str, body: String) {
    world.proxy().on(move |call| match call.action == action {
        true => Verdict::Answer(Answer::new(200, content_type, body.clone())),
        false => Verdict::Pass,
    });
}

/// Keeps what is asked in calls of an action from now on.
fn asked(world: &World, action: &'static str) -> Arc<Mutex<Vec<String>>> {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&asked);
    world.proxy().on(move |call| {
        if call.action == action {
            kept.lock().unwrap().push(call.body.clone());
        }
        Verdict::Pass
    });
    asked
}

/// A plan that ends with 2 and says the words.
fn found(world: &World, words: &[&str]) {
    let plan = run(world, &["plan", "-detailed-exitcode"]);
    let shown = text(&plan.stdout);
    assert_eq!(plan.status.code(), Some(2), "{shown}\n{}", text(&plan.stderr));
    for word in words {
        assert!(shown.contains(word), "`{word}` is missing in\n{shown}");
    }
}

/// A rule of somebody else's with all that a rule can have.
fn full_rule() -> Value {
    json!({
        "ID": "theirs", "Status": "Enabled",
        "Filter": {"And": {"Prefix": "reports/", "Tags": [{"Key": "a", "Value": "b"}],
            "ObjectSizeGreaterThan": 500, "ObjectSizeLessThan": 60000}},
        "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}, {"Days": 90, "StorageClass": "GLACIER"}],
        "NoncurrentVersionTransitions": [{"NoncurrentDays": 30, "StorageClass": "GLACIER", "NewerNoncurrentVersions": 3}],
    })
}

fn rules(world: &mut World, bucket: &str) -> Vec<Value> {
    let present = world.aws().call("s3", "get_bucket_lifecycle_configuration", json!({"Bucket": bucket}));
    present.unwrap()["Rules"].as_array().unwrap().clone()
}

#[test]
fn lifecycle_rules_and_tags_of_others_are_written_back_member_for_member() {
    let mut world = moto();
    succeed(&world, &["apply", "-auto-approve"]);
    let logs = bucket(&world);
    let put = json!({"Bucket": logs, "LifecycleConfiguration": {"Rules": [full_rule()]}});
    world.aws().call("s3", "put_bucket_lifecycle_configuration", put).unwrap();
    let before = rules(&mut world, &logs);
    let tags = world.aws().call("s3", "get_bucket_tagging", json!({"Bucket": logs})).unwrap();
    let mut tags = tags["TagSet"].as_array().unwrap().clone();
    tags.push(json!({"Key": "c7n:owner", "Value": "governance"}));
    let put = json!({"Bucket": logs, "Tagging": {"TagSet": tags}});
    world.aws().call("s3", "put_bucket_tagging", put).unwrap();
    let settings = "cloudtrail_log_retention_days = 400\nignore_tags = { key_prefixes = [\"c7n:\"] }\nkms_deletion_window_in_days = 9\n";
    set(world.directory(), settings);
    succeed(&world, &["apply", "-auto-approve"]);
    let after = rules(&mut world, &logs);
    assert_eq!(after.len(), 2, "{after:?}");
    assert!(after.contains(&before[0]), "{after:?}\n{before:?}");
    let tags = world.aws().call("s3", "get_bucket_tagging", json!({"Bucket": logs})).unwrap();
    assert!(tags["TagSet"].to_string().contains("governance"), "{tags}");
}

#[test]
fn a_lifecycle_rule_with_a_member_that_nobody_knows_is_found_and_not_written_over() {
    let world = moto();
    succeed(&world, &["apply", "-auto-approve"]);
    let body = "<LifecycleConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule><ID>new</ID>\
                <Filter><Prefix>x/</Prefix></Filter><Status>Enabled</Status><Shredding><Days>1</Days></Shredding></Rule>\
                </LifecycleConfiguration>";
    answered(&world, "GetBucketLifecycleConfiguration", "application/xml", body.to_owned());
    found(&world, &["`Shredding`", "unread:s3:GetLifecycleConfiguration"]);
    set(world.directory(), "cloudtrail_log_retention_days = 400");
    let put = asked(&world, "PutBucketLifecycleConfiguration");
    refuse(&world, &["apply", "-auto-approve"], &["`Shredding`", "does not know", "nothing was written"]);
    assert!(put.lock().unwrap().is_empty());
}

#[test]
fn selectors_with_a_member_that_nobody_knows_are_not_written_over() {
    let world = moto();
    succeed(&world, &["apply", "-auto-approve"]);
    let body = json!({"TrailARN": "arn:aws:cloudtrail:us-east-1:123456789012:trail/x", "AdvancedEventSelectors": [
        {"Name": "theirs", "FieldSelectors": [
            {"Field": "eventCategory", "Equals": ["Data"]}, {"Field": "resources.type", "Equals": ["AWS::Lambda::Function"]},
            {"Field": "resources.ARN", "MatchesRegex": ["x"]},
        ]},
    ]});
    answered(&world, "GetEventSelectors", "application/x-amz-json-1.1", body.to_string());
    let put = asked(&world, "PutEventSelectors");
    refuse(&world, &["apply", "-auto-approve"], &["`MatchesRegex`", "cloudtrail:PutEventSelectors"]);
    assert!(put.lock().unwrap().is_empty());
}

#[test]
fn who_is_told_in_a_way_that_nobody_knows_is_found() {
    let world = moto();
    succeed(&world, &["apply", "-auto-approve"]);
    let body = "<NotificationConfiguration><PagerConfiguration><Pager>arn:aws:pager:::x</Pager><Event>s3:ObjectCreated:*\
                </Event></PagerConfiguration></NotificationConfiguration>";
    answered(&world, "GetBucketNotificationConfiguration", "application/xml", body.to_owned());
    found(&world, &["`PagerConfiguration`", "who is told of new logs", "unread:s3:GetBucketNotification"]);
}

/// How the bucket encrypts, with an answer about keys of the writer's.
fn encryption(key: &str, blocked: &str) -> String {
    format!(
        "<ServerSideEncryptionConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule>\
         <ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>{key}</KMSMasterKeyID>\
         </ApplyServerSideEncryptionByDefault><BucketKeyEnabled>true</BucketKeyEnabled>{blocked}</Rule>\
         </ServerSideEncryptionConfiguration>"
    )
}

#[test]
fn keys_of_the_writers_that_are_let_in_are_shut_out_again() {
    let world = moto();
    succeed(&world, &["apply", "-auto-approve"]);
    let key = succeed(&world, &["output", "-raw", "kms_key_arn"]);
    let blocked = |of: &str| {
        format!("<BlockedEncryptionTypes><EncryptionType>{of}</EncryptionType></BlockedEncryptionTypes>")
    };
    let let_in = encryption(&key, &blocked("NONE"));
    answered(&world, "GetBucketEncryption", "application/xml", let_in);
    found(&world, &["encryption:", "SSE-C"]);
    let put = asked(&world, "PutBucketEncryption");
    succeed(&world, &["apply", "-auto-approve"]);
    let put = put.lock().unwrap().concat();
    assert!(put.contains("<EncryptionType>SSE-C</EncryptionType>") && put.contains("aws:kms"), "{put}");
}

#[test]
fn an_answer_without_a_word_of_keys_of_the_writers_is_no_drift() {
    let world = moto();
    succeed(&world, &["apply", "-auto-approve"]);
    let key = succeed(&world, &["output", "-raw", "kms_key_arn"]);
    answered(&world, "GetBucketEncryption", "application/xml", encryption(&key, ""));
    succeed(&world, &["plan", "-detailed-exitcode"]);
}

#[test]
fn how_others_lay_out_the_access_logs_is_written_back() {
    let mut world = moto();
    for name in ["access-logs", "access-logs-2"] {
        let create = json!({"Bucket": name, "ACL": "log-delivery-write"});
        world.aws().call("s3", "create_bucket", create).unwrap();
    }
    set(world.directory(), "cloudtrail_access_log_bucket = \"access-logs\"");
    succeed(&world, &["apply", "-auto-approve"]);
    let body = "<BucketLoggingStatus xmlns=\"http://doc.s3.amazonaws.com/2006-03-01\"><LoggingEnabled><TargetBucket>access-logs\
                </TargetBucket><TargetPrefix>elsewhere/</TargetPrefix><TargetObjectKeyFormat><PartitionedPrefix>\
                <PartitionDateSource>EventTime</PartitionDateSource></PartitionedPrefix></TargetObjectKeyFormat></LoggingEnabled>\
                </BucketLoggingStatus>";
    answered(&world, "GetBucketLogging", "application/xml", body.to_owned());
    let put = asked(&world, "PutBucketLogging");
    succeed(&world, &["apply", "-auto-approve"]);
    let put = put.lock().unwrap().concat();
    assert!(put.contains("EventTime") && !put.contains("elsewhere/"), "{put}");
}

#[test]
fn a_rule_in_a_state_that_nobody_knows_is_no_answer() {
    let mut world = moto();
    set(world.directory(), "monitoring = { emails = [\"security@company.com\"] }");
    succeed(&world, &["apply", "-auto-approve"]);
    let mut rules = world.aws().call("events", "list_rules", json!({})).unwrap();
    rules["Rules"].as_array_mut().unwrap().iter_mut().for_each(|rule| rule["State"] = json!("PAUSED"));
    answered(&world, "ListRules", "application/x-amz-json-1.1", rules.to_string());
    refuse(&world, &["plan"], &["`PAUSED`", "a later version of underpin may know it"]);
}

/// An answer of one action for the first times, and another one from then on.
fn answered_in_turn(
    world: &World,
    action: &'static str,
    content_type: &'static str,
    (times, first, then): (usize, String, String),
) {
    let mut asked = 0;
    world.proxy().on(move |call| {
        if call.action != action {
            return Verdict::Pass;
        }
        asked += 1;
        let body = if asked <= times { &first } else { &then };
        Verdict::Answer(Answer::new(200, content_type, body.clone()))
    });
}

#[test]
fn insights_that_others_add_meanwhile_are_written_back_with_all_they_have() {
    let world = moto();
    set(world.directory(), "monitoring = { emails = [\"ops@example.com\"] }\n");
    succeed(&world, &["apply", "-auto-approve"]);
    let none = json!({"InsightSelectors": []}).to_string();
    let theirs = json!({"InsightSelectors": [
        {"InsightType": "ApiErrorRateInsight", "EventCategories": ["Data", "Management"]},
    ]});
    let json = "application/x-amz-json-1.1";
    answered_in_turn(&world, "GetInsightSelectors", json, (1, none, theirs.to_string()));
    let put = asked(&world, "PutInsightSelectors");
    let more = "monitoring = { emails = [\"ops@example.com\"], insights = [\"ApiCallRateInsight\"] }\n";
    set(world.directory(), more);
    succeed(&world, &["apply", "-auto-approve"]);
    let put: Value = serde_json::from_str(&put.lock().unwrap().concat()).unwrap();
    let ours = json!({"InsightType": "ApiCallRateInsight"});
    assert_eq!(put["InsightSelectors"], json!([theirs["InsightSelectors"][0], ours]));
}

/// The bucket's lock, with days in mode GOVERNANCE and what others have beside them.
fn lock(days: u8, more: &str) -> String {
    format!(
        "<ObjectLockConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><ObjectLockEnabled>Enabled\
         </ObjectLockEnabled><Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>{days}</Days>{more}</DefaultRetention></Rule>\
         </ObjectLockConfiguration>"
    )
}

#[test]
fn a_hold_of_others_stays_where_the_retention_is_put_right() {
    let world = moto();
    set(world.directory(), "cloudtrail_object_lock = { mode = \"GOVERNANCE\", days = 30 }\n");
    succeed(&world, &["apply", "-auto-approve"]);
    let hold = "<DefaultEventHold><Days>7</Days></DefaultEventHold>";
    answered(&world, "GetObjectLockConfiguration", "application/xml", lock(1, hold));
    found(&world, &["aws_s3_bucket_object_lock_configuration", "held until 7 days after an event"]);
    let put = asked(&world, "PutObjectLockConfiguration");
    succeed(&world, &["apply", "-auto-approve"]);
    let put = put.lock().unwrap().concat();
    for part in ["<Days>30</Days>", "<Mode>GOVERNANCE</Mode>", hold] {
        assert!(put.contains(part), "`{part}` is missing in {put}");
    }
}

#[test]
fn a_lock_with_a_member_that_nobody_knows_is_not_written_over() {
    let world = moto();
    set(world.directory(), "cloudtrail_object_lock = { mode = \"GOVERNANCE\", days = 30 }\n");
    succeed(&world, &["apply", "-auto-approve"]);
    answered(&world, "GetObjectLockConfiguration", "application/xml", lock(1, "<Quorum>2</Quorum>"));
    let put = asked(&world, "PutObjectLockConfiguration");
    let words = ["`Quorum`", "does not know", "nothing was written"];
    refuse(&world, &["apply", "-auto-approve"], &words);
    assert!(put.lock().unwrap().is_empty());
}
