//! The selected workspace.

use terraform::Diagnostic;

use crate::environment::Environment;
use crate::error::CliError;

/// `TF_WORKSPACE`, or what `.terraform/environment` says, or `default`.
///
/// # Errors
/// The file cannot be read, or the name is not one Terraform accepts.
pub fn selected(environment: &Environment) -> Result<String, CliError> {
    let path = environment.data_directory().join("environment");
    let name = match environment.get("TF_WORKSPACE") {
        Some(name) => name.to_owned(),
        None => match std::fs::read_to_string(&path) {
            Ok(text) if !text.trim().is_empty() => text.trim().to_owned(),
            Ok(_) => "default".to_owned(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => "default".to_owned(),
            Err(source) => return Err(CliError::File { action: "read", path, source }),
        },
    };
    if is_valid(&name) {
        return Ok(name);
    }
    let detail = format!(
        "`{name}` cannot be the name of a workspace: only letters, digits and . _ - ~ @ are allowed."
    );
    Err(CliError::Usage(Box::new(Diagnostic::error("Invalid workspace name", detail))))
}

/// Whether a name stays as it is in a URL path, as Terraform demands.
fn is_valid(name: &str) -> bool {
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
        for name in ["", "a/b", "..", "a b", "ä"] {
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
