//! What goes over the wire, described for whoever programs against it.
//!
//! A [`Shape`] is the JSON Schema of a wire struct with everything it names;
//! `/openapi.json` and `/events.json` are made of these, so a description
//! cannot drift from the struct that is really read and written.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

/// The schema of one type, with those it refers to.
pub struct Shape {
    root: Value,
    parts: Vec<(String, RefOr<Schema>)>,
    is_sent: bool,
}

impl Shape {
    /// The shape of `T`.
    #[must_use]
    pub fn of<T: ToSchema + PartialSchema>() -> Self {
        let mut parts = vec![(T::name().into_owned(), T::schema())];
        T::schemas(&mut parts);
        Self {
            root: json!({ "$ref": format!("#/components/schemas/{}", T::name()) }),
            parts,
            is_sent: false,
        }
    }

    /// The same, said by the server: every field is there, `null` where there
    /// is nothing. What a client says may leave such a field out.
    #[must_use]
    pub fn sent(self) -> Self {
        Self { is_sent: true, ..self }
    }

    /// Adds the parts to `components` and answers the reference to the root.
    pub(crate) fn collect(&self, components: &mut BTreeMap<String, Value>) -> Value {
        for (name, schema) in &self.parts {
            let mut schema = serde_json::to_value(schema).expect("a schema is JSON");
            lift_descriptions(&mut schema);
            if self.is_sent {
                demand_all(&mut schema);
            }
            let other = components.insert(name.clone(), schema.clone());
            debug_assert!(other.is_none_or(|other| other == schema), "two types are called {name}");
        }
        self.root.clone()
    }
}

/// Every field of the object, and of what it is made of, must be there.
fn demand_all(schema: &mut Value) {
    for part in schema.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
        demand_all(part);
    }
    if let Some(fields) = schema["properties"].as_object() {
        schema["required"] = fields.keys().cloned().collect();
    }
}

/// Puts what is said of a field that may be `null` where that of every other
/// field stands: at the field, not at one of its choices.
fn lift_descriptions(schema: &mut Value) {
    let Some(fields) = schema.get_mut("properties").and_then(Value::as_object_mut) else { return };
    for field in fields.values_mut() {
        let choices = field.get_mut("oneOf").and_then(Value::as_array_mut).into_iter().flatten();
        let said =
            choices.filter_map(|choice| choice.as_object_mut()?.remove("description")).next();
        if let Some(said) = said {
            field["description"] = said;
        }
    }
}

/// Who says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The client tells the server.
    ToServer,
    /// The server tells the client.
    ToClient,
}

impl Direction {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::ToServer => "to_server",
            Self::ToClient => "to_client",
        }
    }
}

/// A socket event of the native dialect.
pub struct EventDoc {
    pub(crate) name: &'static str,
    pub(crate) direction: Direction,
    pub(crate) summary: &'static str,
    pub(crate) payload: Shape,
    pub(crate) ack: Option<Shape>,
}

impl EventDoc {
    /// An event that the client emits with a payload `T`.
    #[must_use]
    pub fn to_server<T: ToSchema>(name: &'static str, summary: &'static str) -> Self {
        let payload = Shape::of::<T>();
        Self { name, direction: Direction::ToServer, summary, payload, ack: None }
    }

    /// An event that the server emits with a payload `T`.
    #[must_use]
    pub fn to_client<T: ToSchema>(name: &'static str, summary: &'static str) -> Self {
        let payload = Shape::of::<T>().sent();
        Self { name, direction: Direction::ToClient, summary, payload, ack: None }
    }

    /// It is acknowledged with `{ok: true}` and the fields of `T`.
    #[must_use]
    pub fn ack<T: ToSchema>(mut self) -> Self {
        self.ack = Some(Shape::of::<T>().sent());
        self
    }
}
