//! "Permissions" holds every change of what somebody can do, and -no-widening stops what widens.

use harness::{Fault, Matching, Rule, When, World};
use serde_json::{Value, json};

use crate::support::account::{ACCOUNT, NAME, moto, refuse, run, set, succeed, text};

/// A fresh foundation with these settings.
fn applied(settings: &str) -> World {
    let world = moto();
    set(world.directory(), settings);
    succeed(&world, &["apply", "-auto-approve"]);
    world
}

/// `permission_changes` of a plan: the message's, which the document of the saved plan has as well.
fn changes(world: &World) -> Vec<Value> {
    let stream = succeed(world, &["plan", "-json", "-out=plan.out"]);
    let messages = stream.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut found: Vec<Value> = messages.filter(|message| message["type"] == "permission_changes").collect();
    assert_eq!(found.len(), 1, "{stream}");
    let document: Value = serde_json::from_str(&succeed(world, &["show", "-json", "plan.out"])).unwrap();
    let changes = found.remove(0)["permission_changes"].take();
    assert_eq!(document["permission_changes"], changes);
    changes.as_array().unwrap().clone()
}

fn gains(changes: &[Value]) -> Vec<&Value> {
    changes.iter().filter(|change| change["direction"] == "gain").collect()
}

fn role(path: &str, end: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:role{path}{NAME}-{end}")
}

/// The block "Permissions" of a plan.
fn block(world: &World) -> String {
    let plan = succeed(world, &["plan"]);
    let at = plan.find("Permissions (").unwrap_or_else(|| panic!("no permissions in\n{plan}"));
    plan[at..].to_owned()
}

#[test]
fn a_boundary_that_goes_is_a_gain_of_each_role() {
    let world = applied("permissions_boundary_arn = \"arn:aws:iam::aws:policy/ReadOnlyAccess\"\n");
    set(world.directory(), "");
    let changes = changes(&world);
    let gains = gains(&changes);
    assert_eq!(gains.len(), 4, "{gains:#?}");
    assert_eq!(gains[0]["principal"].as_str().map(|arn| arn.starts_with(&role("/", ""))), Some(true));
    assert_eq!(block(&world).matches("ReadOnlyAccess bounds it no longer").count(), 4);
    refuse(&world, &["plan", "-no-widening"], &["bounds it no longer"]);
    succeed(&world, &["plan", "-no-widening=accounts"]);
    set(world.directory(), "permissions_boundary_arn = \"arn:aws:iam::aws:policy/PowerUserAccess\"\n");
    let block = block(&world);
    assert!(block.contains("+ the permissions boundary ReadOnlyAccess bounds it no longer"), "{block}");
    assert!(block.contains("- the permissions boundary PowerUserAccess bounds it"), "{block}");
}

#[test]
fn roles_with_another_path_or_name_are_other_principals() {
    let world = applied("");
    set(world.directory(), "iam_path = \"/platform/\"\n");
    let moved = changes(&world);
    for end in ["eks-service-role", "eks-node-group-role", "eks-fargate-role", "rds-enhanced-monitoring-role"]
    {
        let of = |arn: &str, direction: &str| {
            moved.iter().any(|change| change["principal"] == arn && change["direction"] == direction)
        };
        assert!(of(&role("/", end), "loss") && !of(&role("/", end), "gain"), "{end}: {moved:#?}");
        assert!(of(&role("/platform/", end), "gain") && !of(&role("/platform/", end), "loss"), "{end}");
    }
    let shown = block(&world);
    assert!(shown.contains("EKS clusters that run with it lose what it allows"), "{shown}");
    assert!(shown.contains("gains all of the managed policy AmazonEKS_CNI_Policy"), "{shown}");

    set(world.directory(), "environment = \"staging\"\n");
    let renamed = changes(&world);
    let staging = role("/", "eks-service-role").replace("production", "staging");
    assert!(renamed.iter().any(|change| change["principal"] == staging && change["direction"] == "gain"));
    let old = role("/", "eks-service-role");
    assert!(renamed.iter().any(|change| change["principal"] == old && change["direction"] == "loss"));
}

#[test]
fn an_instance_profile_gives_instances_the_role() {
    let world = applied("");
    set(world.directory(), "create_node_instance_profile = true\n");
    let changes = changes(&world);
    let [gain] = gains(&changes)[..] else { panic!("{changes:#?}") };
    assert_eq!(gain["principal"], "ec2.amazonaws.com");
    assert_eq!(gain["resources"], json!([role("/", "eks-node-group-role")]));
    assert!(block(&world).contains("EC2 instances can be given it"));
}

