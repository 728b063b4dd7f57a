//! What an adoption refuses, and what to type instead.

use std::collections::BTreeMap;
use std::path::Path;

use engine::adoption::{Adoptee, Evidence, Refusal};
use foundation::settings::DeploymentName;
use foundation::{AccountId, Settings};
use terraform::{Address, Diagnostic, Value};

use crate::error::{CliError, listed};
use crate::typed::quoted;

/// Nothing of the foundation in the account that is not recorded. A deployment that left nothing is a wrong identity.
pub(super) fn nothing_found(
    settings: &Settings,
    account: &AccountId,
    lost: Option<&str>,
    retained: &[Adoptee],
) -> CliError {
    let detail = format!(
        "Account {account} has no object called {}… in {} that the state does not record. Nothing was written.",
        settings.name.joined("-"),
        settings.aws_region
    );
    let hint = match (lost, retained.first().map(|bucket| (bucket_name(bucket), &bucket.evidence))) {
        (Some(deployment), _) => format!(
            "check that {deployment} is the value of the tag underpin:deployment; after a destroy, say which bucket has the \
             logs: -var=cloudtrail_bucket_suffix=…"
        ),
        (None, Some((bucket, Evidence::Identity(deployment)))) => format!(
            "there is a log bucket {bucket} of deployment {deployment}, as a destroy leaves it; if its state is lost: underpin \
             adopt -deployment={deployment}"
        ),
        (None, _) => "check project_name, environment, aws_region and the account; for a new foundation: underpin apply"
            .to_owned(),
    };
    CliError::from(Diagnostic::error("There is nothing to take over", detail).hint(hint))
}

/// A state records objects, and none of them exists.
pub(super) fn all_gone(settings: &Settings, account: &AccountId, adoptees: &[Adoptee]) -> CliError {
    let addresses: Vec<&Address> = adoptees.iter().map(|adoptee| &adoptee.address).collect();
    let detail = format!(
        "The state records what would be {}, and account {account} has none of it in {}. Nothing was written.",
        listed(&addresses),
        settings.aws_region
    );
    let recorded: Vec<String> =
        adoptees.iter().filter_map(|adoptee| Some(quoted(adoptee.from.as_ref()?))).collect();
    CliError::from(Diagnostic::error("There is nothing to take over", detail).hint(format!(
        "check the account and aws_region; if these objects were removed, let that state forget them: terraform state rm {}; \
         then create them: underpin apply",
        recorded.join(" ")
    )))
}

/// `-deployment` names an identity that no object carries.
pub(super) fn unknown_deployment(given: &str, identities: &BTreeMap<String, Vec<Address>>) -> CliError {
    let carried = |(identity, addresses): (&String, &Vec<Address>)| {
        format!("{identity} ({})", listed(&addresses.iter().collect::<Vec<_>>()))
    };
    let (found, hint) = if identities.is_empty() {
        let found = "none of those that were found has this tag".to_owned();
        (found, "to take them over under a new identity, leave out -deployment: underpin adopt".to_owned())
    } else {
        let all: Vec<String> = identities.iter().map(carried).collect();
        let commands: Vec<String> =
            identities.keys().map(|identity| format!("underpin adopt -deployment={identity}")).collect();
        (format!("they carry {}", all.join(", ")), commands.join(", or "))
    };
    let detail = format!(
        "No object of this foundation is tagged underpin:deployment = {given}; {found}. Nothing was written."
    );
    CliError::from(Diagnostic::error("No object carries this deployment's identity", detail).hint(hint))
}

/// More than one log bucket carries the identity of a deployment whose state is lost.
pub(super) fn several_buckets(lost: &str, buckets: &[&Adoptee], name: &DeploymentName) -> CliError {
    let names: Vec<&str> = buckets.iter().map(|bucket| bucket_name(bucket)).collect();
    let prefix = name.bucket_prefix();
    let choices: Vec<String> = names
        .iter()
        .filter_map(|name| Some(format!("-var=cloudtrail_bucket_suffix={}", name.strip_prefix(&prefix)?)))
        .collect();
    let detail = format!(
        "Tagged underpin:deployment = {lost} are {}. Only one of them is the log bucket from now on; the others stay as they \
         are. Nothing was written.",
        names.join(", ")
    );
    CliError::from(
        Diagnostic::error("The deployment has more than one log bucket", detail)
            .hint(format!("say which: underpin adopt -deployment={lost} {}", choices.join(" or "))),
    )
}

