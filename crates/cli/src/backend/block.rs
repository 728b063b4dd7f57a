//! A `backend` block in a `.tf` file of the working directory, as the document shows one.

use std::fs;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use hcl_edit::Span;
use hcl_edit::structure::{Block as HclBlock, Body};
use terraform::backend::Configuration;
use terraform::{Diagnostic, Source, Value};

use crate::error::CliError;

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

    /// Whether the block says something that the recorded arguments do not.
    pub fn is_beyond(&self, recorded: &Configuration) -> bool {
        let Ok(old) = recorded.validate() else { return true };
        let arguments = |configuration: &Configuration| {
            let record: Value =
                serde_json::from_str(&configuration.to_record(&old.backend)).unwrap_or_default();
            record.pointer("/backend/config").and_then(Value::as_object).cloned().unwrap_or_default()
        };
        let recorded = arguments(recorded);
        self.backend != old.backend.kind().as_str()
            || arguments(&self.configuration)
                .iter()
                .any(|(name, value)| !value.is_null() && recorded.get(name) != Some(value))
    }

    fn find_in(directory: &Path) -> Result<Option<Self>, CliError> {
        let Ok(entries) = fs::read_dir(directory) else { return Ok(None) };
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| name.ends_with(".tf") && !name.starts_with('.'))
            .collect();
        names.sort();
        for name in names {
            let Ok(text) = fs::read_to_string(directory.join(&name)) else { continue };
            if let Some(block) = Self::parse(&name, &text)? {
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
            return Err(CliError::Usage(Box::new(Diagnostic::error("Unsupported backend type", detail))));
        }
        let inside = inside(text, block);
        let source = Arc::new(Source { name: file.to_owned(), text: only(text, &inside) });
        let mut configuration = Configuration::default();
        configuration.add_file(&source)?;
        Ok(Some(Self { backend, configuration, file: file.to_owned() }))
    }
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
