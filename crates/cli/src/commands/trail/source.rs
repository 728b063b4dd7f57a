//! Where a trail's objects are read from, and what is known about it.

use std::collections::BTreeMap;

use aws::archive::{self, Archive, Object, trail_facts};
use aws::clients::{self, SharedHttpClient, Transport};
use engine::CloudErrorKind;
use terraform::Diagnostic;
use trail::{Circumstances, Inventory, Moment, PublicKeys, Scope, TrailId};

use super::which::{Which, trail_of};
use crate::backend::Backend;
use crate::context::Context;
use crate::error::CliError;

/// A bucket with a trail, and what AWS says of it.
pub(super) struct Bucket {
    /// The bucket.
    pub archive: Archive,
    /// What is to be looked at.
    pub scope: Scope,
    /// What is known besides.
    pub circumstances: Circumstances,
}

/// The trail as flags or state name it, before AWS was asked.
pub(super) struct Named {
    /// Its ARN.
    pub arn: Option<String>,
    /// The same, read.
    pub id: Option<TrailId>,
    /// Its bucket.
    pub bucket: Option<String>,
    /// What stands before `AWSLogs`.
    pub prefix: Option<String>,
    http: SharedHttpClient,
}

impl Named {
    /// The connections to AWS.
    pub(super) fn http(&self) -> SharedHttpClient {
        self.http.clone()
    }
}

/// Finds the trail in the flags, or in the state.
///
/// # Errors
/// Flags that cannot be; no state, or one without a trail.
pub(super) fn named(which: &Which, context: &Context) -> Result<Named, CliError> {
    let id = which.check()?;
    if which.trail.is_some() || which.bucket.is_some() {
        let environment = context.environment.clone();
        let transport = Transport::from_environment(&|name| environment.get(name).map(str::to_owned));
        return Ok(Named {
            arn: which.trail.clone(),
            id,
            bucket: which.bucket.clone(),
            prefix: which.prefix.clone(),
            http: clients::http_client(&transport, &context.activity)?,
        });
    }
    let backend = Backend::load(context)?;
    let state = backend.read_state()?;
    let resources = state.iter().flat_map(|state| &state.resources);
    let instance = resources
        .filter(|resource| resource.resource_type == "aws_cloudtrail")
        .flat_map(|resource| &resource.instances)
        .next();
    let attribute = |name: &str| {
        let value = instance?.attributes.get(name)?.as_str()?;
        Some(value.to_owned()).filter(|value| !value.is_empty())
    };
    let Some(arn) = attribute("arn") else { return Err(no_trail()) };
    Ok(Named {
        id: Some(trail_of(&arn)?),
        arn: Some(arn),
        bucket: attribute("s3_bucket_name"),
        prefix: which.prefix.clone().or_else(|| attribute("s3_key_prefix")),
        http: backend.http_client(),
    })
}

fn no_trail() -> CliError {
    let detail = "The state of this directory holds no trail. Apply first, or name a trail and its bucket.";
    Diagnostic::error("No trail in the state", detail)
        .hint("underpin trail verify -trail=ARN -bucket=NAME")
        .into()
}

