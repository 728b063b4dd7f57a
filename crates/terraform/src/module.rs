//! What the configuration files of a directory say about where the state lives, as Terraform reads them: `*.tf` and
//! `*.tf.json` together, then the override files over them.
//!
//! Only the `terraform` blocks are understood; of everything else it is enough to see where it ends. What may name a
//! backend and cannot be read is an error, never "no backend".
//! <https://developer.hashicorp.com/terraform/language/files/override>

mod document;
mod file;
mod keeper;
mod native;
#[cfg(test)]
mod tests;

use crate::backend::{Configuration, Kind};
use crate::{Diagnostic, Location};

pub use file::{FILE_LIMIT, File, Rank};

use keeper::{Keeper, Keeping};

/// A `terraform { backend "TYPE" { … } }` block.
#[derive(Clone, Debug, PartialEq)]
pub struct Backend {
    /// Which one.
    pub kind: Kind,
    /// What is in it.
    pub configuration: Configuration,
    /// Where it is.
    pub location: Location,
}

/// The backend of a module; `None` where its files name none.
///
/// # Errors
/// Files that cannot be read as configuration, two blocks that contradict each other, and whatever keeps the state where
/// underpin does not: another backend, HCP Terraform, a state store, encryption by OpenTofu.
pub fn backend(files: &[File]) -> Result<Option<Backend>, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let mut kept: Vec<(Rank, Vec<Keeper>)> = Vec::new();
    for file in files {
        match keepers(file) {
            Ok(keepers) => kept.push((file.rank, keepers)),
            Err(found) => problems.extend(found),
        }
    }
    // An override file is read as the last of all; within each rank the order is that of the names.
    kept.sort_by_key(|(rank, _)| *rank);
    problems.extend(kept.iter().flat_map(|(_, keepers)| keepers).filter_map(Keeper::refused_anywhere));
    match winner(&kept) {
        Ok(None) if problems.is_empty() => Ok(None),
        Ok(Some(keeper)) if problems.is_empty() => keeper.backend().map(Some),
        Ok(_) => Err(problems),
        Err(problem) => {
            problems.push(problem);
            Err(problems)
        }
    }
}

/// What says where the state lives: the last override file that does, else the only block of the others.
fn winner(kept: &[(Rank, Vec<Keeper>)]) -> Result<Option<&Keeper>, Diagnostic> {
    let naming = |keeper: &&Keeper| keeper.names_a_place();
    for (_, keepers) in kept.iter().rev().filter(|(rank, _)| *rank == Rank::Override) {
        let named: Vec<&Keeper> = keepers.iter().filter(naming).collect();
        if let [first, rest @ ..] = named.as_slice() {
            return only(first, rest).map(Some);
        }
    }
    let primary = kept.iter().filter(|(rank, _)| *rank == Rank::Primary);
    let named: Vec<&Keeper> = primary.flat_map(|(_, keepers)| keepers).filter(naming).collect();
    match named.as_slice() {
        [] => Ok(None),
        [first, rest @ ..] => only(first, rest).map(Some),
    }
}

/// The first, if there is no other.
fn only<'a>(first: &'a Keeper, rest: &[&'a Keeper]) -> Result<&'a Keeper, Diagnostic> {
    let Some(second) = rest.first() else { return Ok(first) };
    let (summary, detail) = match (&first.keeping, &second.keeping) {
        (Keeping::Backend { .. }, Keeping::Backend { .. }) => (
            "Duplicate 'backend' configuration block".to_owned(),
            "A module may have only one 'backend' configuration block configuring how to store the state.",
        ),
        _ => (
            format!("Both {} and {}", first.keeping, second.keeping),
            "A module may say only once where its state is kept.",
        ),
    };
    let detail = format!("{detail} Previously configured at {}.", first.location);
    Err(Diagnostic::error(summary, detail)
        .at(Some(second.location.clone()))
        .hint("keep the block of the state that is meant, and take the other one out"))
}

/// What a file says about the state, in whichever syntax it is written.
fn keepers(file: &File) -> Result<Vec<Keeper>, Vec<Diagnostic>> {
    let source = file.source();
    if source.text.len() > FILE_LIMIT {
        let detail = format!("{} is longer than {FILE_LIMIT} bytes.", source.name);
        return Err(vec![Diagnostic::error("File too large", detail)]);
    }
    if let Some(problem) = file.other_encoding() {
        return Err(vec![problem]);
    }
    if source.name.ends_with(".json") {
        match file.foreign_in(&(0..source.text.len())) {
            Some(problem) => Err(vec![problem]),
            None => document::keepers(source),
        }
    } else {
        native::keepers(file)
    }
}
