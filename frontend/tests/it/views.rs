//! What the pages show.

use http::{Method, StatusCode};
use rstest::rstest;

use crate::browser::Browser;

#[tokio::test]
async fn today_is_overdue_then_today() {
    let page = Browser::new().get("/").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.rows(), ["t3", "t4", "t13", "t12", "t14", "t15", "t16"]);
    let text = page.text();
    assert!(text.contains("Today 09:30"), "{text}");
    assert!(text.contains("Mon 23 November"), "{text}");
    assert!(text.contains("Mia Berg"), "{text}");
}

#[tokio::test]
async fn all_is_by_date_and_can_show_what_is_done() {
    let browser = Browser::new();
    assert_eq!(browser.get("/all").await.rows().len(), 14);
    browser.fake.lock().unwrap().tasks[0].completed = true;
    assert_eq!(browser.get("/all").await.rows().len(), 13);
    let page = browser.get("/all?done=1").await;
    assert_eq!(page.rows().last().unwrap(), "t3");
    assert!(page.text().contains("/tasks/3/reopen"));
}

#[tokio::test]
async fn a_tag_has_its_own_list() {
    let page = Browser::new().get("/tags/Money").await;
    assert_eq!(page.rows(), ["t3", "t12"]);
}

#[tokio::test]
async fn an_empty_today_says_what_to_do() {
    let browser = Browser::new();
    browser.fake.lock().unwrap().tasks.clear();
    let text = browser.get("/").await.text();
    assert!(text.contains("Nothing due today. Add a task, or ask the chat."), "{text}");
}

#[tokio::test]
async fn titles_are_text() {
    let text = Browser::new().get("/all").await.text();
    assert!(!text.contains("<script>"), "{text}");
    assert!(text.contains("&#60;script&#62;"), "{text}");
}

#[rstest]
#[case::page("/")]
#[case::login("/register")]
#[case::missing("/nowhere")]
#[case::refused("/tasks/999")]
#[tokio::test]
async fn every_page_is_strict(#[case] path: &str) {
    let page = Browser::new().get(path).await;
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    for weak in ["unsafe", "http:", "https:", "*", "data:"] {
        assert!(!policy.contains(weak), "{policy}");
    }
    assert!(policy.contains("frame-ancestors 'none'") && policy.contains("form-action 'self'"));
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("referrer-policy"), "same-origin");
}

