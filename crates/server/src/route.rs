//! A route that is mounted and documented by the same line.

use std::collections::BTreeMap;

use axum::handler::Handler;
use axum::routing::{MethodFilter, MethodRouter, on};
use http::Method;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::edge::Edge;
use crate::schema::Shape;

/// A method, a path, what answers there, and what the reference says of it.
pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) mount: MethodRouter<Edge>,
    summary: &'static str,
    is_open: bool,
    query: Vec<(&'static str, &'static str)>,
    takes: Option<Shape>,
    answers: Vec<(u16, Option<Shape>)>,
    errors: &'static [&'static str],
}

macro_rules! methods {
    ($($name:ident $method:ident),+) => {$(
        pub(crate) fn $name<H, T>(path: &'static str, handler: H) -> Route
        where
            H: Handler<T, Edge>,
            T: 'static,
        {
            Route::new(Method::$method, path, on(MethodFilter::$method, handler))
        }
    )+};
}

methods!(get GET, post POST, put PUT, patch PATCH, delete DELETE);

impl Route {
    fn new(method: Method, path: &'static str, mount: MethodRouter<Edge>) -> Self {
        let (query, answers) = (Vec::new(), Vec::new());
        Self {
            method,
            path,
            mount,
            summary: "",
            is_open: false,
            query,
            takes: None,
            answers,
            errors: &[],
        }
    }

    /// One line for the reference.
    pub(crate) fn about(self, summary: &'static str) -> Self {
        Self { summary, ..self }
    }

    /// Needs no sign-in.
    pub(crate) fn open(self) -> Self {
        Self { is_open: true, ..self }
    }

    /// Reads a query parameter.
    pub(crate) fn query(mut self, name: &'static str, about: &'static str) -> Self {
        self.query.push((name, about));
        self
    }

    /// Reads a JSON body `T`.
    pub(crate) fn takes<T: ToSchema>(self) -> Self {
        Self { takes: Some(Shape::of::<T>()), ..self }
    }

    /// Answers `status` with a JSON body `T`.
    pub(crate) fn gives<T: ToSchema>(mut self, status: u16) -> Self {
        self.answers.push((status, Some(Shape::of::<T>().sent())));
        self
    }

    /// Answers 204 without a body.
    pub(crate) fn gives_nothing(mut self) -> Self {
        self.answers.push((204, None));
        self
    }

    /// The codes of the problems that are this route's own.
    pub(crate) fn errors(self, errors: &'static [&'static str]) -> Self {
        Self { errors, ..self }
    }

    /// Whether the reference lists it.
    pub(crate) fn is_documented(&self) -> bool {
        !self.summary.is_empty()
    }

    /// The operation as OpenAPI describes it; what it refers to goes into
    /// `components`.
    pub(crate) fn operation(&self, components: &mut BTreeMap<String, Value>) -> Value {
        let json_body = |schema: Value| json!({ "application/json": { "schema": schema } });
        let mut operation = Map::new();
        operation.insert("summary".into(), self.summary.into());
        operation.insert("operationId".into(), self.operation_id().into());
        let parameters = self.parameters();
        if !parameters.is_empty() {
            operation.insert("parameters".into(), parameters.into());
        }
        if let Some(takes) = &self.takes {
            let body = json!({ "required": true, "content": json_body(takes.collect(components)) });
            operation.insert("requestBody".into(), body);
        }
        let mut responses = Map::new();
        for (status, shape) in &self.answers {
            let code = http::StatusCode::from_u16(*status).ok();
            let text = code.and_then(|code| code.canonical_reason()).unwrap_or_default();
            let mut response = json!({ "description": text });
            if let Some(shape) = shape {
                response["content"] = json_body(shape.collect(components));
            }
            responses.insert(status.to_string(), response);
        }
        let problem = json!({ "$ref": "#/components/responses/Problem" });
        responses.insert("default".into(), problem);
        operation.insert("responses".into(), responses.into());
        if !self.errors.is_empty() {
            operation.insert("x-errors".into(), json!(self.errors));
        }
        let security =
            if self.is_open { json!([]) } else { json!([{ "bearer": [] }, { "cookie": [] }]) };
        operation.insert("security".into(), security);
        operation.into()
    }

    /// `GET /v1/chats/{id}/messages` becomes `get_chats_id_messages`.
    fn operation_id(&self) -> String {
        let words = self.path.split(['/', '{', '}']).filter(|word| !matches!(*word, "" | "v1"));
        let words = words.collect::<Vec<_>>().join("_");
        format!("{}_{words}", self.method.as_str().to_lowercase())
    }

    fn parameters(&self) -> Vec<Value> {
        let in_path = self.path.split('{').skip(1).filter_map(|part| part.split('}').next());
        let in_path = in_path.map(|name| {
            let about = match (name, self.path.contains("/logins/")) {
                ("id", true) => "the sign-in",
                ("id", false) => "the chat",
                ("account", _) => "the person",
                _ => "the place of the message in the chat",
            };
            json!({
                "name": name, "in": "path", "required": true, "description": about,
                "schema": { "type": "string" },
            })
        });
        let in_query = self.query.iter().map(|(name, about)| {
            json!({ "name": name, "in": "query", "description": about, "schema": { "type": "string" } })
        });
        in_path.chain(in_query).collect()
    }
}
