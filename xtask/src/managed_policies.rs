//! Writes down anew what AWS's managed policies allow that the foundation attaches, for the plan's permissions.
//!
//! AWS gives the documents to accounts only; the PyPI package `moto` (Apache-2.0), which the tests use, carries them.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use foundation::{Caller, Partition, SettingValue, Settings, blueprint};
use harness::Oracles;
use serde_json::{Map, Value, json};

use crate::Outcome;
use crate::cargo::{output, root};

const DATA: &str = "crates/foundation/data/managed_policies.json";

/// Prints version and policies of the installed package.
const SCRIPT: &str = "import json, moto
from moto.iam.aws_managed_policies import aws_managed_policies_data as data
data = json.loads(data) if isinstance(data, str) else data
print(json.dumps({'version': moto.__version__, 'policies': data}))";

/// Reads the package of the tests' environment and writes the data anew.
pub(crate) fn run() -> Outcome {
    let python = Oracles::find()?.python();
    let all: Value = serde_json::from_str(&output(Command::new(python).args(["-c", SCRIPT]))?)?;
    let mut policies = Map::new();
    for name in attached()? {
        let known = all.get("policies").and_then(|all| all.get(name.rsplit('/').next().unwrap_or_default()));
        let known = known.ok_or_else(|| format!("the package has no {name}"))?;
        let updated = known.get("UpdateDate").and_then(Value::as_str).and_then(|date| date.split('T').next());
        let policy = json!({
            "version": known.get("DefaultVersionId"), "updated": updated, "document": known.get("Document"),
        });
        policies.insert(name, policy);
    }
    let source = format!("moto {}", all.get("version").and_then(Value::as_str).unwrap_or_default());
    let table = json!({"source": source, "policies": policies});
    fs::write(root().join(DATA), format!("{}\n", serde_json::to_string_pretty(&table)?))?;
    println!("Wrote {DATA} from {source}");
    Ok(())
}

/// The names, with paths, of all managed policies of AWS's that some settings attach.
fn attached() -> Result<BTreeSet<String>, Box<dyn std::error::Error>> {
    let settings = json!({
        "project_name": "all", "environment": "all", "aws_region": "us-east-1", "terraform_state_bucket": "all-state",
        "tags": {}, "enable_fargate": true,
    });
    let values = settings.as_object().into_iter().flatten();
    let values: Vec<SettingValue> = values
        .map(|(name, value)| SettingValue::new(name, value.clone(), foundation::Origin::File))
        .collect();
    let (settings, _) = Settings::from_values(&values).map_err(|problems| format!("{problems:?}"))?;
    let caller = Caller { account_id: "123456789012".parse()?, partition: Partition::Aws };
    let resources = blueprint(&settings, &caller).resources;
    let arns = resources.iter().filter_map(|resource| resource.arguments.get("policy_arn")?.as_str());
    Ok(arns.filter_map(|arn| arn.split_once(":policy/")).map(|(_, name)| name.to_owned()).collect())
}
