//! Searching in many messages of one person: half of them in one chat, the rest
//! in some hundred others, as somebody has them after years.

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Result, ensure};
use clap::{Args, ValueEnum};
use domain::search::{self, Ask, Words};
use domain::{App, Caller, ChatId};
use sql::{Batch, Sql, args};

use crate::Place;
use crate::measure::measure;
use crate::seed::{self, Plan, Seeded};

/// Different words in use, the first of them the most.
const VOCABULARY: u64 = 30_000;
const YEAR_MS: i64 = 31_536_000_000;
/// Words of a message.
const WORDS: u64 = 12;
/// What is asked of each: what everybody says, what some say, what nobody said,
/// two words of which one is common, and the beginning of many.
const QUERIES: [&str; 6] = ["w1", "w40", "w2718", "nobody", "w1 w2718", "w2"];

#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    place: Place,
    #[arg(long, default_value_t = 1_000_000)]
    messages: i64,
    #[arg(long, default_value_t = 500)]
    chats: usize,
    #[arg(long, default_value_t = 1)]
    readers: usize,
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// The store is filled and indexed already: only search, in this way
    #[arg(long)]
    what: Option<What>,
    /// Only this is asked
    #[arg(long)]
    query: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    /// In the longest chat
    Chat,
    /// In all of them
    Everywhere,
}

pub(crate) async fn run(options: &Options) -> Result<()> {
    let app = Arc::new(options.place.open().await?);
    let said = match options.what {
        None => prepare(&app, options).await?,
        Some(what) => searches(&app, options, what).await?,
    };
    println!("{said}");
    app.db.close().await;
    Ok(())
}

/// Fills the store, then indexes it without a rest.
async fn prepare(app: &Arc<App>, options: &Options) -> Result<serde_json::Value> {
    let friends = options.chats.saturating_sub(1);
    let plan = Plan { chats: options.chats, members: 2, each: 1, friends, messages: 0 };
    let seeded = seed::fill(app, plan).await?;
    let (long, rest) = seeded.split_at(1);
    speak(app, &long[0], options.messages / 2, 0).await?;
    for (chat, nth) in rest.iter().zip(1..) {
        let count = options.messages / 2 / i64::try_from(rest.len())?;
        // A few chats of today, a dozen of this week, the last of a year ago.
        speak(app, chat, count, nth * nth * 120_000).await?;
    }
    let began = Instant::now();
    let rows = search::run(app).await?;
    let seconds = began.elapsed().as_secs_f64();
    Ok(serde_json::json!({ "rows": rows, "seconds": seconds, "per_second": rows as f64 / seconds }))
}

/// A year of messages, the last of them so long ago.
async fn speak(app: &App, seeded: &Seeded, count: i64, ago_ms: i64) -> Result<()> {
    let last_at = app.clock.now_ms() - ago_ms;
    let at = |seq: i64| last_at - YEAR_MS / (count + 1) * (count - seq);
    let mut dice = Dice(0x9e37_79b9 + count.unsigned_abs());
    for seqs in (1..=count).collect::<Vec<_>>().chunks(1_000) {
        let mut batch = Batch::new();
        for seq in seqs.iter().copied() {
            let sender = seeded.members[usize::from(seq % 3 == 0)].account;
            let id = format!("seed-{seq}");
            batch.run(&MESSAGE, args![seeded.chat, seq, sender, id, dice.body(), at(seq)]);
        }
        app.db.write(batch).await?;
    }
    let mut batch = Batch::new();
    batch.run(&COUNTERS, args![seeded.chat, count, last_at]);
    app.db.write(batch).await?;
    Ok(())
}

async fn searches(app: &Arc<App>, options: &Options, what: What) -> Result<serde_json::Value> {
    let row = app.db.row(&LONGEST, args![]).await?;
    let row = row.ok_or_else(|| anyhow::anyhow!("nobody is there"))?;
    let (chat, account): (ChatId, _) = (row.get(0)?, row.get(1)?);
    let caller = Caller { account, login: domain::LoginId::new(&app.clock, &app.entropy) };
    let (app, only) = (Arc::clone(app), options.query.clone());
    measure(options.readers, options.seconds, move |number| {
        let (app, only) = (Arc::clone(&app), only.clone());
        async move {
            let query = only.as_deref().unwrap_or(QUERIES[number % QUERIES.len()]);
            let ask = Ask {
                words: Words::parse(query)?,
                chat: matches!(what, What::Chat).then_some(chat),
                sender: None,
                // Every other one goes far back, as by the thousandth page.
                until: (number / QUERIES.len() % 2 == 1).then(|| app.clock.now_ms() - YEAR_MS / 2),
                before: None,
                limit: 20,
            };
            let found = search::search(&app, &caller, &ask).await?;
            ensure!(found.messages.is_empty() == (query == "nobody"), "{query}: {found:?}");
            Ok(())
        }
    })
    .await
}

/// A generator of numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        // Xorshift (Marsaglia, 2003).
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 11
    }

    /// Words as often as in life: each twice as rare as the one at half its place.
    fn body(&mut self) -> String {
        let mut words = Vec::new();
        for _ in 0..WORDS {
            let span = (VOCABULARY as f64).ln() * (self.next() % 1_000_000) as f64 / 1e6;
            words.push(format!("w{}", span.exp() as u64));
        }
        words.join(" ")
    }
}

static MESSAGE: Sql = Sql::new(
    "insert into message (chat_id, seq, n, rev, sender_id, client_id, sent_hash, kind, body,
                          changed, created_at)
     values ($1, $2, $2, $2, $3, $4, $3, 'text', $5, false, $6)",
);
static COUNTERS: Sql =
    Sql::new("update chat set last_seq = $2, last_n = $2, rev = $2, last_at = $3 where id = $1");
static LONGEST: Sql = Sql::new("select id, owner_id from chat order by last_seq desc limit 1");
