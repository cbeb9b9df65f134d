-- Completing a recurring task looks for an occurrence that is there already. Few tasks are one.
create index task_by_parent on task (user_id, parent_number) where parent_number is not null;
