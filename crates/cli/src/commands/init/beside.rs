//! What lies in the working directory and was most likely meant, where `init` is told of no backend.

use std::fs;
use std::path::Path;

use terraform::{Diagnostic, hcl_text};

use crate::configuration::{self, Variables};
use crate::environment::Environment;
use crate::error::CliError;
use crate::typed::quoted;

/// How many commands are printed.
const MOST: usize = 5;

/// Refuses to keep the state in this directory where backend files lie beside, as everything would be made a second time.
///
/// # Errors
/// Such files, or a directory that cannot be listed.
pub(super) fn refuse_to_pass_over(reconfigure: bool) -> Result<(), CliError> {
    let files = backend_files(Path::new("."))?;
    let Some(first) = files.first() else { return Ok(()) };
    let detail = match files.as_slice() {
        [_] => format!("{first} lies here, and no backend was given."),
        _ => format!("{} lie here, and no backend was given.", files.join(", ")),
    };
    let init = if reconfigure { "underpin init -reconfigure" } else { "underpin init" };
    let commands: String =
        files.iter().take(MOST).map(|file| format!("\n  {init} -backend-config={}", quoted(file))).collect();
    Err(CliError::from(
        Diagnostic::error("Which backend is meant?", format!("{detail} Nothing was recorded.")).hint(format!(
            "to keep the state where the file says:{commands}\nto keep it in this directory:\n  {init} -local"
        )),
    ))
}

/// Says that a bucket for states is among the settings, and is not used for this one.
pub(super) fn unused_bucket(environment: &Environment) -> Option<Diagnostic> {
    let bucket = configuration::text("terraform_state_bucket", &Variables::default(), environment)?;
    let detail = format!(
        "terraform_state_bucket = {} does not configure the backend. The state is kept here, and runs elsewhere do not see it.",
        hcl_text::quoted(&bucket)
    );
    let hint = format!(
        "to keep it in that bucket:\n  underpin init -migrate-state -backend-config=bucket={} -backend-config=key=global/terraform.tfstate",
        quoted(&bucket)
    );
    Some(Diagnostic::warning("The state is kept in this directory", detail).hint(hint))
}

/// The names of backend files in a directory, sorted.
fn backend_files(directory: &Path) -> Result<Vec<String>, CliError> {
    let failed = |source| CliError::File { action: "list", path: directory.to_owned(), source };
    let mut names = Vec::new();
    for entry in fs::read_dir(directory).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().display().to_string();
        if is_backend_file(&name) && !entry.file_type().map_err(failed)?.is_dir() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Whether a file of this name is one that `-backend-config` takes, by the habits of Terraform's users.
fn is_backend_file(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let stem = name.strip_suffix(".json").unwrap_or(&name);
    let named = stem.contains("backend")
        && [".hcl", ".conf", ".config", ".cfg", ".tfvars", ".tfbackend"]
            .iter()
            .any(|ending| stem.ends_with(ending));
    !name.starts_with('.') && !stem.ends_with(".auto.tfvars") && (named || stem.ends_with(".tfbackend"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backend_file_is_known_by_its_name() {
        for name in [
            "backend-global-production-us-east-1.hcl",
            "backend.hcl",
            "prod.tfbackend",
            "prod.s3.tfbackend",
            "prod.tfbackend.json",
            "prod-backend.conf",
            "backend.tfvars",
            "Backend-EU.HCL",
        ] {
            assert!(is_backend_file(name), "{name}");
        }
        for name in [
            "terraform.tfvars",
            "backend.tf",
            "backend.auto.tfvars",
            ".terraform.lock.hcl",
            "backend-notes.md",
            "main.hcl",
            ".prod.tfbackend",
        ] {
            assert!(!is_backend_file(name), "{name}");
        }
    }
}
