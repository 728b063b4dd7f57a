//! What README and the documents show is what the binary prints.

mod documents;
mod readme;
mod shown;
