//! Better Auth's tables, and the end of a user in all tables.

use async_trait::async_trait;
use domain::UserId;
use jiff::Timestamp;
use sqlx::{FromRow, QueryBuilder, SqlSafeStr, query::QueryAs};

use super::{Dialect, SqlStore, SqlWrite, loan::Loan, settings::known_zone, time::DbTime};
use crate::{
    Account, Accounts, Credential, LinkedAccount, NewAccount, Numbers, PasswordChange, Session,
    SignedIn, StorageError, UserEdit, Write,
};

#[derive(FromRow)]
struct AccountRow {
    user_id: String,
    name: String,
    email: String,
    email_verified: bool,
    image: Option<String>,
    user_created_at: DbTime,
    user_updated_at: DbTime,
}

/// The columns of [`AccountRow`].
const ACCOUNT: &str = r#""user"."id" as user_id, "name" as name, "email" as email,
    "emailVerified" as email_verified, "image" as image,
    "user"."createdAt" as user_created_at, "user"."updatedAt" as user_updated_at"#;

impl From<AccountRow> for Account {
    fn from(row: AccountRow) -> Self {
        Self {
            id: UserId(row.user_id),
            name: row.name,
            email: row.email,
            email_verified: row.email_verified,
            image: row.image,
            created_at: row.user_created_at.0,
            updated_at: row.user_updated_at.0,
        }
    }
}

#[derive(FromRow)]
pub(crate) struct CredentialRow {
    #[sqlx(flatten)]
    account: AccountRow,
    password: Option<String>,
}

impl From<CredentialRow> for Credential {
    fn from(row: CredentialRow) -> Self {
        Self { account: row.account.into(), password: row.password }
    }
}

#[derive(FromRow)]
pub(crate) struct SignedInRow {
    #[sqlx(flatten)]
    account: AccountRow,
    id: String,
    token: String,
    expires_at: DbTime,
    ip_address: Option<String>,
    user_agent: Option<String>,
    created_at: DbTime,
    updated_at: DbTime,
    time_zone: Option<String>,
    policy: Option<String>,
}

impl From<SignedInRow> for SignedIn {
    fn from(row: SignedInRow) -> Self {
        let account = Account::from(row.account);
        Self {
            session: Session {
                id: row.id,
                token: row.token,
                user_id: account.id.clone(),
                expires_at: row.expires_at.0,
                ip_address: row.ip_address,
                user_agent: row.user_agent,
                created_at: row.created_at.0,
                updated_at: row.updated_at.0,
            },
            account,
            zone: known_zone(row.time_zone),
            policy: row.policy,
        }
    }
}

#[derive(FromRow)]
pub(crate) struct SessionRow {
    id: String,
    token: String,
    user_id: String,
    expires_at: DbTime,
    ip_address: Option<String>,
    user_agent: Option<String>,
    created_at: DbTime,
    updated_at: DbTime,
}

impl From<SessionRow> for Session {
    fn from(row: SessionRow) -> Self {
        Self {
            id: row.id,
            token: row.token,
            user_id: UserId(row.user_id),
            expires_at: row.expires_at.0,
            ip_address: row.ip_address,
            user_agent: row.user_agent,
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
        }
    }
}

#[derive(FromRow)]
pub(crate) struct LinkedRow {
    id: String,
    account_id: String,
    provider_id: String,
    user_id: String,
    scope: Option<String>,
    created_at: DbTime,
    updated_at: DbTime,
}

impl From<LinkedRow> for LinkedAccount {
    fn from(row: LinkedRow) -> Self {
        Self {
            id: row.id,
            account_id: row.account_id,
            provider_id: row.provider_id,
            user_id: UserId(row.user_id),
            scope: row.scope,
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
        }
    }
}

const INSERT_USER: &str = r#"insert into "user"
    ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    values ($1, $2, $3, $4, $5, $6, $7)"#;

const INSERT_CREDENTIAL: &str = r#"insert into "account"
    ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt")
    values ($1, $2, 'credential', $2, $3, $4, $5)"#;

const INSERT_SESSION: &str = r#"insert into "session"
    ("id", "expiresAt", "token", "createdAt", "updatedAt", "ipAddress", "userAgent", "userId")
    values ($1, $2, $3, $4, $5, $6, $7, $8) returning cast(1 as bigint)"#;

/// The same while the user has this password, which nobody changes until the session is there: who changes it then ends
/// this session with the others.
const SIGN_IN: &str = r#"insert into "session"
    ("id", "expiresAt", "token", "createdAt", "updatedAt", "ipAddress", "userAgent", "userId")
    select $1, $2, $3, $4, $5, $6, $7, $8 from "account"
    where "userId" = $8 and "providerId" = 'credential' and "password" = $9 "#;

/// The other columns of [`SignedInRow`], and where they come from.
const SIGNED_IN: &str = r#",
    "session"."id" as id, "token" as token, "expiresAt" as expires_at, "ipAddress" as ip_address,
    "userAgent" as user_agent, "session"."createdAt" as created_at,
    "session"."updatedAt" as updated_at, time_zone, policy
    from "session" join "user" on "user"."id" = "session"."userId"
    left join settings on settings.user_id = "user"."id" where "token" = "#;

