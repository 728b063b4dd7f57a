//! The reference page of the settings, written from their table.

use std::fmt::Write as _;

use super::table::{DECLARATIONS, Declaration};

/// `docs/settings.md`.
pub fn reference_page() -> String {
    let mut page = String::from(INTRODUCTION);
    for declaration in DECLARATIONS {
        let Declaration { name, type_expression, meaning, .. } = declaration;
        let default = declaration.default.map_or("required".to_owned(), |default| format!("`{default}`"));
        // Writing to a `String` cannot fail.
        let _ = writeln!(page, "| [`{name}`](#{name}) | `{type_expression}` | {default} | {meaning} |");
    }
    for declaration in DECLARATIONS {
        let Declaration { name, type_expression, meaning, example, effect, .. } = declaration;
        let default =
            declaration.default.map_or("required".to_owned(), |default| format!("default `{default}`"));
        let _ = write!(
            page,
            "\n## {name}\n{meaning}. Type `{type_expression}`, {default}.\n\n```hcl\n{example}\n```\n\n{effect}\n"
        );
    }
    page
}

/// What stands above the table.
const INTRODUCTION: &str = "\
# Settings
Written from the table in `crates/foundation/src/settings/table.rs`; a test compares the two.

Settings are Terraform variables: they are read from `TF_VAR_NAME`, `terraform.tfvars`, `terraform.tfvars.json`, `*.auto.tfvars`,
`*.auto.tfvars.json`, `-var-file` and `-var`, the later winning over the earlier, and are converted to their types as Terraform does it.
`null` for an optional setting is its default. A name that is not listed here is a warning in a file, an error with `-var`, and nothing in
the environment; an attribute that an object does not have is an error.

| Name | Type | Default | Meaning |
|---|---|---|---|
";
