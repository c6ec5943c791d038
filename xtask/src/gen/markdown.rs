//! The references in `docs/`, from the same descriptions as the types.

use std::fmt::Write;

use anyhow::{Context, Result};
use serde_json::Value;

use super::typescript;
use super::wire::Wire;

const WRITTEN: &str = "<!-- Written by `cargo xtask gen`; do not edit by hand. -->\n\n";

/// `docs/api.md`: every route, then every type.
pub(crate) fn api(openapi: &Value, wire: &Wire) -> Result<String> {
    let mut text = format!("# The native API over HTTP\n\n{WRITTEN}");
    text += "Times are Unix milliseconds, ids are UUIDs. An error is a problem document\n\
        (RFC 9457) whose `code` is stable. A field that is absent is `null` in an answer;\n\
        in a request it may be left out, and an unknown one is refused.\n\n## Routes\n";
    let paths = openapi["paths"].as_object().context("no paths")?;
    for (path, methods) in paths {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            route(&mut text, path, method, operation)?;
        }
    }
    text += "\n## Types\n\n```ts\n";
    text += typescript::declarations(&wire.schemas, &wire.direction)?.trim_end();
    text += "\n```\n";
    Ok(text)
}

fn route(text: &mut String, path: &str, method: &str, operation: &Value) -> Result<()> {
    let summary = operation["summary"].as_str().unwrap_or_default();
    let _ = writeln!(text, "\n### {} {path}\n\n{summary}\n", method.to_uppercase());
    if operation["security"].as_array().is_some_and(Vec::is_empty) {
        text.push_str("- Needs no sign-in.\n");
    }
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        if parameter["in"] == "query" {
            let name = parameter["name"].as_str().unwrap_or_default();
            let about = parameter["description"].as_str().unwrap_or_default();
            let _ = writeln!(text, "- Query `{name}`: {about}");
        }
    }
    if let Some(body) = json_body(&operation["requestBody"]) {
        let _ = writeln!(text, "- Body: `{}`", one_line(&typescript::inline(body)?));
    }
    for (status, answer) in operation["responses"].as_object().into_iter().flatten() {
        if status == "default" {
            continue;
        }
        let _ = match json_body(answer) {
            Some(body) => {
                writeln!(text, "- Answers {status}: `{}`", one_line(&typescript::inline(body)?))
            }
            None => writeln!(text, "- Answers {status} without a body."),
        };
    }
    let errors: Vec<_> = operation["x-errors"].as_array().into_iter().flatten().collect();
    if !errors.is_empty() {
        let codes = errors.iter().filter_map(|code| code.as_str());
        let codes: Vec<_> = codes.map(|code| format!("`{code}`")).collect();
        let _ = writeln!(text, "- Own errors: {}.", codes.join(", "));
    }
    Ok(())
}

fn json_body(holder: &Value) -> Option<&Value> {
    holder.get("content")?.get("application/json")?.get("schema")
}

fn one_line(written: &str) -> String {
    written.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `docs/events.md`: every socket event.
pub(crate) fn events(wire: &Wire) -> Result<String> {
    let mut text = format!("# The native API over Socket.IO\n\n{WRITTEN}");
    text += "Path `/socket.io/`, namespace `/v1`. Events are hints and the store is the truth:\n\
        a client that sees a gap in `rev` or `arev` fetches what it missed. Types stand in\n\
        [api.md](api.md). An acknowledgement is `{ok: true, …}` or `{ok: false, error: Problem}`.\n\n\
        A handshake from a network that began too many sockets, or polls with too many, is\n\
        answered 429 with `Retry-After` and `{\"code\": 4, \"message\": \"limit.sockets\"}` or\n\
        `\"limit.polling\"`. One that is accepted and not signed in gets the problem as the\n\
        `data` of `connect_error`.\n";
    for (title, from_server) in [("Client to server", false), ("Server to client", true)] {
        let _ = writeln!(text, "\n## {title}\n\n| event | payload | acknowledged with | says |");
        text += "|---|---|---|---|\n";
        for event in wire.events.iter().filter(|event| event.is_from_server == from_server) {
            let payload = cell(&event.payload)?;
            let ack = event.ack.as_ref().map(cell).transpose()?.unwrap_or_default();
            let _ = writeln!(text, "| `{}` | {payload} | {ack} | {} |", event.name, event.summary);
        }
    }
    Ok(text)
}

fn cell(schema: &Value) -> Result<String> {
    let written = one_line(&typescript::inline(schema)?).replace('|', "\\|");
    Ok(format!("`{written}`"))
}

/// `docs/config.md`: the default file, which explains itself.
pub(crate) fn config(default: &str) -> String {
    format!(
        "# Configuration\n\n{WRITTEN}\
         No file is needed. Flags win over the environment, the environment over the file,\n\
         the file over these defaults (`tidings config default`):\n\n```toml\n{}\n```\n",
        default.trim_end()
    )
}
