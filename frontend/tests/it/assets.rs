//! Static files: names, encodings, sizes.

use std::io::Read;

use flate2::read::GzDecoder;
use frontend::assets::{ASSETS, url};
use http::StatusCode;

use crate::browser::Browser;

#[tokio::test]
async fn assets_are_kept_for_ever_in_the_encoding_asked_for() {
    let path = url("app.css");
    for (accepted, encoding) in [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("identity", ""),
    ] {
        let asset = Browser::new().with("accept-encoding", accepted).get(path).await;
        assert_eq!((asset.status, asset.header("content-encoding")), (StatusCode::OK, encoding));
        assert_eq!(asset.header("content-type"), "text/css; charset=utf-8");
        assert!(asset.header("cache-control").contains("immutable"));
        assert_eq!(asset.header("vary"), "accept-encoding");
    }
    assert_eq!(
        Browser::new().get("/assets/app.000000000000.css").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn compressed_assets_hold_the_same() {
    for asset in ASSETS {
        let mut plain = Vec::new();
        GzDecoder::new(asset.gzip).read_to_end(&mut plain).unwrap();
        assert_eq!(plain, asset.plain, "{}", asset.name);
    }
}

#[tokio::test]
async fn the_first_load_is_small() {
    let page = Browser::new().with("accept-encoding", "gzip").get("/").await;
    assert_eq!(page.header("content-encoding"), "gzip");
    let mut sizes = vec![("page", page.body.len())];
    let loaded = ASSETS.iter().filter(|asset| asset.name != "licences.txt");
    sizes.extend(loaded.map(|asset| (asset.name, asset.gzip.len())));
    let sum: usize = sizes.iter().map(|(_, size)| size).sum();
    println!("first load, gzip: {sum} bytes {sizes:?}");
    assert!(sum < 40_000, "{sum} {sizes:?}");
    let own = sizes.iter().find(|(name, _)| *name == "app.js").unwrap().1;
    assert!(own < 8_000, "{own}");
}

#[test]
fn styles_name_nothing_from_elsewhere() {
    let styles = ASSETS.iter().find(|asset| asset.name == "app.css").unwrap();
    let styles = std::str::from_utf8(styles.plain).unwrap();
    assert!(!styles.contains("url(") && !styles.contains("@import"));
}
