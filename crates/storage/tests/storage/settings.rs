//! A user's settings.

use domain::ZoneName;
use rstest::rstest;
use testkit::Backend;

use crate::{store, user};

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn the_first_zone_is_remembered_until_one_is_chosen(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let (ada, bob) = (user("ada"), user("bob"));
    let zone = |name| ZoneName::parse(name).unwrap();
    let (berlin, tokyo) = (zone("Europe/Berlin"), zone("Asia/Tokyo"));
    assert_eq!(store.zone(&ada).await.unwrap(), None);
    assert_eq!(store.remember_zone(&ada, &berlin).await.unwrap(), berlin);
    assert_eq!(store.remember_zone(&ada, &tokyo).await.unwrap(), berlin);
    assert_eq!(store.zone(&ada).await.unwrap(), Some(berlin));
    store.set_zone(&ada, &tokyo).await.unwrap();
    assert_eq!(store.zone(&ada).await.unwrap(), Some(tokyo.clone()));
    store.set_zone(&bob, &tokyo).await.unwrap();
    assert_eq!(store.zone(&bob).await.unwrap(), Some(tokyo));
}
