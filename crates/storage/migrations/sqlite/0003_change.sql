create table change (
    user_id    text not null,
    number     integer not null,
    kind       text not null,
    before     text not null check (json_valid(before)),
    after      text not null check (json_valid(after)),
    source     text not null,
    request_id text not null,
    undoes     integer,
    created_at integer not null,
    primary key (user_id, number)
) strict, without rowid;