/// Every table with rows of a user, what points to others first. `"session"`, `task_tag` and `message` follow by cascade;
/// `"account"` would as well, but a sign-in locks its row before that of `"user"`, and whoever takes the two the other
/// way round waits for it while it waits for them. The counter row, which others wait for, goes last.
const DELETE_USER: [&str; 11] = [
    r#"delete from "account" where "userId" = $1"#,
    r#"delete from "verification" where "value" = $1"#,
    r#"delete from "user" where "id" = $1"#,
    "delete from conversation where user_id = $1",
    "delete from change where user_id = $1",
    "delete from task where user_id = $1",
    "delete from tag where user_id = $1",
    "delete from settings where user_id = $1",
    "delete from idempotency where user_id = $1",
    "delete from api_token where user_id = $1",
    "delete from counter where user_id = $1",
];

fn select_accounts<DB: Dialect>(rest: &'static str) -> QueryBuilder<DB> {
    let mut sql = QueryBuilder::new("select ");
    sql.push(ACCOUNT).push(rest);
    sql
}

impl<DB: Dialect> SqlStore<DB> {
    /// The user whose `column` has that value.
    async fn find_credential(
        &self,
        column: &'static str,
        value: &str,
    ) -> Result<Option<Credential>, StorageError> {
        const PASSWORD: &str = r#", "password" as password from "user" left join "account"
            on "account"."userId" = "user"."id" and "providerId" = 'credential' where "user"."#;
        let mut select = select_accounts(PASSWORD);
        select.push(column).push(" = ").push_bind(value.to_owned());
        let row = self.reader().await?.optional::<CredentialRow>(select.build_query_as()).await?;
        Ok(row.map(Credential::from))
    }
}

/// A statement that stores a session, and gives back a row if it does.
fn insert_session<DB: Dialect>(
    statement: impl SqlSafeStr,
    session: &Session,
) -> QueryAs<'_, DB, (i64,), DB::Arguments> {
    sqlx::query_as(statement)
        .bind(&session.id)
        .bind(DbTime(session.expires_at))
        .bind(&session.token)
        .bind(DbTime(session.created_at))
        .bind(DbTime(session.updated_at))
        .bind(session.ip_address.clone())
        .bind(session.user_agent.clone())
        .bind(&session.user_id.0)
}

#[async_trait]
impl<DB: Dialect> Accounts for SqlStore<DB> {
    async fn sign_up(&self, new: NewAccount, session: &Session) -> Result<(), StorageError> {
        let mut loan = Loan::begin(&self.pools.writers).await?;
        let NewAccount { account, credential_id, password } = new;
        let user = sqlx::query(INSERT_USER)
            .bind(&account.id.0)
            .bind(&account.name)
            .bind(&account.email)
            .bind(account.email_verified)
            .bind(account.image)
            .bind(DbTime(account.created_at))
            .bind(DbTime(account.updated_at));
        let answer = loan.execute(user).await;
        answer.map_err(|error| error.or_exists("e-mail address"))?;
        let credential = sqlx::query(INSERT_CREDENTIAL)
            .bind(credential_id)
            .bind(&account.id.0)
            .bind(password)
            .bind(DbTime(account.created_at))
            .bind(DbTime(account.updated_at));
        loan.execute(credential).await?;
        loan.one(insert_session(INSERT_SESSION, session)).await?;
        loan.commit().await
    }

