//! The main job on emulators that others wrote, judged with a client that is not ours.

mod account;
mod apply;
mod destroy;
mod downstream;
mod drift;
mod export;
mod ownership;
