//! The configuration as text: a commented file, and what holds.

use std::fmt::Write;

use serde_json::Value as Json;
use toml::{Table, Value};
use utoipa::{PartialSchema, ToSchema};

use super::{Config, Limits, Log, Mail};

/// One key as it is documented.
struct Key {
    name: String,
    about: String,
    default: Option<Value>,
}

/// A file that says what would hold without it, every key explained.
#[must_use]
pub fn default_file() -> String {
    let mut file = String::from(
        "# Tidings. Nothing here is needed to start: each value below is the default.\n",
    );
    for (section, about, keys) in sections() {
        if let Some(section) = section {
            let _ = write!(file, "\n{}\n[{section}]\n", commented(&about));
        }
        for key in keys {
            let value = key.default.map_or_else(|| "\"…\"".to_owned(), |value| value.to_string());
            let _ = write!(file, "\n{}\n# {} = {value}\n", commented(&key.about), key.name);
        }
    }
    file
}

/// The values that hold, secrets masked, as a file that can be read again.
#[must_use]
pub fn merged(config: &Config) -> String {
    toml::to_string(config).expect("a configuration can be written")
}

fn sections() -> Vec<(Option<&'static str>, String, Vec<Key>)> {
    let defaults = Table::try_from(Config::default()).expect("the defaults can be written");
    let section = |name: &'static str, schema: Json| {
        let values = defaults.get(name).and_then(Value::as_table).cloned().unwrap_or_default();
        (Some(name), about(&schema), keys(&schema, &values))
    };
    let top = keys(&schema_of::<Config>(), &defaults)
        .into_iter()
        .filter(|key| !matches!(key.default, Some(Value::Table(_))))
        .collect();
    vec![
        (None, String::new(), top),
        section("mail", schema_of::<Mail>()),
        section("limits", schema_of::<Limits>()),
        section("log", schema_of::<Log>()),
    ]
}

fn schema_of<T: ToSchema + PartialSchema>() -> Json {
    serde_json::to_value(T::schema()).expect("a schema is JSON")
}

fn about(schema: &Json) -> String {
    schema["description"].as_str().unwrap_or_default().to_owned()
}

fn keys(schema: &Json, defaults: &Table) -> Vec<Key> {
    let Some(properties) = schema["properties"].as_object() else { return Vec::new() };
    let key = |(name, schema): (&String, &Json)| Key {
        name: name.clone(),
        about: about(schema),
        default: defaults.get(name).cloned(),
    };
    properties.iter().map(key).collect()
}

fn commented(text: &str) -> String {
    text.lines().map(|line| format!("# {line}")).collect::<Vec<_>>().join("\n")
}
