//! Where the state lives: the backend that `init` recorded, and the selected workspace.

mod block;
pub(crate) mod bucket_owner;
mod connection;
mod record;
pub(crate) mod workspace;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws::caller::AccountRules;
use aws::clients::{self, Activity, SharedHttpClient, Transport};
use aws::s3_store;
use engine::{SessionError, StateStore, session};
use foundation::AccountId;
use store::local::Workspaces;
use terraform::backend::{Backend as Kind, DEFAULT_WORKSPACE, LocalBackend};
use terraform::{Diagnostic, State};

use crate::context::Context;
use crate::environment::Environment;
use crate::error::CliError;
use crate::runtime;

pub(crate) use block::Block;
pub(crate) use connection::Connection;
pub(crate) use record::{exists as is_recorded, load as recorded, save};

/// The variable that may hold the key with which a state in S3 is encrypted.
pub(crate) const CUSTOMER_KEY: &str = "AWS_SSE_CUSTOMER_KEY";

/// The backend of a run.
#[derive(Clone, Debug)]
pub(crate) struct Backend {
    kind: Kind,
    workspace: String,
    environment: Environment,
    http_client: SharedHttpClient,
    activity: Activity,
    /// Whose the bucket is, as far as an earlier `init` learned it.
    owner: Option<AccountId>,
    /// Where a local state is kept as a run finds it, instead of beside it.
    backup: Option<PathBuf>,
}

impl Backend {
    /// The backend that `init` recorded, or that there is none. A state file in the working directory needs no `init`.
    ///
    /// # Errors
    /// No `init`, or none since the `backend` block was changed, or a record that cannot be read.
    pub(crate) fn load(context: &Context) -> Result<Self, CliError> {
        let kind = match (recorded(&context.environment)?, Block::find()?) {
            (Some(record), Some(block)) if block.is_other(&record) => return Err(block.refusal(&record)),
            (Some(record), _) => record.configuration.validate()?.backend,
            (None, None) if is_recorded(&context.environment) || Path::new("terraform.tfstate").exists() => {
                Kind::Local(LocalBackend::default())
            }
            (None, _) => return Err(uninitialized()),
        };
        if let Kind::S3(s3) = &kind
            && bucket_owner::needs_customer_key(&context.environment, &s3.bucket)?
            && context.environment.get(CUSTOMER_KEY).is_none()
        {
            return Err(keyless());
        }
        Self::new(kind, context)
    }

    /// A backend in the selected workspace.
    ///
    /// # Errors
    /// The workspace or the connection settings of the environment.
    pub(crate) fn new(kind: Kind, context: &Context) -> Result<Self, CliError> {
        context.found_backend(&kind);
        let environment = context.environment.clone();
        let transport = Transport::from_environment(&|name| environment.get(name).map(str::to_owned));
        let http_client = clients::http_client(&transport, &context.activity)?;
        let owner = match &kind {
            Kind::Local(_) => None,
            Kind::S3(s3) => bucket_owner::load(&environment, &s3.bucket)?,
        };
        let workspace = workspace::selected(&environment)?;
        Ok(Self {
            kind,
            workspace,
            environment,
            http_client,
            activity: context.activity.clone(),
            owner,
            backup: None,
        })
    }

    /// The same backend in another workspace.
    pub(crate) fn in_workspace(&self, name: &str) -> Self {
        Self { workspace: name.to_owned(), ..self.clone() }
    }

    /// The same of a bucket that is known to belong to `owner`, or whose owner is not known.
    #[must_use]
    pub(crate) fn owned_by(self, owner: Option<AccountId>) -> Self {
        Self { owner, ..self }
    }

    /// The same, which keeps a local state as a run finds it at `path`.
    #[must_use]
    pub(crate) fn backing_up(self, path: PathBuf) -> Self {
        Self { backup: Some(path), ..self }
    }

    /// Which backend it is.
    pub(crate) fn kind(&self) -> &Kind {
        &self.kind
    }

    /// The names of all workspaces, the default one first. A name that is none, such as `..` in a key of S3, would lead to
    /// another place, and is passed over.
    ///
    /// # Errors
    /// They cannot be listed.
    pub(crate) async fn workspaces(&self) -> Result<Vec<String>, CliError> {
        self.listed(false).await
    }

    /// The same, with those of which there is only a lock.
    ///
    /// # Errors
    /// They cannot be listed.
    pub(crate) async fn locked_workspaces(&self) -> Result<Vec<String>, CliError> {
        self.listed(true).await
    }

