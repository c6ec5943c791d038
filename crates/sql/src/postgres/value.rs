//! Values as PostgreSQL writes them, by the type it inferred.

use std::error::Error as StdError;
use std::fmt;

use bytes::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, Kind, ToSql, Type, to_sql_checked};

use crate::{Error, Value};

/// A value that does not fit the type the server wants or sent. Our own fault
/// and never the connection's.
#[derive(Debug)]
pub(super) struct Misfit(String);

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl StdError for Misfit {}

type Outcome<T> = Result<T, Box<dyn StdError + Sync + Send>>;

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Outcome<IsNull> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(int) => write_int(*int, ty, out),
            Self::Text(text) if <&str as ToSql>::accepts(ty) => text.as_str().to_sql(ty, out),
            Self::Bool(bool) if *ty == Type::BOOL => bool.to_sql(ty, out),
            Self::Bytes(bytes) if *ty == Type::BYTEA => bytes.as_slice().to_sql(ty, out),
            Self::List(items) if matches!(ty.kind(), Kind::Array(_)) => {
                items.as_slice().to_sql(ty, out)
            }
            other => Err(misfit(other, ty)),
        }
    }

    // Which types fit depends on the value, so `to_sql` decides.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn write_int(int: i64, ty: &Type, out: &mut BytesMut) -> Outcome<IsNull> {
    let too_large = |_| Box::new(Misfit(format!("{int} does not fit {ty}")));
    match *ty {
        Type::INT8 => int.to_sql(ty, out),
        Type::INT4 => i32::try_from(int).map_err(too_large)?.to_sql(ty, out),
        Type::INT2 => i16::try_from(int).map_err(too_large)?.to_sql(ty, out),
        _ => Err(misfit(&Value::Int(int), ty)),
    }
}

fn misfit(value: &Value, ty: &Type) -> Box<dyn StdError + Sync + Send> {
    Box::new(Misfit(format!("{} for a parameter of type {ty}", value.kind())))
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Outcome<Self> {
        Ok(match *ty {
            Type::INT8 => Self::Int(i64::from_sql(ty, raw)?),
            Type::INT4 => Self::Int(i32::from_sql(ty, raw)?.into()),
            Type::INT2 => Self::Int(i16::from_sql(ty, raw)?.into()),
            Type::BOOL => Self::Bool(bool::from_sql(ty, raw)?),
            Type::BYTEA => Self::Bytes(raw.to_vec()),
            Type::VOID => Self::Null,
            _ if <&str as FromSql>::accepts(ty) => Self::Text(String::from_sql(ty, raw)?),
            _ => return Err(Box::new(unreadable(ty))),
        })
    }

    fn from_sql_null(_: &Type) -> Outcome<Self> {
        Ok(Self::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// Whether a column of this type can be read.
pub(super) fn demand_readable(ty: &Type) -> Result<(), Error> {
    let own = [Type::INT8, Type::INT4, Type::INT2, Type::BOOL, Type::BYTEA, Type::VOID];
    if own.contains(ty) || <&str as FromSql>::accepts(ty) {
        return Ok(());
    }
    Err(Error::Engine(unreadable(ty).to_string()))
}

fn unreadable(ty: &Type) -> Misfit {
    Misfit(format!("a column of type {ty}, which the store has not: cast it"))
}
