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
}

impl Shape {
    /// The shape of `T`.
    #[must_use]
    pub fn of<T: ToSchema + PartialSchema>() -> Self {
        let mut parts = vec![(T::name().into_owned(), T::schema())];
        T::schemas(&mut parts);
        Self { root: json!({ "$ref": format!("#/components/schemas/{}", T::name()) }), parts }
    }

    /// Adds the parts to `components` and answers the reference to the root.
    pub(crate) fn collect(&self, components: &mut BTreeMap<String, Value>) -> Value {
        for (name, schema) in &self.parts {
            let schema = serde_json::to_value(schema).expect("a schema is JSON");
            components.insert(name.clone(), schema);
        }
        self.root.clone()
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
        let payload = Shape::of::<T>();
        Self { name, direction: Direction::ToClient, summary, payload, ack: None }
    }

    /// It is acknowledged with `{ok: true}` and the fields of `T`.
    #[must_use]
    pub fn ack<T: ToSchema>(mut self) -> Self {
        self.ack = Some(Shape::of::<T>());
        self
    }
}
