//! The selected workspace: which one it is, and how another is selected.

use terraform::Diagnostic;

use super::record;
use crate::environment::Environment;
use crate::error::CliError;

/// The file that names the selected workspace.
const NAME: &str = "environment";

/// The variable that selects one whatever the file says.
pub(crate) const VARIABLE: &str = "TF_WORKSPACE";

/// `TF_WORKSPACE`, or what `.terraform/environment` says, or `default`.
///
/// # Errors
/// The file cannot be read, or the name is not one Terraform accepts.
pub(crate) fn selected(environment: &Environment) -> Result<String, CliError> {
    let path = environment.data_directory().join(NAME);
    let name = match environment.get(VARIABLE) {
        Some(name) => name.to_owned(),
        None => {
            let bytes = record::bytes(&path)?.unwrap_or_default();
            match String::from_utf8_lossy(&bytes).trim() {
                "" => "default".to_owned(),
                name => name.to_owned(),
            }
        }
    };
    check(&name)?;
    Ok(name)
}

/// Whether `TF_WORKSPACE` selects the workspace, so that selecting another would have no effect.
pub(crate) fn is_overridden(environment: &Environment) -> bool {
    environment.get(VARIABLE).is_some()
}

/// Selects a workspace for all later commands.
///
/// # Errors
/// It cannot be written down.
pub(crate) fn select(name: &str, environment: &Environment) -> Result<(), CliError> {
    record::write_beside(environment, NAME, name.as_bytes())
}

/// Refuses a name that Terraform does not accept.
///
/// # Errors
/// Such a name.
pub(crate) fn check(name: &str) -> Result<(), CliError> {
    if is_valid(name) {
        return Ok(());
    }
    let detail = format!(
        "The workspace name \"{name}\" is not allowed: only letters, digits and . _ - ~ @ $ & + = : are, and it must not be \
         empty."
    );
    Err(CliError::from(Diagnostic::error("Invalid workspace name", detail)))
}

/// Whether a name stays as it is in a URL path, as Terraform demands.
pub(crate) fn is_valid(name: &str) -> bool {
    !name.is_empty()
        && name != "."
        && name != ".."
        && name.chars().all(|c| {
            c.is_ascii_alphanumeric()
                || matches!(c, '.' | '_' | '-' | '~' | '@' | '$' | '&' | '+' | '=' | ':')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_path_segment() {
        for name in ["default", "prod-1", "a.b_c~d"] {
            assert!(is_valid(name), "{name}");
        }
        for name in ["", "a/b", ".", "..", "a b", "ä"] {
            assert!(!is_valid(name), "{name}");
        }
    }

    #[test]
    fn the_environment_decides() {
        let named = |name| Environment::from([("TF_WORKSPACE", name), ("TF_DATA_DIR", "/nonexistent")]);
        assert_eq!(selected(&named("w1")).unwrap(), "w1");
        assert_eq!(selected(&named("")).unwrap(), "default");
        assert!(selected(&named("a/b")).is_err());
    }
}
