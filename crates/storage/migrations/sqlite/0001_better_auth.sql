-- Better Auth's tables under its names; times are microseconds since 1970, like every instant here.
create table "user" (
    "id"            text not null primary key,
    "name"          text not null,
    "email"         text not null unique,
    "emailVerified" integer not null,
    "image"         text,
    "createdAt"     integer not null,
    "updatedAt"     integer not null
) strict;

create table "session" (
    "id"        text not null primary key,
    "expiresAt" integer not null,
    "token"     text not null unique,
    "createdAt" integer not null,
    "updatedAt" integer not null,
    "ipAddress" text,
    "userAgent" text,
    "userId"    text not null references "user" ("id") on delete cascade
) strict;

create table "account" (
    "id"                    text not null primary key,
    "accountId"             text not null,
    "providerId"            text not null,
    "userId"                text not null references "user" ("id") on delete cascade,
    "accessToken"           text,
    "refreshToken"          text,
    "idToken"               text,
    "accessTokenExpiresAt"  integer,
    "refreshTokenExpiresAt" integer,
    "scope"                 text,
    "password"              text,
    "createdAt"             integer not null,
    "updatedAt"             integer not null
) strict;

create table "verification" (
    "id"         text not null primary key,
    "identifier" text not null,
    "value"      text not null,
    "expiresAt"  integer not null,
    "createdAt"  integer not null,
    "updatedAt"  integer not null
) strict;

create table "jwks" (
    "id"         text not null primary key,
    "publicKey"  text not null,
    "privateKey" text not null,
    "createdAt"  integer not null,
    "expiresAt"  integer,
    "alg"        text,
    "crv"        text
) strict;

create table "rateLimit" (
    "id"          text not null primary key,
    "key"         text not null unique,
    "count"       integer not null,
    "lastRequest" integer not null
) strict;

create index "session_userId_idx" on "session" ("userId");
create index "account_userId_idx" on "account" ("userId");
create index "verification_identifier_idx" on "verification" ("identifier");
