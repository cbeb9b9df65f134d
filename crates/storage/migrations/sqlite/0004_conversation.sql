create table conversation (
    user_id    text not null,
    number     integer not null,
    id         blob not null,
    title      text not null,
    created_at integer not null,
    updated_at integer not null,
    primary key (user_id, number),
    unique (user_id, id)
) strict, without rowid;

create table message (
    user_id         text not null,
    conversation_id blob not null,
    number          integer not null, -- counts the conversation's messages: two of one moment keep their order
    id              blob not null,
    role            text not null check (role in ('user', 'assistant')),
    content         text not null,
    actions         text not null check (json_valid(actions)),
    state           text check (json_valid(state)),
    created_at      integer not null,
    primary key (user_id, conversation_id, number),
    foreign key (user_id, conversation_id) references conversation (user_id, id) on delete cascade
) strict, without rowid;
