//! What the checks need from the system: found, installed, or named.
//!
//! As root on Debian or Ubuntu missing packages are installed; anywhere else
//! the exact command is printed, and nothing is changed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Once;

use anyhow::{Context, Result, bail};

use crate::process::{command, find, output, say};
use crate::tree;

/// PostgreSQL's own programs, which Debian keeps off the path.
pub(crate) fn postgres() -> Result<PathBuf> {
    if let Some(found) = postgres_programs() {
        return Ok(found);
    }
    keep_system_cluster_away();
    install("postgresql")?;
    postgres_programs().context("postgresql is installed but initdb is not to be found")
}

/// A Chromium for the end-to-end tests: the one that has no window, which costs
/// a fifth less, or where there is no such package any other.
pub(crate) fn chromium() -> Result<PathBuf> {
    const SHELL: &str = "chromium-headless-shell";
    let named = || tree::variable("CHROMIUM").map(PathBuf::from);
    if let Some(found) = named().or_else(|| find(SHELL)) {
        return Ok(found);
    }
    if install(SHELL).is_err() && any_chromium().is_none() {
        install("chromium")?;
    }
    find(SHELL).or_else(any_chromium).context("chromium is installed but not on the path")
}

/// The shell of SQLite, which judges our files from outside.
pub(crate) fn sqlite() -> Result<PathBuf> {
    if find("sqlite3").is_none() {
        install("sqlite3")?;
    }
    find("sqlite3").context("sqlite3 is installed but not on the path")
}

/// Node and npm, new enough for the web client's tools.
pub(crate) fn node() -> Result<()> {
    if find("node").is_none() || find("npm").is_none() {
        bail!("the web client needs Node 20.19 or newer with npm: https://nodejs.org");
    }
    let said = output(command("node").arg("--version"))?;
    let mut parts = said.trim().trim_start_matches('v').split('.').map(str::parse::<u32>);
    let version = (parts.next(), parts.next());
    match version {
        (Some(Ok(major)), Some(Ok(minor))) if (major, minor) >= (20, 19) => Ok(()),
        _ => bail!("the web client needs Node 20.19 or newer; this is {}", said.trim()),
    }
}

fn any_chromium() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
    names.into_iter().find_map(find)
}

fn postgres_programs() -> Option<PathBuf> {
    let mut versions: Vec<_> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .filter(|programs| programs.join("initdb").is_file())
        .collect();
    versions.sort_by_key(|programs| major_version(programs));
    let beside_initdb = || Some(find("initdb")?.parent()?.to_path_buf());
    versions.pop().or_else(beside_initdb)
}

fn major_version(programs: &Path) -> u32 {
    let version = programs.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    version.and_then(|version| version.parse().ok()).unwrap_or(0)
}

/// Debian starts a cluster of its own when the package arrives; the checks run
/// theirs in a temporary folder and want none beside it.
fn keep_system_cluster_away() {
    let settings = Path::new("/etc/postgresql-common/createcluster.conf");
    if is_root() && !settings.exists() {
        let _ = std::fs::create_dir_all("/etc/postgresql-common");
        let _ = std::fs::write(settings, "create_main_cluster = false\n");
    }
}

fn install(package: &str) -> Result<()> {
    let debian = Path::new("/etc/debian_version").exists() && find("apt-get").is_some();
    if !debian {
        bail!("{package} is missing: install it with your system's package manager");
    }
    if !is_root() {
        bail!("{package} is missing: sudo apt-get update && sudo apt-get install -y {package}");
    }
    static FRESH: Once = Once::new();
    FRESH.call_once(|| {
        // Stale lists are not fatal yet: the package may be known already.
        let _ = apt(&["update"]);
    });
    let keep_settings = ["-o", "Dpkg::Options::=--force-confold"];
    apt(&[&["install", "-y", "--no-install-recommends"], &keep_settings[..], &[package]].concat())
}

fn apt(arguments: &[&str]) -> Result<()> {
    let mut apt = command("apt-get");
    apt.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    say(&format!("$ apt-get {}", arguments.join(" ")));
    output(&mut apt).map(drop)
}

/// True when we run as root, which PostgreSQL and Chromium's sandbox refuse.
pub(crate) fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}
