//! The outputs for those who do not read states: as tfvars, as JSON, as parameters of SSM.

use std::collections::BTreeMap;

use foundation::settings::DeploymentName;
use serde_json::Map;
use terraform::state::Output;
use terraform::{Value, hcl_text, json};

/// A parameter of SSM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// `/underpin/{project}/{environment}/{output}`.
    pub name: String,
    /// Text as it is, anything else as JSON.
    pub value: String,
}

/// `name = value` lines, as in a variable file.
pub fn tfvars(outputs: &BTreeMap<String, Output>) -> String {
    hcl_text::arguments(outputs.iter().map(|(name, output)| (name.as_str(), &output.value)))
}

/// One object, name to value.
pub fn plain_json(outputs: &BTreeMap<String, Output>) -> String {
    let values: Map<String, Value> =
        outputs.iter().map(|(name, output)| (name.clone(), json::sorted(&output.value))).collect();
    json::pretty(&Value::Object(values)) + "\n"
}

/// The parameters that hold the outputs.
pub fn parameters(outputs: &BTreeMap<String, Output>, name: &DeploymentName) -> Vec<Parameter> {
    let prefix = format!("/underpin/{}/{}", name.project(), name.environment());
    let parameter = |(name, output): (&String, &Output)| Parameter {
        name: format!("{prefix}/{name}"),
        value: output.raw().unwrap_or_else(|_| output.json()),
    };
    outputs.iter().map(parameter).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn outputs() -> BTreeMap<String, Output> {
        let values = [
            ("kms_key_arn", json!("arn:aws:kms:us-east-1:123456789012:key/k")),
            ("list", json!(["a", "b"])),
            ("account", json!("0${x}\"")),
            ("n", json!(5)),
        ];
        values.into_iter().map(|(name, value)| (name.to_owned(), Output::of(value).unwrap())).collect()
    }

    #[test]
    fn a_variable_file_reads_back_as_the_outputs() {
        let text = tfvars(&outputs());
        assert_eq!(
            text,
            "account     = \"0$${x}\\\"\"\nkms_key_arn = \"arn:aws:kms:us-east-1:123456789012:key/k\"\nlist        = [\"a\", \"b\"]\nn           = 5\n"
        );
        let source = std::sync::Arc::new(terraform::Source { name: "outputs.tfvars".to_owned(), text });
        for assignment in terraform::tfvars::parse(&source).unwrap() {
            assert_eq!(assignment.value, outputs()[&assignment.name].value, "{}", assignment.name);
        }
        assert_eq!(tfvars(&BTreeMap::new()), "");
    }

    #[test]
    fn plain_json_is_name_to_value() {
        let read: Value = serde_json::from_str(&plain_json(&outputs())).unwrap();
        assert_eq!(
            read,
            json!({"account": "0${x}\"", "kms_key_arn": "arn:aws:kms:us-east-1:123456789012:key/k", "list": ["a", "b"], "n": 5})
        );
    }

    #[test]
    fn parameters_lie_below_the_deployment() {
        let name = DeploymentName::new("genai-artos", "production").unwrap();
        let parameters = parameters(&outputs(), &name);
        let shown: Vec<_> =
            parameters.iter().map(|parameter| format!("{} {}", parameter.name, parameter.value)).collect();
        assert_eq!(
            shown,
            [
                "/underpin/genai-artos/production/account 0${x}\"",
                "/underpin/genai-artos/production/kms_key_arn arn:aws:kms:us-east-1:123456789012:key/k",
                "/underpin/genai-artos/production/list [\"a\",\"b\"]",
                "/underpin/genai-artos/production/n 5",
            ]
        );
    }
}
