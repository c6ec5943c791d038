//! The bundled client: pages and their parts, embedded in the program.
//!
//! Names with a hash of their content never change, so browsers keep them
//! for ever; every other path is the one page, which asks again each time.
//! The client's build lays compressed forms beside its files; the smallest
//! one that the browser takes is sent.

use std::borrow::Cow;

use axum::body::Body;
use axum::response::{Html, IntoResponse, Response};
use domain::Error;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, VARY,
};
use http::{HeaderMap, HeaderValue, StatusCode};
use rust_embed::RustEmbed;

use crate::edge::Edge;
use crate::reply::Failure;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/dist"]
struct Bundle;

/// Scripts, styles and connections only from here; nothing may frame us.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; \
    img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; \
    worker-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'";

/// What a build without the client shows.
const MISSING: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
    <title>Tidings</title><h1>Tidings serves, without its web client</h1>\
    <p>This program was built before the client was. Build it and then the program again:</p>\
    <pre>cd web && npm ci && npm run build\ncargo build</pre>\
    <p>The API works: see <a href=\"/docs\">/docs</a>.</p></html>";

/// The forms a file may have beside its plain one, the smallest first: the
/// content coding (RFC 9110, 8.4.1) and the end of the name.
const CODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// A file of the client.
struct File {
    bytes: Cow<'static, [u8]>,
    /// Another one whenever the bytes are others.
    tag: String,
}

fn embedded(name: &str) -> Option<File> {
    let file = Bundle::get(name)?;
    let tag = file.metadata.sha256_hash()[..12].iter().map(|byte| format!("{byte:02x}")).collect();
    Some(File { bytes: file.data, tag })
}

/// The file at `path`, or the client's one page.
pub(crate) fn page(edge: &Edge, path: &str, headers: &HeaderMap) -> Response {
    let mut response = answer(path, headers, embedded);
    // Browsers differ in whether `'self'` covers the socket's scheme.
    let socket = edge.config.public_url().replacen("http", "ws", 1);
    let policy = POLICY.replacen("connect-src 'self'", &format!("connect-src 'self' {socket}"), 1);
    if let Ok(policy) = HeaderValue::try_from(policy) {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

fn answer(path: &str, headers: &HeaderMap, find: impl Fn(&str) -> Option<File>) -> Response {
    let name = path.trim_start_matches('/');
    let (name, file) = match find(name) {
        Some(file) => (name, file),
        // A missing part must not be answered with a page.
        None if name.starts_with("assets/") => {
            return Failure::from(Error::not_found("request.not_found")).into_response();
        }
        None => match find("index.html") {
            Some(file) => ("index.html", file),
            None => return Html(MISSING).into_response(),
        },
    };
    let coded = CODINGS.iter().filter(|(coding, _)| is_taken(headers, coding));
    let coded = coded.map(|(coding, end)| Some((*coding, find(&format!("{name}{end}"))?)));
    let (coding, file) = match coded.flatten().next() {
        Some((coding, file)) => (Some(coding), file),
        None => (None, file),
    };
    let tag = HeaderValue::try_from(format!("\"{}\"", file.tag)).expect("hex is plain ASCII");
    let is_known = headers.get(IF_NONE_MATCH).is_some_and(|known| known == tag);
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Response::new(Body::from(file.bytes))
    };
    let is_hashed = name.starts_with("assets/");
    let cache = if is_hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    let set = response.headers_mut();
    set.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    set.insert(CONTENT_TYPE, HeaderValue::from_static(kind(name)));
    set.insert(ETAG, tag);
    set.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(coding) = coding {
        set.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    response
}

/// Whether the browser names the coding and does not refuse it by `q=0`
/// (RFC 9110, 12.5.3).
fn is_taken(headers: &HeaderMap, coding: &str) -> bool {
    let lists = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|item| {
        let (name, weight) = item.split_once(';').unwrap_or((item, ""));
        let weight = weight.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse::<f32>);
        name.trim().eq_ignore_ascii_case(coding) && weight.is_ok_and(|weight| weight > 0.0)
    })
}

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(name: &str) -> Option<File> {
        let known = ["index.html", "sw.js", "assets/app-1a2b.js", "sw.js.br", "sw.js.gz"];
        let file = || File { bytes: name.to_owned().into_bytes().into(), tag: "7".to_owned() };
        known.contains(&name).then(file)
    }

    fn header(response: &Response, name: http::HeaderName) -> &str {
        response.headers()[name].to_str().unwrap()
    }

    #[test]
    fn parts_are_kept_for_ever_and_the_page_is_asked_for_again() {
        let none = HeaderMap::new();
        let (page, script) = ("text/html; charset=utf-8", "text/javascript; charset=utf-8");
        for (path, kind, cache) in [
            ("/", page, "no-cache"),
            ("/chats/x", page, "no-cache"),
            ("/../../etc/passwd", page, "no-cache"),
            ("/sw.js", script, "no-cache"),
            ("/assets/app-1a2b.js", script, "public, max-age=31536000, immutable"),
        ] {
            let response = answer(path, &none, built);
            assert_eq!(response.status(), 200, "{path}");
            assert_eq!(header(&response, CONTENT_TYPE), kind, "{path}");
            assert_eq!(header(&response, CACHE_CONTROL), cache, "{path}");
        }
        assert_eq!(answer("/assets/old.js", &none, built).status(), 404);
    }

    #[test]
    fn what_a_browser_has_is_not_sent_again() {
        let mut has = HeaderMap::new();
        has.insert(IF_NONE_MATCH, HeaderValue::from_static("\"7\""));
        assert_eq!(answer("/", &has, built).status(), 304);
        has.insert(IF_NONE_MATCH, HeaderValue::from_static("\"8\""));
        assert_eq!(answer("/", &has, built).status(), 200);
    }

    #[test]
    fn the_smallest_form_is_sent_that_the_browser_takes() {
        for (takes, coding) in [
            ("gzip, deflate, br, zstd", Some("br")),
            ("gzip, br;q=0", Some("gzip")),
            ("GZIP;q=0.5", Some("gzip")),
            ("deflate, brotli", None),
            ("br;q=x", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(takes));
            let response = answer("/sw.js", &headers, built);
            let sent = response.headers().get(CONTENT_ENCODING).map(|sent| sent.to_str().unwrap());
            assert_eq!(sent, coding, "{takes}");
            assert_eq!(header(&response, VARY), "accept-encoding");
            assert_eq!(header(&response, CONTENT_TYPE), "text/javascript; charset=utf-8");
            let page = answer("/", &headers, built);
            assert!(!page.headers().contains_key(CONTENT_ENCODING), "it has no such form");
        }
    }

    #[test]
    fn a_build_without_the_client_says_so() {
        let response = answer("/", &HeaderMap::new(), |_| None);
        assert_eq!(response.status(), 200);
        assert!(!response.headers().contains_key(ETAG));
    }
}
