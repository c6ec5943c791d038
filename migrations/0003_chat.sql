create table chat (
    id bytea primary key,
    kind text not null,
    title text,
    photo text,
    owner_id bytea,
    last_seq bigint not null,
    last_n bigint not null,
    rev bigint not null,
    first_seq bigint not null,
    last_at bigint not null,
    closed_at bigint,
    member_count bigint not null,
    created_at bigint not null
);

-- A row of a member who left stays: its rev is the chat's rev at leaving, so
-- it says how much of the chat they may still read.
create table member (
    chat_id bytea not null,
    account_id bytea not null,
    role text not null,
    read_seq bigint not null,
    read_n bigint not null,
    delivered_seq bigint not null,
    joined_seq bigint not null,
    left_at bigint,
    left_seq bigint,
    rev bigint not null,
    primary key (chat_id, account_id)
);
create index member_account_id on member (account_id);
create index member_chat_id_rev on member (chat_id, rev);

-- What is mine alone; changes with membership, never with messages. The read
-- position here is the one reached in a closed chat or by hiding what was there,
-- which no one else sees; a mark of unreadness stands while nothing after its place was read.
create table account_chat (
    account_id bytea not null,
    chat_id bytea not null,
    version bigint not null,
    muted_until bigint,
    pinned boolean not null,
    archived boolean not null,
    unread_seq bigint,
    hidden_upto_seq bigint not null,
    read_seq bigint not null,
    read_n bigint not null,
    draft text,
    primary key (account_id, chat_id)
);

-- Every index is paid for by each send: a third one halves the rate.
create table message (
    chat_id bytea not null,
    seq bigint not null,
    n bigint not null,
    rev bigint not null,
    sender_id bytea not null,
    client_id text not null,
    sent_hash bytea not null,
    kind text not null,
    body text not null,
    reply_to_seq bigint,
    attachments text,
    reactions text,
    changed boolean not null,
    -- The rev of the last edit, which `rev` leaves behind when reactions come.
    edited_rev bigint,
    edited_at bigint,
    deleted_at bigint,
    created_at bigint not null,
    unique (chat_id, seq),
    -- Clients count their ids upwards in time, so new ones stand side by side:
    -- sends to a thousand chats change a few pages of this index, not a thousand.
    unique (client_id, sender_id, chat_id)
);
create index message_chat_id_rev_changed on message (chat_id, rev) where changed;
