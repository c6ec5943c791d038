//! The rules of the house that a machine can check.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Longer files are two files.
const MAX_LINES: usize = 600;
/// Statements whose text differs between the engines. Each is a place where
/// one engine can be wrong while the other is tested: adding one needs a
/// reason, and a change of this number.
const PER_ENGINE: usize = 8;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Every file below `folder` with this ending, by its path from the root.
fn files(folder: &str, ending: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && !["target", "node_modules", "dist", "data"].contains(&&*name) {
                folders.push(path);
            } else if name.ends_with(ending) {
                let from_root = path.strip_prefix(root()).unwrap().display().to_string();
                found.insert(from_root, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    assert!(!found.is_empty(), "{folder} holds no {ending}");
    found
}

fn sources() -> BTreeMap<String, String> {
    let mut all = files("crates", ".rs");
    all.extend(files("xtask", ".rs"));
    all
}

/// The invariants of the design that stand so far; each is the name of a test,
/// or of several, and goes with it.
const INVARIANTS: &[u32] = &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 18, 19, 20, 21];

#[test]
fn every_invariant_is_the_name_of_a_test() {
    let tests: String = files("crates", ".rs").into_values().collect();
    let names = |line: &str| {
        let name = line.trim().trim_start_matches("async ").strip_prefix("fn ")?.to_owned();
        let numbers = name.split('_').map_while(|word| word.strip_prefix('i')?.parse().ok());
        Some(numbers.collect::<Vec<u32>>())
    };
    let named: BTreeSet<u32> = tests.lines().filter_map(names).flatten().collect();
    let wanted: BTreeSet<u32> = INVARIANTS.iter().copied().collect();
    let missing: Vec<_> = wanted.difference(&named).collect();
    assert!(missing.is_empty(), "no test is named after I{missing:?}");
}

#[test]
fn no_file_is_too_long() {
    for (path, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= MAX_LINES, "{path} has {lines} lines, at most {MAX_LINES}");
    }
}

#[test]
fn nothing_is_left_for_later() {
    // Spelled in two parts, so that this file does not find itself.
    let marks = [["TO", "DO"], ["FIX", "ME"], ["XX", "X:"], ["to", "do!("], ["unimple", "mented!"]];
    for (path, text) in sources() {
        for mark in marks {
            assert!(!text.contains(&mark.concat()), "{path} says {}", mark.concat());
        }
    }
}

#[test]
fn every_module_says_what_it_is() {
    for (path, text) in sources() {
        let is_test = path.ends_with("tests.rs") || path.contains("_tests");
        assert!(is_test || text.starts_with("//!"), "{path} begins without a module doc");
    }
}

/// The tables of `migrations/`, by name.
fn tables() -> BTreeSet<String> {
    let texts = files("migrations", ".sql");
    let lines = texts.values().flat_map(|text| text.lines());
    let creating = lines.filter_map(|line| line.trim().strip_prefix("create table "));
    creating.map(|rest| rest.split([' ', '(']).next().unwrap().to_owned()).collect()
}

/// The file of a module, for itself and for what is in its folder.
fn module(path: &str) -> String {
    let (before, after) = path.split_once("/src/").unwrap();
    let name = after.split(['/', '.']).next().unwrap();
    format!("{before}/src/{name}.rs")
}

#[test]
fn a_table_is_written_in_one_module() {
    let tables = tables();
    let mut writers: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, text) in files("crates", ".rs") {
        if !path.contains("/src/") || path.starts_with("crates/sql/") {
            continue;
        }
        // A statement may be broken over lines.
        let text = text.split_whitespace().filter(|word| *word != "\\").collect::<Vec<_>>();
        for pair in text.windows(3) {
            let target = match [pair[0].trim_start_matches(['"', '(']), pair[1]] {
                ["insert", "into"] | ["delete", "from"] => pair[2],
                ["update", table] => table,
                _ => continue,
            };
            let table = target.trim_matches(|c: char| !c.is_ascii_lowercase() && c != '_');
            if tables.contains(table) {
                writers.entry(table.to_owned()).or_default().insert(module(&path));
            }
        }
    }
    for (table, paths) in &writers {
        assert!(paths.len() == 1, "{table} is written in {paths:?}");
        let path = paths.first().unwrap();
        assert!(path.starts_with("crates/domain/src/"), "{table} is written in {path}");
    }
    assert!(writers.len() > 10, "the search finds the writers: {writers:?}");
}

#[test]
fn few_statements_differ_between_the_engines() {
    let statements = domain::statements();
    let differ = statements.iter().filter(|sql| sql.sqlite != sql.postgres).count();
    assert_eq!(differ, PER_ENGINE);
}

/// A statement that is not registered would never be tried on both engines.
#[test]
fn every_statement_is_registered() {
    let registered = domain::statements().len();
    let texts = files("crates/domain/src", ".rs");
    let count = |text: &String, how: &str| text.matches(how).count();
    let made = |text| count(text, "Sql::new(") + count(text, "Sql::per_engine(");
    let made: usize = texts.values().map(made).sum();
    assert_eq!(registered, made);
}

