//! A layer between the server and the disk that fails, holds or counts on demand.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::process::{TempDir, command, find, output};
use crate::tidings::Tidings;

/// The layer, compiled for this run, and the folder by which it is told what to do.
pub(crate) struct Shim {
    folder: TempDir,
}

impl Shim {
    pub(crate) fn build() -> Result<Self> {
        let folder = TempDir::new("shim")?;
        let source = folder.path().join("shim.c");
        std::fs::write(&source, include_str!("shim.c"))?;
        let compiler = find("cc").context("a C compiler is needed, as for building SQLite")?;
        let mut cc = command(compiler);
        cc.args(["-O1", "-shared", "-fPIC", "-o"]).arg(folder.path().join("shim.so"));
        output(cc.arg(&source).arg("-ldl"))?;
        Ok(Self { folder })
    }

    /// Puts itself under a server that is not started yet.
    pub(crate) fn under(&self, server: &mut Tidings) {
        let text = |path: PathBuf| path.display().to_string();
        let library = text(self.folder.path().join("shim.so"));
        server.environment.push(("LD_PRELOAD", library));
        server.environment.push(("FAULTS", text(self.folder.path().to_path_buf())));
    }

    /// From now on this goes wrong; see `shim.c` for the names.
    pub(crate) fn begin(&self, fault: &str) -> Result<()> {
        Ok(std::fs::write(self.folder.path().join(fault), "")?)
    }

    /// And no longer.
    pub(crate) fn end(&self, fault: &str) -> Result<()> {
        Ok(std::fs::remove_file(self.folder.path().join(fault))?)
    }

    /// How many syncs of the store succeeded.
    pub(crate) fn syncs(&self) -> u64 {
        std::fs::metadata(self.folder.path().join("syncs")).map_or(0, |file| file.len())
    }
}
