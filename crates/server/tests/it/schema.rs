//! What is really said, held against what the reference says of it.

#![expect(clippy::unwrap_used, reason = "what fails in a helper fails the test")]

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::harness::{Harness, Person};

/// What of `value` is not as `schema` says: a server's answer has every field
/// and no other.
fn faults(value: &Value, schema: &Value, all: &Value, at: &str) -> Vec<String> {
    if let Some(reference) = schema["$ref"].as_str() {
        return faults(value, all.pointer(&reference[1..]).unwrap(), all, at);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let fits = |choice| faults(value, choice, all, at).is_empty();
        return complain(choices.iter().any(fits), at, value);
    }
    if let Some(words) = schema["enum"].as_array() {
        return complain(words.contains(value), at, value);
    }
    let (own, must) = (&schema["properties"], &schema["required"]);
    if let (Some(own), Some(must)) = (own.as_object(), must.as_array()) {
        assert_eq!(own.len(), must.len(), "{at}: a server leaves nothing out");
    }
    let fields = fields(schema, all);
    if !fields.is_empty() {
        let Some(object) = value.as_object() else { return complain(false, at, value) };
        let unknown = object.keys().filter(|name| !fields.contains_key(*name));
        let mut found: Vec<_> = unknown.map(|name| format!("{at}.{name} is unknown")).collect();
        for (name, schema) in &fields {
            found.extend(match object.get(name) {
                Some(value) => faults(value, schema, all, &format!("{at}.{name}")),
                None => vec![format!("{at}.{name} is missing")],
            });
        }
        return found;
    }
    let items = value.as_array().into_iter().flatten();
    if let Some(parts) = schema["prefixItems"].as_array() {
        let each = items.zip(parts).flat_map(|(item, part)| faults(item, part, all, at));
        return each
            .chain(complain(value.as_array().unwrap().len() == parts.len(), at, value))
            .collect();
    }
    if schema["items"].is_object() {
        let each = items.flat_map(|item| faults(item, &schema["items"], all, &format!("{at}[]")));
        return each.chain(complain(value.is_array(), at, value)).collect();
    }
    complain(has_type(value, &schema["type"]), at, value)
}

fn complain(is_good: bool, at: &str, value: &Value) -> Vec<String> {
    if is_good { Vec::new() } else { vec![format!("{at}: {value}")] }
}

fn has_type(value: &Value, kind: &Value) -> bool {
    match kind.as_str() {
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("null") => value.is_null(),
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        _ => kind.as_array().is_some_and(|kinds| kinds.iter().any(|kind| has_type(value, kind))),
    }
}

/// The fields of an object, with those of what it is made of.
fn fields(schema: &Value, all: &Value) -> BTreeMap<String, Value> {
    if let Some(reference) = schema["$ref"].as_str() {
        return fields(all.pointer(&reference[1..]).unwrap(), all);
    }
    let own = schema["properties"].as_object().into_iter().flatten();
    let own = own.map(|(name, schema)| (name.clone(), schema.clone()));
    let parts = schema["allOf"].as_array().into_iter().flatten();
    own.chain(parts.flat_map(|part| fields(part, all))).collect()
}

/// Asks as `who` and holds the answer against the reference.
async fn ask(who: &Person, openapi: &Value, (method, path): (&str, &str), body: Value) -> Value {
    let has_body = !body.is_null();
    let mut request = http::Request::builder().method(method).uri(path);
    if has_body {
        request = request.header("content-type", "application/json");
    }
    let body = if has_body { serde_json::to_vec(&body).unwrap() } else { Vec::new() };
    let answer = who.raw(request.body(body).unwrap()).await;
    let operation = operation(openapi, method, path);
    let said = &operation["responses"][answer.status.as_str()];
    assert!(said.is_object(), "{method} {path}: {} {}", answer.status, answer.text());
    let schema = &said["content"]["application/json"]["schema"];
    let value = answer.json();
    if schema.is_null() {
        assert_eq!(value, Value::Null, "{method} {path}");
    } else {
        let found = faults(&value, schema, openapi, path);
        assert!(found.is_empty(), "{method} {path}: {found:#?}");
    }
    value
}

