//! Where values come from: flags over environment over file over defaults.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::PathBuf;

use serde::Deserialize;
use toml::{Table, Value};

use super::{Config, Fault};

/// The flags that set a value; the first source that is asked.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Flags {
    /// The configuration file [default: config.toml in the data folder, when there is one]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The folder that holds everything [default: ./data]
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The address to listen on [default: 127.0.0.1:8080]
    #[arg(long, global = true, value_name = "ADDR:PORT")]
    pub listen: Option<String>,
    /// The database [default: SQLite in the data folder]
    #[arg(long, global = true, value_name = "URL")]
    pub database: Option<String>,
    /// Development: inbox on, cookies over plain http, this machine only
    #[arg(long, global = true)]
    pub dev: bool,
    /// With --dev: no rate limits
    #[arg(long, global = true)]
    pub dev_no_limits: bool,
}

/// Which flag, variable or file set a key, by its dotted path. What is not in
/// it holds by default.
pub type Sources = BTreeMap<String, String>;

/// Puts the configuration together from `flags`, the variables of `env` that
/// begin with `TIDINGS_`, and the file.
///
/// # Errors
/// Every fault found, each with its key and remedy.
pub fn load(
    flags: &Flags,
    env: impl Iterator<Item = (String, String)>,
) -> Result<Config, Vec<Fault>> {
    load_with_sources(flags, env).map(|(config, _)| config)
}

/// The same, and where each value came from.
///
/// # Errors
/// As for [`load`].
pub fn load_with_sources(
    flags: &Flags,
    env: impl Iterator<Item = (String, String)>,
) -> Result<(Config, Sources), Vec<Fault>> {
    let env = from_environment(env);
    let mut faults = Vec::new();
    let data = flags.data.clone().or_else(|| text_of(&env, "data").map(PathBuf::from));
    let path = flags.config.clone().or_else(|| text_of(&env, "config").map(PathBuf::from));
    let path = path.ok_or_else(|| data.unwrap_or("./data".into()).join("config.toml"));
    let mut table = read_file(&path, &mut faults);
    let mut sources = Sources::new();
    let (Ok(file) | Err(file)) = &path;
    name_source(&table, "", &file.display().to_string(), &mut sources);
    for (path, text) in env {
        set(&mut table, &path, &text);
        sources.insert(path.join("."), format!("TIDINGS_{}", path.join("__").to_uppercase()));
    }
    for (key, text) in [
        ("data", flags.data.as_ref().map(|path| path.display().to_string())),
        ("listen", flags.listen.clone()),
        ("database", flags.database.clone()),
        ("dev", flags.dev.then(|| "true".to_owned())),
        ("dev_no_limits", flags.dev_no_limits.then(|| "true".to_owned())),
    ] {
        if let Some(text) = text {
            set(&mut table, &[key.to_owned()], &text);
            sources.insert(key.to_owned(), format!("--{}", key.replace('_', "-")));
        }
    }
    table.remove("config");
    unknown(&table, "", &known(), &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    let config = Config::deserialize(table).map_err(|error| {
        vec![Fault {
            key: "configuration".to_owned(),
            what: error.to_string().trim().replace('\n', " "),
            remedy: "`tidings config default` shows every key with its form.".to_owned(),
        }]
    })?;
    let faults = config.check();
    if faults.is_empty() { Ok((config, sources)) } else { Err(faults) }
}

fn name_source(table: &Table, above: &str, source: &str, sources: &mut Sources) {
    for (key, value) in table {
        let path = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
        match value {
            Value::Table(table) => name_source(table, &path, source, sources),
            _ => drop(sources.insert(path, source.to_owned())),
        }
    }
}

/// Reads the file that was asked for, or the one that may be in the data
/// folder.
fn read_file(path: &Result<PathBuf, PathBuf>, faults: &mut Vec<Fault>) -> Table {
    let (is_asked_for, Ok(path) | Err(path)) = (path.is_ok(), path);
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        // A data folder that cannot be one is told of when it is made.
        Err(error)
            if !is_asked_for
                && matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
        {
            return Table::new();
        }
        Err(error) => {
            faults.push(Fault {
                key: path.display().to_string(),
                what: error.to_string(),
                remedy: "Name a file that can be read with --config.".to_owned(),
            });
            return Table::new();
        }
    };
    text.parse().unwrap_or_else(|error: toml::de::Error| {
        faults.push(Fault {
            key: path.display().to_string(),
            what: error.to_string().trim().to_owned(),
            remedy: "`tidings config default` prints a file to start from.".to_owned(),
        });
        Table::new()
    })
}

