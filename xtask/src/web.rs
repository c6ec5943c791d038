//! The web client's tools, called the way its own package names them.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::process::{self, command, say};
use crate::{need, tree};

/// Installs the locked packages of `folder`, unless they stand there already.
pub(crate) fn install(folder: &Path) -> Result<()> {
    need::node()?;
    let lock = std::fs::read(folder.join("package-lock.json"))?;
    let installed = folder.join("node_modules/.installed-lock");
    if std::fs::read(&installed).is_ok_and(|held| held == lock) {
        return Ok(());
    }
    // What is asked for as JSON goes to the other stream, alone.
    eprintln!("$ npm ci  ({})", folder.display());
    let mut npm = npm(folder);
    npm.args(["ci", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts"]);
    process::output(&mut npm)?;
    // Written last: an interrupted installation is repeated.
    std::fs::write(installed, lock)?;
    Ok(())
}

/// npm in that folder. Browsers come from the system, never from a download.
pub(crate) fn npm(folder: &Path) -> Command {
    let mut npm = command("npm");
    npm.current_dir(folder).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1").env("CI", "1");
    npm
}

/// One of the client's own scripts.
pub(crate) fn script(name: &str) -> Command {
    let mut npm = npm(&tree::web());
    npm.args(["run", "--silent", name]);
    npm
}

/// A program among the client's installed packages.
pub(crate) fn program(name: &str, arguments: &[&str]) -> Command {
    let mut program = command(tree::web().join("node_modules/.bin").join(name));
    program.args(arguments).current_dir(tree::web()).env("CI", "1");
    program
}

/// Builds the client into `web/dist`, where the server finds it.
pub(crate) fn build() -> Result<()> {
    install(&tree::web())?;
    let mut build = script("build");
    if process::stream(&mut build, std::time::Duration::from_secs(300), say)?
        != process::Ending::Succeeded
    {
        bail!("the web client does not build");
    }
    Ok(())
}
