//! Words: how a text is taken apart, the same for what is written and for what
//! is asked. Owns no table.
//!
//! Case, width and diacritics are folded away. A word is letters and digits, and
//! marks stay with their letter. Scripts that set no spaces come as runs, in
//! which any part is looked for; elsewhere the beginning of a word is.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, is_combining_mark};

use crate::{Error, Result};

/// Characters to search by, at least; of a script without spaces one will do.
const CHARS_MIN: usize = 2;
/// Characters to search by, at most.
pub const MAX_CHARS: usize = 128;
/// What of a word the index keeps, in bytes. Two words that begin with as much
/// are one to it; the row tells them apart.
const TOKEN_BYTES: usize = 64;

/// What of a message the index keeps by its beginning, at most; of more it keeps
/// their beginning alone, and the row is asked. Else four thousand messages of
/// nothing else would have a question go through millions of them.
const CROWD: usize = 32;

/// What a message must hold: all of it, in any order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words(BTreeSet<Run>);

/// A word, or a run of a script that sets no spaces between words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Run {
    Word(String),
    Unspaced(String),
}

/// What the index is asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Token {
    Whole(String),
    Beginning(String),
}

impl Token {
    /// How much fewer messages have it: by its characters, of a beginning.
    pub(super) fn narrows(&self) -> usize {
        match self {
            Self::Whole(_) => TOKEN_BYTES,
            Self::Beginning(text) => text.chars().count(),
        }
    }

    /// What the index has in its place where there was a crowd.
    pub(super) fn crowd(&self) -> Self {
        match self {
            // Whatever it is that begins so, it begins with more than that.
            Self::Beginning(text) if text.chars().count() < beginning_chars(text) => self.clone(),
            Self::Beginning(text) | Self::Whole(text) => Self::Whole(beginning(text).to_owned()),
        }
    }
}

impl Words {
    /// Reads what somebody searches by.
    ///
    /// # Errors
    /// When it is too short or too long, or holds no word.
    pub fn parse(text: &str) -> Result<Self> {
        let chars = text.trim().nfc().count();
        if chars > MAX_CHARS {
            let detail = format!("Search by at most {MAX_CHARS} characters.");
            return Err(Error::bad_input("q", "messages.too_long", detail));
        }
        let runs: BTreeSet<_> = runs(text).into_iter().collect();
        let is_dense = runs.iter().any(|run| matches!(run, Run::Unspaced(_)));
        if runs.is_empty() || (chars < CHARS_MIN && !is_dense) {
            let detail = format!("Search by a word of at least {CHARS_MIN} characters.");
            return Err(Error::bad_input("q", "messages.too_short", detail));
        }
        Ok(Self(runs))
    }

    /// Whether the text holds all of them: the judgement that counts, whatever
    /// the index says.
    #[must_use]
    pub fn are_in(&self, text: &str) -> bool {
        let there = runs(text);
        self.0.iter().all(|wanted| there.iter().any(|run| wanted.is_in(run)))
    }

    /// What the index has of every message that holds them.
    pub(super) fn tokens(&self) -> BTreeSet<Token> {
        let mut tokens = BTreeSet::new();
        for run in &self.0 {
            match run {
                Run::Word(word) => {
                    tokens.insert(Token::Beginning(cut(word).to_owned()));
                }
                Run::Unspaced(text) => match pairs(text).collect::<Vec<_>>() {
                    none if none.is_empty() => {
                        tokens.insert(Token::Beginning(text.clone()));
                    }
                    pairs => tokens.extend(pairs.into_iter().map(Token::Whole)),
                },
            }
        }
        tokens
    }
}

impl Run {
    fn is_in(&self, there: &Self) -> bool {
        match (self, there) {
            (Self::Word(wanted), Self::Word(word)) => word.starts_with(wanted.as_str()),
            (Self::Unspaced(wanted), Self::Unspaced(run)) => run.contains(wanted.as_str()),
            _ => false,
        }
    }
}

/// What the index keeps of a text.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) words: BTreeSet<String>,
    /// Beginnings of what there is too much of.
    pub(super) crowds: BTreeSet<String>,
}

