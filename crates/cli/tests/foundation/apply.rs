//! Every setting of every resource, after an apply of the document's example and of one with everything switched on.

use serde_json::{Value, json};

use crate::support::account::{
    ACCOUNT, MinistackAccount, NAME, TRAIL, assert_tags, list, moto, refuse, set, statement, succeed,
};

/// What both emulators must hold after an apply of the example.
fn assert_foundation(account: &Value) {
    assert_key(account);
    assert_roles(account);
    assert_bucket(account);
    assert_trail(account);
}

fn assert_key(account: &Value) {
    assert_eq!(account["keys"].as_array().unwrap().len(), 1, "{}", account["keys"]);
    let key = &account["keys"][0];
    assert_eq!(key["aliases"], json!([format!("alias/{NAME}-kms-key")]));
    assert_eq!((&key["enabled"], &key["rotation"]), (&json!(true), &json!(true)));
    assert_ne!(key["multi_region"], true);
    assert_tags(&key["tags"], "the key");

    let policy = &key["policy"];
    let root = statement(policy, "Enable IAM User Permissions");
    assert_eq!(root["Principal"]["AWS"], format!("arn:aws:iam::{ACCOUNT}:root"));
    assert_eq!((&root["Action"], &root["Effect"]), (&json!("kms:*"), &json!("Allow")));
    let used = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"];
    for (sid, service) in [
        ("Allow EKS Service", "eks.amazonaws.com"),
        ("Allow RDS Service", "rds.amazonaws.com"),
        ("Allow S3 Service", "s3.amazonaws.com"),
        ("Allow Secrets Manager Service", "secretsmanager.amazonaws.com"),
    ] {
        let statement = statement(policy, sid);
        assert_eq!(statement["Principal"]["Service"], service);
        assert_eq!(list(&statement["Action"]), used);
        assert_eq!(statement["Condition"], json!({"StringEquals": {"aws:SourceAccount": ACCOUNT}}), "{sid}");
    }
    let encrypt = statement(policy, "Allow CloudTrail to encrypt logs");
    assert_eq!(encrypt["Principal"]["Service"], "cloudtrail.amazonaws.com");
    assert_eq!(encrypt["Action"], "kms:GenerateDataKey*");
    assert_eq!(encrypt["Condition"]["StringEquals"]["aws:SourceArn"], TRAIL);
    assert_eq!(
        encrypt["Condition"]["StringLike"]["kms:EncryptionContext:aws:cloudtrail:arn"],
        format!("arn:aws:cloudtrail:*:{ACCOUNT}:trail/*")
    );
    for (sid, action) in [
        ("Allow CloudTrail to describe key", "kms:DescribeKey"),
        ("Allow CloudTrail to use the bucket key", "kms:Decrypt"),
    ] {
        let statement = statement(policy, sid);
        assert_eq!(statement["Action"], action);
        assert_eq!(statement["Condition"], json!({"StringEquals": {"aws:SourceArn": TRAIL}}));
    }
    let logs = statement(policy, "Allow CloudWatch Logs");
    assert_eq!(logs["Principal"]["Service"], "logs.us-east-1.amazonaws.com");
    assert_eq!(
        logs["Condition"],
        json!({"ArnLike": {"kms:EncryptionContext:aws:logs:arn": format!("arn:aws:logs:us-east-1:{ACCOUNT}:*")}})
    );
    assert_eq!(policy["Statement"].as_array().unwrap().len(), 9);
}

