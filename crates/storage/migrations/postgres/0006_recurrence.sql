-- All may be null: a program of before this migration goes on writing rows without them.
alter table task
    add column recurrence_rule     text,
    add column recurrence_anchor   text check (recurrence_anchor in ('schedule', 'completion')), -- null as schedule
    add column recurrence_end_date text collate "C" check (recurrence_end_date ~ '^\d{4}-\d{2}-\d{2}$'),
    add column recurrence_time     text, -- the clock time meant, where a clock change moved due_at off it
    add column parent_task_id      uuid,
    add column parent_number       bigint, -- the parent's number: numbers are for ever, so a list needs no second look
    add column next_number         bigint, -- the occurrence that completing this one made: there is never a second
    add column remind_at           timestamptz,
    add column reminded_at         timestamptz,
    add column position            double precision; -- null where its number puts it

-- What is to be reminded of, over all users. Empty but for what is yet to come.
create index task_to_remind on task (remind_at)
    where remind_at is not null and reminded_at is null and completed_at is null;
