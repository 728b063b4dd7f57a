//! Text that must not show up in logs or records.

use std::fmt;

/// A secret; its `Debug` form does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Whether a URL carries a name or a password: `http://USER:PASSWORD@HOST`.
pub fn has_credentials(url: &str) -> bool {
    url.contains('@')
}

/// A URL without its name and password, to be shown; one that is written wrongly too.
pub fn without_credentials(url: &str) -> String {
    let Some((credentials, place)) = url.rsplit_once('@') else { return url.to_owned() };
    let scheme = credentials.split_once("://").map(|(scheme, _)| format!("{scheme}://")).unwrap_or_default();
    format!("{scheme}…@{place}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_shown_without_its_password() {
        for (url, shown) in [
            ("http://proxy:3128", "http://proxy:3128"),
            ("http://user:p@ss@proxy:3128", "http://…@proxy:3128"),
            ("user:pass@proxy:3128", "…@proxy:3128"),
        ] {
            assert_eq!(without_credentials(url), shown);
            assert_eq!(has_credentials(url), url != shown);
        }
    }
}
