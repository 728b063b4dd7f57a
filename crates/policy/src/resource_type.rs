//! Resource types: which ARNs are of one.

use crate::pattern::Glob;

/// A type of resources of a service, as the service authorization reference has it.
pub(crate) struct ResourceType {
    /// `arn:${Partition}:s3:::${BucketName}`.
    pub template: &'static str,
    pattern: Glob,
    has_path: bool,
}

/// Parts of templates, of which names with a `/` are written.
const WITH_PATH: [&str; 12] = [
    "Alias",
    "AlarmName",
    "DocumentName",
    "EntityPath",
    "LogGroupName",
    "LogStreamName",
    "ObjectName",
    "OidcProviderName",
    "ParameterNameWithoutLeadingSlash",
    "RepositoryName",
    "SecretId",
    "WithPath",
];

impl ResourceType {
    pub(crate) fn new(template: &'static str) -> Self {
        Self {
            template,
            pattern: Glob::wildcards(&replaced(template, |_| "*")),
            has_path: WITH_PATH.iter().any(|part| template.contains(part)),
        }
    }

    /// Whether an ARN is of this type: a bucket has no `/` in its name, and what is in it has one.
    pub(crate) fn has(&self, text: &str) -> bool {
        let has_as_many = |sign: char| text.matches(sign).count() == self.template.matches(sign).count();
        self.pattern.matches(text) && has_as_many(':') && (self.has_path || has_as_many('/'))
    }

    /// An ARN of this type; a key has an id of its own.
    pub(crate) fn instance(&self, account: &str, key: &str, word: &str) -> String {
        replaced(self.template, |name| match name {
            "Partition" => "aws",
            "Region" => "us-east-1",
            "Account" => account,
            "KeyId" => key,
            _ => word,
        })
    }
}

/// A template with something in the place of each `${Name}`.
fn replaced<'a>(template: &str, value: impl Fn(&str) -> &'a str) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, behind) = after.split_once('}').unwrap_or((after, ""));
        text.push_str(before);
        text.push_str(value(name));
        rest = behind;
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::ResourceType;

    #[test]
    fn what_is_in_a_bucket_is_no_bucket() {
        let is = |template: &'static str, text: &str| ResourceType::new(template).has(text);
        let bucket = "arn:${Partition}:s3:::${BucketName}";
        assert!(is(bucket, "arn:aws:s3:::logs"));
        assert!(!is(bucket, "arn:aws:s3:::logs/a"));
        let object = "arn:${Partition}:s3:::${BucketName}/${ObjectName}";
        assert!(is(object, "arn:aws-cn:s3:::logs/a/b"));
        assert!(!is(object, "arn:aws:s3:::logs"));
        let table = "arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}";
        assert!(!is(table, "arn:aws:dynamodb:us-east-1:123456789012:table/lock/index/one"));
        let role = "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}";
        assert!(is(role, "arn:aws:iam::123456789012:role/service/x"));
        let group = "arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}";
        assert!(!is(group, "arn:aws:logs:us-east-1:123456789012:log-group:/x:log-stream:y"));
        let key = ResourceType::new("arn:${Partition}:kms:${Region}:${Account}:key/${KeyId}");
        assert_eq!(key.instance("123456789012", "id", "other"), "arn:aws:kms:us-east-1:123456789012:key/id");
    }
}
