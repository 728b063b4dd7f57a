//! Plan files: `plan -out=FILE`, `apply FILE`, `show FILE`.

use std::path::Path;

use engine::plan_file::MAX_BYTES;
use engine::{Basis, Goal, PlanFile, PlanFileError};
use foundation::{AccountId, Blueprint};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use crate::backend::Backend;
use crate::configuration::Configuration;
use crate::error::CliError;
use crate::input;
use crate::private_file;
use crate::views::whereabouts::Whereabouts;

/// RFC 3339 to the second.
const TIMESTAMP: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");

/// What a plan was made from.
pub(crate) struct Source<'a> {
    /// The settings.
    pub configuration: &'a Configuration,
    /// What follows from them.
    pub blueprint: &'a Blueprint,
    /// The account.
    pub account_id: &'a AccountId,
    /// Whose credentials, and which profile; `None` when AWS was not asked.
    pub whereabouts: Option<&'a Whereabouts>,
    /// The backend; `None` when neither state nor AWS was looked at.
    pub backend: Option<&'a Backend>,
}

impl Source<'_> {
    /// What a plan that is made now has to carry.
    pub(crate) fn basis(&self) -> Basis {
        Basis {
            account_id: self.account_id.to_string(),
            caller: self.whereabouts.and_then(|place| place.caller.clone()),
            profile: self.whereabouts.and_then(|place| place.profile.clone()),
            region: self.configuration.settings.aws_region.to_string(),
            workspace: self.backend.map_or("default", Backend::workspace).to_owned(),
            state: self.backend.map(Backend::state).unwrap_or_default(),
            timestamp: OffsetDateTime::now_utc().format(TIMESTAMP).unwrap_or_default(),
            offline: self.backend.is_none(),
            variables: self.configuration.variables(),
            resources: self.blueprint.resources.clone(),
        }
    }
}

/// Reads a plan file.
///
/// # Errors
/// It cannot be read, or is no plan.
pub(crate) fn read(path: &Path) -> Result<PlanFile, CliError> {
    let bytes = input::file(path, MAX_BYTES).map_err(|source| CliError::File {
        action: "read",
        path: path.to_owned(),
        source,
    })?;
    PlanFile::parse(&bytes).map_err(|source| unusable(path, None, source))
}

/// Writes a plan file, readable by its owner only.
///
/// # Errors
/// It cannot be written.
pub(crate) fn write(path: &Path, plan: &PlanFile) -> Result<(), CliError> {
    let bytes = plan.to_bytes().map_err(|error| CliError::Internal(error.to_string()))?;
    private_file::write(path, &bytes)
}

/// The failure of a plan file, made for `goal` as far as that is known.
pub(crate) fn unusable(path: &Path, goal: Option<Goal>, source: PlanFileError) -> CliError {
    CliError::PlanFile { path: path.display().to_string(), goal, source }
}