impl Bucket {
    /// Asks AWS about the trail. What may not be asked is warned of, unless nothing goes without it.
    ///
    /// # Errors
    /// The bucket is not known, or cannot be seen.
    pub(super) async fn open(which: &Which, named: Named, context: &Context) -> Result<Self, CliError> {
        let home = named.id.as_ref().map(|id| id.home.clone());
        let variable = |name| context.environment.get(name).map(str::to_owned);
        let fallback = || variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION"));
        let region = home.or_else(fallback).unwrap_or_else(|| "us-east-1".to_owned());
        let config = clients::resource_config(&region, named.http.clone()).await?;
        let (mut facts, mut status): (Option<trail_facts::TrailFacts>, _) = (None, None);
        if let Some(arn) = &named.arn {
            let told = (
                trail_facts::describe(&config, arn, &region).await,
                trail_facts::status(&config, arn, &region).await,
            );
            facts = tolerated(told.0, named.bucket.is_some(), context)?;
            status = tolerated(told.1, true, context)?;
        }
        let known = facts.as_ref();
        let bucket = named.bucket.or_else(|| known.map(|facts| facts.bucket.clone()));
        let bucket =
            bucket.filter(|bucket| !bucket.is_empty()).ok_or_else(|| unknown_bucket(named.arn.as_deref()))?;
        let same = known.filter(|facts| facts.bucket == bucket);
        let prefix = named.prefix.or_else(|| same.map(|facts| facts.prefix.clone())).unwrap_or_default();
        let archive = Archive::open(&config, &bucket, &prefix).await?;
        let organization = match known.filter(|facts| facts.organization) {
            Some(_) => archive.organizations().await?.into_iter().next(),
            None => None,
        };
        let scope = which.narrow(Scope {
            bucket: Some(bucket),
            prefix: archive.prefix.clone(),
            trail: named.id,
            organization,
            multi_region: known.map(|facts| facts.multi_region),
            ..Scope::default()
        });
        let told = status.unwrap_or_default();
        let circumstances = Circumstances {
            now: None,
            latest_digest: told.digest,
            logging: told.logging,
            started: told.started,
            stopped: told.stopped,
            validation: known.map(|facts| facts.validation),
            expiration: archive.expiration().await?,
        };
        Ok(Self { archive, scope, circumstances })
    }

    /// What lies in the bucket.
    ///
    /// # Errors
    /// It cannot be listed.
    pub(super) async fn inventory(&mut self) -> Result<Inventory, CliError> {
        let mut inventory = Inventory::new(self.scope.clone());
        let mut take = |page: Vec<Object>| {
            for object in page {
                inventory.add(&super::records::line(&object).listed());
            }
        };
        self.circumstances.now = self.archive.list(&self.scope, &mut take).await?;
        Ok(inventory)
    }

    /// The public keys of the regions that there are digests of; and of which regions they could not be had, and why.
    pub(super) async fn keys(&self, inventory: &Inventory) -> (PublicKeys, BTreeMap<String, String>) {
        const HOUR: i64 = 3600;
        let (mut keys, mut refused) = (PublicKeys::default(), BTreeMap::new());
        let regions: Vec<(String, Moment, Moment)> = inventory
            .regions()
            .into_iter()
            .filter_map(|(region, times)| {
                let (first, last) = times?;
                let last = self.circumstances.now.map_or(last, |now| now.max(last));
                Some((region.to_owned(), first.plus(-2 * HOUR), last.plus(2 * HOUR)))
            })
            .collect();
        let asked = regions.into_iter().map(|(region, from, to)| async move {
            let answer = self.archive.public_keys(&region, from, to).await;
            (region, answer)
        });
        for (region, answer) in futures::future::join_all(asked).await {
            match answer {
                Ok(list) => keys.add(&region, list),
                Err(error) => {
                    refused.insert(region, archive::reason(&error));
                }
            }
        }
        (keys, refused)
    }
}

/// An answer that one can do without.
fn tolerated<T>(
    answer: Result<Option<T>, engine::CloudError>,
    dispensable: bool,
    context: &Context,
) -> Result<Option<T>, CliError> {
    match answer {
        Err(error) if dispensable && error.kind != CloudErrorKind::Credentials => {
            context
                .terminal
                .tell(&format!("Not known, because it was not answered: {}", archive::reason(&error)));
            Ok(None)
        }
        answer => Ok(answer?),
    }
}

fn unknown_bucket(arn: Option<&str>) -> CliError {
    let detail = match arn {
        Some(arn) => format!(
            "CloudTrail knows no trail {}, so it does not say which bucket it wrote to.",
            arn.escape_debug()
        ),
        None => "Neither a trail nor a bucket is named.".to_owned(),
    };
    Diagnostic::error("The bucket is not known", detail)
        .hint("name it with -bucket=NAME, and -prefix=PREFIX")
        .into()
}
