-- How far the index has come in each chat: every message up to `seq`, and every
-- change of them up to `rev`. The number stands for the chat in `message_word`.
-- None of them was sent after `newest_at`, and none by more than `disorder_ms` after
-- one that stands behind it: clocks differ, and are set.
create table search_place (
    chat_id bytea primary key,
    number bigint not null unique,
    seq bigint not null,
    rev bigint not null,
    newest_at bigint not null,
    disorder_ms bigint not null,
    -- Whether a beginning stands for a crowd of words somewhere: then it is asked for.
    crowds bigint not null
);
