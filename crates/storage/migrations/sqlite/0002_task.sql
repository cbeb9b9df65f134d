-- One row per user: the last numbers given out.
create table counter (
    user_id      text not null primary key,
    task         integer not null,
    conversation integer not null,
    change       integer not null
) strict, without rowid;

create table task (
    user_id      text not null,
    number       integer not null,
    id           blob not null,
    title        text not null,
    title_key    text not null, -- the folded title: what the order by title compares
    description  text,
    search_text  text not null,
    due_date     text check (due_date glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    due_at       integer, -- microseconds since 1970, like every instant; with its zone, and with its day there in due_date
    due_zone     text,
    priority     integer check (priority between 1 and 3),
    completed_at integer,
    version      integer not null,
    created_at   integer not null,
    updated_at   integer not null,
    primary key (user_id, number),
    unique (user_id, id),
    check ((due_at is null) = (due_zone is null) and (due_at is null or due_date is not null))
) strict, without rowid;

-- The default order, and again for open tasks alone: done ones pile up for ever. Other orders sort what these find.
create index task_by_created on task (user_id, created_at, number);
create index task_open on task (user_id, created_at, number) where completed_at is null;

create table tag (
    user_id    text not null,
    id         blob not null,
    name       text not null,
    name_key   text not null, -- lower case
    color      text not null,
    created_at integer not null,
    primary key (user_id, id),
    unique (user_id, name_key)
) strict, without rowid;

create table task_tag (
    user_id text not null,
    number  integer not null,
    tag_id  blob not null,
    primary key (user_id, number, tag_id),
    foreign key (user_id, number) references task (user_id, number) on delete cascade,
    foreign key (user_id, tag_id) references tag (user_id, id) on delete cascade
) strict, without rowid;

create index task_tag_by_tag on task_tag (user_id, tag_id, number);
