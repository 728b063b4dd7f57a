//! Recorded facts for tests: what AWS answers where everything is as the settings say.

use std::collections::BTreeMap;

use foundation::testing::settings;
use foundation::{Caller, Settings};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::case::{Asks, Case};
use crate::facts::*;
use crate::report::{Report, examine};
use crate::targets::{AlertTargets, RuleTarget};

pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-28 12:00 UTC);
pub(crate) const KEY: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";
pub(crate) const ACCOUNT: &str = "123456789012";

/// A case with its own facts, to be meddled with.
#[derive(Clone)]
pub(crate) struct World {
    pub settings: Settings,
    pub caller: Caller,
    pub facts: Facts,
    pub asks: Asks,
}

/// Settings that use everything that can be checked.
pub(crate) fn everything() -> Value {
    json!({
        "artos_ecr_aws_account": "999988887777",
        "kms_allow_autoscaling": true,
        "kms_key_administrators": ["arn:aws:iam::123456789012:role/KeyAdmin"],
        "create_node_instance_profile": true,
        "cloudtrail_bucket_suffix": "0123abcd",
        "cloudtrail_log_retention_days": 400,
        "cloudtrail_object_lock": {"mode": "GOVERNANCE", "days": 365},
        "cloudtrail_access_log_bucket": "artos-access-logs",
        "monitoring": {"emails": ["security@example.com", "ops@example.com"], "heartbeat": true},
    })
}

impl World {
    /// A healthy one.
    pub(crate) fn new(changes: &Value) -> Self {
        let settings = settings(changes.clone());
        let partition = settings.aws_region.partition();
        let caller = Caller { account_id: ACCOUNT.parse().unwrap(), partition };
        let facts = healthy(&settings, &caller);
        Self { settings, caller, facts, asks: Asks::default() }
    }

    pub(crate) fn report(&self) -> Report {
        examine(&self.settings, &self.caller, &self.facts, &self.asks)
    }

    pub(crate) fn role(&mut self, part: &str) -> &mut RoleFacts {
        self.facts.roles.get_mut(part).unwrap()
    }

    pub(crate) fn record(&mut self, part: &str) -> &mut RoleRecord {
        let Read::Found(record) = &mut self.role(part).record else { panic!("no role") };
        record
    }

    pub(crate) fn inline(&mut self, part: &str) -> &mut BTreeMap<String, Read<String>> {
        let Read::Found(inline) = &mut self.role(part).inline else { panic!("no inline policies") };
        inline
    }

    pub(crate) fn key(&mut self) -> &mut KeyMetadata {
        let Read::Found(key) = &mut self.facts.key.metadata else { panic!("no key") };
        key
    }

    pub(crate) fn trail(&mut self) -> &mut TrailDescription {
        self.trails().first_mut().unwrap()
    }

    pub(crate) fn trails(&mut self) -> &mut Vec<TrailDescription> {
        let Read::Found(trails) = &mut self.facts.trail.trails else { panic!("no trails") };
        trails
    }

    pub(crate) fn status(&mut self) -> &mut TrailStatus {
        let Read::Found(status) = &mut self.facts.trail.status else { panic!("no status") };
        status
    }

    pub(crate) fn bucket(&mut self) -> &mut BucketFacts {
        self.facts.log_bucket.as_mut().unwrap()
    }

    pub(crate) fn target(&mut self) -> &mut BucketFacts {
        self.facts.access_log_bucket.as_mut().unwrap()
    }

    pub(crate) fn alerts(&mut self) -> &mut AlertFacts {
        self.facts.alerts.as_mut().unwrap()
    }

    pub(crate) fn rule(&mut self, part: &str) -> &mut RuleFacts {
        let Some(Read::Found(rule)) = self.alerts().rules.get_mut(part) else { panic!("no rule {part}") };
        rule
    }

    pub(crate) fn topic(&mut self) -> &mut TopicFacts {
        let Read::Found(topic) = &mut self.alerts().topic else { panic!("no topic") };
        topic
    }

    pub(crate) fn alarm(&mut self) -> &mut AlarmFacts {
        let alarm = self.alerts().alarms.values_mut().next();
        let Some(Read::Found(alarm)) = alarm else { panic!("no alarm") };
        alarm
    }

    pub(crate) fn state(&mut self) -> &mut StateFacts {
        self.facts.state.as_mut().unwrap()
    }

    pub(crate) fn state_bucket(&mut self) -> &mut BucketFacts {
        self.state().bucket.as_mut().unwrap()
    }