#[test]
fn every_migration_is_listed() {
    let listed: BTreeSet<_> =
        domain::store::MIGRATIONS.iter().map(|(name, _)| format!("migrations/{name}")).collect();
    let there: BTreeSet<_> = files("migrations", ".sql").into_keys().collect();
    assert_eq!(listed, there);
}

#[test]
fn the_crates_know_only_what_lies_below_them() {
    for (krate, allowed) in
        [("sql", &[][..]), ("socketio", &[]), ("providers", &[]), ("domain", &["sql", "providers"])]
    {
        let path = root().join(format!("crates/{krate}/Cargo.toml"));
        let manifest: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
        let needs = manifest["dependencies"].as_table().unwrap();
        for ours in ["sql", "socketio", "providers", "domain", "server"] {
            let is_allowed = allowed.contains(&ours);
            assert!(!needs.contains_key(ours) || is_allowed, "{krate} depends on {ours}");
        }
    }
}

#[test]
fn the_domain_knows_no_wire() {
    for (path, text) in files("crates/domain/src", ".rs") {
        for word in ["axum", "http::", "socketio", "cookie::"] {
            assert!(!text.contains(&format!("use {word}")), "{path} uses {word}");
        }
    }
}

#[test]
fn dialects_keep_apart() {
    for (path, text) in files("crates/server/src", ".rs") {
        let is_native = path.starts_with("crates/server/src/native");
        let is_dialect = path.starts_with("crates/server/src/dialect");
        assert!(!(is_native && text.contains("crate::dialect")), "{path} imports a dialect");
        assert!(!(is_dialect && text.contains("crate::native")), "{path} imports the native API");
    }
}

#[test]
fn every_path_of_the_architecture_is_there() {
    let Ok(text) = std::fs::read_to_string(root().join("ARCHITECTURE.md")) else {
        return println!("NOT RUN: there is no ARCHITECTURE.md");
    };
    let named = text.split('`').skip(1).step_by(2);
    let is_path = |name: &&str| {
        let mut parts = name.split('/');
        let first = parts.next().unwrap_or_default();
        ["crates", "web", "docs", "migrations", "xtask", "bench"].contains(&first)
            && !name.contains(['<', '*', '{', ' '])
    };
    for path in named.filter(is_path) {
        assert!(root().join(path).exists(), "ARCHITECTURE.md names {path}, which is not there");
    }
}

/// The quoted words of `text` that have one dot and are otherwise plain, as
/// codes and event names have.
fn dotted(text: &str) -> BTreeSet<String> {
    let is_plain = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    let quoted = text.split('"').filter(|word| {
        word.split_once('.').is_some_and(|(one, other)| is_plain(one) && is_plain(other))
    });
    quoted.map(str::to_owned).collect()
}

#[test]
fn every_problem_is_explained() {
    let mut codes = BTreeSet::from(["internal".to_owned()]);
    let sources = [files("crates/domain/src", ".rs"), files("crates/server/src", ".rs")];
    let other = ["tests", "/config", "/boot", "problems.rs", "native/word.rs"];
    for (path, text) in sources.into_iter().flatten() {
        if other.iter().any(|part| path.contains(part)) {
            continue;
        }
        let product = text.split("#[cfg(test)]").next().unwrap_or_default();
        codes.extend(dotted(product));
    }
    // What the store may answer and a client may see.
    codes.extend(["store.busy", "store.disk_full", "store.unavailable"].map(str::to_owned));
    let explained: BTreeSet<_> =
        server::problems::PROBLEMS.iter().map(|(code, _)| (*code).to_owned()).collect();
    // An event's name may be a problem's code too, such as `login.revoked`.
    for event in server::router::events()["events"].as_array().unwrap() {
        let name = event["name"].as_str().unwrap();
        if !explained.contains(name) {
            codes.remove(name);
        }
    }
    let endings = [".html", ".json", ".toml", ".txt", ".js", ".css", ".db"];
    codes.retain(|code| !endings.iter().any(|ending| code.ends_with(ending)));
    let unexplained: Vec<_> = codes.difference(&explained).collect();
    let unused: Vec<_> = explained.difference(&codes).collect();
    assert!(unexplained.is_empty() && unused.is_empty(), "add {unexplained:?}, drop {unused:?}");
    assert!(server::problems::PROBLEMS.is_sorted());
}

#[test]
fn unsafe_code_stands_in_one_file() {
    let exception = |line: &str| line.trim_start().starts_with('#') && line.contains("unsafe_code");
    let excepted = sources().into_iter().filter(|(_, text)| text.lines().any(exception));
    let excepted: Vec<_> = excepted.map(|(path, _)| path).collect();
    assert_eq!(excepted, ["crates/sql/src/sqlite/mapping.rs"]);
}
