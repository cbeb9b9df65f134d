//! What forms do, with and without script.

use http::StatusCode;
use rstest::rstest;
use serde_json::json;
use tokio::time::Instant;

use crate::browser::Browser;

fn refuse(browser: &Browser, status: u16, detail: &str) {
    let problem = json!({ "type": "/problems/x", "title": "x", "status": status, "detail": detail,
        "code": "x", "request_id": "r1" });
    browser.fake.lock().unwrap().refuse = Some((status, problem));
}

#[rstest]
#[case::complete("/tasks/12/complete", "Completed.")]
#[case::reopen("/tasks/12/reopen", "Reopened.")]
#[case::delete("/tasks/12/delete", "Deleted.")]
#[tokio::test]
async fn without_script_a_change_goes_back_and_can_be_undone(
    #[case] path: &str,
    #[case] words: &str,
) {
    let browser = Browser::new();
    let answer = browser.post(path, "back=%2Fall").await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/all"));
    let flash = answer.cookies()[0].split(';').next().unwrap().to_owned();

    let browser = Browser { headers: vec![("cookie", flash.leak())], ..browser };
    let page = browser.get("/all").await;
    let text = page.text();
    assert!(text.contains(words) && text.contains("formaction=\"/changes/1/undo\""), "{text}");
    assert!(page.cookies().iter().any(|cookie| cookie.starts_with("flash=; Max-Age=0")));

    let undone = browser.post("/changes/1/undo", "back=%2Fall").await;
    assert_eq!(undone.header("location"), "/all");
    assert!(browser.get("/").await.rows().contains(&"t12".to_owned()));
}

#[tokio::test]
async fn with_script_the_parts_that_changed_come_back() {
    let browser = Browser::new().htmx();
    let answer = browser.post("/tasks/12/complete", "back=%2F").await;
    assert_eq!(answer.status, StatusCode::OK);
    let text = answer.text();
    for part in
        ["hx-target=\"#list\"", "hx-target=\"#side\"", "hx-target=\"#toasts\"", "Completed."]
    {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains("id=\"t12\""), "{text}");
    assert!(browser.post("/changes/1/undo", "").await.text().contains("id=\"t12\""));
}

