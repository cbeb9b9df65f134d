//! Elements by what a person sees: labels, names and headings.

use thirtyfour::By;

/// A field by its label.
pub fn field(label: &str) -> By {
    By::XPath(format!("//*[@id = //label[normalize-space() = '{label}']/@for]"))
}

/// A button by its name.
pub fn button(name: &str) -> By {
    By::XPath(format!("//button[{}]", is_called(name)))
}

/// A link by its name.
pub fn link(name: &str) -> By {
    By::XPath(format!("//a[{}]", is_called(name)))
}

/// The page's title on the page.
pub fn heading(text: &str) -> By {
    By::XPath(format!("//h1[normalize-space() = '{text}']"))
}

/// What went wrong.
pub fn alert(part: &str) -> By {
    By::XPath(format!("//*[@role = 'alert'][contains(., '{part}')]"))
}

/// A task in the list.
pub fn row(title: &str) -> By {
    By::XPath(format!("//main//section{}", task(title)))
}

/// A button of a task in the list: `Complete`, `Reopen`, `Delete`.
pub fn button_of(title: &str, verb: &str) -> By {
    By::XPath(format!(
        "//main//section{}//button[starts-with(@aria-label, '{verb} ')]",
        task(title)
    ))
}

/// The titles of all tasks in the list.
pub fn titles() -> By {
    By::XPath("//main//section//li//a[1]")
}

/// Takes back what was just done, offered for some seconds.
pub fn undo_of_toast() -> By {
    By::XPath("//*[@role = 'status']//button[normalize-space() = 'Undo']")
}

/// A task in the conversation.
pub fn card(title: &str) -> By {
    By::XPath(format!("//*[@role = 'log']{}", task(title)))
}

fn task(title: &str) -> String {
    format!("//li[.//a[normalize-space() = '{title}']]")
}

fn is_called(name: &str) -> String {
    format!("@aria-label = '{name}' or (not(@aria-label) and normalize-space() = '{name}')")
}