    /// Changes a policy as JSON: its statements.
    pub(crate) fn statements(policy: &mut Read<String>, change: impl FnOnce(&mut Vec<Value>)) {
        let Read::Found(text) = policy else { panic!("no policy") };
        let mut document: Value = serde_json::from_str(text).unwrap();
        change(document["Statement"].as_array_mut().unwrap());
        *text = document.to_string();
    }

    pub(crate) fn history(&mut self, source: &str, events: Vec<Event>) {
        let history = History { events, reaches_back_to: None, source: "cloudtrail:LookupEvents".to_owned() };
        self.facts.history.insert(source.to_owned(), Read::Found(history));
    }
}

/// A denied call.
pub(crate) fn denied(action: &str, caller: &str, message: &str) -> Event {
    let (service, name) = action.split_once(':').unwrap();
    Event {
        at: datetime!(2026-11-28 11:30 UTC),
        source: format!("{service}.amazonaws.com"),
        name: name.to_owned(),
        caller: caller.to_owned(),
        invoked_by: None,
        error_code: Some("AccessDenied".to_owned()),
        error_message: Some(message.to_owned()),
        request_id: Some("7c1b-request".to_owned()),
        resources: vec![format!("arn:aws:kms:us-east-1:{ACCOUNT}:key/{KEY}")],
    }
}

pub(crate) fn refusal(operation: &str) -> Refusal {
    Refusal {
        operation: operation.to_owned(),
        kind: RefusalKind::Denied,
        code: Some("AccessDenied".to_owned()),
        message: "not authorized".to_owned(),
        request_id: Some("req-1".to_owned()),
    }
}

/// What AWS's policies allow, as far as a decision hangs on it.
pub(crate) const READ_ONLY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ecr:GetAuthorizationToken","ecr:BatchCheckLayerAvailability","ecr:GetDownloadUrlForLayer","ecr:BatchGetImage"],"Resource":"*"}]}"#;
const CLUSTER: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ec2:Describe*","kms:DescribeKey"],"Resource":"*"}]}"#;

fn healthy(settings: &Settings, caller: &Caller) -> Facts {
    let partition = caller.partition;
    let region = settings.aws_region.to_string();
    let key_arn = format!("arn:{partition}:kms:{region}:{ACCOUNT}:key/{KEY}");
    let bucket = settings.name.bucket_name("0123abcd");
    let mut facts = empty(&bucket, &region);
    facts.identity = Read::Found(Identity {
        account_id: ACCOUNT.to_owned(),
        arn: format!("arn:{partition}:sts::{ACCOUNT}:assumed-role/ci/run"),
    });
    facts.key.metadata = Read::Found(KeyMetadata {
        id: KEY.to_owned(),
        arn: key_arn.clone(),
        state: "Enabled".to_owned(),
        deletion_date: None,
        origin: "AWS_KMS".to_owned(),
        valid_to: None,
        usage: "ENCRYPT_DECRYPT".to_owned(),
        spec: "SYMMETRIC_DEFAULT".to_owned(),
    });
    let asks = Asks::default();
    let wanted = facts.clone();
    let case = Case::new(settings, caller, &wanted, &asks);
    facts.key.alias_target = Read::Found(KEY.to_owned());
    facts.key.last_use =
        Read::Found(KeyUse { operation: "Decrypt".to_owned(), at: datetime!(2026-11-28 11:59 UTC) });
    facts.key.aliases = Read::Found(vec![case.alias()]);
    facts.key.policy = found(case.wanted("aws_kms_key", "main", "policy"));
    let period = i32::try_from(settings.kms_rotation_period_in_days).unwrap();
    facts.key.rotation = Read::Found(Rotation { enabled: true, period_days: Some(period) });
    for role in case.wanted_roles().to_vec() {
        let inline = role.inline.iter().map(|(name, policy)| (name.clone(), Read::Found(policy.to_json())));
        let path = settings.iam_path.to_string();
        let record = RoleRecord {
            arn: format!("arn:{partition}:iam::{ACCOUNT}:role{path}{}", role.name),
            unique_id: "AROAEXAMPLE0000000001".to_owned(),
            trust: role.trust.unwrap().to_json(),
            boundary: role.boundary,
        };
        let role_facts = RoleFacts {
            name: role.name,
            record: Read::Found(record),
            attached: Read::Found(role.managed),
            inline: Read::Found(inline.collect()),
            instance_profiles: None,
        };
        facts.roles.insert(role.part, role_facts);
    }
    for (name, document) in [
        ("AmazonEC2ContainerRegistryReadOnly", READ_ONLY),
        ("AmazonEKSFargatePodExecutionRolePolicy", READ_ONLY),
        ("AmazonEKSClusterPolicy", CLUSTER),
    ] {
        facts
            .documents
            .insert(format!("arn:{partition}:iam::aws:policy/{name}"), Read::Found(document.to_owned()));
    }
    if let Some(name) = case.wanted("aws_iam_role", "eks_node_group", "name") {
        facts.instance_profile = settings.create_node_instance_profile.then(|| Read::Found(vec![name]));
    }
    fill_trail(&mut facts, &case, &bucket, &key_arn);
    facts.trail.selectors = Read::Found(selectors(settings, caller, &bucket));
    fill_bucket(&mut facts, settings, &case, &key_arn);
    facts.alerts = case.alerts().map(|targets| alerts(&case, targets));
    facts.state = Some(state(&region, caller, &bucket));
    facts
}

