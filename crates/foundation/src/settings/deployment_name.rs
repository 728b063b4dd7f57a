//! The two settings that every name is made of, and the lengths they leave.

use crate::identifiers::{BucketName, InvalidBucketName};

/// `{project}-{environment}`, short and plain enough for every name that follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeploymentName {
    project: String,
    environment: String,
}

/// Why two words make no deployment name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDeploymentName {
    /// They are too long together.
    #[error(
        "`{project_name}` has {project} characters and `{environment_name}` has {environment}, together {}; together they may have {MAXIMUM_LENGTH}, \
         because the role name `{project_name}-{environment_name}{LONGEST_ROLE_END}` would have {role} characters and IAM allows {MAXIMUM_ROLE_NAME}",
        project + environment
    )]
    Length {
        /// The first part.
        project_name: String,
        /// The second part.
        environment_name: String,
        /// Characters of the first part.
        project: usize,
        /// Characters of the second part.
        environment: usize,
        /// Characters of the longest role name that would follow.
        role: usize,
    },
    /// The log bucket could not be called after it.
    #[error("the log bucket would be called after it, and {0}")]
    Bucket(InvalidBucketName),
}

/// Why a word is no part of a name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum InvalidNamePart {
    /// Nothing in it.
    #[error("it is empty")]
    Empty,
    /// A character out of place.
    #[error(
        "`{text}` contains {character:?}; only lower-case letters, digits and `-` are allowed, because a bucket is called after it"
    )]
    Character {
        /// What was given.
        text: String,
        /// The first offender.
        character: char,
    },
    /// A hyphen at an end.
    #[error("`{text}` must begin and end with a letter or digit")]
    Ends {
        /// What was given.
        text: String,
    },
    /// Two hyphens in a row.
    #[error("`{text}` contains `--`, which trail names must not have")]
    DoubleHyphen {
        /// What was given.
        text: String,
    },
}

/// The most characters of an IAM role name.
const MAXIMUM_ROLE_NAME: usize = 64;

/// What the longest role name ends with.
const LONGEST_ROLE_END: &str = "-rds-enhanced-monitoring-role";

/// The most characters of project and environment together, without the hyphen between them.
pub(super) const MAXIMUM_LENGTH: usize = MAXIMUM_ROLE_NAME - LONGEST_ROLE_END.len() - 1;

/// Stands for the random end of the bucket's name while only its length and form matter.
const SAMPLE_SUFFIX: &str = "00000000";

impl DeploymentName {
    /// Checks the two parts together; each is a valid part already.
    pub fn new(project: &str, environment: &str) -> Result<Self, InvalidDeploymentName> {
        let name = Self { project: project.to_owned(), environment: environment.to_owned() };
        if project.len() + environment.len() > MAXIMUM_LENGTH {
            return Err(InvalidDeploymentName::Length {
                project_name: project.to_owned(),
                environment_name: environment.to_owned(),
                project: project.len(),
                environment: environment.len(),
                role: name.joined(LONGEST_ROLE_END).len(),
            });
        }
        match name.bucket_name(SAMPLE_SUFFIX).parse::<BucketName>() {
            Ok(_) => Ok(name),
            Err(error) => Err(InvalidDeploymentName::Bucket(error)),
        }
    }

    /// `{project}-{environment}` and then `end`, which brings its own hyphen.
    pub fn joined(&self, end: &str) -> String {
        format!("{}-{}{end}", self.project, self.environment)
    }

    /// The log bucket's name up to its suffix.
    pub fn bucket_prefix(&self) -> String {
        self.joined("-cloudtrail-logs-")
    }

    /// The log bucket's name; `suffix` may be a template.
    pub fn bucket_name(&self, suffix: &str) -> String {
        format!("{}{suffix}", self.bucket_prefix())
    }

    /// The first part.
    pub fn project(&self) -> &str {
        &self.project
    }

    /// The second part.
    pub fn environment(&self) -> &str {
        &self.environment
    }
}

/// Checks one part: `^[a-z0-9]([a-z0-9-]*[a-z0-9])?$` without `--`.
pub(super) fn check_part(text: &str) -> Result<(), InvalidNamePart> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if text.is_empty() {
        return Err(InvalidNamePart::Empty);
    }
    if let Some(character) = text.chars().find(|&c| !plain(c) && c != '-') {
        return Err(InvalidNamePart::Character { text: text.to_owned(), character });
    }
    if !text.starts_with(plain) || !text.ends_with(plain) {
        return Err(InvalidNamePart::Ends { text: text.to_owned() });
    }
    if text.contains("--") {
        return Err(InvalidNamePart::DoubleHyphen { text: text.to_owned() });
    }
    Ok(())
}

/// The nearest valid part to `text`, if anything of it is left.
pub(super) fn nearest_part(text: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let nearest = text
        .to_lowercase()
        .split(|c| !plain(c))
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-");
    (!nearest.is_empty()).then_some(nearest)
}
