//! Log lines: for people on a terminal, one JSON object each elsewhere.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::prelude::*;

use crate::config::{self, Format};

/// Sends log lines to standard error from now on.
pub(crate) fn start(log: &config::Log) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&log.level)
        .map_err(|error| anyhow::anyhow!("log.level: {error}. Write it like `info`."))?;
    let is_pretty = match log.format {
        Format::Auto => std::io::stderr().is_terminal(),
        Format::Pretty => true,
        Format::Json => false,
    };
    let lines = fmt::layer().with_writer(std::io::stderr);
    let lines = if is_pretty {
        lines.with_ansi(std::io::stderr().is_terminal()).boxed()
    } else {
        lines.json().flatten_event(true).boxed()
    };
    // A second start in one process keeps the first one's choice.
    let _ = tracing_subscriber::registry().with(lines.with_filter(filter)).try_init();
    Ok(())
}
