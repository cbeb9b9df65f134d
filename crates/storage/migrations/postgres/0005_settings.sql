create table settings (
    user_id   text primary key, -- not "C": it is compared with "session"."userId", and must have that one's collation
    time_zone text
);