fn assert_roles(account: &Value) {
    let managed = |names: &[&str]| {
        names.iter().map(|name| format!("arn:aws:iam::aws:policy/{name}")).collect::<Vec<_>>()
    };
    let expected = [
        (
            "eks-service-role",
            "eks.amazonaws.com",
            json!({"StringEquals": {"aws:SourceAccount": ACCOUNT}}),
            managed(&["AmazonEKSClusterPolicy"]),
        ),
        (
            "eks-node-group-role",
            "ec2.amazonaws.com",
            Value::Null,
            managed(&[
                "AmazonEC2ContainerRegistryReadOnly",
                "AmazonEKSWorkerNodePolicy",
                "AmazonEKS_CNI_Policy",
                "AmazonSSMManagedInstanceCore",
            ]),
        ),
        (
            "eks-fargate-role",
            "eks-fargate-pods.amazonaws.com",
            json!({"ArnLike": {"aws:SourceArn": format!("arn:aws:eks:us-east-1:{ACCOUNT}:fargateprofile/*/*")}}),
            managed(&["AmazonEKSFargatePodExecutionRolePolicy"]),
        ),
        (
            "rds-enhanced-monitoring-role",
            "monitoring.rds.amazonaws.com",
            json!({
                "ArnLike": {"aws:SourceArn": [
                    format!("arn:aws:rds:us-east-1:{ACCOUNT}:db:*"),
                    format!("arn:aws:rds:us-east-1:{ACCOUNT}:cluster:*"),
                ]},
                "StringEquals": {"aws:SourceAccount": ACCOUNT},
            }),
            managed(&["service-role/AmazonRDSEnhancedMonitoringRole"]),
        ),
    ];
    assert_eq!(account["roles"].as_object().unwrap().len(), expected.len());
    for (end, service, condition, attached) in expected {
        let role = &account["roles"][format!("{NAME}-{end}")];
        let trust = &role["trust"]["Statement"][0];
        assert_eq!(trust["Principal"], json!({"Service": service}), "{end}");
        assert_eq!(
            (&trust["Action"], &trust["Effect"]),
            (&json!("sts:AssumeRole"), &json!("Allow")),
            "{end}"
        );
        assert_eq!(trust.get("Condition").cloned().unwrap_or(Value::Null), condition, "{end}");
        assert_eq!(list(&role["attached"]), attached, "{end}");
        assert_eq!(role["arn"], format!("arn:aws:iam::{ACCOUNT}:role/{NAME}-{end}"));
        assert_eq!(role["inline"], json!({}), "{end}");
        assert_tags(&role["tags"], end);
    }
}

fn assert_bucket(account: &Value) {
    let name = format!("{NAME}-cloudtrail-logs-SUFFIX-1");
    let bucket = &account["buckets"][&name];
    assert_eq!(bucket["versioning"], "Enabled");
    let rule = &bucket["encryption"]["Rules"][0];
    let by_default = &rule["ApplyServerSideEncryptionByDefault"];
    assert_eq!(by_default["SSEAlgorithm"], "aws:kms");
    let key = account["keys"][0]["id"].as_str().unwrap();
    assert_eq!(by_default["KMSMasterKeyID"], format!("arn:aws:kms:us-east-1:{ACCOUNT}:key/{key}"));
    assert_eq!(rule["BucketKeyEnabled"], true);
    let block = ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"];
    assert!(
        block.iter().all(|name| bucket["public_access_block"][name] == true),
        "{}",
        bucket["public_access_block"]
    );
    assert_eq!(bucket["ownership"]["Rules"][0]["ObjectOwnership"], "BucketOwnerEnforced");
    assert_tags(&bucket["tags"], "the bucket");

    let policy = &bucket["policy"];
    let arn = format!("arn:aws:s3:::{name}");
    let check = statement(policy, "AWSCloudTrailAclCheck");
    assert_eq!((&check["Action"], &check["Resource"]), (&json!("s3:GetBucketAcl"), &json!(arn)));
    assert_eq!(check["Condition"], json!({"StringEquals": {"aws:SourceArn": TRAIL}}));
    let write = statement(policy, "AWSCloudTrailWrite");
    assert_eq!(write["Principal"], json!({"Service": "cloudtrail.amazonaws.com"}));
    assert_eq!(
        (&write["Action"], &write["Resource"]),
        (&json!("s3:PutObject"), &json!(format!("{arn}/AWSLogs/{ACCOUNT}/*")))
    );
    assert_eq!(
        write["Condition"]["StringEquals"],
        json!({"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceArn": TRAIL})
    );
    let deny = statement(policy, "DenyInsecureTransport");
    assert_eq!((&deny["Effect"], &deny["Action"]), (&json!("Deny"), &json!("s3:*")));
    assert_eq!(list(&deny["Resource"]), [arn.clone(), format!("{arn}/*")]);
    assert_eq!(deny["Condition"], json!({"Bool": {"aws:SecureTransport": "false"}}));
    assert_eq!(policy["Statement"].as_array().unwrap().len(), 3);
    for unasked in ["lifecycle", "logging", "object_lock"] {
        assert_eq!(bucket[unasked], Value::Null, "{unasked}");
    }
}

