//! What goes into a statement and what comes out of it.

use crate::Error;

/// A statement: one text for both engines, or one for each where they must
/// differ. Parameters are `$1`, `$2` …
#[derive(Clone, Copy, Debug)]
pub struct Sql {
    /// The text for SQLite.
    pub sqlite: &'static str,
    /// The text for PostgreSQL.
    pub postgres: &'static str,
}

impl Sql {
    /// One text for both engines.
    #[must_use]
    pub const fn new(text: &'static str) -> Self {
        Self { sqlite: text, postgres: text }
    }

    /// A text for each engine; a test of the product pins how many there are.
    #[must_use]
    pub const fn per_engine(sqlite: &'static str, postgres: &'static str) -> Self {
        Self { sqlite, postgres }
    }
}

/// The five types that both engines share, and lists of them for `= any($1)`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Value {
    /// SQL NULL.
    Null,
    /// BIGINT.
    Int(i64),
    /// TEXT.
    Text(String),
    /// BOOLEAN.
    Bool(bool),
    /// BYTEA or BLOB.
    Bytes(Vec<u8>),
    /// Values of one type, as an argument of `= any($1)` or `<> all($1)` only;
    /// no column is ever read as a list.
    List(Vec<Value>),
}

/// A list argument: `column = any($1)` with `list(ids)`.
pub fn list<T: Into<Value>>(items: impl IntoIterator<Item = T>) -> Value {
    Value::List(items.into_iter().map(Into::into).collect())
}

impl Value {
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Int(_) => "an integer",
            Self::Text(_) => "text",
            Self::Bool(_) => "a boolean",
            Self::Bytes(_) => "bytes",
            Self::List(_) => "a list",
        }
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}

impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Self::Bytes(value.to_vec())
    }
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(value: [u8; N]) -> Self {
        Self::Bytes(value.to_vec())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A type that a column can be read as.
pub trait FromValue: Sized {
    /// Reads the column's value.
    fn from_value(value: &Value) -> Result<Self, Error>;

    /// The same, of a value that nobody else needs: text is moved, not copied.
    ///
    /// # Errors
    /// As for `from_value`.
    fn from_owned(value: Value) -> Result<Self, Error> {
        Self::from_value(&value)
    }
}

impl FromValue for i64 {
    fn from_value(value: &Value) -> Result<Self, Error> {
        match value {
            Value::Int(int) => Ok(*int),
            other => Err(Error::decode("an integer", other)),
        }
    }
}

impl FromValue for bool {
    fn from_value(value: &Value) -> Result<Self, Error> {
        match value {
            Value::Bool(bool) => Ok(*bool),
            // SQLite has no booleans of its own.
            Value::Int(int @ (0 | 1)) => Ok(*int == 1),
            other => Err(Error::decode("a boolean", other)),
        }
    }
}

impl FromValue for String {
    fn from_value(value: &Value) -> Result<Self, Error> {
        match value {
            Value::Text(text) => Ok(text.clone()),
            other => Err(Error::decode("text", other)),
        }
    }

    fn from_owned(value: Value) -> Result<Self, Error> {
        match value {
            Value::Text(text) => Ok(text),
            other => Err(Error::decode("text", &other)),
        }
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: &Value) -> Result<Self, Error> {
        match value {
            Value::Bytes(bytes) => Ok(bytes.clone()),
            other => Err(Error::decode("bytes", other)),
        }
    }
}

impl<const N: usize> FromValue for [u8; N] {
    fn from_value(value: &Value) -> Result<Self, Error> {
        match value {
            Value::Bytes(bytes) => {
                bytes.as_slice().try_into().map_err(|_| Error::decode("bytes of one length", value))
            }
            other => Err(Error::decode("bytes", other)),
        }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Result<Self, Error> {
        match value {
            Value::Null => Ok(None),
            value => T::from_value(value).map(Some),
        }
    }

    fn from_owned(value: Value) -> Result<Self, Error> {
        match value {
            Value::Null => Ok(None),
            value => T::from_owned(value).map(Some),
        }
    }
}

/// A row of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row(pub Vec<Value>);

impl Row {
    /// Column `at`, counted from 0.
    ///
    /// # Errors
    /// When there is no such column or it holds another type.
    pub fn get<T: FromValue>(&self, at: usize) -> Result<T, Error> {
        self.0.get(at).ok_or_else(|| Error::no_column(at)).and_then(T::from_value)
    }

    /// Column `at`, which is NULL from then on: moves what `get` would copy.
    ///
    /// # Errors
    /// As for `get`.
    pub fn take<T: FromValue>(&mut self, at: usize) -> Result<T, Error> {
        let value = self.0.get_mut(at).ok_or_else(|| Error::no_column(at))?;
        T::from_owned(std::mem::replace(value, Value::Null))
    }
}