/// What the index keeps of a text: words, and of a run without spaces each two
/// neighbours and the last character, so that each character begins something.
pub(super) fn kept(text: &str) -> Kept {
    let mut tokens = BTreeSet::new();
    for run in runs(text) {
        match run {
            Run::Word(word) => {
                tokens.insert(cut(&word).to_owned());
            }
            Run::Unspaced(text) => {
                tokens.extend(pairs(&text));
                tokens.extend(text.chars().next_back().map(String::from));
            }
        }
    }
    // In their order, those that begin alike stand together.
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut kept = Kept::default();
    for alike in tokens.chunk_by(|one, next| beginning(one) == beginning(next)) {
        if alike.len() > CROWD {
            kept.crowds.insert(beginning(&alike[0]).to_owned());
        } else {
            kept.words.extend(alike.iter().cloned());
        }
    }
    kept
}

fn beginning(token: &str) -> &str {
    let end = token.char_indices().nth(beginning_chars(token));
    end.map_or(token, |(end, _)| &token[..end])
}

/// A character of a script without spaces is as good as two letters.
fn beginning_chars(token: &str) -> usize {
    if token.chars().next().is_some_and(is_unspaced) { 1 } else { 2 }
}

fn pairs(text: &str) -> impl Iterator<Item = String> {
    text.chars().zip(text.chars().skip(1)).map(|(one, next)| String::from_iter([one, next]))
}

fn cut(word: &str) -> &str {
    &word[..word.floor_char_boundary(TOKEN_BYTES)]
}

fn runs(text: &str) -> Vec<Run> {
    if text.is_ascii() {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric());
        let words = words.filter(|word| !word.is_empty());
        return words.map(|word| Run::Word(word.to_ascii_lowercase())).collect();
    }
    let mut runs = Vec::new();
    let mut last: Option<(String, bool)> = None;
    for c in fold(text) {
        // A mark is of the letter before it, and of no letter it is nothing.
        let kind = if c.is_alphanumeric() { Some(is_unspaced(c)) } else { None };
        match (&mut last, kind) {
            (Some((run, is_unspaced)), Some(kind)) if *is_unspaced == kind => run.push(c),
            (Some((run, _)), None) if is_combining_mark(c) => run.push(c),
            (_, kind) => runs.extend(
                std::mem::replace(&mut last, kind.map(|kind| (c.to_string(), kind))).map(run),
            ),
        }
    }
    runs.extend(last.map(run));
    runs
}

fn run((text, is_unspaced): (String, bool)) -> Run {
    if is_unspaced { Run::Unspaced(text) } else { Run::Word(text) }
}

/// One spelling for what people take as the same letters.
fn fold(text: &str) -> impl Iterator<Item = char> {
    let bare = text.nfkd().flat_map(char::to_lowercase).nfkd().filter(|c| !is_dropped(*c));
    bare.nfc().flat_map(|c| {
        // What neither case nor decomposition brings together.
        let same = match c {
            'ß' => ['s', 's'],
            'æ' => ['a', 'e'],
            'œ' => ['o', 'e'],
            'ø' => ['o', '\0'],
            'ł' => ['l', '\0'],
            'đ' => ['d', '\0'],
            'ı' => ['i', '\0'],
            'ς' => ['σ', '\0'],
            'ی' | 'ى' => ['ي', '\0'],
            'ک' => ['ك', '\0'],
            'ʼ' => [' ', '\0'],
            other => [other, '\0'],
        };
        same.into_iter().filter(|c| *c != '\0')
    })
}

/// Diacritics, and what only shapes a word. Vowels that are written as marks,
/// viramas, tones, and the voicing of kana stay: they make another word.
fn is_dropped(c: char) -> bool {
    matches!(canonical_combining_class(c), 7 | 10..=36 | 200..=240)
        || matches!(c,
            '\u{ad}' | '\u{640}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
            | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}')
}

