//! Pages the server writes itself: the reference and the development inbox.
//!
//! Each is whole in one answer, with no script from anywhere else; its styles
//! and scripts are allowed by their hash, so nothing injected could run.

use std::sync::LazyLock;

use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::HeaderValue;
use http::header::CONTENT_SECURITY_POLICY;
use minijinja::{AutoEscape, Environment, Value};
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("pages/page.css");
const SCRIPT: &str = include_str!("pages/copy.js");

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut templates = Environment::new();
    templates.set_auto_escape_callback(|_| AutoEscape::Html);
    for (name, text) in [
        ("page.html", include_str!("pages/page.html")),
        ("docs.html", include_str!("pages/docs.html")),
        ("inbox.html", include_str!("pages/inbox.html")),
    ] {
        templates.add_template(name, text).expect("our own templates are whole");
    }
    templates.add_global("style", Value::from_safe_string(STYLE.to_owned()));
    templates.add_global("script", Value::from_safe_string(SCRIPT.to_owned()));
    templates
});

static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let hash = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; connect-src 'self'; \
         frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        hash(STYLE),
        hash(SCRIPT)
    );
    HeaderValue::try_from(policy).expect("a policy is plain ASCII")
});

/// The page `name`, filled with `values`.
pub(crate) fn page(name: &str, values: Value) -> Response {
    let template = TEMPLATES.get_template(name).expect("our own templates are listed above");
    match template.render(values) {
        Ok(html) => {
            let mut response = Html(html).into_response();
            response.headers_mut().insert(CONTENT_SECURITY_POLICY, POLICY.clone());
            response
        }
        Err(error) => crate::reply::Failure::from(domain::Error::internal(error)).into_response(),
    }
}
