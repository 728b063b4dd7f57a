//! What tests of the binary begin from: an account with boto3 beside it, worlds that are forked from a prepared past, and
//! programs that hold a lock.

pub(crate) mod account;
pub(crate) mod holders;
pub(crate) mod worlds;
