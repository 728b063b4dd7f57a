//! The state: its bucket, its lock, and whether it is the only one of this foundation.

use policy::{Kind, Policy};

use crate::case::{Case, moment};
use crate::check::Check;
use crate::checks::strangers::strangers;
use crate::facts::{BucketFacts, Digests, Lock, NO_TABLE, Place, PublicAccess, Read, Refusal, StateFacts};
use crate::remedy::aws;

/// A lock that has been silent for so long is left behind, whoever wrote it.
const LEFT_BEHIND: u64 = 24 * 3600;

/// DynamoDB's word for an item that does not fit the table's key.
const OTHER_KEY: &str = "ValidationException";

pub(super) fn checks(case: &Case<'_>) -> Vec<Check> {
    let Some(state) = &case.facts.state else {
        return vec![
            Check::pass("state.record", "No state was looked at")
                .evidence(["the names are those of the settings"]),
        ];
    };
    let mut found = vec![record(state)];
    found.extend(locks(case, state));
    if let Place::S3 { bucket, region, .. } = &state.place {
        found.push(locking(case, state));
        found.extend(digests(case, state));
        found.extend(versions(state));
        found.extend(others(case, state));
        found.extend(state.bucket.iter().flat_map(|facts| of_bucket(case, facts, (bucket, region))));
    }
    found
}

fn record(state: &StateFacts) -> Check {
    const ID: &str = "state.record";
    let place = state.place.name();
    match &state.record {
        Read::Refused(refusal) => {
            let hides = "what the state records, so the names of the settings were used";
            Check::unknown(ID, refusal, hides).explained_by(["state.digest"]).explained_by(by_table(refusal))
        }
        Read::Absent => Check::pass(ID, format!("There is no state at {place} yet")),
        Read::Found(_) => Check::pass(ID, format!("The state at {place} can be read")),
    }
}

fn of_bucket(case: &Case<'_>, facts: &BucketFacts, (bucket, region): (&str, &str)) -> Vec<Check> {
    let place = region_of(facts, (bucket, region));
    if facts.region.found().is_none() {
        return vec![place];
    }
    vec![place, versioning(facts), encryption(facts), private(case, facts), tls(case, facts)]
}

fn region_of(facts: &BucketFacts, (bucket, region): (&str, &str)) -> Check {
    const ID: &str = "state.region";
    match &facts.region {
        Read::Refused(refusal) => Check::unknown(ID, refusal, &format!("where the state bucket {bucket} is")),
        Read::Absent => Check::fail(ID, "The state bucket does not exist")
            .cause(format!("there is no bucket {bucket}"))
            .remedy([aws(&["s3", "mb", &format!("s3://{bucket}"), "--region", region])]),
        Read::Found(live) if live != region => Check::fail(ID, "The state cannot be read: its bucket is in another region")
            .cause(format!("{bucket} is in {live}, and the backend names {region}"))
            .remedy([format!("write region = \"{live}\" in the backend file, then: underpin init -reconfigure -backend-config=FILE")]),
        Read::Found(_) => Check::pass(ID, format!("The state bucket is in {region}")),
    }
}

fn versioning(facts: &BucketFacts) -> Check {
    const ID: &str = "state.versioning";
    match &facts.versioning {
        Read::Refused(refusal) => Check::unknown(ID, refusal, "whether an earlier state can be brought back"),
        Read::Found(status) if status == "Enabled" => Check::pass(ID, "An earlier state can be brought back"),
        live => Check::warn(ID, "A state that is overwritten or deleted is gone")
            .cause(format!("versioning of {} is {}", facts.name, live.found().map_or("off", String::as_str)))
            .remedy([aws(&[
                "s3api",
                "put-bucket-versioning",
                "--bucket",
                &facts.name,
                "--versioning-configuration",
                "Status=Enabled",
            ])]),
    }
}

