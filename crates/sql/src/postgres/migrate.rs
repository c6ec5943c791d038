//! Migrations on PostgreSQL.

use deadpool_postgres::Client;

use super::trouble::Trouble;
use crate::Error;
use crate::migrate::{APPLIED, CREATE, Migration, checksum_of, pending};

/// Nodes that start together migrate one after the other. The number is ours
/// alone ("tidi" in ASCII).
const LOCK: &str = "begin; set local statement_timeout = 0; \
    select pg_advisory_xact_lock(1953064041)";

pub(super) async fn run(client: &mut Client, migrations: &[Migration]) -> Result<(), Error> {
    let text = |migration: &Migration| migration.text.postgres;
    loop {
        client.batch_execute(LOCK).await.map_err(of)?;
        client.batch_execute(CREATE).await.map_err(of)?;
        let rows = client.query(APPLIED, &[]).await.map_err(of)?;
        let applied: Vec<_> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        // Read again each time: another node may have come first.
        let next = pending(migrations, &applied, text)?.first();
        if let Some(migration) = next {
            apply(client, migration).await?;
        }
        client.batch_execute("commit").await.map_err(of)?;
        match next {
            Some(Migration { number, name, .. }) => {
                tracing::info!(number, name, "Migrated the store.");
            }
            None => return Ok(()),
        }
    }
}

async fn apply(client: &Client, migration: &Migration) -> Result<(), Error> {
    let named = |error| match of(error) {
        Error::Engine(why) => {
            Error::Engine(format!("{why}: migration {} ({})", migration.number, migration.name))
        }
        other => other,
    };
    client.batch_execute(migration.text.postgres).await.map_err(named)?;
    let checksum = checksum_of(migration.text.postgres);
    client
        .execute(
            "insert into schema_migration (number, name, checksum) values ($1, $2, $3)",
            &[&migration.number, &migration.name, &checksum],
        )
        .await
        .map_err(named)?;
    Ok(())
}

fn of(error: tokio_postgres::Error) -> Error {
    Trouble::from(error).error
}
