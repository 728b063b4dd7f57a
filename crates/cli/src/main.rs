//! underpin.
fn main() {}
