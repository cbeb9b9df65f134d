create table conversation (
    user_id    text collate "C" not null,
    number     bigint not null,
    id         uuid not null,
    title      text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (user_id, number),
    unique (user_id, id)
);

create table message (
    user_id         text collate "C" not null,
    conversation_id uuid not null,
    number          bigint not null, -- counts the conversation's messages: two of one moment keep their order
    id              uuid not null,
    role            text not null check (role in ('user', 'assistant')),
    content         text not null,
    actions         jsonb not null,
    state           jsonb,
    created_at      timestamptz not null,
    primary key (user_id, conversation_id, number),
    foreign key (user_id, conversation_id) references conversation (user_id, id) on delete cascade
);
