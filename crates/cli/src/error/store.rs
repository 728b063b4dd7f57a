//! Failures of the state: its store, its lock, its content.

use engine::{CloudErrorKind, LockError, SessionError, StoreError, UNREADABLE};
use terraform::Diagnostic;
use terraform::lock::LockInfo;
use terraform::state::StateError;

use super::lock::{advice, sentence};
use super::{Circumstances, cloud, file};

/// What keeps a session from opening.
pub(super) fn session(error: &SessionError, circumstances: &Circumstances) -> Diagnostic {
    match error {
        SessionError::Lock(error) => lock(error, circumstances),
        SessionError::Store(error) => store(error, circumstances),
        SessionError::State { place, source } => content(place, source),
    }
}

fn lock(error: &LockError, circumstances: &Circumstances) -> Diagnostic {
    const TITLE: &str = "Error acquiring the state lock";
    let (holder, life) = match error {
        LockError::Held { holder, life, .. } => (holder.as_deref(), *life),
        // Without credentials, network or a right clock it is not the lock that is wrong.
        LockError::Store(StoreError::Cloud(error)) if cloud::is_about_all(error.kind) => {
            return cloud::finding(error, circumstances);
        }
        LockError::Store(error) => {
            let mut finding = store(error, circumstances);
            let denied =
                matches!(error, StoreError::Cloud(error) if error.kind == CloudErrorKind::AccessDenied);
            if denied && circumstances.command == "plan" {
                finding.hint = Some(format!(
                    "a plan changes nothing and works without the lock:\n  underpin plan -lock=false\nor {}",
                    finding.hint.unwrap_or_default()
                ));
            }
            return Diagnostic {
                detail: format!("{}.\n\n{}", finding.summary, finding.detail),
                summary: TITLE.to_owned(),
                ..finding
            };
        }
    };
    let detail = match holder {
        Some(holder) => format!("{}\n{}", record(holder), sentence(Some(holder), life)),
        None => "Somebody holds it, and the record that would say who cannot be read.".to_owned(),
    };
    Diagnostic::error(TITLE, detail).hint(advice(holder, life, &circumstances.again()))
}

/// What a holder's record says to people, without what only programs read.
fn record(holder: &LockInfo) -> String {
    let all = holder.to_string();
    let for_people = |line: &&str| !["  Version:", "  Info:"].iter().any(|label| line.starts_with(label));
    all.lines().filter(for_people).collect::<Vec<_>>().join("\n")
}

/// What a failed access to the store means.
pub(crate) fn store(error: &StoreError, circumstances: &Circumstances) -> Diagnostic {
    let again = circumstances.again();
    match error {
        StoreError::Moved => Diagnostic::error(
            "The state was written by somebody else",
            "It changed between our reading and our writing it. Their version was kept, ours was not written over it.",
        )
        .hint(format!("set use_lockfile = true in the backend configuration so that runs wait for each other; then: {again}")),
        StoreError::NoBucket { bucket } => no_bucket(bucket, circumstances),
        StoreError::NoTable { table } => no_table(table, circumstances),
        StoreError::WrongRegion { bucket, region } => wrong_region(bucket, region.as_deref()),
        StoreError::NoConditionalWrites { place, source } => Diagnostic::error(
            "The state store cannot keep two writers apart",
            format!(
                "{place} does not support conditional writes (If-Match, If-None-Match), without which a state could be \
                 overwritten by another run.\n\n{source}"
            ),
        )
        .hint("use a bucket of Amazon S3, or a newer version of the S3-compatible store"),
        StoreError::TooLarge { place, limit } => Diagnostic::error(
            "The state is too large",
            format!("{place} holds more than {limit} bytes, which no state of this foundation has."),
        )
        .hint("check bucket and key in the backend configuration"),
        StoreError::NotHeld { id, holder } => not_held(id, holder.as_deref()),
        StoreError::UnreadableLock { place } => Diagnostic::error(
            "The lock record cannot be read",
            format!("{place} is there, and holds no record of a lock, so nobody can tell whose it is. It was left alone."),
        )
        .hint(format!("if nobody works with this state: underpin force-unlock {UNREADABLE}")),
        StoreError::LockOfProcess { place } => Diagnostic::error(
            "The lock of a local state cannot be removed",
            format!("The lock on {place} lasts as long as the process that holds it, and ends with it."),
        )
        .hint("wait for that process, or end it: underpin lock status shows whose it is"),
        StoreError::Digest { expected, actual } => digest(expected, actual),
        StoreError::Cloud(error) => cloud::finding(error, circumstances).about("the state"),
        StoreError::File { path, source } => file::finding("use", path, source),
    }
}

