//! The reference: whole, in step with what is mounted, readable offline.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::harness::Harness;

/// Every `$ref` of a document.
fn references<'a>(value: &'a Value, into: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(fields) => {
            into.extend(fields.get("$ref").and_then(Value::as_str));
            fields.values().for_each(|value| references(value, into));
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, into)),
        _ => {}
    }
}

#[tokio::test]
async fn every_reference_leads_somewhere() {
    let h = Harness::start().await;
    for path in ["/openapi.json", "/events.json"] {
        let document = h.stranger().get(path).await.gives(200);
        let mut all = BTreeSet::new();
        references(&document, &mut all);
        for reference in &all {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{path}: {reference}");
        }
        assert!(!all.is_empty(), "{path}");
    }
}

#[tokio::test]
async fn every_documented_route_is_mounted_and_asks_for_a_sign_in_as_it_says() {
    let h = Harness::start().await;
    let document = h.stranger().get("/openapi.json").await.gives(200);
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let name = format!("{method} {path}");
            assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{name}: its id");
            let path = path.replace("{id}", "none").replace("{account}", "none");
            let request = http::Request::builder()
                .method(http::Method::from_bytes(method.to_uppercase().as_bytes()).unwrap())
                .uri(path.replace("{seq}", "1"))
                .body(Vec::new())
                .unwrap();
            let answer = h.stranger().raw(request).await;
            let is_open = operation["security"].as_array().unwrap().is_empty();
            let asks = answer.status == 401 && answer.json()["code"] == "login.required";
            assert!(answer.status != 405, "{name}: {}", answer.text());
            assert_eq!(asks, !is_open, "{name}: {}", answer.text());
        }
    }
    assert!(ids.len() > 15, "{ids:?}");
}

#[tokio::test]
async fn the_page_names_every_route_and_loads_nothing() {
    let h = Harness::start().await;
    let document = h.stranger().get("/openapi.json").await.gives(200);
    let events = h.stranger().get("/events.json").await.gives(200);
    let answer = h.stranger().get("/docs").await;
    let page = answer.gives_html();
    for path in document["paths"].as_object().unwrap().keys() {
        let path = path.replace('/', "&#x2f;");
        assert!(page.contains(&format!("<code class=\"grow\">{path}</code>")), "{path}");
    }
    for event in events["events"].as_array().unwrap() {
        assert!(page.contains(event["name"].as_str().unwrap()), "{event}");
    }
    for (code, _) in server::problems::PROBLEMS {
        assert!(page.contains(&format!("id=\"{code}\"")), "{code}");
    }
    for loads in ["src=\"http", "<link", "@import", "url("] {
        assert!(!page.contains(loads), "{loads}");
    }
    assert!(answer.header("content-security-policy").contains("style-src 'sha256-"));
}
