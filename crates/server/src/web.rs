//! The bundled client: pages and their parts, embedded in the program.
//!
//! Names with a hash of their content never change, so browsers keep them
//! for ever; every other path is the one page, which asks again each time.

use axum::body::Body;
use axum::response::{Html, IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG};
use http::{HeaderMap, HeaderValue, StatusCode};
use rust_embed::RustEmbed;

use crate::edge::Edge;

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

/// The file at `path`, or the client's one page.
pub(crate) fn page(edge: &Edge, path: &str, headers: &HeaderMap) -> Response {
    let name = path.trim_start_matches('/');
    let (name, file) = match Bundle::get(name) {
        Some(file) if !name.is_empty() => (name, file),
        // A missing part must not be answered with a page.
        _ if name.starts_with("assets/") => return StatusCode::NOT_FOUND.into_response(),
        _ => match Bundle::get("index.html") {
            Some(file) => ("index.html", file),
            None => return with_policy(Html(MISSING).into_response(), edge),
        },
    };
    let hash = file.metadata.sha256_hash();
    let tag: String = hash[..12].iter().map(|byte| format!("{byte:02x}")).collect();
    let tag = HeaderValue::try_from(format!("\"{tag}\"")).expect("hex is plain ASCII");
    let is_known = headers.get(http::header::IF_NONE_MATCH).is_some_and(|known| known == tag);
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Response::new(Body::from(file.data.into_owned()))
    };
    let is_hashed = name.starts_with("assets/");
    let cache = if is_hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    let set = response.headers_mut();
    set.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    set.insert(CONTENT_TYPE, HeaderValue::from_static(kind(name)));
    set.insert(ETAG, tag);
    with_policy(response, edge)
}

/// Browsers differ in whether `'self'` covers the socket's scheme; it is
/// named for this host.
fn with_policy(mut response: Response, edge: &Edge) -> Response {
    let socket = edge.config.public_url().replacen("http", "ws", 1);
    let policy = POLICY.replacen("connect-src 'self'", &format!("connect-src 'self' {socket}"), 1);
    if let Ok(policy) = HeaderValue::try_from(policy) {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
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
