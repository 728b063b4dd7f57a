//! The environment variables of a run, read once.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use crate::flag_value;

/// A snapshot of the environment, of which variables of others that are no UTF-8 are left out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Environment {
    variables: BTreeMap<String, String>,
}

impl Environment {
    /// The environment of this process.
    ///
    /// # Errors
    /// The name of a variable that a run goes by, such as `TF_WORKSPACE`, and whose value is no UTF-8.
    pub(crate) fn of_process() -> Result<Self, String> {
        Self::of(std::env::vars_os())
    }

    fn of(variables: impl Iterator<Item = (OsString, OsString)>) -> Result<Self, String> {
        let mut texts = BTreeMap::new();
        for (name, value) in variables {
            match (name.into_string(), value.into_string()) {
                (Ok(name), Ok(value)) => {
                    texts.insert(name, value);
                }
                (Ok(name), Err(_)) if name.starts_with("TF_") || name.starts_with("AWS_") => {
                    return Err(name);
                }
                _ => {}
            }
        }
        Ok(Self { variables: texts })
    }

    /// The value of a variable that is set and not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The variables whose names begin with `prefix`: what follows it, and the value, empty ones included.
    pub(crate) fn with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.variables
            .iter()
            .filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value.as_str())))
            .filter(|(name, _)| !name.is_empty())
    }

    /// Whether variables may be asked for (`TF_INPUT`).
    pub(crate) fn allows_input(&self) -> bool {
        self.get("TF_INPUT").and_then(flag_value::is_true).unwrap_or(true)
    }

    /// Whether a program reads what is printed, so that hints at next commands are left out (`TF_IN_AUTOMATION`).
    pub(crate) fn in_automation(&self) -> bool {
        self.get("TF_IN_AUTOMATION").is_some()
    }

    /// Where the backend's record lives (`TF_DATA_DIR`, else `.terraform`).
    pub(crate) fn data_directory(&self) -> PathBuf {
        PathBuf::from(self.get("TF_DATA_DIR").unwrap_or(".terraform"))
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Environment {
    fn from(variables: [(&str, &str); N]) -> Self {
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Self { variables: variables.into_iter().map(owned).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_counts_and_is_no_text_is_named() {
        use std::os::unix::ffi::OsStringExt;
        let odd = |name: &str| (OsString::from(name), OsString::from_vec(vec![0xff]));
        let fine = (OsString::from("TF_WORKSPACE"), OsString::from("x"));
        let read = Environment::of([odd("LS_COLORS"), fine.clone()].into_iter()).unwrap();
        assert_eq!((read.get("TF_WORKSPACE"), read.get("LS_COLORS")), (Some("x"), None));
        assert_eq!(Environment::of([fine, odd("AWS_PROFILE")].into_iter()).unwrap_err(), "AWS_PROFILE");
    }

    #[test]
    fn follows_terraforms_variables() {
        let none = Environment::default();
        assert!(none.allows_input());
        assert!(!none.in_automation());
        assert_eq!(none.data_directory(), PathBuf::from(".terraform"));
        for (text, allowed) in
            [("0", false), ("false", false), ("F", false), ("1", true), ("maybe", true), ("", true)]
        {
            assert_eq!(Environment::from([("TF_INPUT", text)]).allows_input(), allowed, "{text}");
        }
        let set = Environment::from([
            ("TF_DATA_DIR", "/d"),
            ("TF_IN_AUTOMATION", "0"),
            ("TF_VAR_a", ""),
            ("TF_VAR_", "x"),
        ]);
        assert!(set.in_automation());
        assert_eq!(set.data_directory(), PathBuf::from("/d"));
        assert_eq!(set.with_prefix("TF_VAR_").collect::<Vec<_>>(), [("a", "")]);
    }
}
