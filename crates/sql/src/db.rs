//! The store as its user sees it.

use crate::{Args, Batch, Error, Row, Sql};

/// The rows of each statement of a batch, in the batch's order.
pub type Rows = Vec<Vec<Row>>;

/// Where the store is and how large it may grow.
#[derive(Clone, Debug)]
pub struct Options {
    /// `sqlite:PATH` or `postgres://…`.
    pub url: String,
}

/// A store. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {}

#[expect(clippy::unused_async, clippy::todo, reason = "filled in next")]
impl Db {
    /// Opens the store and, when it is new, makes it.
    pub async fn open(_options: &Options) -> Result<Self, Error> {
        todo!()
    }

    /// The only row of the answer, or none.
    pub async fn row(&self, _sql: &'static Sql, _args: Args) -> Result<Option<Row>, Error> {
        todo!()
    }

    /// Every row of the answer.
    pub async fn rows(&self, _sql: &'static Sql, _args: Args) -> Result<Vec<Row>, Error> {
        todo!()
    }

    /// Applies the batch, durably, all or nothing; answers the rows of each
    /// statement.
    pub async fn write(&self, _batch: Batch) -> Result<Rows, Error> {
        todo!()
    }
}
