-- Keys that a user makes for programs of theirs. The token itself is shown once and not stored.
create table api_token (
    user_id       text not null, -- not "C": it is compared with settings.user_id, and must have that one's collation
    id            uuid not null,
    name          text not null,
    token_hash    text collate "C" not null unique, -- SHA-256 in hex
    scope         text not null check (scope in ('read', 'write')),
    created_at    timestamptz not null,
    expires_at    timestamptz,
    last_used_day text collate "C" check (last_used_day ~ '^\d{4}-\d{2}-\d{2}$'), -- UTC; a day, so that a use is seldom a write
    primary key (user_id, id)
);
