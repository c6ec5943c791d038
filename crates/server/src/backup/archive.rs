//! The archive: a tar file that ends in a manifest.
//!
//! The manifest stands last, so that files are read once, and an archive that
//! was cut short has none.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Component, Path};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const MANIFEST: &str = "manifest.json";

/// The form of archives that this program writes, and the only one it reads.
const FORMAT: u32 = 1;

/// A manifest may be this long.
const MAX_MANIFEST_BYTES: u64 = 256 * 1024 * 1024;

/// What an archive says it holds.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Manifest {
    format: u32,
    pub(super) version: String,
    pub(super) created_at: i64,
    pub(super) schema: i64,
    pub(super) files: Vec<Listed>,
}

/// A file of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Listed {
    path: String,
    pub(super) bytes: u64,
    sha256: String,
}

/// Writes an archive, file by file.
pub(super) struct Writer {
    tar: tar::Builder<File>,
    files: Vec<Listed>,
}

impl Writer {
    pub(super) fn create(path: &Path) -> Result<Self> {
        let mut new = OpenOptions::new();
        let file = new.write(true).create_new(true).mode(0o600).open(path);
        let file = file.with_context(|| path.display().to_string())?;
        Ok(Self { tar: tar::Builder::new(file), files: Vec::new() })
    }

    /// Adds the file `from` under the name `name`.
    pub(super) fn add(&mut self, name: &Path, from: &Path) -> Result<()> {
        let listed = self.append(name, from).with_context(|| from.display().to_string())?;
        self.files.push(listed);
        Ok(())
    }

    fn append(&mut self, name: &Path, from: &Path) -> Result<Listed> {
        let file = File::open(from)?;
        let about = file.metadata()?;
        let mut header = header(about.len(), about.permissions().mode());
        // A file that grows meanwhile is taken as long as it was.
        let mut hashing = Hashing::new(file.take(about.len()));
        self.tar.append_data(&mut header, name, &mut hashing)?;
        let path = name.to_str().context("its name is not text")?.to_owned();
        let (bytes, sha256) = hashing.finish();
        if bytes != about.len() {
            bail!("it became shorter while it was read");
        }
        Ok(Listed { path, bytes, sha256 })
    }

    /// Ends the archive with its manifest; it is on the disk then.
    pub(super) fn finish(mut self, created_at: i64, schema: i64) -> Result<Manifest> {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let manifest = Manifest { format: FORMAT, version, created_at, schema, files: self.files };
        let text = serde_json::to_vec_pretty(&manifest)?;
        self.tar.append_data(&mut header(text.len() as u64, 0o600), MANIFEST, &text[..])?;
        self.tar.into_inner()?.sync_all()?;
        Ok(manifest)
    }
}

fn header(bytes: u64, mode: u32) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes);
    header.set_mode(mode & 0o700);
    header
}

/// Reads an archive and believes none of it.
pub(super) struct Reader {
    tar: tar::Archive<BufReader<File>>,
}

impl Reader {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).with_context(|| path.display().to_string())?;
        Ok(Self { tar: tar::Archive::new(BufReader::new(file)) })
    }

    /// Reads every file, writes the `wanted` ones below `to`, and compares
    /// all with the manifest.
    pub(super) fn unpack(mut self, to: &Path, wanted: &dyn Fn(&Path) -> bool) -> Result<Manifest> {
        let mut found = BTreeMap::new();
        let mut manifest = None;
        for entry in self.tar.entries().context("this is no archive of ours")? {
            let mut entry = entry.context("the archive is damaged")?;
            if manifest.is_some() {
                bail!("something follows the manifest");
            }
            let name = entry.path()?.into_owned();
            if name == Path::new(MANIFEST) {
                manifest = Some(read_manifest(&mut entry)?);
                continue;
            }
            demand_plain(&name, entry.header().entry_type())?;
            let target = wanted(&name).then(|| to.join(&name));
            let listed = take(&mut entry, &name, target.as_deref())
                .with_context(|| name.display().to_string())?;
            found.insert(listed.path.clone(), listed);
        }
        let manifest = manifest.context("the archive is cut short: it has no manifest")?;
        compare(&manifest, found)?;
        Ok(manifest)
    }
}

fn read_manifest(entry: &mut impl Read) -> Result<Manifest> {
    let mut text = Vec::new();
    entry.take(MAX_MANIFEST_BYTES).read_to_end(&mut text)?;
    let manifest: Manifest = serde_json::from_slice(&text).context("the manifest is damaged")?;
    if manifest.format != FORMAT {
        bail!("the archive has format {}, this program reads {FORMAT}", manifest.format);
    }
    Ok(manifest)
}

/// Only plain files below the folder: no links, no way up or out.
fn demand_plain(name: &Path, kind: tar::EntryType) -> Result<()> {
    let is_below = name.components().all(|part| matches!(part, Component::Normal(_)));
    if kind.is_file() && is_below && name.to_str().is_some() {
        return Ok(());
    }
    bail!("{}: not a file of an archive of ours", name.display())
}

fn take<R: Read>(
    entry: &mut tar::Entry<'_, R>,
    name: &Path,
    target: Option<&Path>,
) -> Result<Listed> {
    let mode = entry.header().mode()? & 0o700;
    let mut hashing = Hashing::new(entry);
    match target {
        None => io::copy(&mut hashing, &mut io::sink())?,
        Some(target) => {
            fs::create_dir_all(target.parent().unwrap_or(target))?;
            let mut new = OpenOptions::new();
            let mut file = new.write(true).create_new(true).mode(mode).open(target)?;
            let bytes = io::copy(&mut hashing, &mut file)?;
            file.flush()?;
            file.sync_all()?;
            bytes
        }
    };
    let (bytes, sha256) = hashing.finish();
    Ok(Listed { path: name.to_string_lossy().into_owned(), bytes, sha256 })
}

fn compare(manifest: &Manifest, mut found: BTreeMap<String, Listed>) -> Result<()> {
    for listed in &manifest.files {
        match found.remove(&listed.path) {
            None => bail!("{}: listed, but not there", listed.path),
            Some(file) if file != *listed => bail!("{}: damaged", listed.path),
            Some(_) => {}
        }
    }
    match found.pop_first() {
        None => Ok(()),
        Some((path, _)) => bail!("{path}: there, but not listed"),
    }
}

/// Passes bytes on and hashes them.
struct Hashing<R> {
    inner: R,
    hasher: Sha256,
    bytes: u64,
}

impl<R: Read> Hashing<R> {
    fn new(inner: R) -> Self {
        Self { inner, hasher: Sha256::new(), bytes: 0 }
    }

    fn finish(self) -> (u64, String) {
        let hash = self.hasher.finalize();
        (self.bytes, hash.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.hasher.update(&into[..read]);
        self.bytes += read as u64;
        Ok(read)
    }
}
