//! Terraform's formats: variable and backend files with source spans, state v4, lock records, addresses, and the JSON
//! that other tools read. No I/O.

pub mod address;
pub mod backend;
mod checks_json;
pub mod diagnostic;
pub mod diagnostic_json;
pub mod hcl_text;
pub mod json;
pub mod lock;
pub mod module;
pub mod number;
pub mod output;
pub mod plan_json;
pub mod quote;
mod similar;
pub mod skeleton;
pub mod state;
pub mod state_json;
pub mod tfvars;
pub mod types;
pub mod ui_stream;

pub use address::Address;
pub use diagnostic::{Diagnostic, Location, Severity, Source};
pub use similar::similar;
pub use state::State;

/// A value of Terraform's language in its JSON form.
pub use serde_json::Value;

/// The attributes of one resource object, by name.
pub type Attributes = serde_json::Map<String, Value>;

/// The Terraform release whose file formats this crate writes.
pub const TERRAFORM_VERSION: &str = "1.15.5";
