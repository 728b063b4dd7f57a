//! Configuration in HCL's native syntax: its blocks, found by their brackets and strings.

use std::ops::Range;
use std::sync::Arc;

use super::file::File;
use super::keeper::{Keeper, Keeping};
use crate::tfvars::{self, Block, Item};
use crate::{Diagnostic, Location};

/// What the `terraform` blocks of a file say about the state.
pub(super) fn keepers(file: &File) -> Result<Vec<Keeper>, Vec<Diagnostic>> {
    let source = file.source();
    let mut keepers = Vec::new();
    let mut problems = Vec::new();
    for item in tfvars::items(source, 0..source.text.len())? {
        match item {
            Item::Block(block) if block.name == "terraform" => {
                problems.extend(wrong_labels(file, &block));
                inside(file, block.body, &mut keepers, &mut problems);
            }
            Item::Argument { name, span } if name == "terraform" => {
                problems.push(no_block(file, &name, span));
            }
            _ => {}
        }
    }
    if problems.is_empty() { Ok(keepers) } else { Err(problems) }
}

/// What stands in one `terraform` block.
fn inside(file: &File, body: Range<usize>, keepers: &mut Vec<Keeper>, problems: &mut Vec<Diagnostic>) {
    let source = file.source();
    let items = match tfvars::items(source, body) {
        Ok(items) => items,
        Err(found) => return problems.extend(found),
    };
    for item in items {
        match item {
            Item::Block(block) => {
                problems.extend(wrong_labels(file, &block));
                let arguments = || arguments(file, &block);
                if let Some(keeping) = Keeping::of(&block.name, &block.labels, arguments) {
                    keepers.push(Keeper { keeping, location: location(file, block.header.clone()) });
                }
            }
            Item::Argument { name, span } if NOT_ARGUMENTS.contains(&name.as_str()) => {
                problems.push(no_block(file, &name, span));
            }
            Item::Argument { .. } => {}
        }
    }
}

/// What cannot be written with an equals sign.
const NOT_ARGUMENTS: [&str; 4] = ["backend", "cloud", "encryption", "state_store"];

/// The arguments of a block.
fn arguments(file: &File, block: &Block) -> Result<Vec<tfvars::Assignment>, Vec<Diagnostic>> {
    let assignments = tfvars::parse_body(file.source(), block.body.clone())?;
    let foreign: Vec<Diagnostic> = assignments
        .iter()
        .filter_map(|assignment| file.foreign_in(&assignment.value_location.span))
        .collect();
    if foreign.is_empty() { Ok(assignments) } else { Err(foreign) }
}

/// The error of a block with more or fewer labels than it has to have.
fn wrong_labels(file: &File, block: &Block) -> Option<Diagnostic> {
    let wanted = Keeping::labels(&block.name).filter(|wanted| *wanted != block.labels.len())?;
    let (summary, detail) = if block.labels.is_empty() {
        (
            format!("Missing name for {}", block.name),
            format!("All {} blocks must have 1 label (type).", block.name),
        )
    } else {
        (
            format!("Extraneous label for {}", block.name),
            format!("{wanted} labels are expected for {} blocks.", block.name),
        )
    };
    Some(Diagnostic::error(summary, detail).at(Some(location(file, block.header.clone()))))
}

fn no_block(file: &File, name: &str, span: Range<usize>) -> Diagnostic {
    let detail = format!("\"{name}\" is a block, and is written without an equals sign.");
    Diagnostic::error("Unsupported argument", detail).at(Some(location(file, span)))
}

fn location(file: &File, span: Range<usize>) -> Location {
    Location { source: Arc::clone(file.source()), span }
}
