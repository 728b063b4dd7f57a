//! Where the state is kept, as the blocks that name it: of the module itself, and of modules that read its outputs.

use std::collections::BTreeMap;

use serde_json::{Map, json};
use terraform::Value;
use terraform::backend::{self, DEFAULT_WORKSPACE, Kind};
use terraform::json::without_nulls;
use terraform::state::Output;

use crate::hcl::{Body, Expression};

/// Where the state is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredState {
    /// The kind of backend.
    pub kind: Kind,
    /// Its arguments, without secrets and unset ones.
    pub arguments: Map<String, Value>,
    /// The workspace.
    pub workspace: String,
}

/// The data source's name.
const NAME: &str = "global";

impl StoredState {
    /// Takes a backend's arguments as they are recorded, and drops secrets and unset ones.
    pub fn new(kind: Kind, recorded: &Map<String, Value>, workspace: impl Into<String>) -> Self {
        let is_secret = |name: &str| {
            backend::arguments(kind).iter().any(|argument| argument.name == name && argument.is_secret)
        };
        let arguments = recorded.iter().filter(|(name, _)| !is_secret(name));
        let arguments =
            arguments.filter_map(|(name, value)| Some((name.clone(), without_nulls(value)?))).collect();
        Self { kind, arguments, workspace: workspace.into() }
    }

    /// The block that tells Terraform where its state is.
    pub(crate) fn backend(&self) -> Body {
        let arguments = self
            .arguments
            .iter()
            .fold(Body::new(), |body, (name, value)| body.attribute(name, Expression::from(value)));
        let body = match self.workspace.as_str() {
            DEFAULT_WORKSPACE => Body::new(),
            workspace => Body::new()
                .remark(format!("Of workspace {workspace}: terraform workspace select {workspace}")),
        };
        body.block(&["terraform"], Body::new().block(&["backend", self.kind.as_str()], arguments))
    }

    /// The data source for modules that read the outputs, and how to.
    pub fn data_source(&self, outputs: &BTreeMap<String, Output>) -> String {
        let mut data = Body::new().attribute("backend", Expression::text(self.kind.as_str()));
        if self.workspace != DEFAULT_WORKSPACE {
            data = data.attribute("workspace", Expression::text(&self.workspace));
        }
        data = data.attribute("config", Expression::from(&Value::Object(self.arguments.clone())));
        let outputs: String = outputs
            .keys()
            .map(|name| format!("\n  data.terraform_remote_state.{NAME}.outputs.{name}"))
            .collect();
        let body = Body::new()
            .comment("The outputs of the global foundation, for modules that build on it.")
            .block(&["data", "terraform_remote_state", NAME], data);
        let body = if outputs.is_empty() { body } else { body.remark(format!("To be used as:{outputs}")) };
        body.to_file()
    }

    /// The data source in Terraform's JSON syntax, for a file `….tf.json`.
    pub fn data_source_json(&self) -> String {
        let mut data = Map::new();
        data.insert("backend".to_owned(), self.kind.as_str().into());
        if self.workspace != DEFAULT_WORKSPACE {
            data.insert("workspace".to_owned(), self.workspace.as_str().into());
        }
        data.insert("config".to_owned(), without_templates(&Value::Object(self.arguments.clone())));
        let document = json!({ "data": { "terraform_remote_state": { NAME: data } } });
        terraform::json::pretty(&document) + "\n"
    }
}

/// Texts are templates in Terraform's JSON: what begins one is doubled.
fn without_templates(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::from(text.replace("${", "$${").replace("%{", "%%{")),
        Value::Array(items) => items.iter().map(without_templates).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, field)| (name.clone(), without_templates(field))).collect()
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(recorded: Value, workspace: &str) -> StoredState {
        StoredState::new(Kind::S3, recorded.as_object().unwrap(), workspace)
    }

    fn outputs() -> BTreeMap<String, Output> {
        let output = |value: &str| Output::of(Value::from(value)).unwrap();
        BTreeMap::from([("kms_key_arn".to_owned(), output("arn")), ("kms_key_id".to_owned(), output("id"))])
    }

    #[test]
    fn names_every_argument_but_secrets_and_unset_ones() {
        let stored = stored(
            json!({
                "access_key": "AKIA", "secret_key": "secret", "token": "token", "sse_customer_key": "k", "profile": null,
                "bucket": "artos-terraform-state", "key": "global/${x}.tfstate", "region": "us-east-1", "encrypt": true,
                "assume_role": {"role_arn": "arn:aws:iam::123456789012:role/State", "external_id": null},
                "allowed_account_ids": ["123456789012"],
            }),
            "blue",
        );
        insta::assert_snapshot!("hcl", stored.data_source(&outputs()));
        insta::assert_snapshot!("json", stored.data_source_json());
        insta::assert_snapshot!("backend", stored.backend().to_file());
    }

    #[test]
    fn a_local_state_is_named_by_its_path() {
        let recorded = json!({"path": "/work/terraform.tfstate", "workspace_dir": null});
        let stored = StoredState::new(Kind::Local, recorded.as_object().unwrap(), "default");
        insta::assert_snapshot!("local", stored.data_source(&BTreeMap::new()));
        assert!(stored.backend().to_file().contains("path = \"/work/terraform.tfstate\""));
    }
}
