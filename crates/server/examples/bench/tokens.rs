//! Fresh access tokens for a store that was filled: they live for minutes, and
//! a measurement may come later.

use anyhow::Result;
use clap::Args;
use domain::{Caller, ChatId, LoginId};
use server::auth::Access;
use sql::{Sql, args};

use crate::Place;

#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    place: Place,
}

/// Prints a line for the owner of each chat: a token and the chat.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let app = options.place.open().await?;
    let access = Access::new(&app.secrets.access, &options.place.public_url);
    let mut lines = String::new();
    for row in app.db.rows(&OWNERS, args![]).await? {
        let login = LoginId::new(&app.clock, &app.entropy);
        let caller = Caller { account: row.get(1)?, login };
        let chat: ChatId = row.get(0)?;
        lines += &format!("{} {chat}\n", access.issue(caller, app.clock.now_ms()));
    }
    app.db.close().await;
    print!("{lines}");
    Ok(())
}

static OWNERS: Sql = Sql::new("select id, owner_id from chat");
