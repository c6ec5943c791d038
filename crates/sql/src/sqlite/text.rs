//! The one text, as SQLite must see it.
//!
//! SQLite reads `$1` as a name and numbers names by first appearance, so
//! `$n` becomes `?n`. A list becomes a table: `= any($1)` reads `rarray(?1)`.

/// Rewrites a statement; what stands in quotes or comments is left alone.
pub(super) fn for_sqlite(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let taken = if let Some(end) = quoted(rest) {
            out.push_str(&rest[..end]);
            end
        } else if let Some((end, digits, how)) = list(rest) {
            out.push_str(how);
            out.push_str(" (select value from rarray(?");
            out.push_str(digits);
            out.push_str("))");
            end
        } else if let Some(digits) = rest.strip_prefix('$').map(leading_digits)
            && !digits.is_empty()
        {
            out.push('?');
            out.push_str(digits);
            1 + digits.len()
        } else {
            out.push(first);
            first.len_utf8()
        };
        rest = &rest[taken..];
    }
    out
}

/// The length of the quoted text or the comment that `text` begins with.
fn quoted(text: &str) -> Option<usize> {
    let (open, close) = match text.as_bytes() {
        [b'\'', ..] => (1, "'"),
        [b'"', ..] => (1, "\""),
        [b'-', b'-', ..] => (2, "\n"),
        [b'/', b'*', ..] => (2, "*/"),
        _ => return None,
    };
    // A doubled quote ends one literal and begins the next, which is as good.
    Some(text[open..].find(close).map_or(text.len(), |at| open + at + close.len()))
}

/// Whether `text` begins with a list comparison: its length, the parameter's
/// digits, and SQLite's word for it.
fn list(text: &str) -> Option<(usize, &str, &'static str)> {
    let (open, how) = [("= any($", "in"), ("<> all($", "not in")]
        .into_iter()
        .find(|(open, _)| text.starts_with(open))?;
    let digits = leading_digits(&text[open.len()..]);
    let end = open.len() + digits.len();
    (!digits.is_empty() && text[end..].starts_with(')')).then_some((end + 1, digits, how))
}

fn leading_digits(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::for_sqlite;

    #[track_caller]
    fn check(text: &str, wanted: &str) {
        assert_eq!(for_sqlite(text), wanted);
    }

    #[test]
    fn parameters_keep_their_numbers() {
        check("select $2, $1, $12", "select ?2, ?1, ?12");
        check("select '$1', \"$2\", 'it''s $3', $4", "select '$1', \"$2\", 'it''s $3', ?4");
        check("select 1 -- $1\n, $2 /* $3 */", "select 1 -- $1\n, ?2 /* $3 */");
        check("select 'é', $1", "select 'é', ?1");
        check("select '$ unended", "select '$ unended");
    }

    #[test]
    fn lists_become_tables() {
        check(
            "where id = any($1) and n = $2",
            "where id in (select value from rarray(?1)) and n = ?2",
        );
        check("where id <> all($3)", "where id not in (select value from rarray(?3))");
    }
}
