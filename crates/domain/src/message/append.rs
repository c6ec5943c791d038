//! How a send is stored, on either engine.

use sql::{Alone, Append, Many, Sql, Step, Turn};

use crate::chat;

/// Flow of a send: the chat's row is locked, the guards are looked at under
/// the lock, the row takes the next place, the chat's counters follow, and so
/// do the sender's own marks, since who sends has read. Columns: chat, sender,
/// client id, time, hash, body, reply; of the place: seq, n, rev.
pub(super) static SEND: Append = Append {
    key: 0,
    many: Many {
        lock: chat::LOCK_MANY,
        add: Step { sql: ADD_MANY, columns: &[0, 1, 6, 2, 3, 4, 5] },
        find: Step { sql: FIND_MANY, columns: &[0, 1, 2] },
    },
    alone: Alone {
        place: Turn { sql: &PLACE, columns: &[0, 1, 6], place: &[] },
        add: Turn { sql: &ADD, columns: &[0, 1, 6, 2, 3, 4, 5], place: &[0, 1, 2] },
        then: &[chat::COUNT_TURN, chat::MARK_TURN],
        find: Turn { sql: &FIND, columns: &[0, 1, 2], place: &[] },
    },
};

// Where $2 may write in $1, and what $3 answers is there.
pub(super) static PLACE: Sql = Sql::new(
    "select c.last_seq + 1, c.last_n + 1, c.rev + 1
     from chat c join member m on m.chat_id = c.id
     where c.id = $1 and c.closed_at is null and m.account_id = $2 and m.left_at is null
       and (cast($3 as bigint) is null
            or exists (select 1 from message r
                       where r.chat_id = c.id and r.seq = $3 and r.seq > m.joined_seq))",
);

pub(super) static ADD: Sql = Sql::new(
    "insert into message (chat_id, sender_id, reply_to_seq, client_id, created_at, sent_hash, body,
                          seq, n, rev, kind, changed)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'text', false)
     on conflict (client_id, sender_id, chat_id) do nothing",
);

pub(super) static FIND: Sql = Sql::new(concat!(
    "select ",
    message_columns!(),
    ", sent_hash from message where chat_id = $1 and sender_id = $2 and client_id = $3"
));

// The same for a group of sends, whose chats are locked. A reply to a message of
// the same group finds nothing and is told so, as if it had come first.
const ADD_MANY: &str = concat!(
    "with request as (
        select * from unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::text[], $5::bigint[],
                             $6::bytea[], $7::text[])
            with ordinality as r (chat_id, sender_id, reply, client_id, at, hash, body, ord)
     ), fresh as (
        select distinct on (r.chat_id, r.sender_id, r.client_id) r.*,
               c.last_seq, c.last_n, c.rev as last_rev
        from request r
        join chat c on c.id = r.chat_id and c.closed_at is null
        join member m on m.chat_id = r.chat_id and m.account_id = r.sender_id
                     and m.left_at is null
        where not exists (select 1 from message p where p.chat_id = r.chat_id
                            and p.sender_id = r.sender_id and p.client_id = r.client_id)
          and (r.reply is null
               or exists (select 1 from message p where p.chat_id = r.chat_id
                            and p.seq = r.reply and p.seq > m.joined_seq))
        order by r.chat_id, r.sender_id, r.client_id, r.ord
     ), placed as (
        select *, last_seq + nth as seq, last_n + nth as n, last_rev + nth as rev
        from (select *, row_number() over in_chat as nth,
                     lead(ord) over in_chat is null as is_last
              from fresh window in_chat as (partition by chat_id order by ord)) as numbered
     ), added as (
        insert into message (chat_id, seq, n, rev, sender_id, client_id, sent_hash, kind, body,
                             reply_to_seq, changed, created_at)
        select chat_id, seq, n, rev, sender_id, client_id, hash, 'text', body, reply, false, at
        from placed
     ), ",
    chat::follow_placed!(),
    " select ord, seq, n, rev from placed"
);

const FIND_MANY: &str = "select r.ord, m.seq, m.n, m.rev, m.sender_id, m.client_id, m.kind, m.body,
            m.reply_to_seq, m.reactions, m.edited_rev, m.edited_at, m.deleted_at, m.created_at,
            m.sent_hash
     from unnest($1::bytea[], $2::bytea[], $3::text[])
         with ordinality as r (chat_id, sender_id, client_id, ord)
     join message m on m.chat_id = r.chat_id and m.sender_id = r.sender_id
       and m.client_id = r.client_id";