/// A chain whose every link holds.
fn alerts(case: &Case<'_>, targets: &AlertTargets) -> AlertFacts {
    let rule = |rule: &RuleTarget| {
        let arn = case.wanted("aws_cloudwatch_event_target", &rule.part, "arn").unwrap();
        let arn = if arn.starts_with("arn:") { arn } else { targets.topic.clone() };
        let pattern = case.wanted("aws_cloudwatch_event_rule", &rule.part, "event_pattern").unwrap();
        let live = RuleFacts { enabled: true, pattern, targets: Read::Found(vec![arn]) };
        (rule.part.clone(), Read::Found(live))
    };
    let alarm = |(part, _): &(String, String)| {
        let live = AlarmFacts {
            state: "OK".to_owned(),
            reason: "Threshold Crossed".to_owned(),
            since: Some(datetime!(2026-11-28 00:00 UTC)),
            acts: true,
            actions: vec![targets.topic.clone()],
        };
        (part.clone(), Read::Found(live))
    };
    let subscriber = |endpoint: &String| Subscriber { endpoint: endpoint.clone(), confirmed: true };
    let policy = case.wanted("aws_sns_topic_policy", "foundation_alerts", "policy");
    AlertFacts {
        rules: targets.rules.iter().map(rule).collect(),
        topic: Read::Found(TopicFacts {
            policy: policy.unwrap_or_default(),
            key: Some(case.key_arn()),
            key_policy: None,
        }),
        subscribers: Read::Found(targets.emails.iter().map(subscriber).collect()),
        alarms: targets.alarms.iter().map(alarm).collect(),
    }
}

/// One trail of the deployment, which delivers.
fn fill_trail(facts: &mut Facts, case: &Case<'_>, bucket: &str, key_arn: &str) {
    facts.trail.trails = Read::Found(vec![TrailDescription {
        name: case.trail_name(),
        arn: case.trail_arn(),
        home_region: case.settings.aws_region.to_string(),
        bucket: bucket.to_owned(),
        prefix: None,
        kms_key: Some(key_arn.to_owned()),
        multi_region: true,
        global_events: true,
        validation: case.is_hardened(),
        organization: false,
    }]);
    facts.trail.status = Read::Found(TrailStatus {
        logging: true,
        delivered: Some(datetime!(2026-11-28 11:57 UTC)),
        digest_delivered: Some(datetime!(2026-11-28 11:10 UTC)),
        started: Some(datetime!(2026-11-01 00:00 UTC)),
        ..TrailStatus::default()
    });
}

fn found(text: Option<String>) -> Read<String> {
    text.map_or(Read::Absent, Read::Found)
}

fn selectors(settings: &Settings, caller: &Caller, bucket: &str) -> Selectors {
    use foundation::settings::DataEvents;
    let partition = caller.partition;
    let arns = match &settings.cloudtrail_s3_data_events {
        DataEvents::None => Vec::new(),
        DataEvents::TrailBucket => vec![format!("arn:{partition}:s3:::{bucket}/")],
        DataEvents::AllBuckets => vec![format!("arn:{partition}:s3")],
        DataEvents::Buckets(names) => {
            names.iter().map(|name| format!("arn:{partition}:s3:::{name}/")).collect()
        }
    };
    let data = if arns.is_empty() { Vec::new() } else { vec![("AWS::S3::Object".to_owned(), arns)] };
    Selectors::Basic(vec![BasicSelector {
        read_write: "All".to_owned(),
        management: true,
        excluded: Vec::new(),
        data,
    }])
}

