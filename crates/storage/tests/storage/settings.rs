//! A user's settings.

use domain::ZoneName;
use rstest::rstest;
use storage::UserSettings;
use testkit::Backend;

use crate::{store, user};

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn the_first_zone_is_remembered_until_one_is_chosen(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let zone = |name| ZoneName::parse(name).unwrap();
    let (berlin, tokyo) = (zone("Europe/Berlin"), zone("Asia/Tokyo"));
    let chosen = UserSettings { zone: Some(tokyo.clone()), policy: Some("{}".to_owned()) };
    for (name, first) in [("ada", true), ("bob", false)] {
        let user = user(name);
        assert_eq!(store.settings(&user).await.unwrap(), UserSettings::default());
        if first {
            assert_eq!(store.remember_zone(&user, &berlin).await.unwrap(), berlin);
            assert_eq!(store.remember_zone(&user, &tokyo).await.unwrap(), berlin);
            assert_eq!(store.settings(&user).await.unwrap().zone.as_ref(), Some(&berlin));
        }
        let mut work = store.begin(&user).await.unwrap();
        work.set_settings(&chosen).await.unwrap();
        work.commit().await.unwrap();
        assert_eq!(store.settings(&user).await.unwrap(), chosen);
    }
}