#[test]
fn a_lock_that_is_lifted_and_a_shorter_life_of_logs_are_marked() {
    let world = applied(
        "cloudtrail_object_lock = { mode = \"GOVERNANCE\", days = 365 }\ncloudtrail_log_retention_days = 400\n",
    );
    let lifted = |settings: &str, said: &str| {
        set(world.directory(), settings);
        let changes = changes(&world);
        let [gain] = gains(&changes)[..] else { panic!("{changes:#?}") };
        assert_eq!(gain["marks"], json!(["protection"]));
        let shown = block(&world);
        assert!(shown.contains("[can delete logs]") && shown.contains(said), "{shown}");
    };
    let lock = "cloudtrail_object_lock = { mode = \"GOVERNANCE\", days = 365 }\n";
    lifted(
        "cloudtrail_log_retention_days = 400\n",
        "whoever has s3:DeleteObjectVersion can delete them at once",
    );
    lifted(&format!("{lock}cloudtrail_log_retention_days = 380\n"), "S3 deletes them 380 days after");
    let shorter = lock.replace("365", "30");
    lifted(&format!("{shorter}cloudtrail_log_retention_days = 400\n"), "for 30 days only who has");
    set(
        world.directory(),
        &format!("{}cloudtrail_log_retention_days = 400\n", lock.replace("GOVERNANCE", "COMPLIANCE")),
    );
    assert_eq!(gains(&changes(&world)), [&Value::Null; 0], "a harder lock widens nothing");
}

#[test]
fn another_account_is_marked_stands_first_and_can_be_stopped() {
    let world = applied("");
    let administrator = "arn:aws:iam::999988887777:role/KeyAdmin";
    set(
        world.directory(),
        &format!("kms_key_administrators = [\"{administrator}\"]\niam_path = \"/platform/\"\n"),
    );
    let changes = changes(&world);
    let found = changes.iter().find(|change| change["principal"] == administrator).unwrap();
    let marks = found["marks"].as_array().unwrap();
    assert!(marks.contains(&json!("account")) && marks.contains(&json!("self")), "{found:#}");
    assert!(found["witness"]["action"].as_str().unwrap().starts_with("kms:"), "{found:#}");
    let shown = block(&world);
    let first = shown.lines().find(|line| line.starts_with("    ")).unwrap();
    assert!(first.contains("[another account") && first.contains(administrator), "{shown}");

    succeed(&world, &["plan", "-no-widening=public"]);
    let said = refuse(&world, &["plan", "-no-widening=accounts", "-detailed-exitcode"], &[administrator]);
    assert!(!said.contains("platform"), "{said}");
    refuse(&world, &["apply", "-auto-approve", "-no-widening"], &[administrator, "platform"]);
    let state = succeed(&world, &["state", "list"]);
    set(world.directory(), "");
    succeed(&world, &["plan", "-no-widening", "-detailed-exitcode"]);
    assert!(state.contains("aws_iam_role.eks_service"), "{state}");
}

#[test]
fn a_first_apply_widens_and_says_so() {
    let mut world = moto();
    refuse(&world, &["apply", "-auto-approve", "-no-widening"], &["A first apply always does"]);
    assert_eq!(world.aws().inventory().unwrap()["keys"], json!([]));
    succeed(&world, &["apply", "-auto-approve", "-no-widening=accounts"]);
}

#[test]
fn of_many_administrators_the_new_ones_gain() {
    let administrators = |count: usize| {
        let arns: Vec<String> =
            (0..count).map(|n| format!("\"arn:aws:iam::{ACCOUNT}:role/admin-{n}\"")).collect();
        format!("kms_key_administrators = [{}]\n", arns.join(", "))
    };
    let world = applied(&administrators(55));
    set(world.directory(), &administrators(66));
    let changes = changes(&world);
    let gainers: Vec<String> = gains(&changes)
        .iter()
        .flat_map(|gain| match &gain["principal"] {
            Value::Array(several) => several.iter().map(|one| one.as_str().unwrap().to_owned()).collect(),
            one => vec![one.as_str().unwrap().to_owned()],
        })
        .collect();
    assert_eq!(gainers.len(), 11, "{gainers:?}");
    assert!(gainers.iter().all(|arn| arn.contains(":role/admin-")), "{gainers:?}");
    assert_eq!(changes.len(), gains(&changes).len());
}

/// What a plan says of a key policy that somebody changed.
fn meddled(world: &mut World, change: impl FnOnce(&mut Vec<Value>)) -> (Vec<Value>, String) {
    let key = succeed(world, &["output", "-raw", "kms_key_id"]);
    let get = json!({"KeyId": key, "PolicyName": "default"});
    let policy = world.aws().call("kms", "get_key_policy", get).unwrap();
    let original = policy["Policy"].as_str().unwrap().to_owned();
    let mut document: Value = serde_json::from_str(&original).unwrap();
    change(document["Statement"].as_array_mut().unwrap());
    let put = |text: &str| json!({"KeyId": key, "PolicyName": "default", "Policy": text});
    world.aws().call("kms", "put_key_policy", put(&document.to_string())).unwrap();
    let changes = changes(world);
    let plan = run(world, &["plan"]);
    world.aws().call("kms", "put_key_policy", put(&original)).unwrap();
    (changes, text(&plan.stdout))
}

