//! Every template with every kind of content, rendered and checked in one test.

use api::{Action, Choice, FieldError, MessageBody, TagWithCount, TaskBody, ToolCalls};
use askama::Template;
use jiff::Zoned;
use serde_json::{Value, json};

use super::{
    account::{LoginPage, RegisterPage},
    chat::{ChatPage, Talk, Turn},
    home::Home,
    list::{List, ListPage, QuickAdd},
    problem::{Field, ProblemPage, Typed},
    shell::{Shell, Side, Toast},
    task::TaskPage,
    update::{Said, Update},
};
use crate::{
    flash::{Deed, Flash},
    view::{Place, View},
    zone::Offer,
};

/// What a user may write anywhere.
const EVIL: &str = "<script>alert(1)</script>\"'><b onclick=x>";

#[expect(clippy::needless_pass_by_value, reason = "shorter tables")]
fn task(number: i64, due: Value, priority: Value, completed: bool) -> TaskBody {
    let id = "01930000-0000-7000-8000-000000000000";
    let instant = "2026-11-20T10:00:00Z";
    serde_json::from_value(json!({
        "id": id, "number": number, "title": EVIL, "description": EVIL, "completed": completed,
        "completed_at": null, "due_date": due, "priority": priority,
        "tags": [{ "id": id, "name": EVIL, "color": "#6B7280" }, { "id": id, "name": "red", "color": "#ff0000" }],
        "version": 1, "created_at": instant, "updated_at": instant, "remind_at": null,
        "recurrence_rule": null, "recurrence_anchor": null, "recurrence_end_date": null,
        "parent_task_id": null, "previous_number": null, "position": 1.0,
    }))
    .unwrap()
}

fn tasks() -> Vec<TaskBody> {
    vec![
        task(1, json!("2026-11-20"), json!(1), false),
        task(2, json!("2026-11-23T16:00:00Z"), json!(2), false),
        task(3, json!("2026-11-23"), json!(3), false),
        task(4, json!("2026-11-27"), json!(null), false),
        task(5, json!(null), json!(null), true),
    ]
}

fn home(open: Vec<TaskBody>, offer: Option<Offer>) -> Home {
    let tag: TagWithCount = serde_json::from_value(json!({
        "id": "01930000-0000-7000-8000-000000000000", "name": EVIL, "color": "#123456",
        "created_at": "2026-11-20T10:00:00Z", "task_count": 2, "open_task_count": 1,
    }))
    .unwrap();
    let user = serde_json::from_value(json!({ "id": "u", "name": EVIL, "email": "a@b.example" }));
    let now: Zoned = "2026-11-23T11:00:00+01:00[Europe/Berlin]".parse().unwrap();
    Home {
        user: user.unwrap(),
        next: open.first().map(|_| "c+/=".to_owned()),
        open,
        tags: vec![tag],
        now,
        offer,
    }
}

fn turns(now: &Zoned) -> Vec<Turn> {
    let action =
        |tool: &str, result: Value| Action { tool: tool.to_owned(), input: json!({}), result };
    let (all, many) = (tasks(), [tasks(), tasks(), tasks()].concat());
    let data = vec![
        action("add_task", json!({ "success": true, "task": all[0], "change": 7 })),
        action("delete_task", json!({ "success": true, "task": all[1], "change": 8 })),
        action("list_tasks", json!({ "success": true, "tasks": many })),
        action("undo", json!({ "success": true, "change": 9 })),
        action("complete_task", json!({ "success": false, "error": EVIL })),
    ];
    let message = MessageBody {
        id: all_zero(),
        role: "assistant".to_owned(),
        content: EVIL.to_owned(),
        tool_calls: Some(ToolCalls { data }),
        created_at: tasks()[0].created_at,
    };
    vec![Turn::mine(EVIL, "/"), Turn::of(&message, now, "/")]
}

fn all_zero() -> uuid::Uuid {
    uuid::Uuid::nil()
}

fn talk(now: &Zoned) -> Talk {
    let choice = Choice { label: EVIL.to_owned(), message: EVIL.to_owned() };
    Talk {
        conversation: all_zero().to_string(),
        turns: turns(now),
        choices: vec![choice],
        text: EVIL.to_owned(),
        error: Some(EVIL.to_owned()),
        back: "/".to_owned(),
        panel: false,
    }
}

