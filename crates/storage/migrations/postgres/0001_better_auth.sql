-- Better Auth's own tables, as its 1.7.25 makes them. A deployment that it has served has them already, with rows:
-- nothing here drops, renames or retypes.
create table if not exists "user" (
    "id"            text not null primary key,
    "name"          text not null,
    "email"         text not null unique,
    "emailVerified" boolean not null,
    "image"         text,
    "createdAt"     timestamptz default current_timestamp not null,
    "updatedAt"     timestamptz default current_timestamp not null
);

create table if not exists "session" (
    "id"        text not null primary key,
    "expiresAt" timestamptz not null,
    "token"     text not null unique,
    "createdAt" timestamptz default current_timestamp not null,
    "updatedAt" timestamptz not null,
    "ipAddress" text,
    "userAgent" text,
    "userId"    text not null references "user" ("id") on delete cascade
);

create table if not exists "account" (
    "id"                    text not null primary key,
    "accountId"             text not null,
    "providerId"            text not null,
    "userId"                text not null references "user" ("id") on delete cascade,
    "accessToken"           text,
    "refreshToken"          text,
    "idToken"               text,
    "accessTokenExpiresAt"  timestamptz,
    "refreshTokenExpiresAt" timestamptz,
    "scope"                 text,
    "password"              text,
    "createdAt"             timestamptz default current_timestamp not null,
    "updatedAt"             timestamptz not null
);

create table if not exists "verification" (
    "id"         text not null primary key,
    "identifier" text not null,
    "value"      text not null,
    "expiresAt"  timestamptz not null,
    "createdAt"  timestamptz default current_timestamp not null,
    "updatedAt"  timestamptz default current_timestamp not null
);

create table if not exists "jwks" (
    "id"         text not null primary key,
    "publicKey"  text not null,
    "privateKey" text not null,
    "createdAt"  timestamptz not null
);

-- Better Auth 1.3 had none of these, 1.4 the first alone.
alter table "jwks" add column if not exists "expiresAt" timestamptz;
alter table "jwks" add column if not exists "alg" text;
alter table "jwks" add column if not exists "crv" text;

create table if not exists "rateLimit" (
    "id"          text not null primary key,
    "key"         text not null unique,
    "count"       integer not null,
    "lastRequest" bigint not null
);

create index if not exists "session_userId_idx" on "session" ("userId");
create index if not exists "account_userId_idx" on "account" ("userId");
create index if not exists "verification_identifier_idx" on "verification" ("identifier");