#[tokio::test]
async fn quick_add_sends_the_text_and_the_tag_of_the_page() {
    let browser = Browser::new();
    let answer = browser.post("/tasks", "text=Pay+rent+%23home&back=%2Ftags%2Fhome&tag=home").await;
    assert_eq!(answer.header("location"), "/tags/home");
    assert_eq!(browser.call("POST /api/tasks").1, r#"{"text":"Pay rent #home"}"#);
    browser.post("/tasks", "text=Sweep&tag=home").await;
    assert_eq!(browser.call("POST /api/tasks").1, r#"{"text":"Sweep #home"}"#);
}

#[rstest]
#[case::invalid(422, "title must have 1 to 500 characters", "Title must have 1 to 500 characters.")]
#[case::conflict(409, "change 5 stands in the way", "Change 5 stands in the way.")]
#[case::often(429, "x", "Wait a moment")]
#[case::busy(503, "x", "The server is busy")]
#[tokio::test]
async fn a_refusal_is_told_and_the_text_kept(
    #[case] status: u16,
    #[case] detail: &str,
    #[case] told: &str,
) {
    let browser = Browser::new();
    refuse(&browser, status, detail);
    let page = browser.post("/tasks", "text=Pay+%22rent%22").await;
    assert_eq!(page.status.as_u16(), status);
    let text = page.text();
    assert!(text.contains(told) && text.contains("value=\"Pay &#34;rent&#34;\""), "{text}");

    let page = browser.post("/tasks/12/complete", "").await;
    assert_eq!(page.status.as_u16(), status);
    assert!(page.text().contains(told));

    let page = browser.post("/chat", "message=hello+there").await;
    assert!(page.text().contains(told) && page.text().contains(">hello there</textarea>"));
}

#[tokio::test]
async fn an_edit_sends_what_differs_with_the_version() {
    let browser = Browser::new();
    let same =
        "due_day=2026-11-23&due_time=17%3A00&priority=1&tags=home%2C+money&version=1&back=%2Fall";
    let answer = browser.post("/tasks/12/edit", &format!("title=Pay+the+rent&{same}")).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/all"));
    let (headers, body) = browser.call("PATCH");
    assert_eq!(
        (&headers["if-match"], body.as_str()),
        (&"\"1\"".parse().unwrap(), r#"{"title":"Pay the rent"}"#)
    );

    refuse(&browser, 412, "changed");
    let page = browser.post("/tasks/12/edit", &format!("title=Mine&{same}")).await;
    assert_eq!(page.status, StatusCode::PRECONDITION_FAILED);
    assert!(page.text().contains("value=\"Mine\"") && page.text().contains("changed elsewhere"));
}

#[tokio::test]
async fn the_chat_changes_the_list_in_the_same_answer() {
    let browser = Browser::new().htmx();
    let text = browser.post("/chat", "message=Add+buy+milk&back=%2F").await.text();
    for part in
        ["hx-target=\"#turns\"", "hx-target=\"#list\"", "hx-target=\"#conversation\"", "buy milk"]
    {
        assert!(text.contains(part), "{part} in {text}");
    }
    let text = browser.post("/chat", "message=I+am+done").await.text();
    assert!(text.contains("value=\"finish 30\">Pay the gardener</button>"), "{text}");
    assert!(!text.contains("hx-target=\"#list\""), "{text}");
}

#[tokio::test]
async fn a_session_that_ended_leads_to_the_door_and_back() {
    let browser = Browser::new().htmx();
    browser.fake.lock().unwrap().signed_in = false;
    let answer = browser.post("/tasks/12/complete", "back=%2F").await;
    assert_eq!(answer.header("hx-redirect"), "/login?next=%2F");
    let browser = Browser { headers: Vec::new(), ..browser };
    let answer = browser.get("/tags/home?after=x").await;
    assert_eq!(answer.header("location"), "/login?next=%2Ftags%2Fhome%3Fafter%3Dx");
    assert_eq!(
        browser.post("/tasks", "text=x&back=%2Fall").await.header("location"),
        "/login?next=%2Fall"
    );
}

#[rstest]
#[case::other_site(&[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")])]
#[case::old_browser(&[("origin", "https://evil.example")])]
#[tokio::test]
async fn forms_of_other_sites_are_refused(#[case] headers: &[(&'static str, &'static str)]) {
    let browser = Browser { headers: headers.to_vec(), ..Browser::new() };
    let page = browser.post("/tasks/12/delete", "").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.text().contains("was sent from another site"));
    assert_eq!(browser.calls().len(), 0);
}

#[tokio::test]
async fn a_zone_can_be_taken() {
    let browser = Browser::new();
    let answer = browser.post("/settings/zone", "time_zone=Asia%2FTokyo&back=%2Fall").await;
    assert_eq!(answer.header("location"), "/all");
    assert_eq!(browser.call("PATCH /api/settings").1, r#"{"time_zone":"Asia/Tokyo"}"#);
}

#[rstest]
#[case::add("/tasks", "text=x")]
#[case::complete("/tasks/12/complete", "")]
#[case::undo("/changes/9/undo", "")]
#[case::edit("/tasks/12/edit", "title=Pay+the+rent&version=1")]
#[case::chat("/chat", "message=Add+buy+milk")]
#[case::choice("/chat", "message=I+am+done")]
#[case::zone("/settings/zone", "time_zone=Asia%2FTokyo")]
#[tokio::test]
async fn a_session_that_was_extended_stays_so(#[case] path: &str, #[case] form: &str) {
    let cookie = "better-auth.session_token=abc; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax";
    for (htmx, refused) in [(false, false), (true, false), (false, true), (true, true)] {
        let browser = if htmx { Browser::new().htmx() } else { Browser::new() };
        browser.fake.lock().unwrap().cookie = Some(cookie);
        let before = browser.fake.lock().unwrap().tasks.clone();
        browser.fake.lock().unwrap().before = vec![before; 9];
        if refused {
            refuse(&browser, 422, "no");
        }
        let answer = browser.post(path, form).await;
        let kept = answer.cookies().into_iter().filter(|it| *it == cookie).count();
        assert_eq!(kept, 1, "htmx {htmx}, refused {refused}: {answer:?}");
    }
}

#[rstest]
#[case::today("/?after=200", 6)]
#[case::all("/all?after=200", 15)]
#[tokio::test]
async fn a_change_on_the_second_page_stays_there(#[case] page: &'static str, #[case] rows: usize) {
    let browser = Browser::new();
    browser.fake.lock().unwrap().tasks.clear();
    browser.fill(206, "Late", "2026-11-20");
    browser.fill(9, "Later", "2026-11-24");

    let shown = browser.get(page).await;
    assert_eq!(shown.rows().len(), rows);
    let text = shown.text();
    assert!(text.contains(&format!("name=\"back\" value=\"{page}\"")), "{text}");
    assert!(text.contains("?back=%2F") && text.contains("after%3D200\""), "{text}");

    let back = format!("back={}", page.replace('/', "%2F").replace('?', "%3F").replace('=', "%3D"));
    let answer = browser.post("/tasks/1205/complete", &back).await;
    assert_eq!(answer.header("location"), page);
    let browser = browser.with("hx-request", "true");
    let answer = browser.post("/tasks/1205/reopen", &back).await;
    assert_eq!(answer.rows().len(), rows, "{answer:?}");
    refuse(&browser, 409, "no");
    let answer = browser.post("/tasks/1205/complete", &back).await;
    assert_eq!(answer.rows().len(), rows, "{answer:?}");
    let browser = Browser { headers: Vec::new(), ..browser };
    let answer = browser.post("/tasks/1205/complete", &back).await;
    assert_eq!(answer.rows().len(), rows, "{answer:?}");
}

#[rstest]
#[case::add("/tasks", "text=keep+%22me%22&tag=home&back=%2Ftags%2Fhome", "/tags/home", &[
    "id=\"text\" name=\"text\" value=\"keep &#34;me&#34;\"", "name=\"tag\" value=\"home\"",
    "name=\"back\" value=\"/tags/home\"",
])]
#[case::chat("/chat", "message=keep+me%0Aand+me&conversation_id=x&back=%2Fall", "/chat", &[
    "name=\"message\" rows=\"4\">keep me\nand me</textarea>", "name=\"conversation_id\" value=\"x\"",
])]
#[case::edit("/tasks/12/edit", "title=keep+me&description=a%0Ab&due_day=2026-12-01&due_time=09%3A00&priority=1&tags=home&version=3&back=%2Fall", "/all", &[
    "name=\"title\" value=\"keep me\"", ">a\nb</textarea>", "name=\"due_day\" value=\"2026-12-01\"",
    "name=\"due_time\" value=\"09:00\"", "name=\"priority\" value=\"1\"", "name=\"tags\" value=\"home\"",
    "name=\"version\" value=\"3\"", "name=\"back\" value=\"/all\"",
])]
#[tokio::test]
async fn what_was_typed_can_be_sent_again_when_the_backend_is_back(
    #[case] path: &str,
    #[case] form: &str,
    #[case] back: &str,
    #[case] kept: &[&str],
) {
    let page = Browser::away().post(path, form).await;
    assert_eq!(page.status, StatusCode::BAD_GATEWAY);
    let text = page.text();
    assert!(text.contains(&format!("<form method=\"post\" action=\"{path}\">")), "{text}");
    assert!(text.contains(&format!("<a href=\"{back}\">Back</a>")), "{text}");
    for part in kept {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[tokio::test]
async fn a_button_without_a_backend_leads_back() {
    let page = Browser::away().post("/tasks/12/complete", "back=%2Fall").await;
    let text = page.text();
    assert!(text.contains("href=\"/all\">Try again</a>") && !text.contains("<form"), "{text}");
}

#[tokio::test]
async fn a_time_needs_a_day() {
    let browser = Browser::new();
    let page = browser.post("/tasks/12/edit", "title=Mine&due_time=08%3A15&version=7").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = page.text();
    for part in [
        "<p id=\"due_date-error\" class=\"error\" role=\"alert\">Choose a day for the time.</p>",
        "aria-describedby=\"due_date-error\"",
        "value=\"Mine\"",
        "value=\"08:15\"",
        "name=\"version\" value=\"7\"",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!browser.calls().iter().any(|call| call.starts_with("PATCH")));
}

#[tokio::test]
async fn each_field_says_what_is_wrong_with_it() {
    let browser = Browser::new();
    let errors = json!([
        { "field": "title", "message": "must have 1 to 500 characters" },
        { "field": "tags", "message": "at most 20 tags" },
        { "field": "position", "message": "must be a number" },
    ]);
    let problem = json!({ "type": "/problems/x", "title": "x", "status": 422, "detail": "x",
        "code": "x", "request_id": "r1", "errors": errors });
    browser.fake.lock().unwrap().refuse = Some((422, problem));
    let text = browser.post("/tasks/12/edit", "title=&tags=a&version=1").await.text();
    for part in [
        "<p id=\"title-error\" class=\"error\" role=\"alert\">Must have 1 to 500 characters.</p>",
        "<p id=\"tags-error\" class=\"error\" role=\"alert\">At most 20 tags.</p>",
        "<p class=\"error\" role=\"alert\">Must be a number.</p>",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains("priority-error"), "{text}");
}

#[rstest]
#[case::add("/tasks", "text=keep+me", 15)]
#[case::edit("/tasks/12/edit", "title=keep+me", 15)]
#[case::chat("/chat", "message=keep+me", 70)]
#[case::login("/login", "email=keep+me&password=x", 15)]
#[tokio::test(start_paused = true)]
async fn what_was_typed_outlives_a_backend_that_is_stuck(
    #[case] path: &str,
    #[case] form: &str,
    #[case] seconds: u64,
) {
    let start = Instant::now();
    let page = Browser::stuck().post(path, form).await;
    assert_eq!((page.status, start.elapsed().as_secs()), (StatusCode::GATEWAY_TIMEOUT, seconds));
    let text = page.text();
    assert!(text.contains("cannot be reached") && text.contains("keep me"), "{text}");
}