/// The operation whose path has the same pieces, names in braces aside.
fn operation<'a>(openapi: &'a Value, method: &str, path: &str) -> &'a Value {
    let path = path.split('?').next().unwrap();
    let fits = |known: &str| {
        let pieces = known.split('/').zip(path.split('/'));
        known.split('/').count() == path.split('/').count()
            && pieces.into_iter().all(|(one, other)| one == other || one.starts_with('{'))
    };
    let mut all: Vec<_> = openapi["paths"].as_object().unwrap().iter().collect();
    all.retain(|(known, _)| fits(known));
    // `/v1/friends/requests` is meant before `/v1/friends/{account}`.
    all.sort_by_key(|(known, _)| known.contains('{'));
    let at = all.iter().find_map(|(_, methods)| methods.get(method.to_lowercase()));
    at.unwrap_or_else(|| panic!("{method} {path} is not documented"))
}

#[tokio::test]
async fn answers_are_as_the_reference_says() {
    let h = Harness::start().await;
    let openapi = h.stranger().get("/openapi.json").await.gives(200);
    let (ann, bob, eve) = (h.person("ann").await, h.person("bob").await, h.person("eve").await);
    let chat = ann.befriends(&bob).await;
    let asks = async |who, method, path: &str, body| ask(who, &openapi, (method, path), body).await;

    asks(&eve, "PUT", &format!("/v1/friends/{}", ann.id), Value::Null).await;
    asks(&ann, "PUT", &format!("/v1/blocks/{}", eve.id), Value::Null).await;
    asks(&ann, "PATCH", "/v1/me", json!({ "bio": "Hello.", "username": null })).await;
    let new = json!({ "client_id": "1", "body": "one" });
    let messages = format!("/v1/chats/{chat}/messages");
    asks(&ann, "POST", &messages, new.clone()).await;
    asks(&ann, "POST", &messages, new).await;
    let answer = json!({ "client_id": "2", "body": "two", "reply_to_seq": 1 });
    asks(&bob, "POST", &messages, answer).await;
    asks(&bob, "PATCH", &format!("{messages}/2"), json!({ "body": "three" })).await;
    asks(&bob, "DELETE", &format!("{messages}/2"), Value::Null).await;
    asks(&ann, "PUT", &format!("/v1/chats/{chat}/read"), json!({ "seq": 2 })).await;
    let mine =
        json!({ "pinned": true, "muted_until": null, "unread_seq": 2, "hidden_upto_seq": 1 });
    asks(&ann, "PATCH", &format!("/v1/chats/{chat}/mine"), mine).await;
    asks(&ann, "POST", "/v1/password/strength", json!({ "password": "x" })).await;
    let login = json!({ "email": ann.email, "password": crate::harness::PASSWORD, "tokens": true });
    asks(&ann, "POST", "/v1/login", login).await;
    asks(&ann, "POST", "/v1/password/forgot", json!({ "email": ann.email })).await;
    for path in [
        "/v1/me",
        "/v1/logins",
        "/v1/people?q=bo",
        "/v1/friends",
        "/v1/friends/requests",
        "/v1/blocks",
        "/v1/chats",
        "/v1/online",
        &format!("/v1/people/{}", bob.id),
        &format!("/v1/chats/{chat}"),
        &messages,
        &format!("/v1/chats/{chat}/changes?rev=1"),
    ] {
        asks(&ann, "GET", path, Value::Null).await;
    }
    let all = asks(&ann, "POST", "/v1/sync", json!({ "limit": 1 })).await;
    assert!(!all["chats"].as_array().unwrap().is_empty());
    let log = json!({ "epoch": all["epoch"], "arev": 1, "chats": {} });
    let log = asks(&ann, "POST", "/v1/sync", log).await;
    assert!(log["events"].as_array().unwrap().len() >= 3, "{log}");
}

