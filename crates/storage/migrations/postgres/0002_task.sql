-- One row per user: the last numbers given out. Locking it is locking the user's data for writing.
create table counter (
    user_id      text collate "C" primary key,
    task         bigint not null,
    conversation bigint not null,
    change       bigint not null
) with (fillfactor = 50); -- the row is rewritten by every write; room on its page keeps that off the index

create table task (
    user_id      text collate "C" not null,
    number       bigint not null,
    id           uuid not null,
    title        text not null,
    title_key    text collate "C" not null, -- the folded title: what the order by title compares
    description  text,
    search_text  text collate "C" not null,
    due_date     text collate "C" check (due_date ~ '^\d{4}-\d{2}-\d{2}$'),
    due_at       timestamptz, -- with its zone, and with its day there in due_date
    due_zone     text,
    priority     smallint check (priority between 1 and 3),
    completed_at timestamptz,
    version      bigint not null,
    created_at   timestamptz not null,
    updated_at   timestamptz not null,
    primary key (user_id, number),
    unique (user_id, id),
    check ((due_at is null) = (due_zone is null) and (due_at is null or due_date is not null))
);

-- The default order, and again for open tasks alone: done ones pile up for ever. Other orders sort what these find.
create index task_by_created on task (user_id, created_at, number);
create index task_open on task (user_id, created_at, number) where completed_at is null;

create table tag (
    user_id    text collate "C" not null,
    id         uuid not null,
    name       text collate "C" not null,
    name_key   text collate "C" not null, -- lower case
    color      text not null,
    created_at timestamptz not null,
    primary key (user_id, id),
    unique (user_id, name_key)
);

create table task_tag (
    user_id text collate "C" not null,
    number  bigint not null,
    tag_id  uuid not null,
    primary key (user_id, number, tag_id),
    foreign key (user_id, number) references task (user_id, number) on delete cascade,
    foreign key (user_id, tag_id) references tag (user_id, id) on delete cascade
);

create index task_tag_by_tag on task_tag (user_id, tag_id, number);
