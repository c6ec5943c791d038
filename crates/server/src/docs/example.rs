//! Examples for the reference, made from the very schemas it shows, so that
//! each names every field that must be there and none that is not.

use std::fmt::Write;

use serde_json::{Map, Value, json};

const CHAT: &str = "0198f3a2-5b1c-7d3e-8f4a-6b5c4d3e2f1a";
const ACCOUNT: &str = "0198f3a2-1a2b-7c3d-8e4f-5a6b7c8d9e0f";

/// A value that `schema` allows, with the fields that must be there.
pub(super) fn value(schema: &Value, all: &Value) -> Value {
    of("", schema, all)
}

fn of(name: &str, schema: &Value, all: &Value) -> Value {
    if let Some(target) = schema["$ref"].as_str() {
        return of(name, all.pointer(target.trim_start_matches('#')).unwrap_or(&Value::Null), all);
    }
    if let Some(known) = known(name) {
        return known;
    }
    let list = |key: &str| schema[key].as_array().filter(|list| !list.is_empty());
    if let Some(words) = list("enum") {
        return words[0].clone();
    }
    if let Some(choices) = list("oneOf") {
        return of(name, &choices[0], all);
    }
    if let Some(parts) = list("prefixItems") {
        return parts.iter().map(|part| of("", part, all)).collect();
    }
    match schema["type"].as_str() {
        Some("object") => object(schema, all),
        Some("array") => json!([of(name.trim_end_matches('s'), &schema["items"], all)]),
        Some("integer" | "number") => json!(1),
        Some("boolean") => json!(true),
        _ => json!("…"),
    }
}

fn object(schema: &Value, all: &Value) -> Value {
    let must = schema["required"].as_array().into_iter().flatten();
    let fields = must.filter_map(Value::as_str).map(|name| {
        let value = of(name, &schema["properties"][name], all);
        (name.to_owned(), value)
    });
    let mut fields: Map<String, Value> = fields.collect();
    if schema["additionalProperties"].is_object() {
        fields.insert(CHAT.to_owned(), of("", &schema["additionalProperties"], all));
    }
    Value::Object(fields)
}

/// What people would write in a field of this name.
fn known(name: &str) -> Option<Value> {
    Some(match name {
        "chat" => json!(CHAT),
        "account" | "signup" => json!(ACCOUNT),
        "email" => json!("ann@example.org"),
        "name" => json!("Ann"),
        "password" => json!("quiet harbour lantern 7"),
        "code" => json!("123456"),
        "client_id" => json!("any-id-of-yours-1"),
        "body" => json!("Hello"),
        "tokens" => json!(true),
        "seq" => json!(7),
        "arev" => json!(0),
        _ => return None,
    })
}

/// A path with something in place of each name in braces.
fn filled(path: &str, query: &[&str]) -> String {
    let mut filled = path.replace("{account}", ACCOUNT).replace("{id}", CHAT).replace("{seq}", "7");
    for (at, name) in query.iter().enumerate() {
        let _ = write!(filled, "{}{name}=ann", if at == 0 { "?" } else { "&" });
    }
    filled
}

/// What is needed to write a request down.
pub(super) struct Request<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    /// The query parameters without which the route refuses.
    pub(super) query: &'a [&'a str],
    pub(super) is_open: bool,
    pub(super) body: Option<Value>,
}

impl Request<'_> {
    pub(super) fn curl(&self) -> String {
        let verb = match (self.method, &self.body) {
            ("GET", _) | ("POST", Some(_)) => String::new(),
            (method, _) => format!(" -X {method}"),
        };
        let mut lines = vec![format!("curl{verb} \"$TIDINGS{}\"", filled(self.path, self.query))];
        if !self.is_open {
            lines.push("-H \"authorization: Bearer $TOKEN\"".to_owned());
        }
        if let Some(body) = &self.body {
            lines.push("-H 'content-type: application/json'".to_owned());
            lines.push(format!("-d '{body}'"));
        }
        lines.join(" \\\n  ")
    }

    pub(super) fn script(&self, answers: bool) -> String {
        let mut headers = Vec::new();
        if !self.is_open {
            headers.push("authorization: `Bearer ${token}`");
        }
        if self.body.is_some() {
            headers.push("\"content-type\": \"application/json\"");
        }
        let mut options = Vec::new();
        if self.method != "GET" {
            options.push(format!("  method: \"{}\",\n", self.method));
        }
        if !headers.is_empty() {
            options.push(format!("  headers: {{ {} }},\n", headers.join(", ")));
        }
        if let Some(body) = &self.body {
            options.push(format!("  body: JSON.stringify({}),\n", literal(body)));
        }
        let url = format!("tidings + \"{}\"", filled(self.path, self.query));
        let call = match options.is_empty() {
            true => format!("fetch({url})"),
            false => format!("fetch({url}, {{\n{}}})", options.concat()),
        };
        let read = if answers { "\nconst body = await answer.json();" } else { "" };
        format!("const answer = await {call};{read}")
    }
}

/// How the event is said or heard with a Socket.IO client.
pub(super) fn event(event: &Value, all: &Value) -> String {
    let name = event["name"].as_str().unwrap_or_default();
    let payload = || literal(&value(&event["payload"], all));
    match (event["direction"].as_str(), event["ack"].is_null()) {
        (Some("to_server"), false) => {
            format!("const ack = await socket.emitWithAck(\"{name}\", {});", payload())
        }
        (Some("to_server"), true) => format!("socket.emit(\"{name}\", {});", payload()),
        _ => match fields(&event["payload"], all).as_slice() {
            [] => format!("socket.on(\"{name}\", () => {{ … }});"),
            names => format!("socket.on(\"{name}\", ({{ {} }}) => {{ … }});", names.join(", ")),
        },
    }
}

/// The fields that an object may have.
fn fields<'a>(schema: &'a Value, all: &'a Value) -> Vec<&'a str> {
    if let Some(target) = schema["$ref"].as_str() {
        return all
            .pointer(target.trim_start_matches('#'))
            .map_or(Vec::new(), |of| fields(of, all));
    }
    schema["properties"].as_object().into_iter().flatten().map(|(name, _)| &**name).collect()
}

/// A value as people write it in a program: names without quotes.
fn literal(value: &Value) -> String {
    match value {
        Value::Object(fields) if fields.is_empty() => "{}".to_owned(),
        Value::Object(fields) => {
            let is_plain = |name: &str| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            let fields = fields.iter().map(|(name, value)| match is_plain(name) {
                true => format!("{name}: {}", literal(value)),
                false => format!("\"{name}\": {}", literal(value)),
            });
            format!("{{ {} }}", fields.collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}
