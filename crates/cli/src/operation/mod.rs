//! How plan, apply and destroy run: lock and read, find out who we are, refresh, plan, ask, apply, unlock.

mod account;
mod adoption;
mod announced;
mod application;
mod approval;
mod editing;
mod leftovers;
mod lock_record;
mod locked;
mod migration;
mod offline;
mod planning;
mod saved_plan;
mod state_file;
mod steps;

pub use account::{Account, wrong_account};
pub use adoption::{Adoption, AdoptionSource, adopt};
pub use application::{Application, apply_saved, plan_and_apply};
pub use approval::refuse_question;
pub use editing::{edit, keeps_identity, no_state};
pub use locked::{Locking, locked};
pub use migration::{Copied, Migration, migrate, retire};
pub use offline::{Offline, OfflinePlan};
pub use planning::{Planned, Request, describe, make_plan};
pub use saved_plan::{Source, read as read_saved_plan, write as save_plan};
pub use state_file::read as read_state_file;
