-- What was answered to requests with an Idempotency-Key, for the time they may be sent again.
create table idempotency (
    user_id       text collate "C" not null,
    key           text collate "C" not null,
    claim         uuid not null, -- the one request that may write under the key
    fingerprint   text not null, -- of method, path and body
    request_id    text not null,
    change_before bigint not null, -- the user's last change when the request began to write
    status        smallint, -- null until the answer is known, and so are the next two
    headers       jsonb,
    body          bytea,
    created_at    timestamptz not null,
    expires_at    timestamptz not null,
    primary key (user_id, key)
);

create index idempotency_by_end on idempotency (expires_at);
