//! What tests and `xtask` run underpin against, and nothing of underpin itself: emulators that others wrote, an AWS
//! client that is not ours, and a proxy between the two that names, delays, breaks and logs every call.

mod answer;
mod boto3;
mod call;
pub mod campaign;
mod connection;
mod consistency;
mod emulator;
mod error;
mod fault;
mod http;
mod journal;
mod mask;
mod models;
mod oracles;
mod prowler;
mod proxy;
mod requests;
mod tape;
mod template;
mod tool;
mod traffic;
pub mod trail;
mod world;

pub use answer::Answer;
pub use boto3::Boto3;
pub use call::{Call, Protocol};
pub use emulator::{Emulator, Ministack};
pub use error::Error;
pub use fault::{Fault, Matching, Rule, When};
pub use journal::{Entry, deepest_chain};
pub use models::Models;
pub use oracles::Oracles;
pub use prowler::prowler;
pub use proxy::Proxy;
pub use requests::{DIRECTORY as REQUESTS, FILE as REQUESTS_FILE};
pub use tape::Tape;
pub use template::{Fork, Template};
pub use tool::{Backend, LOCK_TABLE, Tool, aws_environment};
pub use traffic::{Options, Verdict};
pub use world::{Baseline, Observed, Run, STATE_BUCKET, STATE_KEY, World, copy_tree};
