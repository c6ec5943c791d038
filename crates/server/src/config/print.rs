//! The configuration as text: a commented file, and what holds.

use std::fmt::Write;

use toml::{Table, Value};
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

use super::{Config, Limits, Log, Mail, Sources};

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

/// Every value that holds, secrets masked, each with where it came from.
#[must_use]
pub fn with_sources(config: &Config, sources: &Sources) -> String {
    let held = Table::try_from(config).expect("a configuration can be written");
    let mut lines = Vec::new();
    for (section, _, keys) in sections() {
        for key in keys {
            let (table, path) = match section {
                Some(section) => (held.get(section), format!("{section}.{}", key.name)),
                None => (None, key.name.clone()),
            };
            let value = table.map_or(held.get(&key.name), |table| table.get(&key.name));
            let value = value.map_or_else(|| "(not set)".to_owned(), Value::to_string);
            let source = sources.get(&path).map_or("default", String::as_str);
            lines.push((format!("{path} = {value}"), source));
        }
    }
    let width = lines.iter().map(|(line, _)| line.chars().count()).max().unwrap_or(0).min(60);
    lines.iter().map(|(line, source)| format!("{line:width$}  # {source}\n")).collect()
}

fn sections() -> Vec<(Option<&'static str>, String, Vec<Key>)> {
    let defaults = Table::try_from(Config::default()).expect("the defaults can be written");
    let of = |name: &str| defaults.get(name).and_then(Value::as_table).cloned().unwrap_or_default();
    let is_value = |key: &Key| !matches!(key.default, Some(Value::Table(_)));
    let (_, top) = keys::<Config>(&defaults);
    let mut sections = vec![(None, String::new(), top.into_iter().filter(is_value).collect())];
    for (name, (about, keys)) in [
        ("mail", keys::<Mail>(&of("mail"))),
        ("limits", keys::<Limits>(&of("limits"))),
        ("log", keys::<Log>(&of("log"))),
    ] {
        sections.push((Some(name), about, keys));
    }
    sections
}

fn about(schema: &Schema) -> String {
    let schema = serde_json::to_value(schema).expect("a schema is JSON");
    schema["description"].as_str().unwrap_or_default().to_owned()
}

/// The keys in the order of the struct, which is the order of need.
fn keys<T: ToSchema>(defaults: &Table) -> (String, Vec<Key>) {
    let RefOr::T(Schema::Object(object)) = T::schema() else { return Default::default() };
    let key = |(name, of): (&String, &RefOr<Schema>)| Key {
        name: name.clone(),
        about: match of {
            RefOr::T(schema) => about(schema),
            RefOr::Ref(reference) => reference.description.clone(),
        },
        default: defaults.get(name).cloned(),
    };
    let keys = object.properties.iter().map(key).collect();
    (about(&Schema::Object(object)), keys)
}

fn commented(text: &str) -> String {
    text.lines().map(|line| format!("# {line}")).collect::<Vec<_>>().join("\n")
}
