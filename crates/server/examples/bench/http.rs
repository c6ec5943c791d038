//! Pages over HTTP, by whatever server: connections stay open, and each asks
//! for the next page once it has the last. Of a server of ours, also while
//! somebody sends.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

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
    /// So many messages a second are sent to the same chats meanwhile
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    sends: Option<u32>,
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
    let sent = Arc::new(AtomicU32::new(0));
    let sending = options
        .sends
        .map(|rate| tokio::spawn(send(options.address, members.clone(), rate, sent.clone())));
    let began = Instant::now();
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
    let mut said = said.await?;
    if let Some(sending) = sending {
        // It ends only when it fails.
        ensure!(!sending.is_finished(), "no longer sent: {:?}", sending.await);
        sending.abort();
        let sent = f64::from(sent.load(Ordering::Relaxed));
        said["sends_per_second"] = (sent / began.elapsed().as_secs_f64()).into();
    }
    println!("{said}");
    Ok(())
}

/// Sends to one chat after the other, each message at its time, or once the one
/// before it is answered.
async fn send(
    address: SocketAddr,
    members: Arc<Vec<(String, String)>>,
    rate: u32,
    sent: Arc<AtomicU32>,
) -> Result<Infallible> {
    let stream = TcpStream::connect(address).await?;
    let (mut connection, run) = (Connection { stream, read: vec![] }, std::process::id());
    let mut tick = tokio::time::interval(Duration::from_secs(1) / rate);
    for number in 0.. {
        tick.tick().await;
        let (token, chat) = &members[number * 7919 % members.len()];
        let body = format!(r#"{{"client_id":"{run}-{number:08}","body":"{}"}}"#, "x".repeat(200));
        let ask = format!(
            "POST /v1/chats/{chat}/messages HTTP/1.1\r\nHost: {address}\r\n\
             Authorization: Bearer {token}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let said = connection.ask(ask.as_bytes()).await?;
        ensure!(said.starts_with("HTTP/1.1 201 "), "not sent: {said}");
        sent.fetch_add(1, Ordering::Relaxed);
    }
    unreachable!("there is always a next number")
}

struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Connection {
    /// Asks for a full page.
    async fn page(&mut self, ask: &[u8]) -> Result<()> {
        let said = self.ask(ask).await?;
        let full = said.starts_with("HTTP/1.1 200 ") && said.matches(BODY).count() == PAGE;
        ensure!(full, "no full page: {said}");
        Ok(())
    }

    /// Asks and takes the whole answer.
    async fn ask(&mut self, ask: &[u8]) -> Result<&str> {
        self.stream.write_all(ask).await?;
        self.read.clear();
        let mut whole = None;
        while whole.is_none_or(|whole| self.read.len() < whole) {
            if self.stream.read_buf(&mut self.read).await? == 0 {
                bail!("the server hung up");
            }
            whole = whole.or_else(|| length(&self.read));
        }
        Ok(std::str::from_utf8(&self.read)?)
    }
}

/// How long the answer is with its head, once the head is there.
fn length(read: &[u8]) -> Option<usize> {
    let head = read.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let lines = std::str::from_utf8(&read[..head]).ok()?.to_ascii_lowercase();
    let length = lines.lines().find_map(|line| line.strip_prefix("content-length: "))?;
    Some(head + length.trim().parse::<usize>().ok()?)
}
