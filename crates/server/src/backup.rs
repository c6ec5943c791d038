//! Backup: one archive that holds all an installation is.
//!
//! A copy of the store at one moment, the secret, the configuration, the
//! templates, the media: every file of the data folder, with a manifest of
//! their checksums at the end. It is made while the server runs, and whoever
//! holds it holds the installation: keep it as safe as the server.
//!
//! Refuses PostgreSQL stores, which have tools of their own for this.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use domain::{Clock, Entropy, store};

use crate::config::Config;

mod archive;

use archive::{Manifest, Reader, Writer};

/// The store's name in an archive and in the folder it is restored to.
const STORE: &str = "tidings.db";

/// What an archive holds.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Summary {
    /// The archive.
    pub archive: PathBuf,
    /// The version that made it.
    pub version: String,
    /// When it was made, in Unix milliseconds.
    pub created_at: i64,
    /// The store's newest migration.
    pub schema: i64,
    /// How many files it holds.
    pub files: usize,
    /// How many bytes they have together.
    pub bytes: u64,
}

impl Summary {
    fn of(archive: &Path, manifest: &Manifest) -> Self {
        Self {
            archive: archive.to_owned(),
            version: manifest.version.clone(),
            created_at: manifest.created_at,
            schema: manifest.schema,
            files: manifest.files.len(),
            bytes: manifest.files.iter().map(|file| file.bytes).sum(),
        }
    }
}

/// Writes an archive of the installation to `to`: whole or not at all, on the
/// disk when this returns. The server may go on meanwhile.
///
/// # Errors
/// When the store is PostgreSQL, a file cannot be read, or the disk is full.
pub fn create(config: &Config, to: &Path, clock: &Clock) -> Result<Summary> {
    let store_path = store_path(config)?;
    if to.exists() {
        bail!("{} exists already; a backup never overwrites", to.display());
    }
    let beside = folder_of(to);
    let scratch = tempfile::tempdir_in(beside).with_context(|| beside.display().to_string())?;
    let snapshot = scratch.path().join(STORE);
    sql::file::copy(&store_path, &snapshot).context("the store cannot be copied")?;
    let schema = sql::file::inspect(&snapshot).context("the copy is not sound")?;

    let part = scratch.path().join("archive");
    let mut writer = Writer::create(&part)?;
    writer.add(Path::new(STORE), &snapshot)?;
    for path in files_beside_store(&config.data, &store_path)? {
        writer.add(path.strip_prefix(&config.data)?, &path)?;
    }
    let manifest = writer.finish(clock.now_ms(), schema)?;
    fs::rename(&part, to).with_context(|| to.display().to_string())?;
    fs::File::open(beside)?.sync_all()?;
    Ok(Summary::of(to, &manifest))
}

/// Reads the whole archive: every checksum, and every page of the store.
///
/// # Errors
/// When something is missing, damaged or not listed.
pub fn verify(archive: &Path) -> Result<Summary> {
    let scratch = tempfile::tempdir_in(folder_of(archive))?;
    let manifest = unpack(archive, scratch.path(), &|path| path == Path::new(STORE))?;
    Ok(Summary::of(archive, &manifest))
}

/// Puts the archive in the place of the data folder. The store gets another
/// epoch, so that every client starts afresh. With `force`, what stood there
/// is kept beside it under another name, which is the second answer.
///
/// # Errors
/// When a server uses the folder, it holds a store and `force` is not given,
/// the archive is damaged, or a newer version made it. Nothing changed then.
pub async fn restore(
    config: &Config,
    archive: &Path,
    force: bool,
) -> Result<(Summary, Option<PathBuf>)> {
    let store_path = store_path(config)?;
    if store_path != config.data.join(STORE) {
        bail!("a restore writes {STORE} of the data folder: leave `database` out");
    }
    let _lock = match store_path.exists() {
        true if !force => bail!("{} holds a store; --force keeps it aside", config.data.display()),
        true => Some(sql::file::lock(&store_path)?),
        false => None,
    };
    let beside = folder_of(&config.data);
    fs::create_dir_all(beside)?;
    let scratch = tempfile::tempdir_in(beside).with_context(|| beside.display().to_string())?;
    let manifest = unpack(archive, scratch.path(), &|_| true)?;
    make_current(&scratch.path().join(STORE)).await?;
    let kept = put_in_place(scratch, &config.data, manifest.created_at)?;
    Ok((Summary::of(archive, &manifest), kept))
}

/// Reads the archive into `to`, only those files that `wanted` says; proves
/// everything either way.
fn unpack(archive: &Path, to: &Path, wanted: &dyn Fn(&Path) -> bool) -> Result<Manifest> {
    let manifest = Reader::open(archive)?.unpack(to, wanted)?;
    let store = to.join(STORE);
    let schema = sql::file::inspect(&store).context("the archive's store is not sound")?;
    if schema != manifest.schema {
        bail!("the archive's store has schema {schema}, its manifest says {}", manifest.schema);
    }
    Ok(manifest)
}

async fn make_current(path: &Path) -> Result<()> {
    let db = sql::Db::open(&sql::Options::sqlite(path)).await?;
    // A newer schema than this program's is refused here.
    store::migrate(&db).await.context("the archive's store cannot be used")?;
    domain::sync::renew_epoch(&db, &Entropy::System).await?;
    db.close().await;
    Ok(())
}

/// One rename puts the whole folder in place, so a crash leaves the old or the
/// new one.
fn put_in_place(scratch: tempfile::TempDir, data: &Path, stamp: i64) -> Result<Option<PathBuf>> {
    let lock = scratch.path().join(format!("{STORE}.lock"));
    fs::remove_file(&lock).with_context(|| lock.display().to_string())?;
    let mut kept = None;
    if data.exists() && fs::remove_dir(data).is_err() {
        let aside = aside(data, stamp);
        fs::rename(data, &aside).with_context(|| aside.display().to_string())?;
        kept = Some(aside);
    }
    let fresh = scratch.keep();
    fs::rename(&fresh, data).with_context(|| data.display().to_string())?;
    fs::File::open(folder_of(data))?.sync_all()?;
    Ok(kept)
}

/// A name beside `data` that nothing has yet.
fn aside(data: &Path, stamp: i64) -> PathBuf {
    let name = data.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let named = |turn: u32| data.with_file_name(format!("{name}.before-restore-{stamp}-{turn}"));
    (1..).map(named).find(|path| !path.exists()).expect("some number is free")
}

fn store_path(config: &Config) -> Result<PathBuf> {
    match config.database_url().strip_prefix("sqlite:") {
        Some(path) => Ok(PathBuf::from(path.strip_prefix("//").unwrap_or(path))),
        None => {
            bail!("the store is PostgreSQL: back it up with pg_dump, and the data folder as files")
        }
    }
}

/// Every file of the data folder but the store itself and what it keeps
/// beside it.
fn files_beside_store(data: &Path, store: &Path) -> Result<Vec<PathBuf>> {
    let store = store.as_os_str().to_string_lossy().into_owned();
    let mut files = Vec::new();
    let mut folders = vec![data.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let (entry, path) = entry.map(|entry| (entry.file_type(), entry.path()))?;
            if entry.as_ref().is_ok_and(fs::FileType::is_dir) {
                folders.push(path);
            } else if entry?.is_file() && !path.to_string_lossy().starts_with(&store) {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