fn lists() -> Vec<String> {
    let offer =
        Offer::Use { browser: "Asia/Tokyo".to_owned(), current: "Europe/Berlin".to_owned() };
    let mut pages = Vec::new();
    for (view, offer, flash) in [
        (View::Today, Some(offer), Some(Flash::new(Deed::Completed, Some(5)))),
        (View::All { done: true }, Some(Offer::Ask), Some(Flash::new(Deed::ZoneSet, None))),
        (
            View::All { done: false },
            None,
            Some(Flash { deed: Deed::Added, change: Some(1), task: Some(2) }),
        ),
        (View::Tag(EVIL.to_owned()), None, None),
    ] {
        for open in [tasks(), Vec::new()] {
            let home = home(open, offer.clone());
            let place = Place::from(view.clone());
            let list = List::new(&home, &place, &home.open, home.next.clone());
            let mut page = ListPage::new(&home, &place, list, flash);
            page.shell.toast.notice = flash.is_none().then(|| EVIL.to_owned());
            page.quick_add =
                QuickAdd { text: EVIL.to_owned(), error: Some(EVIL.to_owned()), ..page.quick_add };
            pages.push(page.render().unwrap());
        }
    }
    pages
}

fn others() -> Vec<String> {
    let home = home(tasks(), None);
    let (error, next) = (Some(EVIL.to_owned()), "/all".to_owned());
    let (name, email) = (EVIL.to_owned(), EVIL.to_owned());
    let chat = |talk| ChatPage { shell: Shell::new(&home, &View::Chat, None, "/chat"), talk };
    let task = TaskPage::new(&home, &home.open[1], None, "/all");
    let wrong = ["title", "description", "due_date", "priority", "tags"];
    let wrong = wrong.map(|field| FieldError { field: field.to_owned(), message: EVIL.to_owned() });
    let wrong = wrong.to_vec();
    let fields = vec![
        Field::hidden("back", EVIL),
        Field::line(EVIL, "text", EVIL),
        Field::text(EVIL, "long", EVIL),
    ];
    let typed = Typed { action: "/tasks".to_owned(), fields };
    vec![
        LoginPage::default().render().unwrap(),
        LoginPage { email: email.clone(), error: error.clone(), next: next.clone() }
            .render()
            .unwrap(),
        RegisterPage::default().render().unwrap(),
        RegisterPage { name, email, error: error.clone(), next }.render().unwrap(),
        ProblemPage { title: EVIL, text: EVIL, again: Some("/all"), typed: None }.render().unwrap(),
        ProblemPage { title: EVIL, text: EVIL, again: Some("/all"), typed: Some(typed) }
            .render()
            .unwrap(),
        chat(Talk::default()).render().unwrap(),
        chat(talk(&home.now)).render().unwrap(),
        TaskPage { error, wrong, ..task }.render().unwrap(),
        TaskPage::new(&home, &home.open[4], None, "/").render().unwrap(),
    ]
}

fn updates() -> Vec<String> {
    let home = home(tasks(), None);
    let view = View::Today;
    let said = Said { turns: turns(&home.now), talk: talk(&home.now) };
    let toast = Toast { flash: Some(Flash::new(Deed::Undone, Some(4))), ..Toast::default() };
    let update = Update {
        list: Some(List::new(&home, &view.clone().into(), &home.open, None)),
        side: Some(Side::new(&home, &view)),
        toast: Some(toast),
        quick_error: Some(EVIL.to_owned()),
        said: Some(said),
        undone: Some(3),
    };
    vec![update.render().unwrap(), Update::default().render().unwrap()]
}

/// The start tags of a page, each with its attributes.
fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or_default())
}

/// A tag without the values of its attributes.
fn names(tag: &str) -> String {
    tag.split('"').step_by(2).collect()
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, value) = tag.split_once(&format!(" {name}=\""))?;
    value.split('"').next()
}

#[test]
fn every_template_is_safe_and_labelled() {
    for html in [lists(), others(), updates()].concat() {
        for raw in ["<script>", "<b ", "<style", " style=", "javascript:"] {
            assert!(!html.contains(raw), "{raw} in {html}");
        }
        for tag in tags(&html) {
            let names = names(tag);
            let words: Vec<_> = names.split([' ', '\n']).collect();
            assert!(words[0] != "script" || attribute(tag, "src").is_some(), "{tag}");
            let inline = |word: &&str| *word == "style=" || word.starts_with("on");
            assert!(!words.iter().any(inline), "{tag}");
            let field = matches!(words[0], "input" | "textarea" | "select");
            let silent = matches!(attribute(tag, "type"), Some("hidden" | "checkbox"));
            if field && !silent {
                let id = attribute(tag, "id").unwrap_or_default();
                assert!(
                    html.contains(&format!("<label for=\"{id}\""))
                        || html.contains(&format!("for=\"{id}\"")),
                    "{tag}"
                );
            }
            if words[0] == "form" {
                assert_eq!(attribute(tag, "method"), Some("post"), "{tag}");
                assert!(
                    attribute(tag, "action").is_some_and(|action| action.starts_with('/')),
                    "{tag}"
                );
            }
        }
    }
}

#[test]
fn what_users_write_is_shown_as_text() {
    let pages = lists().concat();
    assert!(pages.contains("&#60;script&#62;alert(1)"), "{pages}");
}
