//! Where the state is kept: the S3 and local backends of Terraform with every argument they have.
//!
//! A [`Configuration`] collects arguments from files and `NAME=VALUE` pairs; validated it becomes a [`Backend`].

mod argument;
mod assumption;
mod check;
mod configuration;
mod hash;
mod record;
mod role;
mod s3;
mod secret;
mod setting;
#[cfg(test)]
mod tests;

use crate::Diagnostic;

pub use argument::{Argument, Form, Status, arguments};
pub use configuration::Configuration;
pub use record::{Record, RecordError};
pub use role::{AssumeRole, AssumeRoleWithWebIdentity, WebIdentityToken};
pub use s3::{Endpoints, S3Backend};
pub use secret::{Secret, has_credentials, without_credentials};

/// The workspace that every configuration has.
pub const DEFAULT_WORKSPACE: &str = "default";

/// The kinds of backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    Local,
    /// An S3 bucket.
    S3,
}

impl Kind {
    /// Terraform's name of the kind: `local`, `s3`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::S3 => "s3",
        }
    }

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Local, Self::S3].into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A backend whose arguments are right.
#[derive(Clone, Debug, PartialEq)]
pub enum Backend {
    /// A file.
    Local(LocalBackend),
    /// An S3 bucket.
    S3(Box<S3Backend>),
}

impl Backend {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Local(_) => Kind::Local,
            Self::S3(_) => Kind::S3,
        }
    }
}

/// State in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalBackend {
    /// The file of the default workspace.
    pub path: String,
    /// The directory that holds the other workspaces.
    pub workspace_dir: String,
}

impl Default for LocalBackend {
    fn default() -> Self {
        Self { path: "terraform.tfstate".to_owned(), workspace_dir: "terraform.tfstate.d".to_owned() }
    }
}

impl LocalBackend {
    /// The state file of a workspace.
    pub fn state_path(&self, workspace: &str) -> String {
        if workspace == DEFAULT_WORKSPACE {
            self.path.clone()
        } else {
            format!("{}/{workspace}/terraform.tfstate", self.workspace_dir)
        }
    }
}

/// A backend with what is worth saying about its arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct Validated {
    /// The backend.
    pub backend: Backend,
    /// Warnings, for instance of deprecated arguments.
    pub warnings: Vec<Diagnostic>,
}