fn encryption(facts: &BucketFacts) -> Check {
    const ID: &str = "state.encryption";
    let rule = r#"{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"AES256"}}]}"#;
    match &facts.encryption {
        Read::Refused(refusal) => Check::unknown(ID, refusal, "whether the state is encrypted"),
        Read::Found(encryption) => {
            Check::pass(ID, format!("The state bucket encrypts with {}", encryption.algorithm))
        }
        Read::Absent => Check::warn(ID, "The state bucket has no default encryption")
            .cause(format!("{} has no default encryption", facts.name))
            .remedy([aws(&[
                "s3api",
                "put-bucket-encryption",
                "--bucket",
                &facts.name,
                "--server-side-encryption-configuration",
                rule,
            ])]),
    }
}

fn private(case: &Case<'_>, facts: &BucketFacts) -> Check {
    const ID: &str = "state.private";
    let block =
        "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true";
    let remedy = || {
        [aws(&[
            "s3api",
            "put-public-access-block",
            "--bucket",
            &facts.name,
            "--public-access-block-configuration",
            block,
        ])]
    };
    let live = match &facts.public_access {
        Read::Refused(refusal) => {
            return Check::unknown(ID, refusal, "whether the public is kept out of the state");
        }
        Read::Absent => PublicAccess::default(),
        Read::Found(live) => *live,
    };
    if live == PublicAccess::ALL {
        return Check::pass(ID, "The public is kept out of the state bucket");
    }
    let is_open = facts.policy.found().and_then(|text| Policy::parse(text).ok()).is_some_and(|policy| {
        strangers(case, &policy, None, Kind::Bucket).iter().any(|stranger| stranger.name == "everyone")
    });
    if is_open && !live.restrict {
        return Check::warn(ID, "Everyone can read the state: it holds ids, and may hold secrets")
            .cause(format!("the policy of {} lets everyone in", facts.name))
            .remedy(remedy());
    }
    Check::warn(ID, "Nothing keeps the state bucket from being made public")
        .cause(format!(
            "neither the public access block of {} nor, as far as it may be read, that of its account blocks everything",
            facts.name
        ))
        .remedy(remedy())
}

fn tls(case: &Case<'_>, facts: &BucketFacts) -> Check {
    const ID: &str = "state.tls";
    let policy = match &facts.policy {
        Read::Refused(refusal) => {
            return Check::unknown(ID, refusal, "whether the state can be read without TLS");
        }
        Read::Absent => Policy::new([]),
        Read::Found(text) => match Policy::parse(text) {
            Ok(policy) => policy,
            Err(error) => {
                return Check::warn(ID, "The policy of the state bucket is not understood")
                    .cause(error.to_string())
                    .remedy(["look at the bucket's policy"]);
            }
        },
    };
    if denies_plain_http(case, &policy, &facts.name) {
        return Check::pass(ID, "The state can be read over TLS alone");
    }
    let bucket = case.arn(&format!("s3:::{}", facts.name));
    let mut whole = policy;
    whole.statements.push(
        policy::Statement::deny()
            .sid("DenyInsecureTransport")
            .principals([policy::Principal::Everyone])
            .actions(["s3:*"])
            .resources([bucket.clone(), format!("{bucket}/*")])
            .when("Bool", "aws:SecureTransport", ["false"]),
    );
    Check::warn(ID, "The state can be read without TLS")
        .cause(format!("the policy of {} does not deny it", facts.name))
        .remedy([aws(&["s3api", "put-bucket-policy", "--bucket", &facts.name, "--policy", &whole.to_json()])])
}

/// Whether somebody who may everything is denied without TLS.
fn denies_plain_http(case: &Case<'_>, policy: &Policy, bucket: &str) -> bool {
    let object = case.arn(&format!("s3:::{bucket}/any"));
    let asked = crate::judge::Asked::new(case, "s3:GetObject", object).with("aws:SecureTransport", "false");
    crate::judge::Party::administrator(case).may(Some(policy), &asked) != crate::judge::Answer::Allowed
}

