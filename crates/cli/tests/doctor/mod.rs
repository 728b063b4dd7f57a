//! `doctor` on accounts that another client has broken.

mod alarms;
mod clinic;
mod faults;
mod refused;
mod screens;
