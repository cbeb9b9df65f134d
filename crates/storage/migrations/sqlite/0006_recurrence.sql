-- All may be null: a program of before this migration goes on writing rows without them.
alter table task add column recurrence_rule     text;
alter table task add column recurrence_anchor   text check (recurrence_anchor in ('schedule', 'completion')); -- null as schedule
alter table task add column recurrence_end_date text
    check (recurrence_end_date glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]');
alter table task add column recurrence_time     text; -- the clock time meant, where a clock change moved due_at off it
alter table task add column parent_task_id      blob;
alter table task add column parent_number       integer; -- the parent's number: numbers are for ever, so a list needs no second look
alter table task add column next_number         integer; -- the occurrence that completing this one made: there is never a second
alter table task add column remind_at           integer;
alter table task add column reminded_at         integer;
alter table task add column position            real; -- null where its number puts it

-- What is to be reminded of, over all users. Empty but for what is yet to come.
create index task_to_remind on task (remind_at)
    where remind_at is not null and reminded_at is null and completed_at is null;
