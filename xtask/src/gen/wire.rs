//! The wire as one set of named schemas: what both references share.

use std::fmt::Write;

use anyhow::{Context, Result};
use serde_json::Value;

use super::typescript::{self, Direction, Schemas, key};

/// Everything that is said over REST and over the socket.
pub(crate) struct Wire {
    pub(crate) schemas: Schemas,
    pub(crate) direction: Direction,
    pub(crate) events: Vec<Event>,
}

/// One socket event.
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) summary: String,
    pub(crate) is_from_server: bool,
    pub(crate) payload: Value,
    pub(crate) ack: Option<Value>,
}

impl Wire {
    /// Joins the descriptions of the routes and of the events.
    pub(crate) fn read(openapi: &Value, events: &Value) -> Result<Self> {
        let mut schemas = Schemas::new();
        for document in [openapi, events] {
            if let Some(named) = document["components"]["schemas"].as_object() {
                schemas.extend(named.clone());
            }
        }
        let events = events["events"].as_array().context("no list of events")?;
        let events = events.iter().map(Event::read).collect::<Result<Vec<_>>>()?;
        let mut sent: Vec<&Value> = Vec::new();
        responses(&openapi["paths"], &mut sent);
        responses(&openapi["components"]["responses"], &mut sent);
        for event in &events {
            sent.extend(event.ack.as_ref());
            sent.extend(event.is_from_server.then_some(&event.payload));
        }
        let direction = Direction::from_server(&schemas, sent);
        Ok(Self { schemas, direction, events })
    }

    /// The client's types.
    pub(crate) fn typescript(&self) -> Result<String> {
        let mut text = String::from(
            "// The wire types of the native API. Written by `cargo xtask gen` from the server's\n\
             // types; do not edit by hand.\n\n",
        );
        text += &typescript::declarations(&self.schemas, &self.direction)?;
        text += "/** What the server may tell a client, by event name. */\n";
        text += "export type ServerEvents = {\n";
        for event in self.events.iter().filter(|event| event.is_from_server) {
            let payload = typescript::inline(&event.payload)?;
            let _ =
                writeln!(text, "\t/** {} */\n\t{}: {payload};", event.summary, key(&event.name));
        }
        text += "};\n\n/** What a client may ask and is answered, by event name. */\n";
        text += "export type ClientCalls = {\n";
        for event in self.events.iter().filter(|event| !event.is_from_server) {
            let Some(ack) = &event.ack else { continue };
            let (ask, answer) = (typescript::inline(&event.payload)?, typescript::inline(ack)?);
            let name = key(&event.name);
            let _ = writeln!(text, "\t/** {} */", event.summary);
            let _ = writeln!(text, "\t{name}: {{ ask: {ask}; answer: {answer} }};");
        }
        text += "};\n\n/** What a client may say without an answer, by event name. */\n";
        text += "export type ClientHints = {\n";
        for event in self.events.iter().filter(|event| !event.is_from_server) {
            if event.ack.is_none() {
                let payload = typescript::inline(&event.payload)?;
                let _ = writeln!(text, "\t/** {} */", event.summary);
                let _ = writeln!(text, "\t{}: {payload};", key(&event.name));
            }
        }
        text += "};\n\n/** The answer to a call: its own fields, or the problem. */\n";
        text += "export type Ack<T> = ({ ok: true } & T) | { ok: false; error: Problem };\n";
        Ok(text)
    }
}

impl Event {
    fn read(event: &Value) -> Result<Self> {
        let text = |field: &str| event[field].as_str().with_context(|| format!("{field}: {event}"));
        Ok(Self {
            name: text("name")?.into(),
            summary: text("summary")?.trim_end_matches('.').to_owned() + ".",
            is_from_server: text("direction")? == "to_client",
            payload: event["payload"].clone(),
            ack: Some(event["ack"].clone()).filter(|ack| !ack.is_null()),
        })
    }
}

/// Every schema that stands in an answer, at any depth.
fn responses<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(fields) => {
            for (name, part) in fields {
                match name.as_str() {
                    "requestBody" => {}
                    "schema" => found.push(part),
                    _ => responses(part, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| responses(item, found)),
        _ => {}
    }
}