    async fn credential_by_email(&self, email: &str) -> Result<Option<Credential>, StorageError> {
        self.find_credential(r#""email""#, email).await
    }

    async fn credential(&self, user: &UserId) -> Result<Option<Credential>, StorageError> {
        self.find_credential(r#""id""#, &user.0).await
    }

    async fn sign_in(&self, session: &Session, password: &str) -> Result<bool, StorageError> {
        let mut statement = QueryBuilder::<DB>::new(SIGN_IN);
        statement.push(DB::FOR_SHARE).push(" returning cast(1 as bigint)");
        let insert = insert_session(statement.into_sql(), session).bind(password.to_owned());
        Ok(self.writer().await?.optional(insert).await?.is_some())
    }

    async fn signed_in(&self, token: &str) -> Result<Option<SignedIn>, StorageError> {
        let mut select = select_accounts(SIGNED_IN);
        select.push_bind(token.to_owned());
        let row = self.reader().await?.optional::<SignedInRow>(select.build_query_as()).await?;
        Ok(row.map(SignedIn::from))
    }

    async fn extend_session(
        &self,
        token: &str,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), StorageError> {
        const EXTEND: &str =
            r#"update "session" set "expiresAt" = $2, "updatedAt" = $3 where "token" = $1"#;
        let update =
            sqlx::query(EXTEND).bind(token.to_owned()).bind(DbTime(expires_at)).bind(DbTime(now));
        self.writer().await?.execute(update).await
    }

    async fn delete_session(&self, token: &str) -> Result<(), StorageError> {
        let delete =
            sqlx::query(r#"delete from "session" where "token" = $1"#).bind(token.to_owned());
        self.writer().await?.execute(delete).await
    }

    async fn sessions(&self, user: &UserId, now: Timestamp) -> Result<Vec<Session>, StorageError> {
        const SESSIONS: &str = r#"select "id" as id, "token" as token, "userId" as user_id,
            "expiresAt" as expires_at, "ipAddress" as ip_address, "userAgent" as user_agent,
            "createdAt" as created_at, "updatedAt" as updated_at from "session"
            where "userId" = $1 and "expiresAt" > $2 order by "createdAt", "id" limit 1000"#;
        let select = sqlx::query_as::<_, SessionRow>(SESSIONS).bind(&user.0).bind(DbTime(now));
        let rows = self.reader().await?.all(select).await?;
        Ok(rows.into_iter().map(Session::from).collect())
    }

    async fn delete_session_of(&self, user: &UserId, token: &str) -> Result<(), StorageError> {
        let delete = sqlx::query(r#"delete from "session" where "token" = $1 and "userId" = $2"#);
        self.writer().await?.execute(delete.bind(token.to_owned()).bind(&user.0)).await
    }

    async fn delete_sessions(&self, user: &UserId, but: Option<&str>) -> Result<(), StorageError> {
        let delete = sqlx::query(r#"delete from "session" where "userId" = $1 and "token" <> $2"#);
        let but = but.unwrap_or_default().to_owned(); // no token is empty
        self.writer().await?.execute(delete.bind(&user.0).bind(but)).await
    }

    async fn linked_accounts(&self, user: &UserId) -> Result<Vec<LinkedAccount>, StorageError> {
        const ACCOUNTS: &str = r#"select "id" as id, "accountId" as account_id,
            "providerId" as provider_id, "userId" as user_id, "scope" as scope,
            "createdAt" as created_at, "updatedAt" as updated_at from "account"
            where "userId" = $1 order by "createdAt", "id" limit 1000"#;
        let select = sqlx::query_as::<_, LinkedRow>(ACCOUNTS).bind(&user.0);
        let rows = self.reader().await?.all(select).await?;
        Ok(rows.into_iter().map(LinkedAccount::from).collect())
    }

    /// The account first, as a sign-in does, which then either has ended before or finds another password.
    async fn change_password(
        &self,
        user: &UserId,
        change: PasswordChange<'_>,
        session: Option<&Session>,
        now: Timestamp,
    ) -> Result<bool, StorageError> {
        const UPDATE: &str = r#"update "account" set "password" = $2, "updatedAt" = $3
            where "userId" = $1 and "providerId" = 'credential' and "password" = $4
            returning cast(1 as bigint)"#;
        let mut loan = Loan::begin(&self.pools.writers).await?;
        let update = sqlx::query_as::<_, (i64,)>(UPDATE)
            .bind(&user.0)
            .bind(change.new.to_owned())
            .bind(DbTime(now))
            .bind(change.old.to_owned());
        if loan.all(update).await?.is_empty() {
            return Ok(false);
        }
        if let Some(session) = session {
            let end = sqlx::query(r#"delete from "session" where "userId" = $1"#);
            loan.execute(end.bind(&user.0)).await?;
            loan.one(insert_session(INSERT_SESSION, session)).await?;
        }
        loan.commit().await?;
        Ok(true)
    }

    async fn edit_user(
        &self,
        user: &UserId,
        edit: UserEdit,
        now: Timestamp,
    ) -> Result<(), StorageError> {
        const UPDATE: &str = r#"update "user" set "name" = coalesce($2, "name"),
            "image" = case when $3 then $4 else "image" end, "updatedAt" = $5 where "id" = $1"#;
        let update = sqlx::query(UPDATE)
            .bind(&user.0)
            .bind(edit.name)
            .bind(edit.image.is_some())
            .bind(edit.image.flatten())
            .bind(DbTime(now));
        self.writer().await?.execute(update).await
    }

    async fn verify_email(&self, user: &UserId, now: Timestamp) -> Result<(), StorageError> {
        const UPDATE: &str =
            r#"update "user" set "emailVerified" = $2, "updatedAt" = $3 where "id" = $1"#;
        let update = sqlx::query(UPDATE).bind(&user.0).bind(true).bind(DbTime(now));
        self.writer().await?.execute(update).await
    }

    /// Takes the counter row first, as every write does: what another request is writing is there when the rows go. The
    /// change that is counted but not logged lets open streams look, and find that their session has ended.
    async fn delete_user(&self, user: &UserId) -> Result<(), StorageError> {
        let mut work = SqlWrite::<DB>::begin(self, user, Numbers::ONE_CHANGE).await?;
        for table in DELETE_USER {
            let delete = sqlx::query(table).bind(&user.0);
            work.loan.execute(delete).await?;
        }
        work.given = work.stored; // the row is gone
        Box::new(work).commit().await
    }
}
