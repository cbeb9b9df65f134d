create table change (
    user_id    text collate "C" not null,
    number     bigint not null,
    kind       text not null,
    before     jsonb not null,
    after      jsonb not null,
    source     text not null,
    request_id text not null,
    undoes     bigint,
    created_at timestamptz not null,
    primary key (user_id, number)
);
