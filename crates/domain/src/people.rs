//! Finding people by name or username.
//!
//! Owns no table. Never the whole directory: two characters at least, twenty
//! people at most, and nobody who blocks the one who looks; except whom one
//! blocks oneself, or a block would show in the list of the one it answers.

use sql::{Sql, args};

use crate::friend::{self, Person, Relation};
use crate::profile::fold;
use crate::{App, Caller, Error, Result};

/// Characters to search by, at least.
const CHARS_MIN: usize = 2;
/// Characters to search by, at most: no name is longer.
const CHARS_MAX: usize = 64;
/// People found, at most.
const FOUND_MAX: i64 = 20;

/// People whose name or username holds `text`, those that begin with it first.
///
/// # Errors
/// When `text` is too short or too long to search by.
pub async fn search(app: &App, caller: &Caller, text: &str) -> Result<Vec<Person>> {
    let folded = fold(text);
    let folded = folded.strip_prefix('@').unwrap_or(&folded);
    let chars = folded.chars().count();
    if chars < CHARS_MIN {
        let detail = format!("Search by at least {CHARS_MIN} characters.");
        return Err(Error::bad_input("q", "people.too_short", detail));
    }
    if chars > CHARS_MAX {
        let detail = format!("Search by at most {CHARS_MAX} characters.");
        return Err(Error::bad_input("q", "people.too_long", detail));
    }
    let literal = escape(folded);
    let args = args![
        caller.account,
        format!("%{literal}%"),
        format!("{literal}%"),
        format!("% {literal}%"),
        FOUND_MAX
    ];
    let rows = app.db.rows(&SEARCH, args).await?;
    rows.iter()
        .map(|row| {
            let seen: Option<String> = row.get(4)?;
            friend::read(row, Relation::read(seen.as_deref())?)
        })
        .collect()
}

/// Takes the meaning from the characters that `like` gives one.
fn escape(text: &str) -> String {
    let mut literal = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            literal.push('\\');
        }
        literal.push(c);
    }
    literal
}

pub(crate) const STATEMENTS: &[&Sql] = &[&SEARCH];

// A name that begins so comes first, then one with a word that begins so. The
// engines sort text differently, so the shorter name goes first and the id
// decides.
const SEARCH: Sql = Sql::new(
    r"select a.id, a.name, a.username, a.photo, f.state
     from account a left join friend f on f.account_id = $1 and f.peer_id = a.id
     where a.deleted_at is null and a.id <> $1
       and (a.folded_name like $2 escape '\' or a.username like $2 escape '\')
       and (f.state = 'blocked'
            or not exists (select 1 from friend b
                           where b.account_id = a.id and b.peer_id = $1 and b.state = 'blocked'))
     order by case when a.folded_name like $3 escape '\' or a.username like $3 escape '\' then 0
                   when a.folded_name like $4 escape '\' then 1 else 2 end,
              length(a.folded_name), a.id
     limit $5",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_are_characters() {
        assert_eq!(escape(r"50%_off\"), r"50\%\_off\\");
    }
}
