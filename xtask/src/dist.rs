//! `cargo xtask dist`: one program with the client inside, and its checksum.

use std::path::Path;

use anyhow::{Context, Result};

use crate::process::{self, command, find, say};
use crate::{serve, tree, web};

/// Builds for this machine into `target/dist`.
pub(crate) fn run() -> Result<()> {
    web::build()?;
    let binary = serve::build(true)?;
    let version = process::output(command(&binary).arg("--version"))?;
    let version = version.split_whitespace().nth(1).context("no version")?.to_owned();
    let folder = tree::root().join("target/dist");
    std::fs::create_dir_all(&folder)?;
    let name = format!("tidings-{version}-{}-{}", std::env::consts::OS, std::env::consts::ARCH);
    std::fs::copy(&binary, folder.join(&name))?;
    let sum = checksum(&folder, &name)?;
    std::fs::write(folder.join(format!("{name}.sha256")), &sum)?;
    say(&format!("{}\n{}", folder.join(&name).display(), sum.trim_end()));
    Ok(())
}

/// The line that `sha256sum --check` reads.
fn checksum(folder: &Path, name: &str) -> Result<String> {
    let mut sum = match find("sha256sum") {
        Some(program) => command(program),
        None => {
            let mut sum = command("shasum");
            sum.args(["-a", "256"]);
            sum
        }
    };
    process::output(sum.arg(name).current_dir(folder))
}
