//! The commands that look after what is stored.

use std::fmt::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use domain::{Clock, store};

use super::print;
use crate::backup;
use crate::config::Config;

/// Keep, check and bring back all that an installation is.
#[derive(Debug, Subcommand)]
pub(super) enum Backup {
    /// Write one archive of the store, the secret, the configuration and all files; the
    /// server may go on meanwhile
    Create {
        /// The archive; must not exist yet
        archive: PathBuf,
    },
    /// Read an archive whole: every checksum, every page of the store
    Verify {
        /// The archive
        archive: PathBuf,
    },
    /// Put an archive in the place of the data folder; the server must be stopped
    Restore {
        /// The archive
        archive: PathBuf,
        /// Keep aside what stands there now
        #[arg(long)]
        force: bool,
    },
}

/// Move to another database.
#[derive(Debug, Subcommand)]
pub(super) enum Migrate {
    /// Copy the SQLite store into an empty PostgreSQL database, with a count and a checksum
    /// of each table; the server must be stopped
    ToPostgres {
        /// postgres://USER:PASSWORD@HOST/NAME
        url: String,
    },
}

pub(super) fn backup(config: &Config, what: &Backup) -> ExitCode {
    finish(match what {
        Backup::Create { archive } => {
            backup::create(config, archive, &Clock::System).and_then(|made| say("Wrote", &made))
        }
        Backup::Verify { archive } => backup::verify(archive).and_then(|held| say("Good:", &held)),
        Backup::Restore { archive, force } => restore(config, archive, *force),
    })
}

pub(super) fn to_postgres(config: &Config, url: &str) -> ExitCode {
    finish(move_to(config, url))
}

fn restore(config: &Config, archive: &std::path::Path, force: bool) -> Result<()> {
    let (summary, kept) = block_on(backup::restore(config, archive, force))?;
    if let Some(kept) = kept {
        print(&format!("What stood there is kept in {}\n", kept.display()));
    }
    say("Restored", &summary)
}

fn move_to(config: &Config, url: &str) -> Result<()> {
    let current = config.database_url();
    let Some(path) = current.strip_prefix("sqlite:") else {
        bail!("the store in use is not SQLite");
    };
    let proofs = block_on(async {
        let target = sql::Db::open(&sql::Options::parse(url)?).await?;
        store::migrate(&target).await?;
        let proofs = sql::transfer(path.as_ref(), url, store::REBUILT).await;
        target.close().await;
        proofs.context("nothing was moved")
    })?;
    let mut report = String::new();
    for proof in &proofs {
        let checksum = &proof.checksum[..16];
        writeln!(report, "{:<16} {:>12} rows  {checksum}", proof.table, proof.rows)?;
    }
    let total: u64 = proofs.iter().map(|proof| proof.rows).sum();
    writeln!(
        report,
        "\n{total} rows read back as they were sent. Start with `database` set to the new store; \
         clients go on where they were."
    )?;
    print(&report);
    Ok(())
}

fn say(done: &str, what: &backup::Summary) -> Result<()> {
    print(&format!(
        "{done} {}: {} files, {} bytes, schema {}, made by {}\n",
        what.archive.display(),
        what.files,
        what.bytes,
        what.schema,
        what.version
    ));
    Ok(())
}

fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}

fn finish(outcome: Result<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tidings: {error:#}");
            ExitCode::FAILURE
        }
    }
}
