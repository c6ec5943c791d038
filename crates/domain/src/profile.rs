//! What people call themselves: addresses, names, usernames, a few words.
//!
//! Text is parsed here once and carried as a type afterwards. One spelling
//! per idea: Unicode NFC, no control, bidirectional or invisible characters,
//! so that two names that look alike are not made to differ (or the reverse).
//! Owns no table.

use std::fmt;

use providers::mail::Address;
use unicode_normalization::UnicodeNormalization;

use crate::{Error, Result};

/// Characters of a name at most.
const NAME_MAX: usize = 64;
/// Characters of a bio at most.
const BIO_MAX: usize = 500;

/// Names that would let somebody pass for the installation.
const RESERVED: &[&str] = &[
    "admin",
    "administrator",
    "help",
    "moderator",
    "root",
    "security",
    "support",
    "system",
    "tidings",
];

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

texts! {
    /// A mail address in lower case: one mailbox, one spelling.
    Email,
    /// The name shown to others.
    Name,
    /// The unique handle: 3 to 32 of `a-z`, `0-9`, `_`, `.` and `-`.
    Username,
    /// A few words about oneself; may be empty.
    Bio,
}

impl Email {
    /// Reads an address.
    ///
    /// # Errors
    /// When it is not one: whether it reaches somebody, only a mail can tell.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = || Error::bad_input("email", "email.invalid", "This is not an e-mail address.");
        let text: String = text.trim().nfc().flat_map(char::to_lowercase).collect();
        let (local, domain) = text.rsplit_once('@').ok_or_else(wrong)?;
        let is_local = (1..=64).contains(&local.len())
            && local.split('.').all(|part| !part.is_empty())
            && local.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c));
        let is_domain = domain.split('.').all(is_label);
        let is_mailable = text.parse::<Address>().is_ok();
        if is_local && is_domain && is_mailable { Ok(Self(text)) } else { Err(wrong()) }
    }

    /// Where mail goes.
    ///
    /// # Panics
    /// Never: what cannot be mailed was not parsed.
    #[must_use]
    pub fn address(&self) -> Address {
        self.0.parse().expect("checked when it was parsed")
    }
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

impl Name {
    /// Reads a name; runs of white space become one blank.
    ///
    /// # Errors
    /// When it is empty, too long, or holds what nobody can see.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ").nfc().collect::<String>();
        if text.is_empty() {
            return Err(Error::bad_input("name", "name.empty", "A name is needed."));
        }
        if text.chars().count() > NAME_MAX {
            let detail = format!("A name has at most {NAME_MAX} characters.");
            return Err(Error::bad_input("name", "name.too_long", detail));
        }
        if text.chars().any(is_invisible) || !text.chars().any(char::is_alphanumeric) {
            let detail = "A name needs letters and must not hold invisible characters.";
            return Err(Error::bad_input("name", "name.invalid", detail));
        }
        Ok(Self(text))
    }
}

impl Username {
    /// Reads a username; upper case is taken as lower case.
    ///
    /// # Errors
    /// When it is too short or long, holds other characters, or is reserved.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim().to_ascii_lowercase();
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let fits = (3..=32).contains(&text.len())
            && text.starts_with(is_plain)
            && text.ends_with(is_plain)
            && text.chars().all(|c| is_plain(c) || matches!(c, '_' | '.' | '-'));
        if !fits {
            let detail = "A username has 3 to 32 of a-z, 0-9, '_', '.', '-', \
                          and begins and ends with a letter or a digit.";
            return Err(Error::bad_input("username", "username.invalid", detail));
        }
        if RESERVED.contains(&text.as_str()) {
            let detail = "This username is reserved.";
            return Err(Error::bad_input("username", "username.reserved", detail));
        }
        Ok(Self(text))
    }
}

impl Bio {
    /// Reads a bio; line breaks are allowed.
    ///
    /// # Errors
    /// When it is too long or holds what nobody can see.
    pub fn parse(text: &str) -> Result<Self> {
        let text: String = text.trim().nfc().collect();
        if text.chars().count() > BIO_MAX {
            let detail = format!("A bio has at most {BIO_MAX} characters.");
            return Err(Error::bad_input("bio", "bio.too_long", detail));
        }
        if text.chars().any(|c| c != '\n' && is_invisible(c)) {
            let detail = "A bio must not hold invisible characters.";
            return Err(Error::bad_input("bio", "bio.invalid", detail));
        }
        Ok(Self(text))
    }
}

/// The form in which names are compared when people are searched: the engines
/// disagree on case outside ASCII, so it is folded here and stored.
#[must_use]
pub fn fold(text: &str) -> String {
    text.trim().nfkc().flat_map(char::to_lowercase).nfkc().collect()
}

/// Whether nobody would see anything of `text`.
pub(crate) fn is_blank(text: &str) -> bool {
    let shapes_others = |c| matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}');
    text.chars()
        .all(|c| c.is_whitespace() || is_invisible(c) || shapes_others(c) || c == '\u{2800}')
}

/// Control, bidirectional and zero-width characters, and the letters that
/// stand for no letter. The two joiners stay allowed: Persian, Indic scripts
/// and emoji need them.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_one_spelling_and_no_room_for_headers() {
        assert_eq!(Email::parse(" Ann@Example.ORG ").unwrap().as_str(), "ann@example.org");
        assert_eq!(
            Email::parse("a.b+c@sub.example.org").unwrap().as_str(),
            "a.b+c@sub.example.org"
        );
        let wrong = [
            "",
            "ann",
            "@x.org",
            "ann@",
            "a@b@c.org",
            "a b@x.org",
            "ann@x.org\r\nBcc: eve@x.org",
            "a..b@x.org",
            "ann@-x.org",
            "ann@x..org",
            "<ann@x.org>",
            "ann@x.org\0",
        ];
        for text in wrong {
            assert_eq!(Email::parse(text).unwrap_err().code, "email.invalid", "{text:?}");
        }
        assert!(Email::parse(&format!("{}@x.org", "a".repeat(65))).is_err());
    }

    #[test]
    fn names_show_what_they_are() {
        assert_eq!(Name::parse("  Ann \t Lee ").unwrap().as_str(), "Ann Lee");
        assert_eq!(Name::parse("e\u{301}va").unwrap().as_str(), "éva");
        assert_eq!(Name::parse(" ").unwrap_err().code, "name.empty");
        assert_eq!(Name::parse(&"n".repeat(65)).unwrap_err().code, "name.too_long");
        let unseen = ["ann\u{202e}", "a\u{200b}nn", "a\0", "…", "\u{3164}", "\u{115f}", "\u{ffa0}"];
        for text in unseen {
            assert_eq!(Name::parse(text).unwrap_err().code, "name.invalid", "{text:?}");
        }
    }

    #[test]
    fn usernames_are_plain() {
        assert_eq!(Username::parse("Ann_Lee.7").unwrap().as_str(), "ann_lee.7");
        for text in ["an", "_ann", "ann.", "ann lee", "ann@x", "änn", &"a".repeat(33)] {
            assert_eq!(Username::parse(text).unwrap_err().code, "username.invalid", "{text:?}");
        }
        assert_eq!(Username::parse("Admin").unwrap_err().code, "username.reserved");
    }

    #[test]
    fn folding_is_the_same_for_every_spelling() {
        assert_eq!(fold("ＡＮＮ"), fold("ann"));
        assert_eq!(fold("E\u{301}VA"), fold("éva"));
        assert_eq!(fold("ÇAĞLA"), "çağla");
    }
}
