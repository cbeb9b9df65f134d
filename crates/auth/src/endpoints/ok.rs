//! `GET /ok`: are you there?

use serde::Serialize;

use crate::reply::Reply;

#[derive(Serialize)]
struct Body {
    ok: bool,
}

pub(super) fn ok() -> Reply {
    Reply::json(&Body { ok: true })
}
