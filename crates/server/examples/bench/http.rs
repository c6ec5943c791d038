//! Pages over HTTP, by whatever server: connections stay open, and each asks
//! for the next page once it has the last.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::measure::measure;

/// Messages of a page, and what each of their bodies is at least.
const PAGE: usize = 20;
const BODY: &str = "\"body\":\"xxxxxxxx";

#[derive(Args)]
pub(crate) struct Options {
    #[arg(long)]
    address: SocketAddr,
    /// A file with a line for each reader: a token and the chat
    #[arg(long)]
    members: PathBuf,
    /// What is asked for; {chat} is replaced, and {n} by a place in the chat
    #[arg(long)]
    path: String,
    /// The last place
    #[arg(long)]
    upto: u64,
    #[arg(long, default_value_t = 32)]
    connections: usize,
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
}

pub(crate) async fn run(options: &Options) -> Result<()> {
    let lines = std::fs::read_to_string(&options.members)?;
    let members = lines.lines().filter_map(|line| line.split_once(' '));
    let members: Vec<_> =
        members.map(|(token, chat)| (token.to_owned(), chat.to_owned())).collect();
    ensure!(!members.is_empty(), "nobody reads");
    let mut open = Vec::new();
    for _ in 0..options.connections {
        open.push(Connection { stream: TcpStream::connect(options.address).await?, read: vec![] });
    }
    let (idle, members) = (Arc::new(Mutex::new(open)), Arc::new(members));
    let (path, host, upto) = (options.path.clone(), options.address, options.upto);
    let said = measure(options.connections, options.seconds, move |number| {
        let (token, chat) = &members[number * 7919 % members.len()];
        // The first pages of a chat are not full.
        let low = upto * PAGE as u64 / 50 + 1;
        let place = low + (number as u64 * 104_729) % (upto - low).max(1);
        let path = path.replace("{chat}", chat).replace("{n}", &place.to_string());
        let ask =
            format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\r\n");
        let idle = Arc::clone(&idle);
        async move {
            let taken = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut connection = taken.context("every worker has a connection")?;
            connection.page(ask.as_bytes()).await?;
            idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            Ok(())
        }
    });
    println!("{}", said.await?);
    Ok(())
}

struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Connection {
    /// Asks and takes the whole answer, which must be a full page.
    async fn page(&mut self, ask: &[u8]) -> Result<()> {
        self.stream.write_all(ask).await?;
        self.read.clear();
        let mut whole = None;
        while whole.is_none_or(|whole| self.read.len() < whole) {
            if self.stream.read_buf(&mut self.read).await? == 0 {
                bail!("the server hung up");
            }
            whole = whole.or_else(|| length(&self.read));
        }
        let said = std::str::from_utf8(&self.read)?;
        let full = said.starts_with("HTTP/1.1 200 ") && said.matches(BODY).count() == PAGE;
        ensure!(full, "no full page: {said}");
        Ok(())
    }
}

/// How long the answer is with its head, once the head is there.
fn length(read: &[u8]) -> Option<usize> {
    let head = read.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let lines = std::str::from_utf8(&read[..head]).ok()?.to_ascii_lowercase();
    let length = lines.lines().find_map(|line| line.strip_prefix("content-length: "))?;
    Some(head + length.trim().parse::<usize>().ok()?)
}