/// `TIDINGS_MAIL__HOST=x` becomes `(["mail", "host"], "x")`.
fn from_environment(env: impl Iterator<Item = (String, String)>) -> Vec<(Vec<String>, String)> {
    env.filter_map(|(name, text)| {
        let path = name.strip_prefix("TIDINGS_")?.to_lowercase();
        Some((path.split("__").map(str::to_owned).collect(), text))
    })
    .collect()
}

fn text_of(env: &[(Vec<String>, String)], key: &str) -> Option<String> {
    env.iter().find(|(path, _)| path.len() == 1 && path[0] == key).map(|(_, text)| text.clone())
}

/// Sets `path` to `text`, read as the type that the default has there.
fn set(table: &mut Table, path: &[String], text: &str) {
    let Some((last, parents)) = path.split_last() else { return };
    let mut shape = Some(Value::Table(known()));
    let mut here = table;
    for key in parents {
        shape = shape.and_then(|shape| shape.get(key).cloned());
        let next = here.entry(key.clone()).or_insert_with(|| Value::Table(Table::new()));
        if !next.is_table() {
            *next = Value::Table(Table::new());
        }
        here = next.as_table_mut().expect("made one above");
    }
    let shape = shape.and_then(|shape| shape.get(last).cloned());
    let as_text = || Value::String(text.to_owned());
    let value = match shape {
        Some(Value::Integer(_)) => text.parse().map_or_else(|_| as_text(), Value::Integer),
        Some(Value::Boolean(_)) => text.parse().map_or_else(|_| as_text(), Value::Boolean),
        Some(Value::Array(_)) => text
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(|item| Value::String(item.to_owned()))
            .collect::<Vec<_>>()
            .into(),
        _ => as_text(),
    };
    here.insert(last.clone(), value);
}

/// Every key with a value of its type; those without a default are text.
fn known() -> Table {
    let mut table = Table::try_from(Config::default()).expect("the defaults can be written");
    for path in ["public_url", "database", "secret", "metrics_token"] {
        table.insert(path.to_owned(), Value::String(String::new()));
    }
    if let Some(Value::Table(mail)) = table.get_mut("mail") {
        for key in ["host", "username", "password", "from"] {
            mail.insert(key.to_owned(), Value::String(String::new()));
        }
    }
    table
}

/// Finds the keys nobody reads: a spelling mistake must not pass in silence.
fn unknown(table: &Table, above: &str, known: &Table, faults: &mut Vec<Fault>) {
    for (key, value) in table {
        let path = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
        match (known.get(key), value) {
            (None, _) => faults.push(Fault {
                key: path,
                what: "there is no such key".to_owned(),
                remedy: nearest(key, known),
            }),
            (Some(Value::Table(known)), Value::Table(table)) => {
                unknown(table, &path, known, faults)
            }
            _ => {}
        }
    }
}

fn nearest(key: &str, known: &Table) -> String {
    let best = known.keys().map(|other| (distance(key, other), other)).min();
    match best {
        Some((steps, other)) if steps <= 1 + other.len() / 3 => format!("Did you mean `{other}`?"),
        _ => "`tidings config default` shows every key.".to_owned(),
    }
}

/// How many letters to add, drop or change (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in other.iter().enumerate() {
            let change = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[other.len()]
}
