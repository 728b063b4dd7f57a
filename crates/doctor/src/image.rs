//! References to images in Amazon ECR.

use std::fmt;
use std::str::FromStr;

use foundation::{AccountId, Partition, Region};

/// An image in a private registry: `ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY[:TAG][@DIGEST]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageReference {
    /// Whose registry.
    pub account: AccountId,
    /// Where it is.
    pub region: Region,
    /// The repository.
    pub repository: String,
    /// The tag; `latest` where neither tag nor digest is given.
    pub tag: Option<String>,
    /// `sha256:…`.
    pub digest: Option<String>,
    host: String,
}

/// Why a text names no image in ECR.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidImage {
    /// Another registry, or none.
    #[error(
        "`{text}` is not in a private registry of Amazon ECR: it must begin with ACCOUNT.dkr.ecr.REGION.amazonaws.com/ \
         (in China .amazonaws.com.cn/, in the European Sovereign Cloud .amazonaws.eu/)"
    )]
    Host {
        /// What was given.
        text: String,
    },
    /// With a scheme, which the names of images have not.
    #[error("`{text}` is an address and no image: write it without `{scheme}://`, as in a pod")]
    Scheme {
        /// What was given.
        text: String,
        /// `https`.
        scheme: String,
    },
    /// Amazon's public registry.
    #[error(
        "`{text}` is in Amazon's public registry: no policy of this account has a say in pulling it, only the way from \
         the nodes to the internet"
    )]
    Public {
        /// What was given.
        text: String,
    },
    /// A host that no registry of that region has.
    #[error("there is no registry {host}: in {region} their names end with .{suffix}")]
    Suffix {
        /// What was given.
        host: String,
        /// Its region.
        region: Region,
        /// What the names there end with.
        suffix: &'static str,
    },
    /// A repository with letters that none has.
    #[error(
        "`{repository}` is no name of a repository: lower-case letters, digits and `.`, `_`, `-`, `/` between them"
    )]
    Repository {
        /// What was given.
        repository: String,
    },
    /// A tag or digest that none is.
    #[error("`{version}` is no tag and no digest")]
    Version {
        /// What was given.
        version: String,
    },
}

impl FromStr for ImageReference {
    type Err = InvalidImage;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let other = || InvalidImage::Host { text: text.to_owned() };
        if let Some((scheme, _)) = text.split_once("://") {
            return Err(InvalidImage::Scheme { text: text.to_owned(), scheme: scheme.to_owned() });
        }
        let (host, rest) = text.split_once('/').ok_or_else(other)?;
        if host == "public.ecr.aws" {
            return Err(InvalidImage::Public { text: text.to_owned() });
        }
        let (account, region) = registry(host).ok_or_else(other)??;
        let (rest, digest) = match rest.split_once('@') {
            Some((rest, digest)) => (rest, Some(checked(digest, is_digest)?)),
            None => (rest, None),
        };
        let (repository, tag) = match rest.split_once(':') {
            Some((repository, tag)) => (repository, Some(checked(tag, is_tag)?)),
            None => (rest, digest.is_none().then(|| "latest".to_owned())),
        };
        if !is_repository(repository) {
            return Err(InvalidImage::Repository { repository: repository.to_owned() });
        }
        Ok(Self { account, region, repository: repository.to_owned(), tag, digest, host: host.to_owned() })
    }
}

impl fmt::Display for ImageReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.host, self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        match &self.digest {
            Some(digest) => write!(f, "@{digest}"),
            None => Ok(()),
        }
    }
}

/// Account and region of a registry's host, also of the dual-stack one, with or without the port of HTTPS
/// (ECR user guide, "Private registry endpoints"); `None` where it is no registry of Amazon's.
fn registry(host: &str) -> Option<Result<(AccountId, Region), InvalidImage>> {
    let named = host.strip_suffix(":443").unwrap_or(host);
    let (account, rest) = named.split_once('.')?;
    let of =
        |beginnings: [&str; 2]| beginnings.into_iter().find_map(|beginning| rest.strip_prefix(beginning));
    let (rest, is_dual) = match of(["dkr.ecr.", "dkr.ecr-fips."]) {
        Some(rest) => (rest, false),
        None => (of(["dkr-ecr.", "dkr-ecr-fips."])?, true),
    };
    let (region, end) = rest.split_once('.')?;
    let (account, region): (AccountId, Region) = (account.parse().ok()?, region.parse().ok()?);
    let suffix = match (region.partition(), is_dual) {
        (Partition::AwsCn, true) => "on.amazonwebservices.com.cn",
        (_, true) => "on.aws",
        (partition, false) => partition.dns_suffix(),
    };
    if end == suffix {
        return Some(Ok((account, region)));
    }
    Some(Err(InvalidImage::Suffix { host: host.to_owned(), region, suffix }))
}

