//! The number by which Terraform notices that a `backend` block was changed after `init`.
//!
//! It is the CRC-32 of the block's kind and of all its arguments, unset ones included, in a notation of the library that
//! Terraform keeps its values in. What came with `-backend-config` has no part in it.

use serde_json::{Map, Value};

use super::Kind;
use super::argument::{Argument, Form, arguments};
use super::configuration::Configuration;

impl Configuration {
    /// The hash of a block of this kind with these arguments.
    pub fn hash(&self, kind: Kind) -> u32 {
        let arguments = arguments(kind);
        let given: Map<String, Value> = arguments
            .iter()
            .filter_map(|argument| {
                let setting = self.settings().get(argument.name)?;
                Some((argument.name.to_owned(), argument.form.constraint().convert(&setting.value).ok()?))
            })
            .collect();
        let mut text = format!("<{};", quoted(kind.as_str()));
        write_object(arguments, &given, &mut text);
        text.push_str(";>");
        crc32fast::hash(text.as_bytes())
    }
}

/// Writes the values of all arguments, in the order of their names.
fn write_object(arguments: &[Argument], given: &Map<String, Value>, text: &mut String) {
    text.push('<');
    for argument in arguments {
        write(argument.form, given.get(argument.name).unwrap_or(&Value::Null), text);
        text.push(';');
    }
    text.push('>');
}

fn write(form: Form, value: &Value, text: &mut String) {
    match (form, value) {
        (_, Value::Null) => text.push('~'),
        (_, Value::Bool(flag)) => text.push(if *flag { 'T' } else { 'F' }),
        (_, Value::Number(number)) => text.push_str(&number.to_string()),
        (_, Value::String(value)) => text.push_str(&quoted(value)),
        (_, Value::Array(items)) => {
            let mut items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            items.sort_unstable();
            items.dedup();
            text.push('[');
            items.iter().for_each(|item| text.push_str(&format!("{};", quoted(item))));
            text.push(']');
        }
        (Form::Object(arguments), Value::Object(fields)) => write_object(arguments, fields, text),
        (_, Value::Object(fields)) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(name, _)| *name);
            text.push('{');
            for (name, value) in fields {
                text.push_str(&quoted(name));
                text.push(':');
                write(Form::Text, value, text);
                text.push(';');
            }
            text.push('}');
        }
    }
}

/// A text in quotes, as Go writes one.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::Source;

    fn of(text: &str) -> Configuration {
        let mut configuration = Configuration::default();
        let source = Source { name: "main.tf".to_owned(), text: text.to_owned() };
        configuration.add_file(&Arc::new(source)).unwrap();
        configuration
    }

    #[test]
    fn the_hash_of_a_block_is_terraforms() {
        // What Terraform 1.15.5 recorded for these blocks.
        for (kind, text, hash) in [
            (Kind::Local, "", 666_019_178),
            (Kind::Local, "path = \"a.tfstate\"\n", 2_985_648_108),
            (Kind::S3, "", 1_410_938_009),
            (
                Kind::S3,
                "bucket = \"bbb\"\nkey = \"k\"\nregion = \"us-east-1\"\nuse_path_style = true\n",
                517_556_953,
            ),
            (
                Kind::S3,
                "bucket = \"bbb\"\nkey = \"k/ö\\\"x$\"\nregion = \"us-east-1\"\nuse_path_style = true\nencrypt = true\nuse_lockfile = false\n\
                 max_retries = 7\nallowed_account_ids = [\"123456789012\", \"000000000001\"]\nskip_requesting_account_id = false\n\
                 shared_config_files = [\"/tmp/wA/cb\", \"/tmp/wA/ca\", \"/tmp/wA/cc\"]\n",
                540_134_425,
            ),
            (
                Kind::S3,
                "bucket = \"bbb\"\nkey = \"k\"\nendpoints = { s3 = \"http://127.0.0.1:5999\" }\nencrypt = true\nworkspace_key_prefix = \"e\"\n\
                 dynamodb_table = \"t\"\nforce_path_style = true\nassume_role = { role_arn = \"arn:aws:iam::123456789012:role/r\", \
                 tags = { b = \"1\", a = \"2\" }, policy_arns = [\"arn:aws:iam::123456789012:policy/p\"] }\n",
                3_401_722_492,
            ),
        ] {
            assert_eq!(of(text).hash(kind), hash, "{text}");
        }
    }
}
