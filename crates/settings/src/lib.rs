//! Where settings come from, and how all their mistakes are told at once.
//!
//! In this order: a flag; the environment; a file of that name in the folder `CREDENTIALS_DIRECTORY` (systemd and
//! Kubernetes put secrets there, one a file: `database-url`); a member of that name of the JSON file `TODO_CONFIG`
//! (`database_url`); the default.
//! A program declares its settings with clap, each as text with the name of its variable, and then checks them one by
//! one with [`Mistakes::check`], so that a first start tells everything that is wrong.

mod files;
mod mistakes;
mod program;
mod proxies;
mod secret_file;

pub use self::{
    files::{Environment, Files, parse},
    mistakes::Mistakes,
    program::{ended, listen},
    proxies::TrustedProxies,
    secret_file::write_once,
};
