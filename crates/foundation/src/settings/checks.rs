//! The rules of single settings, each from a text to its type or the reason why not.

use crate::identifiers::{AccountId, Arn, BucketName, IamPath, InvalidBucketName, InvalidRegion, Region};

use super::deployment_name::{check_part, nearest_part};
use super::reader::Problem;

/// A part of the deployment's name.
pub(super) fn name_part(text: &str) -> Result<String, Problem> {
    check_part(text).map(|()| text.to_owned()).map_err(|error| {
        let problem = Problem::new(error.to_string());
        match nearest_part(text) {
            Some(nearest) => problem.meant(nearest),
            None => problem,
        }
    })
}

/// The region.
pub(super) fn region(text: &str) -> Result<Region, Problem> {
    text.parse().map_err(|error: InvalidRegion| {
        let problem = Problem::new(error.to_string());
        match error {
            InvalidRegion::AvailabilityZone { region, .. } => problem.meant(region),
            InvalidRegion::Form { text } => {
                match text.to_lowercase().replace(['_', ' '], "-").parse::<Region>() {
                    Ok(region) => problem.meant(region),
                    Err(_) => problem,
                }
            }
            InvalidRegion::Unsupported { .. } => problem,
        }
    })
}

/// The name of an existing bucket.
pub(super) fn bucket(text: &str) -> Result<BucketName, Problem> {
    text.parse().map_err(|error: InvalidBucketName| {
        let problem = Problem::new(error.to_string());
        let bare = text.trim_start_matches("s3://").trim_start_matches("arn:aws:s3:::").trim_end_matches('/');
        match bare.to_lowercase().parse::<BucketName>() {
            Ok(bucket) => problem.meant(bucket),
            Err(_) => problem.instead("write the bucket's name alone, for example \"artos-terraform-state\""),
        }
    })
}

/// An account id.
pub(super) fn account(text: &str) -> Result<AccountId, Problem> {
    text.parse().map_err(|_| {
        let digits = text.chars().filter(char::is_ascii_digit).collect::<String>();
        let problem = Problem::new(format!("an AWS account id has twelve digits, `{text}` has not"));
        if digits.len() == 12 {
            problem.meant(digits)
        } else if digits.len() == text.len() && (1..12).contains(&digits.len()) {
            problem.instead(format!("write \"{digits:0>12}\" if the id begins with 0 (then it must be quoted), otherwise all twelve digits"))
        } else {
            problem
        }
    })
}

/// The beginning of repository names: whole components, without the slash that follows.
pub(super) fn repository_prefix(text: &str) -> Result<String, Problem> {
    if text.is_empty() {
        return Err(Problem::new("a repository prefix is empty"));
    }
    if text.contains(['*', '?']) {
        let bare = text.trim_end_matches(['*', '?', '/']);
        let problem = Problem::new(format!("`{text}` contains a wildcard; `/*` is added to every prefix"));
        return Err(if bare.is_empty() { problem } else { problem.meant(bare) });
    }
    if text.ends_with('/') {
        let problem = Problem::new(format!("`{text}` ends with `/`, which is added to every prefix"));
        return Err(problem.meant(text.trim_end_matches('/')));
    }
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let component = |part: &str| {
        part.starts_with(plain)
            && part.ends_with(plain)
            && part.chars().all(|c| plain(c) || "._-".contains(c))
    };
    if !text.split('/').all(component) {
        return Err(Problem::new(format!(
            "`{text}` is no beginning of an ECR repository name: those have lower-case letters, digits and, between them, `.`, `_`, `-` and `/`"
        )));
    }
    if text.len() > 250 {
        return Err(Problem::new(format!(
            "`{text}` has {} characters; repository names have at most 256",
            text.len()
        )));
    }
    Ok(text.to_owned())
}

/// An IAM user, role or account that may administer the key.
pub(super) fn principal(text: &str) -> Result<Arn, Problem> {
    let example = "write an ARN such as \"arn:aws:iam::123456789012:role/KeyAdmin\"";
    if text.contains(['*', '?']) {
        return Err(Problem::new(format!("`{text}` contains a wildcard, which principals must not have"))
            .instead(example));
    }
    if let Ok(account) = text.parse::<AccountId>() {
        let problem = Problem::new(format!("`{text}` is an account id, not an ARN"));
        return Err(problem.instead(format!("write \"arn:aws:iam::{account}:root\" for the whole account")));
    }
    let arn = text.parse::<Arn>().map_err(|error| Problem::new(error.to_string()).instead(example))?;
    let named = |kind: &str| {
        arn.resource().strip_prefix(kind).is_some_and(|name| !name.is_empty() && !name.ends_with('/'))
    };
    if arn.service() == "sts" {
        let role = arn.resource().split('/').nth(1).unwrap_or("ROLE");
        let problem = Problem::new(format!("`{text}` is a session, and sessions end"));
        return Err(problem.instead(format!(
            "write the role: \"arn:{}:iam::{}:role/{role}\" (with its path, if it has one)",
            arn.partition(),
            arn.account()
        )));
    }
    let principal = arn.resource() == "root" || named("user/") || named("role/");
    if arn.service() != "iam"
        || !principal
        || arn.account().parse::<AccountId>().is_err()
        || !arn.region().is_empty()
    {
        return Err(Problem::new(format!("`{text}` names no IAM user, role or account")).instead(example));
    }
    Ok(arn)
}

/// The ARN of an IAM policy.
pub(super) fn policy_arn(text: &str) -> Result<Arn, Problem> {
    let example = "write an ARN such as \"arn:aws:iam::123456789012:policy/Boundary\"";
    let arn = text.parse::<Arn>().map_err(|error| Problem::new(error.to_string()).instead(example))?;
    let named =
        arn.resource().strip_prefix("policy/").is_some_and(|name| !name.is_empty() && !name.ends_with('/'));
    let wild = arn.resource().contains(['*', '?']);
    if arn.service() != "iam" || !named || wild || arn.account().is_empty() || !arn.region().is_empty() {
        return Err(Problem::new(format!("`{text}` is not the ARN of an IAM policy")).instead(example));
    }
    Ok(arn)
}

/// The path of IAM objects.
pub(super) fn iam_path(text: &str) -> Result<IamPath, Problem> {
    text.parse::<IamPath>().map_err(|error| {
        let problem = Problem::new(error.to_string());
        let nearest =
            format!("/{}/", text.split('/').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/"));
        match nearest.parse::<IamPath>() {
            Ok(path) => problem.meant(path),
            Err(_) => problem,
        }
    })
}
