//! The parts of `cargo xtask bench` that run inside a process of ours: the
//! real verbs on the real store, without HTTP, beside a log that only syncs.
//!
//! Prints JSON, except `seed` and `tokens`, which print a line for each member
//! of a chat, or its owner: an access token and the chat.

mod http;
mod log;
mod measure;
mod reads;
mod search;
mod seed;
mod sends;
mod tokens;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Parser};
use domain::App;
use server::boot::{self, Parts};
use server::config::{Config, Secret};

#[derive(Parser)]
enum Command {
    /// Fill a store with people, chats and messages
    Seed(seed::Options),
    /// Durable sends with every check, from many writers at once
    Sends(sends::Options),
    /// Pages of history and lists of chats of a store that was filled
    Reads(reads::Options),
    /// Searches in a store that this fills and indexes first
    Search(search::Options),
    /// Pages of history over HTTP, of a server that runs
    Http(http::Options),
    /// Access tokens for a store that was filled
    Tokens(tokens::Options),
    /// Appends to a file that is synced for each group of waiting writers
    Log(log::Options),
}

/// Which store.
#[derive(Args)]
struct Place {
    /// The data folder
    #[arg(long)]
    data: PathBuf,
    /// The database's URL, if not SQLite in the data folder
    #[arg(long)]
    database: Option<String>,
    /// Who issues the access tokens
    #[arg(long, default_value = "http://localhost:8080")]
    public_url: String,
}

impl Place {
    fn config(&self) -> Config {
        Config {
            data: self.data.clone(),
            database: self.database.clone().map(Secret::new),
            public_url: Some(self.public_url.clone()),
            ..Config::default()
        }
    }

    async fn open(&self) -> Result<App> {
        std::fs::create_dir_all(&self.data)?;
        boot::open(&self.config(), Parts::default()).await
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    match Command::parse() {
        Command::Seed(options) => seed::run(&options).await,
        Command::Sends(options) => sends::run(&options).await,
        Command::Reads(options) => reads::run(&options).await,
        Command::Search(options) => search::run(&options).await,
        Command::Http(options) => http::run(&options).await,
        Command::Tokens(options) => tokens::run(&options).await,
        Command::Log(options) => log::run(&options).await,
    }
}
