-- What was answered to requests with an Idempotency-Key, for the time they may be sent again.
create table idempotency (
    user_id       text not null,
    key           text not null,
    claim         blob not null, -- the one request that may write under the key
    fingerprint   text not null, -- of method, path and body
    request_id    text not null,
    change_before integer not null, -- the user's last change when the request began to write
    status        integer, -- null until the answer is known, and so are the next two
    headers       text check (headers is null or json_valid(headers)),
    body          blob,
    created_at    integer not null,
    expires_at    integer not null,
    primary key (user_id, key)
) strict, without rowid;

create index idempotency_by_end on idempotency (expires_at);
