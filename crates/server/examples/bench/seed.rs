//! Fills a store straight through its tables: thousands of sign-ups would be
//! minutes of password hashing, and none of that is measured.

use anyhow::Result;
use clap::Args;
use domain::{AccountId, App, Caller, ChatId, LoginId};
use server::auth::Access;
use sql::{Batch, Sql, args};

use crate::Place;

/// What is written.
#[derive(Args, Clone, Copy)]
pub(crate) struct Plan {
    /// How many chats
    #[arg(long, default_value_t = 1000)]
    pub(crate) chats: usize,
    /// How many people in each, who are in no other
    #[arg(long, default_value_t = 2)]
    pub(crate) members: usize,
    /// In how many chats everybody is after all: their own and the next ones
    #[arg(long, default_value_t = 1)]
    pub(crate) each: usize,
    /// How many people are in so many further chats with the first of all
    #[arg(long, default_value_t = 0)]
    pub(crate) friends: usize,
    /// How many messages in all, spread over the chats as in real life
    #[arg(long, default_value_t = 0)]
    pub(crate) messages: usize,
}

#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    plan: Plan,
}

/// A chat with who is in it; the first is its owner.
pub(crate) struct Seeded {
    pub(crate) chat: ChatId,
    pub(crate) members: Vec<Caller>,
}

pub(crate) async fn run(options: &Options) -> Result<()> {
    let app = options.place.open().await?;
    let access = Access::new(&app.secrets.access, &options.place.public_url);
    let now = app.clock.now_ms();
    let mut lines = String::new();
    for Seeded { chat, members } in fill(&app, options.plan).await? {
        for member in members {
            lines += &format!("{} {chat}\n", access.issue(member, now));
        }
    }
    // What has been in service has its index of words, and does not write it
    // while it is measured.
    domain::search::run(&app).await?;
    app.db.close().await;
    print!("{lines}");
    Ok(())
}

/// Writes what `plan` says.
pub(crate) async fn fill(app: &App, plan: Plan) -> Result<Vec<Seeded>> {
    let mut seeded = Vec::new();
    for _ in 0..plan.chats {
        let mut batch = Batch::new();
        let members = (0..plan.members).map(|_| person(&mut batch, app)).collect();
        seeded.push(open(&mut batch, app, members));
        app.db.write(batch).await?;
    }
    for step in 1..plan.each {
        widen(app, &seeded, step).await?;
    }
    // Somebody who has many chats, for the list of them.
    if let Some(first) = seeded.first().map(|first| first.members[0]) {
        let others: Vec<_> = seeded.iter().skip(1).take(plan.friends).collect();
        for other in others {
            let mut batch = Batch::new();
            join(&mut batch, app, other.chat, (first.account, "member"));
            app.db.write(batch).await?;
        }
    }
    speak(app, plan.messages / plan.chats.max(1)).await?;
    Ok(seeded)
}

/// Everybody joins the chat that is so many further, in a circle.
async fn widen(app: &App, seeded: &[Seeded], step: usize) -> Result<()> {
    for some in (0..seeded.len()).collect::<Vec<_>>().chunks(500) {
        let mut batch = Batch::new();
        for at in some {
            let chat = seeded[(at + step) % seeded.len()].chat;
            for member in &seeded[*at].members {
                join(&mut batch, app, chat, (member.account, "member"));
            }
            let more = i64::try_from(seeded[*at].members.len())?;
            batch.run(&MORE_MEMBERS, args![chat, more]);
        }
        app.db.write(batch).await?;
    }
    Ok(())
}

fn person(batch: &mut Batch, app: &App) -> Caller {
    let account = AccountId::new(&app.clock, &app.entropy);
    let login = LoginId::new(&app.clock, &app.entropy);
    let (now, name) = (app.clock.now_ms(), format!("Person {account}"));
    batch.run(&ACCOUNT, args![account, name, format!("{account}@example.test"), now]);
    batch.run(&LOGIN, args![login, account, now, now + 86_400_000]);
    Caller { account, login }
}

fn open(batch: &mut Batch, app: &App, members: Vec<Caller>) -> Seeded {
    let chat = ChatId::new(&app.clock, &app.entropy);
    let count = i64::try_from(members.len()).unwrap_or(i64::MAX);
    let owner = members.first().map(|owner| owner.account);
    batch.run(&CHAT, args![chat, owner, count, app.clock.now_ms()]);
    for (number, member) in members.iter().enumerate() {
        let role = if number == 0 { "owner" } else { "member" };
        join(batch, app, chat, (member.account, role));
    }
    Seeded { chat, members }
}

fn join(batch: &mut Batch, _app: &App, chat: ChatId, who: (AccountId, &str)) {
    batch.run(&MEMBER, args![chat, who.0, who.1]);
    batch.run(&ACCOUNT_CHAT, args![chat, who.0]);
}

/// Every chat gets its first message, then every chat its second, and so on:
/// the neighbours on the disk are strangers.
async fn speak(app: &App, each: usize) -> Result<()> {
    let body = "x".repeat(200);
    let now = app.clock.now_ms();
    for seq in 1..=i64::try_from(each)? {
        let mut batch = Batch::new();
        let id = format!("seed-{seq}");
        batch.run(&MESSAGES, args![seq, id, vec![0_u8; 32], &body, now]);
        app.db.write(batch).await?;
    }
    let mut batch = Batch::new();
    batch.run(&COUNTERS, args![i64::try_from(each)?, now]);
    app.db.write(batch).await?;
    Ok(())
}

static ACCOUNT: Sql = Sql::new(
    "insert into account (id, name, folded_name, bio, email, role, arev, version, created_at)
     values ($1, $2, $2, '', $3, 'member', 0, 1, $4)",
);
static LOGIN: Sql = Sql::new(
    "insert into login_session (id, account_id, generation, rotated_at, device, network,
                                created_at, last_used_at, expires_at)
     values ($1, $2, 1, $3, 'bench', 'bench', $3, $3, $4)",
);
static CHAT: Sql = Sql::new(
    "insert into chat (id, kind, title, owner_id, last_seq, last_n, rev, first_seq, last_at,
                       member_count, created_at)
     values ($1, 'group', 'Bench', $2, 0, 0, 0, 1, $4, $3, $4)",
);
static MEMBER: Sql = Sql::new(
    "insert into member (chat_id, account_id, role, read_seq, read_n, delivered_seq,
                         joined_seq, rev)
     values ($1, $2, $3, 0, 0, 0, 0, 0)",
);
static ACCOUNT_CHAT: Sql = Sql::new(
    "insert into account_chat (chat_id, account_id, version, pinned, archived, hidden_upto_seq,
                               read_seq, read_n)
     values ($1, $2, 0, false, false, 0, 0, 0)",
);
static MESSAGES: Sql = Sql::new(
    "insert into message (chat_id, seq, n, rev, sender_id, client_id, sent_hash, kind, body,
                          changed, created_at)
     select id, $1, $1, $1, owner_id, $2, $3, 'text', $4, false, $5 from chat",
);
static MORE_MEMBERS: Sql =
    Sql::new("update chat set member_count = member_count + $2 where id = $1");
static COUNTERS: Sql =
    Sql::new("update chat set last_seq = $1, last_n = $1, rev = $1, last_at = $2");
