//! Builds that are broken on purpose, to prove the checker.
//!
//! The sources are copied into the build folder, changed there, and built from
//! there: nothing in the product can be switched to lose a message. The program
//! that comes out bears another name, so that it is never taken for the real one.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::history::Fault;
use super::kill::Engine;
use crate::{serve, tree};

/// A way to break the promise, and what the checker has to call it.
pub(crate) struct Break {
    pub(crate) name: &'static str,
    pub(crate) engine: Engine,
    pub(crate) expected: Fault,
    changes: &'static [Change],
}

/// In this file, these words for those. They must stand there exactly once.
struct Change {
    file: &'static str,
    from: &'static str,
    to: &'static str,
}

const MESSAGE: &str = "crates/domain/src/message.rs";
const APPEND: &str = "crates/domain/src/message/append.rs";
const WRITER: &str = "crates/sql/src/sqlite/writer.rs";

pub(crate) const BREAKS: &[Break] = &[
    // What a kill takes is what was not handed to the kernel, so the commit is
    // late by as long as a slow disk takes to write it.
    Break {
        name: "acknowledged before the commit",
        engine: Engine::Sqlite,
        expected: Fault::Lost,
        changes: &[
            Change {
                file: WRITER,
                from: "        self.session.run_raw(\"commit\", &[])?;\n        Ok(results)",
                to: "        if !group.iter().any(|write| matches!(write, Write::Append(..))) {
            self.session.run_raw(\"commit\", &[])?;
        }
        Ok(results)",
            },
            Change {
                file: WRITER,
                from: "            Ok(results) => return relay::send_all(answers.into_iter().zip(results)),\n",
                to: "            Ok(results) => {
                relay::send_all(answers.into_iter().zip(results));
                if !self.session.connection.is_autocommit() {
                    std::thread::sleep(std::time::Duration::from_millis(20));
                    drop(self.session.run_raw(\"commit\", &[]));
                }
                return;
            }
",
            },
        ],
    },
    Break {
        name: "acknowledged before PostgreSQL has it",
        engine: Engine::Postgres,
        expected: Fault::Lost,
        changes: &[Change {
            file: "crates/sql/src/postgres/connect.rs",
            from: "-c synchronous_commit=on",
            to: "-c synchronous_commit=off",
        }],
    },
    Break {
        name: "a repeated client id is sent again",
        engine: Engine::Sqlite,
        expected: Fault::Duplicated,
        changes: &[
            Change {
                file: "migrations/0003_chat.sql",
                from: "    unique (client_id, sender_id, chat_id)\n);",
                to: "    constraint none check (true)\n);
create index message_client_id on message (client_id, sender_id, chat_id);",
            },
            Change {
                file: APPEND,
                from: "'text', false)\n     on conflict (client_id, sender_id, chat_id) do nothing\",",
                to: "'text', false)\",",
            },
        ],
    },
    Break {
        name: "an edit is no change to who was away",
        engine: Engine::Sqlite,
        expected: Fault::Diverged,
        changes: &[Change {
            file: MESSAGE,
            from: "set body = $4, edited_at = $5, changed = true,",
            to: "set body = $4, edited_at = $5,",
        }],
    },
    // A repeated send takes a number as well and gives it to nobody.
    Break {
        name: "places are counted in memory",
        engine: Engine::Sqlite,
        expected: Fault::Missing,
        changes: &[
            Change {
                file: MESSAGE,
                from: "new.body.text(), new.reply_to_seq];\n",
                to: "new.body.text(), new.reply_to_seq, count(app, chat).await?];\n",
            },
            Change {
                file: APPEND,
                from: "Step { sql: ADD_MANY, columns: &[0, 1, 6, 2, 3, 4, 5] }",
                to: "Step { sql: ADD_MANY, columns: &[0, 1, 6, 2, 3, 4, 5, 7] }",
            },
            Change {
                file: APPEND,
                from: "place: Turn { sql: &PLACE, columns: &[0, 1, 6], place: &[] }",
                to: "place: Turn { sql: &PLACE, columns: &[0, 1, 6, 7], place: &[] }",
            },
            Change {
                file: APPEND,
                from: "select c.last_seq + 1, c.last_n",
                to: "select $4, c.last_n",
            },
            Change {
                file: MESSAGE,
                from: "/// Gives one of the caller's own messages another body.",
                to: "static COUNTED: std::sync::Mutex<std::collections::BTreeMap<String, i64>> =
    std::sync::Mutex::new(std::collections::BTreeMap::new());

async fn count(app: &App, chat: ChatId) -> Result<i64> {
    let newest = Sql::new(\"select coalesce(max(seq), 0) from message where chat_id = $1\");
    let newest: &'static Sql = Box::leak(Box::new(newest));
    let rows = app.db.rows(newest, args![chat]).await?;
    let stored: i64 = rows[0].get(0)?;
    let mut counted = COUNTED.lock().expect(\"nobody panics with it\");
    let last = counted.entry(chat.to_string()).or_insert(stored);
    *last += 1;
    Ok(*last)
}

/// Gives one of the caller's own messages another body.",
            },
        ],
    },
];

/// What the program is called that no promise is made for.
const NAME: &str = "tidings-broken";

/// The version too: cargo tells two workspaces in one build folder apart by
/// nothing else, and would take one's libraries for the other's.
const RENAMED: &[Change] = &[
    Change {
        file: "Cargo.toml",
        from: "[workspace.package]\nversion = \"",
        to: "[workspace.package]\nversion = \"0.0.0-broken+",
    },
    Change {
        file: "crates/server/Cargo.toml",
        from: "default-run = \"tidings\"",
        to: "default-run = \"tidings-broken\"",
    },
    Change {
        file: "crates/server/Cargo.toml",
        from: "[[bin]]\nname = \"tidings\"",
        to: "[[bin]]\nname = \"tidings-broken\"",
    },
];

/// Where the copies and their builds are kept.
fn folder() -> PathBuf {
    tree::target().join("broken")
}

/// Copies the sources, breaks them, and builds.
pub(crate) fn build(broken: &Break) -> Result<PathBuf> {
    let sources = folder();
    let changes: Vec<_> = RENAMED.iter().chain(broken.changes).collect();
    for part in ["Cargo.toml", "Cargo.lock", "clippy.toml", "crates", "migrations", "xtask"] {
        copy(Path::new(part), &sources, &changes)?;
    }
    for change in changes {
        let text = std::fs::read_to_string(tree::root().join(change.file))?;
        let found = text.matches(change.from).count();
        let (file, from) = (change.file, change.from);
        ensure!(found == 1, "{file} has {found} times what is to be broken: {from}");
    }
    let built = serve::build_at(&sources, NAME, false)?;
    let own = sources.join("bin").join(broken.name.replace(' ', "-"));
    std::fs::create_dir_all(own.parent().context("it stands in a folder")?)?;
    std::fs::copy(&built, &own)?;
    Ok(own)
}

/// Copies what has changed, since all that is written is compiled again.
fn copy(part: &Path, to: &Path, changes: &[&Change]) -> Result<()> {
    let from = tree::root().join(part);
    if from.is_file() {
        let mut bytes = std::fs::read(&from)?;
        for change in changes.iter().filter(|change| part == Path::new(change.file)) {
            bytes = String::from_utf8(bytes)?.replace(change.from, change.to).into_bytes();
        }
        let to = to.join(part);
        if std::fs::read(&to).ok().is_none_or(|there| there != bytes) {
            std::fs::create_dir_all(to.parent().context("it stands in a folder")?)?;
            std::fs::write(to, bytes)?;
        }
        return Ok(());
    }
    for entry in std::fs::read_dir(&from)? {
        let name = entry?.file_name();
        if name != "node_modules" && name != "target" {
            copy(&part.join(name), to, changes)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who changes these lines of the product has to break them anew.
    #[test]
    fn what_is_to_be_broken_is_there() {
        for change in BREAKS.iter().flat_map(|broken| broken.changes).chain(RENAMED) {
            let text = std::fs::read_to_string(tree::root().join(change.file)).unwrap();
            assert_eq!(text.matches(change.from).count(), 1, "{}: {}", change.file, change.from);
        }
    }
}
