//! What is measured of ours, built the way it is shipped.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use super::Options;
use crate::process::cargo;

/// The programs.
pub(crate) struct Built {
    /// What is shipped.
    pub(crate) tidings: PathBuf,
    /// Its parts, measured by themselves, and what fills a store.
    pub(crate) parts: PathBuf,
}

/// Builds both at once, unless a binary is named: its parts stand beside it.
pub(crate) fn ours(options: &Options) -> Result<Built> {
    if let Some(tidings) = &options.binary {
        let parts = tidings.with_file_name("examples").join("bench");
        return Ok(Built { tidings: tidings.clone(), parts });
    }
    let mut build = cargo();
    build.args(["build", "--release", "--package", "server", "--bin", "tidings"]);
    build.args(["--example", "bench", "--message-format=json-render-diagnostics"]);
    let built = build.stderr(std::process::Stdio::inherit()).output();
    let built = built.context("could not start cargo")?;
    if !built.status.success() {
        bail!("the server does not build");
    }
    let said = String::from_utf8_lossy(&built.stdout);
    let file = |name: &str| {
        let mut files = said.lines().filter_map(|line| {
            let message: serde_json::Value = serde_json::from_str(line).ok()?;
            let wanted = message["target"]["name"] == name;
            wanted.then(|| message["executable"].as_str().map(PathBuf::from))?
        });
        files.next_back().with_context(|| format!("cargo built no program called {name}"))
    };
    Ok(Built { tidings: file("tidings")?, parts: file("bench")? })
}