#[tokio::test]
async fn a_task_has_a_form_with_all_its_fields() {
    let browser = Browser::new();
    let page = browser.get("/tasks/12?back=/all").await.text();
    for part in [
        "value=\"Pay rent\"",
        "value=\"2026-11-23\"",
        "value=\"17:00\"",
        "value=\"home, money\"",
        "value=\"1\" selected",
        "name=\"version\" value=\"1\"",
        "href=\"/all\"",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert_eq!(browser.get("/tasks/999").await.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.get("/tasks/x").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_zone_is_offered_and_sent_on() {
    let browser = Browser::new().with("cookie", "a=b; tz=Asia/Tokyo");
    let text = browser.get("/").await.text();
    assert!(text.contains("value=\"Asia/Tokyo\""), "{text}");
    assert_eq!(browser.call("GET /api/tasks").0["x-browser-time-zone"], "Asia/Tokyo");

    let browser = Browser::new().with("cookie", "tz=Nowhere/At-all");
    assert!(!browser.get("/").await.text().contains("class=\"offer\""));
    assert!(!browser.call("GET /api/tasks").0.contains_key("x-browser-time-zone"));
}

#[tokio::test]
async fn without_any_zone_the_page_asks() {
    let browser = Browser::new();
    browser.fake.lock().unwrap().zone = None;
    assert!(browser.get("/").await.text().contains("Times are told in UTC"));
}

#[tokio::test]
async fn the_chat_goes_on_where_it_was() {
    let browser = Browser::new();
    assert!(browser.get("/chat").await.text().contains("Tell me what to do"));
    browser.post("/chat", "message=Add+buy+milk").await;
    let text = browser.get("/chat").await.text();
    assert!(text.contains("Added “buy milk” for tomorrow."), "{text}");
    assert!(text.contains("action=\"/changes/1/undo\""), "{text}");
    let panel = browser.get("/chat/panel").await.text();
    assert!(panel.contains("buy milk") && !panel.contains("<html"), "{panel}");
    assert!(!browser.get("/chat?new=1").await.text().contains("buy milk"));
}

#[tokio::test]
async fn a_long_today_has_its_last_task_on_the_next_page() {
    let browser = Browser::new();
    browser.fake.lock().unwrap().tasks.clear();
    browser.fill(205, "Late", "2026-11-20");
    browser.fill(1, "Due today", "2026-11-23");
    browser.fill(9, "Later", "2026-11-24");

    let page = browser.get("/").await;
    assert_eq!(page.rows().len(), 200);
    let text = page.text();
    assert!(text.contains("<a href=\"/?after=200\">Show more</a>"), "{text}");
    assert!(text.contains("<span>Today</span><span class=\"count\">200+</span>"), "{text}");
    assert!(text.contains("Overdue <span class=\"count\">200+</span>"), "{text}");

    let page = browser.get("/?after=200").await;
    assert_eq!(page.rows().len(), 6);
    let text = page.text();
    assert!(text.contains("Due today") && !text.contains("Show more"), "{text}");
}

#[tokio::test]
async fn a_list_longer_than_today_leaves_today_whole() {
    let browser = Browser::new();
    browser.fill(300, "Later", "2026-11-24");
    let page = browser.get("/").await;
    assert_eq!(page.rows().len(), 7);
    let text = page.text();
    assert!(!text.contains("Show more"), "{text}");
    assert!(text.contains("<span>Today</span><span class=\"count\">7</span>"), "{text}");
}

#[rstest]
#[case::today("/?after=zzz", "/")]
#[case::all("/all?done=1&after=zzz", "/all?done=1")]
#[case::tag("/tags/home?after=zzz", "/tags/home")]
#[tokio::test]
async fn a_wrong_cursor_leads_to_the_beginning(#[case] path: &str, #[case] start: &str) {
    let page = Browser::new().get(path).await;
    assert_eq!((page.status, page.header("location")), (StatusCode::SEE_OTHER, start));
}

#[rstest]
#[case::no_number(Method::GET, "/tasks/abc", 404, "no page at this address")]
#[case::no_text(Method::GET, "/tags/%ff", 404, "no page at this address")]
#[case::no_number_in_a_form(Method::POST, "/tasks/abc/complete", 404, "no page at this address")]
#[case::form_only(Method::GET, "/tasks", 405, "only takes forms")]
#[case::page_only(Method::POST, "/all", 405, "only takes forms")]
#[case::no_form(Method::POST, "/tasks", 415, "cannot be read")]
#[tokio::test]
async fn every_error_is_a_page(
    #[case] method: Method,
    #[case] path: &str,
    #[case] status: u16,
    #[case] words: &str,
) {
    let page = Browser::new().send(method, path, None).await;
    assert_eq!(page.status.as_u16(), status);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(page.headers.contains_key("allow"), status == 405);
    assert!(page.headers.contains_key("content-security-policy"));
    let text = page.text();
    assert!(text.contains(words) && text.contains("<a href=\"/\">To your tasks</a>"), "{text}");
}

#[tokio::test]
async fn a_form_that_is_too_long_is_told() {
    let longest = format!("title=x&description={}", "%F0%9F%8C%8D".repeat(10_000));
    assert_eq!(Browser::new().post("/tasks/12/edit", &longest).await.status, StatusCode::SEE_OTHER);
    let page = Browser::new().post("/tasks", &format!("text={}", "a".repeat(300_000))).await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(page.text().contains("This is too long"));
}
