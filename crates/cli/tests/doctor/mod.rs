//! `doctor` on accounts that another client has broken.

mod alarms;
mod causes;
mod clinic;
mod enforced;
mod faults;
mod pairs;
mod prowler;
mod refused;
mod screens;
mod typing;
