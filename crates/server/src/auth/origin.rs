//! Where a browser's request comes from. Another site's page may make a
//! browser send a request with our cookies; it cannot lie about its origin.

use domain::{Error, Kind};
use http::header::ORIGIN;
use http::{HeaderMap, Method};

use super::is_by_cookie;
use crate::config::{Config, is_own_name};
use crate::edge::Edge;

/// Refuses an unsafe request that another site's page made.
///
/// # Errors
/// `request.origin`.
pub fn check(edge: &Edge, method: &Method, headers: &HeaderMap) -> Result<(), Error> {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    check_always(edge, headers)
}

/// The same for a socket's handshake, which is a GET but opens a way to
/// write: every method is checked.
///
/// # Errors
/// `request.origin`.
pub fn check_always(edge: &Edge, headers: &HeaderMap) -> Result<(), Error> {
    let origin = headers.get(ORIGIN).map(|value| value.to_str().unwrap_or("null"));
    let is_site = |name| headers.get("sec-fetch-site").is_some_and(|site| site == name);
    let is_ours = match origin {
        Some(origin) => is_ours(&edge.config, origin),
        // A browser names its origin on every unsafe request, and says of a
        // GET, such as a handshake by polling, that its own page makes it. A
        // program that says neither must not lean on cookies.
        None => is_site("same-origin") || !is_by_cookie(edge, headers),
    };
    let is_cross_site = is_site("cross-site");
    if is_ours && !is_cross_site {
        return Ok(());
    }
    Err(Error::new(
        Kind::Forbidden,
        "request.origin",
        format!("Requests come from {} or name no cookie.", edge.config.public_url()),
    ))
}

/// Whether `origin` is that of `public_url`. The names of the own machine are
/// one to a loopback listener; their port counts except with `--dev`.
pub(crate) fn is_ours(config: &Config, origin: &str) -> bool {
    let public_url = config.public_url();
    let (Some(ours), Some(theirs)) = (Origin::parse(&public_url), Origin::parse(origin)) else {
        return false;
    };
    if ours == theirs {
        return true;
    }
    config.listen.ip().is_loopback()
        && ours.is_loopback()
        && theirs.is_loopback()
        && (config.dev || ours.port == theirs.port)
}

#[derive(Debug, PartialEq, Eq)]
struct Origin {
    is_https: bool,
    host: String,
    port: u16,
}

impl Origin {
    /// Reads scheme, host and port; a path after them is ignored, as in
    /// `public_url`. Anything that does not read is nobody's origin.
    fn parse(text: &str) -> Option<Self> {
        let uri: http::Uri = text.parse().ok()?;
        let is_https = match uri.scheme_str()? {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let authority = uri.authority()?;
        if authority.as_str().contains('@') {
            return None;
        }
        let port = uri.port_u16().unwrap_or(if is_https { 443 } else { 80 });
        Some(Self { is_https, host: authority.host().to_ascii_lowercase(), port })
    }

    fn is_loopback(&self) -> bool {
        is_own_name(&self.host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_own_origin_is_ours() {
        let mut config =
            Config { public_url: Some("https://chat.example.org".into()), ..Config::default() };
        for (origin, want) in [
            ("https://chat.example.org", true),
            ("https://CHAT.example.org:443", true),
            ("http://chat.example.org", false),
            ("https://chat.example.org:8443", false),
            ("https://chat.example.org.evil.org", false),
            ("https://evilchat.example.org", false),
            ("https://chat.example.org@evil.org", false),
            ("https://localhost", false),
            ("null", false),
            ("", false),
        ] {
            assert_eq!(is_ours(&config, origin), want, "{origin}");
        }
        config.public_url = None;
        for (origin, want, want_dev) in [
            ("http://localhost:8080", true, true),
            ("http://127.0.0.1:8080", true, true),
            ("http://[::1]:8080", true, true),
            ("http://localhost:5173", false, true),
            ("http://localhost.evil.org:8080", false, false),
        ] {
            config.dev = false;
            assert_eq!(is_ours(&config, origin), want, "{origin}");
            config.dev = true;
            assert_eq!(is_ours(&config, origin), want_dev, "{origin} in dev");
        }
    }
}