fn fill_bucket(facts: &mut Facts, settings: &Settings, case: &Case<'_>, key_arn: &str) {
    let name = settings.name.bucket_name("0123abcd");
    let hardened = case.is_hardened();
    let log_bucket = facts.log_bucket.as_mut().unwrap();
    log_bucket.policy = found(case.wanted("aws_s3_bucket_policy", "cloudtrail", "policy"));
    log_bucket.public_access = if hardened { Read::Found(PublicAccess::ALL) } else { Read::Absent };
    log_bucket.versioning = Read::Found("Enabled".to_owned());
    log_bucket.encryption =
        Read::Found(Encryption { algorithm: "aws:kms".to_owned(), key: Some(key_arn.to_owned()) });
    log_bucket.ownership = Read::Found("BucketOwnerEnforced".to_owned());
    if let Some(days) = settings.cloudtrail_log_retention_days {
        let days = i32::try_from(days).unwrap();
        log_bucket.expirations = Read::Found(vec![Expiration {
            id: "expire".to_owned(),
            enabled: true,
            prefix: String::new(),
            days: Some(days),
            noncurrent_days: Some(days),
        }]);
    }
    if let Some(lock) = &settings.cloudtrail_object_lock {
        log_bucket.lock = Read::Found(ObjectLockDefault {
            mode: Some(lock.mode.name().to_owned()),
            days: i64::from(lock.days),
        });
    }
    if let Some(target) = &settings.cloudtrail_access_log_bucket {
        log_bucket.logging =
            Read::Found(LoggingTarget { bucket: target.to_string(), prefix: format!("{name}/") });
        let mut bucket = BucketFacts::bare(target.to_string(), Read::Found(settings.aws_region.to_string()));
        let partition = case.caller.partition;
        bucket.policy = Read::Found(
            json!({"Version": "2012-10-17", "Statement": [{
                "Sid": "S3Writes", "Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"},
                "Action": "s3:PutObject", "Resource": format!("arn:{partition}:s3:::{target}/*"),
                "Condition": {"ArnLike": {"aws:SourceArn": format!("arn:{partition}:s3:::{name}")},
                              "StringEquals": {"aws:SourceAccount": ACCOUNT}},
            }]})
            .to_string(),
        );
        bucket.encryption = Read::Found(Encryption { algorithm: "AES256".to_owned(), key: None });
        facts.access_log_bucket = Some(bucket);
    }
}

fn state(region: &str, caller: &Caller, bucket: &str) -> StateFacts {
    let mut state_bucket = BucketFacts::bare("artos-terraform-state", Read::Found(region.to_owned()));
    state_bucket.versioning = Read::Found("Enabled".to_owned());
    state_bucket.encryption = Read::Found(Encryption { algorithm: "AES256".to_owned(), key: None });
    state_bucket.public_access = Read::Found(PublicAccess::ALL);
    let arn = format!("arn:{}:s3:::artos-terraform-state", caller.partition);
    state_bucket.policy = Read::Found(
        json!({"Version": "2012-10-17", "Statement": [{
            "Sid": "TlsOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
            "Resource": [arn.clone(), format!("{arn}/*")],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }]})
        .to_string(),
    );
    StateFacts {
        place: Place::S3 {
            bucket: "artos-terraform-state".to_owned(),
            key: "global/production/us-east-1/terraform.tfstate".to_owned(),
            region: region.to_owned(),
            lockfile: true,
            table: Some("locks".to_owned()),
        },
        record: Read::Found(StateRecord {
            account: Some(ACCOUNT.to_owned()),
            region: Some(region.to_owned()),
            key_id: Some(KEY.to_owned()),
            bucket: Some(bucket.to_owned()),
        }),
        bucket: Some(state_bucket),
        locks: Read::Found(Vec::new()),
        digests: Some(Digests::Agree),
        earlier_versions: Some(Read::Found(3)),
        others: Some(Read::Found(Vec::new())),
    }
}

/// Facts of an account with nothing in it.
pub(crate) fn empty(bucket: &str, region: &str) -> Facts {
    Facts {
        read_at: NOW,
        identity: Read::Absent,
        connection: Connection::default(),
        key: KeyFacts {
            metadata: Read::Absent,
            alias_target: Read::Absent,
            aliases: Read::Absent,
            policy: Read::Absent,
            rotation: Read::Absent,
            grants: Read::Found(Vec::new()),
            last_use: Read::Absent,
        },
        roles: BTreeMap::new(),
        callers: BTreeMap::new(),
        documents: BTreeMap::new(),
        instance_profile: None,
        registry: RegistryFacts::default(),
        trail: TrailFacts { trails: Read::Absent, status: Read::Absent, selectors: Read::Absent },
        log_bucket: Some(BucketFacts::bare(bucket, Read::Found(region.to_owned()))),
        access_log_bucket: None,
        alerts: None,
        state: None,
        history: BTreeMap::new(),
    }
}

/// The ids of the checks that do not pass and are no symptoms.
pub(crate) fn causes(report: &Report) -> Vec<String> {
    let unhealthy = |check: &&crate::Check| check.status != crate::Status::Pass && check.because_of.is_none();
    report.checks.iter().filter(unhealthy).map(|check| check.id.clone()).collect()
}
