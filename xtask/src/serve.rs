//! `cargo xtask serve`: the whole product from sources, ready to be looked at.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::process::cargo;
use crate::{tree, web};

#[derive(Args)]
pub(crate) struct Options {
    /// Where to listen; a loopback address, since the development inbox is open
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: String,
    /// The data folder, kept between runs
    #[arg(long, default_value = "data")]
    data: PathBuf,
    /// Optimised build
    #[arg(long)]
    release: bool,
    /// Further options of `tidings serve`
    #[arg(last = true)]
    rest: Vec<String>,
}

/// Builds client and server, then becomes the server.
pub(crate) fn run(options: &Options) -> Result<()> {
    web::build()?;
    let binary = build(options.release)?;
    let mut serve = Command::new(binary);
    serve.args(["serve", "--dev", "--listen", &options.listen, "--data"]);
    serve.arg(tree::root().join(&options.data)).args(&options.rest);
    // The server takes our place, so that signals and its exit code are its own.
    Err(serve.current_dir(tree::root()).exec()).context("could not start tidings")
}

/// Builds the one shipped binary and says where it is.
pub(crate) fn build(release: bool) -> Result<PathBuf> {
    build_at(&tree::root(), "tidings", release)
}

/// Builds a program of the workspace at `sources`; what it depends on is shared
/// with all others.
pub(crate) fn build_at(sources: &Path, name: &str, release: bool) -> Result<PathBuf> {
    let mut build = cargo();
    build.args(["build", "--bin", name, "--message-format=json-render-diagnostics"]);
    build.current_dir(sources).arg("--target-dir").arg(tree::target());
    if release {
        build.arg("--release");
    }
    let built = build.stderr(Stdio::inherit()).output().context("could not start cargo")?;
    if !built.status.success() {
        bail!("{name} does not build");
    }
    let said = String::from_utf8_lossy(&built.stdout);
    let mut files = said.lines().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        let is_it = message["target"]["name"] == name;
        is_it.then(|| message["executable"].as_str().map(PathBuf::from))?
    });
    files.next_back().with_context(|| format!("cargo built no program called {name}"))
}
