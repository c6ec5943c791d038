//! Forgotten passwords: a link by mail, and a new password.
//!
//! Owns no table. Asking does the same for every address: it leaves a job,
//! and only the job looks whether there is an account, so neither the answer
//! nor its time tells. Whoever sets a new password ends all login sessions.

use sql::Batch;

use crate::code::{self, Purpose};
use crate::job::{self, Job, Work};
use crate::mail::{self, Template};
use crate::password::{self, Password};
use crate::profile::Email;
use crate::{App, Error, Result, account, login};

/// Somebody forgot the password of this address.
pub async fn forgot(app: &App, email: &Email) -> Result<()> {
    let email = email.to_string();
    let dedup = Some(format!("forgot:{email}"));
    let job = Job { work: Work::Forgot { email }, dedup, run_at: None };
    let mut batch = Batch::new();
    job::enqueue(&mut batch, app, job);
    app.db.write(batch).await?;
    Ok(())
}

/// Mails the link when the address has an account. One was mailed a moment
/// ago: nothing more to do.
pub(crate) async fn prepare(app: &App, email: &str) -> Result<()> {
    let Some(holder) = account::holder(app, "email", email).await? else { return Ok(()) };
    // The mail goes where the account says, not where the asker says.
    let to = Email::parse(&holder.email)?.address();
    let token = code::link_token(&app.entropy, holder.id);
    let hash = code::link_hash(app, Purpose::Reset, &token);
    let mut batch = Batch::new();
    code::put_link(&mut batch, app, holder.id, hash);
    let minutes = code::LINK_MS / 60_000;
    mail::queue(
        &mut batch,
        app,
        &to,
        Template::PasswordReset { name: holder.name, token, minutes },
    );
    match app.db.write(batch).await {
        Ok(_) | Err(sql::Error::Demand { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Sets a new password by a mailed token, ends all login sessions, and tells
/// the owner.
///
/// # Errors
/// When the token is not good, or no longer, or the password is not accepted;
/// a refused password leaves the token good.
pub async fn reset(app: &App, token: &str, new: Password) -> Result<()> {
    let id = code::link_account(token).ok_or_else(invalid)?;
    let hash = code::link_hash(app, Purpose::Reset, token);
    // Looked at first, so that nobody without a token makes us hash.
    if !code::is_link_good(app, id, hash).await? {
        return Err(invalid());
    }
    let account = account::load(app, id).await.map_err(|_| invalid())?;
    let hints = [Some(account.email.clone()), Some(account.name.clone()), account.username];
    password::demand_strong(app, &new, hints.into_iter().flatten().collect()).await?;
    let password_hash = password::hash(app, new).await?;

    let now = app.clock.now_ms();
    let mut batch = Batch::new();
    code::spend_link(&mut batch, id, hash, now);
    account::set_password(&mut batch, id, &password_hash);
    let revoked_at = login::revoke_all(&mut batch, id, now);
    let to = Email::parse(&account.email)?.address();
    mail::queue(&mut batch, app, &to, Template::PasswordChanged { name: account.name, at: now });
    match app.db.write(batch).await {
        Ok(rows) => {
            login::tell_revoked(app, id, &login::ids(&rows[revoked_at])?);
            Ok(())
        }
        Err(sql::Error::Demand { .. }) => Err(invalid()),
        Err(error) => Err(error.into()),
    }
}

fn invalid() -> Error {
    let detail = "This link is not good, or no longer. Ask for a new one.";
    Error::bad_input("token", "password.token_invalid", detail)
}
