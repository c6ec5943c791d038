//! The physical limit: what waits is written with one call and one sync.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use tokio::sync::{mpsc, oneshot};

use crate::measure::measure;

/// Bytes of an entry: a body of 200 with what a message has beside it.
const ENTRY: usize = 256;

#[derive(Args)]
pub(crate) struct Options {
    /// The folder that the log is written to
    #[arg(long)]
    data: PathBuf,
    #[arg(long, default_value_t = 64)]
    writers: usize,
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
}

pub(crate) async fn run(options: &Options) -> Result<()> {
    std::fs::create_dir_all(&options.data)?;
    let log = start(&options.data.join("log"))?;
    let said = measure(options.writers, options.seconds, move |_| {
        let log = log.clone();
        async move {
            let (answer, answered) = oneshot::channel();
            log.send(answer).await?;
            Ok(answered.await?)
        }
    });
    println!("{}", said.await?);
    Ok(())
}

fn start(path: &std::path::Path) -> Result<mpsc::Sender<oneshot::Sender<()>>> {
    /// `O_DSYNC` of Linux: a write returns when its data is on the disk.
    const O_DSYNC: i32 = 0o10000;
    let mut file = OpenOptions::new().create(true).append(true).custom_flags(O_DSYNC).open(path)?;
    let (sender, mut receiver) = mpsc::channel::<oneshot::Sender<()>>(4096);
    std::thread::spawn(move || {
        let mut waiting = Vec::new();
        while receiver.blocking_recv_many(&mut waiting, 256) > 0 {
            let bytes = vec![b'x'; ENTRY * waiting.len()];
            if file.write_all(&bytes).is_err() {
                return;
            }
            for answer in waiting.drain(..) {
                // A writer that has gone needs no answer.
                let _ = answer.send(());
            }
        }
    });
    Ok(sender)
}
