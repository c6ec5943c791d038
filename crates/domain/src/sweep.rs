//! Tidying up what is over. At most 500 rows of a kind at a time, so nobody
//! waits behind it; and nobody relies on it, since every reader checks the
//! clock itself.

use crate::{App, Result, account, code, login, signup};

/// Removes expired codes, attempts, login sessions and old log entries.
///
/// # Errors
/// When the store fails; what was removed until then stays removed.
pub async fn run(app: &App) -> Result<()> {
    signup::sweep(app).await?;
    code::sweep(app).await?;
    login::sweep(app).await?;
    account::sweep(app).await
}