fn bucket_name(bucket: &Adoptee) -> &str {
    bucket.attributes.get("bucket").and_then(Value::as_str).unwrap_or_default()
}

/// Objects of another deployment than the one that is recorded, or of one whose state is elsewhere.
pub(super) fn of_another_deployment(refused: &Refusal, has_record: bool) -> CliError {
    let Refusal { deployment, addresses } = refused;
    let addresses = listed(&addresses.iter().collect::<Vec<_>>());
    let detail = format!("{addresses}: tagged underpin:deployment = {deployment}. Nothing was changed.");
    let hint = if has_record {
        "use the backend configuration of that deployment's state".to_owned()
    } else {
        format!(
            "use the backend configuration of that deployment's state; if that state is lost, go on with the deployment: \
             underpin adopt -deployment={deployment}"
        )
    };
    CliError::from(Diagnostic::error("Objects belong to another underpin deployment", detail).hint(hint))
}

/// The state of the backend records the objects at other addresses.
pub(super) fn recorded_already(first: &Adoptee, place: &str) -> CliError {
    let detail = format!(
        "The state {place} records {} at {}, and perhaps more. Recorded twice, an object has two owners.",
        first.address,
        first.from.as_deref().unwrap_or_default()
    );
    let finding = Diagnostic::error("The state records these objects at other addresses", detail);
    CliError::from(finding.hint("underpin adopt -from-backend"))
}

/// A state that was named records nothing of the foundation.
pub(super) fn nothing_recorded(place: &str) -> CliError {
    let detail = format!(
        "{place} records no object of this foundation, or underpin records all of them already. Objects are known by the \
         names that follow from project_name and environment."
    );
    let finding = Diagnostic::error("There is nothing to take over", detail);
    CliError::from(
        finding.hint("check project_name and environment; for objects that no state records: underpin adopt"),
    )
}

/// The file is a copy of the state of the backend.
pub(super) fn copy(path: &Path, place: &str) -> CliError {
    let detail = format!(
        "{} has the lineage of {place}: it is a copy of that state, and its entries would be recorded twice.",
        path.display()
    );
    let finding = Diagnostic::error("The file is a copy of the backend's state", detail);
    CliError::from(finding.hint("underpin adopt -from-backend"))
}

/// `-deployment` contradicts the record.
pub(super) fn other_deployment(given: &str, recorded: &str) -> CliError {
    let detail = format!("-deployment names {given}, and the state records deployment {recorded}.");
    let finding = Diagnostic::error("The state belongs to another deployment", detail);
    CliError::from(
        finding
            .hint("leave out -deployment, or use the backend configuration of a state that is still empty"),
    )
}

/// The settings ask for another log bucket than there is.
pub(super) fn other_bucket(found: &str, chosen: &str, rest: Option<&str>) -> CliError {
    let detail = format!(
        "The trail delivers into {found}, and with cloudtrail_bucket_suffix the log bucket is {chosen}. The logs stay where \
         they are only if the bucket does."
    );
    let finding = Diagnostic::error("The settings name another log bucket", detail);
    CliError::from(finding.hint(match rest {
        Some(rest) => format!("write cloudtrail_bucket_suffix = \"{rest}\", or remove it"),
        None => "remove cloudtrail_bucket_suffix: the bucket keeps its name".to_owned(),
    }))
}

/// The log bucket has a name that no setting can say.
pub(super) fn unusable_bucket(bucket: &str, error: &dyn std::fmt::Display) -> CliError {
    let finding = Diagnostic::error("The log bucket cannot be taken over", format!("`{bucket}`: {error}."));
    CliError::from(finding.hint("let the trail deliver into another bucket first"))
}