fn assert_trail(account: &Value) {
    let trail = &account["trails"][format!("{NAME}-cloudtrail")];
    let about = &trail["trail"];
    let bucket = format!("{NAME}-cloudtrail-logs-SUFFIX-1");
    assert_eq!(about["S3BucketName"], bucket);
    for on in ["IsMultiRegionTrail", "IncludeGlobalServiceEvents", "LogFileValidationEnabled"] {
        assert_eq!(about[on], true, "{on}");
    }
    let key = account["keys"][0]["id"].as_str().unwrap();
    assert_eq!(about["KmsKeyId"], format!("arn:aws:kms:us-east-1:{ACCOUNT}:key/{key}"));
    assert_eq!(trail["logging"], true);
    let selector = &trail["selectors"][0];
    assert_eq!(
        (&selector["ReadWriteType"], &selector["IncludeManagementEvents"]),
        (&json!("All"), &json!(true))
    );
    let data = json!([{"Type": "AWS::S3::Object", "Values": [format!("arn:aws:s3:::{bucket}/")]}]);
    assert_eq!(selector["DataResources"], data);
    assert_eq!(trail["selectors"].as_array().unwrap().len(), 1);
    assert_tags(&trail["tags"], "the trail");
}

#[test]
fn the_example_makes_the_whole_foundation_in_moto() {
    let mut world = moto();
    let printed = succeed(&world, &["apply", "-auto-approve"]);
    assert!(printed.contains("Apply complete! Resources: 21 added, 0 changed, 0 destroyed."), "{printed}");
    let account = world.aws().inventory().unwrap();
    assert_foundation(&account);

    let again = succeed(&world, &["plan", "-detailed-exitcode"]);
    assert!(again.ends_with("No changes. Your infrastructure matches the configuration.\n"), "{again}");
    let before = world.observe().unwrap();
    succeed(&world, &["apply", "-auto-approve"]);
    assert_eq!(world.observe().unwrap().difference(&before), "");
}

#[test]
fn the_example_makes_the_whole_foundation_in_ministack() {
    let mut account = MinistackAccount::start();
    account.succeed(&["apply", "-auto-approve"]);
    // ministack drops the tags of CreateTrail: the second apply finds them missing and adds them.
    let mended = account.succeed(&["apply", "-auto-approve"]);
    assert!(mended.contains("Resources: 0 added, 1 changed, 0 destroyed."), "{mended}");
    assert_foundation(&account.aws.inventory().unwrap());
    account.succeed(&["plan", "-detailed-exitcode"]);
}

/// Every optional resource and condition.
const EVERYTHING: &str = r#"
artos_ecr_aws_account        = "210987654321"
create_node_instance_profile = true
kms_allow_autoscaling        = true
kms_key_administrators       = ["arn:aws:iam::123456789012:role/admin"]
kms_rotation_period_in_days  = 180
exclusive_role_policies      = true
iam_path                     = "/platform/"
permissions_boundary_arn     = "arn:aws:iam::123456789012:policy/boundary"
cloudtrail_s3_data_events    = { scope = "all-buckets" }
cloudtrail_bucket_suffix     = "audit"
cloudtrail_log_retention_days = 400
cloudtrail_object_lock       = { mode = "GOVERNANCE", days = 30 }
cloudtrail_access_log_bucket = "access-logs"
"#;

