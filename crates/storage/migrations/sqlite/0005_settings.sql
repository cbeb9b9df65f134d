create table settings (
    user_id   text not null primary key,
    time_zone text
) strict, without rowid;
