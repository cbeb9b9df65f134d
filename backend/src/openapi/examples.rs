//! Bodies as a caller may send them.

use serde_json::{Value, json};
use utoipa::openapi::{RefOr, path::Operation};

/// Adds an example of its body to an operation.
pub(super) fn add(operation: &mut Operation) {
    let name = operation.operation_id.as_deref().unwrap_or_default();
    let Some(example) = of(name) else { return };
    let Some(RefOr::T(body)) = &mut operation.request_body else { return };
    if let Some(RefOr::T(json)) = body.content.get_mut("application/json") {
        json.example = Some(example);
    }
}

fn of(operation: &str) -> Option<Value> {
    Some(match operation {
        "tasks_add" => {
            json!({ "title": "Pay rent", "due_date": "2026-12-01", "priority": 1, "tags": ["home"] })
        }
        "tasks_edit" => json!({ "title": "Pay the rent", "due_date": null }),
        "tags_add" => json!({ "name": "home", "color": "#6B7280" }),
        "tags_edit" => json!({ "color": "#1D4ED8" }),
        "chat_turn" | "official_chat" => json!({ "message": "add buy milk tomorrow" }),
        "settings_edit" => json!({ "time_zone": "Europe/Berlin" }),
        "official_add" => json!({ "title": "Buy groceries", "description": "Milk, eggs, bread" }),
        "official_edit" => json!({ "title": "Call mom tonight" }),
        "official_complete" => json!({ "completed": true }),
        _ => return None,
    })
}
