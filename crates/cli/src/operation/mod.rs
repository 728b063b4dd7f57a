//! What commands do that several of them share: plan, apply, adopt, edit and migrate, under the lock of the state.

mod account;
mod adopt;
mod apply;
mod doctor;
mod edit;
mod lock;
mod migrate;
mod plan;
mod widening;

pub use self::doctor::{DoctorOptions, examine};
pub use account::{Account, wrong_account};
pub use adopt::{AdoptOptions, AdoptionSource, adopt};
pub use apply::{ApplyOptions, SavedOptions, apply_saved, plan_and_apply, refuse_question};
pub use edit::{EditOptions, edit, keeps_identity, no_state, read_state};
pub use lock::{Locking, locked};
pub use migrate::{Copied, Migration, migrate, retire};
pub use widening::refuse_widening;

pub use plan::{
    OfflineOptions, OfflinePlan, PlanOptions, Planned, Request, Shown, Source, describe, make_plan,
    read as read_saved_plan, write as save_plan,
};
