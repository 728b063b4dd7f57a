//! Our JSON beside real Terraform's with provider 3.39.0: the same fields in the same order for the types both have.

use std::collections::{BTreeMap, BTreeSet};

use harness::{Backend, Tool, World, copy_tree};
use serde_json::Value;

use crate::support::account::{moto, oracles, run, set, succeed, text};

/// The types of both.
const COMMON: [&str; 9] = [
    "aws_cloudtrail",
    "aws_iam_role",
    "aws_iam_role_policy",
    "aws_iam_role_policy_attachment",
    "aws_kms_alias",
    "aws_kms_key",
    "aws_s3_bucket",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_public_access_block",
];

/// What we set and provider 3.39.0 has no attribute for; in plans only.
const OURS: [&str; 3] = ["object_lock_enabled", "recursive_logging", "rotation_period_in_days"];

/// What is known in one plan and unknown in the other because the two modules say it differently: our tags hold the
/// deployment's identity, our names are no references, the other module's bucket settings are blocks, and ours are resources
/// of their own, so that an empty block would say something wrong.
const OTHERWISE: [&str; 16] = [
    "bucket",
    "cors_rule",
    "event_selector",
    "grant",
    "kms_key_id",
    "lifecycle_rule",
    "logging",
    "object_lock_configuration",
    "policy",
    "replication_configuration",
    "role",
    "s3_bucket_name",
    "server_side_encryption_configuration",
    "tags",
    "versioning",
    "website",
];

/// Both programs' documents and messages.
struct Both {
    ours: Documents,
    theirs: Documents,
}

struct Documents {
    plan: Value,
    state: Value,
    messages: Vec<Value>,
}

/// Terraform beside the foundation, in the same account with names of its own.
fn terraform(world: &World, arguments: &[&str]) -> String {
    let directory = world.directory().join("module");
    let mut command = Tool::Terraform(oracles()).command(&directory, &world.proxy().endpoint()).unwrap();
    command
        .env("TF_VAR_artos_ecr_aws_account", "210987654321")
        .env("TF_VAR_cloudtrail_bucket_suffix", "1a2b3c4d");
    let output = command.args(arguments).output().unwrap();
    let stdout = text(&output.stdout);
    assert!(output.status.success(), "{arguments:?}\n{stdout}\n{}", text(&output.stderr));
    stdout
}

fn messages(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn both() -> Both {
    let world = moto();
    let module = world.directory().join("module");
    std::fs::create_dir(&module).unwrap();
    copy_tree(&oracles().examples().join("production"), &module).unwrap();
    copy_tree(&oracles().terraform_module(), &module).unwrap();
    std::fs::write(module.join("z.auto.tfvars"), "project_name = \"compared\"\n").unwrap();
    let mut init = Tool::Terraform(oracles()).init(Backend::Lockfile);
    init.push("-backend-config=key=compared.tfstate".to_owned());
    terraform(&world, &init.iter().map(String::as_str).collect::<Vec<_>>());
    terraform(&world, &["plan", "-out=plan.out"]);
    let plan = json(&terraform(&world, &["show", "-json", "plan.out"]));
    let mut told = messages(&terraform(&world, &["apply", "-json", "plan.out"]));
    let state = json(&terraform(&world, &["show", "-json"]));
    told.extend(messages(&terraform(&world, &["plan", "-json", "-replace=aws_kms_alias.main"])));
    let theirs = Documents { plan, state, messages: told };

    let settings = "artos_ecr_aws_account = \"210987654321\"\ncloudtrail_bucket_suffix = \"1a2b3c4d\"\n";
    set(world.directory(), settings);
    succeed(&world, &["plan", "-out=plan.out"]);
    let plan = json(&succeed(&world, &["show", "-json", "plan.out"]));
    let mut told = messages(&succeed(&world, &["apply", "-json", "plan.out"]));
    let state = json(&succeed(&world, &["show", "-json"]));
    let replaced = run(&world, &["plan", "-json", "-replace=aws_kms_alias.main"]);
    told.extend(messages(&text(&replaced.stdout)));
    Both { ours: Documents { plan, state, messages: told }, theirs }
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).filter(|key| *key != "index").collect()
}

/// The first entry of a type in a list.
fn entry<'a>(list: &'a Value, resource_type: &str) -> &'a Value {
    list.as_array().unwrap().iter().find(|entry| entry["type"] == resource_type).unwrap()
}

/// The names in both sides of a change, without those that are ours alone.
fn names<'a>(change: &'a Value, sides: &[&str]) -> BTreeSet<&'a str> {
    let names = sides.iter().flat_map(|side| keys(&change[*side]));
    names.filter(|name| !OURS.contains(name)).collect()
}

