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

pub(crate) use self::doctor::{DoctorOptions, examine};
pub(crate) use account::{Account, wrong_account};
pub(crate) use adopt::{AdoptOptions, AdoptionSource, adopt};
pub(crate) use apply::{ApplyOptions, SavedOptions, apply_saved, plan_and_apply, refuse_question};
pub(crate) use edit::{EditOptions, edit, keeps_identity, no_state, read_state};
pub(crate) use lock::{Locking, locked, locked_and_read};
pub(crate) use migrate::{Copied, Migration, migrate, retire};
pub(crate) use widening::refuse_widening;

pub(crate) use plan::{
    Drawn, OfflineOptions, OfflinePlan, PlanOptions, Planning, Request, Shown, Source, describe,
    read as read_saved_plan, write as save_plan,
};
