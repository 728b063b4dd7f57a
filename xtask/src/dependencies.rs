//! What deny.toml says of the dependencies: their licences, what is banned, and where they come from. It is the file of
//! cargo-deny, which whoever has it can run; this check needs nothing but cargo.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;
use spdx::{Expression, ParseMode};
use toml::Table;

use crate::Outcome;
use crate::cargo::{cargo, output, root};

/// The registry that crates.io is, as cargo names it.
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Checks every package that the workspace is built from.
pub(crate) fn check() -> Outcome {
    let rules = Rules::read(&fs::read_to_string(root().join("deny.toml"))?)?;
    let metadata = output(&mut cargo(&["metadata", "--locked", "--format-version=1"]))?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let packages = metadata.get("packages").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let faults: Vec<String> = packages.iter().flat_map(|package| rules.faults(package)).collect();
    println!("{} packages", packages.len());
    if packages.is_empty() {
        return Err("cargo names no package".into());
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}

/// The part of deny.toml that is checked here.
struct Rules {
    licences: BTreeSet<String>,
    banned: BTreeSet<String>,
}

impl Rules {
    fn read(text: &str) -> Outcome<Self> {
        let table: Table = text.parse()?;
        let list = |section: &str, key: &str| {
            let list =
                table.get(section).and_then(|section| section.get(key)).and_then(toml::Value::as_array);
            list.cloned().ok_or_else(|| format!("deny.toml has no list `{key}` in [{section}]"))
        };
        let licences =
            list("licenses", "allow")?.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect();
        let name = |entry: &toml::Value| entry.get("crate").and_then(toml::Value::as_str).map(str::to_owned);
        Ok(Self { licences, banned: list("bans", "deny")?.iter().filter_map(name).collect() })
    }

    fn faults(&self, package: &Value) -> Vec<String> {
        let text = |key: &str| package.get(key).and_then(Value::as_str);
        let name = text("name").unwrap_or_default();
        let mut faults = Vec::new();
        if self.banned.contains(name) {
            faults.push(format!("`{name}` is banned by deny.toml"));
        }
        match text("source") {
            None | Some(CRATES_IO) => {}
            Some(source) => faults.push(format!("`{name}` comes from {source}, which is not crates.io")),
        }
        match text("license").map(|text| (text, Expression::parse_mode(text, ParseMode::LAX))) {
            None => faults.push(format!("`{name}` names no licence")),
            Some((text, Err(error))) => faults.push(format!("`{name}` has the licence `{text}`: {error}")),
            Some((text, Ok(licence))) => {
                if !licence.evaluate(|wanted| self.licences.contains(&wanted.to_string())) {
                    faults.push(format!("`{name}` has the licence `{text}`, which deny.toml does not allow"));
                }
            }
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn judges_licence_ban_and_source() {
        let rules = Rules::read("[licenses]\nallow = [\"MIT\", \"Apache-2.0 WITH LLVM-exception\"]\n[bans]\ndeny = [{ crate = \"openssl\" }]").unwrap();
        let faults = |package: Value| rules.faults(&package);
        let good = |licence: &str| json!({"name": "a", "license": licence, "source": CRATES_IO});
        assert_eq!(faults(good("MIT OR Apache-2.0")), [""; 0]);
        assert_eq!(faults(good("MIT/Apache-2.0")), [""; 0]);
        assert_eq!(faults(good("Apache-2.0 WITH LLVM-exception")), [""; 0]);
        assert_eq!(
            faults(good("MIT AND GPL-3.0-only")),
            ["`a` has the licence `MIT AND GPL-3.0-only`, which deny.toml does not allow"]
        );
        assert_eq!(faults(json!({"name": "a", "source": CRATES_IO})), ["`a` names no licence"]);
        assert_eq!(
            faults(json!({"name": "openssl", "license": "MIT", "source": "git+https://example.com/x"})),
            [
                "`openssl` is banned by deny.toml",
                "`openssl` comes from git+https://example.com/x, which is not crates.io"
            ]
        );
    }
}
