//! Which crate may use which: the compiler enforces what Cargo.toml says, and this what Cargo.toml may say.

use serde_json::Value;

use crate::Outcome;
use crate::cargo::{cargo, output};

/// Each crate with the crates of this workspace that it may use outside its tests.
const ALLOWED: [(&str, &[&str]); 13] = [
    ("policy", &[]),
    ("trail", &[]),
    ("mirror", &["trail"]),
    ("terraform", &[]),
    ("foundation", &["policy", "terraform"]),
    ("doctor", &["foundation", "policy", "terraform"]),
    ("engine", &["foundation", "policy", "terraform"]),
    ("store", &["engine", "terraform"]),
    ("aws", &["doctor", "engine", "foundation", "policy", "store", "terraform", "trail"]),
    (
        "cli",
        &[
            "aws",
            "doctor",
            "engine",
            "export",
            "foundation",
            "mirror",
            "policy",
            "store",
            "terraform",
            "trail",
        ],
    ),
    ("export", &["foundation", "policy", "terraform"]),
    ("harness", &[]),
    ("xtask", &["foundation", "harness"]),
];

/// The only crates that may name the AWS SDK.
const SDK_USERS: [&str; 1] = ["aws"];

/// The forbidden arrows of this workspace as cargo sees it.
pub(super) fn faults_of_workspace() -> Outcome<Vec<String>> {
    let metadata = output(&mut cargo(&["metadata", "--no-deps", "--format-version=1"]))?;
    Ok(faults(&serde_json::from_str(&metadata)?))
}

fn faults(metadata: &Value) -> Vec<String> {
    let packages = list(metadata, "packages");
    let members: Vec<&str> = packages.iter().map(|package| text(package, "name")).collect();
    let mut faults = Vec::new();
    for package in packages {
        let name = text(package, "name");
        let Some((_, allowed)) = ALLOWED.iter().find(|(known, _)| *known == name) else {
            faults.push(format!("crate `{name}` has no line in xtask/src/arrows.rs"));
            continue;
        };
        for dependency in
            list(package, "dependencies").iter().filter(|dependency| text(dependency, "kind") != "dev")
        {
            let used = text(dependency, "name");
            if members.contains(&used) && !allowed.contains(&used) {
                faults.push(format!("crate `{name}` may not use `{used}`"));
            }
            if used.starts_with("aws-") && used != "aws-lc-rs" && !SDK_USERS.contains(&name) {
                faults.push(format!("crate `{name}` may not use the AWS SDK (`{used}`)"));
            }
        }
    }
    faults
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn finds_what_is_not_allowed() {
        let workspace = json!({"packages": [
            {"name": "policy", "dependencies": [
                {"name": "terraform", "kind": null},
                {"name": "serde_json", "kind": null},
                {"name": "harness", "kind": "dev"},
            ]},
            {"name": "terraform", "dependencies": []},
            {"name": "harness", "dependencies": [{"name": "aws-config", "kind": null}]},
            {"name": "stray", "dependencies": []},
        ]});
        assert_eq!(
            faults(&workspace),
            [
                "crate `policy` may not use `terraform`",
                "crate `harness` may not use the AWS SDK (`aws-config`)",
                "crate `stray` has no line in xtask/src/arrows.rs",
            ]
        );
    }
}
