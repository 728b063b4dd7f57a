//! Every setting, declared once: the reader, the suggestions and the reference page all follow this table.

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Declaration {
    /// Its name in `terraform.tfvars`.
    pub name: &'static str,
    /// Its type in Terraform's notation.
    pub type_expression: &'static str,
    /// Its default as one would write it; `None` when it must be set.
    pub default: Option<&'static str>,
    /// What it is, in one line.
    pub meaning: &'static str,
    /// An assignment as one would write it.
    pub example: &'static str,
    /// What follows from setting it, in sentences.
    pub effect: &'static str,
}

impl Declaration {
    /// Whether the type is `string`, `number` or `bool`: then `-var` and `TF_VAR_…` give text, otherwise an expression.
    pub fn is_primitive(&self) -> bool {
        matches!(self.type_expression, "string" | "number" | "bool")
    }
}

/// The declaration of `name`.
pub fn declaration(name: &str) -> Option<&'static Declaration> {
    DECLARATIONS.iter().find(|declaration| declaration.name == name)
}

/// The declared name that `name` was most likely meant to be.
pub fn similar(name: &str) -> Option<&'static str> {
    terraform::similar(name, DECLARATIONS.iter().map(|declaration| declaration.name))
}

/// All settings, required ones first.
pub const DECLARATIONS: &[Declaration] = &[
    Declaration {
        name: "project_name",
        type_expression: "string",
        default: None,
        meaning: "The first part of every name",
        example: r#"project_name = "genai-artos""#,
        effect: "Lower-case letters, digits and single hyphens. Together with `environment` at most 34 characters, because \
                 `{project_name}-{environment}-rds-enhanced-monitoring-role` must fit the 64 characters of a role name. \
                 Another value names other objects: everything is replaced, the log bucket and the key are kept.",
    },
    Declaration {
        name: "environment",
        type_expression: "string",
        default: None,
        meaning: "The second part of every name",
        example: r#"environment = "production""#,
        effect: "The rules of `project_name` hold for it too.",
    },
    Declaration {
        name: "aws_region",
        type_expression: "string",
        default: None,
        meaning: "The region of the key, the log bucket and the trail's home",
        example: r#"aws_region = "us-east-1""#,
        effect: "Must lie in the partition of the credentials: `cn-…` for China, `us-gov-…` for GovCloud. Once something \
                 is recorded, the region stays: key, bucket and trail cannot move, and another region is refused. The roles are global, but with \
                 `restrict_service_principals` the Fargate and RDS monitoring roles serve this region and `additional_regions` only.",
    },
    Declaration {
        name: "terraform_state_bucket",
        type_expression: "string",
        default: None,
        meaning: "The bucket that holds the Terraform state",
        example: r#"terraform_state_bucket = "artos-terraform-state""#,
        effect: "Checked and compared with the backend's `bucket`; nothing is made from it.",
    },
    Declaration {
        name: "tags",
        type_expression: "map(string)",
        default: None,
        meaning: "Tags for everything that can carry tags",
        example: "tags = {\n  system_owner = \"platform-team@company.com\"\n  cost_center  = \"engineering\"\n}",
        effect: "At most 48 (`{}` for none), because `managed-by` and `underpin:deployment` come with every object and AWS takes 50. A \
                 `managed-by` of your own takes the place of `managed-by = underpin`. Keys that differ only in case are one key to IAM and are refused.",
    },
    Declaration {
        name: "ignore_tags",
        type_expression: "object({ keys = optional(list(string)), key_prefixes = optional(list(string)) })",
        default: Some("null"),
        meaning: "Tags that others write on the foundation's objects",
        example: "ignore_tags = {\n  keys         = [\"owner\"]\n  key_prefixes = [\"c7n:\"]\n}",
        effect: "As the provider's `ignore_tags`: such tags, which governance tools write, are no difference, are never removed, and are kept whenever \
                 tags are written. Keys are compared letter by letter. What `tags` sets cannot be ignored.",
    },
    Declaration {
        name: "profile",
        type_expression: "string",
        default: Some(r#""hardened""#),
        meaning: "Whether the foundation is hardened or as the module's document describes it",
        example: r#"profile = "document""#,
        effect: "`document` makes what the document describes and no more: no confused-deputy conditions, the bucket policy as shown there, no public \
                 access block, ownership controls, bucket key or log file validation, no descriptions. What the document leaves open is left as it is, and what \
                 was taken over with `underpin adopt` gets no tags of ours and keeps its own `managed-by`; what is made carries ours. It also makes \
                 `restrict_service_principals` and `kms_allow_cloudwatch_logs` false where they are not set.",
    },
    Declaration {
        name: "additional_regions",
        type_expression: "list(string)",
        default: Some("[]"),
        meaning: "Further regions with Fargate profiles and databases that use the roles",
        example: r#"additional_regions = ["eu-central-1"]"#,
        effect: "With `restrict_service_principals` the Fargate and RDS monitoring roles serve these regions too. Key, log bucket and trail stay in `aws_region`.",
    },
    Declaration {
        name: "artos_ecr_aws_account",
        type_expression: "string",
        default: Some("null"),
        meaning: "The account that owns the image registry",
        example: r#"artos_ecr_aws_account = "210987654321""#,
        effect: "Adds the inline policy `cross-account-ecr` to the node group and Fargate roles. When null the policies are left out, and plan warns. \
                 Quote it: an account id may begin with 0.",
    },
    Declaration {
        name: "ecr_repository_prefixes",
        type_expression: "list(string)",
        default: Some(r#"["development", "thirdparty"]"#),
        meaning: "Beginnings of the repository names that `cross-account-ecr` names",
        example: r#"ecr_repository_prefixes = ["production", "thirdparty"]"#,
        effect: "`production` stands for the repositories `production/*`. Without `artos_ecr_aws_account` it changes nothing.",
    },
    Declaration {
        name: "kms_deletion_window_in_days",
        type_expression: "number",
        default: Some("7"),
        meaning: "Days between `destroy -delete-key` and the end of the key",
        example: "kms_deletion_window_in_days = 30",
        effect: "7 to 30. The last day on which `apply` can still bring the key back.",
    },
    Declaration {
        name: "kms_rotation_period_in_days",
        type_expression: "number",
        default: Some("365"),
        meaning: "Days between two rotations of the key",
        example: "kms_rotation_period_in_days = 180",
        effect: "90 to 2560. Rotation makes new key material for new data; what is encrypted already stays under the old material, which AWS keeps.",
    },
    Declaration {
        name: "kms_key_administrators",
        type_expression: "list(string)",
        default: Some("[]"),
        meaning: "ARNs of IAM users, roles and accounts that may administer the key",
        example: r#"kms_key_administrators = ["arn:aws:iam::123456789012:role/KeyAdmin"]"#,
        effect: "Adds a statement to the key policy: manage, rotate, tag, schedule deletion, but not encrypt, decrypt or grant. The principals must exist.",
    },
    Declaration {
        name: "key_user_arns",
        type_expression: "list(string)",
        default: Some("[]"),
        meaning: "ARNs of IAM users, roles and accounts that use the key",
        example: r#"key_user_arns = ["arn:aws:iam::999988887777:role/backup"]"#,
        effect: "Adds the statements of key users to the key policy: encrypt, decrypt, make data keys, describe, and grants that AWS services make for \
                 them. Principals of this account need it only where no IAM policy allows it; those of another account need an IAM policy of their own \
                 beside it. The principals must exist.",
    },
    Declaration {
        name: "log_reader_arns",
        type_expression: "list(string)",
        default: Some("[]"),
        meaning: "ARNs of IAM users, roles and accounts that read the audit logs",
        example: r#"log_reader_arns = ["arn:aws:iam::999988887777:role/siem"]"#,
        effect: "Adds a statement to the key policy, `kms:Decrypt` of what the trail encrypted and of nothing else, and two to the bucket policy: list and \
                 read this account's logs. Those of another account need an IAM policy of their own beside it, as `create_log_reader_policy` makes one. \
                 The principals must exist.",
    },
    Declaration {
        name: "key_policy_statements",
        type_expression: "any",
        default: Some("[]"),
        meaning: "Statements of your own in the key's policy",
        example: "key_policy_statements = [\n  {\n    Sid       = \"Partner reads reports\"\n    Effect    = \"Allow\"\n    Principal = { AWS = \"arn:aws:iam::999988887777:role/reports\" }\n    Action    = [\"kms:Decrypt\"]\n    Resource  = \"*\"\n    Condition = { StringEquals = { \"kms:ViaService\" = \"s3.us-east-1.amazonaws.com\" } }\n  },\n]",
        effect: "A list of objects as a policy has them, each with a `Sid` of its own. They are checked as `underpin policy lint` checks them, stand after \
                 underpin's, and every plan names them as yours. A statement under which nobody could change the policy, read the logs, or CloudTrail \
                 not deliver, is refused. In HCL a policy variable is written `$${aws:PrincipalAccount}`.",
    },
    Declaration {
        name: "bucket_policy_statements",
        type_expression: "any",
        default: Some("[]"),
        meaning: "Statements of your own in the log bucket's policy",
        example: "bucket_policy_statements = [\n  {\n    Sid       = \"Nobody deletes\"\n    Effect    = \"Deny\"\n    Principal = \"*\"\n    Action    = [\"s3:DeleteObjectVersion\"]\n    Resource  = \"$${aws_s3_bucket.cloudtrail.arn}/*\"\n  },\n]",
        effect: "As `key_policy_statements`. `$${aws_s3_bucket.cloudtrail.arn}` stands for the log bucket's ARN, whose name is drawn where \
                 `cloudtrail_bucket_suffix` does not say it.",
    },
    Declaration {
        name: "kms_allow_cloudwatch_logs",
        type_expression: "bool",
        default: Some("true"),
        meaning: "Whether CloudWatch Logs may encrypt log groups with the key",
        example: "kms_allow_cloudwatch_logs = false",
        effect: "The networking module encrypts VPC flow logs with this key. Limited to log groups of this account and region. \
                 False by default with `profile = \"document\"`.",
    },
    Declaration {
        name: "kms_allow_autoscaling",
        type_expression: "bool",
        default: Some("false"),
        meaning: "Whether EC2 Auto Scaling may use the key for EBS volumes",
        example: "kms_allow_autoscaling = true",
        effect: "Needed when node groups have volumes encrypted with this key. Makes the service-linked role of Auto Scaling if the account has none, \
                 and never removes it.",
    },
    Declaration {
        name: "restrict_service_principals",
        type_expression: "bool",
        default: Some("true"),
        meaning: "Whether service principals act for this account only (confused-deputy conditions)",
        example: "restrict_service_principals = false",
        effect: "Adds `aws:SourceAccount` or `aws:SourceArn` to the key policy's service statements and to the trust policies of the EKS, Fargate and \
                 RDS monitoring roles. The node group role has none, as AWS advises for `ec2.amazonaws.com`. The conditions of CloudTrail and \
                 CloudWatch Logs do not depend on it. False by default with `profile = \"document\"`.",
    },
    Declaration {
        name: "enable_fargate",
        type_expression: "bool",
        default: Some("true"),
        meaning: "Whether to make the Fargate pod execution role",
        example: "enable_fargate = false",
        effect: "When false the role, its attachment and its inline policy are left out, and the output `eks_fargate_role_arn` is null.",
    },
    Declaration {
        name: "create_node_instance_profile",
        type_expression: "bool",
        default: Some("false"),
        meaning: "Whether to make an instance profile with the node group role",
        example: "create_node_instance_profile = true",
        effect: "For self-managed nodes and Karpenter; managed node groups make their own. It is called as the role is.",
    },
    Declaration {
        name: "create_log_reader_policy",
        type_expression: "bool",
        default: Some("false"),
        meaning: "Whether to make a policy for those who read the audit logs",
        example: "create_log_reader_policy = true",
        effect: "Makes the managed policy `{project_name}-{environment}-audit-log-reader`: list and read this account's logs in the log bucket, and decrypt \
                 what the trail encrypted. It is attached to nobody: attach it to whom you trust. Destroying it fails while it is attached.",
    },
    Declaration {
        name: "permissions_boundary_arn",
        type_expression: "string",
        default: Some("null"),
        meaning: "The ARN of an IAM policy that bounds all four roles",
        example: r#"permissions_boundary_arn = "arn:aws:iam::123456789012:policy/Boundary""#,
        effect: "The policy must exist, in this account or as a policy of AWS's own; a plan that sets it looks that up, and is refused if the boundary leaves a role none of the actions that its policies name, unless `accepted` has its entry.",
    },
    Declaration {
        name: "iam_path",
        type_expression: "string",
        default: Some(r#""/""#),
        meaning: "The path of the roles, the instance profile and the log reader policy",
        example: r#"iam_path = "/platform/""#,
        effect: "Begins and ends with `/`, at most 512 characters. Another path is another role: the roles are replaced and their ARNs change. \
                 In the `aws-auth` ConfigMap of EKS, role ARNs are written without the path.",
    },
    Declaration {
        name: "exclusive_role_policies",
        type_expression: "bool",
        default: Some("false"),
        meaning: "Whether policies that others gave our roles are removed",
        example: "exclusive_role_policies = true",
        effect: "When false, policies that others attached or put inline are named by every plan and kept. When true they are drift, and apply \
                 removes those that `accepted` does not name.",
    },
    Declaration {
        name: "cloudtrail_s3_data_events",
        type_expression: "object({ scope = string, buckets = optional(list(string)) })",
        default: Some(r#"{ scope = "trail-bucket" }"#),
        meaning: "Which buckets' object reads and writes the trail records",
        example: "cloudtrail_s3_data_events = {\n  scope   = \"buckets\"\n  buckets = [\"artos-uploads\"]\n}",
        effect: "`scope` is `none`, `trail-bucket` (the log bucket itself), `all-buckets` or `buckets` with a list of bucket names. Data events are \
                 charged for. CloudTrail's own deliveries are never recorded, so the log does not feed itself.",
    },
    Declaration {
        name: "cloudtrail_bucket_suffix",
        type_expression: "string",
        default: Some("null"),
        meaning: "The end of the log bucket's name",
        example: r#"cloudtrail_bucket_suffix = "7c2e91b4""#,
        effect: "When null, eight random hex digits, drawn once and kept in the state. Another suffix is another bucket: the old one stays with its logs. \
                 A bucket that `underpin adopt` took over keeps its name.",
    },
    Declaration {
        name: "cloudtrail_log_retention_days",
        type_expression: "number",
        default: Some("null"),
        meaning: "Days until logs expire",
        example: "cloudtrail_log_retention_days = 2555",
        effect: "Adds a lifecycle rule: logs expire after that many days, their old versions after as many again. When null logs are kept for ever.",
    },
    Declaration {
        name: "cloudtrail_object_lock",
        type_expression: "object({ mode = string, days = number })",
        default: Some("null"),
        meaning: "How long nobody can delete or overwrite a log",
        example: "cloudtrail_object_lock = {\n  mode = \"GOVERNANCE\"\n  days = 365\n}",
        effect: "`GOVERNANCE` yields to those with `s3:BypassGovernanceRetention`, `COMPLIANCE` to nobody, root included. Object Lock cannot be switched \
                 off for a bucket once it is on; without this setting new logs are no longer locked.",
    },
    Declaration {
        name: "cloudtrail_access_log_bucket",
        type_expression: "string",
        default: Some("null"),
        meaning: "The bucket that receives the log bucket's S3 access logs",
        example: r#"cloudtrail_access_log_bucket = "artos-access-logs""#,
        effect: "Must exist, in the same account and region, encrypted with SSE-S3, without default Object Lock retention, and allow \
                 `logging.s3.amazonaws.com` to write. Keys begin with the log bucket's name.",
    },
    Declaration {
        name: "monitoring",
        type_expression: "object({ emails = list(string), sns_topic_arn = string, tampering = bool, role_use = bool, global_events = bool, heartbeat = bool, cloudwatch_logs = bool, cis_alarms = bool, log_group_retention_days = number, insights = list(string), trail_topic = bool })",
        default: Some("null"),
        meaning: "Who is told when somebody touches the foundation",
        example: "monitoring = {\n  emails = [\"security@company.com\"]\n}",
        effect: "When null nothing is made. Otherwise at least one of `emails` and `sns_topic_arn`. With `emails` there is a topic, encrypted with the key, and each \
                 address gets an e-mail whose link it must follow; with `sns_topic_arn` alerts go to that topic of this account and region. `tampering` (true) \
                 tells of changes of the trail, the key, the log bucket, the roles and of the alerts themselves, `role_use` (true) of anybody but its service \
                 who takes a role, `global_events` (true) of IAM's events, which arrive in us-east-1 (GovCloud: us-gov-west-1; elsewhere AWS documents no region): from another region a rule there forwards them. `heartbeat` (false) adds an alarm that rings when `underpin trail heartbeat`, \
                 run every 15 minutes by cron or CI, is silent or finds that the trail does not record (0.10 dollars a month, and 0.30 for each of its three metrics). Costs: \
                 rules of AWS events and the first 1,000 e-mails a month are free; forwarded events cost a dollar a million. \
                 Of the trail itself, null leaves what others set, true is ours, and false removes it: `cloudwatch_logs` (null) writes every event of all \
                 regions also into an encrypted log group, which keeps it `log_group_retention_days` (365; a number that CloudWatch Logs knows) and which underpin \
                 never deletes; it needs `kms_allow_cloudwatch_logs`, and CloudWatch Logs takes about 0.50 USD for a GB that is written and 0.03 USD a month for a \
                 GB that is kept. `cis_alarms` (false) puts the alarms of the CIS benchmark on it, fifteen of 0.10 USD a month each, and 0.30 USD for each of their metrics that \
                 counts anything; with `role_use` there is one more, which sees the roles taken in every region. `trail_topic` (null) tells an encrypted topic of every new log file: the first million a month are free. `insights` (null) is the \
                 list of the trail's Insights, `ApiCallRateInsight` and `ApiErrorRateInsight`; each takes about 0.35 USD for 100,000 events that it looks at. \
                 See monitoring.md.",
    },
    Declaration {
        name: "accepted",
        type_expression: "any",
        default: Some("null"),
        meaning: "What others did to the foundation and is known and wanted",
        example: "accepted = [\n  \"role_policy:arn:aws:iam::aws:policy/SecurityAudit\",\n  { what = \"grant:arn:aws:iam::123456789012:role/backup\", until = \"2027-06-30\", reason = \"the migration\" },\n]",
        effect: "A list of entries `\"KIND:OBJECT\"`, or of objects with `what`, `until` (the last day) and `reason`. The plan prints each finding's entry, ready to \
                 paste. `*` and `?` stand for characters of a name, but never for all of it. What is accepted is kept, whatever it is: it is counted in one line and \
                 is no change for `-detailed-exitcode`. Entries that name nothing are reported.",
    },
];
