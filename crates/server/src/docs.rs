//! The reference for people: `/docs`, made from the very descriptions that
//! programs read, whole in one page, readable offline.

use std::sync::LazyLock;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use serde_json::{Value, json};

use crate::edge::Edge;
use crate::problems::PROBLEMS;
use crate::{pages, router};

mod example;

/// What does not change while the process lives.
struct Content {
    routes: Vec<Value>,
    events: Vec<Value>,
    types: Vec<Value>,
}

static CONTENT: LazyLock<Content> = LazyLock::new(|| {
    let (openapi, events) = (router::openapi(), router::events());
    let mut types = openapi["components"]["schemas"].as_object().cloned().unwrap_or_default();
    if let Some(more) = events["components"]["schemas"].as_object() {
        types.extend(more.clone());
    }
    let list = events["events"].as_array().into_iter().flatten();
    Content {
        routes: routes(&openapi),
        events: list.map(|one| event(one, &events)).collect(),
        types: types.iter().map(|(name, schema)| a_type(name, schema)).collect(),
    }
});

/// `GET /docs`
pub(crate) async fn show(State(edge): State<Edge>) -> Response {
    let serde = |list: &'static [Value]| minijinja::Value::from(minijinja::value::Serde(list));
    pages::page(
        "docs.html",
        minijinja::context! {
            url => edge.config.public_url(),
            version => env!("CARGO_PKG_VERSION"),
            routes => serde(&CONTENT.routes),
            events => serde(&CONTENT.events),
            types => serde(&CONTENT.types),
            problems => minijinja::value::Serde(PROBLEMS),
        },
    )
}

fn routes(openapi: &Value) -> Vec<Value> {
    let paths = openapi["paths"].as_object().into_iter().flatten();
    let operations = paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().into_iter().flatten();
        methods.map(move |(method, operation)| route((path, method), operation, openapi))
    });
    operations.collect()
}

/// The heading a route stands under.
fn group(path: &str) -> &'static str {
    match path.split('/').nth(2).unwrap_or_default() {
        "chats" => "Chats and messages",
        "people" | "friends" | "blocks" => "People and friends",
        "sync" | "online" => "Staying in step",
        _ => "Accounts and sign-ins",
    }
}

fn route((path, method): (&str, &str), operation: &Value, all: &Value) -> Value {
    let body = |content: &Value| {
        let schema = &content["content"]["application/json"]["schema"];
        (!schema.is_null()).then(|| describe(schema))
    };
    let responses = operation["responses"].as_object().into_iter().flatten();
    let answers = responses.filter(|(status, _)| *status != "default");
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let takes = &operation["requestBody"]["content"]["application/json"]["schema"];
    let method = method.to_uppercase();
    let is_open = operation["security"].as_array().is_some_and(Vec::is_empty);
    // The only parameter that a route cannot do without.
    let query: &[&str] = if path == "/v1/people" { &["q"] } else { &[] };
    let request = example::Request {
        method: &method,
        path,
        query,
        is_open,
        body: (!takes.is_null()).then(|| example::value(takes, all)),
    };
    let answers: Vec<_> =
        answers.map(|(status, answer)| json!({ "status": status, "body": body(answer) })).collect();
    let gives = answers.iter().any(|answer| !answer["body"].is_null());
    json!({
        "id": operation["operationId"],
        "method": method,
        "path": path,
        "group": group(path),
        "summary": operation["summary"],
        "is_open": is_open,
        "parameters": parameters
            .map(|one| json!({ "name": one["name"], "about": one["description"] }))
            .collect::<Vec<_>>(),
        "curl": request.curl(),
        "script": request.script(gives),
        "takes": (!takes.is_null()).then(|| describe(takes)),
        "answers": answers,
        "errors": operation["x-errors"],
    })
}

fn event(event: &Value, all: &Value) -> Value {
    let ack = &event["ack"];
    json!({
        "name": event["name"],
        "direction": event["direction"],
        "summary": event["summary"],
        "payload": describe(&event["payload"]),
        "ack": (!ack.is_null()).then(|| describe(ack)),
        "script": example::event(event, all),
    })
}

fn a_type(name: &str, schema: &Value) -> Value {
    let required = |field: &str| {
        schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == field))
    };
    let fields = schema["properties"].as_object().into_iter().flatten().map(|(field, of)| {
        json!({
            "name": field,
            "type": describe(of),
            "about": of["description"],
            "is_optional": !required(field),
        })
    });
    json!({
        "name": name,
        "about": schema["description"],
        "fields": fields.collect::<Vec<_>>(),
        "type": describe(schema),
    })
}

/// A piece of a type's name: text, or the name of another type.
#[derive(Serialize)]
struct Part {
    text: String,
    link: bool,
}

/// A JSON Schema in a few words, with the types it names.
fn describe(schema: &Value) -> Vec<Part> {
    let mut parts = Vec::new();
    write(schema, &mut parts);
    parts
}

fn write(schema: &Value, parts: &mut Vec<Part>) {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        parts.push(Part { text: name.to_owned(), link: true });
        return;
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        if let Some(choices) = schema[key].as_array() {
            let glue = if key == "allOf" { " & " } else { " | " };
            write_all(choices, glue, parts);
            return;
        }
    }
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<_> = values.iter().map(ToString::to_string).collect();
        parts.push(text(values.join(" | ")));
        return;
    }
    match &schema["type"] {
        Value::Array(types) => {
            let each: Vec<_> = types.iter().map(|one| with_type(schema, one)).collect();
            write_all(&each, " | ", parts);
        }
        Value::String(kind) if kind == "array" => {
            parts.push(text("list of ".to_owned()));
            match &schema["items"] {
                Value::Object(_) => write(&schema["items"], parts),
                _ => parts.push(text("values".to_owned())),
            }
        }
        Value::String(kind) => parts.push(text(kind.clone())),
        _ => parts.push(text("anything".to_owned())),
    }
}

fn with_type(schema: &Value, kind: &Value) -> Value {
    let mut one = schema.clone();
    one["type"] = kind.clone();
    one
}

fn write_all(choices: &[Value], glue: &str, parts: &mut Vec<Part>) {
    for (at, choice) in choices.iter().enumerate() {
        if at > 0 {
            parts.push(text(glue.to_owned()));
        }
        write(choice, parts);
    }
}

fn text(text: String) -> Part {
    Part { text, link: false }
}
