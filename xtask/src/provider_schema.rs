//! Writes down which arguments a modern terraform-provider-aws knows, for the tests of exported modules.
//!
//! No package that can be installed here carries that provider itself. An npm package of bindings made from its schema names every argument;
//! only names are taken, and whether they are required or blocks.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use foundation::Provider;
use foundation::kinds::SCHEMAS;
use serde_json::{Map, Value, json};

use crate::Outcome;
use crate::cargo::{output, root, run as run_command};

const PACKAGE: &str = "@cdktf/provider-aws@21.22.1";
const TABLE: &str = "crates/export/src/module/tests/provider_6.json";

/// The resource types of the foundation, sorted.
fn types_of_aws() -> BTreeSet<&'static str> {
    let of_aws = SCHEMAS.iter().filter(|schema| schema.provider == Provider::Aws);
    of_aws.map(|schema| schema.resource_type).collect()
}

/// Fetches the package and writes the table anew.
pub(crate) fn run() -> Outcome {
    let directory = tempfile::tempdir()?;
    let archive =
        output(Command::new("npm").args(["pack", "--silent", PACKAGE]).current_dir(directory.path()))?;
    run_command(Command::new("tar").args(["-xzf", archive.trim()]).current_dir(directory.path()))?;
    let library = directory.path().join("package/lib");
    let (mut types, mut provider) = (Map::new(), None);
    for resource_type in types_of_aws() {
        let name = resource_type.trim_start_matches("aws_").replace('_', "-");
        let text = fs::read_to_string(library.join(&name).join("index.d.ts"))
            .map_err(|error| format!("{PACKAGE} has no {name}: {error}"))?;
        provider = provider.or_else(|| between(&text, "/hashicorp/aws/", "/docs/").map(str::to_owned));
        let main = interfaces(&text).find(|(name, _)| name.ends_with("Config"));
        let (_, body) = main.ok_or_else(|| format!("{name} has no configuration"))?;
        types.insert(resource_type.to_owned(), arguments(body, &text));
    }
    let source = format!("{PACKAGE}, made from terraform-provider-aws {}", provider.unwrap_or_default());
    let table = json!({"source": source, "types": types});
    fs::write(root().join(TABLE), format!("{}\n", serde_json::to_string_pretty(&table)?))?;
    println!("Wrote {TABLE} from {source}");
    Ok(())
}

/// The interfaces of a file of declarations: name and body.
fn interfaces(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split("export interface ").skip(1).filter_map(|rest| {
        let (head, body) = rest.split_once('{')?;
        let (body, _) = body.split_once("\n}")?;
        Some((head.split_whitespace().next()?, body))
    })
}

/// The arguments of one interface by the provider's names, with those of the blocks in it.
fn arguments(body: &str, text: &str) -> Value {
    let mut known = Map::new();
    for field in body.split("/**").skip(1) {
        let (Some((comment, declaration)), Some(name)) = (field.split_once("*/"), documented(field)) else {
            continue;
        };
        let Some((left, right)) = declaration.split_once(':') else { continue };
        let mut argument = Map::new();
        if !left.ends_with('?') {
            argument.insert("required".to_owned(), json!(true));
        }
        if comment.contains(&format!("{name} block")) {
            let interface = right.trim().split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            let nested = interfaces(text).find(|(name, _)| *name == interface);
            let nested = nested.map_or_else(|| json!({}), |(_, body)| arguments(body, text));
            argument.insert("block".to_owned(), nested);
        }
        known.insert(name.to_owned(), Value::Object(argument));
    }
    Value::Object(known)
}

/// The provider's name of a field, from the link to its documentation: `KmsKey#policy}`.
fn documented(field: &str) -> Option<&str> {
    let (_, link) = field.split_once("{@link https://registry.terraform.io/providers/hashicorp/aws/")?;
    between(link, "#", " ").filter(|name| !name.is_empty())
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    text.split_once(start)?.1.split_once(end).map(|(middle, _)| middle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_requirements_and_blocks_are_read() {
        let text = "export interface RoleConfig extends X {\n    /**\n    * Docs: {@link https://registry.terraform.io/providers/hashicorp/aws/6.1.0/docs/resources/role#trust_policy Role#trust_policy}\n    */\n    readonly trustPolicy: string;\n    /**\n    * inline_policy block\n    *\n    * Docs: {@link https://registry.terraform.io/providers/hashicorp/aws/6.1.0/docs/resources/role#inline_policy Role#inline_policy}\n    */\n    readonly inlinePolicy?: RoleInlinePolicy[] | IResolvable;\n}\nexport interface RoleInlinePolicy {\n    /**\n    * Docs: {@link https://registry.terraform.io/providers/hashicorp/aws/6.1.0/docs/resources/role#name Role#name}\n    */\n    readonly name?: string;\n}\n";
        let (name, body) = interfaces(text).next().unwrap();
        assert_eq!(name, "RoleConfig");
        assert_eq!(
            arguments(body, text),
            json!({"trust_policy": {"required": true}, "inline_policy": {"block": {"name": {}}}})
        );
    }
}
