//! `domain::message::send`: membership, idempotency, counters, and on disk
//! before it answers.

use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Args;
use domain::message::{self, New};

use crate::Place;
use crate::measure::measure;
use crate::seed::{self, Plan};

#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    place: Place,
    #[arg(long, default_value_t = 64)]
    writers: usize,
    #[arg(long, default_value_t = 1000)]
    chats: usize,
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// SQLite: no commit is shared
    #[arg(long)]
    each: bool,
    /// The search index follows meanwhile, without a rest
    #[arg(long)]
    indexes: bool,
}

pub(crate) async fn run(options: &Options) -> Result<()> {
    let mut app = options.place.open().await?;
    let plan = Plan { chats: options.chats, members: 2, each: 1, friends: 0, messages: 0 };
    let seeded = seed::fill(&app, plan).await?;
    if options.each {
        app.db.close().await;
        let url = options.place.config().database_url();
        app.db = sql::Db::open(&sql::Options { group: 1, ..sql::Options::parse(&url)? }).await?;
    }
    let app = Arc::new(app);
    if options.indexes {
        let app = Arc::clone(&app);
        tokio::spawn(async move { while domain::search::run(&app).await.is_ok() {} });
    }
    let (used, run) = (Arc::clone(&app), std::process::id());
    let seeded = Arc::new(seeded);
    let said = measure(options.writers, options.seconds, move |number| {
        let (app, seeded) = (Arc::clone(&used), Arc::clone(&seeded));
        async move {
            let chat = &seeded[number % seeded.len()];
            let caller = chat.members[number / seeded.len() % chat.members.len()];
            let new = New::parse(format!("{run}-{number:016}"), "x".repeat(200), None)?;
            let sent = message::send(&app, &caller, chat.chat, new).await?;
            (!sent.repeated).then_some(()).context("a send was taken for a repeated one")
        }
    });
    println!("{}", said.await?);
    app.db.close().await;
    Ok(())
}
