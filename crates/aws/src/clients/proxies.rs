//! Which proxy a request goes through, as Go's `net/http` and so Terraform decide it: by scheme, by `HTTP_PROXY`,
//! `HTTPS_PROXY` and `NO_PROXY`, and never for this machine itself.
//! <https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config>

use std::net::IpAddr;

use super::ClientError;
use terraform::backend::without_credentials;

/// The proxies of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies {
    /// For `http` URLs.
    pub http: Option<String>,
    /// For `https` URLs.
    pub https: Option<String>,
    /// Hosts that are reached without one, separated by commas.
    pub exceptions: Option<String>,
}

impl Proxies {
    /// What the environment says, in capitals or not.
    pub fn from_environment(environment: &dyn Fn(&str) -> Option<String>) -> Self {
        let either = |upper: &str, lower: &str| {
            [upper, lower].into_iter().find_map(|name| environment(name).filter(|value| !value.is_empty()))
        };
        Self {
            http: either("HTTP_PROXY", "http_proxy"),
            https: either("HTTPS_PROXY", "https_proxy"),
            exceptions: either("NO_PROXY", "no_proxy"),
        }
    }

    /// These, and what they leave open from `other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            http: self.http.or(other.http),
            https: self.https.or(other.https),
            exceptions: self.exceptions.or(other.exceptions),
        }
    }

    /// The URLs of all proxies.
    ///
    /// # Errors
    /// What is no URL of a proxy.
    pub fn urls(&self) -> Result<Vec<String>, ClientError> {
        let mut urls = Vec::new();
        for given in [&self.http, &self.https].into_iter().flatten() {
            let url = complete(given);
            let is_usable = ["http://", "https://"].iter().any(|scheme| {
                url.strip_prefix(scheme)
                    .is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
            });
            if !is_usable {
                return Err(ClientError::Proxy { url: without_credentials(given) });
            }
            urls.push(url);
        }
        Ok(urls)
    }

    /// The URL of the proxy for a request to `url`; `None` when it goes there directly.
    pub fn of(&self, url: &str) -> Option<String> {
        let (scheme, host, port) = parts(url)?;
        let proxy = if scheme.eq_ignore_ascii_case("https") { &self.https } else { &self.http };
        let proxy = proxy.as_ref()?;
        let host = host.to_ascii_lowercase();
        let address: Option<IpAddr> = host.parse().ok();
        let is_here = host == "localhost" || address.is_some_and(|address| address.is_loopback());
        let exceptions = self.exceptions.as_deref().unwrap_or_default();
        let is_excepted =
            exceptions.split(',').any(|exception| excepts(exception.trim(), &host, address, port));
        (!is_here && !is_excepted).then(|| complete(proxy))
    }
}

/// A proxy without a scheme is asked by HTTP.
fn complete(url: &str) -> String {
    if url.contains("://") { url.to_owned() } else { format!("http://{url}") }
}

/// Scheme, host and port of a URL.
fn parts(url: &str) -> Option<(&str, &str, u16)> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, port) = split_port(authority);
    let default = if scheme.eq_ignore_ascii_case("https") { 443 } else { 80 };
    Some((scheme, host, port.and_then(|port| port.parse().ok()).unwrap_or(default)))
}

/// A host without brackets, and its port.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    if let Some(rest) = authority.strip_prefix('[') {
        let (host, after) = rest.split_once(']').unwrap_or((rest, ""));
        return (host, after.strip_prefix(':'));
    }
    match authority.split_once(':') {
        // More than one colon is an IPv6 address without a port.
        Some((host, port)) if !port.contains(':') => (host, Some(port)),
        _ => (authority, None),
    }
}

/// Whether one entry of `NO_PROXY` is for a host: `*`, an address, a network, a domain with all below it, each but `*`
/// and networks with a port if it has one.
fn excepts(exception: &str, host: &str, address: Option<IpAddr>, port: u16) -> bool {
    let exception = exception.to_ascii_lowercase();
    if exception == "*" {
        return true;
    }
    if let Some((network, bits)) = exception.split_once('/') {
        return match (network.parse(), bits.parse(), address) {
            (Ok(network), Ok(bits), Some(address)) => contains(network, bits, address),
            _ => false,
        };
    }
    let (name, only) = split_port(&exception);
    if name.is_empty() || only.is_some_and(|only| only != port.to_string()) {
        return false;
    }
    if let Ok(excepted) = name.parse::<IpAddr>() {
        return address == Some(excepted);
    }
    let name = name.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(name);
    match name.strip_prefix('.') {
        Some(_) => host.ends_with(name),
        None => host == name || host.strip_suffix(name).is_some_and(|before| before.ends_with('.')),
    }
}

