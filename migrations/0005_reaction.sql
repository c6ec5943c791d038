-- Who gave what to which message; `message.reactions` sums it up. The rev is the
-- chat's as it was given, and the first rev is that of whoever began with this
-- emoji, so that both orders are the store's and no clock's.
create table reaction (
    chat_id bytea not null,
    seq bigint not null,
    account_id bytea not null,
    emoji text not null,
    rev bigint not null,
    first_rev bigint not null,
    created_at bigint not null,
    primary key (chat_id, seq, account_id, emoji)
);