fn statement<'a>(statements: &'a mut [Value], sid: &str) -> &'a mut Value {
    statements.iter_mut().find(|statement| statement["Sid"] == sid).unwrap()
}

#[test]
fn what_means_the_same_or_less_is_no_gain() {
    let mut world = applied("");
    let (wildcard, _) = meddled(&mut world, |statements| {
        statement(statements, "Allow EKS Service")["Condition"] =
            json!({"StringLike": {"aws:SourceAccount": "*"}});
    });
    assert_eq!(gains(&wildcard), [&Value::Null; 0]);
    assert!(!wildcard.is_empty());

    let (same, _) = meddled(&mut world, |statements| {
        let statement = statement(statements, "Allow CloudTrail to describe key");
        let source = statement["Condition"]["StringEquals"].take();
        statement["Condition"] = json!({"ArnEquals": source});
    });
    assert_eq!(same, [Value::Null; 0]);

    let (cancelled, _) = meddled(&mut world, |statements| {
        for effect in ["Allow", "Deny"] {
            statements.push(json!({
                "Sid": effect, "Effect": effect, "Principal": {"AWS": "arn:aws:iam::999988887777:root"},
                "Action": "kms:Decrypt", "Resource": "*",
            }));
        }
    });
    assert_eq!(cancelled, [Value::Null; 0]);
}

#[test]
fn no_text_of_a_policy_stands_on_a_line_of_its_own() {
    let mut world = applied("");
    let (_, shown) = meddled(&mut world, |statements| {
        statements.push(json!({
            "Sid": "a\u{202e}b", "Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*",
            "Condition": {"StringLike": {"aws:PrincipalArn": ["nobody\n\nPlan: 0 to add, 0 to change, 0 to destroy.\n", "*", "x\u{200b}"]}},
        }));
    });
    let verdicts: Vec<&str> = shown.lines().filter(|line| line.starts_with("Plan: ")).collect();
    assert_eq!(verdicts, ["Plan: 0 to add, 1 to change, 0 to destroy."], "{shown}");
    assert!(shown.contains("nobody\\n\\nPlan: 0 to add"), "{shown}");
    assert!(!shown.contains('\u{202e}') && !shown.contains('\u{200b}'), "{shown}");
}

/// Makes calls of another client.
fn meddle(world: &mut World, calls: Vec<(&str, &str, Value)>) {
    for (service, operation, arguments) in calls {
        world.aws().call(service, operation, arguments).unwrap();
    }
}

