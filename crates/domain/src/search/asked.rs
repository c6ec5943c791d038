//! What the store is asked on a walk. Owns no table.

use sql::{Each, Sql};

use crate::message::message_columns;

macro_rules! sent_before {
    ($at:literal, $seq:literal) => {
        concat!("(created_at < ", $at, " or (created_at = ", $at, " and seq < ", $seq, "))")
    };
}

pub(super) static TAIL: Sql = Sql::new(concat!(
    "select ",
    message_columns!(),
    "from message
     where chat_id = $1 and seq between $2 and $3 and deleted_at is null and ",
    sent_before!("$4", "$5"),
    " and sender_id = coalesce($6, sender_id)
     order by seq desc"
));

pub(super) static CHANGED: Sql = Sql::new(concat!(
    "select ",
    message_columns!(),
    "from message
     where chat_id = $1 and changed and rev > $2 and seq > $3 and seq <= $4
       and deleted_at is null and ",
    sent_before!("$5", "$6"),
    " and sender_id = coalesce($7, sender_id)
     order by rev desc limit $8"
));

// The last place of a stretch that was sent before a time, found by halving. A
// cross join keeps SQLite from beginning with the messages.
macro_rules! top {
    ($chat:literal, $low:literal, $high:literal, $above:literal) => {
        concat!(
            "with recursive half (low, high) as (
                select cast(",
            $low,
            " as bigint), cast(",
            $high,
            " as bigint)
                union all
                select case when m.created_at < ",
            $above,
            " then m.seq else half.low end,
                       case when m.created_at < ",
            $above,
            " then half.high else m.seq - 1 end
                from half cross join message m
                where m.chat_id = ",
            $chat,
            " and m.seq = (half.low + half.high + 1) / 2
                  and half.low < half.high
             )
             select half.low, m.created_at
             from half cross join message m
             where m.chat_id = ",
            $chat,
            " and m.seq = half.low and half.low = half.high"
        )
    };
}

pub(super) static TOP: Each = Each::new(
    Sql::new(top!("$1", "$2", "$3", "$4")),
    concat!(
        "select asked.nth, top.low, top.created_at
         from unnest(cast($1 as bytea[]), cast($2 as bigint[]), cast($3 as bigint[]),
                     cast($4 as bigint[])) with ordinality as asked
           (asked_chat, asked_low, asked_high, asked_above, nth)
         cross join lateral (",
        top!("asked_chat", "asked_low", "asked_high", "asked_above"),
        ") as top"
    ),
);

pub(super) static TIMES: Sql =
    Sql::new("select seq, created_at from message where chat_id = $1 and seq = any($2)");

// The question is spelled as PostgreSQL reads it, and respelled for SQLite.
macro_rules! respelled {
    ($question:literal) => {
        concat!(
            "replace(replace(replace(replace(",
            $question,
            ", '''', '\"'), ':*', '*'), '&', 'AND'), '|', 'OR')"
        )
    };
}

macro_rules! proposed_on_postgres {
    ($chat:literal, $question:literal, $low:literal, $high:literal, $at:literal, $seq:literal,
     $take:literal) => {
        concat!(
            "with hit as materialized (
                select place from message_word
                where words @@ cast(cast(",
            $question,
            " as text) as tsquery)
             )
             select ",
            message_columns!(),
            "from hit join message on chat_id = ",
            $chat,
            " and seq = (place & 4294967295)
             where place between ",
            $low,
            " and ",
            $high,
            " and deleted_at is null and ",
            sent_before!($at, $seq),
            " order by place desc limit ",
            $take
        )
    };
}

// On SQLite the hits come newest first by themselves; on PostgreSQL those of a block
// are taken from the index at once, never from the table by its key.
pub(super) static PROPOSED: Each = Each::new(
    Sql::per_engine(
        concat!(
            "select ",
            message_columns!(),
            "from message_word
             join message on chat_id = $1 and seq = message_word.rowid & 4294967295
             where message_word match ",
            respelled!("$2"),
            " and message_word.rowid between $3 and $4 and deleted_at is null and ",
            sent_before!("$5", "$6"),
            " order by message_word.rowid desc limit $7"
        ),
        proposed_on_postgres!("$1", "$2", "$3", "$4", "$5", "$6", "$7"),
    ),
    concat!(
        "select asked.nth, proposed.*
         from unnest(cast($1 as bytea[]), cast($2 as text[]), cast($3 as bigint[]),
                     cast($4 as bigint[]), cast($5 as bigint[]), cast($6 as bigint[]),
                     cast($7 as bigint[]))
              with ordinality as asked
           (asked_chat, asked_question, asked_low, asked_high, asked_at, asked_seq, asked_take, nth)
         cross join lateral (",
        proposed_on_postgres!(
            "asked_chat",
            "asked_question",
            "asked_low",
            "asked_high",
            "asked_at",
            "asked_seq",
            "asked_take"
        ),
        ") as proposed
         order by asked.nth, proposed.seq desc"
    ),
);

// The index alone, by the same words.
pub(super) static PROBE: Sql = Sql::per_engine(
    concat!(
        "select rowid from message_word where message_word match ",
        respelled!("$1"),
        " and rowid between $2 and $3 order by rowid desc"
    ),
    "select place from message_word
     where words @@ cast(cast($1 as text) as tsquery) and place between $2 and $3",
);
