-- Keys that a user makes for programs of theirs. The token itself is shown once and not stored.
create table api_token (
    user_id       text not null,
    id            blob not null,
    name          text not null,
    token_hash    text not null unique, -- SHA-256 in hex
    scope         text not null check (scope in ('read', 'write')),
    created_at    integer not null,
    expires_at    integer,
    last_used_day text check (last_used_day glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'), -- UTC; a day, so that a use is seldom a write
    primary key (user_id, id)
) strict, without rowid;
