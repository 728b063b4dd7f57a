//! The small notations inside a state: versions, types, addresses of dependencies, base64.

use serde_json::Value;

/// Whether Terraform reads `text` as a version: numbers with dots, then `-…` and `+…`.
pub(super) fn is_version(text: &str) -> bool {
    let text = text.strip_prefix('v').unwrap_or(text);
    let (text, metadata) = text.split_once('+').unwrap_or((text, "0"));
    let (numbers, release) = text.split_once('-').unwrap_or((text, "0"));
    let label = |label: &str| {
        !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '~'))
    };
    label(metadata)
        && label(release)
        && numbers.split('.').all(|number| number.parse::<u64>().is_ok() && !number.starts_with('+'))
}

/// Whether `value` is a type in Terraform's JSON notation, such as `["map","string"]`.
pub(super) fn is_type(value: &Value) -> bool {
    match value {
        Value::String(name) => {
            matches!(name.as_str(), "string" | "number" | "bool" | "dynamic")
        }
        Value::Array(parts) => match parts.as_slice() {
            [Value::String(kind), element] if ["list", "set", "map"].contains(&kind.as_str()) => {
                is_type(element)
            }
            [Value::String(kind), Value::Array(elements)] if kind == "tuple" => elements.iter().all(is_type),
            [Value::String(kind), Value::Object(attributes), optional @ ..] if kind == "object" => {
                optional.len() <= 1
                    && optional.iter().all(Value::is_array)
                    && attributes.values().all(is_type)
            }
            _ => false,
        },
        _ => false,
    }
}

/// Whether `text` is the address of a resource without instance keys: `module.m.data.t.n`, `t.n`.
pub(super) fn is_dependency(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    let mut parts = parts.as_slice();
    while let ["module", name, rest @ ..] = parts {
        if rest.is_empty() || !is_identifier(name) {
            return false;
        }
        parts = rest;
    }
    let resource = match parts {
        ["data", rest @ ..] => rest,
        all => all,
    };
    resource.len() == 2 && resource.iter().all(|part| is_identifier(part))
}

/// How deep a module path may be, by the dots that divide it, those within instance keys included.
const MODULE_DEPTH: usize = 100;

/// Whether a module path is no deeper than what is made of it, module in module, can be held on the stack.
pub(super) fn is_module_path(text: &str) -> bool {
    text.matches(".module.").count() < MODULE_DEPTH
}

pub(super) fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}

/// Whether `text` is padded standard base64.
pub(super) fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    text.len().is_multiple_of(4)
        && text.len() - digits.len() <= 2
        && digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn versions() {
        for good in ["1.15.5", "1.99.0", "0.1.0-artos", "0.15.0-rc2", "1.2", "v1.0.0+x"] {
            assert!(is_version(good), "{good}");
        }
        for bad in ["rust-0.1", "", "1.", "1.a", "1.0-", "1.0+", "one", "-1", "+1.0"] {
            assert!(!is_version(bad), "{bad}");
        }
    }

    #[test]
    fn types() {
        for good in [
            json!("dynamic"),
            json!(["list", ["map", "bool"]]),
            json!(["tuple", []]),
            json!(["object", {"a": "string"}, ["a"]]),
        ] {
            assert!(is_type(&good), "{good}");
        }
        for bad in [
            json!(null),
            json!("any"),
            json!(["list"]),
            json!(["tuple", "string"]),
            json!(["object", {"a": 1}]),
        ] {
            assert!(!is_type(&bad), "{bad}");
        }
    }

    #[test]
    fn dependencies() {
        for good in ["aws_kms_key.main", "module.m.x.y", "data.t.n", "module.a.module.b.data.t.n"] {
            assert!(is_dependency(good), "{good}");
        }
        for bad in ["", "x", "x.y[0]", "x.y.z", "module.m", "module.m.x", "a..b", "1.x", "data.x", "x.y "] {
            assert!(!is_dependency(bad), "{bad}");
        }
        assert!(is_dependency(&format!("{}a.b", "module.m.".repeat(200_000))));
    }

    #[test]
    fn module_paths() {
        let path = |depth: usize| vec!["module.m"; depth].join(".");
        assert!(is_module_path("module.m[\"a.module.b\"].module.n"));
        assert!(is_module_path(&path(100)) && !is_module_path(&path(101)));
    }

    #[test]
    fn base64() {
        for good in ["", "bnVsbA==", "AAAA", "+/+/"] {
            assert!(is_base64(good), "{good}");
        }
        for bad in ["bnVsbA", "bnVsbA===", "a b=", "=AAA"] {
            assert!(!is_base64(bad), "{bad}");
        }
    }
}
