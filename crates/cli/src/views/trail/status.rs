//! `trail status`: the trail's state in words.

use aws::archive::{TrailFacts, TrailStatus};
use serde_json::json;
use trail::Moment;

use super::Last;
use crate::text::{clean, counted, wrap_hanging};

/// What is shown.
pub(crate) struct Shown {
    /// The trail's ARN.
    pub arn: String,
    /// The clock.
    pub now: Moment,
    /// The trail as CloudTrail describes it.
    pub facts: Option<TrailFacts>,
    /// Its state.
    pub status: Option<TrailStatus>,
    /// Every trail of its home region, this one included.
    pub trails: Vec<TrailFacts>,
    /// What was proven last.
    pub last: Option<Last>,
}

/// How many trails a region may have.
const QUOTA: usize = 5;

/// How old the last delivery of logs and of digests may be.
const LOGS_LATE: i64 = 3600;
const DIGEST_LATE: i64 = 2 * 3600;

impl Shown {
    /// What is wrong, the worst first.
    fn faults(&self) -> Vec<String> {
        let Some(status) = &self.status else {
            return vec![format!("there is no trail {}", self.arn)];
        };
        let mut faults = Vec::new();
        if status.logging == Some(false) {
            let since = status.stopped.map(|stopped| format!(" since {stopped}")).unwrap_or_default();
            faults.push(format!("it does not record{since}: underpin apply switches it on"));
            return faults;
        }
        for (what, error, time, limit) in [
            ("logs", &status.delivery_error, status.delivery, LOGS_LATE),
            ("digests", &status.digest_error, status.digest, DIGEST_LATE),
        ] {
            match error {
                Some(error) => faults.push(format!("{what} cannot be delivered: {error}; {}", repair(error))),
                None => faults.extend(
                    time.filter(|time| self.now.unix() - time.unix() > limit)
                        .map(|time| format!("{what} are late: the last came {}", age(self.now, time))),
                ),
            }
        }
        if let Some(error) = &status.logs_error {
            faults.push(format!(
                "CloudWatch Logs is not told: {error}; see the role and the log group of the trail"
            ));
        }
        if let Some(error) = &status.notification_error {
            faults.push(format!("the topic is not told: {error}; see the policy of the topic"));
        }
        if self.facts.as_ref().is_some_and(|facts| !facts.validation) {
            faults.push(
                "it writes no digests, so nothing can be proven: underpin apply switches validation on"
                    .to_owned(),
            );
        }
        faults
    }

    /// Whether all is well.
    pub(crate) fn is_well(&self) -> bool {
        self.faults().is_empty()
    }
}

/// The state as text.
pub(crate) fn status(shown: &Shown, width: Option<usize>) -> String {
    let faults = shown.faults();
    let mut lines = vec![match faults.first() {
        None => format!("The trail records and delivers: {}", shown.arn),
        Some(_) => format!("The trail needs attention: {}", shown.arn),
    }];
    lines.extend(faults.iter().map(|fault| format!("  - {fault}")));
    if let Some(status) = &shown.status {
        lines.push(format!("Logs:    {}.", last_came(shown.now, status.delivery)));
        lines.push(format!("Digests: {}.", last_came(shown.now, status.digest)));
    }
    let others: Vec<&TrailFacts> = shown.trails.iter().filter(|trail| trail.arn != shown.arn).collect();
    lines.push(format!("Trails in this region: {} of {QUOTA}.", shown.trails.len()));
    for other in &others {
        lines.push(format!("  - {} writes to {}", other.arn, other.bucket));
    }
    if !others.is_empty() {
        lines.push(
            "Costs: of management events one copy a region is free; each other trail that records them is paid for."
                .to_owned(),
        );
    }
    match &shown.last {
        None => lines.extend(
            ["Verified: not yet, on this machine. To prove the trail:", "    underpin trail verify"]
                .map(str::to_owned),
        ),
        Some(last) => lines.push(verified(last)),
    }
    lines.iter().map(|line| wrap_hanging(&clean(line), 4, width)).collect::<Vec<_>>().join("\n")
}

fn verified(last: &Last) -> String {
    let logs = if last.logs == 1 { "1 log".to_owned() } else { format!("{} logs", last.logs) };
    let until =
        last.proven_until.map_or_else(|| "nothing".to_owned(), |until| format!("everything until {until}"));
    let findings = match last.findings {
        0 => String::new(),
        count => format!(", with {}", counted(count, "finding")),
    };
    format!("Verified: {} proved {until} ({logs}){findings}.", last.at)
}

/// The state as JSON.
pub(crate) fn status_json(shown: &Shown) -> String {
    let status = shown.status.clone().unwrap_or_default();
    let document = json!({
        "trail": shown.arn,
        "well": shown.is_well(),
        "faults": shown.faults(),
        "logging": status.logging,
        "latest_delivery": status.delivery,
        "latest_delivery_error": status.delivery_error,
        "latest_digest": status.digest,
        "latest_digest_error": status.digest_error,
        "trails": shown.trails.iter().map(|trail| json!({"arn": trail.arn, "bucket": trail.bucket})).collect::<Vec<_>>(),
        "quota": QUOTA,
        "last_verification": shown.last,
    });
    serde_json::to_string_pretty(&document).unwrap_or_default()
}

fn last_came(now: Moment, time: Option<Moment>) -> String {
    time.map_or_else(
        || "none was delivered yet, says CloudTrail".to_owned(),
        |time| format!("the last came {}", age(now, time)),
    )
}

fn age(now: Moment, time: Moment) -> String {
    let minutes = (now.unix() - time.unix()).max(0) / 60;
    let ago = match minutes {
        0 => "just now".to_owned(),
        1..120 => format!("{minutes} minutes ago"),
        120..2880 => format!("{} hours ago", minutes / 60),
        _ => format!("{} days ago", minutes / 1440),
    };
    format!("{ago} ({time})")
}

/// What repairs an error of delivery: the codes are those of S3 and KMS.
fn repair(error: &str) -> &'static str {
    match error.trim() {
        "AccessDenied" => {
            "the policy of the bucket or of the key keeps CloudTrail out: underpin plan shows which"
        }
        "NoSuchBucket" => "the bucket is gone: underpin plan shows what an apply would make",
        "KMS.DisabledException" => "the key is disabled: underpin apply enables it",
        "KMS.KMSInvalidStateException" => {
            "the key is not usable, perhaps because its deletion is scheduled: underpin plan"
        }
        "KMS.NotFoundException" => "the key is gone: underpin plan",
        _ => "underpin plan shows what differs from the settings",
    }
}
