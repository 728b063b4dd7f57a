//! The engine on a cloud and a store in memory.

mod suite;
