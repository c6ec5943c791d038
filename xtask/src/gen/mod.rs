//! `cargo xtask gen`: what is written from the server's own descriptions, so
//! that the reference and the client's types cannot drift from the program.

mod markdown;
mod typescript;
mod wire;

use std::path::Path;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::Value;

use crate::process::{self, command, say};
use crate::{serve, tree};

#[derive(Args)]
pub(crate) struct Options {
    /// Change nothing; fail when a file is not what would be written
    #[arg(long)]
    check: bool,
}

/// Builds the server, asks it, and writes or compares.
pub(crate) fn run(options: &Options) -> Result<()> {
    let files = render(&serve::build(false)?)?;
    if options.check {
        return compare(&files);
    }
    for (path, text) in files {
        let path = tree::root().join(path);
        std::fs::create_dir_all(path.parent().expect("every file has a folder"))?;
        if std::fs::read_to_string(&path).ok().as_deref() != Some(text.as_str()) {
            std::fs::write(&path, text)?;
            say(&format!("wrote {}", path.display()));
        }
    }
    Ok(())
}

/// Fails when a generated file differs from what `tidings` would have it be.
pub(crate) fn check(tidings: &Path) -> Result<()> {
    compare(&render(tidings)?)
}

fn compare(files: &[(&str, String)]) -> Result<()> {
    let differs = |path: &str, text: &str| {
        std::fs::read_to_string(tree::root().join(path)).ok().as_deref() != Some(text)
    };
    let drifted: Vec<_> =
        files.iter().filter(|(path, text)| differs(path, text)).map(|(path, _)| *path).collect();
    if !drifted.is_empty() {
        bail!("out of date: {}; run `cargo xtask gen`", drifted.join(", "));
    }
    Ok(())
}

/// Every generated file with its text.
fn render(tidings: &Path) -> Result<Vec<(&'static str, String)>> {
    let openapi = describe(tidings, &["openapi"])?;
    let events = describe(tidings, &["events-schema"])?;
    let config = process::output(command(tidings).args(["config", "default"]))?;
    let wire = wire::Wire::read(&openapi, &events)?;
    Ok(vec![
        ("web/src/api/wire.gen.ts", wire.typescript()?),
        ("docs/api.md", markdown::api(&openapi, &wire)?),
        ("docs/events.md", markdown::events(&wire)?),
        ("docs/config.md", markdown::config(&config)),
    ])
}

fn describe(tidings: &Path, arguments: &[&str]) -> Result<Value> {
    let said = process::output(command(tidings).args(arguments))?;
    serde_json::from_str(&said).with_context(|| format!("tidings {}", arguments.join(" ")))
}
