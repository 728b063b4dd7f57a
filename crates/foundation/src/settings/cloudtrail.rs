//! The settings of the trail and its bucket.

use terraform::Diagnostic;

use crate::identifiers::BucketName;
use crate::kinds::s3::bucket_object_lock_configuration::{LockMode, ObjectLock};

use super::checks;
use super::deployment_name::{DeploymentName, check_part};
use super::reader::{Problem, Reader, number, text};
use terraform::types::PathStep;

/// Which object reads and writes the trail records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DataEvents {
    /// None.
    None,
    /// Those of the log bucket itself.
    #[default]
    TrailBucket,
    /// Those of every bucket of the account.
    AllBuckets,
    /// Those of these buckets; at least one.
    Buckets(Vec<BucketName>),
}

/// The end of the log bucket's name, as the user chose it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketSuffix(String);

impl BucketSuffix {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The most data resources a trail takes (CloudTrail API reference, `EventSelector`).
const MAXIMUM_DATA_RESOURCES: usize = 250;

/// The most days of an Object Lock retention: a hundred years.
const MAXIMUM_LOCK_DAYS: u32 = 36_500;

/// The values of `scope`.
const SCOPES: [&str; 4] = ["none", "trail-bucket", "all-buckets", "buckets"];

/// Reads `cloudtrail_s3_data_events`.
pub(super) fn data_events(reader: &mut Reader<'_>) -> Option<DataEvents> {
    let name = "cloudtrail_s3_data_events";
    let scopes = || format!("write scope = one of \"{}\"", SCOPES.join("\", \""));
    let object = reader.object(name, &["scope", "buckets"])?;
    let path = [PathStep::Key("scope".to_owned())];
    let scope = match object.get("scope").filter(|scope| !scope.is_null()) {
        Some(scope) => {
            let result = text(scope);
            reader.taken(name, &path, result)?
        }
        None => {
            reader.problem(name, &[], Problem::new("the attribute `scope` is missing").instead(scopes()));
            return None;
        }
    };
    let path = [PathStep::Key("buckets".to_owned())];
    let listed = object.get("buckets").filter(|buckets| !buckets.is_null());
    let buckets = match listed {
        Some(list) => reader.items(name, &path, list, checks::bucket)?,
        None => Vec::new(),
    };
    match scope.as_str() {
        "buckets" if listed.is_none_or(|list| list.as_array().is_some_and(Vec::is_empty)) => {
            let problem = Problem::new("`scope` is \"buckets\", and `buckets` lists none");
            reader.problem(name, &[], problem.instead("write buckets = [\"NAME\"], or scope = \"none\""));
            None
        }
        "buckets" if buckets.len() > MAXIMUM_DATA_RESOURCES => {
            let reason =
                format!("`buckets` has {} names, and a trail takes {MAXIMUM_DATA_RESOURCES}", buckets.len());
            reader.problem(name, &path, Problem::new(reason).instead("write scope = \"all-buckets\""));
            None
        }
        "buckets" => Some(DataEvents::Buckets(buckets)),
        scope if SCOPES.contains(&scope) && listed.is_some() => {
            let reason = format!("`buckets` is given, and `scope` is \"{scope}\"");
            reader.problem(
                name,
                &path,
                Problem::new(reason).instead("write scope = \"buckets\", or leave out `buckets`"),
            );
            None
        }
        "none" => Some(DataEvents::None),
        "trail-bucket" => Some(DataEvents::TrailBucket),
        "all-buckets" => Some(DataEvents::AllBuckets),
        other => {
            let problem = Problem::new(format!("`scope` cannot be \"{other}\"")).instead(scopes());
            reader.problem(name, &[PathStep::Key("scope".to_owned())], problem);
            None
        }
    }
}

/// Reads `cloudtrail_object_lock`.
pub(super) fn object_lock(reader: &mut Reader<'_>) -> Option<ObjectLock> {
    let name = "cloudtrail_object_lock";
    let object = reader.object(name, &["mode", "days"])?;
    let required = |attribute: &str, instead: &str| {
        object
            .get(attribute)
            .filter(|value| !value.is_null())
            .ok_or_else(|| Problem::new(format!("the attribute `{attribute}` is missing")).instead(instead))
    };
    let modes = "write mode = \"GOVERNANCE\" or mode = \"COMPLIANCE\"";
    let mode = required("mode", modes).and_then(text).and_then(|mode| match mode.as_str() {
        "GOVERNANCE" => Ok(LockMode::Governance),
        "COMPLIANCE" => Ok(LockMode::Compliance),
        other => Err(Problem::new(format!("`mode` cannot be \"{other}\"")).instead(modes)),
    });
    let days = required("days", "write days = 365").and_then(|days| number(days, (1, MAXIMUM_LOCK_DAYS)));
    let mode = reader.taken(name, &[PathStep::Key("mode".to_owned())], mode);
    let days = reader.taken(name, &[PathStep::Key("days".to_owned())], days);
    Some(ObjectLock { mode: mode?, days: days? })
}

/// Warns when logs are locked for longer than they are kept.
pub(super) fn warn_of_longer_lock(
    reader: &mut Reader<'_>,
    lock: Option<&ObjectLock>,
    retention: Option<u32>,
) {
    let (Some(lock), Some(retention)) = (lock, retention) else { return };
    if lock.days > retention {
        let warning = Diagnostic::warning(
            "Logs are locked for longer than they are kept",
            format!(
                "`cloudtrail_object_lock` protects each log for {} days, `cloudtrail_log_retention_days` lets it expire after {retention}. \
                 S3 keeps locked versions until their lock ends, so logs stay, and cost, for {} days.",
                lock.days, lock.days
            ),
        );
        let hint = format!("set cloudtrail_log_retention_days to {} or more", lock.days);
        reader.warn("cloudtrail_object_lock", warning.hint(hint));
    }
}

/// Checks the suffix, and the bucket's whole name where the deployment's name is known.
pub(super) fn bucket_suffix(text: &str, name: Option<&DeploymentName>) -> Result<BucketSuffix, Problem> {
    let example = "write lower-case letters, digits and single hyphens, for example \"7c2e91b4\"";
    check_part(text).map_err(|error| Problem::new(error.to_string()).instead(example))?;
    if let Some(name) = name {
        name.bucket_name(text).parse::<BucketName>().map_err(|error| {
            Problem::new(format!("with it, {error}")).instead("choose another or a shorter suffix")
        })?;
    }
    Ok(BucketSuffix(text.to_owned()))
}

/// Checks that a bucket can take the log bucket's access logs: it must not be the log bucket.
pub(super) fn access_log_bucket(
    text: &str,
    name: Option<&DeploymentName>,
    suffix: Option<&BucketSuffix>,
) -> Result<BucketName, Problem> {
    let bucket = checks::bucket(text)?;
    let rest = name.and_then(|name| text.strip_prefix(&name.bucket_prefix()));
    let itself = rest.is_some_and(|rest| match suffix {
        Some(suffix) => rest == suffix.as_str(),
        None => rest.len() == 8 && rest.bytes().all(|byte| byte.is_ascii_hexdigit()),
    });
    if itself {
        let problem = Problem::new(format!(
            "`{text}` is the log bucket itself, whose access logs would then log themselves"
        ));
        return Err(problem.instead("name another bucket"));
    }
    Ok(bucket)
}
