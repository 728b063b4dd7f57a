//! The resources of the template: what the provider has as many, CloudFormation often has as one.

use terraform::Address;

use super::kinds::{self, Entry};
use super::parameters::{
    HAS_BOUNDARY, HAS_FARGATE, HAS_INSTANCE_PROFILE, HAS_LOG_READER, HAS_REGISTRY, HAS_RETENTION, HAS_SUFFIX,
    MAKES_AUTO_SCALING_ROLE,
};
use super::properties::PROPERTIES;
use super::text::{Writer, logical_id};
use super::value::Value;
use crate::pattern::{Node, Part, Pattern, Resource};

/// Builds the resources.
pub(super) struct Resources<'a> {
    /// What they follow from.
    pub pattern: &'a Pattern,
    /// How values are written.
    pub writer: Writer<'a>,
    /// The user's tags and ours.
    pub tags: Value,
}

pub(super) type Properties = Vec<(String, Value)>;

impl Resources<'_> {
    /// All resources by logical id.
    pub(super) fn all(&self) -> Value {
        let written = kinds::KINDS.iter().flat_map(|(kind, form)| {
            let of_kind = self
                .pattern
                .resources
                .iter()
                .filter(move |resource| resource.address.resource_type() == *kind);
            of_kind.filter_map(|resource| Some(self.written(form.entry()?, resource)))
        });
        Value::Map(written.collect())
    }

    /// A resource of the template.
    fn written(&self, entry: Entry, resource: &Resource) -> (String, Value) {
        match entry {
            Entry::ServiceLinkedRole => self.service_linked_role(resource),
            Entry::Key => self.key(resource),
            Entry::Alias => self.alias(resource),
            Entry::Role => self.role(resource),
            Entry::InstanceProfile => self.instance_profile(resource),
            Entry::Policy => self.policy(resource),
            Entry::Bucket => self.bucket(resource),
            Entry::BucketPolicy => self.bucket_policy(resource),
            Entry::Trail => self.trail(resource),
            Entry::Topic => self.topic(resource),
            Entry::TopicPolicy => self.topic_policy(resource),
            Entry::Subscription => self.subscription(resource),
            Entry::LogGroup => self.log_group(resource),
            Entry::MetricFilter => self.metric_filter(resource),
            Entry::Rule => self.rule(resource),
            Entry::Alarm => self.alarm(resource),
        }
    }

    /// A resource: type, what is about it as a whole, properties.
    pub(super) fn entry(
        &self,
        resource: &Resource,
        about: Properties,
        properties: Properties,
    ) -> (String, Value) {
        let kind = kinds::form_of(resource.address.resource_type()).map_or("", kinds::Form::type_name);
        let mut fields = vec![("Type".to_owned(), kind.into())];
        fields.extend(about);
        fields.push(("Properties".to_owned(), Value::Map(properties)));
        (logical_id(&resource.address), Value::Map(fields))
    }

    /// That which must be there before `resources`, which become one, and which none of them refers to; what they watch, too.
    /// `DependsOn` cannot name what a stack may do without.
    pub(super) fn after(&self, resources: &[&Resource], watched: &[&Address]) -> Properties {
        let mut known: Vec<Address> = resources.iter().map(|resource| resource.address.clone()).collect();
        for (_, node) in resources.iter().flat_map(|resource| &resource.arguments) {
            node.references(&mut known);
        }
        let mut first = Vec::new();
        let needed = resources.iter().flat_map(|resource| &resource.depends_on);
        for address in needed.chain(watched.iter().copied()) {
            let form = kinds::form_of(address.resource_type());
            let is_written = form.is_some_and(|form| form.entry().is_some());
            if is_written && !is_for_fargate(address) && !known.contains(address) {
                known.push(address.clone());
                first.push(Value::text(logical_id(address)));
            }
        }
        let first = Some(first).filter(|first| !first.is_empty());
        first.map(|first| ("DependsOn".to_owned(), Value::List(first))).into_iter().collect()
    }

    /// The properties that have the same value as an argument.
    pub(super) fn properties(&self, resource: &Resource) -> Properties {
        let kind = resource.address.resource_type();
        let property =
            |name: &str| PROPERTIES.iter().find(|(of, argument, _)| *of == kind && *argument == name);
        let set = resource.arguments.iter().filter(|(_, node)| *node != Node::Null);
        set.filter_map(|(name, node)| Some((property(name)?.2.to_owned(), self.writer.value(node)))).collect()
    }

    fn alias(&self, alias: &Resource) -> (String, Value) {
        self.entry(alias, Vec::new(), self.properties(alias))
    }

    fn key(&self, key: &Resource) -> (String, Value) {
        let mut properties = self.properties(key);
        properties.push(("RotationPeriodInDays".to_owned(), Value::reference("KmsRotationPeriodInDays")));
        properties.push(("PendingWindowInDays".to_owned(), Value::reference("KmsDeletionWindowInDays")));
        properties.push(self.tagged());
        self.entry(key, retained(), properties)
    }

    fn service_linked_role(&self, role: &Resource) -> (String, Value) {
        let about = [conditional(MAKES_AUTO_SCALING_ROLE)].into_iter().chain(retained()).collect();
        self.entry(role, about, self.properties(role))
    }

    /// A role with the policies that are attached to it and within it.
    fn role(&self, role: &Resource) -> (String, Value) {
        let mut properties = self.properties(role);
        let boundary = Value::reference("PermissionsBoundaryArn").when(HAS_BOUNDARY);
        properties.push(("PermissionsBoundary".to_owned(), boundary));
        let of_role = |kind: &'static str| self.parts(kind, &role.address);
        let managed = of_role("aws_iam_role_policy_attachment")
            .filter_map(|attachment| attachment.argument("policy_arn"));
        let managed: Vec<Value> = managed.map(|arn| self.writer.value(arn)).collect();
        if !managed.is_empty() {
            properties.push(("ManagedPolicyArns".to_owned(), Value::List(managed)));
        }
        let inline: Vec<Value> = of_role("aws_iam_role_policy")
            .filter_map(|policy| {
                let inline = Value::map([
                    ("PolicyName", self.writer.value(policy.argument("name")?)),
                    ("PolicyDocument", self.writer.value(policy.argument("policy")?)),
                ]);
                Some(match policy.address.name() {
                    "cloudtrail_logs" => inline,
                    _ => inline.when(HAS_REGISTRY),
                })
            })
            .collect();
        if !inline.is_empty() {
            properties.push(("Policies".to_owned(), Value::List(inline)));
        }
        properties.push(self.tagged());
        let about = if_made(&role.address);
        self.entry(role, about, properties)
    }

    /// The resources of a type that are parts of another.
    pub(super) fn parts<'b>(
        &'b self,
        kind: &'static str,
        whole: &'b Address,
    ) -> impl Iterator<Item = &'b Resource> {
        self.pattern.resources.iter().filter(move |resource| {
            resource.address.resource_type() == kind && resource.depends_on.contains(whole)
        })
    }

    fn instance_profile(&self, profile: &Resource) -> (String, Value) {
        let mut properties = self.properties(profile);
        let role = profile.argument("role").map(|role| self.writer.value(role));
        properties.push(("Roles".to_owned(), Value::List(role.into_iter().collect())));
        self.entry(profile, vec![conditional(HAS_INSTANCE_PROFILE)], properties)
    }

    /// A managed policy, which takes no tags in CloudFormation.
    fn policy(&self, policy: &Resource) -> (String, Value) {
        self.entry(policy, vec![conditional(HAS_LOG_READER)], self.properties(policy))
    }

    /// The bucket with its settings.
    fn bucket(&self, bucket: &Resource) -> (String, Value) {
        let mut properties = vec![("BucketName".to_owned(), self.bucket_name(""))];
        properties.extend(self.properties(bucket));
        let mut add =
            |name: &str, value: Option<Value>| properties.extend(value.map(|value| (name.to_owned(), value)));
        add("VersioningConfiguration", self.versioning());
        add("BucketEncryption", self.encryption());
        add("PublicAccessBlockConfiguration", self.public_access_block());
        add("OwnershipControls", self.ownership());
        add("LifecycleConfiguration", self.lifecycle().map(|rules| rules.when(HAS_RETENTION)));
        add("ObjectLockConfiguration", self.object_lock());
        add("LoggingConfiguration", self.logging());
        properties.push(self.tagged());
        self.entry(bucket, retained(), properties)
    }

    /// The bucket's name and then `end`; without a chosen suffix eight digits of the stack's id.
    fn bucket_name(&self, end: &str) -> Value {
        let name = "${ProjectName}-${Environment}-cloudtrail-logs-";
        let split = |by: &str, text: Value| Value::Call("Split", vec![by.into(), text]);
        let select = |index: u32, list: Value| Value::Call("Select", vec![index.into(), list]);
        let stack = select(2, split("/", Value::reference("AWS::StackId")));
        let drawn = Value::map([("Suffix", select(0, split("-", stack)))]);
        Value::Call(
            "If",
            vec![
                HAS_SUFFIX.into(),
                Value::Short("Sub", format!("{name}${{CloudTrailBucketSuffix}}{end}")),
                Value::Call("Sub", vec![Value::text(format!("{name}${{Suffix}}{end}")), drawn]),
            ],
        )
    }

    fn setting(&self, kind: &str) -> Option<&Resource> {
        self.pattern.resource(kind, "cloudtrail")
    }

    fn versioning(&self) -> Option<Value> {
        let setting = self.setting("aws_s3_bucket_versioning")?;
        let status = setting.argument("versioning_configuration")?.items().first()?.field("status")?;
        Some(Value::map([("Status", self.writer.value(status))]))
    }

    fn encryption(&self) -> Option<Value> {
        let setting = self.setting("aws_s3_bucket_server_side_encryption_configuration")?;
        let rule = setting.argument("rule")?.items().first()?;
        let default = rule.block("apply_server_side_encryption_by_default")?;
        let field = |node: &Node, name: &str| Some(self.writer.value(node.field(name)?));
        let rule = Value::map([
            (
                "ServerSideEncryptionByDefault",
                Value::map([
                    ("SSEAlgorithm", field(default, "sse_algorithm")?),
                    ("KMSMasterKeyID", field(default, "kms_master_key_id")?),
                ]),
            ),
            ("BucketKeyEnabled", field(rule, "bucket_key_enabled")?),
        ]);
        Some(Value::map([("ServerSideEncryptionConfiguration", Value::List(vec![rule]))]))
    }

    fn public_access_block(&self) -> Option<Value> {
        let setting = self.setting("aws_s3_bucket_public_access_block")?;
        let flag = |name: &str| setting.argument(name).map(|node| self.writer.value(node));
        Some(Value::map([
            ("BlockPublicAcls", flag("block_public_acls")?),
            ("BlockPublicPolicy", flag("block_public_policy")?),
            ("IgnorePublicAcls", flag("ignore_public_acls")?),
            ("RestrictPublicBuckets", flag("restrict_public_buckets")?),
        ]))
    }

    fn ownership(&self) -> Option<Value> {
        let setting = self.setting("aws_s3_bucket_ownership_controls")?;
        let ownership = setting.argument("rule")?.items().first()?.field("object_ownership")?;
        let rule = Value::map([("ObjectOwnership", self.writer.value(ownership))]);
        Some(Value::map([("Rules", Value::List(vec![rule]))]))
    }

    fn lifecycle(&self) -> Option<Value> {
        let setting = self.setting("aws_s3_bucket_lifecycle_configuration")?;
        let rule = setting.argument("rule")?.items().first()?;
        let days = Value::reference("CloudTrailLogRetentionDays");
        let uploads = rule.block("abort_incomplete_multipart_upload")?.field("days_after_initiation")?;
        let rule = Value::map([
            ("Id", self.writer.value(rule.field("id")?)),
            ("Status", self.writer.value(rule.field("status")?)),
            ("Prefix", self.writer.value(rule.block("filter")?.field("prefix")?)),
            ("ExpirationInDays", days.clone()),
            ("NoncurrentVersionExpiration", Value::map([("NoncurrentDays", days)])),
            (
                "AbortIncompleteMultipartUpload",
                Value::map([("DaysAfterInitiation", self.writer.value(uploads))]),
            ),
        ]);
        Some(Value::map([("Rules", Value::List(vec![rule]))]))
    }

    fn object_lock(&self) -> Option<Value> {
        let setting = self.setting("aws_s3_bucket_object_lock_configuration")?;
        let retention = setting.argument("rule")?.items().first()?.block("default_retention")?;
        let field = |name: &str| Some(self.writer.value(retention.field(name)?));
        let retention = Value::map([("Mode", field("mode")?), ("Days", field("days")?)]);
        Some(Value::map([
            ("ObjectLockEnabled", self.writer.value(setting.argument("object_lock_enabled")?)),
            ("Rule", Value::map([("DefaultRetention", retention)])),
        ]))
    }

    fn logging(&self) -> Option<Value> {
        let setting = self.setting("aws_s3_bucket_logging")?;
        let target = self.writer.value(setting.argument("target_bucket")?);
        let end = match setting.argument("target_prefix")? {
            Node::Text(parts) => match parts.last() {
                Some(Part::Literal(end)) => end.as_str(),
                _ => "",
            },
            _ => "",
        };
        Some(Value::map([("DestinationBucketName", target), ("LogFilePrefix", self.bucket_name(end))]))
    }

    fn bucket_policy(&self, policy: &Resource) -> (String, Value) {
        let mut properties = Vec::new();
        for (argument, property) in [("bucket", "Bucket"), ("policy", "PolicyDocument")] {
            let value = policy.argument(argument).map(|node| self.writer.value(node));
            properties.extend(value.map(|value| (property.to_owned(), value)));
        }
        self.entry(policy, retained(), properties)
    }

    /// The trail, after the policies that let it write and tell, and that it does not refer to.
    fn trail(&self, trail: &Resource) -> (String, Value) {
        let mut properties = self.properties(trail);
        let selectors = trail.argument("event_selector").map(Node::items).unwrap_or_default();
        let selectors = selectors.iter().map(|selector| self.event_selector(selector));
        properties.push(("EventSelectors".to_owned(), Value::List(selectors.collect())));
        let insights = trail.argument("insight_selector").map(Node::items).unwrap_or_default();
        let insights = insights.iter().filter_map(|one| one.field("insight_type"));
        let insights: Vec<Value> =
            insights.map(|kind| Value::map([("InsightType", self.writer.value(kind))])).collect();
        if !insights.is_empty() {
            properties.push(("InsightSelectors".to_owned(), Value::List(insights)));
        }
        properties.push(self.tagged());
        self.entry(trail, self.after(&[trail], &[]), properties)
    }

    fn event_selector(&self, selector: &Node) -> Value {
        let mut fields = self.renamed(
            selector,
            &[("read_write_type", "ReadWriteType"), ("include_management_events", "IncludeManagementEvents")],
        );
        let data = selector.field("data_resource").map(Node::items).unwrap_or_default();
        let data: Vec<Value> = data
            .iter()
            .map(|data| Value::Map(self.renamed(data, &[("type", "Type"), ("values", "Values")])))
            .collect();
        if !data.is_empty() {
            fields.push(("DataResources".to_owned(), Value::List(data)));
        }
        Value::Map(fields)
    }

    /// Fields of a value under other names.
    pub(super) fn renamed(&self, node: &Node, names: &[(&str, &str)]) -> Properties {
        let field = |(name, property): &(&str, &str)| {
            Some(((*property).to_owned(), self.writer.value(node.field(name)?)))
        };
        names.iter().filter_map(field).collect()
    }

    pub(super) fn tagged(&self) -> (String, Value) {
        ("Tags".to_owned(), self.tags.clone())
    }
}

/// Kept when the stack or the resource goes.
pub(super) fn retained() -> Properties {
    let retain = |name: &str| (name.to_owned(), "Retain".into());
    vec![retain("DeletionPolicy"), retain("UpdateReplacePolicy")]
}

/// Whether a stack makes this only for Fargate.
fn is_for_fargate(address: &Address) -> bool {
    address.name().ends_with("eks_fargate")
}

/// When a stack makes this, if not always.
pub(super) fn if_made(address: &Address) -> Properties {
    is_for_fargate(address).then(|| conditional(HAS_FARGATE)).into_iter().collect()
}

fn conditional(condition: &str) -> (String, Value) {
    ("Condition".to_owned(), condition.into())
}