#[test]
fn everything_that_is_optional_is_made_when_asked() {
    let mut world = moto();
    world.aws().call("s3", "create_bucket", json!({"Bucket": "access-logs"})).unwrap();
    let logging = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::access-logs/*",
    }]});
    world
        .aws()
        .call("s3", "put_bucket_policy", json!({"Bucket": "access-logs", "Policy": logging.to_string()}))
        .unwrap();
    let boundary =
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
    let boundary = json!({"PolicyName": "boundary", "PolicyDocument": boundary.to_string()});
    world.aws().call("iam", "create_policy", boundary).unwrap();
    world
        .aws()
        .call("iam", "create_role", json!({"RoleName": "admin", "AssumeRolePolicyDocument": "{}"}))
        .unwrap();
    set(world.directory(), EVERYTHING);
    succeed(&world, &["apply", "-auto-approve"]);
    let account = world.aws().inventory().unwrap();

    let key = &account["keys"][0];
    let administrators = statement(&key["policy"], "Allow Key Administrators");
    assert_eq!(administrators["Principal"]["AWS"], "arn:aws:iam::123456789012:role/admin");
    let linked = "arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling";
    assert_eq!(statement(&key["policy"], "Allow Auto Scaling")["Principal"]["AWS"], linked);
    let grant = statement(&key["policy"], "Allow Auto Scaling to attach volumes");
    assert_eq!(
        (&grant["Action"], &grant["Condition"]),
        (&json!("kms:CreateGrant"), &json!({"Bool": {"kms:GrantIsForAWSResource": "true"}}))
    );

    for end in ["eks-node-group-role", "eks-fargate-role"] {
        let role = &account["roles"][format!("{NAME}-{end}")];
        let policy = &role["inline"]["cross-account-ecr"]["Statement"];
        assert_eq!(
            (&policy[0]["Action"], &policy[0]["Resource"]),
            (&json!("ecr:GetAuthorizationToken"), &json!("*"))
        );
        assert_eq!(
            list(&policy[1]["Resource"]),
            [
                "arn:aws:ecr:*:210987654321:repository/development/*",
                "arn:aws:ecr:*:210987654321:repository/thirdparty/*"
            ]
        );
        assert_eq!(
            list(&policy[1]["Action"]),
            [
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:DescribeImages",
                "ecr:DescribeRepositories",
                "ecr:GetDownloadUrlForLayer"
            ]
        );
        assert_eq!(role["arn"], format!("arn:aws:iam::{ACCOUNT}:role/platform/{NAME}-{end}"));
        assert_eq!(role["permissions_boundary"], "arn:aws:iam::123456789012:policy/boundary");
    }
    let profiles = account["instance_profiles"].as_object().unwrap();
    let (_, profile) = profiles.iter().next().unwrap();
    assert_eq!(profile["roles"], json!([format!("{NAME}-eks-node-group-role")]));

    let bucket = &account["buckets"][format!("{NAME}-cloudtrail-logs-audit")];
    let rule = &bucket["lifecycle"][0];
    assert_eq!((&rule["Status"], &rule["Expiration"]["Days"]), (&json!("Enabled"), &json!(400)));
    let retention = &bucket["object_lock"]["Rule"]["DefaultRetention"];
    assert_eq!((&retention["Mode"], &retention["Days"]), (&json!("GOVERNANCE"), &json!(30)));
    assert_eq!(bucket["logging"]["TargetBucket"], "access-logs");
    let selector = &account["trails"][format!("{NAME}-cloudtrail")]["selectors"][0];
    assert_eq!(selector["DataResources"], json!([{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]));

    succeed(&world, &["plan", "-detailed-exitcode"]);
    set(world.directory(), "");
    succeed(&world, &["apply", "-auto-approve"]);
    succeed(&world, &["plan", "-detailed-exitcode"]);
}

#[test]
fn a_saved_plan_takes_the_values_that_it_was_made_with_and_no_others() {
    let mut world = moto();
    let flag = "-var=kms_rotation_period_in_days=99";
    succeed(&world, &["plan", "-out=plan.out", flag]);
    let before = world.aws().inventory().unwrap();
    std::fs::write(world.directory().join("given.tfvars"), "enable_fargate = false\n").unwrap();
    for (other, said) in [
        ("-var=kms_rotation_period_in_days=98", "with `kms_rotation_period_in_days` = 99"),
        ("-var-file=given.tfvars", "with `enable_fargate` = true, and the command line gives false"),
        ("-var=enable_fargat=true", "no setting named `enable_fargat`"),
    ] {
        refuse(&world, &["apply", flag, other, "plan.out"], &[said]);
    }
    assert_eq!(world.aws().inventory().unwrap(), before);
    std::fs::write(
        world.directory().join("given.tfvars"),
        "enable_fargate = \"true\"\nof_others = local.x\n",
    )
    .unwrap();
    let applied = succeed(&world, &["apply", flag, "-var-file=given.tfvars", "plan.out"]);
    assert!(applied.contains("Apply complete! Resources: 21 added"), "{applied}");
}