/// Whether two runs at once keep out of each other's way. The module's own sample has no lock.
fn locking(case: &Case<'_>, state: &StateFacts) -> Check {
    const ID: &str = "state.lock";
    let Place::S3 { lockfile, table, region, .. } = &state.place else {
        return Check::pass(ID, "A local state is locked by its process");
    };
    let refusals = [state.record.refusal(), state.locks.refusal()].into_iter().flatten();
    if let (Some(table), Some(refusal)) = (table, refusals.into_iter().find(|one| by_table(one).is_some())) {
        return Check::fail(ID, "No run can begin: the lock table cannot hold a lock")
            .cause(of_table(table, refusal))
            .remedy(new_table(case, table, region, refusal));
    }
    if *lockfile || table.is_some() {
        return Check::pass(ID, "Two runs at once keep out of each other's way");
    }
    Check::warn(ID, "Two runs at once overwrite each other's state: nothing locks it")
        .cause("the backend has neither use_lockfile nor dynamodb_table, as the module's sample has none")
        .remedy([format!(
            "write use_lockfile = true in the backend file, then: {}",
            case.underpin("init -reconfigure -backend-config=FILE")
        )])
}

/// The check that explains a refusal, where it is of the lock table as such: there is none, or its key has another name.
fn by_table(refusal: &Refusal) -> Option<&'static str> {
    let codes = [NO_TABLE, OTHER_KEY];
    let is_of_table = refusal.operation.starts_with("dynamodb:");
    let code = refusal.code.as_deref().filter(|_| is_of_table)?;
    codes.contains(&code).then_some("state.lock")
}

fn of_table(table: &str, refusal: &Refusal) -> String {
    match refusal.code.as_deref() {
        Some(NO_TABLE) => format!("there is no table {table}"),
        _ => format!("the key of the table {table} is not LockID: {}", refusal.sentence()),
    }
}

/// The table that is missing, or another one beside one whose key cannot be changed.
fn new_table(case: &Case<'_>, table: &str, region: &str, refusal: &Refusal) -> Vec<String> {
    let is_gone = refusal.code.as_deref() == Some(NO_TABLE);
    let name = if is_gone { table.to_owned() } else { format!("{table}-LockID") };
    let create = ["dynamodb", "create-table", "--table-name", &name, "--billing-mode", "PAY_PER_REQUEST"];
    let key = [
        "--attribute-definitions",
        "AttributeName=LockID,AttributeType=S",
        "--key-schema",
        "AttributeName=LockID,KeyType=HASH",
        "--region",
        region,
    ];
    let mut remedy = vec![aws(&[create.as_slice(), &key].concat())];
    if !is_gone {
        let init = case.underpin("init -reconfigure -backend-config=FILE");
        remedy.push(format!("write dynamodb_table = \"{name}\" in the backend file, then: {init}"));
    }
    remedy
}

fn digests(case: &Case<'_>, state: &StateFacts) -> Option<Check> {
    const ID: &str = "state.digest";
    Some(match state.digests.as_ref()? {
        Digests::Agree => Check::pass(ID, "The lock table and the state agree"),
        Digests::Differ { table, state: bytes } => {
            Check::fail(ID, "No run reads the state: the lock table keeps the digest of another one")
                .cause(format!("the table says {table}, the state is {bytes}"))
                .remedy([
                    "if somebody put the state back on purpose, write its digest into the table:".to_owned(),
                    digest_command(state, bytes).unwrap_or_else(|| case.underpin("plan")),
                ])
        }
    })
}

fn digest_command(state: &StateFacts, digest: &str) -> Option<String> {
    let Place::S3 { bucket, key, region, table, .. } = &state.place else { return None };
    let item = serde_json::json!({"LockID": {"S": format!("{bucket}/{key}-md5")}, "Digest": {"S": digest}})
        .to_string();
    Some(aws(&[
        "dynamodb",
        "put-item",
        "--table-name",
        table.as_deref()?,
        "--item",
        &item,
        "--region",
        region,
    ]))
}

fn versions(state: &StateFacts) -> Option<Check> {
    const ID: &str = "state.versions";
    Some(match state.earlier_versions.as_ref()? {
        Read::Refused(refusal) => {
            Check::unknown(ID, refusal, "whether there are earlier states to go back to")
        }
        Read::Absent => Check::pass(ID, "No earlier state to go back to"),
        Read::Found(count) => Check::pass(ID, format!("{count} earlier states to go back to")),
    })
}