/// Han, kana, bopomofo, Thai, Lao, Khmer and Myanmar.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{19e0}'..='\u{19ff}' | '\u{2e80}'..='\u{312f}' | '\u{31a0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{a9e0}'..='\u{a9ff}'
        | '\u{aa60}'..='\u{aa7f}' | '\u{f900}'..='\u{faff}' | '\u{1b000}'..='\u{1b16f}'
        | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(query: &str, body: &str, wanted: bool) {
        let words = Words::parse(query).unwrap();
        assert_eq!(words.are_in(body), wanted, "{query:?} in {body:?}");
        // The index must never miss what the row would grant.
        let kept = kept(body);
        let has = |kept: &BTreeSet<String>, token: &Token| match token {
            Token::Whole(token) => kept.contains(token),
            Token::Beginning(token) => kept.iter().any(|kept| kept.starts_with(token)),
        };
        let is_proposed =
            |token: &Token| has(&kept.words, token) || has(&kept.crowds, &token.crowd());
        let proposed = words.tokens().iter().all(is_proposed);
        assert!(proposed || !wanted, "{query:?} is not proposed for {body:?}: {kept:?}");
    }

    #[test]
    fn all_words_in_any_order_by_their_beginning() {
        check("lamp blue", "The blue, LAMPS!", true);
        check("lamp", "a streetlamp", false);
        check("lamp red", "The blue lamp", false);
        check("l-42", "order l 42b", true);
        check("don't", "do not don’t", true);
    }

    #[test]
    fn every_script_by_what_its_readers_take_for_the_same() {
        check("resume", "Mon RÉSUMÉ", true);
        check("résumé", "my resume", true);
        check("e\u{301}te", "été", true);
        check("strasse", "STRAẞE", true);
        check("ｈｅｌｌｏ", "hello", true);
        check("istanbul", "İSTANBUL", true);
        check("λογος", "ΛΌΓΟΣ", true);
        check("їжак", "ЇЖАКИ сплять", true);
        check("м'ята", "мʼята", true);
        check("احمد", "أَحْمَدُ هنا", true);
        check("محـمد", "محمد", true);
        check("हिन्दी", "यह हिन्दी है", true);
        check("हिन", "यह हिन्दी है", true);
        check("हन", "यह हिन्दी है", false);
        check("한국", "한국어를", true);
        check("שלום", "שָׁלוֹם", true);
    }

    #[test]
    fn scripts_without_spaces_anywhere_in_a_run() {
        check("京", "我在北京", true);
        check("北京", "我在北京大学", true);
        check("北大", "我在北京大学", false);
        check("京大学", "我在北京大学", true);
        check("がき", "てがきの", true);
        check("かき", "てがきの", false);
        check("ｶﾞｷ", "テガキ", true);
        check("ภาษา", "ฉันพูดภาษาไทย", true);
        check("ไทย", "ฉันพูดภาษาไทย", true);
        check("手机 iphone", "我的iPhone15手机", true);
        check("年", "2026年", true);
    }

    #[test]
    fn long_words_are_told_apart_by_the_row() {
        let (long, other) = ("ж".repeat(90), "ж".repeat(80) + "я");
        check(&long[..100], &long, true);
        check(&long, &other, false);
        assert!(kept(&long).words.iter().all(|token| token.len() <= TOKEN_BYTES));
    }

    #[test]
    fn a_crowd_of_one_beginning_is_left_to_the_row() {
        let crowd = |each: fn(u32) -> String| (0..99).map(each).collect::<Vec<_>>();
        let words = crowd(|n| format!("te{n}")).join(" ") + " tx lamp";
        let runs = crowd(|n| format!("京{}", char::from_u32(0x4e00 + n).unwrap())).concat() + "北";
        for (query, wanted) in [("te", true), ("te7 te98", true), ("te99", false), ("t lam", true)]
        {
            check(query, &words, wanted);
        }
        for (query, wanted) in
            [("京", true), ("京一", true), ("一京", true), ("北", true), ("京北", false)]
        {
            check(query, &runs, wanted);
        }
        for text in [words, runs] {
            let kept = kept(&text);
            assert_eq!(kept.crowds.len(), 1, "{kept:?}");
            assert!(kept.words.len() <= 2 * CROWD || text.starts_with('京'));
        }
    }

    #[test]
    fn what_cannot_be_searched_by() {
        let code = |text: &str| Words::parse(text).map_or_else(|error| error.code, |_| "ok");
        for short in ["", " a ", "e\u{301}", "🎉🎉", "--", "\u{fe0f}\u{20e3}"] {
            assert_eq!(code(short), "messages.too_short", "{short:?}");
        }
        assert_eq!(code("x".repeat(MAX_CHARS + 1).as_str()), "messages.too_long");
        for good in ["京", "ไ", "ab", "a🎉", " xx ", "x".repeat(MAX_CHARS).as_str()] {
            assert_eq!(code(good), "ok", "{good:?}");
        }
    }
}
