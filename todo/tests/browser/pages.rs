//! The pages as a person uses them.

mod chat_panel;
mod list_page;
mod register_page;

pub use self::{
    chat_panel::ChatPanel,
    list_page::ListPage,
    register_page::{Person, sign_out},
};
