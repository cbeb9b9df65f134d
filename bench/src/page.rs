//! What a browser transfers for a page that it has never seen.

use std::collections::BTreeSet;

use anyhow::Result;

use crate::{client::Client, people::Person};

/// Bytes of the bodies of a page and of all that it names, compressed as browsers ask for it.
pub async fn first_load(client: &Client, person: &Person) -> Result<usize> {
    let head = format!("cookie: {}\naccept: text/html", person.cookie);
    let page = String::from_utf8(client.get("/all", &head).await?.body)?;
    let named: BTreeSet<&str> = page
        .split('"')
        .filter(|text| text.starts_with("/assets/") || *text == "/favicon.ico")
        .collect();
    let compressed = format!("{head}\naccept-encoding: gzip, br");
    let mut bytes = client.get("/all", &compressed).await?.body.len();
    for path in named {
        bytes += client.get(path, &compressed).await?.body.len();
    }
    Ok(bytes)
}