fn assert_plans_agree(ours: &Value, theirs: &Value) {
    let common: Vec<&str> = keys(ours).into_iter().filter(|key| *key != "permission_changes").collect();
    assert_eq!(common, keys(theirs));
    for kind in COMMON {
        let (our, their) = (entry(&ours["resource_changes"], kind), entry(&theirs["resource_changes"], kind));
        assert_eq!(keys(our), keys(their), "{kind}");
        let (our, their) = (&our["change"], &their["change"]);
        assert_eq!(keys(our), keys(their), "{kind}");
        let sides = ["after", "after_unknown"];
        assert_eq!(names(our, &sides), names(their, &sides), "attributes of {kind}");
        let alike = |name: &&str| !OTHERWISE.contains(name) && *name != "tags_all";
        for side in ["after", "after_unknown", "after_sensitive"] {
            let of = |change| names(change, &[side]).into_iter().filter(alike).collect::<BTreeSet<_>>();
            assert_eq!(of(our), of(their), "{side} of {kind}");
        }
        let planned = |document: &Value| {
            let entry = entry(&document["planned_values"]["root_module"]["resources"], kind);
            keys(entry).into_iter().filter(|key| *key != "values").collect::<Vec<_>>().join(" ")
        };
        assert_eq!(planned(ours), planned(theirs), "{kind}");
    }
    let outputs = |document: &Value| {
        let output = |name: &str| keys(&document["output_changes"][name]).join(" ");
        (output("kms_key_arn"), keys(&document["planned_values"]).join(" "))
    };
    assert_eq!(outputs(ours), outputs(theirs));
    let configuration = |document: &Value| {
        let root = &document["configuration"]["root_module"];
        let alias = entry(&root["resources"], "aws_kms_alias");
        let output = &root["outputs"]["kms_key_arn"];
        (
            keys(root).join(" "),
            keys(alias).join(" "),
            alias["expressions"]["target_key_id"].clone(),
            output.clone(),
        )
    };
    assert_eq!(configuration(ours), configuration(theirs));
}

fn assert_states_agree(ours: &Value, theirs: &Value) {
    assert_eq!((keys(ours), keys(&ours["values"])), (keys(theirs), keys(&theirs["values"])));
    let output = |state: &Value| keys(&state["values"]["outputs"]["kms_key_arn"]).join(" ");
    assert_eq!(output(ours), output(theirs));
    for kind in COMMON {
        let of = |state: &Value| entry(&state["values"]["root_module"]["resources"], kind).clone();
        let (our, their) = (of(ours), of(theirs));
        let without_dependencies = |entry: &Value| {
            keys(entry).into_iter().filter(|key| *key != "depends_on").collect::<Vec<_>>().join(" ")
        };
        assert_eq!(without_dependencies(&our), without_dependencies(&their), "{kind}");
        assert_eq!(keys(&our["values"]), keys(&their["values"]), "{kind}");
        assert_eq!(our["provider_name"], their["provider_name"]);
        // An attribute that we leave to others is null in our state, and an empty set in theirs.
        let shape = |entry: &Value| {
            keys(&entry["sensitive_values"])
                .into_iter()
                .filter(|name| *name != "managed_policy_arns")
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(shape(&our), shape(&their), "{kind}");
    }
}

/// The fields of each kind of message, by type and action.
fn shapes(messages: &[Value]) -> BTreeMap<String, BTreeSet<String>> {
    let mut shapes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for message in messages.iter().filter(|message| message["diagnostic"].is_null()) {
        let of_data =
            |field: &Value| field["resource"]["addr"].as_str().is_some_and(|addr| addr.starts_with("data."));
        if of_data(&message["hook"]) {
            continue;
        }
        let mut fields = keys(message);
        fields.retain(|field| *field != "underpin");
        let inner = ["hook", "change", "changes"].iter().find_map(|field| message.get(*field));
        let resource = inner.and_then(|inner| inner.get("resource")).map(keys).unwrap_or_default();
        let action = inner.and_then(|inner| inner["action"].as_str()).unwrap_or_default();
        let kind = format!("{} {action}", message["type"].as_str().unwrap());
        let shape = format!("{fields:?} {:?} {resource:?}", inner.map(keys));
        shapes.entry(kind).or_default().insert(shape);
    }
    shapes
}

fn assert_messages_agree(ours: &[Value], theirs: &[Value]) {
    let (our, their) = (shapes(ours), shapes(theirs));
    for kind in [
        "version ",
        "planned_change create",
        "planned_change replace",
        "apply_start create",
        "apply_complete create",
        "refresh_start ",
        "refresh_complete ",
        "change_summary ",
        "outputs ",
    ] {
        assert!(their.contains_key(kind), "{kind} in {their:?}");
        assert_eq!(our.get(kind), their.get(kind), "{kind}");
    }
    let summary = |messages: &[Value]| {
        let summaries = messages.iter().filter(|message| message["type"] == "change_summary");
        let text = |message: &Value| message["@message"].as_str().unwrap().replace(char::is_numeric, "");
        summaries.map(text).collect::<Vec<_>>()
    };
    assert_eq!(summary(ours), summary(theirs));
}

#[test]
fn documents_and_messages_have_terraforms_fields() {
    let Both { ours, theirs } = both();
    assert_plans_agree(&ours.plan, &theirs.plan);
    assert_states_agree(&ours.state, &theirs.state);
    assert_messages_agree(&ours.messages, &theirs.messages);
}