/// Other states with the same key in them: each would undo what the other does. The module's document names two keys.
fn others(case: &Case<'_>, state: &StateFacts) -> Option<Check> {
    const ID: &str = "state.others";
    let others = match state.others.as_ref()? {
        Read::Refused(refusal) => {
            return Some(Check::unknown(ID, refusal, "whether another state records the same foundation"));
        }
        Read::Absent => &Vec::new(),
        Read::Found(others) => others,
    };
    let key = case.key().map(|key| key.id.as_str());
    let same = others
        .iter()
        .filter(|other| Some(other.key_id.as_str()) == key && !case.asks.accepted.has(&[], &[&other.place]));
    let places: Vec<&str> = same.map(|other| other.place.as_str()).collect();
    Some(if places.is_empty() {
        Check::pass(ID, "No other state near it records this foundation")
    } else {
        Check::warn(ID, "Two states record the same foundation: each would undo what the other does")
            .cause(format!("{} records the key {} too", places.join(", "), key.unwrap_or_default()))
            .remedy([
                "keep one: whoever still runs with the other takes its backend and its module call out first",
            ])
    })
}

fn locks(case: &Case<'_>, state: &StateFacts) -> Vec<Check> {
    const ID: &str = "state.locked";
    match &state.locks {
        Read::Refused(refusal) => {
            let unknown = Check::unknown(ID, refusal, "whether somebody holds the state's lock");
            vec![unknown.explained_by(by_table(refusal))]
        }
        Read::Absent => vec![Check::pass(ID, "Nobody holds the state's lock")],
        Read::Found(locks) if locks.is_empty() => vec![Check::pass(ID, "Nobody holds the state's lock")],
        Read::Found(locks) => locks.iter().take(1).map(|lock| held(case, lock)).collect(),
    }
}

fn held(case: &Case<'_>, lock: &Lock) -> Check {
    const ID: &str = "state.locked";
    let who = lock.who.as_deref().unwrap_or("somebody whose record cannot be read");
    let what = lock.operation.as_deref().unwrap_or("an operation");
    let since = lock.created.map(|at| format!("since {}", moment(at)));
    let silent = lock
        .silence_seconds
        .map(|seconds| format!("written or renewed {seconds} seconds ago, by the store's clock"));
    let at = format!("the lock is {}", lock.place);
    if lock.alive && !lock.over {
        return Check::pass(ID, format!("{who} is working: {what}")).evidence([at]).evidence(since);
    }
    let is_left = lock.over || lock.silence_seconds.is_some_and(|seconds| seconds > LEFT_BEHIND);
    let remedy = match (&lock.id, is_left) {
        (_, _) if lock.over => {
            vec!["the next run takes it over by itself:".to_owned(), case.underpin("plan")]
        }
        (Some(id), true) => vec![case.underpin(&format!("force-unlock -force {id}"))],
        (None, _) => unreadable(lock, is_left),
        (_, false) => vec![format!("ask {who} whether that run is still going")],
    };
    let title = if lock.id.is_none() {
        "No run can begin: there is a lock, and its record cannot be read".to_owned()
    } else if is_left {
        format!("No run can begin: {who} left a lock behind")
    } else {
        format!("No run can begin while {who} holds the lock")
    };
    let check = if lock.over || !is_left { Check::warn(ID, title) } else { Check::fail(ID, title) };
    check
        .cause(format!("{who} holds it for {what}"))
        .evidence([at])
        .evidence(since)
        .evidence(silent)
        .remedy(remedy)
}

/// What to do about a lock that does not say whose it is.
fn unreadable(lock: &Lock, is_left: bool) -> Vec<String> {
    match (lock.place.starts_with("s3://"), is_left) {
        (true, true) => vec![aws(&["s3", "rm", &lock.place])],
        (true, false) => vec![
            "look at it, and ask whoever may have written it:".to_owned(),
            aws(&["s3", "cp", &lock.place, "-"]),
        ],
        (false, _) => vec![format!("look at it, and ask whoever may have written it: {}", lock.place)],
    }
}