/// Whether the first `bits` of two addresses are the same.
fn contains(network: IpAddr, bits: u32, address: IpAddr) -> bool {
    let (left, right, width): (u128, u128, u32) = match (network, address) {
        (IpAddr::V4(left), IpAddr::V4(right)) => {
            (u128::from(u32::from(left)), u128::from(u32::from(right)), 32)
        }
        (IpAddr::V6(left), IpAddr::V6(right)) => (u128::from(left), u128::from(right), 128),
        _ => return false,
    };
    match width.checked_sub(bits) {
        Some(rest) => left.checked_shr(rest) == right.checked_shr(rest),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const D: &str = "http://127.0.0.1:9";

    fn proxies(http: Option<&str>, https: Option<&str>, exceptions: Option<&str>) -> Proxies {
        Proxies {
            http: http.map(str::to_owned),
            https: https.map(str::to_owned),
            exceptions: exceptions.map(str::to_owned),
        }
    }

    #[test]
    fn the_scheme_decides_and_this_machine_needs_none() {
        let both = proxies(Some("a:1"), Some("https://b:2"), None);
        for (url, proxy) in [
            ("http://aws.example.com/x?y", Some("http://a:1")),
            ("https://aws.example.com", Some("https://b:2")),
            ("http://localhost:4566/", None),
            ("http://127.0.0.1:5000/b/k", None),
            ("http://127.9.9.9", None),
            ("https://[::1]:443/", None),
            ("http://localhost.example.com", Some("http://a:1")),
        ] {
            assert_eq!(both.of(url).as_deref(), proxy, "{url}");
        }
        assert_eq!(proxies(Some(D), None, None).of("https://x.com"), None);
        assert_eq!(proxies(None, Some(D), None).of("http://x.com"), None);
    }

    #[test]
    fn exceptions_are_those_of_go() {
        for (exceptions, url, excepted) in [
            ("*", "http://x.com", true),
            ("10.0.0.1:5000", "http://10.0.0.1:5000/", true),
            ("10.0.0.1:5000", "http://10.0.0.1:5001/", false),
            ("10.0.0.1", "http://10.0.0.1:5001/", true),
            ("10.0.0.0/8", "http://10.2.3.4", true),
            ("10.0.0.0/8", "http://11.2.3.4", false),
            ("0.0.0.0/0", "http://11.2.3.4", true),
            ("fd00::/8", "http://[fd12::1]:80/", true),
            ("[fd12::1]:80", "http://[fd12::1]/", true),
            ("example.com", "http://example.com", true),
            ("example.com", "http://a.EXAMPLE.com", true),
            ("example.com", "http://notexample.com", false),
            (".example.com", "http://example.com", false),
            (".example.com", "http://a.example.com", true),
            ("*.example.com", "http://a.example.com", true),
            ("example.com:80", "http://example.com/", true),
            ("example.com:443", "http://example.com/", false),
            ("a.com, example.com ,b.com", "http://example.com/", true),
            ("", "http://example.com/", false),
            (",:80,", "http://example.com/", false),
        ] {
            let found = proxies(Some(D), None, Some(exceptions)).of(url);
            assert_eq!(found.is_none(), excepted, "{exceptions} {url}");
        }
    }

    #[test]
    fn the_environment_is_read_in_capitals_first_and_knows_no_all_proxy() {
        let set = |name: &str| match name {
            "HTTP_PROXY" => Some("http://upper:1".to_owned()),
            "http_proxy" => Some("http://lower:1".to_owned()),
            "HTTPS_PROXY" => Some(String::new()),
            "https_proxy" => Some("http://lower:2".to_owned()),
            "ALL_PROXY" => Some("http://all:3".to_owned()),
            _ => None,
        };
        let read = Proxies::from_environment(&set);
        assert_eq!(read, proxies(Some("http://upper:1"), Some("http://lower:2"), None));
        let backend = proxies(None, Some("b:2"), Some("x"));
        assert_eq!(backend.or(read), proxies(Some("http://upper:1"), Some("b:2"), Some("x")));
        assert_eq!(
            Proxies::from_environment(&|name| (name == "ALL_PROXY").then(|| D.to_owned())),
            Proxies::default()
        );
    }

    #[test]
    fn what_is_no_proxy_is_an_error_that_shows_no_password() {
        for wrong in ["not a url", "socks5://u:secret@h:1", "http://", "://"] {
            let error = proxies(Some(wrong), None, None).urls().unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
        }
        assert_eq!(
            proxies(Some("h:1"), Some("https://h:2"), None).urls().unwrap(),
            ["http://h:1", "https://h:2"]
        );
    }
}
