//! What tests and `xtask` run underpin against.