#[tokio::test]
async fn events_are_as_the_reference_says() {
    let h = Harness::start().await;
    let events = h.stranger().get("/events.json").await.gives(200);
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let (mut desk, mut phone) = (ann.socket().await, ann.socket().await);
    let mut his = bob.socket().await;
    desk.hears("ready").await;
    his.hears("ready").await;
    let chat = ann.befriends(&bob).await;
    let part = |name: &str, part: &str| {
        let all = events["events"].as_array().unwrap();
        let is_it = |event: &&Value| event["name"] == name && !event[part].is_null();
        all.iter().find(is_it).unwrap_or_else(|| panic!("{name}"))[part].clone()
    };
    let place = json!({ "chat": chat, "seq": 1 });
    for (name, payload) in [
        ("message.send", json!({ "chat": chat, "client_id": "1", "body": "one" })),
        ("message.edit", json!({ "chat": chat, "seq": 1, "body": "two" })),
        ("message.delete", place.clone()),
        ("chat.delivered", place.clone()),
        ("chat.read", place),
        ("chat.open", json!({ "chat": chat })),
        ("presence.watch", json!({ "accounts": [bob.id] })),
        ("sync", json!({})),
        ("sync.check", json!({ "arev": 0, "open": [[chat, 0]] })),
    ] {
        let mut ack = desk.ask(name, &payload).await;
        assert_eq!(ack.as_object_mut().unwrap().remove("ok"), Some(json!(true)), "{name}: {ack}");
        let found = faults(&ack, &part(name, "ack"), &events, name);
        assert!(found.is_empty(), "{found:#?}");
    }
    ann.patch(&format!("/v1/chats/{chat}/mine"), &json!({ "pinned": true })).await.gives(200);
    ann.patch("/v1/me", &json!({ "name": "Anna" })).await.gives(200);
    his.emit("typing", &json!({ "chat": chat, "on": true }));
    bob.put(&format!("/v1/chats/{chat}/read"), &json!({ "seq": 1 })).await.gives(204);
    let to_client = |name: &str| {
        let all = events["events"].as_array().unwrap();
        all.iter().find(|e| e["name"] == name && e["direction"] == "to_client").unwrap().clone()
    };
    for name in [
        "ready",
        "friend.request",
        "friend.accepted",
        "chat.new",
        "message.new",
        "message.updated",
        "message.deleted",
        "mine.updated",
        "account.updated",
        "typing",
        "receipt",
    ] {
        let payload = phone.hears(name).await;
        let found = faults(&payload, &to_client(name)["payload"], &events, name);
        assert!(found.is_empty(), "{found:#?}");
    }
}

#[tokio::test]
async fn every_field_is_explained_and_every_list_of_words_is_closed() {
    let h = Harness::start().await;
    let mut schemas = serde_json::Map::new();
    for path in ["/openapi.json", "/events.json"] {
        let document = h.stranger().get(path).await.gives(200);
        for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
            let other = schemas.insert(name.clone(), schema.clone());
            assert!(other.is_none_or(|other| other == *schema), "two things are called {name}");
        }
    }
    let mut silent = Vec::new();
    for (name, schema) in &schemas {
        if schema["description"].is_null() {
            silent.push(name.clone());
        }
        let parts = schema["allOf"].as_array().into_iter().flatten().chain([schema]);
        for (field, of) in parts.filter_map(|part| part["properties"].as_object()).flatten() {
            if of["description"].is_null() {
                silent.push(format!("{name}.{field}"));
            }
            let is_word = ["role", "kind", "relation"].contains(&field.as_str());
            assert!(!is_word || of["$ref"].is_string(), "{name}.{field} may be anything: {of}");
        }
    }
    assert!(silent.is_empty(), "{silent:#?}");
    let chats = &schemas["SyncRequest"]["properties"]["chats"]["additionalProperties"];
    assert_eq!(chats["prefixItems"].as_array().map(Vec::len), Some(3), "{chats}");
}