    /// The workspaces that a run may know of: who may not list the bucket has the default one only, as in Terraform.
    ///
    /// # Errors
    /// They cannot be listed, for any other reason.
    pub(crate) async fn known_workspaces(&self) -> Result<Vec<String>, CliError> {
        match (self.listed(false).await, &self.kind) {
            (Err(CliError::Session(SessionError::Store(error))), Kind::S3(s3))
                if s3_store::may_be_unlisted(s3, &error) =>
            {
                Ok(vec![DEFAULT_WORKSPACE.to_owned()])
            }
            (listed, _) => listed,
        }
    }

    async fn listed(&self, locked: bool) -> Result<Vec<String>, CliError> {
        let mut names = match &self.kind {
            Kind::Local(local) => Workspaces::new(&local.workspace_dir).list()?,
            Kind::S3(s3) => {
                let Some(clients) = self.connect().await?.clients else { return Ok(Vec::new()) };
                let owner = self.owner.as_ref().map(AccountId::as_str);
                match locked {
                    true => s3_store::locked_workspaces(&clients.s3, s3, owner).await?,
                    false => s3_store::workspaces(&clients.s3, s3, owner).await?,
                }
            }
        };
        names.retain(|name| workspace::is_valid(name));
        Ok(names)
    }

    /// Whether runs on this state wait for each other.
    pub(crate) fn takes_locks(&self) -> bool {
        match &self.kind {
            Kind::Local(_) => true,
            Kind::S3(s3) => s3.use_lockfile || s3.dynamodb_table.is_some(),
        }
    }

    /// The selected workspace.
    pub(crate) fn workspace(&self) -> &str {
        &self.workspace
    }

    /// Where the state of the selected workspace lives: the path of its file, or bucket and key.
    pub(crate) fn state(&self) -> String {
        match &self.kind {
            Kind::Local(local) => local.state_path(&self.workspace),
            Kind::S3(s3) => format!("s3://{}", s3.lock_id(&self.workspace)),
        }
    }

    /// Whose the bucket is, when that is known.
    pub(crate) fn owner(&self) -> Option<&AccountId> {
        self.owner.as_ref()
    }

    /// The bucket that holds the state; `None` when it is local.
    pub(crate) fn bucket(&self) -> Option<&str> {
        match &self.kind {
            Kind::Local(_) => None,
            Kind::S3(s3) => Some(&s3.bucket),
        }
    }

    /// The connections of this run, for the backend and for the resources.
    pub(crate) fn http_client(&self) -> SharedHttpClient {
        self.http_client.clone()
    }

    /// The accounts that the backend allows.
    pub(crate) fn account_rules(&self) -> AccountRules {
        match &self.kind {
            Kind::Local(_) => AccountRules::default(),
            Kind::S3(s3) => AccountRules {
                allowed: accounts(&s3.allowed_account_ids),
                forbidden: accounts(&s3.forbidden_account_ids),
                expected: None,
            },
        }
    }

    /// The store and, for S3, the clients behind it. Nothing is asked of it yet.
    ///
    /// # Errors
    /// A configuration that cannot be used.
    pub(crate) async fn connect(&self) -> Result<Connection, CliError> {
        connection::connect(&self.kind, self).await
    }

    /// The store. Nothing is asked of it yet.
    ///
    /// # Errors
    /// A configuration that cannot be used.
    pub(crate) async fn store(&self) -> Result<Arc<dyn StateStore>, CliError> {
        Ok(self.connect().await?.store)
    }

    /// Reads the state without a lock; `None` when there is none.
    ///
    /// # Errors
    /// The store, or what it holds.
    pub(crate) fn read_state(&self) -> Result<Option<State>, CliError> {
        runtime::block_on(async {
            let store = self.store().await?;
            Ok(session::read(&*store).await?.map(|(state, _)| state))
        })
    }
}

/// The ids that are ids; the others were refused when the backend was recorded.
fn accounts(ids: &[String]) -> Vec<AccountId> {
    ids.iter().filter_map(|id| id.parse().ok()).collect()
}

/// Written without its key, the state would be readable with what S3 keeps, and Terraform could not read it with its own.
fn keyless() -> CliError {
    let detail = "init was given an sse_customer_key. It is not recorded, and without it the state would be written as if \
                  there were none.";
    let finding = Diagnostic::error("The key of the state is missing", detail);
    CliError::from(finding.hint(format!(
        "set {CUSTOMER_KEY} to that key; or, to do without one: underpin init -reconfigure -backend-config=FILE"
    )))
}

fn uninitialized() -> CliError {
    let finding = Diagnostic::error(
        block::INITIALIZE,
        "It is not known yet where the state lives. Without its state underpin would make everything a second time.",
    );
    CliError::from(finding.hint(
        "underpin init -backend-config=FILE, or underpin init alone to keep the state in this directory",
    ))
}
