//! Reading from a store that was filled.

use std::sync::Arc;

use anyhow::{Result, ensure};
use clap::{Args, ValueEnum};
use domain::message::{self, Part};
use domain::{AccountId, App, Caller, ChatId, LoginId, chat};
use sql::{Sql, args};

use crate::Place;
use crate::measure::measure;

/// Messages of a page.
const PAGE: i64 = 20;

#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    place: Place,
    #[arg(long, default_value_t = 4)]
    readers: usize,
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    #[arg(long)]
    what: What,
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    /// 20 messages before a place, and whether the caller may see them
    Page,
    /// The chats of the person who has the most
    List,
}

pub(crate) async fn run(options: &Options) -> Result<()> {
    let app = Arc::new(options.place.open().await?);
    let said = match options.what {
        What::List => lists(&app, options).await?,
        What::Page => pages(&app, options).await?,
    };
    println!("{said}");
    app.db.close().await;
    Ok(())
}

async fn pages(app: &Arc<App>, options: &Options) -> Result<serde_json::Value> {
    let mut places = Vec::new();
    for row in app.db.rows(&OWNERS, args![]).await? {
        let chat: ChatId = row.get(0)?;
        let caller = caller(app, row.get(1)?);
        places.push((chat, caller, row.get::<i64>(2)?));
    }
    let (app, places) = (Arc::clone(app), Arc::new(places));
    measure(options.readers, options.seconds, move |number| {
        let (app, places) = (Arc::clone(&app), Arc::clone(&places));
        async move {
            // Steps that have no factor in common with the count visit all.
            let (chat, caller, last) = &places[number * 7919 % places.len()];
            let before = PAGE + 1 + (number as i64 * 104_729) % (last - PAGE).max(1);
            let part = Part::Before(before);
            let page = message::page(&app, caller, *chat, part, PAGE).await?;
            ensure!(page.messages.len() == 20, "a page of {}", page.messages.len());
            Ok(())
        }
    })
    .await
}

async fn lists(app: &Arc<App>, options: &Options) -> Result<serde_json::Value> {
    let busiest = app.db.row(&BUSIEST, args![]).await?;
    let busiest = busiest.ok_or_else(|| anyhow::anyhow!("nobody is there"))?;
    let (caller, count) = (caller(app, busiest.get(0)?), busiest.get::<i64>(1)?);
    let app = Arc::clone(app);
    measure(options.readers, options.seconds, move |_| {
        let app = Arc::clone(&app);
        async move {
            let chats = chat::list(&app, &caller).await?;
            ensure!(i64::try_from(chats.len())? == count, "a list of {}", chats.len());
            Ok(())
        }
    })
    .await
}

/// The store is not asked for the login session here.
fn caller(app: &App, account: AccountId) -> Caller {
    Caller { account, login: LoginId::new(&app.clock, &app.entropy) }
}

static OWNERS: Sql = Sql::new("select id, owner_id, last_seq from chat");
static BUSIEST: Sql = Sql::new(
    "select account_id, count(*) from member group by account_id order by count(*) desc limit 1",
);
