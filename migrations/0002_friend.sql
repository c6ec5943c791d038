-- The one row that decides what two people are to each other; its id is the
-- id of their direct chat.
create table pair (
    id bytea primary key,
    low bytea not null,
    high bytea not null,
    state text not null,
    declined_by bytea,
    declined_at bigint,
    withdrawn_by bytea,
    withdrawn_at bigint,
    low_blocks boolean not null,
    high_blocks boolean not null,
    version bigint not null
);

-- The pair as each of the two sees it.
create table friend (
    account_id bytea not null,
    peer_id bytea not null,
    state text not null,
    updated_at bigint not null,
    primary key (account_id, peer_id)
);
create index friend_account_id_state on friend (account_id, state);
