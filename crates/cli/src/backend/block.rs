//! A `backend` block in a `.tf` file of the working directory, as the document shows one.

use std::fs;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use hcl_edit::Span;
use hcl_edit::structure::{Block as HclBlock, Body};
use terraform::backend::{Configuration, Record};
use terraform::tfvars::FILE_LIMIT;
use terraform::{Diagnostic, Source};

use crate::error::CliError;
use crate::input;

/// What is said where nobody knows which state is meant.
pub const INITIALIZE: &str = "Backend initialization required, please run \"underpin init\"";

/// A `terraform { backend "TYPE" { … } }` block.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// `s3`, `local`.
    pub backend: String,
    /// What is in it.
    pub configuration: Configuration,
    /// The file it is in.
    pub file: String,
}

impl Block {
    /// The block of the working directory. Files that are no HCL are left to Terraform.
    ///
    /// # Errors
    /// Arguments of the block that cannot be read, a backend that is not supported.
    pub fn find() -> Result<Option<Self>, CliError> {
        Self::find_in(Path::new("."))
    }

    /// Whether the working directory holds a module of Terraform's.
    pub fn is_possible() -> bool {
        names(Path::new(".")).iter().any(|name| name.ends_with(".tf") || name.ends_with(".tf.json"))
    }

    /// Whether the block is another than `init` saw. Arguments that `-backend-config` gave are not its business; as in
    /// Terraform, one that says by now exactly what is recorded is as good as the old one.
    pub fn is_other(&self, record: &Record) -> bool {
        let kind = record.configuration.kind();
        self.backend != kind.as_str()
            || (record.hash != Some(self.configuration.hash(kind).into())
                && self.configuration.to_config(kind) != record.configuration.to_config(kind))
    }

    /// What commands say that need the state, when the block is another than `init` saw.
    pub fn refusal(&self, record: &Record) -> CliError {
        let recorded = record.configuration.kind().as_str();
        let reason = if self.backend == recorded {
            "Backend configuration block has changed".to_owned()
        } else {
            format!("Backend type changed from \"{recorded}\" to \"{}\"", self.backend)
        };
        let detail = format!(
            "Reason: {reason}. The block in {} is not the one that init recorded, so it is not clear which state is meant. \
             Nothing was read or changed.",
            self.file
        );
        CliError::from(Diagnostic::error(INITIALIZE, detail).hint(
            "to copy the state to where the block says: underpin init -migrate-state; to use what is there as it is: \
             underpin init -reconfigure",
        ))
    }

    fn find_in(directory: &Path) -> Result<Option<Self>, CliError> {
        for name in names(directory).iter().filter(|name| name.ends_with(".tf")) {
            let Ok(bytes) = input::file(&directory.join(name), FILE_LIMIT) else { continue };
            let Ok(text) = String::from_utf8(bytes) else { continue };
            if let Some(block) = Self::parse(name, &text)? {
                return Ok(Some(block));
            }
        }
        Ok(None)
    }

    fn parse(file: &str, text: &str) -> Result<Option<Self>, CliError> {
        let Ok(body) = hcl_edit::parser::parse_body(text) else { return Ok(None) };
        let Some(block) = blocks(&body, "terraform").find_map(|block| blocks(&block.body, "backend").next())
        else {
            return Ok(None);
        };
        let backend = block.labels.first().map(|label| label.as_str().to_owned()).unwrap_or_default();
        if !matches!(backend.as_str(), "s3" | "local") {
            let detail =
                format!("{file} names the backend `{backend}`. The state can be kept in s3 or local.");
            return Err(CliError::from(Diagnostic::error("Unsupported backend type", detail)));
        }
        let inside = inside(text, block);
        let source = Arc::new(Source { name: file.to_owned(), text: only(text, &inside) });
        let mut configuration = Configuration::default();
        configuration.add_file(&source)?;
        Ok(Some(Self { backend, configuration, file: file.to_owned() }))
    }
}

/// The files of a directory that Terraform would look at, sorted.
fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).into_iter().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    names
}

fn blocks<'a>(body: &'a Body, name: &'a str) -> impl Iterator<Item = &'a HclBlock> {
    body.blocks().filter(move |block| block.ident.as_str() == name)
}

/// What stands between the braces of a block.
fn inside(text: &str, block: &HclBlock) -> Range<usize> {
    let whole = block.span().unwrap_or_default();
    let code = text.get(whole.clone()).unwrap_or_default();
    match (code.find('{'), code.rfind('}')) {
        (Some(open), Some(close)) if open < close => whole.start + open + 1..whole.start + close,
        _ => whole.start..whole.start,
    }
}

/// The text with everything outside of `kept` blanked out, so that places stay where they are.
fn only(text: &str, kept: &Range<usize>) -> String {
    let blank =
        |part: &str| part.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect::<String>();
    let part = |range: Range<usize>| text.get(range).unwrap_or_default();
    format!("{}{}{}", blank(part(0..kept.start)), part(kept.clone()), blank(part(kept.end..text.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "# Add DynamoDB table for state locking\nterraform {\n  required_version = \">= 1.0\"\n  backend \"s3\" {\n    bucket = \"artos-terraform-state\"\n    key    = \"global/production/us-east-1/global.tfstate\"\n    dynamodb_table = \"terraform-state-lock\"\n    encrypt = true\n  }\n}\nresource \"x\" \"y\" {\n  a = b.c\n}\n";

    #[test]
    fn the_documents_block_is_read() {
        let block = Block::parse("main.tf", DOCUMENT).unwrap().unwrap();
        assert_eq!(block.backend, "s3");
        let terraform::backend::Backend::S3(s3) = block.configuration.validate().unwrap().backend else {
            panic!()
        };
        assert_eq!((s3.bucket.as_str(), s3.encrypt), ("artos-terraform-state", true));
        assert_eq!(s3.dynamodb_table.as_deref(), Some("terraform-state-lock"));
    }

    #[test]
    fn places_are_those_of_the_file() {
        let wrong = DOCUMENT.replace("encrypt = true", "encrpyt = true");
        let block = Block::parse("main.tf", &wrong).unwrap().unwrap();
        let problems = block.configuration.validate().unwrap_err();
        let places: Vec<usize> =
            problems.iter().filter_map(|problem| Some(problem.location.as_ref()?.start().0)).collect();
        assert!(places.contains(&8), "{problems:?}");
    }

    #[test]
    fn other_files_are_left_alone() {
        for text in ["", "terraform {}", "resource \"a\" \"b\" {", "backend \"s3\" {}"] {
            assert_eq!(Block::parse("main.tf", text).unwrap(), None, "{text}");
        }
        assert!(Block::parse("main.tf", "terraform {\n  backend \"gcs\" {}\n}\n").is_err());
    }
}
