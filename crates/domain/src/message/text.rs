//! What a sender may write. Text is kept as typed, not normalised: people
//! mean what they type, and a client must find its own words again.

use sha2::{Digest, Sha256};

use crate::{Error, Kind, Result, profile};

/// The longest body, in characters (Unicode scalar values).
pub const MAX_BODY_CHARS: usize = 4_096;

/// The longest client id, in bytes of printable ASCII.
pub const MAX_CLIENT_ID_BYTES: usize = 64;

/// The text of a message: something visible, of bounded length, without
/// control characters except line feed and tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body(String);

impl Body {
    /// Checks a body.
    pub fn parse(text: String) -> Result<Self> {
        if profile::is_blank(&text) {
            return Err(Error::bad_input("body", "message.body_empty", "Write something."));
        }
        if text.chars().count() > MAX_BODY_CHARS {
            let detail = format!("A message has at most {MAX_BODY_CHARS} characters.");
            let error = Error::new(Kind::TooLarge, "message.body_too_long", detail);
            return Err(Error { field: Some("body"), ..error });
        }
        if text.chars().any(|char| char.is_control() && !matches!(char, '\n' | '\t')) {
            return Err(Error::bad_input(
                "body",
                "message.body_control",
                "A message has no control characters except line feed and tab.",
            ));
        }
        Ok(Self(text))
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }
}

/// A message to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct New {
    pub(super) client_id: String,
    pub(super) body: Body,
    pub(super) reply_to_seq: Option<i64>,
}

impl New {
    /// Checks what a client wants to send.
    pub fn parse(client_id: String, body: String, reply_to_seq: Option<i64>) -> Result<Self> {
        let printable = client_id.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        if client_id.is_empty() || client_id.len() > MAX_CLIENT_ID_BYTES || !printable {
            return Err(Error::bad_input(
                "client_id",
                "message.client_id",
                format!("A client_id is 1 to {MAX_CLIENT_ID_BYTES} printable ASCII characters."),
            ));
        }
        Ok(Self { client_id, body: Body::parse(body)?, reply_to_seq })
    }

    /// What was sent. Edits never touch it, so that a late retry still matches.
    pub(super) fn hash(&self) -> [u8; 32] {
        Sha256::new()
            .chain_update(self.reply_to_seq.unwrap_or(0).to_be_bytes())
            .chain_update(self.body.0.as_bytes())
            .finalize()
            .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(body: &str) -> &'static str {
        Body::parse(body.to_owned()).map_or_else(|error| error.code, |_| "ok")
    }

    #[test]
    fn bodies() {
        assert_eq!(code("hi"), "ok");
        assert_eq!(code("line\n\tnext"), "ok");
        assert_eq!(code(" \n\u{3000}\t"), "message.body_empty");
        assert_eq!(code(""), "message.body_empty");
        assert_eq!(code("\u{200b}\u{3164}\u{202e}\u{200d} \u{2800}"), "message.body_empty");
        assert_eq!(code("\u{1f468}\u{200d}\u{1f4bb}"), "ok");
        assert_eq!(code("nul\0"), "message.body_control");
        assert_eq!(code("escape\u{1b}[31m"), "message.body_control");
        assert_eq!(code("carriage\r\n"), "message.body_control");
        assert_eq!(code(&"é".repeat(MAX_BODY_CHARS)), "ok");
        assert_eq!(code(&"é".repeat(MAX_BODY_CHARS + 1)), "message.body_too_long");
    }

    #[test]
    fn body_is_kept_as_typed() {
        let typed = "e\u{301} \u{202e}abc ";
        assert_eq!(Body::parse(typed.to_owned()).unwrap().into_text(), typed);
    }

    #[test]
    fn client_ids() {
        for (id, good) in [("a", true), ("A b~", true), ("", false), ("é", false), ("a\n", false)]
        {
            assert_eq!(New::parse(id.to_owned(), "x".to_owned(), None).is_ok(), good, "{id:?}");
        }
        let long = "x".repeat(MAX_CLIENT_ID_BYTES);
        assert!(New::parse(long.clone(), "x".to_owned(), None).is_ok());
        assert!(New::parse(long + "x", "x".to_owned(), None).is_err());
    }

    #[test]
    fn another_body_or_reply_is_another_content() {
        let of = |body: &str, reply| New::parse("a".to_owned(), body.to_owned(), reply).unwrap();
        assert_eq!(of("x", None).hash(), of("x", None).hash());
        assert_ne!(of("x", None).hash(), of("y", None).hash());
        assert_ne!(of("x", None).hash(), of("x", Some(1)).hash());
    }
}
