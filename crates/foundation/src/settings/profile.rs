//! `profile`: what is made and kept where other settings do not say.

use super::reader::Problem;

/// How the foundation is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// With everything that makes it safer than the module's document.
    #[default]
    Hardened,
    /// As the module's document describes it and no more. What the document leaves open stays as it is found.
    Document,
}

/// Reads a profile's name.
pub(super) fn read(text: &str) -> Result<Profile, Problem> {
    match text {
        "hardened" => Ok(Profile::Hardened),
        "document" => Ok(Profile::Document),
        other => Err(Problem::new(format!("`{other}` is no profile; there are `hardened` and `document`"))),
    }
}