fn checked(version: &str, is_valid: fn(&str) -> bool) -> Result<String, InvalidImage> {
    if is_valid(version) {
        Ok(version.to_owned())
    } else {
        Err(InvalidImage::Version { version: version.to_owned() })
    }
}

fn is_digest(text: &str) -> bool {
    text.strip_prefix("sha256:")
        .is_some_and(|hex| hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn is_tag(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=128).contains(&text.len()) && text.bytes().all(fits) && !text.starts_with(['.', '-'])
}

fn is_repository(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-/".contains(&byte);
    (2..=256).contains(&text.len())
        && text.bytes().all(fits)
        && text.split('/').all(|part| part.starts_with(|first: char| first.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_taken_apart_and_put_together_again() {
        let digest = format!("sha256:{}", "0a".repeat(32));
        for (text, account, region, repository, tag) in [
            (
                "999988887777.dkr.ecr.us-east-1.amazonaws.com/development/api:1.2",
                "999988887777",
                "us-east-1",
                "development/api",
                Some("1.2"),
            ),
            (
                "999988887777.dkr.ecr.cn-north-1.amazonaws.com.cn/a0",
                "999988887777",
                "cn-north-1",
                "a0",
                Some("latest"),
            ),
            (
                "999988887777.dkr.ecr.eusc-de-east-1.amazonaws.eu:443/ab/cd:2",
                "999988887777",
                "eusc-de-east-1",
                "ab/cd",
                Some("2"),
            ),
            (
                "999988887777.dkr.ecr-fips.us-gov-west-1.amazonaws.com/ab/cd",
                "999988887777",
                "us-gov-west-1",
                "ab/cd",
                Some("latest"),
            ),
            (
                "999988887777.dkr-ecr.eu-west-1.on.aws/ab/cd",
                "999988887777",
                "eu-west-1",
                "ab/cd",
                Some("latest"),
            ),
        ] {
            let image: ImageReference = text.parse().unwrap();
            assert_eq!(
                (
                    image.account.as_str(),
                    image.region.as_str(),
                    image.repository.as_str(),
                    image.tag.as_deref()
                ),
                (account, region, repository, tag)
            );
            assert!(image.to_string().starts_with(text));
        }
        let pinned = format!("999988887777.dkr.ecr.us-east-1.amazonaws.com/ab:v1@{digest}");
        let image: ImageReference = pinned.parse().unwrap();
        assert_eq!((image.tag.as_deref(), image.digest.as_deref()), (Some("v1"), Some(digest.as_str())));
        assert_eq!(image.to_string(), pinned);
    }

    #[test]
    fn what_is_no_image_in_ecr_is_refused() {
        let host = "999988887777.dkr.ecr.us-east-1.amazonaws.com";
        for bad in [
            "",
            "nginx",
            "docker.io/library/nginx:1",
            "1.dkr.ecr.us-east-1.amazonaws.com/ab",
            "localhost:5000/ab",
        ] {
            assert!(matches!(bad.parse::<ImageReference>(), Err(InvalidImage::Host { .. })), "{bad}");
        }
        let public = "public.ecr.aws/x/y".parse::<ImageReference>();
        assert!(matches!(public, Err(InvalidImage::Public { .. })));
        let scheme = format!("https://{host}/ab").parse::<ImageReference>();
        assert!(matches!(scheme, Err(InvalidImage::Scheme { .. })));
        for bad in [
            "999988887777.dkr.ecr.cn-north-1.amazonaws.com/ab",
            "999988887777.dkr.ecr.us-east-1.amazonaws.com:5000/ab",
        ] {
            assert!(matches!(bad.parse::<ImageReference>(), Err(InvalidImage::Suffix { .. })), "{bad}");
        }
        for bad in ["/", "/A", "/a//b", "/ab c"] {
            let text = format!("{host}{bad}");
            assert!(matches!(text.parse::<ImageReference>(), Err(InvalidImage::Repository { .. })), "{text}");
        }
        for bad in ["/ab:", "/ab:-x", "/ab@sha256:00", "/ab:a b"] {
            let text = format!("{host}{bad}");
            assert!(matches!(text.parse::<ImageReference>(), Err(InvalidImage::Version { .. })), "{text}");
        }
    }
}
