//! A process that is killed while many write, and runs anew on the same database: what it acknowledged is there, nothing
//! is there twice, and every request with a key can be sent again.

use rstest::rstest;
use testkit::Backend;

use crate::{
    crowd::{Crowd, Durable},
    dice::Dice,
    size,
};

/// In every third round the database is killed too, where that is a process.
const WITH_DATABASE: u64 = 3;

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_process_loses_and_doubles_nothing(#[case] backend: Backend) {
    let mut database = Durable::start(backend).await;
    let url = database.url();
    let mut process = database.serve();
    let mut crowd = Crowd::sign_up(&process.base).await;
    let mut dice = Dice::of("kill");
    for round in 1..=size::rounds() {
        let work = crowd.work(&process.base, round);
        crowd.wait_for_answers(20 + usize::try_from(dice.below(200)).unwrap()).await;
        let mut lossless = true;
        if let Durable::Server(server) = &mut database
            && round % WITH_DATABASE == 0
        {
            server.stop();
            lossless = false;
        }
        drop(process); // kill -9
        let mut sent = work.end().await;
        if let (Durable::Server(server), false) = (&mut database, lossless) {
            server.start_again().await;
        }
        process = database.serve();
        crowd.send_again(&process.base, &mut sent, lossless).await;
        crowd.check(&process.base, &url, &sent).await;
        if round % 10 == 0 || round == size::rounds() {
            let (acknowledged, open) = (crowd.acknowledged, crowd.open);
            eprintln!("{backend:?}: {round} kills; {acknowledged} acknowledged, {open} unknown");
        }
    }
    assert!(crowd.acknowledged > 0 && crowd.open > 0, "nothing was under way");
    let changes = crowd.check_whole(&process.base).await;
    eprintln!("found: {backend:?}: {changes} changes, all as they were acknowledged");
}
