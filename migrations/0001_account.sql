-- One text for both engines. Ids are 16 bytes, times are Unix milliseconds.

create table meta (
    key text primary key,
    value text not null
);

-- The one global table: whoever holds a row holds the address or the name.
create table identity (
    kind text not null,
    value text not null,
    account_id bytea not null,
    primary key (kind, value)
);
create index identity_account_id on identity (account_id);

-- An attempt to sign up. Nobody holds an address before it is verified.
create table signup (
    id bytea primary key,
    email text not null,
    name text not null,
    username text,
    password_hash text not null,
    code_hash bytea not null,
    attempts bigint not null,
    sends bigint not null,
    created_at bigint not null,
    expires_at bigint not null
);
create index signup_created_at on signup (created_at);

create table account (
    id bytea primary key,
    name text not null,
    folded_name text not null,
    username text,
    bio text not null,
    email text not null,
    password_hash text,
    role text not null,
    photo text,
    arev bigint not null,
    last_seen_at bigint,
    version bigint not null,
    created_at bigint not null,
    deleted_at bigint
);
create index account_folded_name on account (folded_name);

create table login_session (
    id bytea primary key,
    account_id bytea not null,
    generation bigint not null,
    rotated_at bigint not null,
    device text not null,
    network text not null,
    created_at bigint not null,
    last_used_at bigint not null,
    expires_at bigint not null,
    revoked_at bigint
);
create index login_session_account_id on login_session (account_id);
create index login_session_expires_at on login_session (expires_at);
create index login_session_revoked_at on login_session (revoked_at) where revoked_at is not null;

create table code (
    account_id bytea not null,
    purpose text not null,
    secret_hash bytea not null,
    attempts bigint not null,
    expires_at bigint not null,
    primary key (account_id, purpose)
);
create index code_expires_at on code (expires_at);

-- What belongs to an account and to no chat, in the order of `arev`.
create table account_event (
    account_id bytea not null,
    arev bigint not null,
    kind text not null,
    source_id text not null,
    body text not null,
    created_at bigint not null,
    primary key (account_id, arev),
    unique (account_id, source_id)
);
create index account_event_created_at on account_event (created_at);
