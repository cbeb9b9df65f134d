-- What the user chose of the policy of language.md: an object of names and texts. What is not in it is the default.
alter table settings add column policy text;

-- What has expired is looked for each minute.
create index if not exists "session_expiresAt_idx" on "session" ("expiresAt");
create index if not exists "verification_expiresAt_idx" on "verification" ("expiresAt");
