//! What happens when calls fail, processes die, and others do the same at the same time.

mod concurrency;
mod consistency;
mod credentials;
mod depth;
mod interrupted;
mod sequences;
mod smoke;
mod storm;
mod surroundings;
mod unrecorded;
