//! TypeScript types from the JSON Schemas of the wire.
//!
//! Covers what our own server writes, which is a small part of JSON Schema;
//! anything else is refused by name rather than turned into `unknown`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Named schemas.
pub(crate) type Schemas = BTreeMap<String, Value>;

/// What decides how an absent value is written.
///
/// The server always sends a field and says `null` where there is nothing; a
/// client may leave the field out. A type that travels both ways is written as
/// the server sends it.
pub(crate) struct Direction {
    sent_by_server: BTreeSet<String>,
}

impl Direction {
    /// Follows every reference from the schemas that the server sends.
    pub(crate) fn from_server<'a>(
        schemas: &Schemas,
        sent: impl IntoIterator<Item = &'a Value>,
    ) -> Self {
        let mut sent_by_server = BTreeSet::new();
        let mut open = Vec::new();
        sent.into_iter().for_each(|schema| references(schema, &mut open));
        while let Some(name) = open.pop() {
            if let Some(schema) = schemas.get(&name)
                && sent_by_server.insert(name)
            {
                references(schema, &mut open);
            }
        }
        Self { sent_by_server }
    }

    fn may_leave_out(&self, name: &str) -> bool {
        !self.sent_by_server.contains(name)
    }
}

/// Every name that the schema refers to, at any depth.
fn references(schema: &Value, found: &mut Vec<String>) {
    match schema {
        Value::Object(fields) => {
            for (key, value) in fields {
                match value.as_str().filter(|_| key == "$ref") {
                    Some(target) => found.push(last_part(target).to_owned()),
                    None => references(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

/// One declaration per schema, in the order of their names.
pub(crate) fn declarations(schemas: &Schemas, direction: &Direction) -> Result<String> {
    let mut text = String::new();
    for (name, schema) in schemas {
        let writer = Writer { optional: direction.may_leave_out(name) };
        let written = writer.schema(schema, 0).with_context(|| format!("schema {name}"))?;
        comment(&mut text, schema, 0);
        let _ = writeln!(text, "export type {name} = {written};\n");
    }
    Ok(text)
}

/// The type of one schema, as it stands in a sentence of the server's.
pub(crate) fn inline(schema: &Value) -> Result<String> {
    Writer { optional: false }.schema(schema, 0)
}

struct Writer {
    /// Fields that are not required may be left out, rather than being null.
    optional: bool,
}

impl Writer {
    fn schema(&self, schema: &Value, depth: usize) -> Result<String> {
        let Some(fields) = schema.as_object() else {
            return Ok(if schema == &Value::Bool(true) { "unknown" } else { "never" }.into());
        };
        if let Some(target) = fields.get("$ref").and_then(Value::as_str) {
            return Ok(last_part(target).into());
        }
        if let Some(value) = fields.get("const") {
            return Ok(value.to_string());
        }
        if let Some(Value::Array(values)) = fields.get("enum") {
            return Ok(union(values.iter().map(Value::to_string)));
        }
        for (key, joined) in [("oneOf", " | "), ("anyOf", " | "), ("allOf", " & ")] {
            if let Some(Value::Array(parts)) = fields.get(key) {
                return self.joined(parts, joined, depth);
            }
        }
        match fields.get("type") {
            Some(Value::Array(names)) => {
                let parts = names.iter().map(|name| self.of_type(name, schema, depth));
                Ok(union(parts.collect::<Result<Vec<_>>>()?))
            }
            Some(name) => self.of_type(name, schema, depth),
            None if fields.keys().all(|key| is_remark(key)) => Ok("unknown".into()),
            None => bail!("no type in {schema}"),
        }
    }

    fn joined(&self, parts: &[Value], with: &str, depth: usize) -> Result<String> {
        let written = parts.iter().map(|part| {
            let text = self.schema(part, depth)?;
            Ok(if with == " & " && text.contains(" | ") { format!("({text})") } else { text })
        });
        let written = written.collect::<Result<Vec<String>>>()?;
        Ok(if with == " | " { union(written) } else { written.join(with) })
    }

    fn of_type(&self, name: &Value, schema: &Value, depth: usize) -> Result<String> {
        Ok(match name.as_str() {
            Some("string") => "string".into(),
            Some("integer" | "number") => "number".into(),
            Some("boolean") => "boolean".into(),
            Some("null") => "null".into(),
            Some("array") => self.array(schema, depth)?,
            Some("object") => self.object(schema, depth)?,
            _ => bail!("unknown type {name}"),
        })
    }

    fn array(&self, schema: &Value, depth: usize) -> Result<String> {
        if let Some(Value::Array(parts)) = schema.get("prefixItems") {
            let parts = parts.iter().map(|part| self.schema(part, depth));
            return Ok(format!("[{}]", parts.collect::<Result<Vec<_>>>()?.join(", ")));
        }
        let item = match schema.get("items") {
            Some(items) => self.schema(items, depth)?,
            None => "unknown".into(),
        };
        let is_whole = item.starts_with('[') && !item.contains("] | ");
        let is_loose = !is_whole && item.contains([' ', '|']);
        Ok(if is_loose { format!("({item})[]") } else { format!("{item}[]") })
    }

    fn object(&self, schema: &Value, depth: usize) -> Result<String> {
        let Some(Value::Object(properties)) = schema.get("properties") else {
            return Ok(match schema.get("additionalProperties") {
                Some(Value::Bool(false)) => "Record<string, never>".into(),
                Some(value) => format!("Record<string, {}>", self.schema(value, depth)?),
                None => "object".into(),
            });
        };
        let required = schema["required"].as_array().into_iter().flatten();
        let required: BTreeSet<_> = required.filter_map(Value::as_str).collect();
        let mut text = String::from("{\n");
        for (name, property) in properties {
            comment(&mut text, property, depth + 1);
            let is_required = required.contains(name.as_str());
            let written = self.schema(property, depth + 1)?;
            let mark = if !is_required && self.optional { "?" } else { "" };
            let _ = writeln!(text, "{}{}{mark}: {written};", tabs(depth + 1), key(name));
        }
        let _ = write!(text, "{}}}", tabs(depth));
        Ok(text)
    }
}

/// Parts joined as alternatives, each once, `null` last.
fn union(parts: impl IntoIterator<Item = String>) -> String {
    let mut kept: Vec<String> = Vec::new();
    for part in parts {
        if !kept.contains(&part) {
            kept.push(part);
        }
    }
    kept.sort_by_key(|part| part == "null");
    kept.join(" | ")
}

/// A property name, quoted where the language wants it.
pub(crate) fn key(name: &str) -> String {
    let plain = name.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '_');
    if plain { name.into() } else { format!("{name:?}") }
}

fn comment(text: &mut String, schema: &Value, depth: usize) {
    let Some(said) = schema.get("description").and_then(Value::as_str) else { return };
    let said = said.replace("*/", "* /");
    let lines: Vec<_> = said.lines().map(str::trim_end).collect();
    let _ = match lines.as_slice() {
        [line] => writeln!(text, "{}/** {line} */", tabs(depth)),
        lines => {
            let start = tabs(depth);
            let body: String = lines
                .iter()
                .map(|line| format!("{start} * {line}").trim_end().to_owned() + "\n")
                .collect();
            writeln!(text, "{start}/**\n{body}{start} */")
        }
    };
}

fn tabs(depth: usize) -> String {
    "\t".repeat(depth)
}

fn last_part(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or(reference)
}

/// Keys that describe and do not restrict.
fn is_remark(key: &str) -> bool {
    ["description", "title", "default", "example", "examples", "deprecated"].contains(&key)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(schema: &Value, expected: &str) {
        assert_eq!(inline(schema).unwrap(), expected);
    }

    #[test]
    fn plain_types() {
        check(&json!({"type": "integer", "format": "int64", "minimum": 0}), "number");
        check(&json!({"type": ["string", "null"]}), "string | null");
        check(&json!({"type": "string", "enum": ["a", "b"]}), r#""a" | "b""#);
        check(&json!({"type": "boolean", "const": true}), "true");
        check(&json!({"description": "anything"}), "unknown");
        check(&json!({"$ref": "#/components/schemas/Chat"}), "Chat");
    }

    #[test]
    fn composed_types() {
        let chat = json!({"$ref": "#/components/schemas/Chat"});
        check(&json!({"oneOf": [{"type": "null"}, chat]}), "Chat | null");
        check(
            &json!({"type": "array", "items": {"oneOf": [{"type": "null"}, chat]}}),
            "(Chat | null)[]",
        );
        let tuple =
            json!({"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}]});
        check(&tuple, "[string, number]");
        check(
            &json!({"type": "object", "additionalProperties": tuple}),
            "Record<string, [string, number]>",
        );
        let more = json!({"type": "object", "properties": {"limited": {"type": "boolean"}}});
        check(&json!({"allOf": [chat, more]}), "Chat & {\n\tlimited: boolean;\n}");
    }

    #[test]
    fn what_the_server_sends_is_always_there_and_what_it_reads_may_be_left_out() {
        let shape = json!({
            "type": "object",
            "required": ["body"],
            "properties": {
                "body": {"type": "string", "description": "The text."},
                "reply_to_seq": {"type": ["integer", "null"]},
            },
        });
        let schemas: Schemas = [("Asked", shape.clone()), ("Told", shape)]
            .map(|(name, shape)| (name.to_owned(), shape))
            .into();
        let told = json!({"$ref": "#/components/schemas/Told"});
        let direction = Direction::from_server(&schemas, [&told]);
        let asked = "export type Asked = {\n\t/** The text. */\n\tbody: string;\n\treply_to_seq?: number | null;\n};\n\n";
        let told = "export type Told = {\n\t/** The text. */\n\tbody: string;\n\treply_to_seq: number | null;\n};\n\n";
        assert_eq!(declarations(&schemas, &direction).unwrap(), format!("{asked}{told}"));
    }

    #[test]
    fn references_are_followed_through_and_round() {
        let schemas: Schemas = [
            ("A", json!({"type": "array", "items": {"$ref": "#/x/B"}})),
            ("B", json!({"type": "object", "properties": {"a": {"$ref": "#/x/A"}}})),
            ("C", json!({"type": "string"})),
        ]
        .map(|(name, shape)| (name.to_owned(), shape))
        .into();
        let direction = Direction::from_server(&schemas, [&json!({"$ref": "#/x/A"})]);
        assert!(!direction.may_leave_out("B"));
        assert!(direction.may_leave_out("C"));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        assert!(inline(&json!({"not": {"type": "string"}})).is_err());
        assert!(inline(&json!({"type": "file"})).is_err());
    }
}
