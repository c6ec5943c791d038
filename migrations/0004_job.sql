-- Durable work, written in the same batch as its cause.
create table job (
    shard bigint not null,
    id bytea not null,
    kind text not null,
    dedup text,
    payload text not null,
    attempts bigint not null,
    run_at bigint not null,
    lease_until bigint,
    done_at bigint,
    primary key (shard, id)
);
create index job_shard_run_at on job (shard, run_at) where done_at is null;
create unique index job_dedup on job (shard, kind, dedup) where done_at is null;