fn no_bucket(bucket: &str, circumstances: &Circumstances) -> Diagnostic {
    let region = circumstances.region.as_deref().unwrap_or("REGION");
    let location = match region {
        "us-east-1" => String::new(),
        region => format!(" --create-bucket-configuration LocationConstraint={region}"),
    };
    let commands = [
        format!("aws s3api create-bucket --bucket {bucket} --region {region}{location}"),
        format!(
            "aws s3api put-bucket-versioning --bucket {bucket} --versioning-configuration Status=Enabled"
        ),
        format!(
            "aws s3api put-public-access-block --bucket {bucket} --public-access-block-configuration \
             BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true"
        ),
    ];
    let commands: String = commands.iter().map(|command| format!("\n  {command}")).collect();
    Diagnostic::error(
        format!("The state bucket {bucket} does not exist"),
        "The backend configuration names it. underpin does not make it: a state must not depend on what it describes.",
    )
    .hint(format!("make one that keeps old versions and is closed to the public:{commands}"))
}

fn no_table(table: &str, circumstances: &Circumstances) -> Diagnostic {
    let region = circumstances.region.as_deref().unwrap_or("REGION");
    Diagnostic::error(
        format!("The lock table {table} does not exist"),
        "The backend configuration names it as dynamodb_table. A lock file in the bucket needs no table.",
    )
    .hint(format!(
        "write `use_lockfile = true` in its place; or make the table:\n  aws dynamodb create-table --region {region} \
         --table-name {table} --billing-mode PAY_PER_REQUEST --attribute-definitions AttributeName=LockID,AttributeType=S \
         --key-schema AttributeName=LockID,KeyType=HASH"
    ))
}

fn wrong_region(bucket: &str, region: Option<&str>) -> Diagnostic {
    let there = region.map_or_else(|| "another region".to_owned(), |region| format!("region {region}"));
    let region = region.unwrap_or("…");
    Diagnostic::error(
        format!("The state bucket {bucket} is in {there}"),
        "The backend configuration names another one.",
    )
    .hint(format!(
        "write `region = \"{region}\"` in the backend configuration, then: underpin init -reconfigure -backend-config=FILE"
    ))
}

fn not_held(id: &str, holder: Option<&LockInfo>) -> Diagnostic {
    let (detail, hint) = match holder {
        Some(holder) => (
            format!("The lock is not held with the id {id}, so it was left alone. Its holder is:\n{holder}"),
            format!("if that run is dead for certain: underpin force-unlock {}", holder.id),
        ),
        None => (format!("Nobody holds the lock with the id {id}."), "nothing has to be done".to_owned()),
    };
    Diagnostic::error("Error releasing the state lock", detail).hint(hint)
}

fn digest(expected: &str, actual: &str) -> Diagnostic {
    Diagnostic::error(
        "The state in S3 does not have the expected content",
        format!(
            "Its checksum is not the one that the lock table holds: somebody wrote the state without the table, or a \
             write was cut off.\n\n  Calculated checksum: {actual}\n  Stored checksum:     {expected}"
        ),
    )
    .hint(format!(
        "look at the state first: aws s3 cp s3://BUCKET/KEY -; if it is the right one, set Digest of the item \
         BUCKET/KEY-md5 in the table to {actual}; otherwise bring back the version before it"
    ))
}

/// What the store holds is no state.
fn content(place: &str, error: &StateError) -> Diagnostic {
    let finding =
        Diagnostic::error("The state cannot be read", format!("{place}: {error}.\n\nIt was left as it is."));
    match error {
        StateError::OldVersion(_) => {
            finding.hint("terraform apply -refresh-only, with Terraform 1.x, brings it to format 4")
        }
        StateError::Encrypted => finding.hint(
            "let OpenTofu write it unencrypted once: add `fallback {}` with method.unencrypted to its encryption block, \
             then tofu apply -refresh-only; S3 can encrypt it instead (encrypt = true, kms_key_id)",
        ),
        StateError::NewVersion(_) => finding.hint("use a newer version of underpin"),
        _ if place.starts_with("s3://") => {
            let path = place.trim_start_matches("s3://");
            let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
            let unwrapped = match error {
                StateError::Foreign(_) => "write it there as Terraform wrote it, decrypted or unpacked; or ",
                _ => "",
            };
            finding.hint(format!(
                "{unwrapped}bring back an older version: aws s3api list-object-versions --bucket {bucket} --prefix {key}"
            ))
        }
        _ => finding.hint("bring back the copy beside it, terraform.tfstate.backup, or one of your own"),
    }
}