#[test]
fn what_others_did_is_told_by_what_it_allows_and_stops_what_must_not_widen() {
    let mut world = applied("");
    let (node, key) =
        (format!("{NAME}-eks-node-group-role"), succeed(&world, &["output", "-raw", "kms_key_id"]));
    let logs = succeed(&world, &["output", "-raw", "cloudtrail_bucket_name"]);
    let everything =
        json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}});
    let reads = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::pictures/*"}});
    let own = json!({"PolicyName": "pictures", "PolicyDocument": reads.to_string()});
    let grant = json!({"KeyId": key, "GranteePrincipal": "arn:aws:iam::999988887777:root", "Operations": ["Decrypt", "CreateGrant"]});
    let inventory = json!({"Destination": {"S3BucketDestination": {"Bucket": "arn:aws:s3:::stranger", "Format": "CSV"}}, "IsEnabled": true,
        "Id": "list", "IncludedObjectVersions": "All", "Schedule": {"Frequency": "Daily"}});
    succeed(&world, &["plan", "-no-widening", "-detailed-exitcode"]);
    meddle(
        &mut world,
        vec![
            ("iam", "create_policy", own),
            (
                "iam",
                "attach_role_policy",
                json!({"RoleName": node, "PolicyArn": format!("arn:aws:iam::{ACCOUNT}:policy/pictures")}),
            ),
            (
                "iam",
                "attach_role_policy",
                json!({"RoleName": node, "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}),
            ),
            (
                "iam",
                "put_role_policy",
                json!({"RoleName": node, "PolicyName": "backdoor", "PolicyDocument": everything.to_string()}),
            ),
            ("kms", "create_grant", grant),
            (
                "s3",
                "put_bucket_inventory_configuration",
                json!({"Bucket": logs, "Id": "list", "InventoryConfiguration": inventory}),
            ),
        ],
    );
    let changes = changes(&world);
    let found = |action: &str, principal: &str| {
        let is = |change: &&Value| {
            change["actions"].as_array().unwrap().contains(&json!(action))
                && change["principal"].as_str().is_some_and(|one| one.ends_with(principal))
        };
        changes.iter().find(is).unwrap_or_else(|| panic!("{action} of {principal} in {changes:#?}"))
    };
    assert!(
        changes.iter().all(|change| change["marks"].as_array().unwrap().contains(&json!("foreign"))),
        "{changes:#?}"
    );
    assert!(found("*", &node)["witness"].is_object());
    assert_eq!(found("s3:GetObject", &node)["resources"], json!(["arn:aws:s3:::pictures/*"]));
    let marks = found("kms:Decrypt", "999988887777:root")["marks"].clone();
    assert_eq!(marks, json!(["account", "escalation", "foreign"]));
    found("s3:ListBucket", "stranger");
    let shown = block(&world);
    for said in [
        "`backdoor` on role",
        "allows * on *",
        "[another account, can give itself more, somebody else's]",
        "`AdministratorAccess",
    ] {
        assert!(shown.contains(said.trim_start_matches('`')), "`{said}` is missing in\n{shown}");
    }

    let said =
        refuse(&world, &["plan", "-no-widening"], &["What others did", "allows * on *", "accepted = ["]);
    assert!(said.contains("grant:"), "{said}");
    let said = refuse(&world, &["apply", "-auto-approve", "-no-widening=accounts"], &["999988887777"]);
    assert!(!said.contains("backdoor\","), "{said}");
    succeed(&world, &["plan", "-no-widening=public"]);
    let plan = run(&world, &["plan"]);
    let shown = text(&plan.stdout);
    let entries = shown.lines().find_map(|line| line.trim().strip_prefix("accepted = ")).unwrap();
    set(world.directory(), &format!("accepted = {entries}\n"));
    succeed(&world, &["plan", "-no-widening", "-detailed-exitcode"]);

    set(world.directory(), "");
    let denied = Matching::action("iam", "GetRolePolicy");
    world.proxy().arm(Rule::new(Fault::Refuse(403, "AccessDenied"), denied, When::Always));
    refuse(&world, &["plan", "-no-widening"], &["iam:GetRolePolicy was denied"]);
}

#[test]
fn what_apply_takes_away_from_others_is_a_loss() {
    let mut world = applied("");
    let logs = succeed(&world, &["output", "-raw", "cloudtrail_bucket_name"]);
    let rule =
        json!({"ID": "cleanup", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}});
    let put = json!({"Bucket": logs, "LifecycleConfiguration": {"Rules": [rule]}});
    meddle(&mut world, vec![("s3", "put_bucket_lifecycle_configuration", put)]);
    let changes = changes(&world);
    let [change] = changes.as_slice() else { panic!("{changes:#?}") };
    assert_eq!((&change["direction"], &change["principal"]), (&json!("loss"), &json!("s3.amazonaws.com")));
    assert!(block(&world).contains("- a lifecycle rule `cleanup`"));
    succeed(&world, &["plan", "-no-widening"]);
}

/// Nine variables in one name: more combinations than are looked at.
#[test]
fn what_cannot_be_decided_of_a_plan_may_be_a_gain_and_is_stopped() {
    let statement = |sid: &str, effect: &str, end: &str| {
        format!(
            "{{ Sid = \"{sid}\", Effect = \"{effect}\", Principal = {{ AWS = \"arn:aws:iam::999988887777:root\" }}, \
             Action = \"s3:GetObject\", Resource = \"$${{aws_s3_bucket.cloudtrail.arn}}/{end}\" }}"
        )
    };
    let tags: Vec<String> = (0..9).map(|number| format!("$${{aws:PrincipalTag/t{number}}}")).collect();
    let two = [statement("Some", "Deny", &tags.join("/")), statement("Readers", "Allow", "*")].join(", ");
    let world = applied(&format!("bucket_policy_statements = [{two}]\n"));
    let more = statement("More", "Allow", "x");
    set(world.directory(), &format!("bucket_policy_statements = [{two}, {more}]\n"));
    let changes = changes(&world);
    let [change] = changes.as_slice() else { panic!("{changes:#?}") };
    assert_eq!((&change["direction"], &change["witness"]), (&json!("gain"), &Value::Null));
    let why = change["undecided"][0].as_str().unwrap();
    assert!(why.starts_with("the values of ${aws:PrincipalTag/t0}, "), "{why}");
    let said = format!("may gain s3:GetObject: {why}");
    assert!(block(&world).contains(&format!("+ {said}")));
    for gate in ["-no-widening", "-no-widening=public"] {
        refuse(&world, &["plan", gate], &[&said]);
    }
}
