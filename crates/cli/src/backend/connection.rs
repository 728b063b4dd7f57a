//! The clients and the store of a backend.

use std::sync::Arc;

use aws::clients::{self, BackendClients};
use aws::s3_store::{Place, S3Store};
use engine::StateStore;
use store::local::LocalStore;
use terraform::backend::Backend as Kind;

use super::Backend;
use crate::error::CliError;

/// A backend that can be asked.
pub(crate) struct Connection {
    /// The state.
    pub store: Arc<dyn StateStore>,
    /// What the store uses, when it is in S3.
    pub clients: Option<BackendClients>,
}

/// The clients and the store of a backend.
///
/// # Errors
/// A configuration that cannot be used.
pub(super) async fn connect(kind: &Kind, backend: &Backend) -> Result<Connection, CliError> {
    let variable = |name: &str| backend.environment.get(name).map(str::to_owned);
    match kind {
        Kind::Local(local) => {
            let store = LocalStore::new(local.state_path(&backend.workspace));
            let store = match &backend.backup {
                Some(backup) => store.with_backup(backup),
                None => store,
            };
            Ok(Connection { store: Arc::new(store), clients: None })
        }
        Kind::S3(s3) => {
            let clients =
                clients::backend_clients(s3, (&backend.http_client, &backend.activity), &variable).await?;
            let place = Place {
                expected_owner: backend.owner.as_ref().map(ToString::to_string),
                ..Place::of(s3, &backend.workspace, &variable)
            };
            let store = S3Store::new(place, clients.s3.clone(), clients.dynamodb.clone());
            Ok(Connection { store: Arc::new(store), clients: Some(clients) })
        }
    }
}
